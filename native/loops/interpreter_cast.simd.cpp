// Numbers of one dtype as numbers of another, as NumPy's astype does it.
#include "loops/interpreter_loops.hpp"

namespace pellucid::PELLUCID_ISA {

namespace {

struct Truth {
    template <class T>
    static std::uint8_t of(T x) {
        return x != T(0);
    }
};

}  // namespace

Kernel cast_kernel(DType from, DType to) {
    return with_numbers(from, [=](auto argument) -> Kernel {
        using T = typename decltype(argument)::type;
        if (to == DType::boolean) return unary<Truth, T, std::uint8_t>;
        return with_numbers(to, [](auto result) -> Kernel {
            using R = typename decltype(result)::type;
            return unary<Cast<R>, T, R>;
        });
    });
}

}  // namespace pellucid::PELLUCID_ISA
