// "matrix_product": C = A B, one product or a batch of them, of any strides.
//
// words: list of batch lengths; lists of the batch steps of A and of B; m, n, k;
// offset, row step, column step of A; the same of B. Steps and offsets are in numbers; C is dense.
#include <algorithm>

#include "engine/kernel.hpp"
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
                   const T* b, const Side& right, T* c) {
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
                    sum = static_cast<T>(static_cast<U>(sum) +
                                         static_cast<U>(x) * static_cast<U>(y));
                } else {
                    sum += x * y;
                }
            }
            c[i * n + j] = sum;
        }
}

class Matmul final : public Kernel {
  public:
    Matmul(const Instruction& instruction, const Program& program)
        : output_(instruction.outputs.at(0)), dtype_(program.buffer(output_).dtype) {
        Words words(instruction.words);
        lengths_ = words.list();
        left_.buffer = instruction.inputs.at(0);
        right_.buffer = instruction.inputs.at(1);
        left_.batch_steps = words.list();
        right_.batch_steps = words.list();
        m_ = words.next(), n_ = words.next(), k_ = words.next();
        for (Side* side : {&left_, &right_}) {
            side->offset = words.next(), side->row = words.next(), side->column = words.next();
            if (side->batch_steps.size() != lengths_.size())
                throw PlanError("a matrix product has the wrong number of batch steps");
        }
        batch_ = count_of(lengths_);
    }

    void run(Frame& frame) const override {
        if (dtype_ == DType::f32) return products<float>(frame);
        if (dtype_ == DType::f64) return products<double>(frame);
        with_type(dtype_, [&](auto zero) { products<decltype(zero)>(frame); });
    }

    double flops() const override { return 2.0 * static_cast<double>(batch_ * m_ * n_ * k_); }
    double bytes() const override {
        return static_cast<double>(batch_ * (m_ * k_ + k_ * n_ + m_ * n_) * size_of(dtype_));
    }
    std::string name() const override {
        return "matrix product " + std::to_string(m_) + "×" + std::to_string(k_) + "×" +
               std::to_string(n_);
    }

  private:
    template <class T>
    void products(Frame& frame) const {
        const T* a = frame.at<T>(left_.buffer) + left_.offset;
        const T* b = frame.at<T>(right_.buffer) + right_.offset;
        T* c = frame.at<T>(output_);
        if (batch_ == 1) return product(a, b, c);
        const auto one = [&](std::int64_t i) {
            std::int64_t rest = i, from_a = 0, from_b = 0;
            for (std::size_t axis = lengths_.size(); axis-- > 0;) {
                const std::int64_t at = rest % lengths_[axis];
                rest /= lengths_[axis];
                from_a += at * left_.batch_steps[axis];
                from_b += at * right_.batch_steps[axis];
            }
            product(a + from_a, b + from_b, c + i * m_ * n_);
        };
        // Many small products: one a chunk, if there is enough to do for several threads.
        if (m_ * n_ * k_ * batch_ < 100000) {
            for (std::int64_t i = 0; i < batch_; ++i) one(i);
        } else {
            parallel_for(batch_, one);
        }
    }

    template <class T>
    void product(const T* a, const T* b, T* c) const {
        if constexpr (std::is_floating_point_v<T>)
            gemm<T>(m_, n_, k_, a, left_.row, left_.column, b, right_.row, right_.column, c, n_);
        else
            plain_product<T>(m_, n_, k_, a, left_, b, right_, c);
    }

    std::int32_t output_;
    DType dtype_;
    Side left_, right_;
    std::vector<std::int64_t> lengths_;
    std::int64_t m_ = 0, n_ = 0, k_ = 0, batch_ = 1;
};

std::unique_ptr<Kernel> make(const Instruction& instruction, const Program& program) {
    return std::make_unique<Matmul>(instruction, program);
}

const Registered matmul("matrix_product", make);

}  // namespace

}  // namespace pellucid
