// "random_uniform": numbers on [0, 1), float32 or float64. inputs: state (uint32: seed, step);
// words: stream.
// "random_permutation": 0 ... n - 1 in random order, int32. inputs: state; words: n, stream.
#include "kernels/random.hpp"

#include <cstring>

#include "engine/isa.hpp"
#include "engine/kernel.hpp"
#include "kernels/structure.hpp"

namespace pellucid {

namespace plain {
extern const RandomKernels random_kernels_here;
}
#if defined(PELLUCID_X86)
namespace avx2 {
extern const RandomKernels random_kernels_here;
}
namespace avx512 {
extern const RandomKernels random_kernels_here;
}
#endif

const RandomKernels& random_kernels() {
#if defined(PELLUCID_X86)
    if (isa() == Isa::avx512) return avx512::random_kernels_here;
    if (isa() == Isa::avx2) return avx2::random_kernels_here;
#endif
    return plain::random_kernels_here;
}

namespace {

constexpr std::int64_t few = 16;  // so many are compared with each other

// A number's place is how many come before it: no branch that could be guessed wrong.
void order_of_few(const std::uint32_t* words, std::int64_t n, std::int32_t* out) {
    std::int64_t places[few] = {};
    for (std::int64_t j = 1; j < n; ++j)
        for (std::int64_t i = 0; i < j; ++i) {
            const bool swapped = words[j] < words[i];
            places[i] += swapped;
            places[j] += !swapped;
        }
    for (std::int64_t i = 0; i < n; ++i) out[places[i]] = static_cast<std::int32_t>(i);
}

// How many numbers of each digit come before it.
template <int BITS>
void running_counts(std::uint32_t* counts) {
    std::uint32_t before = 0;
    for (std::int64_t i = 0; i < std::int64_t{1} << BITS; ++i) {
        const std::uint32_t here = counts[i];
        counts[i] = before;
        before += here;
    }
}

// Sorted by two digits of the upper 2 * BITS bits, the lower digit first. Words are random, so few
// of them agree in these bits, and those are put right by insertion: cheaper than more digits.
template <int BITS>
void order_of_many(const std::uint32_t* words, std::int64_t n, std::uint64_t* once,
                   std::uint64_t* twice, std::int32_t* out) {
    constexpr std::uint32_t mask = (1u << BITS) - 1;
    std::uint32_t low[1 << BITS] = {}, high[1 << BITS] = {};
    for (std::int64_t i = 0; i < n; ++i) {
        ++low[words[i] >> (32 - 2 * BITS) & mask];
        ++high[words[i] >> (32 - BITS)];
    }
    running_counts<BITS>(low);
    running_counts<BITS>(high);
    for (std::int64_t i = 0; i < n; ++i) {
        const std::uint64_t key = static_cast<std::uint64_t>(words[i]) << 32;
        once[low[words[i] >> (32 - 2 * BITS) & mask]++] = key | static_cast<std::uint64_t>(i);
    }
    for (std::int64_t i = 0; i < n; ++i) twice[high[once[i] >> (64 - BITS)]++] = once[i];
    for (std::int64_t i = 1; i < n; ++i) {
        const std::uint64_t key = twice[i];
        std::int64_t j = i;
        for (; j > 0 && twice[j - 1] > key; --j) twice[j] = twice[j - 1];
        if (j < i) twice[j] = key;
    }
    for (std::int64_t i = 0; i < n; ++i) out[i] = static_cast<std::int32_t>(twice[i]);
}

}  // namespace

std::int64_t permutation_bytes(std::int64_t n) { return n <= few ? 0 : 20 * n + 64; }

void permutation(std::uint32_t seed, std::uint32_t step, std::uint32_t stream, std::int64_t n,
                 std::int32_t* out, void* scratch) {
    const RandomSource source{seed, step, stream};
    if (n <= few) {
        std::uint32_t words[few];
        random_kernels().words(source, 0, n, words);
        return order_of_few(words, n, out);
    }
    auto* once = static_cast<std::uint64_t*>(scratch);
    auto* twice = once + n;
    auto* words = reinterpret_cast<std::uint32_t*>(twice + n);
    random_kernels().words(source, 0, n, words);
    if (n <= 256) return order_of_many<6>(words, n, once, twice, out);
    if (n <= 4096) return order_of_many<8>(words, n, once, twice, out);
    if (n <= 1 << 20) return order_of_many<11>(words, n, once, twice, out);
    order_of_many<15>(words, n, once, twice, out);
}

namespace {

RandomSource source_of(Frame& frame, std::int32_t state, std::uint32_t stream) {
    const std::uint32_t* words = frame.at<std::uint32_t>(state);
    return {words[0], words[1], stream};
}

void check_state(const Buffer& state) {
    if (state.dtype != DType::u32 || state.count != 2)
        throw PlanError("a random state is two uint32: seed and step");
}

class Uniform final : public Kernel {
  public:
    Uniform(const Instruction& instruction, const Program& program)
        : state_(instruction.inputs.at(0)),
          output_(instruction.outputs.at(0)),
          dtype_(program.buffer(output_).dtype),
          count_(program.buffer(output_).count),
          stream_(static_cast<std::uint32_t>(instruction.words.at(0))) {
        check_state(program.buffer(state_));
        if (!is_float(dtype_)) throw PlanError("random_uniform gives float32 or float64");
        per_pair_ = dtype_ == DType::f32 ? 2 : 1;
        pieces_ = Pieces((count_ + per_pair_ - 1) / per_pair_, 16);
    }

    void run(Frame& frame) const override {
        const RandomSource source = source_of(frame, state_, stream_);
        if (dtype_ == DType::f32)
            fill(source, random_kernels().floats, frame.at<float>(output_));
        else
            fill(source, random_kernels().doubles, frame.at<double>(output_));
    }

    double bytes() const override { return static_cast<double>(count_ * size_of(dtype_)); }
    std::string name() const override { return "random uniform of " + std::to_string(count_); }

  private:
    template <class Generate, class T>
    void fill(const RandomSource& source, const Generate& generate, T* output) const {
        pieces_.each([&](std::int64_t first, std::int64_t last) {
            const std::int64_t from = first * per_pair_;
            generate(source, first, std::min(last * per_pair_, count_) - from, output + from);
        });
    }

    std::int32_t state_, output_;
    DType dtype_;
    std::int64_t count_, per_pair_ = 1;
    std::uint32_t stream_;
    Pieces pieces_;
};

class Permutation final : public Kernel {
  public:
    Permutation(const Instruction& instruction, const Program& program)
        : state_(instruction.inputs.at(0)),
          output_(instruction.outputs.at(0)),
          n_(instruction.words.at(0)),
          stream_(static_cast<std::uint32_t>(instruction.words.at(1))) {
        check_state(program.buffer(state_));
        const Buffer& output = program.buffer(output_);
        if (output.dtype != DType::i32 || output.count != n_)
            throw PlanError("random_permutation's output does not fit");
    }

    void run(Frame& frame) const override {
        const RandomSource source = source_of(frame, state_, stream_);
        permutation(source.seed, source.step, source.stream, n_, frame.at<std::int32_t>(output_),
                    frame.scratch);
    }

    double bytes() const override { return static_cast<double>(44 * n_); }
    std::string name() const override { return "random permutation of " + std::to_string(n_); }
    std::int64_t scratch_bytes() const override { return permutation_bytes(n_); }

  private:
    std::int32_t state_, output_;
    std::int64_t n_;
    std::uint32_t stream_;
};

template <class K>
std::unique_ptr<Kernel> make(const Instruction& instruction, const Program& program) {
    return std::make_unique<K>(instruction, program);
}

const Registered uniform("random_uniform", make<Uniform>);
const Registered shuffled("random_permutation", make<Permutation>);

}  // namespace

}  // namespace pellucid
