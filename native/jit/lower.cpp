// From the nodes of a body to instructions over lanes.
#include <algorithm>
#include <bit>
#include <cmath>

#include "jit/lanes.hpp"

namespace pellucid::jit {

namespace {

// Thrown inside `lower` alone: this body is not for the generator.
struct NotServed {};

bool served(DType t) {
    return t == DType::boolean || t == DType::i32 || t == DType::f32 || t == DType::f64;
}

class Lowering {
  public:
    Lowering(const Body& body, Lanes& lanes) : body_(body), lanes_(lanes), write_(lanes) {}
    void run();

  private:
    V value(std::int32_t node);
    V compute(const Node& n);
    V of_float(const Node& n);
    V of_integer(const Node& n);
    V of_boolean(const Node& n);
    V bits(const Node& n);
    V compared(const Node& n);
    V power(const Node& n, V x);
    V cast(const Node& n);
    V constant(const Node& n);
    V sum_of_product(const Node& n);
    bool lone_product(std::int32_t node, DType dtype) const;
    void write(size_t target);
    bool is(std::int32_t node, DType t) const { return at(node).dtype == t; }
    const Node& at(std::int32_t node) const { return body_.nodes.at(static_cast<size_t>(node)); }
    // An f32 in 64-bit lanes is rounded after each operation, an i32 wrapped.
    V rounded(DType t, V v) {
        return write_.wide && t == DType::f32 ? write_.make(Do::round32, v) : v;
    }
    V wrapped(V v) { return write_.wide ? write_.make(Do::wrap32, v) : v; }

    const Body& body_;
    Lanes& lanes_;
    Writer write_;
    std::vector<V> done_;
    std::vector<int> uses_;
};

V Lowering::constant(const Node& n) {
    if (n.dtype == DType::boolean) return write_.bits(n.integer != 0 ? ~0ull : 0);
    if (n.dtype == DType::i32)
        return write_.bits(static_cast<std::uint64_t>(
            static_cast<std::int64_t>(static_cast<std::int32_t>(n.integer))));
    return write_.number(n.dtype == DType::f32 ? static_cast<float>(n.number) : n.number);
}

V Lowering::value(std::int32_t node) {
    V& known = done_.at(static_cast<size_t>(node));
    if (known == none) known = compute(at(node));
    return known;
}

V Lowering::compute(const Node& n) {
    if (n.op == Op::number) return constant(n);
    if (n.op == Op::load) {
        const Source& s = body_.sources.at(static_cast<size_t>(n.a));
        if (s.dtype != n.dtype) throw NotServed{};
        return write_.load(n.a, n.dtype, s.column_step == 1);
    }
    if (n.op == Op::where) {
        const V mask = value(n.a), yes = value(n.b);
        return write_.make(Do::select, mask, yes, value(n.c));
    }
    if (n.op == Op::cast) return cast(n);
    if (n.op >= Op::equal && n.op <= Op::greater_equal) return compared(n);
    if (n.op >= Op::bitwise_and && n.op <= Op::bitwise_not) return bits(n);
    if (n.dtype == DType::boolean) return of_boolean(n);
    if (n.dtype == DType::i32) return of_integer(n);
    return of_float(n);
}

V Lowering::compared(const Node& n) {
    constexpr Compare how[] = {equal, not_equal, less, less_equal, greater, greater_equal};
    const int which = static_cast<int>(n.op) - static_cast<int>(Op::equal);
    V a = value(n.a), b = value(n.b);
    if (is_float(at(n.a).dtype)) return write_.compare(a, how[which], b);
    // true is a lane of ones, that is -1: booleans compare the other way round
    if (is(n.a, DType::boolean)) std::swap(a, b);
    switch (n.op) {
        case Op::equal: return write_.make(Do::iequal, a, b);
        case Op::not_equal: return write_.not_of(write_.make(Do::iequal, a, b));
        case Op::less: return write_.make(Do::igreater, b, a);
        case Op::less_equal: return write_.not_of(write_.make(Do::igreater, a, b));
        case Op::greater: return write_.make(Do::igreater, a, b);
        default: return write_.not_of(write_.make(Do::igreater, b, a));
    }
}

// A boolean is a lane of ones or zeros: the same instructions serve it. Shifts are interpreted.
V Lowering::bits(const Node& n) {
    if (is_float(n.dtype) || n.op == Op::left_shift || n.op == Op::right_shift) throw NotServed{};
    const V a = value(n.a);
    if (n.op == Op::bitwise_not) return write_.not_of(a);
    if (n.op == Op::bitwise_and) return write_.both(a, value(n.b));
    if (n.op == Op::bitwise_or) return write_.either(a, value(n.b));
    return write_.make(Do::bxor, a, value(n.b));
}

V Lowering::of_boolean(const Node& n) {
    const V a = value(n.a);
    switch (n.op) {
        case Op::logical_not: return write_.not_of(a);
        case Op::logical_and:
        case Op::multiply:
        case Op::minimum: return write_.both(a, value(n.b));
        case Op::logical_or:
        case Op::add:
        case Op::maximum: return write_.either(a, value(n.b));
        default: throw NotServed{};
    }
}

V Lowering::of_integer(const Node& n) {
    const V a = value(n.a), zero = write_.bits(0);
    switch (n.op) {
        case Op::add: return wrapped(write_.make(Do::iadd, a, value(n.b)));
        case Op::subtract: return wrapped(write_.make(Do::isub, a, value(n.b)));
        case Op::multiply: return wrapped(write_.make(Do::imul, a, value(n.b)));
        case Op::square: return wrapped(write_.make(Do::imul, a, a));
        case Op::negative: return wrapped(write_.make(Do::isub, zero, a));
        case Op::abs:
            if (!write_.wide) return write_.make(Do::iabs, a);
            return wrapped(write_.make(Do::select, write_.make(Do::igreater, zero, a),
                                       write_.make(Do::isub, zero, a), a));
        case Op::maximum:
        case Op::minimum: {
            const V b = value(n.b);
            const bool most = n.op == Op::maximum;
            if (!write_.wide) return write_.make(most ? Do::imax : Do::imin, a, b);
            const V above = write_.make(Do::igreater, a, b);
            return write_.make(Do::select, above, most ? a : b, most ? b : a);
        }
        case Op::sign:
            return write_.make(Do::isub, write_.make(Do::igreater, zero, a),
                               write_.make(Do::igreater, a, zero));
        default: throw NotServed{};
    }
}

// A product that nothing else needs is not rounded before it is added.
bool Lowering::lone_product(std::int32_t node, DType dtype) const {
    const Node& n = at(node);
    return (n.op == Op::multiply || n.op == Op::square) && n.dtype == dtype &&
           uses_[static_cast<size_t>(node)] == 1 && done_[static_cast<size_t>(node)] == none;
}

V Lowering::sum_of_product(const Node& n) {
    const bool first = lone_product(n.a, n.dtype);
    const bool add = n.op == Op::add;
    const Node& product = at(first ? n.a : n.b);
    const V x = value(product.a), y = product.op == Op::square ? x : value(product.b);
    const V z = value(first ? n.b : n.a);
    return write_.make(add ? Do::fmadd : first ? Do::fmsub : Do::fnmadd, x, y, z);
}

V Lowering::of_float(const Node& n) {
    const auto round = [&](V v) { return rounded(n.dtype, v); };
    if ((n.op == Op::add || n.op == Op::subtract) &&
        (lone_product(n.a, n.dtype) || lone_product(n.b, n.dtype)))
        return round(sum_of_product(n));
    const V a = value(n.a);
    switch (n.op) {
        case Op::maximum: return write_.maximum(a, value(n.b), true);
        case Op::minimum: return write_.maximum(a, value(n.b), false);
        case Op::add: return round(write_.add(a, value(n.b)));
        case Op::subtract: return round(write_.sub(a, value(n.b)));
        case Op::multiply: return round(write_.mul(a, value(n.b)));
        case Op::divide: return round(write_.div(a, value(n.b)));
        case Op::negative: return write_.negative(a);
        case Op::abs: return write_.absolute(a);
        case Op::sign: return write_.sign(a);
        case Op::square: return round(write_.mul(a, a));
        case Op::sqrt: return round(write_.make(Do::sqrt, a));
        case Op::power: return round(power(n, a));
        case Op::floor: return write_.make(Do::round, a, none, none, none, 1);
        case Op::round:
            if (n.integer != 0) throw NotServed{};
            return write_.make(Do::round, a, none, none, none, 0);
        case Op::exp: return round(write_.exp(a));
        case Op::expm1: return round(write_.expm1(a));
        case Op::log: return round(write_.log(a));
        case Op::log1p: return round(write_.log1p(a));
        case Op::arctan: return round(write_.arctan(a));
        case Op::tanh: return round(write_.tanh(a));
        case Op::erf: return round(write_.erf(a));
        default: throw NotServed{};
    }
}

// Exponents that a few exact instructions serve within 2 units in the last place.
V Lowering::power(const Node& n, V x) {
    const Node& exponent = at(n.b);
    if (exponent.op != Op::number || !is_float(exponent.dtype)) throw NotServed{};
    const double p = exponent.number, size = std::fabs(p);
    const V one = write_.number(1), infinite = write_.number(INFINITY);
    if (p == 0) return one;
    if (size == 0.5) {
        // pow(-0, 1/2) = 0 and pow(-inf, 1/2) = inf, which sqrt has otherwise
        const V y = write_.add(write_.make(Do::sqrt, x), write_.number(0));
        const V root = write_.choose(x, equal, write_.number(-INFINITY), infinite, y);
        return p < 0 ? write_.div(one, root) : root;
    }
    if (p < 0) x = write_.div(one, x);
    if (size == 1) return x;
    if (size == 2) return write_.mul(x, x);
    if (p == 3) return write_.mul(write_.mul(x, x), x);
    if (p == 4) return write_.mul(write_.mul(x, x), write_.mul(x, x));
    throw NotServed{};
}

V Lowering::cast(const Node& n) {
    const DType to = n.dtype, from = is(n.a, DType::u8) ? DType::i32 : at(n.a).dtype;
    const V x = value(n.a);
    if (from == to) return x;
    if (to == DType::boolean) {
        if (is_float(from)) return write_.compare(x, not_equal, write_.number(0));
        return write_.not_of(write_.make(Do::iequal, x, write_.bits(0)));
    }
    if (from == DType::boolean)
        return write_.both(x, is_float(to) ? write_.number(1) : write_.bits(1));
    if (to == DType::i32) return write_.make(Do::float_to_int, x);
    if (from == DType::i32) return rounded(to, write_.make(Do::int_to_float, x));
    return rounded(to, x);
}

void Lowering::write(size_t target) {
    const Target& t = body_.targets[target];
    const DType dtype = at(t.node).dtype;
    const int operand = static_cast<int>(body_.sources.size() + target);
    const bool logical = t.reduce == Reduce::any || t.reduce == Reduce::all;
    const bool served_sum = is_float(dtype) || (dtype == DType::i32 && t.reduce == Reduce::sum);
    if (t.reduce != Reduce::none && (logical ? dtype != DType::boolean : !served_sum))
        throw NotServed{};
    const V v = value(t.node);
    if (t.reduce == Reduce::none) {
        // One number per row must not depend on the column.
        if (t.column_step == 0 && v >= 0 && lanes_.in_column[static_cast<size_t>(v)])
            throw NotServed{};
        return write_.store(v, operand, dtype, t.column_step == 1);
    }
    lanes_.accumulators.push_back({t.reduce, dtype, operand, t.column_step == 1});
    write_.accumulate(v, static_cast<int>(lanes_.accumulators.size()) - 1);
}

void Lowering::run() {
    for (const Source& s : body_.sources) {
        if (!(served(s.dtype) || s.dtype == DType::u8)) throw NotServed{};
        if (s.column_step < 0 || s.column_step > 1) throw NotServed{};
        lanes_.operands.push_back(s.dtype);
    }
    for (const Target& t : body_.targets) {
        if (t.column_step < 0 || t.column_step > 1 || !served(at(t.node).dtype)) throw NotServed{};
        lanes_.operands.push_back(at(t.node).dtype);
    }
    done_.assign(body_.nodes.size(), none);
    uses_.assign(body_.nodes.size(), 0);
    for (const Node& n : body_.nodes) {
        // Bytes are read, as numbers that fit into an i32, and cast or compared.
        if (!served(n.dtype) && !(n.dtype == DType::u8 && n.op == Op::load)) throw NotServed{};
        if (n.op == Op::load || n.op == Op::number) continue;
        for (std::int32_t argument : {n.a, n.b, n.c})
            if (argument >= 0) ++uses_.at(static_cast<size_t>(argument));
    }
    for (const Target& t : body_.targets) ++uses_.at(static_cast<size_t>(t.node));
    for (const Target& t : body_.targets) value(t.node);
    // A target may be a source's memory: all is read before anything is written.
    for (size_t t = 0; t < body_.targets.size(); ++t) write(t);
}

}  // namespace

bool lower(const Body& body, Lanes& lanes) {
    lanes.wide = false;
    for (const Node& n : body.nodes) lanes.wide = lanes.wide || n.dtype == DType::f64;
    for (const Source& s : body.sources) lanes.wide = lanes.wide || s.dtype == DType::f64;
    try {
        Lowering(body, lanes).run();
    } catch (const NotServed&) {
        return false;
    }
    return true;
}

}  // namespace pellucid::jit
