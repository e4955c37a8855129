// The door to the host: functions that only the caller of the engine has, such as NumPy's.
#pragma once

#include <string>
#include <vector>

#include "engine/types.hpp"

namespace pellucid {

// A run of numbers in row order, lent for the time of a call.
struct HostArray {
    DType dtype;
    const Shape* shape;
    void* data;
};

// `call` says which function, with which options; inputs stay as they are, outputs are filled.
using HostCall = void (*)(const std::string& call, const std::vector<HostArray>& inputs,
                          const std::vector<HostArray>& outputs);

// Who answers, from now on; without anybody, programs that call their host end with a PlanError.
void set_host(HostCall answer);

}  // namespace pellucid
