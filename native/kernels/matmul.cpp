// "matrix_product": C = A B, one product or a batch of them, of any strides.
//
// words: list of batch lengths; lists of the batch steps of A, of B and of C; m, n, k;
// offset, row step, column step of A; the same of B; row step of C. Steps and offsets are in
// numbers. C fills its buffer, each of its rows side by side.
#include <type_traits>

#include "engine/kernel.hpp"
#include "engine/reach.hpp"
#include "kernels/gemm.hpp"

namespace pellucid {

namespace {

struct Side {
    std::int32_t buffer;
    std::vector<std::int64_t> batch_steps;
    std::int64_t offset, row, column;
};

// Integers and booleans are rare: the plain sum of products.
template <class T>
void plain_product(std::int64_t m, std::int64_t n, std::int64_t k, const T* a, const Side& left,
                   const T* b, const Side& right, T* c, std::int64_t c_row) {
    for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
            T sum{};
            for (std::int64_t p = 0; p < k; ++p) {
                const T x = a[i * left.row + p * left.column];
                const T y = b[p * right.row + j * right.column];
                if constexpr (std::is_same_v<T, bool>) {
                    sum = sum || (x && y);
                } else if constexpr (sizeof(T) < sizeof(int)) {
                    sum = static_cast<T>(sum + x * y);
                } else if constexpr (std::is_integral_v<T>) {  // wraps around, as in NumPy
                    using U = std::make_unsigned_t<T>;
                    sum =
                        static_cast<T>(static_cast<U>(sum) + static_cast<U>(x) * static_cast<U>(y));
                } else {
                    sum += x * y;
                }
            }
            c[i * c_row + j] = sum;
        }
}

// What all products have in common: the words, the costs, and the walk over a batch.
class Product : public Kernel {
  public:
    Product(const Instruction& instruction, const Program& program)
        : output_(instruction.outputs.at(0)), size_(size_of(program.buffer(output_).dtype)) {
        Words words(instruction.words);
        lengths_ = words.list();
        left_.buffer = instruction.inputs.at(0);
        right_.buffer = instruction.inputs.at(1);
        left_.batch_steps = words.list();
        right_.batch_steps = words.list();
        made_.batch_steps = words.list();
        m_ = words.next(), n_ = words.next(), k_ = words.next();
        for (Side* side : {&left_, &right_})
            side->offset = words.next(), side->row = words.next(), side->column = words.next();
        made_ = {output_, made_.batch_steps, 0, words.next(), 1};
        for (const Side* side : {&left_, &right_, &made_})
            if (side->batch_steps.size() != lengths_.size())
                throw PlanError("a matrix product has the wrong number of batch steps");
        batch_ = count_of(lengths_);
        check(program, left_, m_, k_);
        check(program, right_, k_, n_);
        check(program, made_, m_, n_);
        if (program.buffer(output_).count != batch_ * m_ * n_)
            throw PlanError("a matrix product does not fit its output");
    }

    double flops() const override { return 2.0 * static_cast<double>(batch_ * m_ * n_ * k_); }
    double bytes() const override {
        return static_cast<double>(batch_ * (m_ * k_ + k_ * n_ + m_ * n_) * size_);
    }
    std::string name() const override {
        return "matrix product " + std::to_string(m_) + "×" + std::to_string(k_) + "×" +
               std::to_string(n_);
    }

  protected:
    void check(const Program& program, const Side& side, std::int64_t rows,
               std::int64_t columns) const {
        Shape all = lengths_, lengths = lengths_;
        all.insert(all.end(), {m_, n_, k_});
        count_of(all);  // neither negative nor beyond all memory
        std::vector<std::int64_t> steps = side.batch_steps;
        lengths.insert(lengths.end(), {rows, columns});
        steps.insert(steps.end(), {side.row, side.column});
        const Buffer& buffer = program.buffer(side.buffer);
        check_dtype(buffer, program.buffer(output_).dtype, "a matrix product");
        check_reach(buffer, {side.offset, lengths, steps}, "a matrix product");
    }

    // f(offset in A, offset in B, offset in C) for product number i of the batch.
    template <class F>
    void at(std::int64_t i, const F& f) const {
        std::int64_t rest = i, from_a = left_.offset, from_b = right_.offset, to = 0;
        for (std::size_t axis = lengths_.size(); axis-- > 0;) {
            const std::int64_t place = rest % lengths_[axis];
            rest /= lengths_[axis];
            from_a += place * left_.batch_steps[axis];
            from_b += place * right_.batch_steps[axis];
            to += place * made_.batch_steps[axis];
        }
        f(from_a, from_b, to);
    }

    std::int32_t output_;
    std::int64_t size_;
    Side left_, right_, made_;
    std::vector<std::int64_t> lengths_;
    std::int64_t m_ = 0, n_ = 0, k_ = 0, batch_ = 1;
};

template <class T>
class FloatProduct final : public Product {
  public:
    FloatProduct(const Instruction& instruction, const Program& program)
        : Product(instruction, program), gemm_(shape()) {}

    bool takes_rows(std::int32_t buffer, std::int64_t length) const override {
        const bool rows = left_.column == 1 && left_.row == length;
        const bool columns = left_.row == 1 && left_.column == length;
        return buffer == left_.buffer && buffer != right_.buffer && lengths_.empty() &&
               left_.offset == 0 && m_ > 1 && k_ > 1 && (rows || columns) && gemm_.takes_rows();
    }

    void run(Frame& frame) const override {
        const T* b = frame.at<T>(right_.buffer);
        T* c = frame.at<T>(output_);
        if (const void* const* rows = frame.rows_of(left_.buffer); rows != nullptr)
            return gemm_(reinterpret_cast<const T* const*>(rows), b + right_.offset, c);
        const T* a = frame.at<T>(left_.buffer);
        gemm_(a + left_.offset, b + right_.offset, c);
    }

  private:
    GemmShape shape() const {
        GemmShape all{m_, n_, k_, left_.row, left_.column, right_.row, right_.column, made_.row};
        for (std::size_t i = 0; i < lengths_.size(); ++i)
            all.batch.push_back(
                {lengths_[i], left_.batch_steps[i], right_.batch_steps[i], made_.batch_steps[i]});
        return all;
    }

    Gemm<T> gemm_;
};

class PlainProduct final : public Product {
  public:
    PlainProduct(const Instruction& instruction, const Program& program)
        : Product(instruction, program), dtype_(program.buffer(output_).dtype) {}

    void run(Frame& frame) const override {
        with_type(dtype_, [&](auto zero) {
            using T = decltype(zero);
            for (std::int64_t i = 0; i < batch_; ++i)
                at(i, [&](std::int64_t from_a, std::int64_t from_b, std::int64_t to) {
                    plain_product<T>(m_, n_, k_, frame.at<T>(left_.buffer) + from_a, left_,
                                     frame.at<T>(right_.buffer) + from_b, right_,
                                     frame.at<T>(output_) + to, made_.row);
                });
        });
    }

  private:
    DType dtype_;
};

std::unique_ptr<Kernel> make(const Instruction& instruction, const Program& program) {
    switch (program.buffer(instruction.outputs.at(0)).dtype) {
        case DType::f32: return std::make_unique<FloatProduct<float>>(instruction, program);
        case DType::f64: return std::make_unique<FloatProduct<double>>(instruction, program);
        default: return std::make_unique<PlainProduct>(instruction, program);
    }
}

const Registered matmul("matrix_product", make);

}  // namespace

}  // namespace pellucid
