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
        if (evex) code.evex(o, 2, to, 0, from, -1, masked ? 1 : 0, masked);
        else code.vex(o, 1, to, 0, from);
    };
    if (ins.dtype == DType::boolean) {
        if (wide) get({1, 2, 0x32, 0, 3});
        else get({1, 2, 0x31, 0, 2});
        return bytes_to_mask(to);
    }
    if (wide && ins.dtype == DType::f32) return get(widen_float);
    if (wide && ins.dtype == DType::i32) return get(widen_int);
    get({wide, 1, 0x10, wide});
}

void Emitter::load_masked_avx2(const Ins& ins, int to, const Mem& from) {
    if (ins.dtype == DType::boolean) {
        copy_bytes(ins.c, false);
        code.vex({1, 2, static_cast<std::uint8_t>(wide ? 0x32 : 0x31), 0}, 1, to, 0,
                 buffer_at_tail());
        return bytes_to_mask(to);
    }
    if (!wide || ins.dtype == DType::f64)
        return code.vex({1, 2, static_cast<std::uint8_t>(wide ? 0x2d : 0x2c), 0}, 1, to, 15, from);
    code.vex({1, 2, 0x2c, 0}, 0, to, 14, from);
    vector(ins.dtype == DType::f32 ? widen_float : widen_int, to, 0, to);
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

// The last booleans of a row, one by one between memory and the frame's buffer.
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
        case DType::f64:
            return vector({1, 2, 0x19, evex, scalar}, to, 0, from);
        case DType::boolean:
            vector({1, 2, 0x78, 0, scalar}, to, 0, from);
            return bytes_to_mask(to);
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
    if (evex) {
        if (ins.dtype == DType::boolean) {
            const auto group = static_cast<std::uint8_t>(wide ? 0x73 : 0x72);
            vector({1, 1, group, wide}, 2, temp, value, wide ? 63 : 31);
            const Opcode shrink = wide ? Opcode{2, 2, 0x32, 0, 3} : Opcode{2, 2, 0x31, 0, 2};
            return vector(shrink, temp, 0, to, -1, k);
        }
        if (wide && ins.dtype == DType::i32)
            return vector({2, 2, 0x35, 0, 1}, value, 0, to, -1, k);
        if (wide && ins.dtype == DType::f32) {
            vector(narrow_float, temp, 0, value);
            return at_length(1, {0, 1, 0x11, 0}, temp, 0, to, -1, k);
        }
        return vector({wide, 1, 0x11, wide}, value, 0, to, -1, k);
    }
    if (ins.dtype == DType::boolean || (wide && ins.dtype != DType::f64)) {
        if (ins.dtype == DType::f32) {
            vector(narrow_float, temp, 0, value);
        } else if (wide) {  // the low halves of the lanes, gathered in the low half
            vector({1, 1, 0x70, 0}, temp, 0, value, 0x88);
            vector({1, 3, 0x00, 1}, temp, 0, temp, 8);
        } else {
            vector({1, 1, 0x6b, 0}, temp, value, value);
            vector({1, 3, 0x00, 1}, temp, 0, temp, 8);
        }
        if (ins.dtype != DType::boolean) return store_narrow_avx2(to, ins.dtype, temp);
        if (wide) code.vex({1, 1, 0x6b, 0}, 0, temp, temp, temp);
        code.vex({1, 1, 0x63, 0}, 0, temp, temp, temp);
        code.vex({1, 2, 0x1c, 0}, 0, temp, 0, temp);
        if (masked) {
            code.vex({1, 1, 0xd6, 0}, 0, temp, 0, buffer_at_tail());
            return copy_bytes(ins.c, true);
        }
        return code.vex({1, 1, static_cast<std::uint8_t>(wide ? 0x7e : 0xd6), 0}, 0, temp, 0, to);
    }
    if (masked)
        return code.vex({1, 2, static_cast<std::uint8_t>(wide ? 0x2f : 0x2e), 0}, 1, value, 15, to);
    vector({wide, 1, 0x11, wide}, value, 0, to);
}

void Emitter::store_narrow_avx2(const Mem& to, DType, int reg) {
    if (masked) code.vex({1, 2, 0x2e, 0}, 0, reg, 14, to);
    else code.vex({0, 1, 0x11, 0}, 0, reg, 0, to);
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
