// The frame, the pointers and the mask of the tail.
#include <cstdint>
#include <iterator>

#include "jit/emitter.hpp"

namespace pellucid::jit {

namespace {

// Reading from 8 - n on gives n lanes of ones, then zeros.
alignas(64) constexpr std::int32_t tail_lanes[16] = {-1, -1, -1, -1, -1, -1, -1, -1};

constexpr int homes[] = {r8, r9, rbx, rbp, r12, r13, r14, r15};
constexpr int not_saved = 2;  // the others must be given back as they were

constexpr std::uint8_t load64 = 0x8b, store64 = 0x89, add_from = 0x03, add_to = 0x01;

}  // namespace

Emitter::Emitter(Lanes& l) : lanes(l), evex(l.isa == Isa::avx512), wide(l.wide) {
    for (size_t i = 0; i < lanes.operands.size(); ++i)
        pointers_.push_back(i < std::size(homes) ? homes[i] : -1 - overflow_++);
}

std::vector<int> Emitter::saved_registers() const {
    std::vector<int> saved;
    for (size_t i = not_saved; i < std::size(homes) && i < pointers_.size(); ++i)
        saved.push_back(homes[i]);
    return saved;
}

Mem Emitter::slot(int number) {
    if (number >= slots_) slots_ = number + 1;
    return {rsp, -1, 0, slots_at() + number * lanes.vector_bytes()};
}

void Emitter::spill(int reg, int number) { vector({wide, 1, 0x29, wide}, reg, 0, slot(number)); }

int Emitter::base_of(int operand) {
    const int home = pointers_[static_cast<size_t>(operand)];
    if (home >= 0) return home;
    code.integer(load64, r10, Mem{rsp, -1, 0, pointers_at + 8 * (-1 - home)});
    return r10;
}

void Emitter::enter(Assembler& before) const {
    for (int reg : saved_registers()) before.push(reg);
    if (has_frame()) {
        before.integer(load64, r11, rsp);
        const int bytes = slots_at() + slots_ * lanes.vector_bytes();
        before.immediate(5, rsp, bytes);
        before.immediate(4, rsp, -64);
        before.integer(store64, r11, Mem{rsp});
    }
    for (size_t i = 0; i < pointers_.size(); ++i) {
        const Mem from{rdi, -1, 0, static_cast<std::int32_t>(8 * i)};
        const int home = pointers_[i];
        before.integer(load64, home >= 0 ? home : static_cast<int>(r10), from);
        if (home < 0) before.integer(store64, r10, Mem{rsp, -1, 0, pointers_at + 8 * (-1 - home)});
    }
}

void Emitter::leave() {
    if (has_frame()) code.integer(load64, rsp, Mem{rsp});
    const std::vector<int> saved = saved_registers();
    for (size_t i = saved.size(); i-- > 0;) code.pop(saved[i]);
    code.vex({0, 1, 0x77, 0}, 0, 0, 0, 0);
    code.bytes.pop_back();  // vzeroupper has no operands
    code.ret();
}

void Emitter::advance_pointers() {
    for (size_t i = 0; i < pointers_.size(); ++i) {
        const Mem step{rsi, -1, 0, static_cast<std::int32_t>(8 * i)};
        const int home = pointers_[i];
        if (home >= 0) {
            code.integer(add_from, home, step);
        } else {
            code.integer(load64, r11, step);
            code.integer(add_to, r11, Mem{rsp, -1, 0, pointers_at + 8 * (-1 - home)});
        }
    }
}

// Lanes of ones for the columns that are left.
void Emitter::tail_mask() {
    if (evex) {
        code.integer(load64, r10, rcx);
        code.integer(0x2b, r10, rax);
        code.immediate(1, r11, -1);                      // or: all ones
        code.vex({0, 2, 0xf5, 0}, 0, r11, r10, r11);     // bzhi: zeros from there on
        return code.vex({0, 1, 0x92, 0}, 0, 1, 0, r11);  // kmovw
    }
    code.integer(load64, r10, rax);
    code.integer(0x2b, r10, rcx);
    code.move_address(r11, tail_lanes + 8);
    const Mem from{r11, r10, 2};
    if (!wide) return code.vex({0, 1, 0x10, 0}, 1, 15, 0, from);
    code.vex({1, 2, 0x25, 0}, 1, 15, 0, from);
    code.vex({0, 1, 0x10, 0}, 0, 14, 0, from);
}

}  // namespace pellucid::jit
