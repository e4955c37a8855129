// "windows": (batch, *space, channels) -> (batch, *places, *size, channels): what a window that
// slides over the space sees at each place. "overlap_add": the way back: zeros of the output's
// shape, to which each window is added where "windows" would see it.
//
// inputs: x; words of both: the rank of the space (1 to 3), then size, strides and dilation, each
// with as many numbers as the rank. Shapes come from the buffers.
#include <cstring>

#include "engine/kernel.hpp"
#include "engine/reach.hpp"
#include "kernels/convolution.hpp"
#include "kernels/structure.hpp"
#include "kernels/windows.hpp"

namespace pellucid {

namespace {

// The geometry of an instruction, whose windows fill `seen`.
Geometry geometry(const Instruction& instruction, const Shape& space, const Shape& seen) {
    Words words(instruction.words);
    const Geometry found(words, space, seen);
    if (count_of(seen) != found.batch * found.places() * found.window())
        throw PlanError("windows do not fit their shape");
    return found;
}

// Windows are short, and calling memcpy takes longer than moving what they hold: two moves that
// overlap serve every length between one of them and both.
inline __attribute__((always_inline)) void copy_run(char* to, const char* from,
                                                    std::int64_t bytes) {
    struct Sixteen {
        char bytes[16];
    };
    const auto both = [&](auto piece) {
        decltype(piece) head, tail;
        const auto width = static_cast<std::int64_t>(sizeof piece);
        std::memcpy(&head, from, sizeof head);
        std::memcpy(&tail, from + bytes - width, sizeof tail);
        std::memcpy(to, &head, sizeof head);
        std::memcpy(to + bytes - width, &tail, sizeof tail);
    };
    if (bytes > 256) {
        std::memcpy(to, from, static_cast<std::size_t>(bytes));
    } else if (bytes >= 16) {
        for (; bytes > 32; bytes -= 16, to += 16, from += 16) std::memcpy(to, from, 16);
        both(Sixteen{});
    } else if (bytes >= 8) {
        both(std::uint64_t{});
    } else if (bytes >= 4) {
        both(std::uint32_t{});
    } else {
        for (std::int64_t i = 0; i < bytes; ++i) to[i] = from[i];
    }
}

// A unit of work is one line of places along the last axis.
class Windows final : public Kernel {
  public:
    Windows(const Instruction& instruction, const Program& program)
        : x_(instruction.inputs.at(0)),
          output_(instruction.outputs.at(0)),
          space_(geometry(instruction, program.buffer(x_).shape, program.buffer(output_).shape)),
          number_(size_of(program.buffer(x_).dtype)) {
        check_dtype(program.buffer(output_), program.buffer(x_).dtype, "windows");
        const Slide &planes = space_.axes[0], &lines = space_.axes[1], &line = space_.axes[2];
        cell_ = space_.channels * number_;
        runs_ = line.dilation == 1 ? 1 : line.size;
        run_ = line.dilation == 1 ? line.size * cell_ : cell_;
        window_ = space_.window() * number_;
        lines_ = Pieces(space_.batch * planes.places * lines.places,
                        2.0 * static_cast<double>(line.places * window_));
    }

    // Windows of 3, 5 or 7 float32 and no further channels are so short that it matters whether
    // the compiler knows it.
    void run(Frame& frame) const override {
        switch (run_) {
            case 12: return images(frame, std::integral_constant<std::int64_t, 12>{});
            case 20: return images(frame, std::integral_constant<std::int64_t, 20>{});
            case 28: return images(frame, std::integral_constant<std::int64_t, 28>{});
            default: return images(frame, run_);
        }
    }

    double bytes() const override {
        return static_cast<double>(space_.batch) *
               static_cast<double>(space_.places() * window_ + space_.cells() * cell_);
    }
    std::string name() const override { return "windows of " + space_.text(); }

  private:
    template <class Run>
    void images(Frame& frame, Run run) const {
        const Slide &planes = space_.axes[0], &lines = space_.axes[1], &line = space_.axes[2];
        const std::int64_t image = space_.cells() * cell_;
        lines_.each([&](std::int64_t first, std::int64_t last) {
            for (std::int64_t i = first; i < last; ++i) {
                const std::int64_t row = i % lines.places, rest = i / lines.places;
                const std::int64_t plane = rest % planes.places, b = rest / planes.places;
                const std::int64_t at =
                    (plane * planes.stride * lines.length + row * lines.stride) * line.length;
                fill(frame.at(output_) + i * line.places * window_,
                     frame.at(x_) + b * image + at * cell_, run);
            }
        });
    }

    template <class Run>
    void fill(char* to, const char* from, Run run) const {
        const Slide &planes = space_.axes[0], &lines = space_.axes[1], &line = space_.axes[2];
        const std::int64_t up = lines.dilation * line.length * cell_;
        const std::int64_t back = planes.dilation * lines.length * line.length * cell_;
        for (std::int64_t place = 0; place < line.places; ++place, from += line.stride * cell_)
            for (std::int64_t k0 = 0; k0 < planes.size; ++k0)
                for (std::int64_t k1 = 0; k1 < lines.size; ++k1)
                    for (std::int64_t k2 = 0; k2 < runs_; ++k2, to += run)
                        copy_run(to, from + k0 * back + k1 * up + k2 * line.dilation * cell_, run);
    }

    std::int32_t x_, output_;
    Geometry space_;
    std::int64_t number_, cell_ = 0, runs_ = 1, run_ = 0, window_ = 0;
    Pieces lines_;
};

class OverlapAdd final : public Kernel {
  public:
    OverlapAdd(const Instruction& instruction, const Program& program)
        : x_(instruction.inputs.at(0)),
          output_(instruction.outputs.at(0)),
          dtype_(program.buffer(x_).dtype),
          space_(geometry(instruction, program.buffer(output_).shape, program.buffer(x_).shape)) {
        check_dtype(program.buffer(output_), dtype_, "overlap_add");
        std::int64_t place_step = space_.window(), size_step = space_.channels;
        for (std::size_t i = 3; i-- > 0;) {
            const Slide& axis = space_.axes[i];
            seen_[i] = std::make_unique<Seen>(axis, place_step, size_step);
            place_step *= axis.places, size_step *= axis.size;
        }
        const Slide &planes = space_.axes[0], &lines = space_.axes[1];
        const double share = bytes() / static_cast<double>(std::max<std::int64_t>(
                                           1, space_.batch * planes.length * lines.length));
        lines_ = Pieces(space_.batch * planes.length * lines.length, share);
    }

    void run(Frame& frame) const override {
        with_type(dtype_, [&](auto zero) { add<decltype(zero)>(frame); });
    }

    double flops() const override {
        return static_cast<double>(space_.batch) *
               static_cast<double>(space_.places() * space_.window());
    }
    double bytes() const override {
        const std::int64_t numbers =
            space_.places() * space_.window() + space_.cells() * space_.channels;
        return static_cast<double>(space_.batch) * static_cast<double>(numbers * size_of(dtype_));
    }
    std::string name() const override { return "overlap_add of " + space_.text(); }

  private:
    template <class T>
    void add(Frame& frame) const {
        const Slide &planes = space_.axes[0], &lines = space_.axes[1], &line = space_.axes[2];
        const T* x = frame.at<T>(x_);
        T* output = frame.at<T>(output_);
        lines_.each([&](std::int64_t first, std::int64_t last) {
            for (std::int64_t i = first; i < last; ++i) {
                const std::int64_t row = i % lines.length, rest = i / lines.length;
                const std::int64_t plane = rest % planes.length, b = rest / planes.length;
                add_line(x + b * space_.places() * space_.window(), plane, row,
                         output + i * line.length * space_.channels);
            }
        });
    }

    // All cells of a line are seen through the same lines of windows.
    template <class T>
    void add_line(const T* windows, std::int64_t plane, std::int64_t row, T* to) const {
        thread_local std::vector<std::int64_t> lines;
        lines.clear();
        for (const std::int64_t* at = seen_[0]->first(plane); at < seen_[0]->last(plane); ++at)
            for (const std::int64_t* in = seen_[1]->first(row); in < seen_[1]->last(row); ++in)
                lines.push_back(*at + *in);
        const Seen& cells = *seen_[2];
        const Collection<T> all{windows,
                                lines.data(),
                                static_cast<std::int64_t>(lines.size()),
                                cells.begin.data(),
                                cells.from.data(),
                                space_.axes[2].length,
                                space_.channels,
                                to};
        if constexpr (std::is_floating_point_v<T>)
            convolution_kernels<T>().collect(all);
        else
            collect(all);
    }

    template <class T>
    static void collect(const Collection<T>& it) {
        for (std::int64_t cell = 0; cell < it.cells; ++cell)
            for (std::int64_t c = 0; c < it.channels; ++c) {
                T sum{};
                for (std::int64_t i = 0; i < it.count; ++i)
                    for (std::int64_t k = it.begin[cell]; k < it.begin[cell + 1]; ++k)
                        sum = added(sum, it.from[it.lines[i] + it.at[k] + c]);
                it.to[cell * it.channels + c] = sum;
            }
    }

    std::int32_t x_, output_;
    DType dtype_;
    Geometry space_;
    std::array<std::unique_ptr<Seen>, 3> seen_;
    Pieces lines_;
};

template <class K>
std::unique_ptr<Kernel> make(const Instruction& instruction, const Program& program) {
    return std::make_unique<K>(instruction, program);
}

const Registered windows("windows", make<Windows>);
const Registered overlap_add("overlap_add", make<OverlapAdd>);

}  // namespace

}  // namespace pellucid
