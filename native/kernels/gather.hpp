// The error of an index that is none; Python sees an IndexError.
#pragma once

#include <stdexcept>

namespace pellucid {

struct IndexError_ : std::out_of_range {
    using std::out_of_range::out_of_range;
};

}  // namespace pellucid
