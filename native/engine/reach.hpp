// Whether what an instruction touches lies within its buffers: asked once, when a program is read.
#pragma once

#include "engine/program.hpp"

namespace pellucid {

// Number offset + i * steps[0] + j * steps[1] ... for all i < lengths[0], j < lengths[1] ...
struct Reach {
    std::int64_t offset;
    const Shape& lengths;
    const std::vector<std::int64_t>& steps;
};

// PlanError unless every number of the reach is one of the buffer's; `who` begins the sentence.
void check_reach(const Buffer& buffer, const Reach& reach, const char* who);

// PlanError unless the reach of a reduced target (axes with a step of 0 are reduced) is the whole
// buffer in row order: it is filled before, and copied for each thread.
void check_reduced(const Buffer& buffer, const Reach& reach, const char* who);

// PlanError unless the numbers have the dtype that a kernel takes them for.
void check_dtype(const Buffer& buffer, DType dtype, const char* who);

}  // namespace pellucid
