// What generated loops cost: nanoseconds per call and numbers per nanosecond, for typical bodies.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "jit/generate.hpp"

using namespace pellucid;

namespace {

// Writes a body as its formula reads.
class Formula {
  public:
    explicit Formula(DType t) : dtype_(t) {}
    Body body;

    int load(std::int64_t step = 1) {
        body.sources.push_back({dtype_, step});
        return node(Op::load, static_cast<int>(body.sources.size()) - 1);
    }
    int number(double x) {
        const int i = node(Op::number);
        body.nodes.back().number = x;
        return i;
    }
    int node(Op op, int a = -1, int b = -1, int c = -1) { return typed(dtype_, op, a, b, c); }
    int mask(Op op, int a, int b) { return typed(DType::boolean, op, a, b, -1); }
    void store(int i) { body.targets.push_back({i, Reduce::none, 1}); }
    void reduce(int i, Reduce r, std::int64_t step = 0) { body.targets.push_back({i, r, step}); }

  private:
    int typed(DType t, Op op, int a, int b, int c) {
        body.nodes.push_back({op, t, a, b, c, 0, 0});
        return static_cast<int>(body.nodes.size()) - 1;
    }
    DType dtype_;
};

Body bias_relu(DType t) {
    Formula f(t);
    f.store(f.node(Op::maximum, f.node(Op::add, f.load(), f.load()), f.number(0)));
    return f.body;
}

Body function(DType t, Op op) {
    Formula f(t);
    f.store(f.node(op, f.load()));
    return f.body;
}

// Sigmoid and binary cross-entropy on logits: sum of max(x, 0) - x y + log(1 + exp(-|x|)), and the
// gradient sigmoid(x) - y.
Body cross_entropy(DType t) {
    Formula f(t);
    const int x = f.load(), y = f.load(), scale = f.load(0), one = f.number(1);
    const int e = f.node(Op::exp, f.node(Op::negative, f.node(Op::abs, x)));
    const int linear =
        f.node(Op::subtract, f.node(Op::maximum, x, f.number(0)), f.node(Op::multiply, x, y));
    f.reduce(f.node(Op::add, linear, f.node(Op::log1p, e)), Reduce::sum);
    const int small = f.node(Op::divide, one, f.node(Op::add, one, e));
    const int positive = f.mask(Op::greater_equal, x, f.number(0));
    const int p = f.node(Op::where, positive, small, f.node(Op::multiply, e, small));
    f.store(f.node(Op::multiply, f.node(Op::subtract, p, y), scale));
    return f.body;
}

Body adam(DType t) {
    Formula f(t);
    const int w = f.load(), m = f.load(), v = f.load(), g = f.load(), rate = f.load(0);
    const int m2 =
        f.node(Op::add, m, f.node(Op::multiply, f.node(Op::subtract, g, m), f.number(0.1)));
    const int v2 = f.node(
        Op::add, v,
        f.node(Op::multiply, f.number(0.001), f.node(Op::subtract, f.node(Op::square, g), v)));
    const int root = f.node(Op::add, f.node(Op::sqrt, v2), f.number(1e-7));
    f.store(f.node(Op::subtract, w, f.node(Op::divide, f.node(Op::multiply, m2, rate), root)));
    f.store(m2);
    f.store(v2);
    return f.body;
}

Body sum(DType t, Reduce r) {
    Formula f(t);
    f.reduce(f.load(), r);
    return f.body;
}

Body softmax_exponentials(DType t) {
    Formula f(t);
    const int e = f.node(Op::exp, f.node(Op::subtract, f.load(), f.load(0)));
    f.store(e);
    f.reduce(e, Reduce::sum);
    return f.body;
}

// The gradient through relu, and its sum over the rows.
Body relu_gradient(DType t) {
    Formula f(t);
    const int y = f.load(), g = f.load(), zero = f.number(0);
    const int through = f.node(Op::where, f.mask(Op::greater, y, zero), g, zero);
    f.store(through);
    f.reduce(through, Reduce::sum, 1);
    return f.body;
}

double seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

void measure(const char* name, const Body& body, DType t, Isa isa, std::int64_t rows,
             std::int64_t columns, int repeated = -1) {
    const double before = seconds();
    const auto code = jit::generate_for(body, isa);
    const double made = seconds() - before;
    if (!code) return void(std::printf("%s: no code\n", name));
    const size_t operands = body.sources.size() + body.targets.size();
    std::vector<std::vector<double>> memory(operands);
    std::vector<char*> pointers;
    std::vector<std::int64_t> steps;
    for (size_t i = 0; i < operands; ++i) {
        const std::int64_t step = i < body.sources.size()
                                      ? body.sources[i].column_step
                                      : body.targets[i - body.sources.size()].column_step;
        memory[i].assign(static_cast<size_t>(rows * columns + 8), 0.0);
        for (std::int64_t k = 0; k < rows * columns; ++k) {
            const double x = 0.5 + 0.001 * static_cast<double>(k % 997);
            if (t == DType::f64)
                memory[i][static_cast<size_t>(k)] = x;
            else
                reinterpret_cast<float*>(memory[i].data())[k] = static_cast<float>(x);
        }
        pointers.push_back(reinterpret_cast<char*>(memory[i].data()));
        steps.push_back(static_cast<int>(i) == repeated ? 0
                                                        : size_of(t) * (step == 1 ? columns : 1));
    }
    const Block block{pointers.data(), steps.data(), rows, columns};
    const std::int64_t count = rows * columns;
    const auto calls = static_cast<std::int64_t>(2e6 / static_cast<double>(count + 40)) + 3;
    double best = 1e9;
    for (int repeat = 0; repeat < 7; ++repeat) {
        const double start = seconds();
        for (std::int64_t i = 0; i < calls; ++i) (*code)(block);
        best = std::min(best, (seconds() - start) / static_cast<double>(calls));
    }
    std::printf("%-6s %s %-22s %5lld x %-7lld %10.1f ns/call %8.3f numbers/ns  made in %.0f us\n",
                name_of(isa), t == DType::f32 ? "f32" : "f64", name, static_cast<long long>(rows),
                static_cast<long long>(columns), best * 1e9,
                static_cast<double>(count) / (best * 1e9), made * 1e6);
}

void all(DType t, Isa isa) {
    for (std::int64_t n : {4, 32, 1000, 100000}) {
        measure("bias + relu", bias_relu(t), t, isa, 1, n);
        measure("tanh", function(t, Op::tanh), t, isa, 1, n);
        measure("cross-entropy + grad", cross_entropy(t), t, isa, 1, n);
        measure("adam", adam(t), t, isa, 1, n);
        measure("sum", sum(t, Reduce::sum), t, isa, 1, n);
    }
    for (Op op : {Op::exp, Op::log, Op::log1p, Op::erf, Op::expm1, Op::sqrt})
        measure(op == Op::exp     ? "exp"
                : op == Op::log   ? "log"
                : op == Op::log1p ? "log1p"
                : op == Op::erf   ? "erf"
                : op == Op::expm1 ? "expm1"
                                  : "sqrt",
                function(t, op), t, isa, 1, 10000);
    for (std::int64_t n : {8, 10, 64, 128}) {
        measure("bias + relu", bias_relu(t), t, isa, 32, n, 1);
        measure("relu, bias gradient", relu_gradient(t), t, isa, 32, n, 3);
    }
    measure("row maximum", sum(t, Reduce::max), t, isa, 32, 10);
    measure("softmax exp, sum", softmax_exponentials(t), t, isa, 32, 10);
    measure("softmax exp, sum", softmax_exponentials(t), t, isa, 128, 10);
}

}  // namespace

int main() {
    for (Isa each : {Isa::avx512, Isa::avx2}) {
        if (each > isa()) continue;
        all(DType::f32, each);
        all(DType::f64, each);
    }
}
