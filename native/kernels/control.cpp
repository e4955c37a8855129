// "scan" and "cond": the instructions that hold Programs of their own.
//
// scan: words: carries, rows, length, reverse. inputs: carries, rows, captured; outputs: the last
// carries, the stacked results, the carries before each turn (-1 where nobody wants them).
// cond: inputs: the choice, captured; bodies: if true, if false.
#include <cstring>

#include "engine/kernel.hpp"

namespace pellucid {

namespace {

class Scan final : public Kernel {
  public:
    Scan(const Instruction& instruction, const Program& program)
        : step_(instruction), body_(*instruction.bodies.at(0)) {
        Words words(instruction.words);
        carries_ = words.size();
        rows_ = words.size();
        length_ = words.next();
        reverse_ = words.next() != 0;
        results_ = body_.outputs.size() - carries_;
        if (carries_ > body_.outputs.size() || step_.outputs.size() != carries_ * 2 + results_ ||
            step_.inputs.size() != body_.inputs.size() || length_ < 0 ||
            step_.inputs.size() < carries_ || step_.inputs.size() - carries_ < rows_)
            throw PlanError("a scan does not fit its body");
        for (std::int32_t each : body_.outputs) sizes_.push_back(body_.buffer(each).bytes());
        for (std::size_t i = 0; i < rows_; ++i)
            row_bytes_.push_back(body_.buffer(body_.inputs[carries_ + i]).bytes());
        check_sizes(program);
        for (std::size_t i = 0; i < carries_; ++i) {  // two places to take turns in
            own_.push_back(scratch_);
            scratch_ += 2 * ((sizes_[i] + 63) & ~std::int64_t{63});
        }
    }

    void run(Frame& frame) const override {
        Frame& inner = *frame.inner[step_.first_inner];
        for (std::size_t i = carries_ + rows_; i < step_.inputs.size(); ++i)
            inner.bind(i, frame.at(step_.inputs[i]));
        for (std::size_t i = 0; i < carries_; ++i)
            move(carry_at(frame, i, 0), frame.at(step_.inputs[i]), sizes_[i]);
        for (std::int64_t turn = 0; turn < length_; ++turn) {
            const std::int64_t t = reverse_ ? length_ - 1 - turn : turn;
            for (std::size_t i = 0; i < carries_; ++i) inner.bind(i, carry_at(frame, i, turn));
            for (std::size_t i = 0; i < rows_; ++i)
                inner.bind(carries_ + i, frame.at(step_.inputs[carries_ + i]) + t * row_bytes_[i]);
            pellucid::run(body_, inner);
            keep(frame, inner, turn, t);
        }
    }

    double flops() const override {
        double all = 0;
        for (const auto& kernel : body_.kernels) all += kernel->flops();
        return all * static_cast<double>(length_);
    }
    double bytes() const override {
        double all = 0;
        for (const auto& kernel : body_.kernels) all += kernel->bytes();
        return all * static_cast<double>(length_);
    }
    std::string name() const override { return "scan of " + std::to_string(length_) + " turns"; }
    std::int64_t scratch_bytes() const override { return scratch_; }

  private:
    // The body's arrays are as long as what this step binds to them, and copies into and from.
    void check_sizes(const Program& program) const {
        bool fine = true;
        const auto agree = [&](std::int32_t slot, std::int64_t bytes, std::int64_t times) {
            fine = fine && (slot < 0 || program.buffer(slot).bytes() == count_of({bytes, times}));
        };
        for (std::size_t i = 0; i < step_.inputs.size(); ++i) {
            const bool row = i >= carries_ && i < carries_ + rows_;
            const std::int64_t bytes = body_.buffer(body_.inputs[i]).bytes();
            agree(step_.inputs[i], bytes, row ? length_ : 1);
            fine = fine && (i >= carries_ || bytes == sizes_[i]);
        }
        for (std::size_t i = 0; i < step_.outputs.size(); ++i) {
            const std::size_t made = i < sizes_.size() ? i : i - sizes_.size();
            agree(step_.outputs[i], sizes_[made], i < carries_ ? 1 : length_);
        }
        if (!fine) throw PlanError("a scan's arrays do not fit its body");
    }

    static void move(char* to, const char* from, std::int64_t bytes) {
        if (to != from) std::memcpy(to, from, static_cast<std::size_t>(bytes));
    }

    // Where a carry stands before a turn: in the stack of carries if that is wanted, else in one of
    // two places by turns. After the last turn it stands in the output.
    char* carry_at(const Frame& frame, std::size_t i, std::int64_t turn) const {
        if (turn == length_ && step_.outputs[i] >= 0) return frame.at(step_.outputs[i]);
        const std::int32_t stack = step_.outputs[carries_ + results_ + i];
        if (turn < length_ && stack >= 0)
            return frame.at(stack) + (reverse_ ? length_ - 1 - turn : turn) * sizes_[i];
        return frame.scratch + own_[i] + (turn % 2) * ((sizes_[i] + 63) & ~std::int64_t{63});
    }

    void keep(const Frame& frame, const Frame& inner, std::int64_t turn, std::int64_t t) const {
        for (std::size_t i = 0; i < carries_ + results_; ++i) {
            const char* made = inner.at(body_.outputs[i]);
            if (i < carries_) {
                move(carry_at(frame, i, turn + 1), made, sizes_[i]);
            } else if (step_.outputs[i] >= 0) {
                move(frame.at(step_.outputs[i]) + t * sizes_[i], made, sizes_[i]);
            }
        }
    }

    const Instruction& step_;
    const Program& body_;
    std::size_t carries_, rows_, results_;
    std::int64_t length_, scratch_ = 0;
    bool reverse_;
    std::vector<std::int64_t> sizes_, row_bytes_, own_;
};

class Cond final : public Kernel {
  public:
    Cond(const Instruction& instruction, const Program& program) : step_(instruction) {
        bool fine = step_.bodies.size() == 2 && !step_.inputs.empty();
        if (fine) {
            const Buffer& choice = program.buffer(step_.inputs[0]);
            fine = choice.dtype == DType::boolean && choice.count == 1;
        }
        for (const auto& body : step_.bodies) fine = fine && fits(*body, program);
        if (!fine) throw PlanError("a cond does not fit its sides");
    }

    void run(Frame& frame) const override {
        const std::size_t side = *frame.at<bool>(step_.inputs[0]) ? 0 : 1;
        const Program& body = *step_.bodies[side];
        Frame& inner = *frame.inner[step_.first_inner + side];
        for (std::size_t i = 1; i < step_.inputs.size(); ++i)
            inner.bind(i - 1, frame.at(step_.inputs[i]));
        pellucid::run(body, inner);
        for (std::size_t i = 0; i < step_.outputs.size(); ++i)
            if (step_.outputs[i] >= 0)
                std::memcpy(frame.at(step_.outputs[i]), inner.at(body.outputs[i]),
                            static_cast<std::size_t>(body.buffer(body.outputs[i]).bytes()));
    }

    std::string name() const override { return "cond"; }

  private:
    bool fits(const Program& body, const Program& program) const {
        const auto agree = [&](std::int32_t here, std::int32_t there) {
            return here < 0 || program.buffer(here).bytes() == body.buffer(there).bytes();
        };
        bool fine = body.outputs.size() == step_.outputs.size() &&
                    body.inputs.size() + 1 == step_.inputs.size();
        for (std::size_t i = 1; fine && i < step_.inputs.size(); ++i)
            fine = agree(step_.inputs[i], body.inputs[i - 1]);
        for (std::size_t i = 0; fine && i < step_.outputs.size(); ++i)
            fine = agree(step_.outputs[i], body.outputs[i]);
        return fine;
    }

    const Instruction& step_;
};

const Registered scan("scan",
                      [](const Instruction& step,
                         const Program& program) -> std::unique_ptr<Kernel> {
                          return std::make_unique<Scan>(step, program);
                      });
const Registered cond("cond",
                      [](const Instruction& step,
                         const Program& program) -> std::unique_ptr<Kernel> {
                          return std::make_unique<Cond>(step, program);
                      });

}  // namespace

}  // namespace pellucid
