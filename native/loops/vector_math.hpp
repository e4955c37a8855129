// Elementary functions of whole vectors of floats or doubles, for the instructions of PELLUCID_ISA.
//
// Each is right to 2 units in the last place over its whole range, denormals, infinities and NaN
// included. The polynomials are fitted at Chebyshev nodes, highest power first.
#pragma once

#include <cstdint>

namespace pellucid::PELLUCID_ISA {

#if defined(__AVX512F__)
constexpr int vector_bytes = 64;
#elif defined(__AVX2__)
constexpr int vector_bytes = 32;
#else
constexpr int vector_bytes = 16;
#endif

#define PELLUCID_INLINE [[gnu::always_inline]] inline

// The vectors of a type of number, and what there is to know of its bits.
template <class T>
struct Lanes;
template <>
struct Lanes<float> {
    using Number = float;
    typedef float Vector __attribute__((vector_size(vector_bytes)));
    typedef std::uint32_t Bits __attribute__((vector_size(vector_bytes)));
    static constexpr int count = vector_bytes / 4, mantissa = 23, bias = 127;
    static constexpr std::uint32_t one = 0x3f800000, root_half = 0x3f3504f3, sign = 0x80000000;
    static constexpr float round = 0x1.8p23f, two_to_mantissa = 0x1p23f, tiny = 0x1p-25f;
    static constexpr float least_normal = 0x1p-126f, infinity = __builtin_inff();
    static constexpr float log2_e = 1.44269504f;
    static constexpr float log_2 = 0.693145751953125f, log_2_rest = 1.428606765330187e-06f;
    static constexpr float exp_range[] = {-104.0f, 89.0f}, expm1_least = -18.0f;
    static constexpr float exp[] = {0x1.6d112p-10f, 0x1.120b86p-7f, 0x1.55551ap-5f, 0x1.5554dcp-3f,
                                    0.5f};
    static constexpr float log[] = {0x1.ddcf66p-3f, 0x1.245c4p-2f, 0x1.9999ecp-2f, 0x1.555556p-1f};
    static constexpr float tanh[] = {0x1.2c7d78p-9f,  -0x1.1168b4p-7f, 0x1.64a94p-6f,
                                     -0x1.ba08c2p-5f, 0x1.1110eap-3f,  -0x1.555556p-2f};
    static constexpr float arctan[] = {0x1.9d8b18p-5f,  -0x1.614446p-4f, 0x1.c57bacp-4f,
                                       -0x1.248a18p-3f, 0x1.99997cp-3f,  -0x1.555556p-2f};
    static constexpr float erf_end = 4, erf_middle = 2;
    static constexpr float erf[] = {0x1.4a569p-14f,  -0x1.a45088p-11f, 0x1.54127p-8f,
                                    -0x1.b7fabap-6f, 0x1.ce2d1p-4f,    -0x1.81273ep-2f,
                                    0x1.06eba8p-3f};
    static constexpr float erfc[] = {-0x1.ef02f6p-11f, -0x1.b69d34p-11f, 0x1.ca6a34p-8f,
                                     0x1.e92de2p-9f,   -0x1.437efcp-4f,  0x1.eeea8p-3f,
                                     -0x1.b57034p-2f,  0x1.058672p-2f};
};
template <>
struct Lanes<double> {
    using Number = double;
    typedef double Vector __attribute__((vector_size(vector_bytes)));
    typedef std::uint64_t Bits __attribute__((vector_size(vector_bytes)));
    static constexpr int count = vector_bytes / 8, mantissa = 52, bias = 1023;
    static constexpr std::uint64_t one = 0x3ff0000000000000, root_half = 0x3fe6a09e667f3bcd,
                                   sign = 0x8000000000000000;
    static constexpr double round = 0x1.8p52, two_to_mantissa = 0x1p52, tiny = 0x1p-54;
    static constexpr double least_normal = 0x1p-1022, infinity = __builtin_inf();
    static constexpr double log2_e = 1.4426950408889634;
    static constexpr double log_2 = 0x1.62e42ffp-1, log_2_rest = -4.2009150726810846e-11;
    static constexpr double exp_range[] = {-746.0, 710.0}, expm1_least = -40.0;
    static constexpr double exp[] = {0x1.af38bd1432692p-26, 0x1.289195230a5a7p-22,
                                     0x1.71de0da63c715p-19, 0x1.a019b8ffea19ep-16,
                                     0x1.a01a01a7c636cp-13, 0x1.6c16c1788f429p-10,
                                     0x1.11111111109b0p-7,  0x1.5555555553d5ap-5,
                                     0x1.5555555555556p-3,  0.5};
    static constexpr double log[] = {
        0x1.2b58f4c8d5f63p-3, 0x1.39fe52a20dc69p-3, 0x1.7462b5152e8a6p-3, 0x1.c71c62e40b94ep-3,
        0x1.2492492df26cep-2, 0x1.99999999952d8p-2, 0x1.5555555555558p-1};
    static constexpr double tanh[] = {
        0x1.b324134ba5eb6p-18,  -0x1.05b72f52995c9p-15, 0x1.844375ceb8cc4p-14,
        -0x1.f242fe2566072p-13, 0x1.3526dfb7d51b5p-11,  -0x1.7d9f6e2122829p-10,
        0x1.d6d39ad329565p-9,   -0x1.226e34738a3aap-7,  0x1.664f487e08907p-6,
        -0x1.ba1ba1ba0f0cbp-5,  0x1.11111111110a8p-3,   -0x1.5555555555555p-2};
    static constexpr double arctan[] = {
        0x1.0ad35b6ee7ad6p-6, -0x1.1b33b271eb3fbp-5, 0x1.74ddd16e5f0f8p-5, -0x1.ac7a92f954b84p-5,
        0x1.e19a13a626d24p-5, -0x1.110e88099d844p-4, 0x1.3b1392d9db3a9p-4, -0x1.745d165df38c7p-4,
        0x1.c71c71c304b45p-4, -0x1.249249248d7eep-3, 0x1.9999999999953p-3, -0x1.5555555555555p-2};
    static constexpr double erf_end = 6, erf_middle = 3;
    static constexpr double erf[] = {
        0x1.05ffd737fb32ep-34,  -0x1.389d4f2641625p-30, 0x1.f7b4bf3b13964p-27,
        -0x1.5f1ecb6f0764cp-23, 0x1.b9df224ca4b97p-20,  -0x1.f4d1e3183f7aep-17,
        0x1.f9a321d5b8e1ep-14,  -0x1.c02db3dac435fp-11, 0x1.565bcd0dbaa38p-8,
        -0x1.b82ce31284e00p-6,  0x1.ce2f21a042b30p-4,   -0x1.812746b0379e6p-2,
        0x1.06eba8214db69p-3};
    static constexpr double erfc[] = {
        -0x1.b521f5e62b937p-23, -0x1.20ffd2643b2abp-22, 0x1.4e75dccc737abp-20,
        0x1.1b86fc353f5b6p-19,  -0x1.0bafe44deb848p-17, -0x1.af7cf3e087bcfp-17,
        0x1.0cac3a11fe28fp-14,  0x1.7ba0ce14ddbbep-15,  -0x1.39084c8034bb3p-11,
        0x1.73101ea1b3803p-11,  0x1.17c838eec7b56p-8,   -0x1.8fa58eb5e1d42p-6,
        0x1.258b13b017934p-4,   -0x1.336ffbef08b18p-3,  0x1.f6ff204105976p-3,
        -0x1.4e102b9cf8513p-2,  0x1.6e9827d229d2dp-3};
};
template <class T>
using Vector = typename Lanes<T>::Vector;
template <class T>
using Bits = typename Lanes<T>::Bits;

// x - 0 is x for every x; x + 0 would lose the sign of -0.
template <class T>
PELLUCID_INLINE Vector<T> splat(T x) {
    return x - Vector<T>{};
}
template <class T>
PELLUCID_INLINE Bits<T> bits(Vector<T> x) {
    return (Bits<T>)x;
}
template <class T>
PELLUCID_INLINE Vector<T> numbers(Bits<T> x) {
    return (Vector<T>)x;
}
template <class T>
PELLUCID_INLINE Vector<T> abs(Vector<T> x) {
    return numbers<T>(bits<T>(x) & ~Lanes<T>::sign);
}
// |size| with the sign of x; `size` is not negative.
template <class T>
PELLUCID_INLINE Vector<T> with_sign(Vector<T> size, Vector<T> x) {
    return numbers<T>(bits<T>(size) | (bits<T>(x) & Lanes<T>::sign));
}
template <class V, class T, int count>
PELLUCID_INLINE V polynomial(V x, const T (&coefficients)[count]) {
    V sum = V{} + coefficients[0];
    for (int i = 1; i < count; ++i) sum = sum * x + coefficients[i];
    return sum;
}

// x = n log 2 + r + rest with |r| <= log 2 / 2; n is kept as bits, for powers of two.
template <class T>
struct Remains {
    Bits<T> n;
    Vector<T> r, rest;
};
template <class T>
PELLUCID_INLINE Remains<T> halve(Vector<T> x) {
    using L = Lanes<T>;
    const Vector<T> shifted = x * L::log2_e + L::round, n = shifted - L::round;
    const Vector<T> most = x - n * L::log_2, r = most - n * L::log_2_rest;
    return {bits<T>(shifted) - bits<T>(splat(L::round)), r, (most - r) - n * L::log_2_rest};
}
template <class T>
PELLUCID_INLINE Vector<T> clamp(Vector<T> x, T least, T most) {
    x = x < least ? splat(least) : x;  // NaN stays
    return x > most ? splat(most) : x;
}

template <class T>
PELLUCID_INLINE Vector<T> exp(Vector<T> x) {
    using L = Lanes<T>;
    const auto [n, r, rest] = halve<T>(clamp<T>(x, L::exp_range[0], L::exp_range[1]));
    const Vector<T> y = T(1) + (r + r * r * polynomial(r, L::exp));
    const Bits<T> biased = n + 2 * L::bias, half = biased >> 1;  // 2ⁿ may be beyond the range
    return y * numbers<T>(half << L::mantissa) * numbers<T>((biased - half) << L::mantissa);
}

// 2 (2ⁿ⁻¹ (eʳ - 1) + 2ⁿ⁻¹ - 1/2), with what the sum rounds off.
template <class T>
PELLUCID_INLINE Vector<T> expm1(Vector<T> x) {
    using L = Lanes<T>;
    const auto [n, r, rest] = halve<T>(clamp<T>(x, L::expm1_least, L::exp_range[1]));
    const Vector<T> tail = rest + r * (rest + r * polynomial(r, L::exp));
    const Vector<T> scale = numbers<T>((n + (L::bias - 1)) << L::mantissa);
    const Vector<T> base = scale - T(0.5), slope = scale * r, sum = base + slope;
    const Vector<T> y = T(2) * (sum + (((base - sum) + slope) + scale * tail));
    return abs<T>(x) < L::tiny ? x : y;
}

// x = 2ᵏ (1 + f) with 1 + f in [√½, √2); x is a normal number.
template <class T>
struct Scaled {
    Vector<T> k, f;
};
template <class T>
PELLUCID_INLINE Scaled<T> scaled(Vector<T> x) {
    using L = Lanes<T>;
    const Bits<T> moved = bits<T>(x) + (L::one - L::root_half);
    const Bits<T> exponent = (moved >> L::mantissa) | bits<T>(splat(L::two_to_mantissa));
    const Bits<T> fraction = moved & (bits<T>(splat(L::least_normal)) - 1);
    return {numbers<T>(exponent) - (L::two_to_mantissa + L::bias),
            numbers<T>(fraction + L::root_half) - T(1)};
}
// k log 2 + log(1 + f) + rest, by 2 artanh(f / (2 + f)).
template <class T>
PELLUCID_INLINE Vector<T> log_of_parts(Vector<T> k, Vector<T> f, Vector<T> rest) {
    using L = Lanes<T>;
    const Vector<T> s = f / (T(2) + f), z = s * s, half_square = T(0.5) * f * f;
    const Vector<T> series = s * (half_square + z * polynomial(z, L::log));
    return k * L::log_2 - ((half_square - (series + (k * L::log_2_rest + rest))) - f);
}
// The logarithm's values where its argument is no positive finite number.
template <class T>
PELLUCID_INLINE Vector<T> log_edges(Vector<T> argument, Vector<T> y) {
    using L = Lanes<T>;
    y = argument == T(0) ? splat(-L::infinity) : y;
    y = argument < T(0) ? splat(T(__builtin_nan(""))) : y;
    return ((argument == L::infinity) | (argument != argument)) ? argument : y;
}

template <class T>
PELLUCID_INLINE Vector<T> log(Vector<T> x) {
    using L = Lanes<T>;
    const auto small = x < L::least_normal;
    const auto [k, f] = scaled<T>(small ? x * (L::two_to_mantissa * 4) : x);
    const Vector<T> shift = small ? splat(T(L::mantissa + 2)) : Vector<T>{};
    return log_edges<T>(x, log_of_parts<T>(k - shift, f, Vector<T>{}));
}

// log u for u = 1 + x, and what 1 + x rounds off.
template <class T>
PELLUCID_INLINE Vector<T> log1p(Vector<T> x) {
    using L = Lanes<T>;
    const Vector<T> u = T(1) + x;
    const Vector<T> lost = x > T(1) ? T(1) - (u - x) : x - (u - T(1));
    const auto [k, f] = scaled<T>(u);
    const auto near = k == T(0);
    const Vector<T> rest = near ? Vector<T>{} : lost / u;
    const Vector<T> y = log_edges<T>(u, log_of_parts<T>(k, near ? x : f, rest));
    return abs<T>(x) < L::tiny ? x : y;
}

// A polynomial near 0, where 1 - 2 / (e²ˣ + 1) would cancel.
template <class T>
PELLUCID_INLINE Vector<T> tanh(Vector<T> x) {
    const Vector<T> size = abs<T>(x), square = size * size;
    const Vector<T> near = size + size * (square * polynomial(square, Lanes<T>::tanh));
    const Vector<T> far = T(1) - T(2) / (exp<T>(size + size) + T(1));
    return with_sign<T>(size < T(0.625) ? near : far, x);
}

// Up to 1 a polynomial; beyond, 1 - e^(-x²) times a polynomial of (x - m) / (x + m).
template <class T>
PELLUCID_INLINE Vector<T> erf(Vector<T> x) {
    using L = Lanes<T>;
    const Vector<T> all = abs<T>(x), size = all > L::erf_end ? splat(L::erf_end) : all;
    const Vector<T> square = size * size;
    const Vector<T> near = size + size * polynomial(square, L::erf);
    const Vector<T> u = (size - L::erf_middle) / (size + L::erf_middle);
    const Vector<T> far = T(1) - exp<T>(-square) * polynomial(u, L::erfc);
    return with_sign<T>(size < T(1) ? near : far, x);
}

}  // namespace pellucid::PELLUCID_ISA

#include "loops/vector_angles.hpp"
