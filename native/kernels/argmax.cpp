// "argmax": where the largest number stands along an axis; NaN counts as the largest, and the first
// of equal ones wins. words: axis (from 0), or -1 for all numbers in a row. The output (int32 or
// int64) has as many numbers as x without the axis: whether the axis is kept is its shape's matter.
// "cumsum": running totals along an axis, added one after the other. words: axis (from 0).
#include "kernels/argmax.hpp"

#include "engine/isa.hpp"
#include "engine/kernel.hpp"
#include "kernels/structure.hpp"

namespace pellucid {

namespace plain {
extern const ArgmaxKernels argmax_kernels_here;
}
#if defined(PELLUCID_X86)
namespace avx2 {
extern const ArgmaxKernels argmax_kernels_here;
}
namespace avx512 {
extern const ArgmaxKernels argmax_kernels_here;
}
#endif

const ArgmaxKernels& argmax_kernels() {
#if defined(PELLUCID_X86)
    if (isa() == Isa::avx512) return avx512::argmax_kernels_here;
    if (isa() == Isa::avx2) return avx2::argmax_kernels_here;
#endif
    return plain::argmax_kernels_here;
}

namespace {

constexpr std::int64_t tile = 64;  // columns that are treated together, on the stack

// Whether x takes the place of the best so far.
template <class T>
bool beats(T x, T best) {
    if constexpr (std::is_floating_point_v<T>)
        return !(x <= best) && best == best;
    else
        return x > best;
}

// Of some columns next to each other, row by row.
template <class T, class I>
void best_of_columns(const T* x, const Along& view, std::int64_t columns, I* out) {
    T best[tile];
    std::copy(x, x + columns, best);
    std::fill(out, out + columns, I{0});
    for (std::int64_t i = 1; i < view.n; ++i) {
        const T* row = x + i * view.inner;
        for (std::int64_t c = 0; c < columns; ++c) {
            const bool better = beats(row[c], best[c]);
            best[c] = better ? row[c] : best[c];
            out[c] = better ? static_cast<I>(i) : out[c];
        }
    }
}

// Of some columns; the first row is copied, since 0 + x would make a 0 of -0.
template <class T>
void running_sums(const T* x, const Along& view, std::int64_t columns, T* out) {
    T sums[tile];
    std::copy(x, x + columns, sums);
    std::copy(x, x + columns, out);
    if (columns == 1) {  // the sum stays in a register
        for (std::int64_t i = view.inner; i < view.n * view.inner; i += view.inner)
            out[i] = sums[0] = added(sums[0], x[i]);
        return;
    }
    for (std::int64_t i = 1; i < view.n; ++i)
        for (std::int64_t c = 0; c < columns; ++c)
            out[i * view.inner + c] = sums[c] = added(sums[c], x[i * view.inner + c]);
}

// The blocks, each cut into tiles of columns: what both kernels here share out.
struct Tiles {
    Along view;
    std::int64_t per_block = 1;
    Pieces pieces;

    Tiles() = default;
    Tiles(const Along& seen, DType dtype) : view(seen), per_block((seen.inner + tile - 1) / tile) {
        const std::int64_t numbers = view.n * std::min(view.inner, tile);
        pieces = Pieces(view.outer * per_block, static_cast<double>(numbers * size_of(dtype)));
    }

    // f(block, first column, how many)
    template <class F>
    void each(const F& f) const {
        pieces.each([&](std::int64_t first, std::int64_t last) {
            for (std::int64_t i = first; i < last; ++i) {
                const std::int64_t column = i % per_block * tile;
                f(i / per_block, column, std::min(tile, view.inner - column));
            }
        });
    }
};

class Argmax final : public Kernel {
  public:
    Argmax(const Instruction& instruction, const Program& program)
        : x_(instruction.inputs.at(0)),
          output_(instruction.outputs.at(0)),
          dtype_(program.buffer(x_).dtype),
          wide_(program.buffer(output_).dtype == DType::i64) {
        const Buffer &x = program.buffer(x_), &output = program.buffer(output_);
        const std::int64_t axis = instruction.words.at(0);
        Along view{1, x.count, 1};
        if (axis >= 0) view = along(x.shape, axis);
        if (output.count != view.outer * view.inner || (view.n == 0 && output.count > 0))
            throw PlanError("argmax's output does not fit");
        if (!wide_ && output.dtype != DType::i32) throw PlanError("argmax gives int32 or int64");
        tiles_ = Tiles(view, dtype_);
    }

    void run(Frame& frame) const override {
        with_type(dtype_, [&](auto zero) {
            using T = decltype(zero);
            if (wide_)
                find<T, std::int64_t>(frame);
            else
                find<T, std::int32_t>(frame);
        });
    }

    double bytes() const override {
        const Along& view = tiles_.view;
        return static_cast<double>(view.outer * view.n * view.inner * size_of(dtype_));
    }
    std::string name() const override { return "argmax of " + std::to_string(tiles_.view.n); }

  private:
    template <class T, class I>
    void find(Frame& frame) const {
        const Along& view = tiles_.view;
        const T* x = frame.at<T>(x_);
        I* output = frame.at<I>(output_);
        const auto of_row = argmax_kernels().of_row[static_cast<int>(dtype_)];
        tiles_.each([&](std::int64_t block, std::int64_t first, std::int64_t columns) {
            const T* from = x + block * view.n * view.inner + first;
            I* to = output + block * view.inner + first;
            if (view.inner == 1)
                *to = static_cast<I>(of_row(from, view.n));
            else
                best_of_columns(from, view, columns, to);
        });
    }

    std::int32_t x_, output_;
    DType dtype_;
    bool wide_;
    Tiles tiles_;
};

class Cumsum final : public Kernel {
  public:
    Cumsum(const Instruction& instruction, const Program& program)
        : x_(instruction.inputs.at(0)),
          output_(instruction.outputs.at(0)),
          dtype_(program.buffer(x_).dtype) {
        const Buffer &x = program.buffer(x_), &output = program.buffer(output_);
        if (output.count != x.count || output.dtype != dtype_)
            throw PlanError("cumsum's output does not fit");
        tiles_ = Tiles(along(x.shape, instruction.words.at(0)), dtype_);
    }

    void run(Frame& frame) const override {
        with_type(dtype_, [&](auto zero) { add<decltype(zero)>(frame); });
    }

    double flops() const override {
        return static_cast<double>(tiles_.view.outer * tiles_.view.n * tiles_.view.inner);
    }
    double bytes() const override { return 2 * flops() * static_cast<double>(size_of(dtype_)); }
    std::string name() const override { return "cumsum of " + std::to_string(tiles_.view.n); }

  private:
    template <class T>
    void add(Frame& frame) const {
        const Along& view = tiles_.view;
        tiles_.each([&](std::int64_t block, std::int64_t first, std::int64_t columns) {
            const std::int64_t start = block * view.n * view.inner + first;
            const T* x = frame.at<T>(x_) + start;
            T* output = frame.at<T>(output_) + start;
            if (view.n > 0) running_sums(x, view, columns, output);
        });
    }

    std::int32_t x_, output_;
    DType dtype_;
    Tiles tiles_;
};

template <class K>
std::unique_ptr<Kernel> make(const Instruction& instruction, const Program& program) {
    return std::make_unique<K>(instruction, program);
}

const Registered argmax("argmax", make<Argmax>);
const Registered cumsum("cumsum", make<Cumsum>);

}  // namespace

}  // namespace pellucid
