#include "engine/kernel.hpp"

#include <cstdlib>
#include <map>
#include <new>

namespace pellucid {

namespace {

std::map<std::string, Maker>& makers() {
    static std::map<std::string, Maker> all;  // inside a function: files register in any order
    return all;
}

constexpr std::size_t ALIGNMENT = 64;

}  // namespace

Memory::Memory(std::int64_t bytes) {
    if (bytes <= 0) return;
    const std::size_t rounded =
        (static_cast<std::size_t>(bytes) + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    void* memory = std::aligned_alloc(ALIGNMENT, rounded);
    if (memory == nullptr) throw std::bad_alloc();
    data_.reset(static_cast<char*>(memory));
}

void Memory::Free::operator()(char* p) const { std::free(p); }

Frame::Frame(const Program& program) : program_(&program) {
    const std::int64_t arena = (program.arena_bytes + 63) & ~std::int64_t{63};
    arena_ = Memory(arena + program.scratch_bytes);
    scratch = arena_.data() + arena;
    pointers.resize(program.buffers.size(), nullptr);
    rows_.resize(program.buffers.size(), nullptr);
    for (std::size_t i = 0; i < pointers.size(); ++i) {
        const Buffer& buffer = program.buffers[i];
        if (buffer.place == Place::arena) pointers[i] = arena_.data() + buffer.at;
        if (buffer.place == Place::constant) pointers[i] = program.constants->data() + buffer.at;
    }
    for (const Instruction& each : program.instructions)
        for (const auto& body : each.bodies) inner.push_back(std::make_unique<Frame>(*body));
}

void Frame::bind(std::size_t input, const void* data) {
    // Inputs are read only, but for state, whose arrays the caller gave to be changed.
    char* base = static_cast<char*>(const_cast<void*>(data));
    for (const auto& [buffer, offset] : program_->views[input]) {
        pointers[static_cast<std::size_t>(buffer)] = base + offset;
        rows_[static_cast<std::size_t>(buffer)] = nullptr;
    }
}

void Frame::bind_rows(std::size_t input, const void* const* rows) {
    for (const auto& [buffer, offset] : program_->views[input])
        rows_[static_cast<std::size_t>(buffer)] = rows;
}

Registered::Registered(const char* op, Maker maker) { makers()[op] = maker; }

std::unique_ptr<Kernel> make_kernel(const Instruction& instruction, const Program& program) {
    const auto found = makers().find(instruction.op);
    if (found == makers().end()) throw PlanError("no kernel is called " + instruction.op);
    return found->second(instruction, program);
}

std::vector<std::string> kernel_names() {
    std::vector<std::string> names;
    for (const auto& each : makers()) names.push_back(each.first);
    return names;
}

void run(const Program& program, Frame& frame) {
    for (const auto& kernel : program.kernels) kernel->run(frame);
}

}  // namespace pellucid
