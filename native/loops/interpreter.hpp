// What the interpreter calls: one function per op and dtype, for each set of instructions.
#pragma once

#include <cstdint>

#include "engine/types.hpp"
#include "loops/loop.hpp"

namespace pellucid {

// One node over `count` numbers. `out` may be one of the arguments; `extra` is Node::integer.
using Kernel = void (*)(char* out, const char* a, const char* b, const char* c, std::int64_t count,
                        std::int64_t extra);

// Rows x columns numbers in memory: bytes from row to row, numbers from column to column.
struct Layout {
    std::int64_t rows, columns, row_step, column_step;
};

// Between numbers side by side (`packed`) and numbers as `layout` says (`spread`).
using Gather = void (*)(char* packed, const char* spread, const Layout& layout);
using Scatter = void (*)(char* spread, const char* packed, const Layout& layout);

// Each of `rows` rows of packed numbers becomes one, combined with the number that stands at
// memory + row * row_step. The order of the sum depends on `columns` alone.
using Fold = void (*)(char* memory, std::int64_t row_step, const char* packed, std::int64_t rows,
                      std::int64_t columns);

// nullptr stands for what NumPy does not define.
struct Kernels {
    Kernel (*arithmetic)(Op op, DType dtype);
    Kernel (*choice)(Op op, DType argument);  // comparisons, logic, where, maximum, minimum
    Kernel (*cast)(DType from, DType to);
    Kernel (*mathematics)(Op op, DType dtype);  // sqrt, power and what follows for floats
    Fold (*fold)(Reduce reduce, DType dtype);
    Gather (*gather)(std::int64_t size);
    Scatter (*scatter)(std::int64_t size);
};

namespace plain {
extern const Kernels interpreter_kernels;
}
namespace avx2 {
extern const Kernels interpreter_kernels;
}
namespace avx512 {
extern const Kernels interpreter_kernels;
}

// Those of isa().
const Kernels& interpreter_kernels();

}  // namespace pellucid
