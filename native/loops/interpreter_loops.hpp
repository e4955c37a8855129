// The loops of the interpreter's kernels, for the instructions of PELLUCID_ISA.
#pragma once

#include <cstdint>

#include "loops/interpreter.hpp"

// Results may overwrite arguments, number by number: no iteration waits for another.
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"  // loops that call fmod or pow stay scalar
#define PELLUCID_EACH _Pragma("clang loop vectorize(assume_safety)")
#else
#define PELLUCID_EACH _Pragma("GCC ivdep")
#endif

namespace pellucid::PELLUCID_ISA {

Kernel arithmetic_kernel(Op op, DType dtype);
Kernel bits_kernel(Op op, DType dtype);
Kernel choice_kernel(Op op, DType argument);
Kernel cast_kernel(DType from, DType to);
Kernel mathematics_kernel(Op op, DType dtype);
Fold fold_of(Reduce reduce, DType dtype);
Gather gather_of(std::int64_t size);
Scatter scatter_of(std::int64_t size);

template <class T>
constexpr bool floating = T(1) / T(2) != T(0);
template <class T>
constexpr bool negatives = T(-1) < T(0);

// Whole numbers wrap around as NumPy's do: the sums are made without a sign.
template <int size>
struct Unsigned {
    using type = std::uint32_t;
};
template <>
struct Unsigned<8> {
    using type = std::uint64_t;
};
template <class T>
using Wide = typename Unsigned<sizeof(T)>::type;

template <class T>
struct Type {
    using type = T;
};

// f(Type<T>{}) for the C++ type of a dtype; booleans are bytes of 0 and 1.
template <class F>
auto with_numbers(DType dtype, F f) {
    switch (dtype) {
        case DType::i8: return f(Type<std::int8_t>{});
        case DType::u16: return f(Type<std::uint16_t>{});
        case DType::i16: return f(Type<std::int16_t>{});
        case DType::u32: return f(Type<std::uint32_t>{});
        case DType::i32: return f(Type<std::int32_t>{});
        case DType::u64: return f(Type<std::uint64_t>{});
        case DType::i64: return f(Type<std::int64_t>{});
        case DType::f32: return f(Type<float>{});
        case DType::f64: return f(Type<double>{});
        default: return f(Type<std::uint8_t>{});
    }
}

// F::of(a), F::of(a, b): one number from one or two.
template <class F, class T, class R = T>
void unary(char* out, const char* a, const char*, const char*, std::int64_t count, std::int64_t) {
    R* y = reinterpret_cast<R*>(out);
    const T* x = reinterpret_cast<const T*>(a);
    PELLUCID_EACH
    for (std::int64_t i = 0; i < count; ++i) y[i] = F::of(x[i]);
}

template <class F, class T, class R = T>
void binary(char* out, const char* a, const char* b, const char*, std::int64_t count,
            std::int64_t) {
    R* y = reinterpret_cast<R*>(out);
    const T* x1 = reinterpret_cast<const T*>(a);
    const T* x2 = reinterpret_cast<const T*>(b);
    PELLUCID_EACH
    for (std::int64_t i = 0; i < count; ++i) y[i] = F::of(x1[i], x2[i]);
}

// What is the same for a number of any type.
struct Add {
    template <class T>
    static T of(T a, T b) {
        if constexpr (floating<T>)
            return a + b;
        else
            return T(Wide<T>(a) + Wide<T>(b));
    }
};
struct Multiply {
    template <class T>
    static T of(T a, T b) {
        if constexpr (floating<T>)
            return a * b;
        else
            return T(Wide<T>(a) * Wide<T>(b));
    }
};
// The second of two equals, which only signs of zero tell apart, and NaN before all else.
struct Maximum {
    template <class T>
    static T of(T a, T b) {
        return ((a > b) | (a != a)) ? a : b;
    }
};
struct Minimum {
    template <class T>
    static T of(T a, T b) {
        return ((a < b) | (a != a)) ? a : b;
    }
};
struct And {
    static std::uint8_t of(std::uint8_t a, std::uint8_t b) { return a & b; }
};
struct Or {
    static std::uint8_t of(std::uint8_t a, std::uint8_t b) { return a | b; }
};
struct Same {
    template <class T>
    static T of(T a) {
        return a;
    }
};

template <int size>
struct SignedOf {
    using type = std::int32_t;
};
template <>
struct SignedOf<8> {
    using type = std::int64_t;
};

// A float beyond the range of a whole number has no defined result in C++; these are the results
// of the instructions that NumPy is compiled to. The narrow dtypes go by way of i32, and without a
// sign the upper half goes by way of what lies above it.
template <class R>
struct Cast {
    template <class T>
    static R of(T x) {
        if constexpr (!floating<T> || floating<R>) {
            return static_cast<R>(x);
        } else if constexpr (sizeof(R) < 4) {
            return static_cast<R>(static_cast<std::int32_t>(x));
        } else if constexpr (negatives<R>) {
            return static_cast<R>(x);
        } else {
            using Signed = typename SignedOf<sizeof(R)>::type;
            constexpr T half = sizeof(R) == 4 ? T(0x1p31) : T(0x1p63);
            constexpr R top = R(1) << (8 * sizeof(R) - 1);
            const bool upper = x >= half;
            const R rest = static_cast<R>(static_cast<Signed>(upper ? x - half : x));
            return rest ^ (upper ? top : R(0));
        }
    }
};

}  // namespace pellucid::PELLUCID_ISA
