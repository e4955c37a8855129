// Runs a body node by node over pieces of a block so short that all their values stay in L1.
#include "loops/interpreter.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "engine/isa.hpp"
#include "loops/interpreter_plan.hpp"

namespace pellucid {

const Kernels& interpreter_kernels() {
#if PELLUCID_X86
    if (isa() == Isa::avx512) return avx512::interpreter_kernels;
    if (isa() == Isa::avx2) return avx2::interpreter_kernels;
#endif
    return plain::interpreter_kernels;
}

namespace {

using Access = InterpreterPlan::Access;
using Conflict = InterpreterPlan::Conflict;
using Load = InterpreterPlan::Load;
using Step = InterpreterPlan::Step;
using Store = InterpreterPlan::Store;

struct alignas(64) Line {
    char bytes[64];
};

// Memory of this thread, grown to what the largest body needs and kept.
char* scratch_of(std::int64_t bytes) {
    thread_local std::vector<Line> lines;
    const auto wanted = static_cast<std::size_t>(bytes / 64 + 1);
    if (lines.size() < wanted) lines.resize(wanted);
    return lines[0].bytes;
}

// Whole rows, or a part of one row.
struct Piece {
    std::int64_t row, rows, column, columns;
    std::int64_t count() const { return rows * columns; }
};

class Interpreter final : public BlockFunction {
  public:
    explicit Interpreter(const Body& body) : plan_(make_interpreter_plan(body)) {}
    void operator()(const Block& block) const override;

  private:
    struct Run {
        const Block& block;
        char** values;  // where the numbers of each node stand
        char* scratch;
        std::uint8_t* copied;  // sources that must not be read in place
        std::int64_t column_limit;
    };
    void run_piece(const Run& run, const Piece& piece) const;
    void load(const Run& run, const Piece& piece, const Load& load) const;
    static void store(const Run& run, const Piece& piece, const Store& store);
    void copy(const Block& block) const;
    void mark_copied(const Run& run) const;

    InterpreterPlan plan_;
};

char* begin_of(const Block& block, const Piece& piece, const Access& access) {
    return block.pointers[access.operand] + piece.row * block.row_steps[access.operand] +
           piece.column * access.column_step * access.size;
}

// Whether the numbers of a piece stand side by side in memory.
bool packed(const Block& block, const Piece& piece, const Access& access) {
    return (access.column_step == 1 || piece.columns == 1) &&
           (piece.rows == 1 || block.row_steps[access.operand] == piece.columns * access.size);
}

void Interpreter::load(const Run& run, const Piece& piece, const Load& load) const {
    const Block& block = run.block;
    const std::int64_t row_step = block.row_steps[load.operand];
    if (run.copied[load.operand] == 0 && packed(block, piece, load)) {
        run.values[load.node] = begin_of(block, piece, load);
        return;
    }
    run.values[load.node] = run.scratch + load.offset;
    const bool first = piece.row == 0 && piece.column == 0;
    const bool splat = load.column_step == 0;
    const bool stays =
        (row_step == 0 || block.rows == 1) && (splat || run.column_limit == block.columns);
    if (first || !(stays || (splat && piece.column != 0)))
        load.gather(run.values[load.node], begin_of(block, piece, load),
                    {piece.rows, piece.columns, row_step, load.column_step});
}

void Interpreter::store(const Run& run, const Piece& piece, const Store& store) {
    const Block& block = run.block;
    const std::int64_t row_step = block.row_steps[store.operand];
    char* to = begin_of(block, piece, store);
    const char* from = run.values[store.node];
    if (store.fold == nullptr) {
        if (to != from)
            store.scatter(to, from, {piece.rows, piece.columns, row_step, store.column_step});
    } else if (store.column_step == 0 || block.columns == 1) {
        const bool whole = row_step == 0;
        store.fold(to, row_step, from, whole ? 1 : piece.rows,
                   whole ? piece.count() : piece.columns);
    } else {
        for (std::int64_t row = 0; row < piece.rows; ++row)
            store.combine(to + row * row_step, to + row * row_step,
                          from + row * piece.columns * store.size, nullptr, piece.columns, 0);
    }
}

void Interpreter::run_piece(const Run& run, const Piece& piece) const {
    for (const Load& each : plan_.loads) load(run, piece, each);
    for (const Store& each : plan_.stores)
        if (each.in_place)
            run.values[each.node] = packed(run.block, piece, each)
                                        ? begin_of(run.block, piece, each)
                                        : run.scratch + each.offset;
    const std::int64_t count = piece.count();
    for (const Step& step : plan_.steps)
        step.kernel(run.values[step.node], run.values[step.a], run.values[step.b],
                    run.values[step.c], count, step.extra);
    for (const Store& each : plan_.stores) store(run, piece, each);
}

void Interpreter::mark_copied(const Run& run) const {
    std::memset(run.copied, 0, static_cast<std::size_t>(plan_.source_count));
    for (const Conflict& each : plan_.conflicts)
        if (run.block.pointers[each.source] == run.block.pointers[each.target])
            run.copied[each.source] = 1;
}

// Nothing but a copy: straight from memory to memory where one side is packed.
void Interpreter::copy(const Block& block) const {
    const Load& from = plan_.loads[0];
    const Store& to = plan_.stores[0];
    const bool gathers = to.column_step == 1;
    const Access& side = gathers ? static_cast<const Access&>(to) : from;
    const std::int64_t from_row = block.row_steps[from.operand];
    const std::int64_t to_row = block.row_steps[to.operand];
    const bool whole = block.row_steps[side.operand] == block.columns * side.size;
    const std::int64_t rows = whole ? block.rows : 1;
    for (std::int64_t row = 0; row < block.rows; row += rows) {
        const char* source = block.pointers[from.operand] + row * from_row;
        char* target = block.pointers[to.operand] + row * to_row;
        if (gathers)
            from.gather(target, source, {rows, block.columns, from_row, from.column_step});
        else
            to.scatter(target, source, {rows, block.columns, to_row, to.column_step});
    }
}

void Interpreter::operator()(const Block& block) const {
    if (block.rows <= 0 || block.columns <= 0) return;
    if (plan_.copies && (plan_.loads[0].column_step == 1 || plan_.stores[0].column_step == 1) &&
        block.columns > 1)
        return copy(block);
    char* memory = scratch_of(plan_.scratch_bytes);
    const std::size_t nodes = plan_.places.size();
    const std::int64_t most = plan_.piece_length;
    const Run run{block, reinterpret_cast<char**>(memory), memory + plan_.values_begin,
                  reinterpret_cast<std::uint8_t*>(memory) + plan_.copied_begin,
                  std::min(block.columns, most)};
    for (std::size_t i = 0; i < nodes; ++i)
        run.values[i] = plan_.places[i].number != nullptr ? plan_.places[i].number
                                                          : run.scratch + plan_.places[i].offset;
    mark_copied(run);
    if (block.rows == 1 && block.columns <= most) return run_piece(run, {0, 1, 0, block.columns});
    const std::int64_t row_limit = std::max<std::int64_t>(1, most / block.columns);
    for (std::int64_t row = 0; row < block.rows; row += row_limit)
        for (std::int64_t column = 0; column < block.columns; column += run.column_limit)
            run_piece(run, {row, std::min(row_limit, block.rows - row), column,
                            std::min(run.column_limit, block.columns - column)});
}

}  // namespace

std::unique_ptr<BlockFunction> interpret(const Body& body) {
    return std::make_unique<Interpreter>(body);
}

}  // namespace pellucid
