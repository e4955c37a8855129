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
        carries_ = static_cast<std::size_t>(words.next());
        rows_ = static_cast<std::size_t>(words.next());
        length_ = words.next();
        reverse_ = words.next() != 0;
        results_ = body_.outputs.size() - carries_;
        if (step_.outputs.size() != carries_ * 2 + results_ ||
            step_.inputs.size() != body_.inputs.size() || step_.inputs.size() < carries_ + rows_)
            throw PlanError("a scan does not fit its body");
        for (std::int32_t each : body_.outputs) sizes_.push_back(body_.buffer(each).bytes());
        for (std::size_t i = 0; i < rows_; ++i)
            row_bytes_.push_back(program.buffer(step_.inputs[carries_ + i]).bytes() / length_);
        for (std::size_t i = 0; i < carries_; ++i) {   // two places to take turns in
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
    explicit Cond(const Instruction& instruction) : step_(instruction) {
        for (const auto& body : instruction.bodies)
            if (body->outputs.size() != step_.outputs.size() ||
                body->inputs.size() + 1 != step_.inputs.size())
                throw PlanError("a cond does not fit its sides");
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
    const Instruction& step_;
};

const Registered scan("scan", [](const Instruction& step, const Program& program)
                                  -> std::unique_ptr<Kernel> {
    return std::make_unique<Scan>(step, program);
});
const Registered cond("cond", [](const Instruction& step, const Program&)
                                  -> std::unique_ptr<Kernel> {
    return std::make_unique<Cond>(step);
});

}  // namespace

}  // namespace pellucid
