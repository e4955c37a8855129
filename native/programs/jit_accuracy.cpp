// Generated mathematics against the C library in a wider type: the largest error of every function
// over its whole range, in units in the last place, and the exact values where there are some.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

#include "jit/generate.hpp"

using namespace pellucid;

namespace {

int failures = 0;

struct Function {
    Op op;
    const char* name;
    double bound;  // in units in the last place
    long double (*exact)(long double);
};

const Function functions[] = {
    {Op::exp, "exp", 2, [](long double x) { return std::exp(x); }},
    {Op::expm1, "expm1", 2, [](long double x) { return std::expm1(x); }},
    {Op::log, "log", 2, [](long double x) { return std::log(x); }},
    {Op::log1p, "log1p", 2, [](long double x) { return std::log1p(x); }},
    {Op::arctan, "arctan", 2, [](long double x) { return std::atan(x); }},
    {Op::tanh, "tanh", 2, [](long double x) { return std::tanh(x); }},
    {Op::erf, "erf", 2, [](long double x) { return std::erf(x); }},
    {Op::sqrt, "sqrt", 0.5, [](long double x) { return std::sqrt(x); }},
    {Op::floor, "floor", 0, [](long double x) { return std::floor(x); }},
    {Op::round, "round", 0, [](long double x) { return std::nearbyint(x); }},
    {Op::square, "square", 0.5, [](long double x) { return x * x; }},
    {Op::abs, "abs", 0, [](long double x) { return std::fabs(x); }},
    {Op::negative, "negative", 0, [](long double x) { return -x; }},
    {Op::sign, "sign", 0,
     [](long double x) {
         return x > 0 ? 1.0L : x < 0 ? -1.0L : x == 0 ? 0.0L : x;
     }},
};

template <class T>
Body unary(Op op, T) {
    const DType t = sizeof(T) == 4 ? DType::f32 : DType::f64;
    return {{{Op::load, t, 0, -1, -1, 0, 0}, {op, t, 0, -1, -1, 0, 0}},
            {{t, 1}},
            {{1, Reduce::none, 1}}};
}

template <class T>
void run(const BlockFunction& f, const std::vector<T>& x, std::vector<T>& y) {
    char* pointers[] = {const_cast<char*>(reinterpret_cast<const char*>(x.data())),
                        reinterpret_cast<char*>(y.data())};
    const std::int64_t steps[] = {0, 0};
    f({pointers, steps, 1, static_cast<std::int64_t>(x.size())});
}

// |got - exact| in the distance between neighbours of T where `exact` is.
template <class T>
double units(T got, long double exact) {
    if (std::isnan(exact)) return std::isnan(got) ? 0 : 1e30;
    const T near = static_cast<T>(exact);
    if (std::isinf(near) || std::isinf(got)) {
        if (got == near) return 0;
        // An overflow one step too early or late is an error of a unit.
        const T top = std::numeric_limits<T>::max();
        if (std::fabs(std::isinf(got) ? exact : static_cast<long double>(got)) < top * 0.999999L)
            return 1e30;
        return 1;
    }
    if (exact == 0 && got == 0) return std::signbit(got) == std::signbit(exact) ? 0 : 1e30;
    int e;
    std::frexp(exact, &e);
    e = std::max(e, std::numeric_limits<T>::min_exponent) - std::numeric_limits<T>::digits;
    return static_cast<double>(std::fabs(got - exact) / std::ldexp(1.0L, e));
}

// All magnitudes, both signs: bit patterns spread evenly and what lies around 0, 1 and the ends.
template <class T>
std::vector<T> samples(std::int64_t count) {
    using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    std::vector<T> all{0,
                       -T(0),
                       1,
                       -1,
                       std::numeric_limits<T>::infinity(),
                       -std::numeric_limits<T>::infinity(),
                       std::numeric_limits<T>::quiet_NaN(),
                       std::numeric_limits<T>::max(),
                       std::numeric_limits<T>::lowest(),
                       std::numeric_limits<T>::min(),
                       std::numeric_limits<T>::denorm_min(),
                       -std::numeric_limits<T>::denorm_min(),
                       T(0.5),
                       T(1.5),
                       T(2.5),
                       T(-0.5)};
    const Bits step = static_cast<Bits>(~Bits(0) / static_cast<Bits>(count)) | 1;
    Bits b = 0;
    for (std::int64_t i = 0; i < count; ++i, b += step) {
        T x;
        std::memcpy(&x, &b, sizeof x);
        all.push_back(x);
    }
    for (double range : {1.0, 4.0, 30.0, 120.0, 800.0})
        for (std::int64_t i = 0; i < count / 4; ++i)
            all.push_back(static_cast<T>(
                range *
                (2 * ((static_cast<double>(i) + 0.31) / (static_cast<double>(count) / 4)) - 1)));
    return all;
}

template <class T>
void check(const Function& f, Isa isa, const std::vector<T>& x) {
    const auto code = jit::generate_for(unary(f.op, T{}), isa);
    if (!code) {
        std::printf("%s: no code\n", f.name);
        ++failures;
        return;
    }
    std::vector<T> y(x.size());
    run(*code, x, y);
    double worst = 0;
    T at = 0, got = 0;
    for (size_t i = 0; i < x.size(); ++i) {
        const double e = units(y[i], f.exact(x[i]));
        if (e > worst) worst = e, at = x[i], got = y[i];
    }
    const bool good = worst <= f.bound;
    failures += !good;
    std::printf("%-6s %s %-8s %.3f ulp at %.9g -> %.9g%s\n", name_of(isa),
                sizeof(T) == 4 ? "f32" : "f64", f.name, worst, static_cast<double>(at),
                static_cast<double>(got), good ? "" : "  TOO FAR");
}

}  // namespace

int main(int argc, char** argv) {
    const std::int64_t count = argc > 1 ? std::atoll(argv[1]) : 200000;
    const auto x32 = samples<float>(count);
    const auto x64 = samples<double>(count);
    for (Isa each : {Isa::avx512, Isa::avx2}) {
        if (each > isa()) continue;
        for (const Function& f : functions) {
            check(f, each, x32);
            check(f, each, x64);
        }
    }
    std::printf(failures ? "%d functions are wrong\n" : "all functions are within their bounds\n",
                failures);
    return failures != 0;
}
