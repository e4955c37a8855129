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

#include "jit/generate.hpp"
#include "programs/random_bodies.hpp"

using namespace pellucid;
using namespace pellucid::test;

namespace {

// One function on one number, by generated code.
double apply(Op op, DType t, Isa isa, double x) {
    static std::map<std::pair<int, int>, std::unique_ptr<BlockFunction>> all;
    auto& f = all[{static_cast<int>(op), static_cast<int>(t) * 4 + static_cast<int>(isa)}];
    if (!f)
        f = jit::generate_for({{{Op::load, t, 0, -1, -1, 0, 0}, {op, t, 0, -1, -1, 0, 0}},
                               {{t, 1}},
                               {{1, Reduce::none, 1}}},
                              isa);
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
    if (t == DType::boolean) return *reinterpret_cast<const std::uint8_t*>(p);
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
    s.row_steps.push_back(may_repeat && chance(40) ? 0
                                                   : std::max<std::int64_t>(row, 1) * size_of(t));
    s.column_steps.push_back(column_step);
    s.dtypes.push_back(t);
    s.home.push_back(s.home.size());
    s.memory.emplace_back(static_cast<size_t>(2 * guard + (s.rows + 1) * 80 * size_of(t)), '\x5a');
}

Setting setting_for(const Case& c) {
    Setting s{chance(3) ? 0 : 1 + pick(5), 1 + pick(chance(50) ? 70 : 16), {}, {}, {}, {}, {}};
    bool per_row = false;  // a number per row is written even if it has no columns
    for (const Target& t : c.body.targets)
        per_row = per_row || (t.column_step == 0 && t.reduce == Reduce::none);
    if (chance(3) && !per_row) s.columns = 0;
    for (const Source& source : c.body.sources) {
        add_operand(s, source.dtype, source.column_step, true);
        for (std::int64_t r = 0; r < s.rows; ++r)
            for (std::int64_t k = 0; k < s.columns; ++k)
                write(s.at(s.home.size() - 1, r, k), source.dtype,
                      source.dtype == DType::boolean ? pick(2)
                      : source.dtype == DType::u8    ? pick(10)
                                                     : pick(19) - 9);
    }
    std::vector<bool> shared(s.home.size(), false);
    for (const Target& t : c.body.targets) {
        const DType dtype = dtype_of(c, t.node);
        add_operand(s, dtype, t.column_step, t.reduce != Reduce::none);
        const size_t me = s.home.size() - 1;
        for (std::int64_t r = 0; t.reduce != Reduce::none && r < s.rows; ++r)
            for (std::int64_t k = 0; k == 0 || k < s.columns; ++k)
                write(s.at(me, r, k), dtype, neutral(t.reduce));
        for (size_t i = 0; i < shared.size(); ++i) {  // in place
            if (t.reduce != Reduce::none || t.column_step == 0 || shared[i] ||
                s.column_steps[i] != 1 || s.row_steps[i] == 0 || s.dtypes[i] != dtype || chance(50))
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
        case Reduce::prod: return x * y;
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
                v[i] = n.op == Op::load ? read(s.at(static_cast<size_t>(n.a), r, k), n.dtype)
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
    const std::int64_t columns = chance(50) ? MANY_COLUMNS : pick(70);  // rightly foreseen or not
    const auto code = jit::generate_for(c.body, c.isa, columns);
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

}  // namespace

int main(int argc, char** argv) {
    const int count = argc > 1 ? std::atoi(argv[1]) : 5000;
    int with_code = 0, all = 0;
    for (Isa each : {Isa::avx512, Isa::avx2}) {
        if (each > isa()) continue;
        for (int i = 0; i < count; ++i, ++all) {
            const Case c = chance(15) ? crowded_case(each) : random_case(each);
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
