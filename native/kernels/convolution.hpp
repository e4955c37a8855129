// What convolutions compute with: products whose matrices are read where they stand in an image.
#pragma once

#include <cstdint>

namespace pellucid {

// Where a part of a sum begins, in A and in B.
struct Segment {
    std::int64_t a, b;
};

// C = the sum, over all segments and over k within each, of a column of A times a row of B; with
// `add`, on top of what stands in C. Steps are in numbers; the columns of B and C lie side by side.
template <class T>
struct SegmentProduct {
    const T* a;
    std::int64_t a_row, a_step;  // from one row to the next; from one k to the next
    const T* b;
    std::int64_t b_step;
    T* c;
    std::int64_t c_row;
    std::int64_t m, n, k;
    const Segment* segments;
    std::int64_t count;
    bool add;
    // So many products whose A begin `a_group` apart; their rows of C follow each other.
    std::int64_t groups = 1, a_group = 0;
};

// For each of some cells: its channels are sums of what `from` has, line after line of `lines`, at
// begin[cell] ... of `at`.
template <class T>
struct Collection {
    const T* from;
    const std::int64_t* lines;
    std::int64_t count;
    const std::int64_t* begin;
    const std::int64_t* at;
    std::int64_t cells, channels;
    T* to;
};

// The functions that each set of instructions has its own of.
template <class T>
struct ConvolutionKernels {
    void (*product)(const SegmentProduct<T>&);
    void (*collect)(const Collection<T>&);
};

// Of the instructions that this machine has; T is float or double.
template <class T>
const ConvolutionKernels<T>& convolution_kernels();

#define PELLUCID_CONVOLUTION(ISA)                                   \
    namespace ISA {                                                 \
    extern const ConvolutionKernels<float> convolution_of_floats;   \
    extern const ConvolutionKernels<double> convolution_of_doubles; \
    }
PELLUCID_CONVOLUTION(plain)
PELLUCID_CONVOLUTION(avx2)
PELLUCID_CONVOLUTION(avx512)
#undef PELLUCID_CONVOLUTION

}  // namespace pellucid
