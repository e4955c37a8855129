// What every op of a loop means, one number at a time and as plainly as can be: for tests.
#pragma once

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "engine/types.hpp"
#include "loops/loop.hpp"

namespace pellucid::reference {

__extension__ typedef __int128 Big;

template <class T>
T load(const char* from) {
    T x;
    std::memcpy(&x, from, sizeof(T));
    return x;
}
template <class T>
void store(char* to, T x) {
    std::memcpy(to, &x, sizeof(T));
}

inline int arity(Op op) {
    if (op == Op::load || op == Op::number) return 0;
    if (op == Op::where) return 3;
    const bool two = (op >= Op::equal && op <= Op::greater_equal) ||
                     (op >= Op::logical_and && op <= Op::minimum && op != Op::where) ||
                     (op >= Op::add && op <= Op::divide) ||
                     (op >= Op::power && op <= Op::right_shift);
    return two ? 2 : 1;
}

inline bool is_of_bits(Op op) { return op >= Op::bitwise_and && op <= Op::bitwise_not; }
inline bool is_comparison(Op op) { return op >= Op::equal && op <= Op::greater_equal; }
inline bool is_function(Op op) { return op >= Op::exp || op == Op::power; }

// What NumPy allows.
inline bool allowed(Op op, DType dtype) {
    if (op >= Op::exp || op == Op::sqrt || op == Op::divide) return is_float(dtype);
    if (is_of_bits(op))
        return !is_float(dtype) &&
               (dtype != DType::boolean || (op != Op::left_shift && op != Op::right_shift));
    if (op >= Op::logical_not && op <= Op::logical_or) return dtype == DType::boolean;
    if (dtype == DType::boolean)
        return op <= Op::cast || op == Op::add || op == Op::multiply || op == Op::abs ||
               op == Op::floor;
    return true;
}

template <class T>
bool compare(Op op, T a, T b) {
    switch (op) {
        case Op::equal: return a == b;
        case Op::not_equal: return a != b;
        case Op::less: return a < b;
        case Op::less_equal: return a <= b;
        case Op::greater: return a > b;
        default: return a >= b;
    }
}

// The true value of a function, or nearly so: long double.
inline long double function(Op op, long double a, long double b) {
    switch (op) {
        case Op::power: return std::pow(a, b);
        case Op::exp: return std::exp(a);
        case Op::expm1: return std::expm1(a);
        case Op::log: return std::log(a);
        case Op::log1p: return std::log1p(a);
        case Op::sin: return std::sin(a);
        case Op::cos: return std::cos(a);
        case Op::arctan: return std::atan(a);
        case Op::tanh: return std::tanh(a);
        default: return std::erf(a);
    }
}

// Python's divmod of floats.
template <class T>
T float_division(Op op, T a, T b) {
    const T rest = std::fmod(a, b);
    if (b == 0) return op == Op::mod ? rest : a / b;
    const bool below = rest != 0 && std::signbit(rest) != std::signbit(b);
    if (op == Op::mod) return rest == 0 ? std::copysign(T(0), b) : below ? rest + b : rest;
    const T quotient = (a - rest) / b - (below ? 1 : 0);
    if (quotient == 0) return std::copysign(T(0), a / b);
    const T floor = std::floor(quotient);
    return quotient - floor > T(0.5) ? floor + 1 : floor;
}

template <class T>
T of_float(Op op, T a, T b, std::int64_t decimals) {
    const T unit = static_cast<T>(std::pow(10.0, std::abs(static_cast<double>(decimals))));
    switch (op) {
        case Op::add: return a + b;
        case Op::subtract: return a - b;
        case Op::multiply: return a * b;
        case Op::divide: return a / b;
        case Op::negative: return -a;
        case Op::abs: return std::fabs(a);
        case Op::sign: return std::isnan(a) ? a : a > 0 ? T(1) : a < 0 ? T(-1) : T(0);
        case Op::square: return a * a;
        case Op::sqrt: return std::sqrt(a);
        case Op::floor_divide:
        case Op::mod: return float_division(op, a, b);
        case Op::floor: return std::floor(a);
        case Op::round:
            return decimals >= 0 ? std::nearbyint(a * unit) / unit
                                 : std::nearbyint(a / unit) * unit;
        default: return static_cast<T>(function(op, a, b));
    }
}

inline std::uint64_t whole_power(std::uint64_t a, std::uint64_t n) {
    if (n == 0) return 1;
    const std::uint64_t half = whole_power(a, n / 2);
    return half * half * (n % 2 == 1 ? a : 1);
}

// In 128 bits, cut to the type at the end.
template <class T>
T of_whole(Op op, T x1, T x2, std::int64_t decimals) {
    const Big a = x1, b = x2;
    const bool inside = b >= 0 && b < static_cast<Big>(8 * sizeof(T));
    const bool down = b != 0 && a % b != 0 && ((a % b < 0) != (b < 0));
    switch (op) {
        case Op::add: return static_cast<T>(a + b);
        case Op::subtract: return static_cast<T>(a - b);
        case Op::multiply:
        case Op::square:
            return static_cast<T>(static_cast<std::uint64_t>(a) *
                                  static_cast<std::uint64_t>(op == Op::square ? a : b));
        case Op::negative: return static_cast<T>(-a);
        case Op::abs: return static_cast<T>(a < 0 ? -a : a);
        case Op::sign: return static_cast<T>((a > 0) - (a < 0));
        case Op::power:
            if (b < 0) return static_cast<T>(a == 1 ? 1 : a == -1 ? (b % 2 != 0 ? -1 : 1) : 0);
            return static_cast<T>(
                whole_power(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
        case Op::floor_divide: return static_cast<T>(b == 0 ? 0 : a / b - (down ? 1 : 0));
        case Op::bitwise_and: return static_cast<T>(a & b);
        case Op::bitwise_or: return static_cast<T>(a | b);
        case Op::bitwise_xor: return static_cast<T>(a ^ b);
        case Op::bitwise_not: return static_cast<T>(~a);
        case Op::left_shift: return static_cast<T>(inside ? static_cast<std::uint64_t>(a) << b : 0);
        case Op::right_shift: return static_cast<T>(inside ? a >> b : a < 0 ? -1 : 0);
        case Op::mod: return static_cast<T>(b == 0 ? 0 : a % b + (down ? b : 0));
        case Op::round: {
            if (decimals >= 0) return x1;
            const double unit = std::pow(10.0, static_cast<double>(-decimals));
            return static_cast<T>(
                static_cast<Big>(std::nearbyint(static_cast<double>(x1) / unit) * unit));
        }
        default: return x1;
    }
}

template <class T>
T two(Op op, T a, T b, std::int64_t extra) {
    if (op == Op::maximum) return a != a ? a : b != b ? b : a > b ? a : b;
    if (op == Op::minimum) return a != a ? a : b != b ? b : a < b ? a : b;
    if constexpr (std::is_same_v<T, bool>) {
        if (op == Op::logical_not || op == Op::bitwise_not) return !a;
        if (op == Op::logical_and || op == Op::multiply || op == Op::bitwise_and) return a && b;
        if (op == Op::logical_or || op == Op::add || op == Op::bitwise_or) return a || b;
        if (op == Op::bitwise_xor) return a != b;
        return a;
    } else if constexpr (std::is_floating_point_v<T>) {
        return of_float(op, a, b, extra);
    } else {
        return of_whole(op, a, b, extra);
    }
}

// Whether C++ defines the cast: a float must lie in range, for narrow types in that of int.
template <class R, class T>
bool defined_cast(T x) {
    if constexpr (!std::is_floating_point_v<T> || std::is_floating_point_v<R> ||
                  std::is_same_v<R, bool>) {
        return true;
    } else {
        using Range = std::conditional_t<(sizeof(R) < 4), std::int32_t, R>;
        return x > static_cast<T>(std::numeric_limits<Range>::min()) - T(1) &&
               x < std::ldexp(T(1), std::numeric_limits<Range>::digits);
    }
}

template <class R, class T>
R cast(T x) {
    if (!defined_cast<R>(x)) return R(0);
    if constexpr (std::is_same_v<R, bool>)
        return x != T(0);
    else if constexpr (std::is_floating_point_v<T> && !std::is_floating_point_v<R>)
        return static_cast<R>(static_cast<Big>(x));
    else
        return static_cast<R>(x);
}

// One number of a node, from the numbers of its arguments.
inline void evaluate(const Node& node, DType argument, const char* a, const char* b, const char* c,
                     char* out) {
    with_type(node.op == Op::where ? node.dtype : argument, [&](auto zero) {
        using T = decltype(zero);
        if (node.op == Op::where) return store(out, load<bool>(a) ? load<T>(b) : load<T>(c));
        const T x1 = load<T>(a), x2 = b != nullptr ? load<T>(b) : T(0);
        if (is_comparison(node.op)) return store(out, compare(node.op, x1, x2));
        if (node.op != Op::cast) return store(out, two(node.op, x1, x2, node.integer));
        with_type(node.dtype, [&](auto result) { store(out, cast<decltype(result)>(x1)); });
    });
}

}  // namespace pellucid::reference
