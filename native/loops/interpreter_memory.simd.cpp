// Numbers gathered from memory, scattered to it, and folded into one.
#include "loops/interpreter_loops.hpp"

namespace pellucid::PELLUCID_ISA {

namespace {

// One column is one row: its numbers are as far apart as the rows are.
template <class T>
Layout lying(const Layout& layout) {
    constexpr std::int64_t size = sizeof(T);
    if (layout.columns != 1 || layout.row_step % size != 0) return layout;
    return {1, layout.rows, 0, layout.row_step / size};
}

template <class T>
void gather(char* packed, const char* spread, const Layout& standing) {
    const Layout layout = lying<T>(standing);
    T* to = reinterpret_cast<T*>(packed);
    const std::int64_t step = layout.column_step, columns = layout.columns;
    for (std::int64_t row = 0; row < layout.rows; ++row, to += columns) {
        const T* from = reinterpret_cast<const T*>(spread + row * layout.row_step);
        if (step == 0) {
            const T number = *from;
            for (std::int64_t i = 0; i < columns; ++i) to[i] = number;
        } else if (step == 1) {
            PELLUCID_EACH
            for (std::int64_t i = 0; i < columns; ++i) to[i] = from[i];
        } else {
            for (std::int64_t i = 0; i < columns; ++i) to[i] = from[i * step];
        }
    }
}

template <class T>
void scatter(char* spread, const char* packed, const Layout& standing) {
    const Layout layout = lying<T>(standing);
    const T* from = reinterpret_cast<const T*>(packed);
    const std::int64_t step = layout.column_step, columns = layout.columns;
    for (std::int64_t row = 0; row < layout.rows; ++row, from += columns) {
        T* to = reinterpret_cast<T*>(spread + row * layout.row_step);
        if (step == 1) {
            PELLUCID_EACH
            for (std::int64_t i = 0; i < columns; ++i) to[i] = from[i];
        } else {
            for (std::int64_t i = 0; i < columns; ++i) to[i * step] = from[i];
        }
    }
}

// Always as many lanes, however wide the machine's vectors are: the same bits everywhere.
template <class F, class T>
T fold_row(const T* x, std::int64_t columns) {
    constexpr int lanes = sizeof(T) == 1 ? 64 : 128 / sizeof(T);
    T lane[lanes];
    for (int i = 0; i < lanes; ++i) lane[i] = x[i];
    std::int64_t column = lanes;
    for (; column + lanes <= columns; column += lanes)
        for (int i = 0; i < lanes; ++i) lane[i] = F::of(lane[i], x[column + i]);
    for (int i = 0; column < columns; ++column, ++i) lane[i] = F::of(lane[i], x[column]);
    for (int width = lanes / 2; width > 0; width /= 2)
        for (int i = 0; i < width; ++i) lane[i] = F::of(lane[i], lane[i + width]);
    return lane[0];
}

// A row too short for all lanes. Whole numbers may be added up in any order, so the compiler finds
// the lanes by itself; given four, GCC 12 loses some of the numbers (-O3 -mavx2).
template <class F, class T>
T fold_short(T sum, const T* x, std::int64_t columns) {
    std::int64_t column = 0;
    if (floating<T> && columns >= 8) {
        T lane[4] = {x[0], x[1], x[2], x[3]};
        for (column = 4; column + 4 <= columns; column += 4)
            for (int i = 0; i < 4; ++i) lane[i] = F::of(lane[i], x[column + i]);
        sum = F::of(sum, F::of(F::of(lane[0], lane[1]), F::of(lane[2], lane[3])));
    }
    for (; column < columns; ++column) sum = F::of(sum, x[column]);
    return sum;
}

template <class F, class T>
void fold(char* memory, std::int64_t row_step, const char* packed, std::int64_t rows,
          std::int64_t columns) {
    constexpr int lanes = sizeof(T) == 1 ? 64 : 128 / sizeof(T);
    const T* x = reinterpret_cast<const T*>(packed);
    for (std::int64_t row = 0; row < rows; ++row, x += columns) {
        T* total = reinterpret_cast<T*>(memory + row * row_step);
        *total = columns >= lanes ? F::of(*total, fold_row<F, T>(x, columns))
                                  : fold_short<F>(*total, x, columns);
    }
}

Fold fold_of_booleans(Reduce reduce) {
    using Byte = std::uint8_t;
    switch (reduce) {
        case Reduce::sum:
        case Reduce::max:
        case Reduce::any: return fold<Or, Byte>;
        case Reduce::prod:
        case Reduce::min:
        case Reduce::all: return fold<And, Byte>;
        default: return nullptr;
    }
}

}  // namespace

Fold fold_of(Reduce reduce, DType dtype) {
    if (dtype == DType::boolean) return fold_of_booleans(reduce);
    return with_numbers(dtype, [reduce](auto type) -> Fold {
        using T = typename decltype(type)::type;
        switch (reduce) {
            case Reduce::sum: return fold<Add, T>;
            case Reduce::prod: return fold<Multiply, T>;
            case Reduce::max: return fold<Maximum, T>;
            case Reduce::min: return fold<Minimum, T>;
            default: return nullptr;
        }
    });
}

Gather gather_of(std::int64_t size) {
    if (size == 1) return gather<std::uint8_t>;
    if (size == 2) return gather<std::uint16_t>;
    return size == 4 ? gather<std::uint32_t> : gather<std::uint64_t>;
}

Scatter scatter_of(std::int64_t size) {
    if (size == 1) return scatter<std::uint8_t>;
    if (size == 2) return scatter<std::uint16_t>;
    return size == 4 ? scatter<std::uint32_t> : scatter<std::uint64_t>;
}

extern const Kernels interpreter_kernels;
const Kernels interpreter_kernels = {arithmetic_kernel,  choice_kernel, cast_kernel,
                                     mathematics_kernel, fold_of,       gather_of,
                                     scatter_of};

}  // namespace pellucid::PELLUCID_ISA
