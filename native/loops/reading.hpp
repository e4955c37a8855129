// A loop as an instruction says it: read from its words and checked against its buffers.
//
// words: list of lengths; number of nodes, and 7 words for each: op, dtype, a, b, c, number,
// integer; number of sources; number of targets; per target its node and its reduction; then per
// operand (sources, then targets) the offset in numbers and a list of steps in numbers, one per
// length. inputs: the buffers of the sources; outputs: the buffers of the targets.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/program.hpp"
#include "loops/loop.hpp"

namespace pellucid {

// Where an operand is, in bytes: of a number, to its first one, and along each axis.
struct LoopOperand {
    std::int32_t buffer;
    std::int64_t size, offset;
    std::vector<std::int64_t> steps;
};

// A target that is reduced: which operand, how, and how many numbers it holds.
struct LoopReduction {
    std::size_t operand;
    Reduce reduce;
    DType dtype;
    std::int64_t count;
};

// The index space has at least two axes, the last two being rows and columns.
struct LoopWords {
    std::vector<std::int64_t> lengths;
    Body body;
    std::vector<LoopOperand> operands;
    std::vector<LoopReduction> reductions;
};

constexpr std::size_t MOST_AXES = 12;

// Raises PlanError for words that do not make sense or reach outside of their buffers.
LoopWords read_loop(const Instruction& instruction, const Program& program);

}  // namespace pellucid
