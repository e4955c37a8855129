// How fast the interpreter is: numbers per nanosecond of each op, and the cost of tiny bodies.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "engine/isa.hpp"
#include "loops/loop.hpp"

namespace pellucid {
namespace {

template <class F>
double nanoseconds(F run, int times) {
    double best = 1e30;
    for (int repeat = 0; repeat < 7; ++repeat) {
        const auto begin = std::chrono::steady_clock::now();
        for (int i = 0; i < times; ++i) run();
        const std::chrono::duration<double, std::nano> passed =
            std::chrono::steady_clock::now() - begin;
        best = std::min(best, passed.count() / times);
    }
    return best;
}

template <class T>
void node_speed(Op op, DType dtype, const char* name, int arguments, DType result) {
    constexpr std::int64_t count = 1 << 14;
    std::vector<T> a(count, T(0.7)), b(count, T(1.3));
    std::vector<double> out(count);
    Body body;
    for (std::int32_t i = 0; i < arguments; ++i) {
        body.nodes.push_back({Op::load, dtype, i, -1, -1, 0, 0});
        body.sources.push_back({dtype, 1});
    }
    body.nodes.push_back({op, result, 0, arguments > 1 ? 1 : -1, -1, 0, 0});
    body.targets.push_back({arguments, Reduce::none, 1});
    char* pointers[] = {reinterpret_cast<char*>(a.data()), reinterpret_cast<char*>(b.data()),
                        reinterpret_cast<char*>(out.data())};
    if (arguments == 1) pointers[1] = pointers[2];
    const std::int64_t steps[] = {0, 0, 0};
    const auto function = interpret(body);
    const double time = nanoseconds([&] { (*function)({pointers, steps, 1, count}); }, 20);
    std::printf("  %-13s %s %8.2f numbers/ns\n", name, sizeof(T) == 4 ? "f32" : "f64",
                static_cast<double>(count) / time);
}

void reduction_speed(Reduce reduce, const char* name, std::int64_t rows, std::int64_t columns,
                     bool over_rows) {
    std::vector<float> x(static_cast<std::size_t>(rows * columns), 0.5f);
    std::vector<float> out(static_cast<std::size_t>(over_rows ? columns : rows), 0.0f);
    const Body body{{{Op::load, DType::f32, 0, -1, -1, 0, 0}},
                    {{DType::f32, 1}},
                    {{0, reduce, over_rows ? 1 : 0}}};
    char* pointers[] = {reinterpret_cast<char*>(x.data()), reinterpret_cast<char*>(out.data())};
    const std::int64_t steps[] = {columns * 4, over_rows ? 0 : 4};
    const auto function = interpret(body);
    const double time = nanoseconds([&] { (*function)({pointers, steps, rows, columns}); }, 20);
    std::printf("  %-13s %lld x %lld over %s %8.2f numbers/ns\n", name,
                static_cast<long long>(rows), static_cast<long long>(columns),
                over_rows ? "rows" : "columns", static_cast<double>(rows * columns) / time);
}

// Adam's corrected rate: rate sqrt(1 - b2^(t + 1)) / (1 - b1^(t + 1)) for an i32 step t.
Body correction() {
    const DType f = DType::f32, i = DType::i32;
    return {{{Op::load, i, 0, -1, -1, 0, 0},
             {Op::number, i, -1, -1, -1, 0, 1},
             {Op::add, i, 0, 1, -1, 0, 0},
             {Op::cast, f, 2, -1, -1, 0, 0},
             {Op::number, f, -1, -1, -1, .9, 0},
             {Op::power, f, 4, 3, -1, 0, 0},
             {Op::number, f, -1, -1, -1, .999, 0},
             {Op::power, f, 6, 3, -1, 0, 0},
             {Op::number, f, -1, -1, -1, 1, 0},
             {Op::subtract, f, 8, 5, -1, 0, 0},
             {Op::subtract, f, 8, 7, -1, 0, 0},
             {Op::sqrt, f, 10, -1, -1, 0, 0},
             {Op::divide, f, 11, 9, -1, 0, 0},
             {Op::load, f, 1, -1, -1, 0, 0},
             {Op::multiply, f, 13, 12, -1, 0, 0}},
            {{i, 0}, {f, 0}},
            {{14, Reduce::none, 1}, {2, Reduce::none, 1}}};
}

Body chain() {
    Body body{
        {{Op::load, DType::f32, 0, -1, -1, 0, 0}}, {{DType::f32, 1}}, {{10, Reduce::none, 1}}};
    for (std::int32_t i = 0; i < 10; ++i)
        body.nodes.push_back({i % 2 == 0 ? Op::add : Op::multiply, DType::f32, i, 0, -1, 0, 0});
    return body;
}

void tiny_speed(const Body& body, const char* name) {
    std::int32_t step = 3;
    float rate = 0.1f, result = 0;
    char* pointers[] = {reinterpret_cast<char*>(&step), reinterpret_cast<char*>(&rate),
                        reinterpret_cast<char*>(&result), reinterpret_cast<char*>(&step)};
    if (body.sources.size() == 1) pointers[0] = pointers[1];
    if (body.sources.size() == 1) pointers[1] = pointers[2];
    const std::int64_t steps[] = {0, 0, 0, 0};
    const auto function = interpret(body);
    const double time = nanoseconds([&] { (*function)({pointers, steps, 1, 1}); }, 10000);
    std::printf("  %s: %.1f ns for one number\n", name, time);
}

void measure() {
    std::printf("%s\n", name_of(isa()));
    const auto both = [](Op op, const char* name, int arguments) {
        const bool answers = op == Op::less;
        node_speed<float>(op, DType::f32, name, arguments, answers ? DType::boolean : DType::f32);
        node_speed<double>(op, DType::f64, name, arguments, answers ? DType::boolean : DType::f64);
    };
    both(Op::add, "add", 2);
    both(Op::divide, "divide", 2);
    both(Op::less, "less", 2);
    both(Op::maximum, "maximum", 2);
    both(Op::sqrt, "sqrt", 1);
    both(Op::floor, "floor", 1);
    both(Op::round, "round", 1);
    both(Op::mod, "mod", 2);
    const char* names[] = {"exp", "expm1", "log", "log1p", "sin", "cos", "arctan", "tanh", "erf"};
    for (int i = 0; i < 9; ++i) both(static_cast<Op>(static_cast<int>(Op::exp) + i), names[i], 1);
    both(Op::power, "power", 2);
    for (Reduce reduce : {Reduce::sum, Reduce::max}) {
        const char* name = reduce == Reduce::sum ? "sum" : "max";
        reduction_speed(reduce, name, 16, 1024, false);
        reduction_speed(reduce, name, 1600, 10, false);
        reduction_speed(reduce, name, 16, 1024, true);
    }
    tiny_speed(chain(), "chain of 10 nodes");
    tiny_speed(correction(), "Adam's correction, 15 nodes");
}

}  // namespace
}  // namespace pellucid

int main() { pellucid::measure(); }
