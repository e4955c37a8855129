// Random numbers as a pure function of a key and a counter: the bits of atoms/random.py.
#pragma once

#include <cstdint>

namespace pellucid {

// What names the numbers: the key is (seed, stream), the counter (step, which pair of words).
struct RandomSource {
    std::uint32_t seed, step, stream;
};

// For each set of instructions: `count` numbers that begin with pair `first` of a source.
struct RandomKernels {
    // Random words, two of a pair.
    void (*words)(const RandomSource&, std::int64_t first, std::int64_t count, std::uint32_t* out);
    // Uniform on [0, 1): the 24 upper bits of a word each, or 53 bits of a pair.
    void (*floats)(const RandomSource&, std::int64_t first, std::int64_t count, float* out);
    void (*doubles)(const RandomSource&, std::int64_t first, std::int64_t count, double* out);
};

const RandomKernels& random_kernels();

// 0 ... n - 1 in random order (sorted by a random word each, ties by place). `scratch` is memory of
// `permutation_bytes(n)` bytes, aligned for 8-byte numbers; for small n it is not looked at.
void permutation(std::uint32_t seed, std::uint32_t step, std::uint32_t stream, std::int64_t n,
                 std::int32_t* out, void* scratch);
std::int64_t permutation_bytes(std::int64_t n);

}  // namespace pellucid
