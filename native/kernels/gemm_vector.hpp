// Vectors of one set of instructions, for *.simd.cpp only: loads and stores with a tail, shuffles.
#pragma once

#include <cstdint>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#define PELLUCID_INLINE inline __attribute__((always_inline))
#if defined(__clang__)
#define PELLUCID_UNROLL _Pragma("clang loop unroll(full)")
#else
#define PELLUCID_UNROLL _Pragma("GCC unroll 32")
#endif

namespace pellucid::PELLUCID_ISA {

#if defined(__AVX512F__)
constexpr int VECTOR_BYTES = 64;
#elif defined(__AVX2__)
constexpr int VECTOR_BYTES = 32;
#else
constexpr int VECTOR_BYTES = 16;
#endif

template <class T, int BYTES>
struct Vector {
    typedef T type __attribute__((vector_size(BYTES)));
    typedef T loose __attribute__((vector_size(BYTES), aligned(alignof(T)), may_alias));
    static constexpr int lanes = BYTES / static_cast<int>(sizeof(T));
};

template <class T, int BYTES>
using Lanes = typename Vector<T, BYTES>::type;

template <class T, int BYTES>
PELLUCID_INLINE Lanes<T, BYTES> load(const T* from) {
    return *reinterpret_cast<const typename Vector<T, BYTES>::loose*>(from);
}

template <class T, int BYTES>
PELLUCID_INLINE void store(T* to, Lanes<T, BYTES> x) {
    *reinterpret_cast<typename Vector<T, BYTES>::loose*>(to) = x;
}

template <class T, int BYTES>
struct Whole {
    PELLUCID_INLINE Lanes<T, BYTES> load(const T* from) const {
        return PELLUCID_ISA::load<T, BYTES>(from);
    }
    PELLUCID_INLINE void store(T* to, Lanes<T, BYTES> x) const {
        PELLUCID_ISA::store<T, BYTES>(to, x);
    }
};

// The first `count` lanes of a vector: what lies behind them is neither read nor written.
template <class T, int BYTES>
struct Tail;

#if defined(__AVX512F__)

#define PELLUCID_TAIL(T, BYTES, BITS, SUFFIX, MASK)                                 \
    template <>                                                                     \
    struct Tail<T, BYTES> {                                                         \
        explicit PELLUCID_INLINE Tail(int count)                                    \
            : mask(static_cast<MASK>((1u << static_cast<unsigned>(count)) - 1u)) {} \
        PELLUCID_INLINE Lanes<T, BYTES> load(const T* from) const {                 \
            return reinterpret_cast<Lanes<T, BYTES>>(                               \
                _mm##BITS##_maskz_loadu_##SUFFIX(mask, from));                      \
        }                                                                           \
        PELLUCID_INLINE void store(T* to, Lanes<T, BYTES> x) const {                \
            _mm##BITS##_mask_storeu_##SUFFIX(to, mask, x);                          \
        }                                                                           \
        MASK mask;                                                                  \
    };
PELLUCID_TAIL(float, 64, 512, ps, __mmask16)
PELLUCID_TAIL(float, 32, 256, ps, __mmask8)
PELLUCID_TAIL(float, 16, , ps, __mmask8)
PELLUCID_TAIL(double, 64, 512, pd, __mmask8)
PELLUCID_TAIL(double, 32, 256, pd, __mmask8)
PELLUCID_TAIL(double, 16, , pd, __mmask8)
#undef PELLUCID_TAIL

#else

#if defined(__AVX2__)
#define PELLUCID_TAIL(T, BYTES, BITS, SUFFIX, MASK, ...)                                         \
    template <>                                                                                  \
    struct Tail<T, BYTES> {                                                                      \
        explicit PELLUCID_INLINE Tail(int count) : mask(__VA_ARGS__) {}                          \
        PELLUCID_INLINE Lanes<T, BYTES> load(const T* from) const {                              \
            return reinterpret_cast<Lanes<T, BYTES>>(_mm##BITS##_maskload_##SUFFIX(from, mask)); \
        }                                                                                        \
        PELLUCID_INLINE void store(T* to, Lanes<T, BYTES> x) const {                             \
            _mm##BITS##_maskstore_##SUFFIX(to, mask, x);                                         \
        }                                                                                        \
        MASK mask;                                                                               \
    };
PELLUCID_TAIL(float, 32, 256, ps, __m256i,
              _mm256_cmpgt_epi32(_mm256_set1_epi32(count),
                                 _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)))
PELLUCID_TAIL(float, 16, , ps, __m128i,
              _mm_cmpgt_epi32(_mm_set1_epi32(count), _mm_setr_epi32(0, 1, 2, 3)))
PELLUCID_TAIL(double, 32, 256, pd, __m256i,
              _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3)))
PELLUCID_TAIL(double, 16, , pd, __m128i,
              _mm_cmpgt_epi64(_mm_set1_epi64x(count), _mm_set_epi64x(1, 0)))
#undef PELLUCID_TAIL
#endif

template <class T, int BYTES>
struct Tail {
    explicit PELLUCID_INLINE Tail(int n) : count(n) {}
    PELLUCID_INLINE Lanes<T, BYTES> load(const T* from) const {
        Lanes<T, BYTES> x{};
        for (int i = 0; i < count; ++i) x[i] = from[i];
        return x;
    }
    PELLUCID_INLINE void store(T* to, Lanes<T, BYTES> x) const {
        for (int i = 0; i < count; ++i) to[i] = x[i];
    }
    int count;
};

#endif

// Lists of lane numbers, for shuffles: Count<8> is Indices<0, 1, ..., 7>.
template <int... I>
struct Indices {};

template <class>
struct Twice;
template <int... I>
struct Twice<Indices<I...>> {
    using type = Indices<I..., (static_cast<int>(sizeof...(I)) + I)...>;
};

template <int N>
struct CountTo {
    using type = typename Twice<typename CountTo<N / 2>::type>::type;
};
template <>
struct CountTo<1> {
    using type = Indices<0>;
};
template <int N>
using Count = typename CountTo<N>::type;

}  // namespace pellucid::PELLUCID_ISA
