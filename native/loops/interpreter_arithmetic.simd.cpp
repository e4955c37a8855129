// Sums, products, quotients and rounding of every dtype.
#include "loops/interpreter_loops.hpp"

namespace pellucid::PELLUCID_ISA {

namespace {

struct Subtract {
    template <class T>
    static T of(T a, T b) {
        if constexpr (floating<T>)
            return a - b;
        else
            return T(Wide<T>(a) - Wide<T>(b));
    }
};
struct Divide {
    template <class T>
    static T of(T a, T b) {
        return a / b;
    }
};
struct Negative {
    template <class T>
    static T of(T a) {
        if constexpr (floating<T>)
            return -a;
        else
            return Subtract::of(T(0), a);
    }
};
struct Abs {
    template <class T>
    static T of(T a) {
        if constexpr (sizeof(T) == 4 && floating<T>)
            return __builtin_fabsf(a);
        else if constexpr (floating<T>)
            return __builtin_fabs(a);
        else
            return a < T(0) ? Negative::of(a) : a;
    }
};
struct Sign {
    template <class T>
    static T of(T a) {
        const T of_number = T((a > T(0)) - (a < T(0)));
        return a == a ? of_number : a;
    }
};
struct Square {
    template <class T>
    static T of(T a) {
        return Multiply::of(a, a);
    }
};
struct Floor {
    template <class T>
    static T of(T a) {
        if constexpr (sizeof(T) == 4)
            return __builtin_floorf(a);
        else
            return __builtin_floor(a);
    }
};

// The remainder with the sign of the divisor, and the quotient that belongs to it; by zero both
// are 0, and the least number by -1 is itself.
template <class T>
struct WholeDivision {
    static bool meets_below_zero(T rest, T b) { return rest != 0 && (rest < 0) != (b < 0); }
    static T floor_divide(T a, T b) {
        if (b == 0) return 0;
        if (negatives<T> && b == T(-1)) return Negative::of(a);
        return T(a / b - (meets_below_zero(T(a % b), b) ? 1 : 0));
    }
    static T mod(T a, T b) {
        if (b == 0 || (negatives<T> && b == T(-1))) return 0;
        const T rest = T(a % b);
        return meets_below_zero(rest, b) ? T(rest + b) : rest;
    }
};

// As NumPy divides floats with a rest: the rest is exact, the quotient is made whole from it.
template <class T>
struct FloatDivision {
    static T rest_of(T a, T b) {
        if constexpr (sizeof(T) == 4)
            return __builtin_fmodf(a, b);
        else
            return __builtin_fmod(a, b);
    }
    static T sign_of(T size, T sign) {
        if constexpr (sizeof(T) == 4)
            return __builtin_copysignf(size, sign);
        else
            return __builtin_copysign(size, sign);
    }
    static T mod_from(T rest, T b) {
        if (rest == T(0)) return sign_of(T(0), b);
        return (b < T(0)) != (rest < T(0)) ? rest + b : rest;
    }
    static T quotient_from(T a, T b, T rest) {
        T whole = (a - rest) / b;
        if (rest != T(0) && (b < T(0)) != (rest < T(0))) whole -= T(1);
        const T down = Floor::of(whole);
        const T nearest = whole - down > T(0.5) ? down + T(1) : down;
        return whole == T(0) ? sign_of(T(0), a / b) : nearest;
    }
    static T floor_divide(T a, T b) {
        return b == T(0) ? a / b : quotient_from(a, b, rest_of(a, b));
    }
    static T mod(T a, T b) {
        const T rest = rest_of(a, b);
        return b == T(0) ? rest : mod_from(rest, b);
    }
};

struct FloorDivide {
    template <class T>
    static T of(T a, T b) {
        if constexpr (floating<T>)
            return FloatDivision<T>::floor_divide(a, b);
        else
            return WholeDivision<T>::floor_divide(a, b);
    }
};
struct Mod {
    template <class T>
    static T of(T a, T b) {
        if constexpr (floating<T>)
            return FloatDivision<T>::mod(a, b);
        else
            return WholeDivision<T>::mod(a, b);
    }
};

// The rest of a quotient below 2^24 in double: every step is exact, and no call is needed.
struct QuickRest {
    static float of(float a, float b) {
        const double whole = __builtin_trunc(double(a) / double(b));
        return float(double(a) - whole * double(b));
    }
    static bool serves(const float* a, const float* b, std::int64_t count) {
        int fails = 0;
        for (std::int64_t i = 0; i < count; ++i)
            fails |= !(__builtin_fabs(double(a[i]) / double(b[i])) < 0x1p24);
        return fails == 0;
    }
};
struct QuickMod {
    static float of(float a, float b) {
        return FloatDivision<float>::mod_from(QuickRest::of(a, b), b);
    }
};
struct QuickFloorDivide {
    static float of(float a, float b) {
        return FloatDivision<float>::quotient_from(a, b, QuickRest::of(a, b));
    }
};

template <class Quick, class Whole>
void quick(char* out, const char* a, const char* b, const char* c, std::int64_t count,
           std::int64_t extra) {
    const bool fast = QuickRest::serves(reinterpret_cast<const float*>(a),
                                        reinterpret_cast<const float*>(b), count);
    (fast ? binary<Quick, float> : binary<Whole, float>)(out, a, b, c, count, extra);
}

// Whole powers by squaring. NumPy refuses negative exponents; here 1 / aⁿ is cut to a whole number.
struct WholePower {
    template <class T>
    static T of(T a, T n) {
        if (n < T(0)) {
            if (a == T(1)) return a;
            return a == T(-1) ? (n & 1 ? a : T(1)) : T(0);
        }
        T result = 1;
        for (T base = a; n != 0; n = T(n >> 1), base = Multiply::of(base, base))
            if (n & 1) result = Multiply::of(result, base);
        return result;
    }
};

double power_of_ten(std::int64_t n) {
    double result = 1;
    for (; n > 0; --n) result *= 10;
    return result;
}

double nearest(double x) { return __builtin_rint(x); }
float nearest(float x) { return __builtin_rintf(x); }

// A half goes to the even neighbour; `decimals` below zero round to tens, hundreds, ...
template <class T>
void round_float(char* out, const char* a, const char*, const char*, std::int64_t count,
                 std::int64_t decimals) {
    T* y = reinterpret_cast<T*>(out);
    const T* x = reinterpret_cast<const T*>(a);
    const T unit = T(power_of_ten(decimals < 0 ? -decimals : decimals));
    if (decimals == 0) {
        PELLUCID_EACH
        for (std::int64_t i = 0; i < count; ++i) y[i] = nearest(x[i]);
    } else if (decimals > 0) {
        PELLUCID_EACH
        for (std::int64_t i = 0; i < count; ++i) y[i] = nearest(x[i] * unit) / unit;
    } else {
        PELLUCID_EACH
        for (std::int64_t i = 0; i < count; ++i) y[i] = nearest(x[i] / unit) * unit;
    }
}

template <class T>
void round_whole(char* out, const char* a, const char*, const char*, std::int64_t count,
                 std::int64_t decimals) {
    if (decimals >= 0) return unary<Same, T>(out, a, nullptr, nullptr, count, 0);
    T* y = reinterpret_cast<T*>(out);
    const T* x = reinterpret_cast<const T*>(a);
    const double unit = power_of_ten(-decimals);
    for (std::int64_t i = 0; i < count; ++i)
        y[i] = Cast<T>::of(nearest(double(x[i]) / unit) * unit);
}

Kernel of_booleans(Op op) {
    using Byte = std::uint8_t;
    switch (op) {
        case Op::add: return binary<Or, Byte>;
        case Op::multiply: return binary<And, Byte>;
        case Op::abs:
        case Op::floor: return unary<Same, Byte>;
        default: return nullptr;
    }
}

template <class T>
Kernel of_floats(Op op) {
    switch (op) {
        case Op::divide: return binary<Divide, T>;
        case Op::floor: return unary<Floor, T>;
        case Op::round: return round_float<T>;
        case Op::floor_divide:
            return sizeof(T) == 4 ? quick<QuickFloorDivide, FloorDivide> : binary<FloorDivide, T>;
        case Op::mod: return sizeof(T) == 4 ? quick<QuickMod, Mod> : binary<Mod, T>;
        default: return nullptr;
    }
}

template <class T>
Kernel of_whole(Op op) {
    switch (op) {
        case Op::floor: return unary<Same, T>;
        case Op::round: return round_whole<T>;
        case Op::power: return binary<WholePower, T>;
        case Op::floor_divide: return binary<FloorDivide, T>;
        case Op::mod: return binary<Mod, T>;
        default: return nullptr;
    }
}

}  // namespace

Kernel arithmetic_kernel(Op op, DType dtype) {
    if (op >= Op::bitwise_and && op <= Op::bitwise_not) return bits_kernel(op, dtype);
    if (dtype == DType::boolean) return of_booleans(op);
    return with_numbers(dtype, [op](auto type) -> Kernel {
        using T = typename decltype(type)::type;
        switch (op) {
            case Op::add: return binary<Add, T>;
            case Op::subtract: return binary<Subtract, T>;
            case Op::multiply: return binary<Multiply, T>;
            case Op::negative: return unary<Negative, T>;
            case Op::abs: return unary<Abs, T>;
            case Op::sign: return unary<Sign, T>;
            case Op::square: return unary<Square, T>;
            default: break;
        }
        if constexpr (floating<T>)
            return of_floats<T>(op);
        else
            return of_whole<T>(op);
    });
}

}  // namespace pellucid::PELLUCID_ISA
