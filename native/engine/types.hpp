// The types of numbers that a Plan knows, and a switch over them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace pellucid {

// The order is that of `CODES` in engines/native/encoding.py.
enum class DType : std::uint8_t { boolean, u8, i8, u16, i16, u32, i32, u64, i64, f32, f64 };

inline std::int64_t size_of(DType dtype) {
    constexpr std::int64_t sizes[] = {1, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
    return sizes[static_cast<int>(dtype)];
}

inline bool is_float(DType dtype) { return dtype == DType::f32 || dtype == DType::f64; }

using Shape = std::vector<std::int64_t>;

// A Plan that this engine cannot run: a mistake of the lowering, told with a sentence.
struct PlanError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// More numbers than any memory holds; sums and products of counts below it stay whole.
constexpr std::int64_t MOST_NUMBERS = std::int64_t{1} << 56;

inline std::int64_t count_of(const Shape& shape) {
    std::int64_t count = 1, most = 1;  // `most` does not forget lengths beside one of 0
    for (std::int64_t n : shape) {
        if (n < 0 || __builtin_mul_overflow(most, n == 0 ? 1 : n, &most) || most > MOST_NUMBERS)
            throw PlanError("a shape has an impossible length");
        count *= n;
    }
    return count;
}

// with_type(dtype, [&](auto zero) { using T = decltype(zero); ... })
template <class F>
decltype(auto) with_type(DType dtype, F&& f) {
    switch (dtype) {
        case DType::boolean: return f(bool{});
        case DType::u8: return f(std::uint8_t{});
        case DType::i8: return f(std::int8_t{});
        case DType::u16: return f(std::uint16_t{});
        case DType::i16: return f(std::int16_t{});
        case DType::u32: return f(std::uint32_t{});
        case DType::i32: return f(std::int32_t{});
        case DType::u64: return f(std::uint64_t{});
        case DType::i64: return f(std::int64_t{});
        case DType::f32: return f(float{});
        case DType::f64: return f(double{});
    }
    throw PlanError("unknown dtype");
}

}  // namespace pellucid
