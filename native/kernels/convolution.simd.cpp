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

template <class T, int BYTES, int R, int V, bool UNIT, class Last>
PELLUCID_INLINE void segments_with(const SegmentProduct<T>& p, const Corner<T>& at,
                                   const Last tail) {
    using X = Lanes<T, BYTES>;
    constexpr int W = Vector<T, BYTES>::lanes;
    // One pointer for three rows: the others are one and two steps away, which one address can say.
    constexpr int GROUPS = UNIT ? 1 : (R + 2) / 3;
    // A multiplier waits for the sum before: few sums are cut into several, one for every other k.
    constexpr int CHAINS = R * V <= 2 ? 4 : R * V < 8 ? 2 : 1;
    X sum[CHAINS][R][V] = {};
    const std::int64_t row = UNIT ? 1 : p.a_row, a_step = p.a_step, b_step = p.b_step;
    for (const Segment *s = p.segments, *end = s + p.count; s != end; ++s) {
        const T* b = at.b + s->b;
        const T* a[GROUPS];
        PELLUCID_UNROLL
        for (int g = 0; g < GROUPS; ++g) a[g] = at.a + s->a + 3 * g * row;
        const auto one = [&](X(&chain)[R][V]) __attribute__((always_inline)) {
            X y[V];
            PELLUCID_UNROLL
            for (int v = 0; v < V - 1; ++v) y[v] = load<T, BYTES>(b + v * W);
            y[V - 1] = tail.load(b + (V - 1) * W);
            PELLUCID_UNROLL
            for (int r = 0; r < R; ++r) {
                const T x = UNIT ? a[0][r] : a[r / 3 % GROUPS][r % 3 * row];
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
    PELLUCID_UNROLL
    for (int r = 0; r < R; ++r, c += p.c_row) {
        const X(&found)[V] = sum[0][r];
        PELLUCID_UNROLL
        for (int v = 0; v < V - 1; ++v)
            store<T, BYTES>(c + v * W, p.add ? found[v] + load<T, BYTES>(c + v * W) : found[v]);
        T* last = c + (V - 1) * W;
        tail.store(last, p.add ? found[V - 1] + tail.load(last) : found[V - 1]);
    }
}

template <class T, int BYTES, int R, int V, bool UNIT>
void segments(const SegmentProduct<T>& p, const Corner<T>& at) {
#if !defined(__AVX512F__)  // whose tails cost nothing
    if (at.tail == Vector<T, BYTES>::lanes)
        return segments_with<T, BYTES, R, V, UNIT>(p, at, Whole<T, BYTES>{});
#endif
    segments_with<T, BYTES, R, V, UNIT>(p, at, Tail<T, BYTES>(at.tail));
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

template <class T>
void product(const SegmentProduct<T>& p) {
    if (VECTOR_BYTES != HALF_BYTES && p.n <= Vector<T, HALF_BYTES>::lanes)
        return p.a_row == 1 ? by_tiles<T, HALF_BYTES, true>(p) : by_tiles<T, HALF_BYTES, false>(p);
    return p.a_row == 1 ? by_tiles<T, VECTOR_BYTES, true>(p) : by_tiles<T, VECTOR_BYTES, false>(p);
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
