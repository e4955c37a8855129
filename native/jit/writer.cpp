#include <bit>
#include <cmath>

#include "jit/lanes.hpp"

namespace pellucid::jit {

V Writer::number(double x) {
    return bits(wide ? std::bit_cast<std::uint64_t>(x)
                     : std::bit_cast<std::uint32_t>(static_cast<float>(x)));
}

V Writer::bits(std::uint64_t x) {
    if (!wide) x &= 0xffffffff;
    auto& all = lanes_.constants;
    for (size_t i = 0; i < all.size(); ++i)
        if (all[i] == x) return -2 - static_cast<V>(i);
    all.push_back(x);
    return -1 - static_cast<V>(all.size());
}

V Writer::make(Do what, V a, V b, V c, V d, int imm) {
    Ins ins{what};
    ins.imm = static_cast<std::uint8_t>(imm);
    ins.a = a, ins.b = b, ins.c = c, ins.d = d;
    bool column = false;
    for (V v : {a, b, c, d})
        column = column || (v >= 0 && lanes_.in_column[static_cast<size_t>(v)]);
    ins.to = static_cast<V>(lanes_.in_column.size());
    lanes_.in_column.push_back(column);
    (column ? lanes_.column : lanes_.row).push_back(ins);
    return ins.to;
}

V Writer::load(int operand, DType dtype, bool column) {
    Ins ins{column ? Do::load : Do::broadcast};
    ins.dtype = dtype, ins.c = operand;
    ins.to = static_cast<V>(lanes_.in_column.size());
    lanes_.in_column.push_back(column);
    (column ? lanes_.column : lanes_.row).push_back(ins);
    return ins.to;
}

void Writer::store(V value, int operand, DType dtype, bool column) {
    Ins ins{Do::store};
    ins.dtype = dtype, ins.a = value, ins.c = operand;
    (column ? lanes_.column : lanes_.row).push_back(ins);
}

void Writer::accumulate(V value, int accumulator) {
    Ins ins{Do::accumulate};
    ins.a = value, ins.c = accumulator;
    lanes_.column.push_back(ins);
}

V Writer::choose(V a, Compare how, V b, V yes, V no) {
    if (evex) return make(Do::choose, a, b, yes, no, how);
    return make(Do::select, compare(a, how, b), yes, no);
}

V Writer::maximum(V a, V b, bool greatest) {
    const Do op = greatest ? Do::max : Do::min;
    if (is_constant(a)) std::swap(a, b);
    if (is_constant(b)) {
        const std::uint64_t x = lanes_.constants[static_cast<size_t>(constant_of(b))];
        const double value =
            wide ? std::bit_cast<double>(x) : std::bit_cast<float>(static_cast<std::uint32_t>(x));
        // The processor gives the second if one is NaN: the one that may be.
        if (!std::isnan(value)) return make(op, b, a);
    }
    const V most = make(op, a, b);
    return choose(a, unordered, a, a, most);
}

V Writer::absolute(V a) { return both(a, bits(wide ? ~0ull >> 1 : 0x7fffffff)); }

V Writer::negative(V a) { return make(Do::bxor, a, bits(wide ? 1ull << 63 : 0x80000000)); }

V Writer::sign(V a) {
    const V zero = number(0);
    V y = choose(a, greater, zero, number(1), zero);
    y = choose(a, less, zero, number(-1), y);
    return choose(a, unordered, a, a, y);
}

V Writer::with_sign_of(V magnitude, V x) {
    return either(magnitude, both(x, bits(wide ? 1ull << 63 : 0x80000000)));
}

}  // namespace pellucid::jit
