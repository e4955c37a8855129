// How one matrix product is cut: decided once by shape and strides, never by the number of threads.
#pragma once

#include <cstdint>

#include "kernels/gemm.hpp"

namespace pellucid {

// `length` in even parts of whole units; the first `more` parts have one unit more than the others.
struct Cut {
    std::int64_t length = 0, unit = 1, parts = 0, each = 0, more = 0;

    Cut() = default;
    Cut(std::int64_t n, std::int64_t unit_, std::int64_t most_units) : length(n), unit(unit_) {
        const std::int64_t units = (n + unit - 1) / unit;
        parts = (units + most_units - 1) / most_units;
        each = parts == 0 ? 0 : units / parts;
        more = parts == 0 ? 0 : units % parts;
    }
    std::int64_t begin(std::int64_t i) const {
        const std::int64_t at = unit * (i * each + (i < more ? i : more));
        return at < length ? at : length;
    }
};

// The product is cut into chunks (one thread each), a chunk into pieces of k, a piece into slabs of
// rows, a slab into tiles that stay in registers.
struct GemmPlan {
    std::int64_t m, n, k, a_row, a_col, b_row, b_col, c_row;
    bool turned;  // C^T = B^T A^T is computed: C has one row or one column
    bool dots;    // n = 1 and the rows of A are contiguous: one dot product a row
    bool pack_b;
    bool half;                          // vectors of half the width: n is that small
    bool chained;                       // all is one small tile
    bool direct;                        // one panel, nothing to pack or to cut but rows
    std::int64_t lanes, vectors, rows;  // of a tile, at most
    Cut row_cut;                        // for `direct`
    std::int64_t piece, slab;           // lengths of k and of rows
    std::int64_t chunk_rows, chunk_columns;
    std::int64_t row_chunks, column_chunks;
    std::int64_t splits, split;         // k cut into sums of their own, their length
    std::int64_t b_numbers, c_numbers;  // scratch memory of a thread
    std::int64_t batch;                 // how many products
    std::vector<GemmAxis> axes;         // of the batch; axes that run on into each other are one
    std::int64_t batch_chunk;           // products in one chunk, if they are small

    std::int64_t parts() const { return row_chunks * column_chunks; }
};

// A part of C and of k. `c` is number (0, 0) of the whole product; with c null, scratch_c is used.
template <class T>
struct GemmWork {
    const T* a;  // of the whole product
    const T* b;
    T* c;
    std::int64_t c_row;
    std::int64_t row, rows, column, columns, from_k, to_k;
    const Epilogue* epilogue;
    T* scratch_b;
    T* scratch_c;
    const T* const* table = nullptr;  // rows that lie anywhere, in place of a
};

// The functions that each set of instructions has its own of.
template <class T>
struct GemmKernels {
    int lanes;      // numbers in a vector
    int rows[9];    // the most rows of a tile by its vectors, 0 where there is none
    int panel;      // the vectors of a tile in most products
    bool has_half;  // vectors of half the width are worth it
    void (*block)(const GemmPlan& plan, const GemmWork<T>& work);
    void (*direct)(const GemmPlan& plan, const T* a, const T* b, T* c);
    void (*dots)(std::int64_t rows, std::int64_t k, const T* a, std::int64_t a_row, const T* x,
                 T* c, std::int64_t c_step);
};

template <class T>
GemmPlan plan_gemm(const GemmShape& shape, const GemmKernels<T>& kernels);

#define PELLUCID_GEMM_KERNELS(ISA)                    \
    namespace ISA {                                   \
    extern const GemmKernels<float> gemm_of_floats;   \
    extern const GemmKernels<double> gemm_of_doubles; \
    }
PELLUCID_GEMM_KERNELS(plain)
PELLUCID_GEMM_KERNELS(avx2)
PELLUCID_GEMM_KERNELS(avx512)
#undef PELLUCID_GEMM_KERNELS

}  // namespace pellucid
