// Arithmetic, and reductions over the columns.
#include <bit>
#include <limits>

#include "jit/emitter.hpp"

namespace pellucid::jit {

void Emitter::at_length(int length, Opcode o, int reg, int v, const Rm& rm, int imm, int k) {
    if (evex)
        code.evex(o, length, reg, v, rm, imm, k);
    else
        code.vex(o, length, reg, v, rm, imm);
}

Mem Emitter::constant(V v) const {
    Mem m;
    m.constant = constant_of(v);
    m.broadcast = evex;
    return m;
}

void Emitter::load_constant(int to, V v) {
    const std::uint64_t x = lanes.constants[static_cast<size_t>(constant_of(v))];
    if (x == 0) return vector({0, 1, 0x57, 0}, to, to, to);
    Mem from = constant(v);
    from.broadcast = false;
    if (!evex) return vector({0, 1, 0x10, 0}, to, 0, from);
    if (wide)
        vector({1, 2, 0x19, 1, scalar}, to, 0, from);
    else
        vector({1, 2, 0x18, 0, scalar}, to, 0, from);
}

void Emitter::move(int to, const Rm& from) {
    if (!from.is_memory() && from.reg == to) return;
    vector({wide, 1, 0x28, wide}, to, 0, from);
}

namespace {

struct Float {
    Do what;
    std::uint8_t opcode;
};
constexpr Float floats[] = {{Do::add, 0x58}, {Do::sub, 0x5c},  {Do::mul, 0x59},  {Do::div, 0x5e},
                            {Do::max, 0x5f}, {Do::min, 0x5d},  {Do::band, 0x54}, {Do::bandn, 0x55},
                            {Do::bor, 0x56}, {Do::bxor, 0x57}, {Do::sqrt, 0x51}};

std::uint8_t float_opcode(Do what) {
    for (const Float& each : floats)
        if (each.what == what) return each.opcode;
    return 0;
}

}  // namespace

void Emitter::arithmetic(const Ins& ins, int to, const Rm& a, const Rm& b, const Rm& c,
                         const Rm& d) {
    const std::uint8_t w = wide;
    switch (ins.what) {
        case Do::iadd:
        case Do::isub:
        case Do::imul:
        case Do::imax:
        case Do::imin:
        case Do::iabs:
        case Do::iequal:
        case Do::igreater:
        case Do::shl:
        case Do::shr:
        case Do::sra: return integers(ins, to, a, b);
        case Do::int_to_float:
        case Do::float_to_int:
        case Do::round32:
        case Do::wrap32: return convert(ins.what, to, a);
        case Do::compare:
        case Do::choose:
        case Do::select: return choices(ins, to, a, b, c, d);
        case Do::sqrt: return vector({w, 1, 0x51, w}, to, 0, a);
        case Do::scale: return vector({1, 2, 0x2c, w}, to, a.reg, b);
        case Do::round:
            return vector({1, 3, static_cast<std::uint8_t>(wide ? 9 : 8), w}, to, 0, a,
                          ins.imm | 8);
        case Do::exponent: return vector({1, 2, 0x42, w}, to, 0, a);
        case Do::mantissa: return vector({1, 3, 0x26, w}, to, 0, a, ins.imm);
        default: return vector({w, 1, float_opcode(ins.what), w}, to, a.reg, b);
    }
}

void Emitter::integers(const Ins& ins, int to, const Rm& a, const Rm& b) {
    const auto two = [&](std::uint8_t narrow, std::uint8_t broad, std::uint8_t map = 1) {
        vector({1, map, wide ? broad : narrow, wide}, to, a.reg, b);
    };
    const auto shift = [&](int group) {
        const auto opcode = static_cast<std::uint8_t>(wide ? 0x73 : 0x72);
        vector({1, 1, opcode, wide}, group, to, a, ins.imm);
    };
    const bool equals = ins.what == Do::iequal;
    switch (ins.what) {
        case Do::iadd: return two(0xfe, 0xd4);
        case Do::isub: return two(0xfa, 0xfb);
        case Do::imul: return two(0x40, 0x28, 2);
        case Do::imax: return two(0x3d, 0x3d, 2);
        case Do::imin: return two(0x39, 0x39, 2);
        case Do::iabs: return vector({1, 2, 0x1e, 0}, to, 0, a);
        case Do::shl: return shift(6);
        case Do::shr: return shift(2);
        case Do::sra: return shift(4);  // of 32-bit lanes alone
        default: break;
    }
    if (evex) {
        vector({1, 3, 0x1f, wide}, 2, a.reg, b, equals ? 0 : 6);
        return mask_of(to);
    }
    if (wide)
        two(0, equals ? 0x29 : 0x37, 2);
    else
        two(equals ? 0x76 : 0x66, 0);
}

void Emitter::convert(Do what, int to, const Rm& a) {
    constexpr Opcode sign_extend{1, 2, 0x25, 0, 1};
    const auto low_halves = [&] {
        vector({1, 1, 0x70, 0}, to, 0, a, 0x88);
        vector({1, 3, 0x00, 1}, to, 0, to, 8);
    };
    if (what == Do::int_to_float) {
        if (!wide) return vector({0, 1, 0x5b, 0}, to, 0, a);
        if (evex) return vector({2, 1, 0xe6, 1}, to, 0, a);
        low_halves();
        return vector({2, 1, 0xe6, 0}, to, 0, to);
    }
    if (what == Do::float_to_int) {
        if (!wide) return vector({2, 1, 0x5b, 0}, to, 0, a);
        vector({1, 1, 0xe6, 1}, to, 0, a);
        return vector(sign_extend, to, 0, to);
    }
    if (what == Do::round32) {
        vector({1, 1, 0x5a, 1}, to, 0, a);
        return vector({0, 1, 0x5a, 0, 1}, to, 0, to);
    }
    if (evex) {  // left and right again, by 32 bits
        vector({1, 1, 0x73, 1}, 6, to, a, 32);
        return vector({1, 1, 0x72, 1}, 4, to, to, 32);
    }
    low_halves();
    vector(sign_extend, to, 0, to);
}

void Emitter::choices(const Ins& ins, int to, const Rm& a, const Rm& b, const Rm& c, const Rm& d) {
    const Opcode compare{wide, 1, 0xc2, wide}, by_mask{1, 2, 0x65, wide};
    if (ins.what == Do::compare) {
        vector(compare, evex ? 2 : to, a.reg, b, ins.imm);
        return evex ? mask_of(to) : void();
    }
    if (ins.what == Do::choose) {
        vector(compare, 2, a.reg, b, ins.imm);
        return vector(by_mask, to, d.reg, c, -1, 2);
    }
    if (!evex) return vector(blend(), to, c.reg, b, a.reg << 4);
    vector({2, 2, 0x39, wide}, 2, 0, a);
    vector(by_mask, to, c.reg, b, -1, 2);
}

void Emitter::fused(Do what, int form, int to, int v, const Rm& rm) {
    const int kind = what == Do::fmadd ? 0x98 : what == Do::fmsub ? 0x9a : 0x9c;
    vector({1, 2, static_cast<std::uint8_t>(kind + 0x10 * form), wide}, to, v, rm);
}

V Emitter::neutral(Reduce reduce) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    Writer writer(lanes);
    switch (reduce) {
        case Reduce::max: return writer.number(-infinity);
        case Reduce::min: return writer.number(infinity);
        case Reduce::prod: return writer.number(1);
        case Reduce::all: return writer.bits(~0ull);
        default: return writer.bits(0);
    }
}

void Emitter::start(const Accumulator& a, int reg) { load_constant(reg, neutral(a.reduce)); }

// to = combine(to, value) in the lanes of mask k; a NaN on either side stays one.
void Emitter::combine(const Accumulator& a, int length, int to, int value, const int* t, int k) {
    const std::uint8_t w = wide;
    if (a.dtype == DType::i32) {
        const auto add = static_cast<std::uint8_t>(wide ? 0xd4 : 0xfe);
        return at_length(length, {1, 1, add, w}, to, to, value, -1, k);
    }
    const auto plain = [&](std::uint8_t opcode) {
        at_length(length, {w, 1, opcode, w}, to, to, value, -1, k);
    };
    switch (a.reduce) {
        case Reduce::sum: return plain(0x58);
        case Reduce::prod: return plain(0x59);
        case Reduce::any: return plain(0x56);
        case Reduce::all: return plain(0x54);
        default: break;
    }
    const Opcode most{w, 1, static_cast<std::uint8_t>(a.reduce == Reduce::max ? 0x5f : 0x5d), w};
    const Opcode compare{w, 1, 0xc2, w}, copy{w, 1, 0x28, w};
    // The processor gives its second argument if one is NaN.
    at_length(length, most, t[0], value, to);
    at_length(length, compare, evex ? 2 : t[1], value, value, unordered);
    if (evex) {
        at_length(length, copy, t[0], 0, value, -1, 2);
        return at_length(length, copy, to, 0, t[0], -1, k);
    }
    at_length(length, blend(), to, t[0], value, t[1] << 4);
}

void Emitter::accumulate(const Accumulator& a, int reg, int value, const int* t) {
    if (evex || !masked) return combine(a, full(), reg, value, t, masked ? 1 : 0);
    load_constant(t[2], neutral(a.reduce));
    vector(blend(), t[2], t[2], value, 15 << 4);
    combine(a, full(), reg, t[2], t);
}

void Emitter::accumulate_in_memory(const Accumulator& a, int copy, int value, const int* t) {
    Ins ins{};
    ins.dtype = a.dtype, ins.c = a.operand, ins.copy = static_cast<std::uint8_t>(copy);
    load(ins, t[2]);
    combine(a, full(), t[2], value, t);
    store(ins, t[2], t[0]);
}

void Emitter::flush(const Accumulator& a, const std::vector<int>& regs, const int* t) {
    const int all = regs[0];
    for (size_t i = 1; i < regs.size(); ++i) combine(a, full(), all, regs[i], t);
    if (evex) {
        vector({1, 3, 0x1b, 1}, all, 0, t[2], 1);
        combine(a, 1, all, t[2], t);
    }
    at_length(1, {1, 3, 0x19, 0}, all, 0, t[2], 1);
    combine(a, 0, all, t[2], t);
    at_length(0, {1, 1, 0x70, 0}, t[2], 0, all, 0x4e);
    combine(a, 0, all, t[2], t);
    if (!wide) {
        at_length(0, {1, 1, 0x70, 0}, t[2], 0, all, 0xb1);
        combine(a, 0, all, t[2], t);
    }
    const Mem memory{base_of(a.operand)};
    if (a.dtype == DType::boolean) {
        at_length(0, {1, 1, 0x7e, 0, scalar}, all, 0, r11);
        code.immediate(4, r11, 1);
        return code.byte_or(memory, r11, a.reduce == Reduce::all);
    }
    if (a.dtype == DType::i32) {
        at_length(0, {1, 1, 0x6e, 0, scalar}, t[2], 0, memory);
        combine(a, 0, t[2], all, t);
        return store_one(a.operand, a.dtype, t[2], t[0]);
    }
    const bool is_double = a.dtype == DType::f64;
    const auto prefix = static_cast<std::uint8_t>(is_double ? 3 : 2);
    at_length(0, {prefix, 1, 0x10, is_double, scalar}, t[2], 0, memory);
    if (wide && !is_double) at_length(0, {0, 1, 0x5a, 0, 1}, t[2], 0, t[2]);
    combine(a, 0, t[2], all, t);
    store_one(a.operand, a.dtype, t[2], t[0]);
}

}  // namespace pellucid::jit
