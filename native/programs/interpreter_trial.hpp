// What the tests of the interpreter share: samples, operands, and a run for each instruction set.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "engine/isa.hpp"
#include "programs/interpreter_reference.hpp"

namespace pellucid::reference {

using Bytes = std::vector<char>;
inline std::mt19937_64 random_bits(7);

[[noreturn]] inline void fail(const std::string& message) {
    std::fprintf(stderr, "interpreter (%s): %s\n", name_of(isa()), message.c_str());
    std::exit(1);
}
inline std::int64_t random_below(std::int64_t n) {
    return static_cast<std::int64_t>(random_bits() % static_cast<std::uint64_t>(n));
}

// Equal, both NaN, or zeros of either sign.
inline bool same(DType dtype, const char* got, const char* want) {
    return with_type(dtype, [&](auto zero) {
        using T = decltype(zero);
        const T a = load<T>(got), b = load<T>(want);
        return a == b || (a != a && b != b);
    });
}

inline Bytes samples(DType dtype, int count) {
    Bytes bytes(static_cast<std::size_t>(size_of(dtype) * count));
    with_type(dtype, [&](auto zero) {
        using T = decltype(zero);
        using Limits = std::numeric_limits<T>;
        for (int i = 0; i < count; ++i) {
            T x = static_cast<T>(random_below(2));
            if constexpr (std::is_floating_point_v<T>) {
                const T edges[] = {T(0),
                                   -T(0),
                                   T(1),
                                   T(-1),
                                   Limits::infinity(),
                                   Limits::max(),
                                   -Limits::infinity(),
                                   Limits::quiet_NaN(),
                                   Limits::min(),
                                   Limits::denorm_min(),
                                   T(0.5),
                                   T(2.5),
                                   T(-1.5),
                                   T(2),
                                   T(3)};
                const auto bits = random_bits();
                const auto kind = random_below(3);
                if (kind == 0)
                    x = edges[random_below(15)];
                else if (kind == 1)
                    std::memcpy(&x, &bits, sizeof x);
                else
                    x = static_cast<T>(random_below(4001) - 2000) / T(16);
            } else if constexpr (!std::is_same_v<T, bool>) {
                const T edges[] = {T(0), T(1), T(-1), Limits::max(), Limits::min(), T(2)};
                const auto kind = random_below(3);
                x = kind == 0   ? edges[random_below(6)]
                    : kind == 1 ? static_cast<T>(random_bits())
                                : static_cast<T>(random_below(12));
            }
            store(bytes.data() + i * static_cast<int>(sizeof(T)), x);
        }
    });
    return bytes;
}

struct Operands {
    std::vector<char*> pointers;
    std::vector<std::int64_t> row_steps;
    void add(void* memory, std::int64_t row_step = 0) {
        pointers.push_back(static_cast<char*>(memory));
        row_steps.push_back(row_step);
    }
    void run(const Body& body, std::int64_t rows, std::int64_t columns) const {
        (*interpret(body))({pointers.data(), row_steps.data(), rows, columns});
    }
};

// Without arguments: once for each set of instructions, in a process of its own.
inline int for_each_isa(int count, char** arguments, void (*test)()) {
    if (count > 1) {
        test();
        return 0;
    }
    for (const char* name : {"plain", "avx2", "avx512"}) {
        setenv("PELLUCID_ISA", name, 1);
        const std::string command = std::string("'") + arguments[0] + "' run";
        if (std::system(command.c_str()) != 0) return 1;
    }
    return 0;
}

}  // namespace pellucid::reference
