// The bits of whole numbers: logic place by place, and shifts.
#include "loops/interpreter_loops.hpp"

namespace pellucid::PELLUCID_ISA {

namespace {

struct Both {
    template <class T>
    static T of(T a, T b) {
        return T(a & b);
    }
};
struct Either {
    template <class T>
    static T of(T a, T b) {
        return T(a | b);
    }
};
struct OneOf {
    template <class T>
    static T of(T a, T b) {
        return T(a ^ b);
    }
};
struct Flip {
    template <class T>
    static T of(T a) {
        return T(~a);
    }
};
struct FlipBoolean {
    static std::uint8_t of(std::uint8_t a) { return a ^ 1; }
};

// By as many places as a number has, or by less than none, nothing is left but the sign.
template <class T>
constexpr Wide<T> width = 8 * sizeof(T);

struct LeftShift {
    template <class T>
    static T of(T a, T by) {
        const T shifted = T(Wide<T>(a) << (Wide<T>(by) & (width<T> - 1)));
        return Wide<T>(by) < width<T> ? shifted : T(0);
    }
};
struct RightShift {
    template <class T>
    static T of(T a, T by) {
        const T shifted = T(a >> (Wide<T>(by) & (width<T> - 1)));
        T sign = 0;
        if constexpr (negatives<T>) sign = a < T(0) ? T(-1) : T(0);
        return Wide<T>(by) < width<T> ? shifted : sign;
    }
};

Kernel of_booleans(Op op) {
    using Byte = std::uint8_t;
    switch (op) {
        case Op::bitwise_and: return binary<Both, Byte>;
        case Op::bitwise_or: return binary<Either, Byte>;
        case Op::bitwise_xor: return binary<OneOf, Byte>;
        case Op::bitwise_not: return unary<FlipBoolean, Byte>;
        default: return nullptr;
    }
}

template <class T>
Kernel of_whole(Op op) {
    switch (op) {
        case Op::bitwise_and: return binary<Both, T>;
        case Op::bitwise_or: return binary<Either, T>;
        case Op::bitwise_xor: return binary<OneOf, T>;
        case Op::bitwise_not: return unary<Flip, T>;
        case Op::left_shift: return binary<LeftShift, T>;
        case Op::right_shift: return binary<RightShift, T>;
        default: return nullptr;
    }
}

}  // namespace

Kernel bits_kernel(Op op, DType dtype) {
    if (dtype == DType::boolean) return of_booleans(op);
    return with_numbers(dtype, [op](auto type) -> Kernel {
        using T = typename decltype(type)::type;
        if constexpr (floating<T>)
            return nullptr;
        else
            return of_whole<T>(op);
    });
}

}  // namespace pellucid::PELLUCID_ISA
