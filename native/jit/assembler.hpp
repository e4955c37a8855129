// An assembler for the x86-64 instructions that loops need: VEX, EVEX and a little integer work.
//
// Every jump and rip-relative constant is patched once its place is known.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace pellucid::jit {

// General registers by number.
enum Gpr : int { rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15 };

// base + index * 2^scale + disp, or the constant numbered `constant` of the pool.
struct Mem {
    int base = -1, index = -1, scale = 0;
    std::int32_t disp = 0;
    int constant = -1;
    bool broadcast = false;  // one lane for all: only with EVEX
};

// The operand that may be a register or memory.
struct Rm {
    int reg = -1;
    Mem mem{};
    Rm(int r) : reg(r) {}         // NOLINT: meant to be implicit
    Rm(const Mem& m) : mem(m) {}  // NOLINT: meant to be implicit
    bool is_memory() const { return reg < 0; }
};

// What names an instruction: prefix (0 none, 1 66, 2 F3, 3 F2), map (1 0F, 2 0F38, 3 0F3A),
// opcode, W, and how much of a vector its memory operand holds: 2^-tuple, or `scalar`.
struct Opcode {
    std::uint8_t prefix, map, opcode, w;
    std::uint8_t tuple = 0;
};
constexpr std::uint8_t scalar = 15;

struct Label {
    int at = -1;
    std::vector<int> uses{};
};

enum class Condition : std::uint8_t {
    below = 2,
    not_below = 3,
    equal = 4,
    not_equal = 5,
    above = 7,
    less_equal = 14
};

class Assembler {
  public:
    std::vector<std::uint8_t> bytes;

    // Vector instructions. length: 0 xmm, 1 ymm, 2 zmm. `v` is the first source (or 0 for none).
    void vex(Opcode o, int length, int reg, int v, const Rm& rm, int immediate = -1);
    void evex(Opcode o, int length, int reg, int v, const Rm& rm, int immediate = -1, int k = 0,
              bool zeroing = false);

    // Integer instructions `opcode reg, rm`, 64 bits unless `wide` is false.
    void integer(std::uint8_t opcode, int reg, const Rm& rm, bool wide = true);
    void integer_0f(std::uint8_t opcode, int reg, const Rm& rm);
    void byte_store(const Mem& to, int reg);
    void byte_or(const Mem& to, int reg, bool conjunction);
    // The group 81 /n: 0 add, 4 and, 5 sub, 7 cmp.
    void immediate(int n, int reg, std::int32_t value);
    void move_address(int reg, const void* address);
    void push(int reg);
    void pop(int reg);
    void ret() { byte(0xc3); }

    void bind(Label& label);
    void jump(Label& label);
    void jump_if(Condition condition, Label& label);
    void align(int boundary);

    // Puts `before` in front, the pool of constants behind, and fills in where they are. Returns
    // the offset of the entry, which is padded so that this code stays aligned as it was.
    int finish(const Assembler& before, const std::vector<std::uint8_t>& pool,
               int bytes_of_constant);

  private:
    struct Fixup {
        int at, constant, tail;
    };
    std::vector<Fixup> fixups_;

    void byte(int value) { bytes.push_back(static_cast<std::uint8_t>(value)); }
    void word(std::int32_t value);
    void patch(int at, std::int32_t value);
    void modrm(int reg, const Rm& rm, int disp8_unit, int tail);
    void rex(int reg, const Rm& rm, bool wide, bool force = false);
};

}  // namespace pellucid::jit
