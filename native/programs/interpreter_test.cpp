// The interpreter against references that take one number at a time, for each set of instructions.
#include "programs/interpreter_trial.hpp"

namespace pellucid {
namespace {

using namespace reference;

constexpr int dtype_count = 11;

std::string told(Op op, DType dtype) {
    return "op " + std::to_string(static_cast<int>(op)) + ", dtype " +
           std::to_string(static_cast<int>(dtype));
}

// The difference in units of the last place of the true value.
template <class T>
double ulps(T got, long double want) {
    const T nearest = static_cast<T>(want);
    if (std::isnan(got) || std::isnan(want)) return std::isnan(got) == std::isnan(want) ? 0 : 1e9;
    if (got == nearest) return got == 0 && std::signbit(got) != std::signbit(want) ? 1e9 : 0;
    if (!std::isfinite(got) || !std::isfinite(nearest)) return 1e9;
    const T size = std::fabs(nearest);
    const long double step = std::nextafter(size, T(INFINITY)) - static_cast<long double>(size);
    return static_cast<double>(std::fabs(static_cast<long double>(got) - want) / step);
}

// One node on arguments side by side.
Bytes run_node(Op op, DType result, DType argument, std::vector<Bytes*> arguments, int count,
               std::int64_t extra) {
    Body body;
    Operands operands;
    Bytes out(static_cast<std::size_t>(size_of(result) * count));
    const auto arity = static_cast<std::int32_t>(arguments.size());
    for (std::int32_t i = 0; i < arity; ++i) {
        const DType dtype = arity == 3 && i == 0 ? DType::boolean : argument;
        body.nodes.push_back({Op::load, dtype, i, -1, -1, 0, 0});
        body.sources.push_back({dtype, 1});
        operands.add(arguments[static_cast<std::size_t>(i)]->data());
    }
    body.nodes.push_back({op, result, 0, arity > 1 ? 1 : -1, arity > 2 ? 2 : -1, 0, extra});
    body.targets.push_back({arity, Reduce::none, 1});
    operands.add(out.data());
    operands.run(body, 1, count);
    return out;
}

void test_node(Op op, DType result, DType argument, std::int64_t extra) {
    constexpr int count = 4000;
    Bytes condition = samples(DType::boolean, count), a = samples(argument, count),
          b = samples(argument, count);
    const int arity = reference::arity(op);
    std::vector<Bytes*> arguments = {&a, &b};
    if (arity == 1) arguments = {&a};
    if (arity == 3) arguments = {&condition, &a, &b};
    const Bytes got = run_node(op, result, argument, arguments, count, extra);
    const auto size = size_of(argument), width = size_of(result);
    for (int i = 0; i < count; ++i) {
        const char *x = a.data() + i * size, *y = b.data() + i * size;
        const char* out = got.data() + i * width;
        char want[8] = {};
        const Node node = {op, result, 0, 1, 2, 0, extra};
        if (arity == 3)
            reference::evaluate(node, argument, condition.data() + i, x, y, want);
        else
            reference::evaluate(node, argument, x, y, nullptr, want);
        bool right = with_type(argument, [&](auto zero) {
            using T = decltype(zero);
            const T x1 = reference::load<T>(x), x2 = reference::load<T>(y);
            if constexpr (std::is_floating_point_v<T>)
                if (reference::is_function(op))
                    return ulps(reference::load<T>(out), reference::function(op, x1, x2)) <= 2;
            if (op == Op::round && extra < 0 && !std::is_floating_point_v<T>)
                return std::fabs(static_cast<double>(x1)) > 1e9 || same(result, out, want) ||
                       sizeof(T) < 4;
            bool defined = true;
            if (op == Op::cast)
                with_type(result,
                          [&](auto r) { defined = reference::defined_cast<decltype(r)>(x1); });
            return !defined || same(result, out, want);
        });
        if (!right)
            fail(told(op, result) + " of dtype " + std::to_string(static_cast<int>(argument)) +
                 " at sample " + std::to_string(i));
    }
}

void test_every_node() {
    int nodes = 0;
    for (int d = 0; d < dtype_count; ++d) {
        const auto dtype = static_cast<DType>(d);
        for (int o = static_cast<int>(Op::equal); o <= static_cast<int>(Op::erf); ++o) {
            const auto op = static_cast<Op>(o);
            const bool answers = reference::is_comparison(op);
            if (!reference::allowed(op, dtype)) {
                Bytes none(8);
                try {
                    run_node(op, dtype, dtype, {2, &none}, 0, 0);
                } catch (const PlanError&) {
                    continue;
                } catch (...) {
                }
                fail(told(op, dtype) + " should be refused");
            }
            const int many = op == Op::round ? 5 : op == Op::cast ? dtype_count : 1;
            for (int i = 0; i < many; ++i, ++nodes)
                test_node(op,
                          answers          ? DType::boolean
                          : op == Op::cast ? static_cast<DType>(i)
                                           : dtype,
                          dtype, i - 2 * (op == Op::round));
        }
    }
    std::printf("%s: %d ops and dtypes right\n", name_of(isa()), nodes);
}

template <class T>
void test_accuracy(Op op, DType dtype, const char* name) {
    constexpr int count = 200000;
    Bytes bytes(count * sizeof(T)), other(count * sizeof(T));
    std::uniform_real_distribution<double> near(-10, 10), wide(-40, 40);
    for (int i = 0; i < count; ++i) {
        T x = static_cast<T>(near(random_bits)), y = static_cast<T>(wide(random_bits));
        const auto bits = random_bits();
        if (i % 4 == 1) std::memcpy(&x, &bits, sizeof x);
        if (i % 4 == 2) x = static_cast<T>(std::exp(wide(random_bits)));
        if (i % 4 == 3) x = static_cast<T>(near(random_bits) / 10);
        reference::store(bytes.data() + i * static_cast<int>(sizeof(T)), x);
        reference::store(other.data() + i * static_cast<int>(sizeof(T)), y);
    }
    std::vector<Bytes*> arguments = {&bytes};
    if (op == Op::power) arguments.push_back(&other);
    const Bytes got = run_node(op, dtype, dtype, arguments, count, 0);
    double worst = 0;
    T worst_at = 0;
    for (int i = 0; i < count; ++i) {
        const auto at = i * static_cast<int>(sizeof(T));
        const T x = reference::load<T>(bytes.data() + at);
        const T y = reference::load<T>(other.data() + at);
        const double error =
            ulps(reference::load<T>(got.data() + at), reference::function(op, x, y));
        if (error > worst) worst = error, worst_at = x;
    }
    std::printf("%s: %-6s %s %.3f ulp at %g\n", name_of(isa()), name,
                sizeof(T) == 4 ? "f32" : "f64", worst, static_cast<double>(worst_at));
    if (worst > 2) fail(std::string(name) + " is less exact than 2 ulp");
}

void test_refusals() {
    const auto refused = [](Body body) {
        try {
            interpret(body);
        } catch (const PlanError&) {
            return true;
        }
        return false;
    };
    const Node x = {Op::load, DType::f32, 0, -1, -1, 0, 0};
    const Source source = {DType::f32, 1};
    if (!refused({{x, {Op::add, DType::f32, 0, 1, -1, 0, 0}}, {source}, {}}))
        fail("a node that reads itself should be refused");
    if (!refused({{x, {Op::add, DType::f64, 0, 0, -1, 0, 0}}, {source}, {}}))
        fail("a result of another dtype should be refused");
    if (!refused({{x}, {source}, {{0, Reduce::any, 0}}})) fail("any of floats should be refused");
    if (!refused({{x}, {source}, {{3, Reduce::none, 1}}}))
        fail("a target without a node should be refused");
}

}  // namespace

void test_everything() {
    test_every_node();
    const char* names[] = {"exp", "expm1", "log", "log1p", "sin", "cos", "arctan", "tanh", "erf"};
    for (int i = 0; i < 9; ++i) {
        const auto op = static_cast<Op>(static_cast<int>(Op::exp) + i);
        test_accuracy<float>(op, DType::f32, names[i]);
        test_accuracy<double>(op, DType::f64, names[i]);
    }
    test_accuracy<float>(Op::power, DType::f32, "power");
    test_accuracy<double>(Op::power, DType::f64, "power");
    test_refusals();
}

}  // namespace pellucid

int main(int count, char** arguments) {
    return pellucid::reference::for_each_isa(count, arguments, pellucid::test_everything);
}
