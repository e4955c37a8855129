#include "jit/assembler.hpp"

#include <cstring>

namespace pellucid::jit {

namespace {

int bit(int value, int n) { return (value >> n) & 1; }

// The bits of an rm operand that go into a prefix: of its base and of its index.
int base_of(const Rm& rm) { return rm.is_memory() ? (rm.mem.base < 0 ? 0 : rm.mem.base) : rm.reg; }
int index_of(const Rm& rm) { return rm.is_memory() && rm.mem.index >= 0 ? rm.mem.index : 0; }

}  // namespace

void Assembler::word(std::int32_t value) {
    for (int i = 0; i < 4; ++i) byte((value >> (8 * i)) & 255);
}

void Assembler::patch(int at, std::int32_t value) { std::memcpy(bytes.data() + at, &value, 4); }

// disp8_unit: what one step of an 8-bit displacement means (EVEX), 0 where 32 bits must be used.
void Assembler::modrm(int reg, const Rm& rm, int disp8_unit, int tail) {
    const int field = (reg & 7) << 3;
    if (!rm.is_memory()) return byte(0xc0 | field | (rm.reg & 7));
    const Mem& m = rm.mem;
    if (m.constant >= 0) {
        byte(field | 5);
        fixups_.push_back({static_cast<int>(bytes.size()), m.constant, tail});
        return word(0);
    }
    const bool fits = disp8_unit > 0 && m.disp % disp8_unit == 0 && m.disp / disp8_unit >= -128 &&
                      m.disp / disp8_unit <= 127;
    const bool none = m.disp == 0 && (m.base & 7) != 5;
    const int mod = none ? 0 : fits ? 0x40 : 0x80;
    if (m.index >= 0 || (m.base & 7) == 4) {
        byte(mod | field | 4);
        byte((m.scale << 6) | ((m.index >= 0 ? m.index & 7 : 4) << 3) | (m.base & 7));
    } else {
        byte(mod | field | (m.base & 7));
    }
    if (none) return;
    if (fits)
        byte(m.disp / disp8_unit);
    else
        word(m.disp);
}

void Assembler::vex(Opcode o, int length, int reg, int v, const Rm& rm, int immediate) {
    const int r = !bit(reg, 3), x = !bit(index_of(rm), 3), b = !bit(base_of(rm), 3);
    const int tail = ((~v & 15) << 3) | (length << 2) | o.prefix;
    if (x && b && o.map == 1 && o.w == 0) {
        byte(0xc5);
        byte((r << 7) | tail);
    } else {
        byte(0xc4);
        byte((r << 7) | (x << 6) | (b << 5) | o.map);
        byte((o.w << 7) | tail);
    }
    byte(o.opcode);
    modrm(reg, rm, 1, immediate >= 0 ? 1 : 0);
    if (immediate >= 0) byte(immediate);
}

void Assembler::evex(Opcode o, int length, int reg, int v, const Rm& rm, int immediate, int k,
                     bool zeroing) {
    const bool broadcast = rm.is_memory() && rm.mem.broadcast;
    // A register's fifth bit goes where an index's fourth would.
    const int x = rm.is_memory() ? bit(index_of(rm), 3) : bit(rm.reg, 4);
    byte(0x62);
    byte((!bit(reg, 3) << 7) | (!x << 6) | (!bit(base_of(rm), 3) << 5) | (!bit(reg, 4) << 4) |
         o.map);
    byte((o.w << 7) | ((~v & 15) << 3) | 4 | o.prefix);
    byte((zeroing << 7) | (length << 5) | (broadcast << 4) | (!bit(v, 4) << 3) | k);
    byte(o.opcode);
    const int unit = broadcast ? 4 << o.w : o.tuple == scalar ? 0 : (16 << length) >> o.tuple;
    modrm(reg, rm, unit, immediate >= 0 ? 1 : 0);
    if (immediate >= 0) byte(immediate);
}

void Assembler::rex(int reg, const Rm& rm, bool wide, bool force) {
    const int value =
        0x40 | (wide << 3) | (bit(reg, 3) << 2) | (bit(index_of(rm), 3) << 1) | bit(base_of(rm), 3);
    if (value != 0x40 || force) byte(value);
}

void Assembler::integer(std::uint8_t opcode, int reg, const Rm& rm, bool wide) {
    rex(reg, rm, wide);
    byte(opcode);
    modrm(reg, rm, 1, 0);
}

void Assembler::integer_0f(std::uint8_t opcode, int reg, const Rm& rm) {
    rex(reg, rm, false);
    byte(0x0f);
    byte(opcode);
    modrm(reg, rm, 1, 0);
}

void Assembler::byte_store(const Mem& to, int reg) {
    rex(reg, to, false, true);
    byte(0x88);
    modrm(reg, to, 1, 0);
}

void Assembler::byte_or(const Mem& to, int reg, bool conjunction) {
    rex(reg, to, false, true);
    byte(conjunction ? 0x20 : 0x08);
    modrm(reg, to, 1, 0);
}

void Assembler::immediate(int n, int reg, std::int32_t value) {
    rex(0, reg, true);
    const bool small = value >= -128 && value <= 127;
    byte(small ? 0x83 : 0x81);
    modrm(n, reg, 1, 0);
    if (small)
        byte(value & 255);
    else
        word(value);
}

void Assembler::move_address(int reg, const void* address) {
    const auto value = reinterpret_cast<std::uintptr_t>(address);
    byte(0x48 | bit(reg, 3));
    byte(0xb8 | (reg & 7));
    word(static_cast<std::int32_t>(value & 0xffffffff));
    word(static_cast<std::int32_t>(value >> 32));
}

void Assembler::push(int reg) {
    if (reg >= 8) byte(0x41);
    byte(0x50 | (reg & 7));
}

void Assembler::pop(int reg) {
    if (reg >= 8) byte(0x41);
    byte(0x58 | (reg & 7));
}

void Assembler::bind(Label& label) {
    label.at = static_cast<int>(bytes.size());
    for (int use : label.uses) patch(use, label.at - (use + 4));
}

void Assembler::jump(Label& label) {
    byte(0xe9);
    label.uses.push_back(static_cast<int>(bytes.size()));
    word(label.at < 0 ? 0 : label.at - static_cast<int>(bytes.size()) - 4);
}

void Assembler::jump_if(Condition condition, Label& label) {
    byte(0x0f);
    byte(0x80 | static_cast<int>(condition));
    label.uses.push_back(static_cast<int>(bytes.size()));
    word(label.at < 0 ? 0 : label.at - static_cast<int>(bytes.size()) - 4);
}

void Assembler::align(int boundary) {
    // Long forms of "do nothing", so that few are executed.
    static constexpr std::uint8_t nops[9][9] = {{0x90},
                                                {0x66, 0x90},
                                                {0x0f, 0x1f, 0x00},
                                                {0x0f, 0x1f, 0x40, 0x00},
                                                {0x0f, 0x1f, 0x44, 0x00, 0x00},
                                                {0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00},
                                                {0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00},
                                                {0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0},
                                                {0x66, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0}};
    int missing = -static_cast<int>(bytes.size()) & (boundary - 1);
    while (missing > 0) {
        const int n = missing > 9 ? 9 : missing;
        for (int i = 0; i < n; ++i) byte(nops[n - 1][i]);
        missing -= n;
    }
}

int Assembler::finish(const Assembler& before, const std::vector<std::uint8_t>& pool,
                      int bytes_of_constant) {
    const int length = static_cast<int>(before.bytes.size());
    const int entry = -length & 63;
    std::vector<std::uint8_t> all(static_cast<size_t>(entry), 0xcc);
    all.insert(all.end(), before.bytes.begin(), before.bytes.end());
    all.insert(all.end(), bytes.begin(), bytes.end());
    bytes.swap(all);
    while (bytes.size() % 64 != 0) byte(0xcc);
    const int pool_at = static_cast<int>(bytes.size());
    for (const Fixup& f : fixups_) {
        const int at = f.at + entry + length;
        patch(at, pool_at + f.constant * bytes_of_constant - (at + 4 + f.tail));
    }
    bytes.insert(bytes.end(), pool.begin(), pool.end());
    return entry;
}

}  // namespace pellucid::jit
