// sin, cos, arctan and power of vectors; included by vector_math.hpp.
#pragma once

#include "loops/vector_math.hpp"

namespace pellucid::PELLUCID_ISA {

using Doubles = Vector<double>;
typedef float HalfFloats __attribute__((vector_size(vector_bytes / 2)));

// A vector of floats by way of two vectors of doubles.
template <class F>
PELLUCID_INLINE Vector<float> by_doubles(Vector<float> x, F f) {
    HalfFloats half[2];
    __builtin_memcpy(half, &x, sizeof x);
    for (HalfFloats& each : half)
        each = __builtin_convertvector(f(__builtin_convertvector(each, Doubles)), HalfFloats);
    __builtin_memcpy(&x, half, sizeof x);
    return x;
}

template <class Answers>
PELLUCID_INLINE bool any(Answers answers) {
    std::uint64_t parts[sizeof answers / 8], all = 0;
    __builtin_memcpy(parts, &answers, sizeof answers);
    for (std::uint64_t part : parts) all |= part;
    return all != 0;
}

// π/2 in parts of 33 bits: a product with a whole number below 2^20 is exact.
constexpr double quarter[] = {0x1.921fb544p+0, 0x1.0b4611a6p-34, 0x1.3198a2ep-69,
                              8.4784276603689e-32};
constexpr double quarters_per_radian = 0.6366197723675814, angle_limit = 0x1p20;
constexpr double sine[] = {0x1.5e0af186af739p-33,  -0x1.ae600a926c89ap-26, 0x1.71de37961e4c6p-19,
                           -0x1.a01a019e8357dp-13, 0x1.1111111110bb1p-7,   -0x1.5555555555555p-3};
constexpr double cosine[] = {-0x1.907d7aebd5e3dp-37, 0x1.1eeb68b109173p-29,  -0x1.27e4fa17a41b4p-22,
                             0x1.a01a019f4e867p-16,  -0x1.6c16c16c16966p-10, 0x1.5555555555555p-5};
constexpr double short_sine[] = {0x1.6dbdd26f56d2dp-19, -0x1.a013a6edc8f34p-13,
                                 0x1.11110deeb33b2p-7, -0x1.555555545dd83p-3};
constexpr double short_cosine[] = {-0x1.25242a3a17327p-22, 0x1.a015c40ec65ecp-16,
                                   -0x1.6c16bf5495185p-10, 0x1.5555555502be6p-5};

struct Difference {
    Doubles value, rest;
};
PELLUCID_INLINE Difference difference(Doubles a, Doubles b) {
    const Doubles value = a - b, back = value - a;
    return {value, (a - (value - back)) - (b + back)};
}

// The sine of the angle that is `turns` quarters further: from the sine or the cosine, signed.
PELLUCID_INLINE Doubles turned(Bits<double> turns, Doubles sin_r, Doubles cos_r) {
    const Doubles y = (turns & 1) != 0 ? cos_r : sin_r;
    return numbers<double>(bits<double>(y) ^ ((turns & 2) << 62));
}

// sin(x + turns π/2) for |x| <= angle_limit, to the last bits of a double.
PELLUCID_INLINE Doubles long_angle(Doubles x, std::uint64_t turns) {
    const Doubles shifted = x * quarters_per_radian + Lanes<double>::round;
    const Doubles n = shifted - Lanes<double>::round;
    const auto [most, lost] = difference(x - n * quarter[0], n * quarter[1]);
    const auto [value, more] = difference(most, n * quarter[2]);
    const Doubles low = (lost + more) - n * quarter[3];
    const Doubles r = value + low, rest = (value - r) + low, z = r * r, half = 0.5 * z;
    const Doubles sin_r = r + (r * z * polynomial(z, sine) + (rest - half * rest));
    const Doubles first = 1.0 - half;
    const Doubles cos_r =
        first + (((1.0 - first) - half) + (z * z * polynomial(z, cosine) - r * rest));
    return turned(bits<double>(shifted) + turns, sin_r, cos_r);
}

// The same to more than the bits of a float.
PELLUCID_INLINE Doubles short_angle(Doubles x, std::uint64_t turns) {
    const Doubles shifted = x * quarters_per_radian + Lanes<double>::round;
    const Doubles n = shifted - Lanes<double>::round;
    const Doubles r = (x - n * quarter[0]) - n * (quarter[1] + quarter[2]), z = r * r;
    const Doubles sin_r = r + r * z * polynomial(z, short_sine);
    const Doubles cos_r = (1.0 - 0.5 * z) + z * z * polynomial(z, short_cosine);
    return turned(bits<double>(shifted) + turns, sin_r, cos_r);
}

// Number by number: angles so large that π/2 needs more bits than a few doubles hold.
template <class T, class F>
[[gnu::noinline]] Vector<T> each_number(Vector<T> x, F f) {
    for (int i = 0; i < Lanes<T>::count; ++i) x[i] = f(x[i]);
    return x;
}

template <class T>
PELLUCID_INLINE Vector<T> angle(Vector<T> x, std::uint64_t turns) {
    if constexpr (sizeof(T) == 8)
        return long_angle(x, turns);
    else
        return by_doubles(x, [turns](Doubles each) { return short_angle(each, turns); });
}
template <class T>
PELLUCID_INLINE Vector<T> sin(Vector<T> x) {
    if (any(abs<T>(x) > T(angle_limit))) [[unlikely]]
        return each_number<T>(x, [](T each) { return T(__builtin_sin(each)); });
    return abs<T>(x) < Lanes<T>::tiny ? x : angle<T>(x, 0);
}
template <class T>
PELLUCID_INLINE Vector<T> cos(Vector<T> x) {
    if (any(abs<T>(x) > T(angle_limit))) [[unlikely]]
        return each_number<T>(x, [](T each) { return T(__builtin_cos(each)); });
    return angle<T>(x, 1);
}

// π/2 - arctan(1 / |x|) from tan(3π/8) on, π/4 + arctan((|x| - 1) / (|x| + 1)) from tan(π/8) on: a
// polynomial of the rest r, |r| <= tan(π/8), does all three.
template <class T>
PELLUCID_INLINE Vector<T> arctan(Vector<T> x) {
    const Vector<T> size = abs<T>(x), one = splat(T(1)), zero{};
    const auto far = size > T(2.414213562373095), middle = size > T(0.4142135623730950);
    const Vector<T> over = far ? -one : (middle ? size - one : size);
    const Vector<T> under = far ? size : (middle ? size + one : one);
    const Vector<T> r = over / under, z = r * r;
    constexpr double right = 0x1.921fb54442d18p+0;
    constexpr T lost = T(sizeof(T) == 8 ? 0x1.1a62633145c07p-54 : right - double(float(right)));
    const Vector<T> start = far ? splat(T(right)) : (middle ? splat(T(right / 2)) : zero);
    const Vector<T> rest = far ? splat(lost) : (middle ? splat(lost / 2) : zero);
    return with_sign<T>(start + (r + (r * (z * polynomial(z, Lanes<T>::arctan)) + rest)), x);
}

// xʸ of numbers that are floats, kept as doubles: e^(y log |x|) has bits to spare.
PELLUCID_INLINE Doubles power_of_floats(Doubles x, Doubles y) {
    using L = Lanes<double>;
    const Doubles size = abs<double>(x), y_size = abs<double>(y), one = splat(1.0);
    Doubles result = exp<double>(y * log<double>(size));
    const auto unit = (y == 0.0) | (x == 1.0) | ((size == 1.0) & (y_size == L::infinity));
    result = unit ? one : result;
    const Doubles shifted = y + L::round;
    const auto whole = (y_size >= 0x1p24) | (shifted - L::round == y);
    const auto odd = whole & (y_size < 0x1p24) & ((bits<double>(shifted) & 1) != 0);
    const auto undefined = (x < 0.0) & (size < L::infinity) & ~whole & (y == y);
    const Bits<double> sign = bits<double>(x) & L::sign;
    const Doubles signed_result =
        numbers<double>(bits<double>(result) ^ (odd ? sign : sign ^ sign));
    return undefined ? splat(__builtin_nan("")) : signed_result;
}
PELLUCID_INLINE Vector<float> power(Vector<float> x, Vector<float> y) {
    HalfFloats bases[2], exponents[2];
    __builtin_memcpy(bases, &x, sizeof x);
    __builtin_memcpy(exponents, &y, sizeof y);
    for (int i = 0; i < 2; ++i)
        bases[i] =
            __builtin_convertvector(power_of_floats(__builtin_convertvector(bases[i], Doubles),
                                                    __builtin_convertvector(exponents[i], Doubles)),
                                    HalfFloats);
    __builtin_memcpy(&x, bases, sizeof x);
    return x;
}

}  // namespace pellucid::PELLUCID_ISA
