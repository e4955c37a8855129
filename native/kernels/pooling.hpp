// Windows over lines of cells, and one number of each, channel by channel.
#pragma once

#include <cstdint>

namespace pellucid {

// A line of `places` windows of high × wide cells, each of so many channels. Steps are in numbers:
// from a window to the next, and from a line of cells to the next.
template <class T>
struct PoolLine {
    std::int64_t places, high, wide, channels, place_step, line_step;
    const T* x;
    const T* slopes;  // of what each window gave
    T* to;            // one number of each window, or the slope of each cell
};

// For each set of instructions.
template <class T>
struct PoolingKernels {
    void (*largest)(const PoolLine<T>&);
    void (*sum)(const PoolLine<T>&);
    // The first of the largest is given the slope of its window, the others nothing.
    void (*to_largest)(const PoolLine<T>&);
    // The same where windows overlap: the slopes are added to what stands there.
    void (*add_to_largest)(const PoolLine<T>&);
};

#define PELLUCID_POOLING(ISA)                               \
    namespace ISA {                                         \
    extern const PoolingKernels<float> pooling_of_floats;   \
    extern const PoolingKernels<double> pooling_of_doubles; \
    }
PELLUCID_POOLING(plain)
PELLUCID_POOLING(avx2)
PELLUCID_POOLING(avx512)
#undef PELLUCID_POOLING

}  // namespace pellucid
