// Where the largest number of a row stands, for each dtype and set of instructions.
#pragma once

#include <cstdint>

namespace pellucid {

// By dtype: of n > 0 numbers the first of the largest; a NaN counts as the largest.
struct ArgmaxKernels {
    std::int64_t (*of_row[11])(const void* x, std::int64_t n);
};

const ArgmaxKernels& argmax_kernels();

}  // namespace pellucid
