// Convolutions without the windows: products that read an image where it stands, line by line.
//
// "convolve": (images, kernel) -> products of all windows with the kernel, (rows, filters).
// "convolve_kernel": (images, slopes) -> what the kernel's slope is, (window, filters).
// "convolve_back": (slopes, kernel) -> what each cell of the images is given back, overlap_add of
// slopes times kernel, (filters, window); words after the others: offset and steps of that kernel.
//
// words: list of the batch and the places, rank of the space, size, strides, dilation. Images are
// (batch, *space, channels), a window is (*size, channels).
#include "kernels/convolution.hpp"

#include <algorithm>

#include "engine/isa.hpp"
#include "engine/kernel.hpp"
#include "engine/reach.hpp"
#include "kernels/structure.hpp"
#include "kernels/windows.hpp"

namespace pellucid {

namespace {

using std::int64_t;

constexpr double FLOPS_PER_BYTE = 8;  // a chunk is worth a thread's while from 0.5 million on
constexpr int64_t IMAGE_CHUNKS = 8;   // sums of their own, if there are so many images

template <class T>
const ConvolutionKernels<T>& kernels() {
    const auto pick = [](const auto& floats, const auto& doubles) -> const auto& {
        if constexpr (sizeof(T) == sizeof(float)) return floats;
        else return doubles;
    };
#if defined(PELLUCID_X86)
    if (isa() == Isa::avx512)
        return pick(avx512::convolution_of_floats, avx512::convolution_of_doubles);
    if (isa() == Isa::avx2) return pick(avx2::convolution_of_floats, avx2::convolution_of_doubles);
#endif
    return pick(plain::convolution_of_floats, plain::convolution_of_doubles);
}

// A thread's memory for the numbers between two steps of a line: it grows and is kept.
template <class T>
T* line_memory(int64_t count) {
    thread_local Memory memory;
    thread_local int64_t size = 0;
    if (count * static_cast<int64_t>(sizeof(T)) > size) {
        size = count * static_cast<int64_t>(sizeof(T));
        memory = Memory(size);
    }
    return reinterpret_cast<T*>(memory.data());
}

Geometry geometry(Words& words, const Shape& images) {
    const Shape seen = words.list();
    const Geometry found(words, images, seen);
    if (found.window() == 0) throw PlanError("a convolution needs channels");
    return found;
}

// Where the parts of a window begin that lie in one run: in the image, and in the window.
struct Runs {
    std::vector<Segment> at;
    int64_t length = 0;

    explicit Runs(const Geometry& space) {
        const Slide &planes = space.axes[0], &lines = space.axes[1], &line = space.axes[2];
        const int64_t pieces = line.dilation == 1 ? 1 : line.size;
        length = line.size / pieces * space.channels;
        for (int64_t k0 = 0; k0 < planes.size; ++k0)
            for (int64_t k1 = 0; k1 < lines.size; ++k1)
                for (int64_t k2 = 0; k2 < pieces; ++k2)
                    at.push_back({k0 * planes.dilation * space.plane() +
                                      k1 * lines.dilation * space.line() +
                                      k2 * line.dilation * space.channels,
                                  static_cast<int64_t>(at.size()) * length});
    }
};

// Where the lines of places begin in an image, and in the numbers of all places.
std::vector<Segment> lines_of(const Geometry& space, int64_t filters) {
    const Slide &planes = space.axes[0], &lines = space.axes[1], &line = space.axes[2];
    std::vector<Segment> found;
    for (int64_t p = 0; p < planes.places; ++p)
        for (int64_t i = 0; i < lines.places; ++i)
            found.push_back({p * planes.stride * space.plane() + i * lines.stride * space.line(),
                             (p * lines.places + i) * line.places * filters});
    return found;
}

// What the three kernels share: the geometry, and what a run costs.
class Convolution : public Kernel {
  public:
    Convolution(const Geometry& space, const Instruction& instruction, const Program& program,
                int64_t filters)
        : space_(space), dtype_(program.buffer(instruction.outputs.at(0)).dtype),
          filters_(filters) {
        if (!is_float(dtype_)) throw PlanError("convolutions are of float32 or float64");
        for (std::int32_t each : instruction.inputs)
            check_dtype(program.buffer(each), dtype_, "a convolution");
        count_of({space.batch, filters, space.places(), space.window()});  // none beyond memory
    }
    void run(Frame& frame) const override {
        if (dtype_ == DType::f32) floats(frame);
        else doubles(frame);
    }
    double flops() const override {
        return 2.0 * static_cast<double>(space_.batch * filters_) *
               static_cast<double>(space_.places() * space_.window());
    }
    double bytes() const override {
        const int64_t image = space_.cells() * space_.channels + space_.places() * filters_;
        return static_cast<double>((space_.batch * image + filters_ * space_.window()) *
                                   size_of(dtype_));
    }

  protected:
    virtual void floats(Frame& frame) const = 0;
    virtual void doubles(Frame& frame) const = 0;
    std::string text() const {
        return std::to_string(filters_) + " filters of " + space_.text();
    }
    int64_t image() const { return space_.cells() * space_.channels; }

    Geometry space_;
    DType dtype_;
    int64_t filters_;
};

int64_t numbers_of(const Program& program, std::int32_t buffer) {
    return program.buffer(buffer).count;
}

class Forward final : public Convolution {
  public:
    Forward(const Geometry& space, const Instruction& instruction, const Program& program)
        : Convolution(space, instruction, program,
                      numbers_of(program, instruction.inputs.at(1)) / space.window()),
          images_(instruction.inputs.at(0)), kernel_(instruction.inputs.at(1)),
          output_(instruction.outputs.at(0)), runs_(space), lines_(lines_of(space, filters_)) {
        if (numbers_of(program, output_) != space.batch * space.places() * filters_)
            throw PlanError("convolve's output does not fit");
        const int64_t units = space.batch * space.lines();
        pieces_ = Pieces(units, flops() / static_cast<double>(std::max<int64_t>(1, units)) /
                                    FLOPS_PER_BYTE);
        for (Segment& each : runs_.at) each.b *= filters_;
    }
    std::string name() const override { return "convolve " + text(); }

  protected:
    void floats(Frame& frame) const override { multiply<float>(frame); }
    void doubles(Frame& frame) const override { multiply<double>(frame); }

  private:
    template <class T>
    void multiply(Frame& frame) const {
        const Slide& line = space_.axes[2];
        const auto product = kernels<T>().product;
        pieces_.each([&](int64_t first, int64_t last) {
            SegmentProduct<T> p{};
            p.a_row = line.stride * space_.channels, p.a_step = 1;
            p.b = frame.at<T>(kernel_), p.b_step = filters_, p.c_row = filters_;
            p.m = line.places, p.n = filters_, p.k = runs_.length;
            p.segments = runs_.at.data(), p.count = static_cast<int64_t>(runs_.at.size());
            for (int64_t i = first; i < last; ++i) {
                const auto& at = lines_[static_cast<std::size_t>(i % space_.lines())];
                p.a = frame.at<T>(images_) + i / space_.lines() * image() + at.a;
                p.c = frame.at<T>(output_) + i * line.places * filters_;
                product(p);
            }
        });
    }

    std::int32_t images_, kernel_, output_;
    Runs runs_;
    std::vector<Segment> lines_;
    Pieces pieces_;
};

// A chunk of images adds up what the kernel is given; the chunks' sums are added in order.
class OfKernel final : public Convolution {
  public:
    OfKernel(const Geometry& space, const Instruction& instruction, const Program& program)
        : Convolution(space, instruction, program,
                      numbers_of(program, instruction.outputs.at(0)) / space.window()),
          images_(instruction.inputs.at(0)), slopes_(instruction.inputs.at(1)),
          output_(instruction.outputs.at(0)), runs_(space), lines_(lines_of(space, filters_)) {
        if (numbers_of(program, slopes_) != space.batch * space.places() * filters_)
            throw PlanError("convolve_kernel's slopes do not fit");
        per_chunk_ = flops() < 2e6 ? space.batch : (space.batch + IMAGE_CHUNKS - 1) / IMAGE_CHUNKS;
        per_chunk_ = std::max<int64_t>(per_chunk_, 1);
        chunks_ = std::max<int64_t>(1, (space.batch + per_chunk_ - 1) / per_chunk_);
    }
    std::string name() const override { return "convolve_kernel " + text(); }
    int64_t scratch_bytes() const override {
        return (chunks_ - 1) * filters_ * space_.window() * size_of(dtype_);
    }

  protected:
    void floats(Frame& frame) const override { multiply<float>(frame); }
    void doubles(Frame& frame) const override { multiply<double>(frame); }

  private:
    template <class T>
    void multiply(Frame& frame) const {
        const int64_t size = filters_ * space_.window();
        T* output = frame.at<T>(output_);
        T* sums = reinterpret_cast<T*>(frame.scratch);
        parallel_for(chunks_, [&](int64_t i) {
            T* to = i == 0 ? output : sums + (i - 1) * size;
            std::fill_n(to, size, T(0));
            const int64_t end = std::min(space_.batch, (i + 1) * per_chunk_);
            for (int64_t b = i * per_chunk_; b < end; ++b) add_image<T>(frame, b, to);
        });
        for (int64_t i = 0; i + 1 < chunks_; ++i)
            for (int64_t j = 0; j < size; ++j) output[j] += sums[i * size + j];
    }

    template <class T>
    void add_image(Frame& frame, int64_t b, T* to) const {
        const Slide& line = space_.axes[2];
        SegmentProduct<T> p{};
        p.a_row = 1, p.a_step = line.stride * space_.channels;
        p.b = frame.at<T>(slopes_) + b * space_.places() * filters_, p.b_step = filters_;
        p.c_row = filters_, p.m = runs_.length, p.n = filters_, p.k = line.places;
        p.segments = lines_.data(), p.count = static_cast<int64_t>(lines_.size()), p.add = true;
        for (const Segment& run : runs_.at) {
            p.a = frame.at<T>(images_) + b * image() + run.a;
            p.c = to + run.b * filters_;
            kernels<T>().product(p);
        }
    }

    std::int32_t images_, slopes_, output_;
    Runs runs_;
    std::vector<Segment> lines_;
    int64_t per_chunk_ = 1, chunks_ = 1;
};

// A line of cells is given back what the places around it send: first one product for all places
// of a line, summed over the lines of the window, then the sum over the places that see a cell.
class Back final : public Convolution {
  public:
    Back(const Geometry& space, Words& words, const Instruction& instruction,
         const Program& program)
        : Convolution(space, instruction, program,
                      numbers_of(program, instruction.inputs.at(0)) /
                          std::max<int64_t>(1, space.batch * space.places())),
          slopes_(instruction.inputs.at(0)), kernel_(instruction.inputs.at(1)),
          output_(instruction.outputs.at(0)),
          wide_((space.axes[2].size * space.channels + 15) / 16 * 16),
          seen_(space.axes[2], wide_, space.channels) {
        offset_ = words.next(), row_ = words.next(), column_ = words.next();
        const Shape lengths{filters_, space.window()};
        const std::vector<int64_t> steps{row_, column_};
        check_reach(program.buffer(kernel_), {offset_, lengths, steps}, "convolve_back");
        find_senders();
        const int64_t units = space.batch * lines();
        pieces_ = Pieces(units, flops() / static_cast<double>(std::max<int64_t>(1, units)) /
                                    FLOPS_PER_BYTE);
    }
    std::string name() const override { return "convolve_back " + text(); }
    int64_t scratch_bytes() const override { return kernel_lines() * filters_ * wide_ * 8; }

  protected:
    void floats(Frame& frame) const override { multiply<float>(frame); }
    void doubles(Frame& frame) const override { multiply<double>(frame); }

  private:
    int64_t lines() const { return space_.axes[0].length * space_.axes[1].length; }
    int64_t kernel_lines() const { return space_.axes[0].size * space_.axes[1].size; }

    // For each line of cells: which lines of places see it, and through which line of the kernel.
    void find_senders() {
        const Slide &planes = space_.axes[0], &rows = space_.axes[1];
        const int64_t places = space_.axes[2].places * filters_;
        const Seen plane(planes, rows.places * places, 0), row(rows, places, 0);
        const Seen plane_k(planes, 0, rows.size), row_k(rows, 0, 1);
        for (int64_t p = 0; p < planes.length; ++p)
            for (int64_t i = 0; i < rows.length; ++i) {
                begin_.push_back(senders_.size());
                for (int64_t u = 0; u < plane.last(p) - plane.first(p); ++u)
                    for (int64_t v = 0; v < row.last(i) - row.first(i); ++v)
                        senders_.push_back({plane.first(p)[u] + row.first(i)[v],
                                            (plane_k.first(p)[u] + row_k.first(i)[v]) * filters_ *
                                                wide_});
            }
        begin_.push_back(senders_.size());
    }

    // The kernel as the products want it: (lines, filters, a line's cells and channels).
    template <class T>
    void lay_out(const T* from, T* to) const {
        const int64_t run = space_.axes[2].size * space_.channels;
        for (int64_t k = 0; k < kernel_lines(); ++k)
            for (int64_t f = 0; f < filters_; ++f, to += wide_)
                for (int64_t j = 0; j < run; ++j)
                    to[j] = from[offset_ + f * row_ + (k * run + j) * column_];
    }

    template <class T>
    void multiply(Frame& frame) const {
        const Slide& line = space_.axes[2];
        const int64_t places = space_.places() * filters_;
        T* kernel = reinterpret_cast<T*>(frame.scratch);
        lay_out(frame.at<T>(kernel_), kernel);
        pieces_.each([&](int64_t first, int64_t last) {
            T* sent = line_memory<T>(line.places * wide_);
            SegmentProduct<T> p{};
            p.a_row = filters_, p.a_step = 1, p.b = kernel, p.b_step = wide_;
            p.c = sent, p.c_row = wide_, p.m = line.places, p.k = filters_;
            p.n = line.size * space_.channels;
            for (int64_t i = first; i < last; ++i) {
                const auto at = static_cast<std::size_t>(i % lines());
                p.a = frame.at<T>(slopes_) + i / lines() * places;
                p.segments = senders_.data() + begin_[at];
                p.count = static_cast<int64_t>(begin_[at + 1] - begin_[at]);
                kernels<T>().product(p);
                kernels<T>().collect({sent, seen_.begin.data(), seen_.from.data(), line.length,
                                      space_.channels, frame.at<T>(output_) + i * space_.line()});
            }
        });
    }

    std::int32_t slopes_, kernel_, output_;
    int64_t wide_, offset_ = 0, row_ = 0, column_ = 0;
    Seen seen_;
    std::vector<Segment> senders_;
    std::vector<std::size_t> begin_;
    Pieces pieces_;
};

template <class K>
std::unique_ptr<Kernel> make(const Instruction& instruction, const Program& program) {
    Words words(instruction.words);
    const Geometry space = geometry(words, program.buffer(instruction.inputs.at(0)).shape);
    return std::make_unique<K>(space, instruction, program);
}

std::unique_ptr<Kernel> make_back(const Instruction& instruction, const Program& program) {
    Words words(instruction.words);
    const Geometry space = geometry(words, program.buffer(instruction.outputs.at(0)).shape);
    return std::make_unique<Back>(space, words, instruction, program);
}

const Registered convolve("convolve", make<Forward>);
const Registered convolve_kernel("convolve_kernel", make<OfKernel>);
const Registered convolve_back("convolve_back", make_back);

}  // namespace

}  // namespace pellucid
