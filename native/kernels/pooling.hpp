// Windows that do not overlap, and the largest number of each, channel by channel.
#pragma once

#include <cstdint>

namespace pellucid {

// A line of `places` windows of high × wide cells.
template <class T>
struct PoolLine {
    std::int64_t places, high, wide, channels;
    const T* x;
    const T* slopes;  // of what each window gave
    T* to;            // the largest of each window, or the slope of each cell
};

// For each set of instructions.
template <class T>
struct PoolingKernels {
    void (*largest)(const PoolLine<T>&);
    // The first of the largest has the slope of its window, the others have none.
    void (*to_largest)(const PoolLine<T>&);
};

#define PELLUCID_POOLING(ISA)                              \
    namespace ISA {                                        \
    extern const PoolingKernels<float> pooling_of_floats;  \
    extern const PoolingKernels<double> pooling_of_doubles; \
    }
PELLUCID_POOLING(plain)
PELLUCID_POOLING(avx2)
PELLUCID_POOLING(avx512)
#undef PELLUCID_POOLING

}  // namespace pellucid
