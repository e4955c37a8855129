// What reductions begin with, and how two parts of one become one.
#pragma once

#include <cstdint>

#include "loops/loop.hpp"

namespace pellucid {

// Puts the number with which a reduction begins into `count` places.
void fill_neutral(Reduce reduce, DType dtype, char* to, std::int64_t count);

// into[i] = combined(into[i], part[i]) for `count` numbers.
void combine(Reduce reduce, DType dtype, char* into, const char* part, std::int64_t count);

}  // namespace pellucid
