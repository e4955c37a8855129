#include "kernels/gemm.hpp"

#include <algorithm>
#include <new>

#include "engine/isa.hpp"
#include "engine/threads.hpp"
#include "kernels/gemm_plan.hpp"

namespace pellucid {

namespace {

using std::int64_t;

template <class T>
constexpr const GemmKernels<T>& of(const GemmKernels<float>& floats,
                                   const GemmKernels<double>& doubles) {
    if constexpr (sizeof(T) == sizeof(float)) {
        static_cast<void>(doubles);
        return floats;
    } else {
        static_cast<void>(floats);
        return doubles;
    }
}

template <class T>
const GemmKernels<T>& kernels() {
#if defined(PELLUCID_X86)
    if (isa() == Isa::avx512) return of<T>(avx512::gemm_of_floats, avx512::gemm_of_doubles);
    if (isa() == Isa::avx2) return of<T>(avx2::gemm_of_floats, avx2::gemm_of_doubles);
#endif
    return of<T>(plain::gemm_of_floats, plain::gemm_of_doubles);
}

// A thread's memory for packed numbers: it grows to the most that was wanted and is kept.
class Scratch {
  public:
    Scratch() = default;
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { release(); }

    template <class T>
    T* numbers(int64_t count) {
        const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(T);
        if (bytes > size_) {
            release();
            data_ = ::operator new(bytes, ALIGNED);
            size_ = bytes;
        }
        return static_cast<T*>(data_);
    }

  private:
    static constexpr std::align_val_t ALIGNED{64};
    void release() {
        if (data_ != nullptr) ::operator delete(data_, ALIGNED);
        data_ = nullptr, size_ = 0;
    }
    void* data_ = nullptr;
    std::size_t size_ = 0;
};

thread_local Scratch packed;    // of a chunk
thread_local Scratch partials;  // of a whole product: sums of the parts of a long k

template <class T>
struct Run {
    const GemmPlan& plan;
    const GemmKernels<T>& kernels;
    const T* a;
    const T* b;
    T* c;
    const Epilogue* epilogue;
    const T* const* table = nullptr;
};

// Rows and columns of C are exchanged back for the caller's epilogue: C has one column or one row.
struct Turned {
    const Epilogue* epilogue;
    static void call(void* state, int64_t row, int64_t rows, int64_t column, int64_t columns,
                     void* tile, int64_t) {
        const Epilogue* inner = static_cast<Turned*>(state)->epilogue;
        inner->call(inner->state, column, columns, row, rows, tile, 1);
    }
};

template <class T>
GemmWork<T> work(const Run<T>& run, int64_t row, int64_t rows, int64_t column, int64_t columns) {
    const GemmPlan& p = run.plan;
    GemmWork<T> w{run.a,   run.b, run.c, p.c_row,      row,     rows,    column,
                  columns, 0,     p.k,   run.epilogue, nullptr, nullptr, run.table};
    const int64_t c = run.c == nullptr ? p.c_numbers : 0;
    if (p.b_numbers + c > 0) {
        w.scratch_b = packed.numbers<T>(p.b_numbers + c);
        w.scratch_c = w.scratch_b + p.b_numbers;
    }
    return w;
}

template <class T>
void dots(const Run<T>& run, int64_t row, int64_t rows) {
    const GemmPlan& p = run.plan;
    const T* x = run.b;
    T* c = run.c == nullptr ? nullptr : run.c + row * p.c_row;
    const int64_t c_step = c == nullptr ? 1 : p.c_row;
    if (p.b_numbers > 0 || c == nullptr) {
        T* copy = packed.numbers<T>(p.b_numbers + rows);
        if (c == nullptr) c = copy + p.b_numbers;
        if (p.b_numbers > 0) {
            for (int64_t i = 0; i < p.k; ++i) copy[i] = x[i * p.b_row];
            x = copy;
        }
    }
    run.kernels.dots(rows, p.k, run.a + row * p.a_row, p.a_row, x, c, c_step);
    if (run.epilogue != nullptr)
        run.epilogue->call(run.epilogue->state, row, rows, 0, 1, c, c_step);
}

template <class T>
GemmWork<T> chunk_work(const Run<T>& run, int64_t i) {
    const GemmPlan& p = run.plan;
    const int64_t row = i % p.row_chunks * p.chunk_rows;
    const int64_t column = i / p.row_chunks * p.chunk_columns;
    return work(run, row, std::min(p.chunk_rows, p.m - row), column,
                std::min(p.chunk_columns, p.n - column));
}

template <class T>
void chunk(const Run<T>& run, int64_t i) {
    const GemmPlan& p = run.plan;
    const int64_t row = i * p.chunk_rows;
    if (p.dots) return dots(run, row, std::min(p.chunk_rows, p.m - row));
    if (p.direct && run.epilogue == nullptr) return run.kernels.direct(p, run.a, run.b, run.c);
    run.kernels.block(p, chunk_work(run, i));
}

// k is cut into parts whose sums are added in order; the first part's are where C will be.
template <class T>
void split_product(const Run<T>& run) {
    const GemmPlan& p = run.plan;
    const int64_t size = p.m * p.n, parts = p.parts();
    T* sums = partials.numbers<T>(p.splits * size);
    T* c = run.c != nullptr ? run.c : sums;
    const int64_t c_row = run.c != nullptr ? p.c_row : p.n;
    parallel_for(p.splits * parts, [&](int64_t i) {
        const int64_t which = i / parts;
        const Run<T> part{p,       run.kernels, run.a, run.b, which == 0 ? c : sums + which * size,
                          nullptr, run.table};
        GemmWork<T> w = chunk_work(part, i % parts);
        w.c_row = which == 0 ? c_row : p.n;
        w.from_k = which * p.split, w.to_k = std::min(p.k, w.from_k + p.split);
        run.kernels.block(p, w);
    });
    const int64_t rows = std::max<int64_t>(1, 4096 / p.n);
    parallel_for((p.m + rows - 1) / rows, [&](int64_t i) {
        const int64_t row = i * rows, end = std::min(p.m, row + rows);
        for (int64_t r = row; r < end; ++r)
            for (int64_t q = 1; q < p.splits; ++q)
                for (int64_t j = 0; j < p.n; ++j) c[r * c_row + j] += sums[q * size + r * p.n + j];
        if (run.epilogue != nullptr)
            run.epilogue->call(run.epilogue->state, row, end - row, 0, p.n, c + row * c_row, c_row);
    });
}

template <class T>
void run_all(const Run<T>& run) {
    const GemmPlan& p = run.plan;
    const auto at = [&](int64_t i) {
        Run<T> one = run;
        for (std::size_t axis = p.axes.size(); axis-- > 0;) {
            const GemmAxis& each = p.axes[axis];
            const int64_t place = axis == 0 ? i : i % each.length;
            i /= each.length;
            one.a += place * each.a, one.b += place * each.b, one.c += place * each.c;
        }
        return one;
    };
    if (p.splits > 1) {
        for (int64_t i = 0; i < p.batch; ++i) split_product(at(i));
    } else if (p.batch_chunk > 1) {
        const int64_t chunks = (p.batch + p.batch_chunk - 1) / p.batch_chunk;
        const auto some = [&](int64_t j) {
            const int64_t end = std::min(p.batch, (j + 1) * p.batch_chunk);
            for (int64_t i = j * p.batch_chunk; i < end; ++i) chunk(at(i), 0);
        };
        if (chunks == 1) return some(0);
        parallel_for(chunks, some);
    } else {
        const int64_t parts = p.parts();
        parallel_for(p.batch * parts, [&](int64_t i) { chunk(at(i / parts), i % parts); });
    }
}

}  // namespace

template <class T>
Gemm<T>::Gemm(const GemmShape& shape)
    : plan_(std::make_unique<GemmPlan>(plan_gemm<T>(shape, kernels<T>()))),
      kernels_(&kernels<T>()) {}
template <class T>
Gemm<T>::Gemm(Gemm&&) noexcept = default;
template <class T>
Gemm<T>& Gemm<T>::operator=(Gemm&&) noexcept = default;
template <class T>
Gemm<T>::~Gemm() = default;

namespace {

template <class T>
void run_plan(const GemmPlan& p, const GemmKernels<T>& kernels, const T* a, const T* b, T* c,
              const Epilogue* epilogue) {
    if (p.m == 0 || p.n == 0 || p.batch == 0 || (c == nullptr && epilogue == nullptr)) return;
    Turned turned{epilogue};
    const Epilogue back{Turned::call, &turned};
    if (p.turned) {
        std::swap(a, b);
        if (epilogue != nullptr) epilogue = &back;
    }
    if (p.direct && p.batch == 1 && epilogue == nullptr) return kernels.direct(p, a, b, c);
    const Run<T> run{p, kernels, a, b, c, epilogue};
    if (p.batch == 1 && p.splits == 1 && p.parts() == 1) return chunk(run, 0);
    run_all(run);
}

}  // namespace

template <class T>
void Gemm<T>::operator()(const T* a, const T* b, T* c, const Epilogue* epilogue) const {
    run_plan(*plan_, *kernels_, a, b, c, epilogue);
}

template <class T>
bool Gemm<T>::takes_rows() const {
    const GemmPlan& p = *plan_;
    if (p.turned || p.dots || p.direct || p.chained || p.half || p.batch != 1 ||
        p.m * p.n * p.k == 0)
        return false;
    const int64_t panel = p.vectors * p.lanes, vectors = (p.n + p.lanes - 1) / p.lanes;
    const bool whole =
        vectors % p.vectors == 0 && (p.column_chunks == 1 || p.chunk_columns % panel == 0);
    return whole && (p.vectors == 4 || p.vectors == 8) && (p.a_col == 1 || p.a_row == 1);
}

template <class T>
void Gemm<T>::operator()(const T* const* rows, const T* b, T* c) const {
    run_all(Run<T>{*plan_, *kernels_, nullptr, b, c, nullptr, rows});
}

template <class T>
void gemm(int64_t m, int64_t n, int64_t k, const T* a, int64_t a_row, int64_t a_col, const T* b,
          int64_t b_row, int64_t b_col, T* c, int64_t c_row, const Epilogue* epilogue) {
    const GemmPlan plan = plan_gemm<T>({m, n, k, a_row, a_col, b_row, b_col, c_row}, kernels<T>());
    run_plan(plan, kernels<T>(), a, b, c, epilogue);
}

template <class T>
void gemm_batch(const GemmShape& shape, const T* a, const T* b, T* c) {
    run_plan<T>(plan_gemm<T>(shape, kernels<T>()), kernels<T>(), a, b, c, nullptr);
}

#define PELLUCID_GEMM(T)                                                                   \
    template class Gemm<T>;                                                                \
    template void gemm<T>(int64_t, int64_t, int64_t, const T*, int64_t, int64_t, const T*, \
                          int64_t, int64_t, T*, int64_t, const Epilogue*);                 \
    template void gemm_batch<T>(const GemmShape&, const T*, const T*, T*);
PELLUCID_GEMM(float)
PELLUCID_GEMM(double)
#undef PELLUCID_GEMM

}  // namespace pellucid
