// Threefry-2x32 with 20 rounds, many counters at a time. Source: J. Salmon et al., "Parallel random
// numbers: as easy as 1, 2, 3" (2011).
#include "kernels/random.hpp"
#include "kernels/gemm_vector.hpp"

namespace pellucid::PELLUCID_ISA {

namespace {

constexpr int LANES = VECTOR_BYTES / 4;
constexpr int AT_ONCE = VECTOR_BYTES == 64 ? 4 : 2;  // vectors, so that no round waits for another

using Word = Lanes<std::uint32_t, VECTOR_BYTES>;
using Signed = Lanes<std::int32_t, VECTOR_BYTES>;
using Float = Lanes<float, VECTOR_BYTES>;
using Wide = Lanes<std::uint64_t, 2 * VECTOR_BYTES>;  // as many lanes as Word
using Double = Lanes<double, 2 * VECTOR_BYTES>;

template <int TURN>
PELLUCID_INLINE void mix(Word& x0, Word& x1) {
    x0 += x1;
    x1 = (x1 << TURN) | (x1 >> (32 - TURN));
    x1 ^= x0;
}

// Four rounds and a block of the key, for all vectors in turn.
template <int N, int BLOCK>
PELLUCID_INLINE void rounds(const std::uint32_t (&key)[3], Word (&x0)[N], Word (&x1)[N]) {
    constexpr bool odd = BLOCK % 2 == 1;
    PELLUCID_UNROLL for (int i = 0; i < N; ++i) mix<odd ? 17 : 13>(x0[i], x1[i]);
    PELLUCID_UNROLL for (int i = 0; i < N; ++i) mix<odd ? 29 : 15>(x0[i], x1[i]);
    PELLUCID_UNROLL for (int i = 0; i < N; ++i) mix<odd ? 16 : 26>(x0[i], x1[i]);
    PELLUCID_UNROLL for (int i = 0; i < N; ++i) mix<odd ? 24 : 6>(x0[i], x1[i]);
    PELLUCID_UNROLL for (int i = 0; i < N; ++i) {
        x0[i] += key[(BLOCK + 1) % 3];
        x1[i] += key[(BLOCK + 2) % 3] + (BLOCK + 1);
    }
}

// The pairs of words `first`, `first + 1`, ... of a source.
template <int N>
PELLUCID_INLINE void threefry(const RandomSource& source, std::uint32_t first, Word (&x0)[N],
                              Word (&x1)[N]) {
    const std::uint32_t key[3] = {source.seed, source.stream,
                                  source.seed ^ source.stream ^ 0x1BD11BDAu};
    Word place{};
    PELLUCID_UNROLL for (int i = 0; i < LANES; ++i) place[i] = static_cast<std::uint32_t>(i);
    PELLUCID_UNROLL for (int i = 0; i < N; ++i) {
        x0[i] = Word{} + (source.step + key[0]);
        x1[i] = place + (first + static_cast<std::uint32_t>(i * LANES) + key[1]);
    }
    rounds<N, 0>(key, x0, x1);
    rounds<N, 1>(key, x0, x1);
    rounds<N, 2>(key, x0, x1);
    rounds<N, 3>(key, x0, x1);
    rounds<N, 4>(key, x0, x1);
}

// x0[0], x1[0], x0[1], x1[1], ...: a pair of words is one number of 64 bits.
PELLUCID_INLINE Wide paired(Word x0, Word x1) {
    return __builtin_convertvector(x0, Wide) | (__builtin_convertvector(x1, Wide) << 32);
}

struct AsWords {
    using Number = std::uint32_t;
    static PELLUCID_INLINE Wide of(Word x0, Word x1) { return paired(x0, x1); }
};

struct AsFloats {
    using Number = float;
    static PELLUCID_INLINE Wide of(Word x0, Word x1) { return paired(bits(x0), bits(x1)); }
    static PELLUCID_INLINE Word bits(Word x) {
        return reinterpret_cast<Word>(
            __builtin_convertvector(reinterpret_cast<Signed>(x >> 8), Float) * 0x1p-24f);
    }
};

// (x0 2^32 + x1) >> 11 as a double: the two parts are added, each of which is exact, as the sum is.
struct AsDoubles {
    using Number = double;
    static PELLUCID_INLINE Wide of(Word x0, Word x1) {
        const Signed high = reinterpret_cast<Signed>(x0 ^ 0x80000000u);  // x0 - 2^31
        const Signed low = reinterpret_cast<Signed>(x1 >> 11);
        return reinterpret_cast<Wide>(__builtin_convertvector(high, Double) * 0x1p-32 + 0.5 +
                                      __builtin_convertvector(low, Double) * 0x1p-53);
    }
};

template <class As>
void generate(const RandomSource& source, std::int64_t first, std::int64_t count,
              typename As::Number* out) {
    using Number = typename As::Number;
    constexpr int per_vector = static_cast<int>(sizeof(Wide) / sizeof(Number));
    std::uint32_t pair = static_cast<std::uint32_t>(first);
    std::int64_t done = 0;
    for (; done + AT_ONCE * per_vector <= count; done += AT_ONCE * per_vector) {
        Word x0[AT_ONCE], x1[AT_ONCE];
        threefry(source, pair, x0, x1);
        PELLUCID_UNROLL for (int i = 0; i < AT_ONCE; ++i) store<std::uint64_t, 2 * VECTOR_BYTES>(
            reinterpret_cast<std::uint64_t*>(out + done + i * per_vector), As::of(x0[i], x1[i]));
        pair += AT_ONCE * LANES;
    }
    for (; done < count; done += per_vector, pair += LANES) {
        Word x0[1], x1[1];
        threefry(source, pair, x0, x1);
        Number rest[per_vector];
        const Wide last = As::of(x0[0], x1[0]);
        __builtin_memcpy(rest, &last, sizeof last);
        const std::int64_t n = count - done < per_vector ? count - done : per_vector;
        for (std::int64_t i = 0; i < n; ++i) out[done + i] = rest[i];
    }
}

}  // namespace

extern const RandomKernels random_kernels_here{generate<AsWords>, generate<AsFloats>,
                                               generate<AsDoubles>};

}  // namespace pellucid::PELLUCID_ISA
