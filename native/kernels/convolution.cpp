// Convolutions without the windows: products that read an image where it stands, line by line.
//
// "convolve": (images, kernel) -> products of all windows with the kernel, (rows, filters).
// "convolve_kernel": (images, slopes) -> what the kernel's slope is, (window, filters).
//
// words: list of the batch and the places, rank of the space, size, strides, dilation. Images are
// (batch, *space, channels), a window is (*size, channels).
#include "kernels/convolution.hpp"

#include <algorithm>

#include "engine/isa.hpp"
#include "kernels/convolution_kernel.hpp"

namespace pellucid {

template <class T>
const ConvolutionKernels<T>& convolution_kernels() {
    const auto pick = [](const auto& floats, const auto& doubles) -> const auto& {
        if constexpr (sizeof(T) == sizeof(float))
            return floats;
        else
            return doubles;
    };
#if defined(PELLUCID_X86)
    if (isa() == Isa::avx512)
        return pick(avx512::convolution_of_floats, avx512::convolution_of_doubles);
    if (isa() == Isa::avx2) return pick(avx2::convolution_of_floats, avx2::convolution_of_doubles);
#endif
    return pick(plain::convolution_of_floats, plain::convolution_of_doubles);
}
template const ConvolutionKernels<float>& convolution_kernels<float>();
template const ConvolutionKernels<double>& convolution_kernels<double>();

namespace {

using std::int64_t;

constexpr int64_t IMAGE_CHUNKS = 8;  // sums of their own, if there are so many images

// Where the parts of a window begin that lie in one run: in the image, and in the window. So many
// that follow each other are equally far apart in the image.
struct Runs {
    std::vector<Segment> at;
    int64_t length = 0, groups = 1, apart = 0;

    explicit Runs(const Geometry& space) {
        const Slide &planes = space.axes[0], &lines = space.axes[1], &line = space.axes[2];
        const int64_t pieces = line.dilation == 1 ? 1 : line.size;
        length = line.size / pieces * space.channels;
        if (pieces == 1) groups = lines.size, apart = lines.dilation * space.line();
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

class Forward final : public Convolution {
  public:
    Forward(const Geometry& space, const Instruction& instruction, const Program& program)
        : Convolution(space, instruction, program,
                      numbers_of(program, instruction.inputs.at(1)) / space.window()),
          images_(instruction.inputs.at(0)),
          kernel_(instruction.inputs.at(1)),
          output_(instruction.outputs.at(0)),
          runs_(space),
          lines_(lines_of(space, filters_)) {
        if (numbers_of(program, output_) != space.batch * space.places() * filters_)
            throw PlanError("convolve's output does not fit");
        pieces_ = pieces(space.batch * space.lines());
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
        const auto product = convolution_kernels<T>().product;
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
          images_(instruction.inputs.at(0)),
          slopes_(instruction.inputs.at(1)),
          output_(instruction.outputs.at(0)),
          runs_(space),
          lines_(lines_of(space, filters_)) {
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
        p.groups = runs_.groups, p.a_group = runs_.apart;
        for (std::size_t i = 0; i < runs_.at.size(); i += static_cast<std::size_t>(p.groups)) {
            const Segment& run = runs_.at[i];
            p.a = frame.at<T>(images_) + b * image() + run.a;
            p.c = to + run.b * filters_;
            convolution_kernels<T>().product(p);
        }
    }

    std::int32_t images_, slopes_, output_;
    Runs runs_;
    std::vector<Segment> lines_;
    int64_t per_chunk_ = 1, chunks_ = 1;
};

template <class K>
std::unique_ptr<Kernel> make(const Instruction& instruction, const Program& program) {
    Words words(instruction.words);
    const Geometry space = geometry(words, program.buffer(instruction.inputs.at(0)).shape);
    return std::make_unique<K>(space, instruction, program);
}

const Registered convolve("convolve", make<Forward>);
const Registered convolve_kernel("convolve_kernel", make<OfKernel>);

}  // namespace

}  // namespace pellucid
