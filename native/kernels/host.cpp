// "host": a function that only the host has (docs/decisions/0021). words: the call as text, which
// the host reads; inputs and outputs: whole buffers.
#include "engine/host.hpp"

#include <atomic>

#include "engine/kernel.hpp"

namespace pellucid {

namespace {

std::atomic<HostCall> host{nullptr};

class Host final : public Kernel {
  public:
    Host(const Instruction& instruction, const Program& program)
        : step_(instruction), program_(program), call_(Words(instruction.words).text()) {}

    void run(Frame& frame) const override {
        const HostCall answer = host.load();
        if (answer == nullptr) throw PlanError("nobody answers the host call " + call_);
        answer(call_, lent(frame, step_.inputs), lent(frame, step_.outputs));
    }

    double bytes() const override {
        double all = 0;
        for (const auto* slots : {&step_.inputs, &step_.outputs})
            for (std::int32_t slot : *slots)
                all += static_cast<double>(program_.buffer(slot).bytes());
        return all;
    }
    std::string name() const override { return "host call " + call_; }

  private:
    std::vector<HostArray> lent(const Frame& frame, const std::vector<std::int32_t>& slots) const {
        std::vector<HostArray> arrays;
        for (std::int32_t slot : slots) {
            const Buffer& buffer = program_.buffer(slot);
            arrays.push_back({buffer.dtype, &buffer.shape, frame.at(slot)});
        }
        return arrays;
    }

    const Instruction& step_;
    const Program& program_;
    const std::string call_;
};

const Registered registered("host",
                            [](const Instruction& step,
                               const Program& program) -> std::unique_ptr<Kernel> {
                                return std::make_unique<Host>(step, program);
                            });

}  // namespace

void set_host(HostCall answer) { host = answer; }

}  // namespace pellucid
