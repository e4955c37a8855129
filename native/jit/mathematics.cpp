// exp, log and their relatives as instructions, with the errors that jit_test measures: at most
// 2 units in the last place over the whole range, and the exact values at 0, infinity and NaN.
//
// The coefficients are minimax polynomials, for the relative error of the whole function.
#include <cmath>
#include <limits>

#include "jit/lanes.hpp"

namespace pellucid::jit {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// (exp(r) - 1 - r) / r^2 on |r| <= log(2) / 2
constexpr double exp_32[] = {0.5, 0.166665435, 0.0416662805, 0.00836659595, 0.0013946573};
constexpr double exp_64[] = {0.5,
                             0.16666666666666677,
                             0.041666666666666699,
                             0.0083333333333216516,
                             0.0013888888888867164,
                             0.00019841269886097272,
                             2.4801587359926022e-05,
                             2.7557244214369742e-06,
                             2.7557243278123792e-07,
                             2.5109042797730766e-08,
                             2.0924289678262526e-09};

// (log(1 + f) - f + f^2 / 2) / f^3 on -1/4 <= f <= 1/2
constexpr double log_32[] = {0.333334506, -0.250000954, 0.199908614, -0.166473031,
                             0.14478381,  -0.131612644, 0.104632221, -0.0450761653};
// (log((1 + s) / (1 - s)) - 2 s) / s^3 in s^2 <= 1/25
constexpr double log_64[] = {0.66666666666666596, 0.40000000000053804, 0.28571428556402073,
                             0.22222224240106189, 0.18181668899579603, 0.15391021612970421,
                             0.13175009966869633, 0.13834064967482307};

// (tanh(x) / x - 1) / x^2 in x^2, up to x = 0.55
constexpr double tanh_32[] = {-0.333333164, 0.133325294, -0.0538455732, 0.0210413225,
                              -0.00622813031};
constexpr double tanh_64[] = {
    -0.33333333333333293,    0.13333333333325692,    -0.053968253963106103,  0.021869488364835411,
    -0.0088632322286368529,  0.0035920880342050526,  -0.0014555158716328071, 0.00058832910281455403,
    -0.00023307812456088681, 8.2868900829408281e-05, -1.9211354818379467e-05};

// erf(x) / x - 1 in x^2, up to x = 7/8 and x = 1
constexpr double erf_32[] = {0.128379166,   -0.376126349,    0.11283733,    -0.0268615857,
                             0.00520674838, -0.000821110851, 8.67538838e-05};
constexpr double erf_64[] = {
    0.12837916709551259,     -0.37612638903183748,    0.11283791670954858,
    -0.026866170645072959,   0.0052239776247813702,   -0.00085483269787651485,
    0.00012055331037551108,  -1.4925593518728226e-05, 1.6460972954153765e-06,
    -1.6350026192077269e-07, 1.4657883530919653e-08,  -1.136567067182716e-09,
    5.945255584223488e-11};
// (arctan(x) / x - 1) / x^2 in x^2, up to x = tan(pi / 8)
constexpr double arctan_32[] = {-0.333333343, 0.199999779,   -0.142841518,
                                0.110713646,  -0.0862467512, 0.0504813641};
constexpr double arctan_64[] = {-0.3333333333333333, 0.19999999999999804,   -0.14285714285659828,
                                0.11111111105155398, -0.0909090875349846,   0.07692296374962261,
                                -0.0666642488448313, 0.05878928983403345,   -0.052304541643613894,
                                0.0455159273578562,  -0.034570549512274305, 0.01628574303651472};
// log(1 - erf(x)) up to x = 3.95, and in x - 1 up to x = 6
constexpr double erfc_32[] = {0.000162022712, -1.12945318,    -0.633473516,   -0.108139008,
                              0.0250271261,   -0.00413563848, 0.000427081715, -2.04512526e-05};
constexpr double erfc_64[] = {
    -1.8496055099332482,     -2.6389675142347886,     -0.84310725635865869,
    -0.041561098042187467,   0.010033825378485791,    -0.0019779025940298541,
    0.0002373225899562849,   2.6277566349738197e-05,  -2.7158488017711233e-05,
    9.6079814413175553e-06,  -2.0587716529217135e-06, 1.420634676035867e-07,
    9.8039034727836221e-08,  -5.2258495796623323e-08, 1.4983602921785841e-08,
    -2.8807153874263875e-09, 3.7082329253568607e-10,  -2.9053564115353889e-11,
    1.0490374821279917e-12};

}  // namespace

#define PELLUCID_POLYNOMIAL(x, name)                                         \
    (wide ? polynomial(x, name##_64, static_cast<int>(std::size(name##_64))) \
          : polynomial(x, name##_32, static_cast<int>(std::size(name##_32))))

V Writer::polynomial(V x, const double* c, int count) {
    V p = number(c[count - 1]);
    for (int i = count - 2; i >= 0; --i) p = fma(p, x, number(c[i]));
    return p;
}

// x = n log 2 + r with e = exp(r) - 1. Adding 1.5 * 2^23 (2^52) rounds to an integer and leaves
// it in the low bits.
Writer::Reduced Writer::reduce(V x) {
    const V magic = number(wide ? 0x1.8p52 : 0x1.8p23);
    const double high = wide ? 0x1.62e42fefa39efp-1 : 0x1.62e430p-1;
    const double low = wide ? 0x1.abc9e3b39803fp-56 : -0x1.05c610p-29;
    const V shifted = fma(x, number(1.4426950408889634), magic);
    const V n = sub(shifted, magic);
    const V r = fnma(n, number(low), fnma(n, number(high), x));
    const V e = fma(mul(r, r), PELLUCID_POLYNOMIAL(r, exp), r);
    return {n, shifted, e};
}

// 2^(n + plus), for results that are normal.
V Writer::power_of_two(V shifted, int plus) {
    const int low = wide ? 52 : 23;
    const auto one = static_cast<std::uint64_t>((wide ? 1023 : 127) + plus) << low;
    return make(Do::iadd, shl(shifted, low), bits(one));
}

V Writer::times_power_of_two(V x, const Reduced& r) {
    if (evex) return make(Do::scale, x, r.n);
    // In two steps, so that neither over- nor underflows when the result does not.
    if (wide) {
        const V magic = number(0x1.8p52);
        const V half = fma(r.n, number(0.5), magic);
        const V rest = add(sub(r.n, sub(half, magic)), magic);
        return mul(mul(x, power_of_two(half, 0)), power_of_two(rest, 0));
    }
    const V one = bits(0x3f800000), n = shl(r.shifted, 23);
    const V half = both(make(Do::sra, n, none, none, none, 1), bits(0xff800000));
    return mul(mul(x, make(Do::iadd, half, one)), make(Do::iadd, make(Do::isub, n, half), one));
}

V Writer::exp(V x) {
    // Beyond these the result is infinite or zero; the order of arguments lets a NaN through.
    const V most = number(wide ? 710.0 : 89.0), least = number(wide ? -746.0 : -104.0);
    const Reduced r = reduce(make(Do::max, least, make(Do::min, most, x)));
    return times_power_of_two(add(r.e, number(1)), r);
}

V Writer::expm1(V x) {
    const V most = number(wide ? 709.9 : 88.9), least = number(wide ? -40.0 : -20.0);
    const Reduced r = reduce(make(Do::max, least, make(Do::min, most, x)));
    // Half of the result first: 2^n alone would overflow at the upper end.
    const V half = power_of_two(r.shifted, -1);
    const V y = fma(half, r.e, sub(half, number(0.5)));
    return with_sign_of(add(y, y), x);
}

// Near 0 a polynomial, then tanh x = 1 - 2 / (exp(2x) + 1).
V Writer::tanh(V x) {
    const V magnitude = absolute(x), square = mul(x, x), one = number(1);
    const V near = fma(mul(x, square), PELLUCID_POLYNOMIAL(square, tanh), x);
    const V most = number(wide ? 44.0 : 20.0);
    const Reduced r = reduce(make(Do::min, add(magnitude, magnitude), most));
    const V power = power_of_two(r.shifted, 0);
    const V below = fma(power, r.e, add(power, one));
    const V far = add(div(number(-2), below), one);
    return with_sign_of(choose(magnitude, greater_equal, number(0.55), far, near), x);
}

// pi/2 + arctan(-1 / x) from tan(3 pi / 8) on, pi/4 + arctan((x - 1) / (x + 1)) from tan(pi / 8).
V Writer::arctan(V x) {
    constexpr double right = 0x1.921fb54442d18p+0;
    const double lost = wide ? 0x1.1a62633145c07p-54 : right - static_cast<float>(right);
    const V size = absolute(x), one = number(1), zero = number(0);
    const V far = number(2.414213562373095), middle = number(0.414213562373095);
    const auto by_size = [&](V steep, V slant, V flat) {
        return choose(size, greater, far, steep, choose(size, greater, middle, slant, flat));
    };
    const V over = by_size(number(-1), sub(size, one), size);
    const V r = div(over, by_size(size, add(size, one), one)), z = mul(r, r);
    const V rest = by_size(number(lost), number(lost / 2), zero);
    const V tail = fma(mul(r, z), PELLUCID_POLYNOMIAL(z, arctan), rest);
    const V start = by_size(number(right), number(right / 2), zero);
    return with_sign_of(add(start, add(r, tail)), x);
}

V Writer::erf(V x) {
    const V magnitude = absolute(x), one = number(1), square = mul(x, x);
    const V near = fma(x, PELLUCID_POLYNOMIAL(square, erf), x);
    const V most = number(wide ? 6.0 : 3.95), split = number(wide ? 1.0 : 0.875);
    const V t = make(Do::min, magnitude, most);
    const Reduced r = reduce(PELLUCID_POLYNOMIAL(wide ? sub(t, one) : t, erfc));
    const V power = power_of_two(r.shifted, 0);
    const V far = fnma(power, r.e, sub(one, power));
    return choose(magnitude, greater_equal, split, with_sign_of(far, x), near);
}

// k and m with x = m 2^k, 3/4 <= m < 3/2.
V Writer::exponent_of(V x, V& mantissa) {
    if (evex) {
        // From 3/4 on, NaN for what is negative: with it 0, infinity and NaN come out right.
        mantissa = make(Do::mantissa, x, none, none, none, 3 | 8);
        return sub(make(Do::exponent, x), make(Do::exponent, mantissa));
    }
    const int low = wide ? 52 : 23;
    const std::uint64_t one = wide ? 0x3ff0000000000000 : 0x3f800000;
    const std::uint64_t start = wide ? 0x3fe8000000000000 : 0x3f400000;
    const V least = number(wide ? 0x1p-1022 : 0x1p-126);
    const V tiny = compare(x, less, least);
    const V normal = make(Do::select, tiny, mul(x, number(wide ? 0x1p60 : 0x1p30)), x);
    const V i = make(Do::iadd, normal, bits(one - start));
    mantissa = make(Do::iadd, both(i, bits((1ull << low) - 1)), bits(start));
    const V exponent = shr(i, low);
    const V bias = both(tiny, number(wide ? 60.0 : 30.0));
    if (!wide) return sub(sub(make(Do::int_to_float, exponent), number(127)), bias);
    return sub(sub(either(exponent, number(0x1p52)), number(0x1p52 + 1023)), bias);
}

V Writer::sum_of(const Logarithm& l) {
    // k * high is exact: `high` ends in zeros.
    const V high = number(wide ? 0x1.62e42fee00000p-1 : 0x1.62e300p-1);
    const V low = number(wide ? 0x1.a39ef35793c76p-33 : 0x1.2fefa2p-17);
    const V half_square = mul(mul(l.f, l.f), number(0.5));
    V rest;
    if (wide) {
        const V s = div(l.f, add(l.f, number(2))), z = mul(s, s);
        const V p = mul(z, PELLUCID_POLYNOMIAL(z, log));
        rest = sub(fma(s, add(half_square, p), mul(l.k, low)), half_square);
    } else {
        const V cube = mul(mul(l.f, l.f), l.f);
        rest = sub(fma(cube, PELLUCID_POLYNOMIAL(l.f, log), mul(l.k, low)), half_square);
    }
    return fma(l.k, high, add(rest, l.f));
}

// Puts right a logarithm y of u where u is no positive finite number.
V Writer::repaired(V y, V u) {
    const V zero = number(0);
    y = choose(u, equal, number(infinity), number(infinity), y);
    y = choose(u, equal, zero, number(-infinity), y);
    return choose(u, greater_equal, zero, y, number(std::nan("")));
}

V Writer::log(V x) {
    V m;
    const V k = exponent_of(x, m);
    const V y = sum_of({sub(m, number(1)), k});
    return evex ? y : repaired(y, x);
}

// log(1 + x): with u = 1 + x = m 2^k the exact m - 1 is (2^-k - 1) + 2^-k x, rounded once.
V Writer::log1p(V x) {
    V m;
    const V one = number(1), u = add(x, one), k = exponent_of(u, m);
    const V magic = number(wide ? 0x1.8p52 : 0x1.8p23);
    const V shrink = power_of_two(sub(magic, k), 0);
    const V small = fma(shrink, x, sub(shrink, one));
    // For large u nothing is lost in 1 + x, and 2^-k might underflow.
    const V f = choose(u, less, number(wide ? 0x1p80 : 0x1p40), small, sub(m, one));
    return with_sign_of(repaired(sum_of({f, k}), u), x);
}

}  // namespace pellucid::jit
