// The first of the largest numbers of a row, in three steps without branches that are hard to
// guess: the largest of each stretch, the stretch that wins, and where in it that number is.
#include "kernels/argmax.hpp"
#include "kernels/gemm_vector.hpp"

namespace pellucid::PELLUCID_ISA {

namespace {

constexpr std::int64_t STRETCH = 4096;  // what is looked at twice is still in cache

using Bits = Lanes<std::uint64_t, VECTOR_BYTES>;

// Whether any bit is set.
PELLUCID_INLINE bool any(Bits x) {
#if defined(__AVX512F__)
    return _mm512_test_epi64_mask(reinterpret_cast<__m512i>(x), reinterpret_cast<__m512i>(x)) != 0;
#elif defined(__AVX2__)
    return _mm256_testz_si256(reinterpret_cast<__m256i>(x), reinterpret_cast<__m256i>(x)) == 0;
#else
    return (x[0] | x[1]) != 0;
#endif
}

template <class V>
PELLUCID_INLINE V larger(V a, V b) {
    return a > b ? a : b;
}

template <class T, int BYTES>
PELLUCID_INLINE T largest_lane(const T* lanes) {
    if constexpr (BYTES > 16) {
        T half[BYTES / 2 / sizeof(T)];
        store<T, BYTES / 2>(half, larger(load<T, BYTES / 2>(lanes),
                                         load<T, BYTES / 2>(lanes + BYTES / 2 / sizeof(T))));
        return largest_lane<T, BYTES / 2>(half);
    } else {
        T most = lanes[0];
        for (unsigned i = 1; i < BYTES / sizeof(T); ++i) most = larger(lanes[i], most);
        return most;
    }
}

template <class T>
constexpr std::int64_t LANES = VECTOR_BYTES / static_cast<std::int64_t>(sizeof(T));

// The largest of n >= LANES numbers; `strange` tells whether there is a NaN. What the last vector
// sees may have been seen before, which changes no maximum.
template <class T>
PELLUCID_INLINE T largest(const T* x, std::int64_t n, bool& strange) {
    using V = Lanes<T, VECTOR_BYTES>;
    constexpr std::int64_t step = LANES<T>;
    const V end = load<T, VECTOR_BYTES>(x + n - step);
    V most[4] = {end, end, end, end};
    Bits nan = reinterpret_cast<Bits>(end != end);
    std::int64_t i = 0;
    for (; i + 4 * step <= n; i += 4 * step) PELLUCID_UNROLL for (int j = 0; j < 4; ++j) {
            const V here = load<T, VECTOR_BYTES>(x + i + j * step);
            nan |= reinterpret_cast<Bits>(here != here);
            most[j] = larger(here, most[j]);
        }
    for (; i + step <= n; i += step) {
        const V here = load<T, VECTOR_BYTES>(x + i);
        nan |= reinterpret_cast<Bits>(here != here);
        most[0] = larger(here, most[0]);
    }
    strange = any(nan);
    T lanes[step];
    store<T, VECTOR_BYTES>(lanes, larger(larger(most[0], most[1]), larger(most[2], most[3])));
    return largest_lane<T, VECTOR_BYTES>(lanes);
}

// Where `value`, which is among the numbers, stands first.
template <class T>
PELLUCID_INLINE std::int64_t place_of(T value, const T* x, std::int64_t n) {
    using V = Lanes<T, VECTOR_BYTES>;
    const V wanted = V{} + value;
    std::int64_t i = 0;
    while (i + LANES<T> <= n &&
           !any(reinterpret_cast<Bits>(load<T, VECTOR_BYTES>(x + i) == wanted)))
        i += LANES<T>;
    while (x[i] != value) ++i;
    return i;
}

template <class T>
std::int64_t of_few(const T* x, std::int64_t n) {
    std::int64_t at = 0;
    T best = x[0];
    for (std::int64_t i = 1; i < n && best == best; ++i)
        if (!(x[i] <= best)) best = x[i], at = i;
    return at;
}

template <class T>
std::int64_t of_row(const void* row, std::int64_t n) {
    const T* x = static_cast<const T*>(row);
    if (n < LANES<T>) return of_few(x, n);
    T best{};
    std::int64_t winner = 0, length = 0;
    for (std::int64_t from = 0; from < n; from += STRETCH) {
        // The last stretch begins earlier if it were too short: equal numbers do not win again.
        const std::int64_t begin = n - from < LANES<T> ? n - LANES<T> : from;
        const std::int64_t m = n - begin < STRETCH ? n - begin : STRETCH;
        bool strange = false;
        const T most = largest(x + begin, m, strange);
        if (strange) {
            std::int64_t i = begin;
            while (x[i] == x[i]) ++i;
            return i;
        }
        if (from == 0 || most > best) best = most, winner = begin, length = m;
    }
    return winner + place_of(best, x + winner, length);
}

}  // namespace

// In the order of DType; a boolean is a byte.
extern const ArgmaxKernels argmax_kernels_here{
    {of_row<std::uint8_t>, of_row<std::uint8_t>, of_row<std::int8_t>, of_row<std::uint16_t>,
     of_row<std::int16_t>, of_row<std::uint32_t>, of_row<std::int32_t>, of_row<std::uint64_t>,
     of_row<std::int64_t>, of_row<float>, of_row<double>}};

}  // namespace pellucid::PELLUCID_ISA
