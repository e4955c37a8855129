// Pooling: the largest number of each window of an image and the way back, and the windows' sums.
//
// "pool_largest", "pool_sum": x (images of any space, channels) -> (images, lines, places,
// channels).
// "pool_to_largest": (x, slopes of all windows) -> like x: to the first largest number of a window
// goes the window's slope, to the others 0; slopes of windows that overlap add up.
// words: images, lines and places (of windows), height, width, channels; the steps in numbers from
// an image, a line of windows, a window, a line of cells to the next; whether windows overlap.
#include "kernels/pooling.hpp"

#include <algorithm>

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
        if constexpr (sizeof(T) == sizeof(float))
            return floats;
        else
            return doubles;
    };
#if defined(PELLUCID_X86)
    if (isa() == Isa::avx512) return pick(avx512::pooling_of_floats, avx512::pooling_of_doubles);
    if (isa() == Isa::avx2) return pick(avx2::pooling_of_floats, avx2::pooling_of_doubles);
#endif
    return pick(plain::pooling_of_floats, plain::pooling_of_doubles);
}

enum class Pool : std::uint8_t { largest, sum, to_largest };

class Pooling final : public Kernel {
  public:
    Pooling(const Instruction& instruction, const Program& program, Pool pool)
        : x_(instruction.inputs.at(0)),
          slopes_(instruction.inputs.at(pool == Pool::to_largest ? 1 : 0)),
          output_(instruction.outputs.at(0)),
          pool_(pool),
          back_(pool == Pool::to_largest),
          dtype_(program.buffer(x_).dtype) {
        Words words(instruction.words);
        for (int64_t* each : {&images_, &lines_, &places_, &high_, &wide_, &channels_})
            *each = words.next();
        for (int64_t* each : {&image_step_, &window_line_, &place_step_, &line_step_})
            *each = words.next();
        overlap_ = words.next() != 0;
        check(program);
        const int64_t units = images_ * (back_ && overlap_ ? 1 : lines_);
        pieces_ = Pieces(units, bytes() / static_cast<double>(std::max<int64_t>(1, units)));
    }

    void run(Frame& frame) const override {
        if (dtype_ == DType::f32)
            pool<float>(frame);
        else
            pool<double>(frame);
    }
    double bytes() const override {
        const int64_t cells = lines_ * places_ * high_ * wide_ * channels_;
        return static_cast<double>(images_ * (lines_ * given() + (back_ ? 2 : 1) * cells) *
                                   size_of(dtype_));
    }
    std::string name() const override {
        constexpr const char* names[] = {"pool_largest", "pool_sum", "pool_to_largest"};
        return names[static_cast<int>(pool_)] + (" of " + std::to_string(high_)) + "×" +
               std::to_string(wide_);
    }

  private:
    int64_t given() const { return places_ * channels_; }

    void check(const Program& program) const {
        // neither negative nor too many
        const int64_t numbers = count_of({images_, image_step_});
        const int64_t windows = count_of({images_, lines_, places_, channels_});
        for (int64_t each : {window_line_, place_step_, line_step_, high_, wide_}) count_of({each});
        const Shape lengths{images_, lines_, high_, places_, count_of({wide_, channels_})};
        const std::vector<int64_t> steps{image_step_, window_line_, line_step_, place_step_, 1};
        check_reach(program.buffer(back_ ? output_ : x_), {0, lengths, steps}, "pooling");
        check_dtype(program.buffer(slopes_), dtype_, "pooling");
        check_dtype(program.buffer(output_), dtype_, "pooling");
        const int64_t last = (lines_ - 1) * window_line_ + (high_ - 1) * line_step_ +
                             (places_ - 1) * place_step_ + wide_ * channels_;
        if (!is_float(dtype_) || high_ < 1 || wide_ < 1 || last > image_step_ ||
            program.buffer(x_).count != numbers ||
            program.buffer(output_).count != (back_ ? numbers : windows) ||
            (back_ && program.buffer(slopes_).count != windows))
            throw PlanError("pooling's windows do not fit");
    }

    template <class T>
    void pool(Frame& frame) const {
        if (back_ && overlap_) return add_images<T>(frame);
        const auto& of = kernels<T>();
        const auto one = back_ ? of.to_largest : pool_ == Pool::sum ? of.sum : of.largest;
        pieces_.each([&](int64_t first, int64_t last) {
            for (int64_t i = first; i < last; ++i) {
                PoolLine<T> line = at<T>(frame, i / lines_, i % lines_);
                if (!back_) line.to = frame.at<T>(output_) + i * given();
                one(line);
            }
        });
    }

    template <class T>
    void add_images(Frame& frame) const {
        pieces_.each([&](int64_t first, int64_t last) {
            std::fill(frame.at<T>(output_) + first * image_step_,
                      frame.at<T>(output_) + last * image_step_, T(0));
            for (int64_t i = first; i < last; ++i)
                for (int64_t line = 0; line < lines_; ++line)
                    kernels<T>().add_to_largest(at<T>(frame, i, line));
        });
    }

    // A line of windows; on the way back, what it writes lies like what it reads.
    template <class T>
    PoolLine<T> at(Frame& frame, int64_t image, int64_t line) const {
        const int64_t cell = image * image_step_ + line * window_line_;
        return {places_,
                high_,
                wide_,
                channels_,
                place_step_,
                line_step_,
                frame.at<T>(x_) + cell,
                frame.at<T>(slopes_) + (back_ ? (image * lines_ + line) * given() : 0),
                frame.at<T>(output_) + (back_ ? cell : 0)};
    }

    std::int32_t x_, slopes_, output_;
    Pool pool_;
    bool back_, overlap_ = false;
    DType dtype_;
    int64_t images_ = 0, lines_ = 0, places_ = 0, high_ = 1, wide_ = 1, channels_ = 0;
    int64_t image_step_ = 0, window_line_ = 0, place_step_ = 0, line_step_ = 0;
    Pieces pieces_;
};

template <Pool POOL>
std::unique_ptr<Kernel> make(const Instruction& instruction, const Program& program) {
    return std::make_unique<Pooling>(instruction, program, POOL);
}

const Registered largest("pool_largest", make<Pool::largest>);
const Registered sum("pool_sum", make<Pool::sum>);
const Registered to_largest("pool_to_largest", make<Pool::to_largest>);

}  // namespace

}  // namespace pellucid
