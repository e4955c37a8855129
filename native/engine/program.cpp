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
    for (std::int64_t n = words.next(); n > 0; --n) buffers.push_back(read_buffer(words));
    inputs = read_slots(words);
    outputs = read_slots(words);
    arena_bytes = words.next();
    std::size_t inner = 0;
    for (std::int64_t n = words.next(); n > 0; --n) {
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
    views.resize(inputs.size());
    for (std::size_t i = 0; i < buffers.size(); ++i)
        if (buffers[i].place == Place::input)
            views.at(static_cast<std::size_t>(buffers[i].input))
                .emplace_back(static_cast<std::int32_t>(i), buffers[i].at);
    check();
    for (const Instruction& each : instructions) {
        kernels.push_back(make_kernel(each, *this));
        scratch_bytes = std::max(scratch_bytes, kernels.back()->scratch_bytes());
    }
}

// Words come from our own lowering, but also from files that the replay program reads.
void Program::check() const {
    for (const Buffer& each : buffers) {
        if (each.dtype > DType::f64) throw PlanError("a buffer has an unknown dtype");
        const std::int64_t end = each.at + each.bytes();
        if (each.at < 0 || each.count < 0) throw PlanError("a buffer has an impossible place");
        if (each.place == Place::arena && end > arena_bytes)
            throw PlanError("a buffer lies outside the arena");
        if (each.place == Place::constant && end > static_cast<std::int64_t>(constants->size()))
            throw PlanError("a constant lies outside the constants");
    }
    const auto known = [&](const std::vector<std::int32_t>& slots) {
        return std::all_of(slots.begin(), slots.end(), [&](std::int32_t slot) {
            return slot >= -1 && slot < static_cast<std::int32_t>(buffers.size());
        });
    };
    bool fine = known(inputs) && known(outputs);
    for (const Instruction& each : instructions)
        fine = fine && known(each.inputs) && known(each.outputs);
    if (!fine) throw PlanError("a program names a buffer that is not there");
}

}  // namespace pellucid
