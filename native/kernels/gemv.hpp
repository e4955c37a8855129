// A matrix times a vector, for *.simd.cpp only: one dot product for each row.
#pragma once

#include "kernels/gemm_vector.hpp"

namespace pellucid::PELLUCID_ISA {

// Lanes in units of S: the even units of x and y side by side, or the odd ones.
template <int S, bool ODD, class X, int... I>
PELLUCID_INLINE X units(X x, X y, Indices<I...>) {
    return __builtin_shufflevector(x, y, (I / S * 2 * S + I % S + (ODD ? S : 0))...);
}

// x[0], ..., x[COUNT - 1] become one vector of their sums, in order.
template <class T, int BYTES, int COUNT>
PELLUCID_INLINE Lanes<T, BYTES> sums(Lanes<T, BYTES>* x) {
    constexpr int W = Vector<T, BYTES>::lanes;
    if constexpr (COUNT == 1) {
        return x[0];
    } else {
        constexpr int S = COUNT / 2;
        PELLUCID_UNROLL
        for (int i = 0; i < S; ++i)
            x[i] = units<S, false>(x[2 * i], x[2 * i + 1], Count<W>{}) +
                   units<S, true>(x[2 * i], x[2 * i + 1], Count<W>{});
        return sums<T, BYTES, S>(x);
    }
}

// As many rows at a time as a vector has lanes, so that their sums fill one.
template <class T, int BYTES>
void dots_of(std::int64_t rows, std::int64_t k, const T* a, std::int64_t a_row, const T* x, T* c,
             std::int64_t c_step) {
    constexpr int W = Vector<T, BYTES>::lanes;
    const std::int64_t whole = k / W * W;
    const Tail<T, BYTES> rest(static_cast<int>(k - whole));
    for (std::int64_t row = 0; row < rows; row += W) {
        const std::int64_t high = rows - row < W ? rows - row : W;
        const T* from[W];
        PELLUCID_UNROLL
        for (int r = 0; r < W; ++r) from[r] = a + (row + (r < high ? r : high - 1)) * a_row;
        Lanes<T, BYTES> sum[W] = {};
        for (std::int64_t p = 0; p < whole; p += W) {
            const Lanes<T, BYTES> y = load<T, BYTES>(x + p);
            PELLUCID_UNROLL
            for (int r = 0; r < W; ++r) sum[r] += y * load<T, BYTES>(from[r] + p);
        }
        if (whole < k) {
            const Lanes<T, BYTES> y = rest.load(x + whole);
            PELLUCID_UNROLL
            for (int r = 0; r < W; ++r) sum[r] += y * rest.load(from[r] + whole);
        }
        const Lanes<T, BYTES> all = sums<T, BYTES, W>(sum);
        if (c_step == 1) {
            Tail<T, BYTES>(static_cast<int>(high)).store(c + row, all);
        } else {
            for (int r = 0; r < high; ++r) c[(row + r) * c_step] = all[r];
        }
    }
}

// One long dot product: eight sums at once hide the time that an addition takes.
template <class T>
T long_dot(std::int64_t k, const T* a, const T* x) {
    constexpr int W = Vector<T, VECTOR_BYTES>::lanes, N = 8;
    using X = Lanes<T, VECTOR_BYTES>;
    X sum[N] = {};
    std::int64_t p = 0;
    for (; p + N * W <= k; p += N * W) {
        PELLUCID_UNROLL
        for (int i = 0; i < N; ++i)
            sum[i] += load<T, VECTOR_BYTES>(a + p + i * W) * load<T, VECTOR_BYTES>(x + p + i * W);
    }
    for (; p < k; p += W) {
        const Tail<T, VECTOR_BYTES> rest(static_cast<int>(k - p < W ? k - p : W));
        sum[0] += rest.load(a + p) * rest.load(x + p);
    }
    PELLUCID_UNROLL
    for (int s = N / 2; s > 0; s /= 2)
        for (int i = 0; i < s; ++i) sum[i] += sum[i + s];
    T total(0);
    for (int i = 0; i < W; ++i) total += sum[0][i];
    return total;
}

// c[i] = sum over p of a[i, p] x[p]. The choice is by shape alone.
template <class T>
void dots(std::int64_t rows, std::int64_t k, const T* a, std::int64_t a_row, const T* x, T* c,
          std::int64_t c_step) {
    constexpr int QUARTER = VECTOR_BYTES / 4 < 16 ? 16 : VECTOR_BYTES / 4;
    constexpr int HALF_BYTES = VECTOR_BYTES / 2 < 16 ? 16 : VECTOR_BYTES / 2;
    const std::int64_t smaller = rows < k ? rows : k;
    const auto lanes = [](int bytes) { return bytes / static_cast<int>(sizeof(T)); };
    if (rows < lanes(VECTOR_BYTES) && k > 32 * lanes(VECTOR_BYTES)) {
        for (std::int64_t i = 0; i < rows; ++i) c[i * c_step] = long_dot<T>(k, a + i * a_row, x);
    } else if (smaller <= lanes(QUARTER)) {
        dots_of<T, QUARTER>(rows, k, a, a_row, x, c, c_step);
    } else if (smaller <= lanes(HALF_BYTES)) {
        dots_of<T, HALF_BYTES>(rows, k, a, a_row, x, c, c_step);
    } else {
        dots_of<T, VECTOR_BYTES>(rows, k, a, a_row, x, c, c_step);
    }
}

}  // namespace pellucid::PELLUCID_ISA
