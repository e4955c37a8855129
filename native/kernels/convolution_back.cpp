// "convolve_back": (slopes, kernel) -> what each cell of the images is given back: overlap_add of
// slopes times kernel, (filters, window). words: those of "convolve", then the offset and the two
// steps of that kernel.
#include "kernels/convolution.hpp"
#include "kernels/convolution_kernel.hpp"

namespace pellucid {

namespace {

using std::int64_t;

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

// A line of cells is given back what the places around it send: first one product for all places
// of a line, summed over the lines of the window, then the sum over the places that see a cell.
class Back final : public Convolution {
  public:
    Back(const Geometry& space, Words& words, const Instruction& instruction,
         const Program& program)
        : Convolution(space, instruction, program,
                      numbers_of(program, instruction.inputs.at(0)) /
                          std::max<int64_t>(1, space.batch * space.places())),
          slopes_(instruction.inputs.at(0)),
          kernel_(instruction.inputs.at(1)),
          output_(instruction.outputs.at(0)),
          wide_((space.axes[2].size * space.channels + 15) / 16 * 16),
          seen_(space.axes[2], wide_, space.channels) {
        offset_ = words.next(), row_ = words.next(), column_ = words.next();
        const Shape lengths{filters_, space.window()};
        const std::vector<int64_t> steps{row_, column_};
        check_reach(program.buffer(kernel_), {offset_, lengths, steps}, "convolve_back");
        find_senders();
        pieces_ = pieces(space.batch * lines());
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
                        senders_.push_back(
                            {plane.first(p)[u] + row.first(i)[v],
                             (plane_k.first(p)[u] + row_k.first(i)[v]) * filters_ * wide_});
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
        const auto& of = convolution_kernels<T>();
        const int64_t places = space_.places() * filters_;
        T* kernel = reinterpret_cast<T*>(frame.scratch);
        lay_out(frame.at<T>(kernel_), kernel);
        pieces_.each([&](int64_t first, int64_t last) {
            T* sent = line_memory<T>(line.places * wide_);
            const int64_t all = 0;
            SegmentProduct<T> p{};
            p.a_row = filters_, p.a_step = 1, p.b = kernel, p.b_step = wide_;
            p.c = sent, p.c_row = wide_, p.m = line.places, p.k = filters_;
            p.n = line.size * space_.channels;
            for (int64_t i = first; i < last; ++i) {
                const auto at = static_cast<std::size_t>(i % lines());
                p.a = frame.at<T>(slopes_) + i / lines() * places;
                p.segments = senders_.data() + begin_[at];
                p.count = static_cast<int64_t>(begin_[at + 1] - begin_[at]);
                of.product(p);
                of.collect({sent, &all, 1, seen_.begin.data(), seen_.from.data(), line.length,
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

std::unique_ptr<Kernel> make_back(const Instruction& instruction, const Program& program) {
    Words words(instruction.words);
    const Geometry space = geometry(words, program.buffer(instruction.outputs.at(0)).shape);
    return std::make_unique<Back>(space, words, instruction, program);
}

const Registered convolve_back("convolve_back", make_back);

}  // namespace

}  // namespace pellucid
