#include "jit/allocation.hpp"

#include <algorithm>
#include <bit>

namespace pellucid::jit {

std::array<V, 4> arguments(const Ins& ins) {
    switch (ins.what) {
        case Do::load:
        case Do::broadcast: return {none, none, none, none};
        case Do::store:
        case Do::accumulate: return {ins.a, none, none, none};
        default: return {ins.a, ins.b, ins.c, ins.d};
    }
}

int pressure(const Lanes& lanes) {
    std::vector<bool> live(lanes.in_column.size(), false);
    int now = 0, most = 0;
    for (size_t i = lanes.column.size(); i-- > 0;) {
        const Ins& ins = lanes.column[i];
        if (ins.to >= 0 && live[static_cast<size_t>(ins.to)]) --now;
        for (V v : arguments(ins)) {
            if (v < 0 || live[static_cast<size_t>(v)] || !lanes.in_column[static_cast<size_t>(v)])
                continue;
            live[static_cast<size_t>(v)] = true;
            ++now;
        }
        most = std::max(most, now);
    }
    return most;
}

Allocation::Allocation(Emitter& emitter, int copies, bool narrow)
    : emitter_(emitter),
      values_(static_cast<int>(emitter.lanes.in_column.size())),
      narrow_(narrow),
      places_(static_cast<size_t>(values_ * copies)) {
    choose_places(copies);
}

// Accumulators first, then as many of the row's values as leave enough for the code; the others
// stay in the frame.
void Allocation::choose_places(int copies) {
    const Lanes& lanes = emitter_.lanes;
    int next = emitter_.evex ? 31 : 13;
    const int all = next + 1, least = emitter_.evex ? 8 : 7;
    const auto fix = [&] {
        if (next < least) throw NoRegister{};
        fixed_ |= bit(next);
        return next--;
    };
    for (size_t i = 0; i < lanes.accumulators.size(); ++i) {
        accumulators.emplace_back();
        if (lanes.accumulators[i].over_rows && !narrow_) continue;
        for (int u = 0; u < copies; ++u) accumulators.back().push_back(fix());
    }
    std::vector<int> reads(lanes.in_column.size(), 0);
    for (const Ins& ins : lanes.column)
        for (V v : arguments(ins))
            if (v >= 0 && !lanes.in_column[static_cast<size_t>(v)]) ++reads[static_cast<size_t>(v)];
    std::vector<V> carried;
    for (V v = 0; v < values_; ++v)
        if (reads[static_cast<size_t>(v)] > 0) carried.push_back(v);
    std::stable_sort(carried.begin(), carried.end(), [&](V x, V y) {
        return reads[static_cast<size_t>(x)] > reads[static_cast<size_t>(y)];
    });
    int room = std::max(next + 1 - pressure(lanes) * copies - 3, all / 4);
    for (V v : carried) {
        if (room-- > 0 && next >= least + 1) {
            place(v).fixed = fix();
        } else {
            place(v).home = true;
            place(v).slot = slots_++;
        }
    }
}

std::uint32_t Allocation::usable(bool masked) const {
    if (emitter_.evex) return 0xffffffff;
    return masked ? 0x3fff : 0xffff;
}

void Allocation::row() {
    usable_ = usable(narrow_);
    emitter_.masked = false;
    in_row_ = true;
    run(emitter_.lanes.row);
    in_row_ = false;
}

void Allocation::columns(int copies, bool masked) {
    emitter_.masked = masked;
    usable_ = usable(masked);
    const Lanes& lanes = emitter_.lanes;
    std::vector<Ins> code;
    code.reserve(lanes.column.size() * static_cast<size_t>(copies));
    for (const Ins& one : lanes.column) {
        for (int u = 0; u < copies; ++u) {
            Ins ins = one;
            ins.copy = static_cast<std::uint8_t>(u);
            const auto moved = [&](V v) {
                return v >= 0 && lanes.in_column[static_cast<size_t>(v)] ? v + u * values_ : v;
            };
            ins.to = moved(ins.to);
            const bool loads = ins.what == Do::load || ins.what == Do::broadcast;
            if (!loads) ins.a = moved(ins.a);
            if (!loads && ins.what != Do::store && ins.what != Do::accumulate)
                ins.b = moved(ins.b), ins.c = moved(ins.c), ins.d = moved(ins.d);
            code.push_back(ins);
        }
    }
    run(code);
}

void Allocation::start(const std::vector<Ins>& code) {
    holds_.fill(none);
    taken_ = locked_ = temporary_ = 0;
    for (Place& p : places_) {
        if (p.slot >= 0 && !p.home) free_slots_.push_back(p.slot), p.slot = -1;
        p.reg = p.fixed;
        p.in_memory = p.home && !in_row_;
        p.uses.clear();
        p.next = 0;
    }
    for (size_t i = 0; i < code.size(); ++i)
        for (V v : arguments(code[i]))
            if (v >= 0) place(v).uses.push_back(static_cast<int>(i));
}

void Allocation::run(const std::vector<Ins>& code) {
    start(code);
    for (size_t i = 0; i < code.size(); ++i) {
        position_ = static_cast<int>(i);
        emit(code[i]);
        free_slots_.insert(free_slots_.end(), leaving_slots_.begin(), leaving_slots_.end());
        leaving_slots_.clear();
    }
}

bool Allocation::used_later(V v) const {
    const Place& p = place(v);
    size_t n = p.next;
    while (n < p.uses.size() && p.uses[n] <= position_) ++n;
    return n < p.uses.size();
}

// Whether `reg`, which holds the argument v, may be written by this instruction.
bool Allocation::is_dying(V v, int reg) const {
    if (is_constant(v)) return true;
    return place(v).fixed != reg && !used_later(v);
}

int Allocation::take() {
    const std::uint32_t open = usable_ & ~fixed_ & ~taken_;
    int reg = open != 0 ? std::countr_zero(open) : -1;
    if (reg < 0) {
        int furthest = -1;
        for (int r = 0; r < 32; ++r) {
            const std::uint32_t b = bit(r);
            if (!(usable_ & ~fixed_ & b) || ((locked_ | temporary_) & b)) continue;
            const V v = holds_[static_cast<size_t>(r)];
            if (v == none) continue;
            const Place& p = place(v);
            size_t n = p.next;
            while (n < p.uses.size() && p.uses[n] < position_) ++n;
            const int use = n < p.uses.size() ? p.uses[n] : 1 << 30;
            if (use > furthest) furthest = use, reg = r;
        }
        if (reg < 0) throw NoRegister{};
        evict(reg);
    }
    taken_ |= bit(reg);
    return reg;
}

int Allocation::take_temporary() {
    const int reg = take();
    temporary_ |= bit(reg);
    return reg;
}

void Allocation::evict(int reg) {
    Place& p = place(holds_[static_cast<size_t>(reg)]);
    if (!p.in_memory) {
        if (p.slot < 0) {
            if (free_slots_.empty()) free_slots_.push_back(slots_++);
            p.slot = free_slots_.back();
            free_slots_.pop_back();
        }
        emitter_.spill(reg, p.slot);
        p.in_memory = true;
    }
    p.reg = -1;
    holds_[static_cast<size_t>(reg)] = none;
    taken_ &= ~bit(reg);
}

// Where an argument is: a register, locked until the instruction is out, or memory.
Rm Allocation::operand(V v, bool memory_allowed) {
    if (v == none) return 0;
    if (is_constant(v)) {
        if (memory_allowed) return emitter_.constant(v);
        const int reg = take_temporary();
        emitter_.load_constant(reg, v);
        return reg;
    }
    Place& p = place(v);
    if (p.reg < 0) {
        if (memory_allowed && (p.home || !used_later(v))) return emitter_.slot(p.slot);
        const int reg = take();
        emitter_.move(reg, emitter_.slot(p.slot));
        p.reg = reg;
        holds_[static_cast<size_t>(reg)] = v;
    }
    locked_ |= bit(p.reg);
    return p.reg;
}

void Allocation::release(V v) {
    Place& p = place(v);
    if (p.reg >= 0 && p.reg != p.fixed) {
        taken_ &= ~bit(p.reg);
        holds_[static_cast<size_t>(p.reg)] = none;
        p.reg = -1;
    }
    if (p.slot >= 0 && !p.home) {
        leaving_slots_.push_back(p.slot);
        p.slot = -1;
        p.in_memory = false;
    }
}

// After an instruction has read its arguments: what is needed no more gives its register back.
void Allocation::end_of(const Ins& ins) {
    for (V v : arguments(ins))
        if (v >= 0 && !used_later(v)) release(v);
    taken_ &= ~temporary_;
    locked_ = temporary_ = 0;
}

int Allocation::define(V v) {
    Place& p = place(v);
    if (p.fixed >= 0) return p.fixed;
    p.reg = take();
    holds_[static_cast<size_t>(p.reg)] = v;
    return p.reg;
}

void Allocation::defined(V v) {
    Place& p = place(v);
    if (p.home) {
        emitter_.spill(p.reg, p.slot);
        p.in_memory = true;
    }
    if (p.uses.empty()) release(v);
}

}  // namespace pellucid::jit
