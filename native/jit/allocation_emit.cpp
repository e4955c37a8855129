// One instruction after the other: its arguments into place, then its code.
#include <utility>

#include "jit/allocation.hpp"

namespace pellucid::jit {

namespace {

bool commutes(Do what) {
    switch (what) {
        case Do::add:
        case Do::mul:
        case Do::band:
        case Do::bor:
        case Do::bxor:
        case Do::iadd:
        case Do::imul:
        case Do::imax:
        case Do::imin:
        case Do::iequal: return true;
        default: return false;
    }
}

// Which arguments may come from memory: bit i for argument i.
int from_memory(Do what, bool evex) {
    switch (what) {
        case Do::sqrt:
        case Do::round:
        case Do::exponent:
        case Do::mantissa:
        case Do::iabs:
        case Do::int_to_float:
        case Do::float_to_int:
        case Do::round32:
        case Do::wrap32: return 1;
        case Do::shl:
        case Do::shr:
        case Do::sra: return evex ? 1 : 0;
        case Do::choose: return 2 | 4;
        default: return 2;
    }
}

}  // namespace

void Allocation::emit(const Ins& ins) {
    switch (ins.what) {
        case Do::fmadd:
        case Do::fmsub:
        case Do::fnmadd: return emit_fused(ins);
        case Do::accumulate: return emit_accumulate(ins);
        case Do::load: emitter_.load(ins, define(ins.to)); return defined(ins.to);
        case Do::broadcast: emitter_.broadcast(ins, define(ins.to)); return defined(ins.to);
        case Do::store: {
            const int value = to_register(ins.a), temporary = take_temporary();
            if (in_row_)
                emitter_.store_one(ins.c, ins.dtype, value, temporary);
            else
                emitter_.store(ins, value, temporary);
            return end_of(ins);
        }
        default: break;
    }
    V a = ins.a, b = ins.b;
    if (commutes(ins.what) && is_constant(a)) std::swap(a, b);
    const int memory = from_memory(ins.what, emitter_.evex);
    // What is in registers already is locked first, so that loading the others cannot evict it.
    for (V v : {a, b, ins.c, ins.d})
        if (v >= 0 && place(v).reg >= 0) locked_ |= bit(place(v).reg);
    const Rm ra = operand(a, memory & 1), rb = operand(b, memory & 2);
    const Rm rc = operand(ins.c, memory & 4), rd = operand(ins.d, false);
    end_of(ins);
    const int to = define(ins.to);
    emitter_.arithmetic(ins, to, ra, rb, rc, rd);
    defined(ins.to);
}

void Allocation::emit_accumulate(const Ins& ins) {
    const int value = to_register(ins.a);
    const auto which = static_cast<size_t>(ins.c);
    const Accumulator& a = emitter_.lanes.accumulators[which];
    int t[3];
    for (int& each : t) each = take_temporary();
    if (accumulators[which].empty())
        emitter_.accumulate_in_memory(a, ins.copy, value, t);
    else
        emitter_.accumulate(a, accumulators[which][ins.copy], value, t);
    end_of(ins);
}

// a * b + c writes one of its arguments: one that is needed no more, else a copy.
void Allocation::emit_fused(const Ins& ins) {
    V a = ins.a, b = ins.b, c = ins.c;
    if (is_constant(a)) std::swap(a, b);
    for (V v : {a, b, c})
        if (v >= 0 && place(v).reg >= 0) locked_ |= bit(place(v).reg);
    const auto in_memory = [&](V v) { return v >= 0 && place(v).reg < 0; };
    // At most one argument comes from memory.
    const bool memory_c = is_constant(c) || (in_memory(c) && !is_constant(b));
    const Rm rc = operand(c, memory_c);
    const Rm rb = operand(b, !rc.is_memory());
    const Rm ra = operand(a, false);
    int to = -1;
    if (!rc.is_memory() && is_dying(c, rc.reg))
        to = rc.reg;
    else if (is_dying(a, ra.reg))
        to = ra.reg;
    else if (!rb.is_memory() && is_dying(b, rb.reg))
        to = rb.reg;
    const int fixed = place(ins.to).fixed;
    if (to < 0 || fixed >= 0) {
        // A register for the result that is none of the arguments'.
        to = fixed >= 0 ? fixed : take_temporary();
        if (rb.is_memory()) {
            emitter_.move(to, ra);
            emitter_.fused(ins.what, 0, to, rc.reg, rb);
        } else {
            emitter_.move(to, ra);
            emitter_.fused(ins.what, 1, to, rb.reg, rc);
        }
    } else if (!rc.is_memory() && to == rc.reg) {
        emitter_.fused(ins.what, 2, to, ra.reg, rb);
    } else if (rb.is_memory()) {
        emitter_.fused(ins.what, 0, to, rc.reg, rb);
    } else {
        emitter_.fused(ins.what, 1, to, to == ra.reg ? rb.reg : ra.reg, rc);
    }
    end_of(ins);
    if (fixed < 0) {
        taken_ |= bit(to);
        place(ins.to).reg = to;
        holds_[static_cast<size_t>(to)] = ins.to;
    }
    defined(ins.to);
}

}  // namespace pellucid::jit
