// From one instruction over lanes, with its registers chosen, to machine instructions.
//
// Fixed registers: rax the column, rcx the columns, rdx the rows left, rsi the row steps, rdi where
// the unrolled loop ends; r10, r11 (and rdi after that loop) are scratch. k1 is the tail's mask and
// k2 scratch; with AVX2 ymm15 is the tail's mask, xmm14 the same in 32 bits for 64-bit lanes.
#pragma once

#include "jit/assembler.hpp"
#include "jit/lanes.hpp"

namespace pellucid::jit {

// The frame: the caller's rsp, 16 bytes of buffer, pointers that have no register, vectors.
constexpr int buffer_middle = 16, pointers_at = 24;

class Emitter {
  public:
    explicit Emitter(Lanes& lanes);

    Assembler code;
    Lanes& lanes;
    const bool evex, wide;
    bool masked = false;  // in the last, partial vector

    // Whole vectors; `v` is the first source.
    void vector(Opcode o, int reg, int v, const Rm& rm, int imm = -1, int k = 0) {
        at_length(full(), o, reg, v, rm, imm, k);
    }
    Mem constant(V v) const;
    void load_constant(int to, V v);
    void move(int to, const Rm& from);
    Mem slot(int number);
    void spill(int reg, int slot_number);

    void load(const Ins& ins, int to);
    void broadcast(const Ins& ins, int to);
    void store(const Ins& ins, int value, int temp);
    void store_one(int operand, DType dtype, int value, int temp);
    void arithmetic(const Ins& ins, int to, const Rm& a, const Rm& b, const Rm& c, const Rm& d);
    // form 0: to = to * rm + v, 1: to = v * to + rm, 2: to = v * rm + to
    void fused(Do what, int form, int to, int v, const Rm& rm);

    // Accumulators in registers, or in memory where `copy` of the columns is; t: temporaries.
    void start(const Accumulator& a, int reg);
    void accumulate(const Accumulator& a, int reg, int value, const int* t);
    void accumulate_in_memory(const Accumulator& a, int copy, int value, const int* t);
    void flush(const Accumulator& a, const std::vector<int>& regs, const int* t);

    void tail_mask();
    // The register that holds where an operand's row begins.
    int base_of(int operand);
    void advance_pointers();
    void enter(Assembler& prologue) const;
    void leave();

  private:
    void integers(const Ins& ins, int to, const Rm& a, const Rm& b);
    void convert(Do what, int to, const Rm& a);
    void choices(const Ins& ins, int to, const Rm& a, const Rm& b, const Rm& c, const Rm& d);
    // By a mask of lanes (AVX2).
    Opcode blend() const { return {1, 3, static_cast<std::uint8_t>(wide ? 0x4b : 0x4a), 0}; }
    int full() const { return evex ? 2 : 1; }
    V bits(std::uint64_t x) { return Writer(lanes).bits(x); }
    V neutral(Reduce reduce);
    void at_length(int length, Opcode o, int reg, int v, const Rm& rm, int imm = -1, int k = 0);
    Mem column(int operand, DType dtype, int copy);
    void load_masked_avx2(const Ins& ins, int to, const Mem& from);
    void store_avx2(const Ins& ins, const Mem& to, int value, int temp);
    void store_packed(const Ins& ins, const Mem& to, int temp);
    void bytes_to_mask(int reg);
    Opcode widen_bytes() const;
    std::vector<int> saved_registers() const;
    void copy_bytes(int operand, bool to_memory);
    Mem buffer_at_tail();
    void combine(const Accumulator& a, int length, int to, int value, const int* t, int k = 0);
    void mask_of(int to) { vector({2, 2, 0x38, wide}, to, 0, 2); }
    int slots_at() const { return (pointers_at + 8 * overflow_ + 63) / 64 * 64; }
    bool has_frame() const { return slots_ > 0 || overflow_ > 0 || buffer_; }
    int slots_ = 0;
    bool buffer_ = false;
    std::vector<int> pointers_;  // register of each operand, or -1 - its place in the frame
    int overflow_ = 0;
};

}  // namespace pellucid::jit
