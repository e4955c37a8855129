// Loads and stores.
#include <cstdint>

#include "jit/emitter.hpp"

namespace pellucid::jit {

namespace {

int shift_of(DType dtype) {
    const std::int64_t size = size_of(dtype);
    return size == 8 ? 3 : size == 4 ? 2 : 0;
}

constexpr Opcode widen_float{0, 1, 0x5a, 0, 1}, widen_int{1, 2, 0x25, 0, 1};
constexpr Opcode narrow_float{1, 1, 0x5a, 1};

}  // namespace

Mem Emitter::column(int operand, DType dtype, int copy) {
    const auto disp = static_cast<std::int32_t>(copy * lanes.count() * size_of(dtype));
    return {base_of(operand), rax, shift_of(dtype), disp};
}

void Emitter::load(const Ins& ins, int to) {
    const Mem from = column(ins.c, ins.dtype, ins.copy);
    if (masked && !evex) return load_masked_avx2(ins, to, from);
    const auto get = [&](Opcode o) {
        if (evex)
            code.evex(o, 2, to, 0, from, -1, masked ? 1 : 0, masked);
        else
            code.vex(o, 1, to, 0, from);
    };
    if (size_of(ins.dtype) == 1) {
        get(widen_bytes());
        return ins.dtype == DType::boolean ? bytes_to_mask(to) : void();
    }
    if (wide && ins.dtype == DType::f32) return get(widen_float);
    if (wide && ins.dtype == DType::i32) return get(widen_int);
    get({wide, 1, 0x10, wide});
}

void Emitter::load_masked_avx2(const Ins& ins, int to, const Mem& from) {
    if (size_of(ins.dtype) == 1) {
        copy_bytes(ins.c, false);
        vector(widen_bytes(), to, 0, buffer_at_tail());
        return ins.dtype == DType::boolean ? bytes_to_mask(to) : void();
    }
    if (!wide || ins.dtype == DType::f64)
        return code.vex({1, 2, static_cast<std::uint8_t>(wide ? 0x2d : 0x2c), 0}, 1, to, 15, from);
    code.vex({1, 2, 0x2c, 0}, 0, to, 14, from);
    vector(ins.dtype == DType::f32 ? widen_float : widen_int, to, 0, to);
}

Opcode Emitter::widen_bytes() const {
    return wide ? Opcode{1, 2, 0x32, 0, 3} : Opcode{1, 2, 0x31, 0, 2};
}

// Lanes that are 0 or 1 become lanes of zeros or ones.
void Emitter::bytes_to_mask(int reg) {
    if (evex) {
        vector({1, 2, 0x27, wide}, 2, reg, reg);
        return mask_of(reg);
    }
    const Opcode greater = wide ? Opcode{1, 2, 0x37, 0} : Opcode{1, 1, 0x66, 0};
    vector(greater, reg, reg, constant(bits(0)));
}

// The last bytes of a row, one by one between memory and the frame's buffer.
void Emitter::copy_bytes(int operand, bool to_memory) {
    const int base = base_of(operand);
    code.integer(0x8d, r10, Mem{base, rcx});
    const Mem memory{r10, r11}, buffer = buffer_at_tail();
    Label again;
    code.bind(again);
    code.integer_0f(0xb6, rdi, to_memory ? buffer : memory);
    code.byte_store(to_memory ? memory : buffer, rdi);
    code.immediate(0, r11, 1);
    code.jump_if(Condition::not_equal, again);
}

// Makes r11 minus the number of columns left; counted up to zero it runs over memory that ends
// where a row ends, and over the buffer up to its middle.
Mem Emitter::buffer_at_tail() {
    buffer_ = true;
    code.integer(0x8b, r11, rax);
    code.integer(0x2b, r11, rcx);
    return {rsp, r11, 0, buffer_middle};
}

void Emitter::broadcast(const Ins& ins, int to) {
    const Mem from{base_of(ins.c)};
    switch (ins.dtype) {
        case DType::f64: return vector({1, 2, 0x19, evex, scalar}, to, 0, from);
        case DType::boolean: vector({1, 2, 0x78, 0, scalar}, to, 0, from); return bytes_to_mask(to);
        case DType::u8:
            vector({1, 2, 0x78, 0, scalar}, to, 0, from);
            return vector(widen_bytes(), to, 0, to);
        case DType::i32:
            vector({1, 2, 0x58, 0, scalar}, to, 0, from);
            if (wide) vector(widen_int, to, 0, to);
            return;
        default:
            vector({1, 2, 0x18, 0, scalar}, to, 0, from);
            if (wide) vector(widen_float, to, 0, to);
    }
}

void Emitter::store(const Ins& ins, int value, int temp) {
    const Mem to = column(ins.c, ins.dtype, ins.copy);
    const int k = masked ? 1 : 0;
    if (!evex) return store_avx2(ins, to, value, temp);
    if (ins.dtype == DType::boolean) {
        const auto group = static_cast<std::uint8_t>(wide ? 0x73 : 0x72);
        vector({1, 1, group, wide}, 2, temp, value, wide ? 63 : 31);
        const Opcode shrink = wide ? Opcode{2, 2, 0x32, 0, 3} : Opcode{2, 2, 0x31, 0, 2};
        return vector(shrink, temp, 0, to, -1, k);
    }
    if (wide && ins.dtype == DType::i32) return vector({2, 2, 0x35, 0, 1}, value, 0, to, -1, k);
    if (wide && ins.dtype == DType::f32) {
        vector(narrow_float, temp, 0, value);
        return at_length(1, {0, 1, 0x11, 0}, temp, 0, to, -1, k);
    }
    vector({wide, 1, 0x11, wide}, value, 0, to, -1, k);
}

void Emitter::store_avx2(const Ins& ins, const Mem& to, int value, int temp) {
    if (ins.dtype == DType::f64 || (!wide && ins.dtype != DType::boolean)) {
        if (!masked) return vector({wide, 1, 0x11, wide}, value, 0, to);
        const auto by_mask = static_cast<std::uint8_t>(wide ? 0x2f : 0x2e);
        return code.vex({1, 2, by_mask, 0}, 1, value, 15, to);
    }
    if (ins.dtype == DType::f32) {
        vector(narrow_float, temp, 0, value);
    } else {  // the low halves of the lanes, gathered in the low half
        if (wide)
            vector({1, 1, 0x70, 0}, temp, 0, value, 0x88);
        else
            vector({1, 1, 0x6b, 0}, temp, value, value);
        vector({1, 3, 0x00, 1}, temp, 0, temp, 8);
    }
    store_packed(ins, to, temp);
}

// What is smaller than its lanes, once it has been gathered in the low half of `temp`.
void Emitter::store_packed(const Ins& ins, const Mem& to, int temp) {
    if (ins.dtype != DType::boolean) {
        if (masked) return code.vex({1, 2, 0x2e, 0}, 0, temp, 14, to);
        return code.vex({0, 1, 0x11, 0}, 0, temp, 0, to);
    }
    if (wide) code.vex({1, 1, 0x6b, 0}, 0, temp, temp, temp);
    code.vex({1, 1, 0x63, 0}, 0, temp, temp, temp);
    code.vex({1, 2, 0x1c, 0}, 0, temp, 0, temp);  // |-1| = 1
    if (masked) {
        code.vex({1, 1, 0xd6, 0}, 0, temp, 0, buffer_at_tail());
        return copy_bytes(ins.c, true);
    }
    code.vex({1, 1, static_cast<std::uint8_t>(wide ? 0x7e : 0xd6), 0}, 0, temp, 0, to);
}

// One number per row, of a value that is the same in all lanes.
void Emitter::store_one(int operand, DType dtype, int value, int temp) {
    const Mem to{base_of(operand)};
    switch (dtype) {
        case DType::boolean:
            at_length(0, {1, 1, 0x7e, 0, scalar}, value, 0, r11);
            code.immediate(4, r11, 1);
            return code.byte_store(to, r11);
        case DType::i32: return at_length(0, {1, 1, 0x7e, 0, scalar}, value, 0, to);
        case DType::f64: return at_length(0, {3, 1, 0x11, evex, scalar}, value, 0, to);
        default:
            if (wide) at_length(0, narrow_float, temp, 0, value);
            at_length(0, {2, 1, 0x11, 0, scalar}, wide ? temp : value, 0, to);
    }
}

}  // namespace pellucid::jit
