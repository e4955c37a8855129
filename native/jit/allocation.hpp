// Registers for the values of a piece of straight code, and its emission.
#pragma once

#include <array>
#include <vector>

#include "jit/emitter.hpp"

namespace pellucid::jit {

// More values at once than any choice of registers serves.
struct NoRegister {};

// Goes through the code once. When registers run out, the value that is needed last goes to the
// frame: for straight code nothing needs fewer loads. Values of the row that the columns read, and
// accumulators, have a place of their own for the whole function.
class Allocation {
  public:
    // `narrow`: columns that fit into one partial vector, whose mask then stays for all rows, as
    // do the sums over rows, in registers.
    Allocation(Emitter& emitter, int copies, bool narrow);

    // The column code for each of `copies` vectors, interleaved; or the row's code.
    void columns(int copies, bool masked);
    void row();

    std::vector<std::vector<int>> accumulators;  // registers, by copy; none: in memory
    // Those that are free outside of the code.
    static std::array<int, 3> free_registers() { return {0, 1, 2}; }

  private:
    struct Place {
        int reg = -1, slot = -1;
        bool in_memory = false;
        int fixed = -1;     // its register for the whole function
        bool home = false;  // its slot is its place for the whole function
        std::vector<int> uses{};
        size_t next = 0;
    };

    void choose_places(int copies);
    std::uint32_t usable(bool masked) const;
    void run(const std::vector<Ins>& code);
    void start(const std::vector<Ins>& code);
    void emit(const Ins& ins);
    void emit_fused(const Ins& ins);
    void emit_accumulate(const Ins& ins);
    Rm operand(V v, bool memory_allowed);
    int to_register(V v) { return operand(v, false).reg; }
    int take();
    int take_temporary();
    int define(V v);
    void defined(V v);
    void end_of(const Ins& ins);
    void release(V v);
    void evict(int reg);
    bool used_later(V v) const;
    bool is_dying(V v, int reg) const;
    Place& place(V v) { return places_[static_cast<size_t>(v)]; }
    const Place& place(V v) const { return places_[static_cast<size_t>(v)]; }
    std::uint32_t bit(int reg) const { return 1u << reg; }

    Emitter& emitter_;
    int values_;
    bool narrow_;
    std::vector<Place> places_;
    std::array<V, 32> holds_{};  // what each register holds, or none
    std::uint32_t fixed_ = 0, usable_ = 0, taken_ = 0, locked_ = 0, temporary_ = 0;
    // A slot may be written again once the instruction that reads it is out.
    std::vector<int> free_slots_, leaving_slots_;
    int slots_ = 0, position_ = 0;
    bool in_row_ = false;
};

// The values that an instruction reads (none where it has no such argument).
std::array<V, 4> arguments(const Ins& ins);
// How many values of the column code live at once at most.
int pressure(const Lanes& lanes);

}  // namespace pellucid::jit
