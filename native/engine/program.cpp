#include "engine/program.hpp"

#include <algorithm>

#include "engine/kernel.hpp"

namespace pellucid {

std::string Words::text() {
    std::string value;
    for (std::int64_t each : list()) value.push_back(static_cast<char>(each));
    return value;
}

namespace {

constexpr int MOST_DEPTH = 100;

std::vector<std::int32_t> read_slots(Words& words) {
    std::vector<std::int32_t> slots;
    for (std::int64_t each : words.list()) slots.push_back(static_cast<std::int32_t>(each));
    return slots;
}

Buffer read_buffer(Words& words) {
    Buffer buffer;
    buffer.dtype = static_cast<DType>(words.next());
    buffer.place = static_cast<Place>(words.next());
    buffer.input = static_cast<std::int32_t>(words.next());
    buffer.at = words.next();
    buffer.shape = words.list();
    buffer.count = count_of(buffer.shape);
    return buffer;
}

}  // namespace

Program::Program(const std::vector<std::int64_t>& all, std::vector<char> bytes) {
    Words words(all);
    constants = std::make_shared<std::vector<char>>(std::move(bytes));
    read(words);
}

Program::Program(Words& words, std::shared_ptr<std::vector<char>> shared)
    : constants(std::move(shared)) {
    read(words);
}

Program::~Program() = default;

void Program::read(Words& words) {
    if (++words.depth > MOST_DEPTH) throw PlanError("programs stand too deep within each other");
    for (std::int64_t n = words.next(); n > 0; --n) buffers.push_back(read_buffer(words));
    inputs = read_slots(words);
    outputs = read_slots(words);
    arena_bytes = words.next();
    std::size_t inner = 0;
    for (std::int64_t n = words.next(); n > 0; --n) read_instruction(words, inner);
    check();
    views.resize(inputs.size());
    for (std::size_t i = 0; i < buffers.size(); ++i)
        if (buffers[i].place == Place::input)
            views[static_cast<std::size_t>(buffers[i].input)].emplace_back(
                static_cast<std::int32_t>(i), buffers[i].at);
    make_kernels();
    --words.depth;
}

void Program::read_instruction(Words& words, std::size_t& inner) {
    Instruction& each = instructions.emplace_back();
    each.op = words.text();
    each.inputs = read_slots(words);
    each.outputs = read_slots(words);
    each.words = words.list();
    each.first_inner = inner;
    for (std::int64_t bodies = words.next(); bodies > 0; --bodies, ++inner)
        each.bodies.push_back(std::make_shared<Program>(words, constants));
    each.scope = words.text();
}

void Program::make_kernels() {
    for (const Instruction& each : instructions) {
        try {
            kernels.push_back(make_kernel(each, *this));
        } catch (const std::out_of_range&) {  // a kernel looks for what is not there
            throw PlanError("an instruction lacks an operand or a word: " + each.op);
        }
        scratch_bytes = std::max(scratch_bytes, kernels.back()->scratch_bytes());
    }
}

// Words come from our own lowering, but also from files that the replay program reads: whatever
// they say, what is loaded stays within its memory. A kernel checks its own words.
void Program::check() const {
    if (arena_bytes < 0 || arena_bytes > MOST_NUMBERS) throw PlanError("an impossible arena");
    const auto known = [&](const std::vector<std::int32_t>& slots) {
        return std::all_of(slots.begin(), slots.end(), [&](std::int32_t slot) {
            return slot >= 0 && slot < static_cast<std::int32_t>(buffers.size());
        });
    };
    if (!known(inputs) || !known(outputs))
        throw PlanError("a program names a buffer that is not there");
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const Buffer& each = buffer(inputs[i]);
        const auto number = static_cast<std::int32_t>(i);
        if (each.place != Place::input || each.input != number || each.at != 0)
            throw PlanError("an input is not the caller's array");
    }
    for (const Buffer& each : buffers) check(each);
    for (const Instruction& each : instructions) check(each);
}

void Program::check(const Buffer& buffer) const {
    if (buffer.dtype > DType::f64) throw PlanError("a buffer has an unknown dtype");
    if (buffer.at < 0 || buffer.at > MOST_NUMBERS || buffer.at % size_of(buffer.dtype) != 0)
        throw PlanError("a buffer has an impossible place");
    std::int64_t room = 0;
    switch (buffer.place) {
        case Place::arena: room = arena_bytes; break;
        case Place::constant: room = static_cast<std::int64_t>(constants->size()); break;
        case Place::input:
            if (buffer.input < 0 || buffer.input >= static_cast<std::int32_t>(inputs.size()))
                throw PlanError("a buffer lies in an input that is not there");
            room = this->buffer(inputs[static_cast<std::size_t>(buffer.input)]).bytes();
            break;
        default: throw PlanError("a buffer has an unknown place");
    }
    if (buffer.at + buffer.bytes() > room) throw PlanError("a buffer lies outside its memory");
}

void Program::check(const Instruction& instruction) const {
    const auto count = static_cast<std::int32_t>(buffers.size());
    for (std::int32_t slot : instruction.inputs)
        if (slot < 0 || slot >= count) throw PlanError("an instruction reads a buffer not there");
    const bool may_drop = !instruction.bodies.empty();  // results that nobody wants
    for (std::int32_t slot : instruction.outputs) {
        if (slot == -1 && may_drop) continue;
        if (slot < 0 || slot >= count) throw PlanError("an instruction writes a buffer not there");
        if (buffer(slot).place == Place::constant)
            throw PlanError("an instruction writes into the constants");
    }
}

}  // namespace pellucid
