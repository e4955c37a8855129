// Which instructions this machine has. Files named *.simd.cpp are compiled once for each of them.
//
// In such a file everything lives in `namespace pellucid::PELLUCID_ISA` (avx512, avx2 or plain, set
// by CMake) and no template of the standard library is used: the linker keeps one copy of an inline
// function, which must not be one that only newer machines can run.
#pragma once

#include <cstdint>

namespace pellucid {

enum class Isa : std::uint8_t { plain, avx2, avx512 };

// The best that the machine has; PELLUCID_ISA=plain|avx2|avx512 in the environment lowers it.
Isa isa();
const char* name_of(Isa isa);

}  // namespace pellucid
