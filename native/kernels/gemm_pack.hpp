// Copies of parts of B in the order in which tiles read them, for *.simd.cpp only.
#pragma once

#include "kernels/gemm_vector.hpp"

namespace pellucid::PELLUCID_ISA {

// One of the two halves of an exchange between x and y: blocks of S lanes change places.
template <int S, int W, bool SECOND, class X, int... I>
PELLUCID_INLINE X exchange(X x, X y, Indices<I...>) {
    return __builtin_shufflevector(
        x, y, ((I & S) ? W + (I & ~S) + (SECOND ? S : 0) : I + (SECOND ? S : 0))...);
}

// Rows become columns by exchanges of blocks of S = W/2, ..., 2, 1 lanes.
template <class T, int BYTES, int S>
PELLUCID_INLINE void transpose(Lanes<T, BYTES>* x) {
    constexpr int W = Vector<T, BYTES>::lanes;
    if constexpr (S > 0) {
        PELLUCID_UNROLL
        for (int i = 0; i < W; ++i)
            if ((i & S) == 0) {
                const auto first = exchange<S, W, false>(x[i], x[i + S], Count<W>{});
                const auto second = exchange<S, W, true>(x[i], x[i + S], Count<W>{});
                x[i] = first, x[i + S] = second;
            }
        transpose<T, BYTES, S / 2>(x);
    }
}

// A square of at most W x W numbers: WHOLE says that none of its rows is missing, `over` that what
// lies behind them may be overwritten.
template <class T, bool WHOLE>
PELLUCID_INLINE void turn_square(const T* from, std::int64_t from_step, int high, T* to,
                                 std::int64_t to_step, int wide, bool over) {
    constexpr int BYTES = VECTOR_BYTES, W = Vector<T, BYTES>::lanes;
    const Tail<T, BYTES> across(wide), down(high);
    Lanes<T, BYTES> x[W];
    PELLUCID_UNROLL
    for (int r = 0; r < W; ++r)
        x[r] = WHOLE || r < high ? across.load(from + r * from_step) : Lanes<T, BYTES>{};
    transpose<T, BYTES, W / 2>(x);
    PELLUCID_UNROLL
    for (int r = 0; r < W; ++r) {
        if (r >= wide) break;
        if (WHOLE || over)
            store<T, BYTES>(to + r * to_step, x[r]);
        else
            down.store(to + r * to_step, x[r]);
    }
}

// to[p * to_step + i] = from[i * from_step + p]: rows that are contiguous become columns.
template <class T>
void pack_turned(const T* from, std::int64_t from_step, std::int64_t rows, std::int64_t length,
                 T* to, std::int64_t to_step) {
    constexpr int W = Vector<T, VECTOR_BYTES>::lanes;
    for (std::int64_t i = 0; i < rows; i += W, from += W * from_step, to += W) {
        const int high = static_cast<int>(rows - i < W ? rows - i : W);
        for (std::int64_t p = 0; p < length; p += W) {
            const int wide = static_cast<int>(length - p < W ? length - p : W);
            if (high == W)
                turn_square<T, true>(from + p, from_step, W, to + p * to_step, to_step, wide, true);
            else
                turn_square<T, false>(from + p, from_step, high, to + p * to_step, to_step, wide,
                                      rows <= W);
        }
    }
}

constexpr std::int64_t AHEAD = 12;  // rows

// to[p * to_step + i] = from[p * from_step + i]: the rows of a panel, brought together. Whole
// vectors are stored, as masked ones are slow on some machines: what is too much of one row is
// overwritten by the next, and behind the last one is room for a vector.
template <class T>
void pack_rows(const T* from, std::int64_t from_step, std::int64_t width, std::int64_t length,
               T* to, std::int64_t to_step) {
    constexpr int W = Vector<T, VECTOR_BYTES>::lanes;
    const std::int64_t whole = width / W * W;
    const Tail<T, VECTOR_BYTES> tail(static_cast<int>(width - whole));
    for (std::int64_t p = 0; p < length; ++p, from += from_step, to += to_step) {
        // Rows that lie a page apart are not foreseen by the processor.
        for (std::int64_t i = 0; i < width; i += 64 / static_cast<std::int64_t>(sizeof(T)))
            __builtin_prefetch(from + AHEAD * from_step + i);
        for (std::int64_t i = 0; i < whole; i += W)
            store<T, VECTOR_BYTES>(to + i, load<T, VECTOR_BYTES>(from + i));
        if (whole < width) store<T, VECTOR_BYTES>(to + whole, tail.load(from + whole));
    }
}

// to[p * to_step + i] = from[i * step_i + p * step_p], for i < width and p < length.
template <class T>
void pack(const T* from, std::int64_t step_i, std::int64_t step_p, std::int64_t width,
          std::int64_t length, T* to, std::int64_t to_step) {
    if (step_i == 1) return pack_rows<T>(from, step_p, width, length, to, to_step);
    if (step_p == 1) return pack_turned<T>(from, step_i, width, length, to, to_step);
    for (std::int64_t p = 0; p < length; ++p)
        for (std::int64_t i = 0; i < width; ++i)
            to[p * to_step + i] = from[i * step_i + p * step_p];
}

}  // namespace pellucid::PELLUCID_ISA
