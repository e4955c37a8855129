// How many threads this process may use: its cores, its share of them, and what its user wishes.
#pragma once

namespace pellucid {

constexpr int MOST_THREADS = 1024;  // whatever the machine says

// Found once; at least 1. PELLUCID_NUM_THREADS lowers it.
int machine_limit();

}  // namespace pellucid
