// "gather": the entries of x at some indices along an axis. inputs: x, indices; words: axis.
// "scatter_add": each entry of x added up at its index. inputs: x, indices; words: axis, size,
// where the indices' axes begin at `axis` of x, and the output has one axis of length `size` there.
//
// Indices may be of any integer dtype; a negative one counts from the end.
#include "kernels/gather.hpp"

#include <cstring>

#include "engine/kernel.hpp"
#include "kernels/structure.hpp"

namespace pellucid {

namespace {

template <class I>
[[noreturn]] void refuse(I index, std::int64_t n) {
    throw IndexError_("index " + std::to_string(index) + " is out of range for an axis of length " +
                      std::to_string(n));
}

template <class I>
std::int64_t wrapped(I index, std::int64_t n) {
    std::int64_t i = static_cast<std::int64_t>(index);
    if constexpr (std::is_signed_v<I>) i += i < 0 ? n : 0;
    if (static_cast<std::uint64_t>(i) >= static_cast<std::uint64_t>(n)) refuse(index, n);
    return i;
}

// f(a number of the indices' type), for the types that count.
template <class F>
void with_index(DType dtype, const F& f) {
    with_type(dtype, [&](auto zero) {
        if constexpr (std::is_integral_v<decltype(zero)>) f(zero);
    });
}

// A row whose length the compiler knows becomes a move or two.
template <std::size_t BYTES>
struct Fixed {
    static constexpr std::size_t bytes = BYTES;
    void operator()(char* to, const char* from) const { std::memcpy(to, from, bytes); }
};
struct Any {
    std::size_t bytes;
    void operator()(char* to, const char* from) const { std::memcpy(to, from, bytes); }
};

class Gather final : public Kernel {
  public:
    Gather(const Instruction& instruction, const Program& program)
        : x_(instruction.inputs.at(0)),
          indices_(instruction.inputs.at(1)),
          output_(instruction.outputs.at(0)),
          dtype_(program.buffer(indices_).dtype) {
        const Buffer& x = program.buffer(x_);
        if (is_float(dtype_)) throw PlanError("gather needs indices of an integer dtype");
        view_ = along(x.shape, instruction.words.at(0));
        count_ = program.buffer(indices_).count;
        row_ = view_.inner * size_of(x.dtype);
        const std::int64_t bytes = count_of({view_.outer, count_, row_});
        if (program.buffer(output_).bytes() != bytes)
            throw PlanError("gather's output does not fit");
        pieces_ = Pieces(view_.outer * count_, static_cast<double>(2 * row_));
    }

    void run(Frame& frame) const override {
        with_index(dtype_, [&](auto zero) {
            using I = decltype(zero);
            switch (row_) {
                case 1: return rows<I>(frame, Fixed<1>{});
                case 2: return rows<I>(frame, Fixed<2>{});
                case 4: return rows<I>(frame, Fixed<4>{});
                case 8: return rows<I>(frame, Fixed<8>{});
                case 16: return rows<I>(frame, Fixed<16>{});
                default: return rows<I>(frame, Any{static_cast<std::size_t>(row_)});
            }
        });
    }

    double bytes() const override { return 2.0 * static_cast<double>(view_.outer * count_ * row_); }
    std::string name() const override {
        return "gather of " + std::to_string(count_) + " from " + std::to_string(view_.n);
    }

  private:
    template <class I, class Copy>
    void rows(Frame& frame, const Copy& copy) const {
        const I* indices = frame.at<I>(indices_);
        const auto row = static_cast<std::int64_t>(copy.bytes);
        pieces_.each([&](std::int64_t first, std::int64_t last) {
            for (std::int64_t i = first; i < last;) {
                const std::int64_t block = i / count_;
                const char* from = frame.at(x_) + block * view_.n * row;
                char* to = frame.at(output_) + block * count_ * row;
                std::int64_t j = i % count_;
                const std::int64_t end = std::min(count_, j + last - i);
                for (i += end - j; j < end; ++j)
                    copy(to + j * row, from + wrapped(indices[j], view_.n) * row);
            }
        });
    }

    std::int32_t x_, indices_, output_;
    DType dtype_;
    Along view_;
    std::int64_t count_ = 0, row_ = 0;
    Pieces pieces_;
};

// Rows are added in their order, whatever the number of threads: what is shared out are the outer
// blocks and the columns, so that every number of the result has one thread that adds it up.
class ScatterAdd final : public Kernel {
  public:
    ScatterAdd(const Instruction& instruction, const Program& program)
        : x_(instruction.inputs.at(0)),
          indices_(instruction.inputs.at(1)),
          output_(instruction.outputs.at(0)),
          dtype_(program.buffer(output_).dtype),
          index_dtype_(program.buffer(indices_).dtype) {
        const Buffer& output = program.buffer(output_);
        if (is_float(index_dtype_)) throw PlanError("scatter_add needs indices of integers");
        view_ = along(output.shape, instruction.words.at(0));
        count_ = program.buffer(indices_).count;
        const Buffer& x = program.buffer(x_);
        if (view_.n != instruction.words.at(1) || x.dtype != dtype_ ||
            x.count != count_of({view_.outer, count_, view_.inner}))
            throw PlanError("scatter_add's output does not fit");
        const std::int64_t number = size_of(dtype_), line = 128 / number;
        columns_ = std::max(line, (view_.inner / most_stripes + line - 1) / line * line);
        stripes_ = std::max<std::int64_t>(1, (view_.inner + columns_ - 1) / columns_);
        const double work = static_cast<double>(3 * count_ * number);
        blocks_ = Pieces(view_.outer * stripes_,
                         work * static_cast<double>(std::min(columns_, view_.inner)));
        cleared_ = Pieces(output.bytes(), 0.25);
    }

    void run(Frame& frame) const override {
        cleared_.each([&](std::int64_t first, std::int64_t last) {
            std::memset(frame.at(output_) + first, 0, static_cast<std::size_t>(last - first));
        });
        with_index(index_dtype_, [&](auto index) {
            with_type(dtype_, [&](auto zero) {
                blocks_.each([&](std::int64_t first, std::int64_t last) {
                    for (std::int64_t i = first; i < last; ++i)
                        add<decltype(zero), decltype(index)>(frame, i / stripes_, i % stripes_);
                });
            });
        });
    }

    double flops() const override {
        return static_cast<double>(view_.outer * count_ * view_.inner);
    }
    double bytes() const override {
        const std::int64_t numbers = view_.outer * view_.inner * (view_.n + 3 * count_);
        return static_cast<double>(numbers * size_of(dtype_));
    }
    std::string name() const override {
        return "scatter_add of " + std::to_string(count_) + " to " + std::to_string(view_.n);
    }

  private:
    static constexpr std::int64_t most_stripes = 16;

    template <class T, class I>
    void add(Frame& frame, std::int64_t block, std::int64_t stripe) const {
        const I* indices = frame.at<I>(indices_);
        const std::int64_t inner = view_.inner, from = stripe * columns_;
        const std::int64_t width = std::min(columns_, inner - from);
        const T* x = frame.at<T>(x_) + block * count_ * inner + from;
        T* output = frame.at<T>(output_) + block * view_.n * inner + from;
        if (inner == 1) {  // the row is one number: no inner loop
            for (std::int64_t j = 0; j < count_; ++j) {
                T& sum = output[wrapped(indices[j], view_.n)];
                sum = added(sum, x[j]);
            }
            return;
        }
        for (std::int64_t j = 0; j < count_; ++j) {
            T* __restrict sum = output + wrapped(indices[j], view_.n) * inner;
            const T* __restrict row = x + j * inner;
            for (std::int64_t c = 0; c < width; ++c) sum[c] = added(sum[c], row[c]);
        }
    }

    std::int32_t x_, indices_, output_;
    DType dtype_, index_dtype_;
    Along view_;
    std::int64_t count_ = 0, columns_ = 1, stripes_ = 1;
    Pieces blocks_, cleared_;
};

template <class K>
std::unique_ptr<Kernel> make(const Instruction& instruction, const Program& program) {
    return std::make_unique<K>(instruction, program);
}

const Registered gather("gather", make<Gather>);
const Registered scatter_add("scatter_add", make<ScatterAdd>);

}  // namespace

}  // namespace pellucid
