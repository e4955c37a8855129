// The code generator for a named set of instructions.
#pragma once

#include "engine/isa.hpp"
#include "loops/loop.hpp"

namespace pellucid::jit {

// As generate(), whatever the environment says, and code of its own for every call; the machine
// must have the instructions.
std::unique_ptr<BlockFunction> generate_for(const Body& body, Isa isa,
                                            std::int64_t columns = MANY_COLUMNS);

}  // namespace pellucid::jit
