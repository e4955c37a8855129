// Some channels of a window at a time: which cell is the largest is known without a branch.
#include "kernels/pooling.hpp"
#include "kernels/gemm_vector.hpp"

namespace pellucid::PELLUCID_ISA {

namespace {

constexpr int HALF_BYTES = VECTOR_BYTES == 64 ? 32 : VECTOR_BYTES;

template <class T>
struct Index;
template <>
struct Index<float> {
    using type = std::int32_t;
};
template <>
struct Index<double> {
    using type = std::int64_t;
};

// The largest so far and the number of its cell; a NaN is larger than all else, the first one wins.
template <class T, int BYTES>
struct Best {
    using X = Lanes<T, BYTES>;
    using I = Lanes<typename Index<T>::type, BYTES>;
    X x;
    I cell{};

    explicit PELLUCID_INLINE Best(X first) : x(first) {}
    PELLUCID_INLINE void meet(X other) {
        const X larger = other > x ? other : x;
        x = other == other ? larger : other;
    }
    PELLUCID_INLINE void meet(X other, int number) {
        const I better = ~(other <= x) & (x == x);
        x = better ? other : x;
        cell = better ? I{} + number : cell;
    }
};

// One line of windows, `HIGH` × `WIDE` cells each; 0 × 0 if the compiler is not told.
template <class T, int HIGH, int WIDE>
struct Line {
    const PoolLine<T>& it;
    std::int64_t high, wide;

    explicit PELLUCID_INLINE Line(const PoolLine<T>& of)
        : it(of), high(HIGH > 0 ? HIGH : of.high), wide(WIDE > 0 ? WIDE : of.wide) {}

    template <class F>
    PELLUCID_INLINE void cells(const F& f) const {
        PELLUCID_UNROLL
        for (int i = 0; i < (HIGH > 0 ? HIGH : high); ++i) {
            PELLUCID_UNROLL
            for (int j = 0; j < (WIDE > 0 ? WIDE : wide); ++j)
                f(i * it.line_step + j * it.channels, static_cast<int>(i * wide + j));
        }
    }

    template <int BYTES, class Part>
    PELLUCID_INLINE void largest(std::int64_t channel, const Part lanes) const {
        const T* x = it.x + channel;
        T* to = it.to + channel;
        for (std::int64_t place = 0; place < it.places; ++place) {
            Best<T, BYTES> best(lanes.load(x));
            cells([&](std::int64_t at, int number) __attribute__((always_inline)) {
                if (number > 0) best.meet(lanes.load(x + at));
            });
            lanes.store(to, best.x);
            x += it.place_step, to += it.channels;
        }
    }

    template <int BYTES, class Part>
    PELLUCID_INLINE void sum(std::int64_t channel, const Part lanes) const {
        const T* x = it.x + channel;
        T* to = it.to + channel;
        for (std::int64_t place = 0; place < it.places; ++place) {
            Lanes<T, BYTES> all{};
            cells([&](std::int64_t at, int)
                      __attribute__((always_inline)) { all += lanes.load(x + at); });
            lanes.store(to, all);
            x += it.place_step, to += it.channels;
        }
    }

    template <bool ADD, int BYTES, class Part>
    PELLUCID_INLINE void to_largest(std::int64_t channel, const Part lanes) const {
        const T* x = it.x + channel;
        const T* slopes = it.slopes + channel;
        T* to = it.to + channel;
        for (std::int64_t place = 0; place < it.places; ++place) {
            Best<T, BYTES> best(lanes.load(x));
            cells([&](std::int64_t at, int number) __attribute__((always_inline)) {
                if (number > 0) best.meet(lanes.load(x + at), number);
            });
            const Lanes<T, BYTES> slope = lanes.load(slopes);
            cells([&](std::int64_t at, int number) __attribute__((always_inline)) {
                const auto given = best.cell == number ? slope : Lanes<T, BYTES>{};
                lanes.store(to + at, ADD ? lanes.load(to + at) + given : given);
            });
            x += it.place_step, to += it.place_step, slopes += it.channels;
        }
    }
};

// f(first channel, how they are loaded and stored) for as many channels at a time as a vector has.
template <class T, class F>
PELLUCID_INLINE void by_channels(std::int64_t channels, const F& f) {
    constexpr int W = Vector<T, VECTOR_BYTES>::lanes, H = Vector<T, HALF_BYTES>::lanes;
    std::int64_t c = 0;
    for (; c + W <= channels; c += W)
        f.template operator()<VECTOR_BYTES>(c, Whole<T, VECTOR_BYTES>{});
    const int left = static_cast<int>(channels - c);
    if (left > H)
        f.template operator()<VECTOR_BYTES>(c, Tail<T, VECTOR_BYTES>(left));
    else if (left > 0)
        f.template operator()<HALF_BYTES>(c, Tail<T, HALF_BYTES>(left));
}

template <class T, int HIGH, int WIDE>
void largest_of(const PoolLine<T>& it) {
    const Line<T, HIGH, WIDE> line(it);
    by_channels<T>(it.channels, [&]<int BYTES, class Part>(std::int64_t channel, const Part lanes) {
        line.template largest<BYTES>(channel, lanes);
    });
}

template <class T, int HIGH, int WIDE>
void sum_of(const PoolLine<T>& it) {
    const Line<T, HIGH, WIDE> line(it);
    by_channels<T>(it.channels, [&]<int BYTES, class Part>(std::int64_t channel, const Part lanes) {
        line.template sum<BYTES>(channel, lanes);
    });
}

template <class T, bool ADD, int HIGH, int WIDE>
void to_largest_of(const PoolLine<T>& it) {
    const Line<T, HIGH, WIDE> line(it);
    by_channels<T>(it.channels, [&]<int BYTES, class Part>(std::int64_t channel, const Part lanes) {
        line.template to_largest<ADD, BYTES>(channel, lanes);
    });
}

template <class T>
void largest(const PoolLine<T>& it) {
    if (it.wide == 2 && it.high == 2) return largest_of<T, 2, 2>(it);
    if (it.wide == 2 && it.high == 1) return largest_of<T, 1, 2>(it);
    if (it.wide == 3 && it.high == 3) return largest_of<T, 3, 3>(it);
    largest_of<T, 0, 0>(it);
}

template <class T>
void sum(const PoolLine<T>& it) {
    if (it.wide == 2 && it.high == 2) return sum_of<T, 2, 2>(it);
    if (it.wide == 2 && it.high == 1) return sum_of<T, 1, 2>(it);
    sum_of<T, 0, 0>(it);
}

template <class T>
void to_largest(const PoolLine<T>& it) {
    if (it.wide == 2 && it.high == 2) return to_largest_of<T, false, 2, 2>(it);
    if (it.wide == 2 && it.high == 1) return to_largest_of<T, false, 1, 2>(it);
    to_largest_of<T, false, 0, 0>(it);
}

template <class T>
void add_to_largest(const PoolLine<T>& it) {
    if (it.wide == 3 && it.high == 3) return to_largest_of<T, true, 3, 3>(it);
    to_largest_of<T, true, 0, 0>(it);
}

}  // namespace

extern const PoolingKernels<float> pooling_of_floats{largest<float>, sum<float>, to_largest<float>,
                                                     add_to_largest<float>};
extern const PoolingKernels<double> pooling_of_doubles{largest<double>, sum<double>,
                                                       to_largest<double>, add_to_largest<double>};

}  // namespace pellucid::PELLUCID_ISA
