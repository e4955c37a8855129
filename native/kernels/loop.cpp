// "loop": an elementwise body over an index space of any rank, with reductions. Its words are
// described in loops/reading.hpp.
//
// The last two axes are a block of rows and columns; axes before them are walked here. Short rows
// are joined: 32 rows of 8 columns with a bias for each column are 4 rows of 64 columns, with the
// bias written down 8 times; so vectors are full and several of them are under way at once.
//
// Work is cut along one axis into chunks by size alone. Where a target is reduced along that axis,
// every chunk has a place of its own in the scratch memory, and the places are combined in order.
#include <algorithm>
#include <array>
#include <cstring>

#include "engine/kernel.hpp"
#include "loops/reading.hpp"
#include "loops/reductions.hpp"

namespace pellucid {

namespace {

// What a chunk has, at least: so many numbers, or operations for a microsecond. A thread that waits
// awake is worth that.
constexpr std::int64_t CHUNK = 16384, CHUNK_WORK = 49152;

std::int64_t ceiling(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

class Loop final : public Kernel {
  public:
    Loop(const Instruction& instruction, const Program& program)
        : Loop(read_loop(instruction, program)) {}

    explicit Loop(LoopWords words)
        : lengths_(std::move(words.lengths)), operands_(std::move(words.operands)) {
        count_ = count_of(lengths_);
        for (const LoopOperand& each : operands_) {
            row_steps_.push_back(each.steps[lengths_.size() - 2]);
            bytes_ += touched(each);
        }
        for (const LoopReduction& each : words.reductions) reduced_.push_back({each, false, 0});
        for (const Node& node : words.body.nodes)
            work_ += is_float(node.dtype) && node.op > Op::cast ? 1 : 0;
        join_rows();
        choose_cut();
        function_ = generate(words.body, lengths_.back());
        generated_ = function_ != nullptr;
        if (!generated_) function_ = interpret(words.body);
    }

    void run(Frame& frame) const override {
        std::array<char*, 64> fixed;
        std::vector<char*> many;
        char** pointers = fixed.data();
        if (operands_.size() > fixed.size()) {
            many.resize(operands_.size());
            pointers = many.data();
        }
        for (std::size_t i = 0; i < operands_.size(); ++i)
            pointers[i] = frame.at(operands_[i].buffer) + operands_[i].offset;
        for (const Repeated& each : repeated_) repeat(each, pointers, frame.scratch);
        for (const Reduced& each : reduced_) each.fill(pointers[each.operand]);
        if (count_ != 0) {
            if (simple_) {
                (*function_)(Block{pointers, row_steps_.data(), lengths_[lengths_.size() - 2],
                                   lengths_.back()});
            } else if (chunks_ == 1) {
                walk(pointers, 0, lengths_[cut_]);
            } else {
                run_chunks(pointers, frame.scratch + repeated_bytes_);
            }
        }
        for (const Repeated& each : repeated_) fold(each, frame, pointers);
    }

    double flops() const override { return static_cast<double>(count_ * work_); }
    double bytes() const override { return bytes_; }
    std::string name() const override { return generated_ ? "loop" : "loop, interpreted"; }
    std::int64_t scratch_bytes() const override {
        return repeated_bytes_ + (chunks_ > 1 ? chunks_ * part_ : 0);
    }

  private:
    // A target that is reduced; `apart` if along the axis that is cut: then each chunk has a place
    // of its own, `at` bytes into its part of the scratch.
    struct Reduced : LoopReduction {
        bool apart;
        std::int64_t at;
        void fill(char* to) const { fill_neutral(reduce, dtype, to, count); }
        void add(char* into, const char* part) const { combine(reduce, dtype, into, part, count); }
    };

    // An operand with one number per column, written down once for each of the rows that join.
    struct Repeated {
        std::size_t operand;
        std::int64_t bytes;    // of one row
        std::int64_t at;       // of its place in the scratch
        std::int64_t reduced;  // its number in reduced_, or -1 for a source
    };

    double touched(const LoopOperand& operand) const {
        double numbers = 1;
        for (std::size_t i = 0; i < lengths_.size(); ++i)
            if (operand.steps[i] != 0) numbers *= static_cast<double>(lengths_[i]);
        return numbers * static_cast<double>(operand.size);
    }

    // How many rows to join so that vectors are full: 1 if they are, or if it cannot be done.
    std::int64_t rows_to_join() const {
        const std::int64_t rows = lengths_[lengths_.size() - 2], columns = lengths_.back();
        if (columns >= 32 || columns == 0 || rows < 2) return 1;
        for (const LoopOperand& each : operands_) {
            const std::int64_t column = each.steps.back() / each.size;
            const std::int64_t row = each.steps[lengths_.size() - 2] / each.size;
            const bool dense = column == 1 && row == columns;
            const bool repeated = column == 1 && row == 0 &&
                                  std::all_of(each.steps.begin(), each.steps.end() - 2,
                                              [](std::int64_t step) { return step == 0; });
            if (!dense && !repeated && !(column == 0 && row == 0)) return 1;
        }
        std::int64_t best = 1;
        for (std::int64_t join = 2; join <= std::min<std::int64_t>(rows, 64); ++join) {
            if (rows % join != 0) continue;
            const bool full = columns * join % 16 == 0;
            if (full || best == 1) best = join;
            if (full && columns * join >= 64) break;
        }
        return best;
    }

    void join_rows() {
        const std::int64_t join = rows_to_join();
        if (join == 1) return;
        const std::int64_t columns = lengths_.back();
        const std::size_t row_axis = lengths_.size() - 2;
        lengths_[row_axis] /= join;
        lengths_.back() *= join;
        for (std::size_t i = 0; i < operands_.size(); ++i) {
            LoopOperand& each = operands_[i];
            each.steps[row_axis] *= join;
            row_steps_[i] = each.steps[row_axis];
            if (each.steps.back() == 0 || each.steps[row_axis] != 0) continue;
            std::int64_t reduced = -1;
            for (std::size_t r = 0; r < reduced_.size(); ++r)
                if (reduced_[r].operand == i) {
                    reduced = static_cast<std::int64_t>(r);
                    reduced_[r].count *= join;
                }
            repeated_.push_back({i, columns * each.size, repeated_bytes_, reduced});
            repeated_bytes_ += (columns * join * each.size + 63) & ~std::int64_t{63};
        }
        joined_ = join;
    }

    void repeat(const Repeated& each, char** pointers, char* scratch) const {
        char* to = scratch + each.at;
        if (each.reduced < 0) {
            std::memcpy(to, pointers[each.operand], static_cast<std::size_t>(each.bytes));
            for (std::int64_t done = 1; done < joined_;) {
                const std::int64_t more = std::min(done, joined_ - done);
                std::memcpy(to + done * each.bytes, to,
                            static_cast<std::size_t>(more * each.bytes));
                done += more;
            }
        }
        pointers[each.operand] = to;
    }

    // A target that was reduced into one place for each of the joined rows: into its own place.
    void fold(const Repeated& each, const Frame& frame, char* const* pointers) const {
        if (each.reduced < 0) return;
        Reduced one = reduced_[static_cast<std::size_t>(each.reduced)];
        one.count /= joined_;
        const LoopOperand& operand = operands_[each.operand];
        char* into = frame.at(operand.buffer) + operand.offset;
        std::memcpy(into, pointers[each.operand], static_cast<std::size_t>(each.bytes));
        for (std::int64_t i = 1; i < joined_; ++i)
            one.add(into, pointers[each.operand] + i * each.bytes);
    }

    // Which axis to cut, and into how many chunks: the longest one along which nothing is reduced,
    // unless it is too short to give every chunk enough to do.
    void choose_cut() {
        const std::int64_t wanted =
            std::min<std::int64_t>(std::max(count_ / CHUNK, count_ * work_ / CHUNK_WORK), 64);
        const auto free = [&](std::size_t axis) {
            return std::all_of(reduced_.begin(), reduced_.end(), [&](const Reduced& each) {
                return operands_[each.operand].steps[axis] != 0;
            });
        };
        std::size_t outermost = 0;
        while (outermost + 1 < lengths_.size() && lengths_[outermost] == 1) ++outermost;
        cut_ = outermost;
        for (std::size_t axis = outermost; axis < lengths_.size(); ++axis) {
            const bool columns = axis + 1 == lengths_.size();
            const std::int64_t enough = (columns ? 64 : 2) * std::max<std::int64_t>(wanted, 1);
            if (free(axis) && lengths_[axis] >= enough) {
                cut_ = axis;
                break;
            }
        }
        const bool columns = cut_ + 1 == lengths_.size();
        const std::int64_t grain = columns ? 64 : 1;  // whole cache lines of columns
        piece_ =
            wanted < 2 ? lengths_[cut_] : ceiling(ceiling(lengths_[cut_], wanted), grain) * grain;
        chunks_ = piece_ == 0 ? 1 : std::max<std::int64_t>(1, ceiling(lengths_[cut_], piece_));
        for (Reduced& each : reduced_) {
            each.apart = chunks_ > 1 && operands_[each.operand].steps[cut_] == 0;
            if (!each.apart) continue;
            each.at = part_;
            part_ += (each.count * size_of(each.dtype) + 63) & ~std::int64_t{63};
        }
        simple_ = chunks_ == 1 && std::all_of(lengths_.begin(), lengths_.end() - 2,
                                              [](std::int64_t n) { return n == 1; });
    }

    void run_chunks(char* const* pointers, char* scratch) const {
        parallel_for(chunks_, [&](std::int64_t chunk) {
            std::vector<char*> own(pointers, pointers + operands_.size());
            for (const Reduced& each : reduced_) {
                if (!each.apart) continue;
                own[each.operand] = scratch + chunk * part_ + each.at;
                each.fill(own[each.operand]);
            }
            const std::int64_t from = chunk * piece_;
            for (std::size_t i = 0; i < own.size(); ++i) own[i] += from * operands_[i].steps[cut_];
            walk(own.data(), from, std::min(from + piece_, lengths_[cut_]));
        });
        for (const Reduced& each : reduced_)
            if (each.apart)
                for (std::int64_t chunk = 0; chunk < chunks_; ++chunk)
                    each.add(pointers[each.operand], scratch + chunk * part_ + each.at);
    }

    // All blocks of the part [from, to) of the axis that is cut; pointers stand at its beginning.
    void walk(char* const* pointers, std::int64_t from, std::int64_t to) const {
        std::array<std::int64_t, MOST_AXES> lengths{}, at{};
        std::copy(lengths_.begin(), lengths_.end(), lengths.begin());
        lengths[cut_] = to - from;
        const std::size_t outer = lengths_.size() - 2;
        if (std::all_of(lengths.begin(), lengths.begin() + static_cast<std::ptrdiff_t>(outer),
                        [](std::int64_t n) { return n == 1; })) {
            (*function_)(Block{pointers, row_steps_.data(), lengths[outer], lengths[outer + 1]});
            return;
        }
        std::vector<char*> own(pointers, pointers + operands_.size());
        while (true) {
            (*function_)(Block{own.data(), row_steps_.data(), lengths[outer], lengths[outer + 1]});
            std::size_t axis = outer;
            while (axis > 0) {
                --axis;
                const bool turns = ++at[axis] == lengths[axis];
                const std::int64_t move = turns ? 1 - lengths[axis] : 1;
                for (std::size_t i = 0; i < own.size(); ++i)
                    own[i] += move * operands_[i].steps[axis];
                if (!turns) break;
                at[axis] = 0;
                if (axis == 0) return;
            }
        }
    }

    std::vector<std::int64_t> lengths_, row_steps_;
    std::vector<LoopOperand> operands_;
    std::vector<Reduced> reduced_;
    std::vector<Repeated> repeated_;
    std::int64_t joined_ = 1, repeated_bytes_ = 0;
    std::shared_ptr<const BlockFunction> function_;
    std::size_t cut_ = 0;
    std::int64_t piece_ = 0, chunks_ = 1, part_ = 0, count_ = 0, work_ = 0;
    double bytes_ = 0;
    bool simple_ = false, generated_ = false;
};

std::unique_ptr<Kernel> make(const Instruction& instruction, const Program& program) {
    return std::make_unique<Loop>(instruction, program);
}

const Registered loop("loop", make);

}  // namespace

}  // namespace pellucid
