// Whether the kernels that move numbers do what their plainest loops do, for every dtype and many
// shapes, on all threads and on one. Ends with 1 at the first difference.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>
#include <numeric>

#include "engine/kernel.hpp"
#include "kernels/gather.hpp"
#include "kernels/random.hpp"

namespace {

using namespace pellucid;

void check(bool right, const std::string& what) {
    if (right) return;
    std::fprintf(stderr, "wrong: %s\n", what.c_str());
    std::exit(1);
}

struct Array {
    DType dtype;
    Shape shape;
    std::vector<char> data;

    Array(DType type, Shape dims)
        : dtype(type),
          shape(std::move(dims)),
          data(static_cast<size_t>(count_of(shape) * size_of(type)), 'x') {}
    std::int64_t count() const { return count_of(shape); }
    template <class T>
    T* as() {
        return reinterpret_cast<T*>(data.data());
    }
};

std::uint64_t last_random = 1;
std::int64_t random_below(std::int64_t n) {
    last_random = last_random * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::int64_t>((last_random >> 33) % static_cast<std::uint64_t>(n));
}

Array filled(DType dtype, Shape shape) {
    Array x(dtype, std::move(shape));
    with_type(dtype, [&](auto zero) {
        using T = decltype(zero);
        for (std::int64_t i = 0; i < x.count(); ++i)
            x.as<T>()[i] = static_cast<T>((std::is_signed_v<T> ? -60.0 : 0.0) +
                                          static_cast<double>(random_below(203)) / 1.7);
    });
    return x;
}

Array indices(DType dtype, Shape shape, std::int64_t n) {
    Array x(dtype, std::move(shape));
    const bool negative = dtype == DType::i8 || dtype == DType::i32 || dtype == DType::i64;
    with_type(dtype, [&](auto zero) {
        using T = decltype(zero);
        for (std::int64_t i = 0; i < x.count(); ++i)
            x.as<T>()[i] = static_cast<T>(random_below(n) - (negative && i % 3 == 0 ? n : 0));
    });
    return x;
}

void append(std::vector<std::int64_t>& words, const std::vector<std::int64_t>& list) {
    words.push_back(static_cast<std::int64_t>(list.size()));
    words.insert(words.end(), list.begin(), list.end());
}

// A program of one instruction, every buffer of which is the caller's.
void run_kernel(const std::string& op, const std::vector<std::int64_t>& about,
                std::vector<Array*> arrays) {
    std::vector<std::int64_t> words{static_cast<std::int64_t>(arrays.size())}, all, text;
    for (std::size_t i = 0; i < arrays.size(); ++i) {
        const auto n = static_cast<std::int64_t>(i);
        for (std::int64_t each : {static_cast<std::int64_t>(arrays[i]->dtype),
                                  static_cast<std::int64_t>(Place::input), n, std::int64_t{0}})
            words.push_back(each);
        append(words, arrays[i]->shape);
        all.push_back(n);
    }
    const std::vector<std::int64_t> result{all.back()}, before(all.begin(), all.end() - 1);
    for (char each : op) text.push_back(each);
    append(words, all), append(words, result);
    words.push_back(0), words.push_back(1);
    append(words, text), append(words, before), append(words, result), append(words, about);
    words.push_back(0), append(words, {});
    const Program program(words, {});
    Frame frame(program);
    for (std::size_t i = 0; i < arrays.size(); ++i) frame.bind(i, arrays[i]->data.data());
    run(program, frame);
}

// The same on one thread must have the same bits.
Array result_of(const std::string& op, const std::vector<std::int64_t>& about,
                std::vector<Array*> arrays, DType dtype, const Shape& shape) {
    Array result(dtype, shape), alone(dtype, shape);
    arrays.push_back(&result);
    run_kernel(op, about, arrays);
    set_thread_limit(1);
    arrays.back() = &alone;
    run_kernel(op, about, arrays);
    set_thread_limit(1 << 20);
    check(result.data == alone.data, op + " on one thread");
    return result;
}

template <class T>
T plus(T a, T b) {
    if constexpr (std::is_same_v<T, bool>)
        return a || b;
    else if constexpr (std::is_integral_v<T>)
        return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
    else
        return a + b;
}

const std::vector<DType> every{DType::boolean, DType::u8,  DType::i8,  DType::u16,
                               DType::i16,     DType::u32, DType::i32, DType::u64,
                               DType::i64,     DType::f32, DType::f64};

template <class T>
void test_gather(DType dtype, DType index, std::int64_t outer, std::int64_t n, std::int64_t inner,
                 std::int64_t count) {
    Array x = filled(dtype, {outer, n, inner}), at = indices(index, {count}, n);
    Array y = result_of("gather", {1}, {&x, &at}, dtype, {outer, count, inner});
    Array w = filled(dtype, y.shape), sums(dtype, x.shape);
    Array z = result_of("scatter_add", {1, n}, {&w, &at}, dtype, x.shape);
    std::fill(sums.as<T>(), sums.as<T>() + sums.count(), T{});
    with_type(index, [&](auto zero) {
        for (std::int64_t o = 0; o < outer; ++o)
            for (std::int64_t j = 0; j < count; ++j)
                for (std::int64_t c = 0; c < inner; ++c) {
                    auto i = static_cast<std::int64_t>(at.as<decltype(zero)>()[j]);
                    i += i < 0 ? n : 0;
                    const std::int64_t to = (o * count + j) * inner + c;
                    check(y.as<T>()[to] == x.as<T>()[(o * n + i) * inner + c], "gather");
                    T& sum = sums.as<T>()[(o * n + i) * inner + c];
                    sum = plus(sum, w.as<T>()[to]);
                }
    });
    check(z.data == sums.data, "scatter_add");
}

void test_index_errors() {
    Array x = filled(DType::f32, {2, 5, 3}), at = indices(DType::i64, {2000}, 5);
    for (std::int64_t wrong : {5, -6, 1 << 30}) {
        at.as<std::int64_t>()[1234] = wrong;
        std::string told;
        try {
            Array y(DType::f32, {2, 2000, 3});
            run_kernel("gather", {1}, {&x, &at, &y});
        } catch (const IndexError_& error) {
            told = error.what();
        }
        check(told == "index " + std::to_string(wrong) + " is out of range for an axis of length 5",
              "an index's error");
    }
}

template <class T>
void test_along(DType dtype, std::int64_t outer, std::int64_t n, std::int64_t inner) {
    Array x = filled(dtype, {outer, n, inner});
    if constexpr (std::is_floating_point_v<T>)
        for (std::int64_t i = random_below(2) * x.count() / 90; i > 0; --i)
            x.as<T>()[random_below(x.count())] = std::numeric_limits<T>::quiet_NaN();
    const auto before = [](T a, T b) { return a < b || (a == a && b != b); };
    Array top = result_of("argmax", {1}, {&x}, DType::i32, {outer, inner});
    Array flat = result_of("argmax", {-1}, {&x}, DType::i64, {});
    Array total = result_of("cumsum", {1}, {&x}, dtype, {outer, n, inner});
    std::int64_t first = 0;
    for (std::int64_t i = 0; i < x.count(); ++i)
        if (before(x.as<T>()[first], x.as<T>()[i])) first = i;
    check(flat.as<std::int64_t>()[0] == first, "argmax of all");
    for (std::int64_t o = 0; o < outer; ++o)
        for (std::int64_t c = 0; c < inner; ++c) {
            const T* column = x.as<T>() + o * n * inner + c;
            const T* sums = total.as<T>() + o * n * inner + c;
            std::int64_t best = 0;
            T sum = column[0];
            for (std::int64_t i = 0; i < n; ++i) {
                if (before(column[best * inner], column[i * inner])) best = i;
                if (i > 0) sum = plus(sum, column[i * inner]);
                check(std::memcmp(&sum, sums + i * inner, sizeof sum) == 0, "cumsum");
            }
            check(top.as<std::int32_t>()[o * inner + c] == best, "argmax");
        }
}

template <class T>
void test_windows(DType dtype, std::int64_t batch, Shape space, Shape size, Shape strides,
                  Shape dilation, std::int64_t channels) {
    const std::size_t rank = size.size();
    Shape seen{batch}, places, from{batch};
    for (std::size_t i = 0; i < rank; ++i)
        places.push_back((space[i] - (size[i] - 1) * dilation[i] - 1) / strides[i] + 1);
    for (const Shape* part : {&places, &size}) seen.insert(seen.end(), part->begin(), part->end());
    from.insert(from.end(), space.begin(), space.end());
    seen.push_back(channels), from.push_back(channels);
    std::vector<std::int64_t> words{static_cast<std::int64_t>(rank)};
    for (const Shape* part : {&size, &strides, &dilation})
        words.insert(words.end(), part->begin(), part->end());
    Array x = filled(dtype, from), sums(dtype, from);
    Array y = result_of("windows", words, {&x}, dtype, seen);
    Array w = filled(dtype, seen), back = result_of("overlap_add", words, {&w}, dtype, from);
    std::fill(sums.as<T>(), sums.as<T>() + sums.count(), T{});
    const std::int64_t window = count_of(size), spots = count_of(places), cells = count_of(space);
    for (std::int64_t k = 0; k < window; ++k)  // the order of the reference: by offset
        for (std::int64_t p = 0; p < spots * batch; ++p) {
            std::int64_t cell = 0, step = 1, rest_k = k, rest_p = p % spots;
            for (std::size_t i = rank; i-- > 0; step *= space[i]) {
                cell += step * (rest_p % places[i] * strides[i] + rest_k % size[i] * dilation[i]);
                rest_p /= places[i], rest_k /= size[i];
            }
            for (std::int64_t c = 0; c < channels; ++c) {
                const std::int64_t at = (p / spots * cells + cell) * channels + c;
                const std::int64_t spot = (p * window + k) * channels + c;
                check(y.as<T>()[spot] == x.as<T>()[at], "windows");
                sums.as<T>()[at] = plus(sums.as<T>()[at], w.as<T>()[spot]);
            }
        }
    check(back.data == sums.data, "overlap_add");
}

// The numbers were computed by atoms/random.py for seed 7, step 3, stream 2.
void test_random() {
    Array state(DType::u32, {2});
    state.as<std::uint32_t>()[0] = 7, state.as<std::uint32_t>()[1] = 3;
    const double known[] = {0x1.4270e6e44005cp-2, 0x1.a7887ada649c8p-2, 0x1.4e222b767a49cp-1,
                            0x1.cfc2c983ee784p-1};
    for (std::int64_t n : {1, 5, 16, 17, 300, 5000, 50001}) {
        Array x = result_of("random_uniform", {2}, {&state}, DType::f64, {n});
        Array y = result_of("random_uniform", {2}, {&state}, DType::f32, {n});
        for (std::int64_t i = 0; i < std::min<std::int64_t>(n, 4); ++i)
            check(x.as<double>()[i] == known[i], "random_uniform");
        Array order = result_of("random_permutation", {n, 2}, {&state}, DType::i32, {n});
        std::vector<std::uint32_t> words(static_cast<size_t>(n));
        random_kernels().words({7, 3, 2}, 0, n, words.data());
        std::vector<std::int32_t> expected(static_cast<size_t>(n));
        std::iota(expected.begin(), expected.end(), 0);
        std::stable_sort(expected.begin(), expected.end(), [&](std::int32_t a, std::int32_t b) {
            return words[static_cast<size_t>(a)] < words[static_cast<size_t>(b)];
        });
        check(std::equal(expected.begin(), expected.end(), order.as<std::int32_t>()), "order");
        for (std::int64_t i = 0; i < n; ++i)
            check(y.as<float>()[i] ==
                      static_cast<float>(words[static_cast<size_t>(i)] >> 8) * 0x1p-24f,
                  "random_uniform of float32");
    }
}

}  // namespace

int main() {
    for (DType dtype : every)
        with_type(dtype, [&](auto zero) {
            using T = decltype(zero);
            for (DType index : every)
                if (!is_float(index) && index != DType::boolean)
                    test_gather<T>(dtype, index, 3, 7, 5, 11);
            test_gather<T>(dtype, DType::i32, 1, 100, 200, 300);
            test_gather<T>(dtype, DType::i32, 2, 50, 1, 40000);
            test_gather<T>(dtype, DType::u8, 700, 9, 1, 3);
            test_along<T>(dtype, 3, 7, 5), test_along<T>(dtype, 1, 2000, 1);
            for (std::int64_t n : {1, 3, 15, 16, 63, 64, 65, 131, 4096, 4097, 9000})
                test_along<T>(dtype, 5, n, 1);
            test_along<T>(dtype, 500, 10, 1), test_along<T>(dtype, 2, 90, 300);
            test_windows<T>(dtype, 3, {9}, {3}, {1}, {1}, 1);
            test_windows<T>(dtype, 2, {20}, {4}, {3}, {2}, 5);
            test_windows<T>(dtype, 20, {12, 11}, {3, 3}, {1, 1}, {1, 1}, 6);
            test_windows<T>(dtype, 5, {17, 14}, {5, 2}, {2, 3}, {1, 1}, 16);
            test_windows<T>(dtype, 2, {13, 19}, {3, 4}, {2, 1}, {3, 2}, 23);
            test_windows<T>(dtype, 2, {5, 6, 7}, {2, 3, 2}, {1, 2, 2}, {2, 1, 1}, 3);
            test_windows<T>(dtype, 1, {28, 28}, {28, 28}, {1, 1}, {1, 1}, 1);
        });
    test_index_errors();
    test_random();
    std::puts("ok");
}
