#include "engine/limits.hpp"

#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <thread>

namespace pellucid {

namespace {

int cores() {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
    return static_cast<int>(std::thread::hardware_concurrency());
}

// The share of the machine that a container may use, rounded up to whole cores.
int quota() {
    double quota = -1, period = 0;
    if (std::FILE* file = std::fopen("/sys/fs/cgroup/cpu.max", "r")) {
        if (std::fscanf(file, "%lf %lf", &quota, &period) != 2) quota = -1;  // "max 100000"
        std::fclose(file);
    }
    if (quota <= 0 || period <= 0) return std::numeric_limits<int>::max();
    return static_cast<int>(std::min(1e6, (quota + period - 1) / period));
}

int wished() {
    const char* text = std::getenv("PELLUCID_NUM_THREADS");
    const long wish = text == nullptr ? 0 : std::strtol(text, nullptr, 10);
    return wish > 0 ? static_cast<int>(std::min(wish, 1'000'000L))
                    : std::numeric_limits<int>::max();
}

}  // namespace

int machine_limit() {
    static const int once = std::clamp(std::min({cores(), quota(), wished()}), 1, MOST_THREADS);
    return once;
}

}  // namespace pellucid
