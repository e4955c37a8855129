// Products over segments by tiles: a tile of C stays in registers while all segments pass by.
#include "kernels/convolution.hpp"
#include "kernels/gemm_tile.hpp"

namespace pellucid::PELLUCID_ISA {

namespace {

constexpr int WIDE = 2;  // vectors of a tile, at most
constexpr int HALF_BYTES = VECTOR_BYTES == 64 ? 32 : VECTOR_BYTES;

// Rows and columns that a tile begins at, as pointers.
template <class T>
struct Corner {
    const T* a;
    const T* b;
    T* c;
    int tail;  // how many lanes of the last vector count
};

template <class T>
using SegmentTile = void (*)(const SegmentProduct<T>&, const Corner<T>&);

// R rows in runs of RUN that one pointer serves: with UNIT a run's rows lie side by side, and runs
// are groups; else one pointer serves three rows, as one address can say one and two steps.
template <class T, int BYTES, int R, int V, bool UNIT, int RUN, class Last>
PELLUCID_INLINE void segments_with(const SegmentProduct<T>& p, const Corner<T>& at,
                                   const Last tail) {
    using X = Lanes<T, BYTES>;
    constexpr int W = Vector<T, BYTES>::lanes;
    constexpr int GROUPS = (R + RUN - 1) / RUN;
    // A multiplier waits for the sum before: few sums are cut into several, one for every other k.
    constexpr int CHAINS = R * V <= 2 ? 4 : R * V < 8 ? 2 : 1;
    X sum[CHAINS][R][V] = {};
    const std::int64_t row = UNIT ? 1 : p.a_row, a_step = p.a_step, b_step = p.b_step;
    const std::int64_t apart = UNIT ? p.a_group : RUN * row;
    for (const Segment *s = p.segments, *end = s + p.count; s != end; ++s) {
        const T* b = at.b + s->b;
        const T* a[GROUPS];
        PELLUCID_UNROLL
        for (int g = 0; g < GROUPS; ++g) a[g] = at.a + s->a + g * apart;
        const auto one = [&](X(&chain)[R][V]) __attribute__((always_inline)) {
            X y[V];
            PELLUCID_UNROLL
            for (int v = 0; v < V - 1; ++v) y[v] = load<T, BYTES>(b + v * W);
            y[V - 1] = tail.load(b + (V - 1) * W);
            PELLUCID_UNROLL
            for (int r = 0; r < R; ++r) {
                const T x = a[r / RUN][r % RUN * row];
                PELLUCID_UNROLL
                for (int v = 0; v < V; ++v) chain[r][v] += x * y[v];
            }
            b += b_step;
            PELLUCID_UNROLL
            for (int g = 0; g < GROUPS; ++g) a[g] += a_step;
        };
        std::int64_t i = p.k;
        for (; i >= CHAINS; i -= CHAINS) {
            PELLUCID_UNROLL
            for (int chain = 0; chain < CHAINS; ++chain) one(sum[chain]);
        }
        if constexpr (CHAINS > 1)
            for (; i > 0; --i) one(sum[0]);
    }
    PELLUCID_UNROLL
    for (int chain = 1; chain < CHAINS; ++chain) {
        PELLUCID_UNROLL
        for (int r = 0; r < R; ++r) {
            PELLUCID_UNROLL
            for (int v = 0; v < V; ++v) sum[0][r][v] += sum[chain][r][v];
        }
    }
    T* c = at.c;
    const std::int64_t c_row = p.c_row;  // what is stored might be p, for all the compiler knows
    const bool add = p.add;
    PELLUCID_UNROLL
    for (int r = 0; r < R; ++r, c += c_row) {
        const X(&found)[V] = sum[0][r];
        PELLUCID_UNROLL
        for (int v = 0; v < V - 1; ++v)
            store<T, BYTES>(c + v * W, add ? found[v] + load<T, BYTES>(c + v * W) : found[v]);
        T* last = c + (V - 1) * W;
        tail.store(last, add ? found[V - 1] + tail.load(last) : found[V - 1]);
    }
}

template <class T, int BYTES, int R, int V, bool UNIT, int RUN = UNIT ? R : 3>
void segments(const SegmentProduct<T>& p, const Corner<T>& at) {
#if !defined(__AVX512F__)  // whose tails cost nothing
    if (at.tail == Vector<T, BYTES>::lanes)
        return segments_with<T, BYTES, R, V, UNIT, RUN>(p, at, Whole<T, BYTES>{});
#endif
    segments_with<T, BYTES, R, V, UNIT, RUN>(p, at, Tail<T, BYTES>(at.tail));
}

// All tiles of one vector width, by rows and vectors.
template <class T>
struct SegmentTiles {
    SegmentTile<T> at[MOST_ROWS + 1][WIDE + 1];
};

template <class T, int BYTES, bool UNIT, int R, int V>
constexpr void add_segments(SegmentTiles<T>& tiles) {
    if constexpr (R > 0) {
        tiles.at[R][V] = segments<T, BYTES, R, V, UNIT>;
        add_segments<T, BYTES, UNIT, R - 1, V>(tiles);
    }
}

template <class T, int BYTES, bool UNIT>
constexpr SegmentTiles<T> all_segments() {
    SegmentTiles<T> tiles{};
    add_segments<T, BYTES, UNIT, most_rows(1), 1>(tiles);
    if constexpr (BYTES == VECTOR_BYTES) add_segments<T, BYTES, UNIT, most_rows(2), 2>(tiles);
    return tiles;
}

template <class T, int BYTES, bool UNIT>
constexpr SegmentTiles<T> SEGMENT_TILES = all_segments<T, BYTES, UNIT>();

// Tiles of groups with few rows each: by how many rows a group has, and how many groups.
constexpr int MOST_RUN = 7;

template <class T>
struct GroupTiles {
    SegmentTile<T> at[MOST_RUN + 1][MOST_ROWS / 2 + 1];
};

template <class T, int BYTES, int RUN, int G>
constexpr void add_groups(GroupTiles<T>& tiles) {
    if constexpr (G > 0) {
        tiles.at[RUN][G] = segments<T, BYTES, RUN * G, 1, true, RUN>;
        add_groups<T, BYTES, RUN, G - 1>(tiles);
    } else if constexpr (RUN > 2) {
        add_groups<T, BYTES, RUN - 1, most_rows(1) / (RUN - 1)>(tiles);
    }
}

template <class T, int BYTES>
constexpr GroupTiles<T> all_groups() {
    GroupTiles<T> tiles{};
    add_groups<T, BYTES, MOST_RUN, most_rows(1) / MOST_RUN>(tiles);
    return tiles;
}

template <class T, int BYTES>
constexpr GroupTiles<T> GROUP_TILES = all_groups<T, BYTES>();

// Part i of `parts` even parts of a length.
PELLUCID_INLINE std::int64_t part(std::int64_t length, std::int64_t parts, std::int64_t i) {
    return length * i / parts;
}

template <class T, int BYTES, bool UNIT>
PELLUCID_INLINE void by_tiles(const SegmentProduct<T>& p) {
    constexpr int W = Vector<T, BYTES>::lanes;
    const std::int64_t vectors = (p.n + W - 1) / W;
    const int wide = vectors > 1 && BYTES == VECTOR_BYTES ? WIDE : 1;
    const std::int64_t high = most_rows(wide), parts = (p.m + high - 1) / high;
    for (std::int64_t i = 0; i < parts; ++i) {
        const std::int64_t row = part(p.m, parts, i), rows = part(p.m, parts, i + 1) - row;
        for (std::int64_t v = 0; v < vectors; v += wide) {
            const std::int64_t these = vectors - v < wide ? vectors - v : wide;
            const std::int64_t left = p.n - (v + these - 1) * W;
            const Corner<T> corner{p.a + row * (UNIT ? 1 : p.a_row), p.b + v * W,
                                   p.c + row * p.c_row + v * W,
                                   static_cast<int>(left < W ? left : W)};
            SEGMENT_TILES<T, BYTES, UNIT>.at[rows][these](p, corner);
        }
    }
}

template <class T, int BYTES>
PELLUCID_INLINE void by_groups(const SegmentProduct<T>& p) {
    const std::int64_t most = most_rows(1) / p.m, parts = (p.groups + most - 1) / most;
    for (std::int64_t i = 0; i < parts; ++i) {
        const std::int64_t first = part(p.groups, parts, i), end = part(p.groups, parts, i + 1);
        const Corner<T> corner{p.a + first * p.a_group, p.b, p.c + first * p.m * p.c_row,
                               static_cast<int>(p.n)};
        GROUP_TILES<T, BYTES>.at[p.m][end - first](p, corner);
    }
}

template <class T, int BYTES>
PELLUCID_INLINE void by_width(const SegmentProduct<T>& p) {
    if (p.a_row != 1) return by_tiles<T, BYTES, false>(p);
    if (p.groups == 1) return by_tiles<T, BYTES, true>(p);
    if (p.m >= 2 && p.m <= MOST_RUN && p.n <= Vector<T, BYTES>::lanes)
        return by_groups<T, BYTES>(p);
    SegmentProduct<T> one = p;
    for (std::int64_t i = 0; i < p.groups; ++i, one.a += p.a_group, one.c += p.m * p.c_row)
        by_tiles<T, BYTES, true>(one);
}

template <class T>
void product(const SegmentProduct<T>& p) {
    if (VECTOR_BYTES != HALF_BYTES && p.n <= Vector<T, HALF_BYTES>::lanes)
        return by_width<T, HALF_BYTES>(p);
    by_width<T, VECTOR_BYTES>(p);
}

template <class T, int BYTES, class Part>
PELLUCID_INLINE void collect_some(const Collection<T>& it, std::int64_t channel, const Part lanes) {
    const T* from = it.from + channel;
    T* to = it.to + channel;
    for (std::int64_t cell = 0; cell < it.cells; ++cell, to += it.channels) {
        Lanes<T, BYTES> sum{};
        const std::int64_t *first = it.at + it.begin[cell], *end = it.at + it.begin[cell + 1];
        for (const std::int64_t* line = it.lines; line < it.lines + it.count; ++line)
            for (const std::int64_t* at = first; at < end; ++at)
                sum += lanes.load(from + *line + *at);
        lanes.store(to, sum);
    }
}

template <class T>
void collect(const Collection<T>& it) {
    constexpr int W = Vector<T, VECTOR_BYTES>::lanes, H = Vector<T, HALF_BYTES>::lanes;
    std::int64_t c = 0;
    for (; c + W <= it.channels; c += W)
        collect_some<T, VECTOR_BYTES>(it, c, Whole<T, VECTOR_BYTES>{});
    const int left = static_cast<int>(it.channels - c);
    if (left > H)
        collect_some<T, VECTOR_BYTES>(it, c, Tail<T, VECTOR_BYTES>(left));
    else if (left > 0)
        collect_some<T, HALF_BYTES>(it, c, Tail<T, HALF_BYTES>(left));
}

}  // namespace

extern const ConvolutionKernels<float> convolution_of_floats{product<float>, collect<float>};
extern const ConvolutionKernels<double> convolution_of_doubles{product<double>, collect<double>};

}  // namespace pellucid::PELLUCID_ISA
