// The innermost product, for *.simd.cpp only: a tile of C stays in registers while k runs.
#pragma once

#include "kernels/gemm_plan.hpp"
#include "kernels/gemm_vector.hpp"

namespace pellucid::PELLUCID_ISA {

template <class T>
struct Tile {
    const T* a;
    std::int64_t a_row, a_step;  // from one row to the next; from one k to the next
    const T* b;
    std::int64_t b_step;
    T* c;
    std::int64_t c_row;
    std::int64_t k;
    int tail;  // how many lanes of the last vector count
    bool add;  // to what stands in C: all but the first piece of k
    // In place of a: rows that lie anywhere, of A (from number `at` on), or, for UNIT, one for each
    // k.
    const T* const* rows;
    std::int64_t at;
};

template <class T>
using TileFunction = void (*)(const Tile<T>&);

// The numbers of A that a tile takes for one k, and its way to the next. With UNIT they lie side by
// side; else one pointer serves three rows: the others are one and two steps away, which one
// address can say.
template <class T, int R, bool UNIT>
struct Strided {
    static constexpr int GROUPS = UNIT ? 1 : (R + 2) / 3;
    std::int64_t row, step;
    const T* a[GROUPS];

    PELLUCID_INLINE explicit Strided(const Tile<T>& t) : row(UNIT ? 1 : t.a_row), step(t.a_step) {
        PELLUCID_UNROLL
        for (int g = 0; g < GROUPS; ++g) a[g] = t.a + 3 * g * row;
    }
    PELLUCID_INLINE T at(int r) const { return UNIT ? a[0][r] : a[r / 3 % GROUPS][r % 3 * row]; }
    PELLUCID_INLINE void go_on() {
        PELLUCID_UNROLL
        for (int g = 0; g < GROUPS; ++g) a[g] += step;
    }
};

// The same for rows that lie anywhere: R of them, or (UNIT) another one for each k.
template <class T, int R, bool UNIT>
struct Scattered {
    const T* const* rows;
    const T* a[UNIT ? 1 : R];
    std::int64_t place;

    PELLUCID_INLINE explicit Scattered(const Tile<T>& t) : rows(t.rows), place(t.at) {
        PELLUCID_UNROLL
        for (int r = 0; r < (UNIT ? 1 : R); ++r) a[r] = rows[r] + place;
    }
    PELLUCID_INLINE T at(int r) const { return UNIT ? a[0][r] : *a[r % (UNIT ? 1 : R)]; }
    PELLUCID_INLINE void go_on() {
        if constexpr (UNIT) {
            a[0] = *++rows + place;
        } else {
            PELLUCID_UNROLL
            for (int r = 0; r < R; ++r) ++a[r];
        }
    }
};

// C[R rows, V vectors] = sum over k of (column of A) x (row of B). With UNIT the rows of A lie side
// by side (packed, or A transposed). Every number is one chain of fused multiply-adds in the order
// of k, whatever R and V are: how C is cut into tiles does not change a bit.
template <class T, int BYTES, int R, int V, class Rows, class Last>
PELLUCID_INLINE void tile_with(const Tile<T>& t, const Last tail) {
    using X = Lanes<T, BYTES>;
    constexpr int W = Vector<T, BYTES>::lanes;
    X sum[R][V] = {};
    const std::int64_t b_step = t.b_step;
    const T* b = t.b;
    Rows a(t);
    for (std::int64_t p = t.k; p > 0; --p) {
        X y[V];
        PELLUCID_UNROLL
        for (int v = 0; v < V - 1; ++v) y[v] = load<T, BYTES>(b + v * W);
        y[V - 1] = tail.load(b + (V - 1) * W);
        PELLUCID_UNROLL
        for (int r = 0; r < R; ++r) {
            const T x = a.at(r);
            PELLUCID_UNROLL
            for (int v = 0; v < V; ++v) sum[r][v] += x * y[v];
        }
        b += b_step;
        a.go_on();
    }
    T* c = t.c;
    PELLUCID_UNROLL
    for (int r = 0; r < R; ++r, c += t.c_row) {
        PELLUCID_UNROLL
        for (int v = 0; v < V - 1; ++v)
            store<T, BYTES>(c + v * W, t.add ? sum[r][v] + load<T, BYTES>(c + v * W) : sum[r][v]);
        T* last = c + (V - 1) * W;
        tail.store(last, t.add ? sum[r][V - 1] + tail.load(last) : sum[r][V - 1]);
    }
}

template <class T, int BYTES, int R, int V, class Rows>
void tile(const Tile<T>& t) {
#if !defined(__AVX512F__)  // whose tails cost nothing
    if (t.tail == Vector<T, BYTES>::lanes)
        return tile_with<T, BYTES, R, V, Rows>(t, Whole<T, BYTES>{});
#endif
    tile_with<T, BYTES, R, V, Rows>(t, Tail<T, BYTES>(t.tail));
}

// A product that is one small tile has too few sums to keep the multipliers busy: each sum is cut
// into CHAINS, one for every CHAINS-th k.
template <class T, int BYTES, int R, int V>
void chained(const Tile<T>& t) {
    using X = Lanes<T, BYTES>;
    constexpr int W = Vector<T, BYTES>::lanes, CHAINS = 4;
    X sum[CHAINS][R][V] = {};
    const Tail<T, BYTES> tail(t.tail);
    const T* a = t.a;
    const T* b = t.b;
    const auto one = [&](X(&chain)[R][V]) __attribute__((always_inline)) {
        X y[V];
        PELLUCID_UNROLL
        for (int v = 0; v < V - 1; ++v) y[v] = load<T, BYTES>(b + v * W);
        y[V - 1] = tail.load(b + (V - 1) * W);
        PELLUCID_UNROLL
        for (int r = 0; r < R; ++r) {
            PELLUCID_UNROLL
            for (int v = 0; v < V; ++v) chain[r][v] += a[r * t.a_row] * y[v];
        }
        a += t.a_step, b += t.b_step;
    };
    std::int64_t p = t.k;
    for (; p >= CHAINS; p -= CHAINS) one(sum[0]), one(sum[1]), one(sum[2]), one(sum[3]);
    for (; p > 0; --p) one(sum[0]);
    T* c = t.c;
    PELLUCID_UNROLL
    for (int r = 0; r < R; ++r, c += t.c_row) {
        PELLUCID_UNROLL
        for (int v = 0; v < V; ++v) {
            X x = (sum[0][r][v] + sum[1][r][v]) + (sum[2][r][v] + sum[3][r][v]);
            if (t.add) x += v < V - 1 ? load<T, BYTES>(c + v * W) : tail.load(c + v * W);
            if (v < V - 1)
                store<T, BYTES>(c + v * W, x);
            else
                tail.store(c + v * W, x);
        }
    }
}

// How many rows a tile of `vectors` columns may have, so that all of it fits the registers.
constexpr int most_rows(int vectors) {
#if defined(__AVX512F__)
    constexpr int most[] = {0, 16, 14, 8, 6, 0, 0, 0, 3};
#elif defined(__aarch64__)
    constexpr int most[] = {0, 12, 10, 8, 6, 0, 0, 0, 3};
#elif defined(__AVX2__)
    constexpr int most[] = {0, 10, 6, 4, 2, 0, 0, 0, 1};
#else
    constexpr int most[] = {0, 8, 4, 3, 2, 0, 0, 0, 1};
#endif
    return vectors <= 8 ? most[vectors] : 0;
}
constexpr int MOST_ROWS = 16, MOST_VECTORS = 8;

// All tiles of one vector width, by rows and vectors.
template <class T>
struct Tiles {
    TileFunction<T> at[MOST_ROWS + 1][MOST_VECTORS + 1];
};

template <class T, int BYTES, bool UNIT, template <class, int, bool> class Rows, int R, int V>
constexpr void add_tiles(Tiles<T>& tiles) {
    if constexpr (R > 0) {
        tiles.at[R][V] = tile<T, BYTES, R, V, Rows<T, R, UNIT>>;
        add_tiles<T, BYTES, UNIT, Rows, R - 1, V>(tiles);
    }
}

template <class T, int BYTES, bool UNIT>
constexpr Tiles<T> all_tiles() {
    Tiles<T> tiles{};
    add_tiles<T, BYTES, UNIT, Strided, most_rows(1), 1>(tiles);
    if constexpr (BYTES == VECTOR_BYTES) {
        add_tiles<T, BYTES, UNIT, Strided, most_rows(2), 2>(tiles);
        add_tiles<T, BYTES, UNIT, Strided, most_rows(3), 3>(tiles);
        add_tiles<T, BYTES, UNIT, Strided, most_rows(4), 4>(tiles);
        add_tiles<T, BYTES, UNIT, Strided, most_rows(8), 8>(tiles);
    }
    return tiles;
}

template <class T, bool UNIT>
constexpr Tiles<T> scattered_tiles() {
    Tiles<T> tiles{};
    add_tiles<T, VECTOR_BYTES, UNIT, Scattered, most_rows(4), 4>(tiles);
    add_tiles<T, VECTOR_BYTES, UNIT, Scattered, most_rows(8), 8>(tiles);
    return tiles;
}

template <class T, int BYTES>
constexpr Tiles<T> all_chained() {
    Tiles<T> tiles{};
    tiles.at[1][1] = chained<T, BYTES, 1, 1>;
    tiles.at[2][1] = chained<T, BYTES, 2, 1>;
    if constexpr (BYTES == VECTOR_BYTES) tiles.at[1][2] = chained<T, BYTES, 1, 2>;
    return tiles;
}

}  // namespace pellucid::PELLUCID_ISA
