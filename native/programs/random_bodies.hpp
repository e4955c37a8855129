// Random bodies for tests of loops: graphs of every kind of node, with broadcast sources and
// reductions, whose arithmetic is exact in any order.
#pragma once

#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "engine/isa.hpp"
#include "loops/loop.hpp"

namespace pellucid::test {

inline std::mt19937_64 random_bits(7);
inline int pick(int n) { return static_cast<int>(random_bits() % static_cast<std::uint64_t>(n)); }
inline bool chance(int percent) { return pick(100) < percent; }

// A body, and for each node whether it is an integer that arithmetic keeps exact.
struct Case {
    Body body;
    std::vector<bool> exact;
    DType main;
    Isa isa;
};

inline DType dtype_of(const Case& c, int node) {
    return c.body.nodes[static_cast<size_t>(node)].dtype;
}

inline int append(Case& c, Op op, DType t, int a = -1, int b = -1, int third = -1, double x = 0,
                  bool exact = true) {
    c.body.nodes.push_back({op, t, a, b, third, x, static_cast<std::int64_t>(x)});
    c.exact.push_back(exact);
    return static_cast<int>(c.body.nodes.size()) - 1;
}

inline int some(const Case& c, DType t, bool exact) {
    std::vector<int> all;
    for (int i = 0; i < static_cast<int>(c.exact.size()); ++i)
        if (dtype_of(c, i) == t && (!exact || c.exact[static_cast<size_t>(i)])) all.push_back(i);
    return all.empty() ? -1 : all[static_cast<size_t>(pick(static_cast<int>(all.size())))];
}

// Whether a node is the same in all columns.
inline bool per_row(const Case& c, int node) {
    const Node& n = c.body.nodes[static_cast<size_t>(node)];
    if (n.op == Op::number) return true;
    if (n.op == Op::load) return c.body.sources[static_cast<size_t>(n.a)].column_step == 0;
    for (int argument : {n.a, n.b, n.c})
        if (argument >= 0 && !per_row(c, argument)) return false;
    return true;
}

// Small again, so that later products stay exact.
inline int clamp(Case& c, int node) {
    const DType t = dtype_of(c, node);
    const int least = append(c, Op::number, t, -1, -1, -1, -9);
    const int most = append(c, Op::number, t, -1, -1, -1, 9);
    const int bounded = append(c, Op::maximum, t, node, least, -1, 0, false);
    return append(c, Op::minimum, t, bounded, most);
}

inline void add_arithmetic(Case& c, DType t) {
    constexpr Op ops[] = {Op::add,      Op::subtract, Op::multiply, Op::maximum, Op::minimum,
                          Op::negative, Op::abs,      Op::sign,     Op::square};
    const Op op = ops[pick(9)];
    const int a = some(c, t, true), b = some(c, t, true);
    if (a < 0) return;
    const bool two = op <= Op::minimum || op == Op::add || op == Op::subtract || op == Op::multiply;
    int made = append(c, op, t, a, two ? b : -1, -1, 0, false);
    if ((op == Op::multiply || op == Op::square) && chance(60)) {
        const int other = some(c, t, true);
        const bool first = chance(50);
        made = append(c, chance(50) ? Op::add : Op::subtract, t, first ? made : other,
                      first ? other : made, -1, 0, false);
    }
    clamp(c, made);
}

inline void add_node(Case& c) {
    constexpr Op functions[] = {Op::exp,    Op::expm1, Op::log,  Op::log1p, Op::tanh,
                                Op::arctan, Op::erf,   Op::sqrt, Op::floor, Op::round};
    constexpr DType all[] = {DType::boolean, DType::i32, DType::f32, DType::f64};
    const DType t = chance(70) ? c.main : all[pick(c.main == DType::f64 ? 4 : 3)];
    switch (pick(8)) {
        case 0:
        case 1:
        case 2:
            if (t != DType::boolean) add_arithmetic(c, t);
            return;
        case 3: {
            const int a = some(c, t, false);
            if (a >= 0 && is_float(t)) append(c, functions[pick(10)], t, a, -1, -1, 0, false);
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
            append(c, Op::where, t, mask, a, b, 0,
                   c.exact[static_cast<size_t>(a)] && c.exact[static_cast<size_t>(b)]);
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
            append(c, static_cast<Op>(static_cast<int>(Op::logical_not) + which), DType::boolean, a,
                   which == 0 ? -1 : b);
        }
    }
}

inline void add_target(Case& c, bool last) {
    const int nodes = static_cast<int>(c.exact.size()), node = last ? nodes - 1 : pick(nodes);
    const DType t = dtype_of(c, node);
    const bool exact = c.exact[static_cast<size_t>(node)];
    Reduce reduce = Reduce::none;
    if (chance(40) && t == DType::boolean) reduce = chance(50) ? Reduce::any : Reduce::all;
    if (chance(40) && is_float(t)) {
        reduce = chance(50) ? Reduce::max : Reduce::min;
        if (exact && chance(60)) reduce = Reduce::sum;
        if (c.body.nodes[static_cast<size_t>(node)].op == Op::sign) reduce = Reduce::prod;
    }
    if (chance(40) && exact && t == DType::i32) reduce = Reduce::sum;
    const bool single = reduce != Reduce::none ? chance(60) : per_row(c, node) && chance(70);
    c.body.targets.push_back({node, reduce, single ? 0 : 1});
}

// Many values that are all needed twice, far apart: more than there are registers.
inline Case crowded_case(Isa isa) {
    Case c{{}, {}, chance(50) ? DType::f32 : DType::f64, isa};
    const DType other = chance(30) ? DType::f32 : c.main, t = c.main;
    const int sources = 1 + pick(14), count = 5 + pick(45);
    for (int s = 0; s < sources; ++s) {
        c.body.sources.push_back({other, chance(40) ? 0 : 1});
        append(c, Op::load, other, s);
    }
    std::vector<int> values;
    for (int i = 0; i < count; ++i) {
        const int number = append(c, Op::number, t, -1, -1, -1, i);
        const int x = append(c, Op::cast, t, pick(sources));
        values.push_back(append(c, chance(50) ? Op::add : Op::maximum, t, x, number));
    }
    for (int target = 0; target < 3; ++target) {
        int sum = append(c, Op::number, t, -1, -1, -1, target);
        for (int v : values) {
            const int w = values[static_cast<size_t>(pick(count))];
            const int above = append(c, Op::greater, DType::boolean, v, w);
            const int x = chance(70) ? v : append(c, Op::where, t, above, v, w);
            const int product = append(c, Op::multiply, t, x, chance(50) ? w : x);
            sum = append(c, chance(50) ? Op::add : Op::subtract, t, sum, chance(30) ? product : x);
        }
        const bool whole = chance(50);
        c.body.targets.push_back(
            {sum, whole ? Reduce::none : Reduce::max, whole || chance(50) ? 1 : 0});
    }
    return c;
}

inline Case random_case(Isa isa) {
    Case c{{}, {}, chance(60) ? DType::f32 : DType::f64, isa};
    const int sources = 1 + pick(chance(20) ? 12 : 4);
    constexpr DType all[] = {DType::boolean, DType::i32, DType::f32};
    for (int s = 0; s < sources; ++s) {
        const DType t = chance(70) ? c.main : chance(20) ? DType::u8 : all[pick(3)];
        c.body.sources.push_back({t, chance(30) ? 0 : 1});
        const int loaded = append(c, Op::load, t, s);
        if (t == DType::u8) append(c, Op::cast, all[pick(3)], loaded);
    }
    append(c, Op::number, c.main, -1, -1, -1, 3);
    const int nodes = 1 + pick(chance(20) ? 90 : 12);
    for (int i = 0; i < nodes; ++i) add_node(c);
    const int targets = 1 + pick(chance(20) ? 6 : 3);
    for (int i = 0; i < targets; ++i) add_target(c, i == 0);
    return c;
}

inline void print(const Case& c) {
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

}  // namespace pellucid::test
