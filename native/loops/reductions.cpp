#include "loops/reductions.hpp"

#include <algorithm>
#include <limits>

namespace pellucid {

namespace {

template <class T>
T neutral(Reduce reduce) {
    using Limits = std::numeric_limits<T>;
    switch (reduce) {
        case Reduce::prod:
        case Reduce::all: return T(1);
        case Reduce::max: return Limits::has_infinity ? T(-Limits::infinity()) : Limits::lowest();
        case Reduce::min: return Limits::has_infinity ? Limits::infinity() : Limits::max();
        default: return T(0);
    }
}

template <class T>
T combined(Reduce reduce, T a, T b) {
    switch (reduce) {
        case Reduce::sum: return static_cast<T>(a + b);
        case Reduce::prod: return static_cast<T>(a * b);
        case Reduce::max: return a > b || a != a ? a : b;
        case Reduce::min: return a < b || a != a ? a : b;
        case Reduce::any: return static_cast<T>(a || b);
        case Reduce::all: return static_cast<T>(a && b);
        case Reduce::none: break;
    }
    return b;
}

}  // namespace

void fill_neutral(Reduce reduce, DType dtype, char* to, std::int64_t count) {
    with_type(dtype, [&](auto zero) {
        using T = decltype(zero);
        std::fill_n(reinterpret_cast<T*>(to), count, neutral<T>(reduce));
    });
}

void combine(Reduce reduce, DType dtype, char* into, const char* part, std::int64_t count) {
    with_type(dtype, [&](auto zero) {
        using T = decltype(zero);
        T* to = reinterpret_cast<T*>(into);
        const T* from = reinterpret_cast<const T*>(part);
        if (reduce == Reduce::sum)  // the usual one, in a form that makes vectors
            for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<T>(to[i] + from[i]);
        else
            for (std::int64_t i = 0; i < count; ++i) to[i] = combined(reduce, to[i], from[i]);
    });
}

}  // namespace pellucid
