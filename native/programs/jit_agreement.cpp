// The generator and the interpreter mean the same: every operation that is served, on every dtype,
// at all pairs of the numbers where operations differ: zeros, infinities, NaN, the ends.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <type_traits>

#include "jit/generate.hpp"

using namespace pellucid;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double numbers[] = {
    0.0,   -0.0, 1.0,   -1.0,     2.0,       0.5,
    -0.5,  1.5,  2.5,   -2.5,     3.7,       7.0,
    -7.0,  1e-3, 100.0, 1e-40,    -1e-40,    1e10,
    -1e10, 3e38, -3e38, infinity, -infinity, std::numeric_limits<double>::quiet_NaN()};
constexpr std::int64_t integers[] = {0, 1, -1, 2, 7, -7, 100, 65537, 2147483647, -2147483648};

// All values of a dtype that are tried, as bytes.
std::vector<char> values(DType t) {
    return with_type(t, [](auto zero) {
        using T = std::conditional_t<std::is_same_v<decltype(zero), bool>, char, decltype(zero)>;
        std::vector<T> all;
        if constexpr (std::is_floating_point_v<T>)
            for (double x : numbers) all.push_back(static_cast<T>(x));
        else if constexpr (std::is_same_v<T, char>)
            all = {0, 1};
        else
            for (std::int64_t x : integers) all.push_back(static_cast<T>(x));
        std::vector<char> bytes(all.size() * sizeof(T));
        std::memcpy(bytes.data(), static_cast<const void*>(all.data()), bytes.size());
        return bytes;
    });
}

// Every pair of values in two arrays.
void pairs(DType t, std::vector<char>& first, std::vector<char>& second) {
    const std::vector<char> all = values(t);
    const auto size = size_of(t);
    for (auto i = all.begin(); i != all.end(); i += size) {
        for (auto k = all.begin(); k != all.end(); k += size) {
            first.insert(first.end(), i, i + size);
            second.insert(second.end(), k, k + size);
        }
    }
}

// The distance of two results in units in the last place; 0 where both are NaN.
double distance(const char* a, const char* b, DType t) {
    return with_type(t, [&](auto zero) -> double {
        using T = decltype(zero);
        if constexpr (!std::is_floating_point_v<T>) {
            return std::memcmp(a, b, sizeof(T)) == 0 ? 0 : infinity;
        } else {
            T x, y;
            std::memcpy(&x, a, sizeof x);
            std::memcpy(&y, b, sizeof y);
            if (std::isnan(x) || std::isnan(y))
                return std::isnan(x) == std::isnan(y) ? 0 : infinity;
            if (x == y) return 0;
            if (std::isinf(x) || std::isinf(y)) return infinity;
            const T unit = std::fabs(std::nextafter(x, std::numeric_limits<T>::infinity()) - x);
            return static_cast<double>(std::fabs(x - y) / unit);
        }
    });
}

bool agree(const Body& body, DType from, DType to, Isa isa, double bound, const char* name) {
    const auto generated = jit::generate_for(body, isa);
    const auto judge = interpret(body);
    if (!generated) return std::printf("%s: no code\n", name), false;
    std::vector<char> first, second;
    pairs(from, first, second);
    const auto count = static_cast<std::int64_t>(first.size()) / size_of(from);
    std::vector<char> got(static_cast<size_t>(count * size_of(to))), wanted = got;
    const std::int64_t steps[] = {0, 0, 0};
    const bool two = body.sources.size() == 2;
    char* const ours[] = {first.data(), two ? second.data() : got.data(), got.data()};
    char* const theirs[] = {first.data(), two ? second.data() : wanted.data(), wanted.data()};
    (*generated)({ours, steps, 1, count});
    (*judge)({theirs, steps, 1, count});
    for (std::int64_t i = 0; i < count; ++i) {
        const auto at = static_cast<size_t>(i * size_of(to));
        const double d = distance(&got[at], &wanted[at], to);
        if (d <= bound) continue;
        std::printf("%s %s: dtype %d -> %d, pair %lld, distance %g\n", name_of(isa), name,
                    static_cast<int>(from), static_cast<int>(to), static_cast<long long>(i), d);
        return false;
    }
    return true;
}

Body one(Op op, DType from, DType to) {
    return {{{Op::load, from, 0, -1, -1, 0, 0}, {op, to, 0, -1, -1, 0, 0}},
            {{from, 1}},
            {{1, Reduce::none, 1}}};
}

Body two(Op op, DType from, DType to) {
    return {{{Op::load, from, 0, -1, -1, 0, 0},
             {Op::load, from, 1, -1, -1, 0, 0},
             {op, to, 0, 1, -1, 0, 0}},
            {{from, 1}, {from, 1}},
            {{2, Reduce::none, 1}}};
}

Body power(double exponent, DType t) {
    return {{{Op::load, t, 0, -1, -1, 0, 0},
             {Op::number, t, -1, -1, -1, exponent, 0},
             {Op::power, t, 0, 1, -1, 0, 0}},
            {{t, 1}},
            {{2, Reduce::none, 1}}};
}

int failures = 0;

void all(Isa isa) {
    const auto check = [&](const Body& b, DType from, DType to, double bound, const char* name) {
        failures += !agree(b, from, to, isa, bound, name);
    };
    constexpr DType every[] = {DType::boolean, DType::i32, DType::f32, DType::f64};
    for (DType t : every) {
        for (int op = static_cast<int>(Op::equal); op <= static_cast<int>(Op::greater_equal); ++op)
            check(two(static_cast<Op>(op), t, DType::boolean), t, DType::boolean, 0, "comparison");
        for (DType to : every) check(one(Op::cast, t, to), t, to, 0, "cast");
        for (Op op : {Op::maximum, Op::minimum, Op::add, Op::multiply})
            check(two(op, t, t), t, t, 0, "arithmetic");
        if (!is_float(t)) {
            for (Op op : {Op::bitwise_and, Op::bitwise_or, Op::bitwise_xor})
                check(two(op, t, t), t, t, 0, "bits");
            check(one(Op::bitwise_not, t, t), t, t, 0, "bits");
        }
        if (t == DType::boolean) continue;
        check(two(Op::subtract, t, t), t, t, 0, "subtract");
        for (Op op : {Op::negative, Op::abs, Op::sign, Op::square})
            check(one(op, t, t), t, t, 0, "unary");
        if (t == DType::i32) continue;
        check(two(Op::divide, t, t), t, t, 0, "divide");
        for (Op op : {Op::sqrt, Op::floor, Op::round}) check(one(op, t, t), t, t, 0, "exact");
        for (Op op : {Op::exp, Op::expm1, Op::log, Op::log1p, Op::arctan, Op::tanh, Op::erf})
            check(one(op, t, t), t, t, 3, "function");
        for (double p : {-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 4.0})
            check(power(p, t), t, t, 3, "power");
    }
    for (DType to : every) check(one(Op::cast, DType::u8, to), DType::u8, to, 0, "cast of bytes");
    for (Op op : {Op::logical_and, Op::logical_or})
        check(two(op, DType::boolean, DType::boolean), DType::boolean, DType::boolean, 0, "logic");
    check(one(Op::logical_not, DType::boolean, DType::boolean), DType::boolean, DType::boolean, 0,
          "not");
}

}  // namespace

int main() {
    for (Isa each : {Isa::avx512, Isa::avx2})
        if (each <= isa()) all(each);
    std::printf(failures ? "%d operations differ\n" : "both mean the same\n", failures);
    return failures != 0;
}
