// "while_loop": a body that is run as long as a condition holds. inputs: carries, captured;
// outputs: the last carries (-1 where nobody wants them); bodies: the condition (carries, captured
// -> a boolean), the turn (carries, captured -> carries). The number of outputs is that of carries.
#include <cstring>

#include "engine/kernel.hpp"

namespace pellucid {

namespace {

class WhileLoop final : public Kernel {
  public:
    WhileLoop(const Instruction& instruction, const Program& program)
        : step_(instruction), carries_(instruction.outputs.size()) {
        if (!fits(program)) throw PlanError("a while_loop does not fit its bodies");
        for (std::size_t i = 0; i < carries_; ++i) {  // two places to take turns in
            sizes_.push_back(program.buffer(step_.inputs[i]).bytes());
            own_.push_back(scratch_);
            scratch_ += 2 * room(sizes_[i]);
        }
    }

    void run(Frame& frame) const override {
        Frame& question = *frame.inner[step_.first_inner];
        Frame& turn = *frame.inner[step_.first_inner + 1];
        for (std::size_t i = 0; i < step_.inputs.size(); ++i) {
            question.bind(i, frame.at(step_.inputs[i]));
            turn.bind(i, frame.at(step_.inputs[i]));
        }
        std::vector<const char*> now(carries_);
        for (std::size_t i = 0; i < carries_; ++i) now[i] = frame.at(step_.inputs[i]);
        for (std::size_t turns = 0; holds(question); ++turns) {
            pellucid::run(*step_.bodies[1], turn);
            for (std::size_t i = 0; i < carries_; ++i) {
                const std::int64_t side = (turns % 2 == 0) ? 0 : room(sizes_[i]);
                char* place = frame.scratch + own_[i] + side;
                copy(place, turn.at(step_.bodies[1]->outputs[i]), sizes_[i]);
                now[i] = place;
            }
            for (std::size_t i = 0; i < carries_; ++i) {
                question.bind(i, now[i]);
                turn.bind(i, now[i]);
            }
        }
        for (std::size_t i = 0; i < carries_; ++i)
            if (step_.outputs[i] >= 0) copy(frame.at(step_.outputs[i]), now[i], sizes_[i]);
    }

    std::string name() const override { return "while loop"; }
    std::int64_t scratch_bytes() const override { return scratch_; }

  private:
    static std::int64_t room(std::int64_t bytes) { return (bytes + 63) & ~std::int64_t{63}; }

    static void copy(char* to, const char* from, std::int64_t bytes) {
        if (to != from) std::memcpy(to, from, static_cast<std::size_t>(bytes));
    }

    bool holds(Frame& question) const {
        pellucid::run(*step_.bodies[0], question);
        return *question.at<bool>(step_.bodies[0]->outputs[0]);
    }

    bool fits(const Program& program) const {
        if (step_.bodies.size() != 2 || step_.inputs.size() < carries_) return false;
        for (const auto& body : step_.bodies) {
            if (body->inputs.size() != step_.inputs.size()) return false;
            for (std::size_t i = 0; i < step_.inputs.size(); ++i)
                if (body->buffer(body->inputs[i]).bytes() !=
                    program.buffer(step_.inputs[i]).bytes())
                    return false;
        }
        const Program &question = *step_.bodies[0], &turn = *step_.bodies[1];
        if (question.outputs.size() != 1 || turn.outputs.size() != carries_) return false;
        const Buffer& answer = question.buffer(question.outputs[0]);
        bool fine = answer.dtype == DType::boolean && answer.count == 1;
        for (std::size_t i = 0; i < carries_; ++i) {
            const std::int64_t bytes = program.buffer(step_.inputs[i]).bytes();
            fine = fine && turn.buffer(turn.outputs[i]).bytes() == bytes &&
                   (step_.outputs[i] < 0 || program.buffer(step_.outputs[i]).bytes() == bytes);
        }
        return fine;
    }

    const Instruction& step_;
    std::size_t carries_;
    std::int64_t scratch_ = 0;
    std::vector<std::int64_t> sizes_, own_;
};

const Registered while_loop("while_loop",
                            [](const Instruction& step,
                               const Program& program) -> std::unique_ptr<Kernel> {
                                return std::make_unique<WhileLoop>(step, program);
                            });

}  // namespace

}  // namespace pellucid
