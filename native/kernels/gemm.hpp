// Matrix products C = A B of any strides, as fast as the machine multiplies.
//
// The same product has the same bits for any number of threads: C is cut so that no sum is, and a
// very long k is cut into pieces of a fixed length whose sums are added in order.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace pellucid {

// Called when a block of C is final and still in cache, on the thread that computed it: each number
// of C is in one block. `tile` is the block's first number; its rows are `tile_row_step` apart.
struct Epilogue {
    void (*call)(void* state, std::int64_t row, std::int64_t rows, std::int64_t column,
                 std::int64_t columns, void* tile, std::int64_t tile_row_step);
    void* state;
};

// An axis of a batch of products: how many, and from one to the next in A, in B and in C.
struct GemmAxis {
    std::int64_t length, a, b, c;
};

// What a product is, without its matrices: steps are in numbers, C's columns lie side by side.
struct GemmShape {
    std::int64_t m, n, k;
    std::int64_t a_row, a_col, b_row, b_col, c_row;
    std::vector<GemmAxis> batch = {};  // the outermost first
};

struct GemmPlan;
template <class T>
struct GemmKernels;

// A product that is planned once and run often: Gemm<float>({m, n, k, k, 1, n, 1, n})(a, b, c).
template <class T>
class Gemm {
  public:
    explicit Gemm(const GemmShape& shape);
    Gemm(Gemm&&) noexcept;
    Gemm& operator=(Gemm&&) noexcept;
    ~Gemm();

    // With an epilogue, c may be null: then C lives only in the blocks that the epilogue is given.
    // An epilogue serves single products, not batches.
    void operator()(const T* a, const T* b, T* c, const Epilogue* epilogue = nullptr) const;

    // The same with a matrix whose rows lie anywhere: A itself, or what A is the transpose of.
    // Only where takes_rows().
    void operator()(const T* const* rows, const T* b, T* c) const;
    bool takes_rows() const;

  private:
    std::unique_ptr<GemmPlan> plan_;
    const GemmKernels<T>* kernels_;
};

// The same in one call, for products that are not repeated.
template <class T>
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, const T* a, std::int64_t a_row,
          std::int64_t a_col, const T* b, std::int64_t b_row, std::int64_t b_col, T* c,
          std::int64_t c_row, const Epilogue* epilogue = nullptr);

template <class T>
void gemm_batch(const GemmShape& shape, const T* a, const T* b, T* c);

extern template class Gemm<float>;
extern template class Gemm<double>;

}  // namespace pellucid
