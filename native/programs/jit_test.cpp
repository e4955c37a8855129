// Random bodies, generated and run, against a plain evaluation of one number after the other.
//
// Sums and products are of small integers, which every order and every contraction gives exactly;
// results of exp and the like come from generated code of one function, whose errors
// jit_accuracy bounds, and then meet operations that do not round. So all must agree to the bit.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <string>

#include "jit/generate.hpp"

using namespace pellucid;

namespace {

std::mt19937_64 random_bits(7);
int pick(int n) { return static_cast<int>(random_bits() % static_cast<std::uint64_t>(n)); }
bool chance(int percent) { return pick(100) < percent; }

// A body, and for each node whether it is an integer that arithmetic keeps exact.
struct Case {
    Body body;
    std::vector<bool> exact;
    DType main;
    Isa isa;
};

DType dtype_of(const Case& c, int node) { return c.body.nodes[static_cast<size_t>(node)].dtype; }

int append(Case& c, Op op, DType t, int a = -1, int b = -1, int third = -1, double x = 0,
           bool exact = true) {
    c.body.nodes.push_back({op, t, a, b, third, x, static_cast<std::int64_t>(x)});
    c.exact.push_back(exact);
    return static_cast<int>(c.body.nodes.size()) - 1;
}

int some(const Case& c, DType t, bool exact) {
    std::vector<int> all;
    for (int i = 0; i < static_cast<int>(c.exact.size()); ++i)
        if (dtype_of(c, i) == t && (!exact || c.exact[static_cast<size_t>(i)])) all.push_back(i);
    return all.empty() ? -1 : all[static_cast<size_t>(pick(static_cast<int>(all.size())))];
}

// Small again, so that later products stay exact.
int clamp(Case& c, int node) {
    const DType t = dtype_of(c, node);
    const int least = append(c, Op::number, t, -1, -1, -1, -9);
    const int most = append(c, Op::number, t, -1, -1, -1, 9);
    const int bounded = append(c, Op::maximum, t, node, least, -1, 0, false);
    return append(c, Op::minimum, t, bounded, most);
}

void add_arithmetic(Case& c, DType t) {
    constexpr Op ops[] = {Op::add, Op::subtract, Op::multiply, Op::maximum, Op::minimum,
                          Op::negative, Op::abs, Op::sign, Op::square};
    const Op op = ops[pick(9)];
    const int a = some(c, t, true), b = some(c, t, true);
    if (a < 0) return;
    const bool two = op <= Op::minimum || op == Op::add || op == Op::subtract ||
                     op == Op::multiply;
    int made = append(c, op, t, a, two ? b : -1, -1, 0, false);
    if ((op == Op::multiply || op == Op::square) && chance(60)) {
        const int other = some(c, t, true);
        const bool first = chance(50);
        made = append(c, chance(50) ? Op::add : Op::subtract, t, first ? made : other,
                      first ? other : made, -1, 0, false);
    }
    clamp(c, made);
}

void add_node(Case& c) {
    constexpr Op functions[] = {Op::exp, Op::expm1, Op::log, Op::log1p, Op::tanh, Op::erf,
                                Op::sqrt, Op::floor, Op::round};
    constexpr DType all[] = {DType::boolean, DType::i32, DType::f32, DType::f64};
    const DType t = chance(70) ? c.main : all[pick(c.main == DType::f64 ? 4 : 3)];
    switch (pick(8)) {
        case 0: case 1: case 2:
            if (t != DType::boolean) add_arithmetic(c, t);
            return;
        case 3: {
            const int a = some(c, t, false);
            if (a >= 0 && is_float(t))
                append(c, functions[pick(9)], t, a, -1, -1, 0, false);
            return;
        }
        case 4: {
            const int a = some(c, t, false), b = some(c, t, false);
            if (a >= 0) append(c, static_cast<Op>(2 + pick(6)), DType::boolean, a, b);
            return;
        }
        case 5: {
            const int mask = some(c, DType::boolean, false), a = some(c, t, false);
            const int b = some(c, t, false);
            if (mask < 0 || a < 0) return;
            append(c, Op::where, t, mask, a, b, 0, c.exact[static_cast<size_t>(a)] &&
                   c.exact[static_cast<size_t>(b)]);
            return;
        }
        case 6: {
            const DType from = all[pick(4)];
            const int a = some(c, from, true);
            if (a >= 0) append(c, Op::cast, t, a);
            return;
        }
        default: {
            const int a = some(c, DType::boolean, false), b = some(c, DType::boolean, false);
            if (a < 0) return;
            const int which = pick(3);
            append(c, static_cast<Op>(static_cast<int>(Op::logical_not) + which), DType::boolean,
                   a, which == 0 ? -1 : b);
        }
    }
}

Case random_case(Isa isa) {
    Case c{{}, {}, chance(60) ? DType::f32 : DType::f64, isa};
    const int sources = 1 + pick(chance(20) ? 12 : 4);
    constexpr DType all[] = {DType::boolean, DType::i32, DType::f32};
    for (int s = 0; s < sources; ++s) {
        const DType t = chance(70) ? c.main : all[pick(3)];
        c.body.sources.push_back({t, chance(30) ? 0 : 1});
        append(c, Op::load, t, s);
    }
    append(c, Op::number, c.main, -1, -1, -1, 3);
    const int nodes = 1 + pick(chance(20) ? 90 : 12);
    for (int i = 0; i < nodes; ++i) add_node(c);
    const int targets = 1 + pick(chance(20) ? 6 : 3);
    for (int i = 0; i < targets; ++i) {
        int node = i == 0 ? static_cast<int>(c.exact.size()) - 1
                          : pick(static_cast<int>(c.exact.size()));
        Reduce reduce = Reduce::none;
        const DType t = dtype_of(c, node);
        const bool exact = c.exact[static_cast<size_t>(node)];
        if (chance(40) && t == DType::boolean) reduce = chance(50) ? Reduce::any : Reduce::all;
        if (chance(40) && is_float(t))
            reduce = exact && chance(50) ? Reduce::sum : chance(50) ? Reduce::max : Reduce::min;
        if (reduce == Reduce::sum && !exact) reduce = Reduce::max;
        c.body.targets.push_back({node, reduce, reduce != Reduce::none && chance(60) ? 0 : 1});
    }
    return c;
}

// One function on one number, by generated code.
double apply(Op op, DType t, Isa isa, double x) {
    static std::map<std::pair<int, int>, std::unique_ptr<BlockFunction>> all;
    auto& f = all[{static_cast<int>(op), static_cast<int>(t) * 4 + static_cast<int>(isa)}];
    if (!f)
        f = jit::generate_for({{{Op::load, t, 0, -1, -1, 0, 0}, {op, t, 0, -1, -1, 0, 0}},
                               {{t, 1}}, {{1, Reduce::none, 1}}}, isa);
    double d = x;
    float s = static_cast<float>(x);
    char* p = t == DType::f32 ? reinterpret_cast<char*>(&s) : reinterpret_cast<char*>(&d);
    char* pointers[] = {p, p};
    const std::int64_t steps[] = {0, 0};
    (*f)({pointers, steps, 1, 1});
    return t == DType::f32 ? static_cast<double>(s) : d;
}

double most(double a, double b) { return std::isnan(a) || std::isnan(b) ? NAN : a > b ? a : b; }
double least(double a, double b) { return std::isnan(a) || std::isnan(b) ? NAN : a < b ? a : b; }

double evaluate(const Case& c, const Node& n, bool wide, double x, double y, double z) {
    switch (n.op) {
        case Op::number: return n.number;
        case Op::equal: return x == y;
        case Op::not_equal: return x != y;
        case Op::less: return x < y;
        case Op::less_equal: return x <= y;
        case Op::greater: return x > y;
        case Op::greater_equal: return x >= y;
        case Op::logical_not: return x == 0;
        case Op::logical_and: return x != 0 && y != 0;
        case Op::logical_or: return x != 0 || y != 0;
        case Op::where: return x != 0 ? y : z;
        case Op::maximum: return most(x, y);
        case Op::minimum: return least(x, y);
        case Op::cast: return n.dtype == DType::boolean ? x != 0 : x;
        case Op::add: return x + y;
        case Op::subtract: return x - y;
        case Op::multiply: return x * y;
        case Op::negative: return -x;
        case Op::abs: return std::fabs(x);
        case Op::sign: return x > 0 ? 1 : x < 0 ? -1 : x;
        case Op::square: return x * x;
        default: break;
    }
    // A float32 among doubles is computed as a double and rounded.
    const double r = apply(n.op, wide ? DType::f64 : n.dtype, c.isa, x);
    return n.dtype == DType::f32 ? static_cast<double>(static_cast<float>(r)) : r;
}

double read(const char* p, DType t) {
    return with_type(t, [&](auto zero) {
        std::memcpy(&zero, p, sizeof zero);
        return static_cast<double>(zero);
    });
}

void write(char* p, DType t, double x) {
    with_type(t, [&](auto zero) {
        zero = static_cast<decltype(zero)>(x);
        std::memcpy(p, &zero, sizeof zero);
    });
}

constexpr std::int64_t guard = 64;

// Memory of every operand between guard bytes; `home` is the operand whose memory each one uses.
struct Setting {
    std::int64_t rows, columns;
    std::vector<std::vector<char>> memory;
    std::vector<size_t> home;
    std::vector<std::int64_t> row_steps, column_steps;
    std::vector<DType> dtypes;
    char* at(size_t operand, std::int64_t r, std::int64_t c) {
        return memory[home[operand]].data() + guard + r * row_steps[operand] +
               c * column_steps[operand] * size_of(dtypes[operand]);
    }
};

double neutral(Reduce r) {
    if (r == Reduce::max) return -INFINITY;
    if (r == Reduce::min) return INFINITY;
    return r == Reduce::all || r == Reduce::prod;
}

void add_operand(Setting& s, DType t, std::int64_t column_step, bool may_repeat) {
    const std::int64_t row = column_step * s.columns + (column_step != 0 ? pick(2) * 3 : pick(3));
    s.row_steps.push_back(may_repeat && chance(40) ? 0 : std::max<std::int64_t>(row, 1) *
                                                             size_of(t));
    s.column_steps.push_back(column_step);
    s.dtypes.push_back(t);
    s.home.push_back(s.home.size());
    s.memory.emplace_back(static_cast<size_t>(2 * guard + (s.rows + 1) * 80 * size_of(t)), '\x5a');
}

Setting setting_for(const Case& c) {
    Setting s{1 + pick(5), 1 + pick(70), {}, {}, {}, {}, {}};
    for (const Source& source : c.body.sources) {
        add_operand(s, source.dtype, source.column_step, true);
        for (std::int64_t r = 0; r < s.rows; ++r)
            for (std::int64_t k = 0; k < s.columns; ++k)
                write(s.at(s.home.size() - 1, r, k), source.dtype,
                      source.dtype == DType::boolean ? pick(2) : pick(19) - 9);
    }
    std::vector<bool> shared(s.home.size(), false);
    for (const Target& t : c.body.targets) {
        const DType dtype = dtype_of(c, t.node);
        add_operand(s, dtype, t.column_step, t.reduce != Reduce::none);
        const size_t me = s.home.size() - 1;
        for (std::int64_t r = 0; t.reduce != Reduce::none && r < s.rows; ++r)
            for (std::int64_t k = 0; k < s.columns; ++k)
                write(s.at(me, r, k), dtype, neutral(t.reduce));
        for (size_t i = 0; i < shared.size(); ++i) {  // in place
            if (t.reduce != Reduce::none || shared[i] || s.column_steps[i] != 1 ||
                s.row_steps[i] == 0 || s.dtypes[i] != dtype || chance(50))
                continue;
            shared[i] = true;
            s.home[me] = i;
            s.row_steps[me] = s.row_steps[i];
            break;
        }
    }
    return s;
}

double combined(Reduce r, double x, double y) {
    switch (r) {
        case Reduce::sum: return x + y;
        case Reduce::max: return most(x, y);
        case Reduce::min: return least(x, y);
        case Reduce::any: return x != 0 || y != 0;
        case Reduce::all: return x != 0 && y != 0;
        default: return y;
    }
}

void expect(const Case& c, Setting& s) {
    bool wide = false;
    for (const Node& n : c.body.nodes) wide = wide || n.dtype == DType::f64;
    const size_t sources = c.body.sources.size();
    std::vector<double> v(c.body.nodes.size() + 1, 0);
    const auto value = [&](int i) { return i < 0 ? 0 : v[static_cast<size_t>(i)]; };
    for (std::int64_t r = 0; r < s.rows; ++r) {
        for (std::int64_t k = 0; k < s.columns; ++k) {
            for (size_t i = 0; i < c.body.nodes.size(); ++i) {
                const Node& n = c.body.nodes[i];
                v[i] = n.op == Op::load
                           ? read(s.at(static_cast<size_t>(n.a), r, k), n.dtype)
                           : evaluate(c, n, wide, value(n.a), value(n.b), value(n.c));
            }
            for (size_t t = 0; t < c.body.targets.size(); ++t) {
                const Target& target = c.body.targets[t];
                char* p = s.at(sources + t, r, k);
                const DType dtype = s.dtypes[sources + t];
                write(p, dtype, combined(target.reduce, read(p, dtype), value(target.node)));
            }
        }
    }
}

bool same(const Setting& got, const Setting& expected) {
    for (size_t i = 0; i < got.memory.size(); ++i) {
        const auto& a = got.memory[i];
        const auto& b = expected.memory[i];
        const std::int64_t size = size_of(got.dtypes[i]);
        for (size_t k = 0; k < a.size(); k += static_cast<size_t>(size)) {
            if (std::memcmp(&a[k], &b[k], static_cast<size_t>(size)) == 0) continue;
            // NaN has many patterns, and 0 two.
            const double x = read(&a[k], got.dtypes[i]), y = read(&b[k], got.dtypes[i]);
            if (got.dtypes[i] == DType::boolean || !(x == y || (std::isnan(x) && std::isnan(y)))) {
                std::printf("operand %zu, byte %zu of %zu: %.17g instead of %.17g\n", i, k,
                            a.size(), x, y);
                return false;
            }
        }
    }
    return true;
}

bool agrees(const Case& c, bool& served) {
    const auto code = jit::generate_for(c.body, c.isa);
    served = code != nullptr;
    if (!served) return true;
    for (int i = 0; i < 3; ++i) {
        Setting got = setting_for(c);
        Setting expected = got;
        std::vector<char*> pointers;
        for (size_t k = 0; k < got.home.size(); ++k) pointers.push_back(got.at(k, 0, 0));
        (*code)({pointers.data(), got.row_steps.data(), got.rows, got.columns});
        expect(c, expected);
        if (!same(got, expected)) {
            std::printf("%lld rows of %lld columns\n", static_cast<long long>(got.rows),
                        static_cast<long long>(got.columns));
            return false;
        }
    }
    return true;
}

void print(const Case& c) {
    std::printf("%s\n", name_of(c.isa));
    int i = 0;
    for (const Source& s : c.body.sources)
        std::printf("source %d: dtype %d, step %d\n", i++, static_cast<int>(s.dtype),
                    static_cast<int>(s.column_step));
    i = 0;
    for (const Node& n : c.body.nodes)
        std::printf("%d: op %d dtype %d (%d, %d, %d) %g\n", i++, static_cast<int>(n.op),
                    static_cast<int>(n.dtype), n.a, n.b, n.c, n.number);
    for (const Target& t : c.body.targets)
        std::printf("target: node %d, reduce %d, step %d\n", t.node, static_cast<int>(t.reduce),
                    static_cast<int>(t.column_step));
}

}  // namespace

int main(int argc, char** argv) {
    const int count = argc > 1 ? std::atoi(argv[1]) : 5000;
    int with_code = 0, all = 0;
    for (Isa each : {Isa::avx512, Isa::avx2}) {
        if (each > isa()) continue;
        for (int i = 0; i < count; ++i, ++all) {
            const Case c = random_case(each);
            bool served = false;
            if (!agrees(c, served)) {
                print(c);
                return 1;
            }
            with_code += served;
        }
    }
    std::printf("%d random bodies agree; %d had code\n", all, with_code);
    return with_code * 10 < all * 8;
}
