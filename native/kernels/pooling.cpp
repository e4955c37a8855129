// Pooling by windows that lie side by side.
//
// "pool_largest": x (lines, high, places, wide, channels) -> (lines, places, channels), the largest
// number of each window. "pool_to_largest": (x, slopes) -> the slope of each window where its first
// largest number stands, 0 elsewhere. words: lines, high, places, wide, channels.
#include "kernels/pooling.hpp"

#include "engine/isa.hpp"
#include "engine/kernel.hpp"
#include "engine/reach.hpp"
#include "kernels/structure.hpp"

namespace pellucid {

namespace {

using std::int64_t;

template <class T>
const PoolingKernels<T>& kernels() {
    const auto pick = [](const auto& floats, const auto& doubles) -> const auto& {
        if constexpr (sizeof(T) == sizeof(float)) return floats;
        else return doubles;
    };
#if defined(PELLUCID_X86)
    if (isa() == Isa::avx512) return pick(avx512::pooling_of_floats, avx512::pooling_of_doubles);
    if (isa() == Isa::avx2) return pick(avx2::pooling_of_floats, avx2::pooling_of_doubles);
#endif
    return pick(plain::pooling_of_floats, plain::pooling_of_doubles);
}

class Pooling final : public Kernel {
  public:
    Pooling(const Instruction& instruction, const Program& program, bool back)
        : x_(instruction.inputs.at(0)), slopes_(instruction.inputs.at(back ? 1 : 0)),
          output_(instruction.outputs.at(0)), back_(back), dtype_(program.buffer(x_).dtype) {
        Words words(instruction.words);
        lines_ = words.next(), high_ = words.next(), places_ = words.next();
        wide_ = words.next(), channels_ = words.next();
        count_of({lines_, high_, places_, wide_, channels_});  // neither negative nor too many
        check_dtype(program.buffer(slopes_), dtype_, "pooling");
        check_dtype(program.buffer(output_), dtype_, "pooling");
        const int64_t small = lines_ * given(), large = lines_ * line();
        if (!is_float(dtype_) || high_ < 1 || wide_ < 1 || program.buffer(x_).count != large ||
            program.buffer(output_).count != (back ? large : small) ||
            (back && program.buffer(slopes_).count != small))
            throw PlanError("pooling's windows do not fit");
        pieces_ = Pieces(lines_, bytes() / static_cast<double>(std::max<int64_t>(1, lines_)));
    }

    void run(Frame& frame) const override {
        if (dtype_ == DType::f32) pool<float>(frame);
        else pool<double>(frame);
    }
    double bytes() const override {
        return static_cast<double>(lines_ * (given() + (back_ ? 2 : 1) * line()) *
                                   size_of(dtype_));
    }
    std::string name() const override {
        return std::string(back_ ? "pool_to_largest" : "pool_largest") + " of " +
               std::to_string(high_) + "×" + std::to_string(wide_);
    }

  private:
    int64_t line() const { return high_ * places_ * wide_ * channels_; }
    int64_t given() const { return places_ * channels_; }

    template <class T>
    void pool(Frame& frame) const {
        const auto& of = kernels<T>();
        const auto one = back_ ? of.to_largest : of.largest;
        const int64_t into = back_ ? line() : given();
        pieces_.each([&](int64_t first, int64_t last) {
            for (int64_t i = first; i < last; ++i)
                one({places_, high_, wide_, channels_, frame.at<T>(x_) + i * line(),
                     frame.at<T>(slopes_) + i * given(), frame.at<T>(output_) + i * into});
        });
    }

    std::int32_t x_, slopes_, output_;
    bool back_;
    DType dtype_;
    int64_t lines_ = 0, high_ = 1, places_ = 0, wide_ = 1, channels_ = 0;
    Pieces pieces_;
};

template <bool BACK>
std::unique_ptr<Kernel> make(const Instruction& instruction, const Program& program) {
    return std::make_unique<Pooling>(instruction, program, BACK);
}

const Registered largest("pool_largest", make<false>);
const Registered to_largest("pool_to_largest", make<true>);

}  // namespace

}  // namespace pellucid
