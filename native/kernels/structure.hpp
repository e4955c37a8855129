// What kernels that move numbers along an axis are made of: the axis, pieces of work, sums.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "engine/threads.hpp"
#include "engine/types.hpp"

namespace pellucid {

// A shape seen from one of its axes: `outer` blocks of `n` rows of `inner` numbers.
struct Along {
    std::int64_t outer = 1, n = 1, inner = 1;
};

inline Along along(const Shape& shape, std::int64_t axis) {
    if (axis < 0 || axis >= static_cast<std::int64_t>(shape.size()))
        throw PlanError("a kernel's axis is not one of its shape");
    Along view;
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(shape.size()); ++i)
        (i < axis    ? view.outer
         : i == axis ? view.n
                     : view.inner) *= shape[static_cast<std::size_t>(i)];
    return view;
}

// `units` of equal work in pieces that are worth a thread's while: cut by size alone.
struct Pieces {
    std::int64_t units = 0, per_piece = 1;

    Pieces() = default;
    Pieces(std::int64_t all, double bytes_per_unit) : units(all) {
        constexpr double worth_while = 65536;
        per_piece = std::max<std::int64_t>(
            1, static_cast<std::int64_t>(worth_while / std::max(bytes_per_unit, 1.0)));
        if (units < 2 * per_piece) per_piece = std::max<std::int64_t>(units, 1);
    }

    // f(first, last) for every piece.
    template <class F>
    void each(const F& f) const {
        parallel_for((units + per_piece - 1) / per_piece, [&](std::int64_t i) {
            f(i * per_piece, std::min(units, (i + 1) * per_piece));
        });
    }
};

// a + b as NumPy adds: booleans stay booleans, integers wrap around.
template <class T>
T added(T a, T b) {
    if constexpr (std::is_same_v<T, bool>) {
        return a || b;
    } else if constexpr (std::is_integral_v<T>) {
        using U = std::make_unsigned_t<T>;
        return static_cast<T>(static_cast<U>(a) + static_cast<U>(b));
    } else {
        return a + b;
    }
}

}  // namespace pellucid
