// What a body becomes before it is machine code: instructions over the lanes of vectors.
//
// All lanes of a loop are 32 or 64 bits wide. A boolean is a lane of ones or zeros, an i32 in a
// 64-bit lane is sign-extended, an f32 there is a double that has been rounded.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/isa.hpp"
#include "loops/loop.hpp"

namespace pellucid::jit {

// A value by number, or a constant of the pool by -2 - its number; -1 is none.
using V = std::int32_t;
constexpr V none = -1;
inline bool is_constant(V v) { return v <= -2; }
inline int constant_of(V v) { return -2 - v; }

enum class Do : std::uint8_t {
    load,
    broadcast,  // of operand `c`, with its dtype
    store,
    accumulate,  // `a` to operand `c`; into accumulator `c`
    add,
    sub,
    mul,
    div,
    max,
    min,  // as the processor means them: max(x, NaN) = NaN = min(x, NaN)
    band,
    bandn,
    bor,
    bxor,  // bits; bandn is ~a & b
    iadd,
    isub,
    imul,
    imax,
    imin,
    iequal,
    igreater,
    scale,  // a * 2^b (AVX-512)
    sqrt,
    round,
    exponent,
    mantissa,
    iabs,
    shl,
    shr,
    sra,  // with `imm`
    int_to_float,
    float_to_int,
    round32,
    wrap32,
    fmadd,
    fmsub,
    fnmadd,   // a*b + c, a*b - c, c - a*b
    compare,  // lanes of ones where a `imm` b
    choose,   // where(a `imm` b, c, d) (AVX-512)
    select,   // where(mask a, b, c)
};

// The processor's numbers for comparisons of floats; none of them signals.
enum Compare : std::uint8_t {
    equal = 0,
    unordered = 3,
    not_equal = 4,
    less = 0x11,
    less_equal = 0x12,
    not_less = 0x15,
    greater_equal = 0x1d,
    greater = 0x1e
};

struct Ins {
    Do what;
    std::uint8_t imm = 0;
    std::uint8_t copy = 0;  // which of the unrolled vectors
    DType dtype = DType::f32;
    V to = none, a = none, b = none, c = none, d = none;
};

// A reduction: over the columns, kept in a register and combined with memory at a row's end; or
// over the rows, with a number in memory for each column.
struct Accumulator {
    Reduce reduce;
    DType dtype;
    int operand;
    bool over_rows;
};

struct Lanes {
    Isa isa;
    bool wide;                     // 64-bit lanes
    std::vector<Ins> row, column;  // once per row; once per vector of columns
    std::vector<bool> in_column;   // by value: where it is computed
    std::vector<std::uint64_t> constants;
    std::vector<Accumulator> accumulators;
    std::vector<DType> operands;  // dtypes of sources, then of targets
    int count() const { return 512 / 8 / (isa == Isa::avx512 ? 1 : 2) / (wide ? 8 : 4); }
    int vector_bytes() const { return isa == Isa::avx512 ? 64 : 32; }
};

// Writes instructions; a value that depends on no column is computed once per row.
class Writer {
  public:
    explicit Writer(Lanes& lanes)
        : lanes_(lanes), evex(lanes.isa == Isa::avx512), wide(lanes.wide) {}

    V number(double x);       // a float constant
    V bits(std::uint64_t x);  // an integer or a pattern, one per lane
    V load(int operand, DType dtype, bool column);
    void store(V value, int operand, DType dtype, bool column);
    void accumulate(V value, int accumulator);
    V make(Do what, V a, V b = none, V c = none, V d = none, int imm = 0);

    V add(V a, V b) { return make(Do::add, a, b); }
    V sub(V a, V b) { return make(Do::sub, a, b); }
    V mul(V a, V b) { return make(Do::mul, a, b); }
    V div(V a, V b) { return make(Do::div, a, b); }
    V fma(V a, V b, V c) { return make(Do::fmadd, a, b, c); }
    V fnma(V a, V b, V c) { return make(Do::fnmadd, a, b, c); }
    V both(V a, V b) { return make(Do::band, a, b); }
    V either(V a, V b) { return make(Do::bor, a, b); }
    V shl(V a, int n) { return make(Do::shl, a, none, none, none, n); }
    V shr(V a, int n) { return make(Do::shr, a, none, none, none, n); }
    V compare(V a, Compare how, V b) { return make(Do::compare, a, b, none, none, how); }
    V choose(V a, Compare how, V b, V yes, V no);
    V not_of(V mask) { return make(Do::bxor, mask, bits(~0ull)); }

    V maximum(V a, V b, bool greatest);  // NaN if either is NaN
    V absolute(V a);
    V negative(V a);
    V sign(V a);
    V with_sign_of(V magnitude, V x);  // for a magnitude that has no sign, or has that one
    V exp(V x);
    V expm1(V x);
    V tanh(V x);
    V arctan(V x);
    V erf(V x);
    V log(V x);
    V log1p(V x);

  private:
    struct Reduced {
        V n, shifted, e;
    };  // 2^n (1 + e); n is in the low bits of `shifted`
    struct Logarithm {
        V f, k;
    };  // log(1 + f) + k log 2
    Lanes& lanes_;

  public:
    const bool evex, wide;

  private:
    V polynomial(V x, const double* c, int count);
    Reduced reduce(V x);
    V power_of_two(V shifted, int plus);
    V times_power_of_two(V x, const Reduced& r);
    V exponent_of(V x, V& mantissa);
    V sum_of(const Logarithm& l);
    V repaired(V y, V u);
};

// The instructions for a body, or false where it cannot be served.
bool lower(const Body& body, Lanes& lanes);

}  // namespace pellucid::jit
