// Comparisons, logic, and choices between two numbers.
#include "loops/interpreter_loops.hpp"

namespace pellucid::PELLUCID_ISA {

namespace {

struct Equal {
    template <class T>
    static bool of(T a, T b) {
        return a == b;
    }
};
struct NotEqual {
    template <class T>
    static bool of(T a, T b) {
        return a != b;
    }
};
struct Less {
    template <class T>
    static bool of(T a, T b) {
        return a < b;
    }
};
struct LessEqual {
    template <class T>
    static bool of(T a, T b) {
        return a <= b;
    }
};
struct Not {
    static std::uint8_t of(std::uint8_t a) { return a ^ 1; }
};

// a > b as b < a: half as many loops.
template <class F, class T>
void swapped(char* out, const char* a, const char* b, const char* c, std::int64_t count,
             std::int64_t extra) {
    binary<F, T, std::uint8_t>(out, b, a, c, count, extra);
}

template <class T>
void choose(char* out, const char* condition, const char* a, const char* b, std::int64_t count,
            std::int64_t) {
    T* y = reinterpret_cast<T*>(out);
    const T* x1 = reinterpret_cast<const T*>(a);
    const T* x2 = reinterpret_cast<const T*>(b);
    PELLUCID_EACH
    for (std::int64_t i = 0; i < count; ++i) {
        const T yes = x1[i], no = x2[i];
        y[i] = condition[i] ? yes : no;
    }
}

Kernel logic(Op op) {
    using Byte = std::uint8_t;
    switch (op) {
        case Op::logical_not: return unary<Not, Byte>;
        case Op::logical_and: return binary<And, Byte>;
        case Op::logical_or: return binary<Or, Byte>;
        default: return nullptr;
    }
}

}  // namespace

Kernel choice_kernel(Op op, DType argument) {
    if (op == Op::logical_not || op == Op::logical_and || op == Op::logical_or)
        return argument == DType::boolean ? logic(op) : nullptr;
    return with_numbers(argument, [op](auto type) -> Kernel {
        using T = typename decltype(type)::type;
        using Answer = std::uint8_t;
        switch (op) {
            case Op::equal: return binary<Equal, T, Answer>;
            case Op::not_equal: return binary<NotEqual, T, Answer>;
            case Op::less: return binary<Less, T, Answer>;
            case Op::less_equal: return binary<LessEqual, T, Answer>;
            case Op::greater: return swapped<Less, T>;
            case Op::greater_equal: return swapped<LessEqual, T>;
            case Op::where: return choose<T>;
            case Op::maximum: return binary<Maximum, T>;
            case Op::minimum: return binary<Minimum, T>;
            default: return nullptr;
        }
    });
}

}  // namespace pellucid::PELLUCID_ISA
