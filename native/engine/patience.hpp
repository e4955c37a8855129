// How long a thread waits awake before it sleeps.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace pellucid {

constexpr std::int64_t shortest_spin = 2'000, longest_spin = 60'000;  // nanoseconds
constexpr std::int64_t preemption = 30'000;  // so long nothing was heard: not by chance

inline void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

inline std::int64_t nanoseconds() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

// How often this thread lost its core to another one that wanted it.
inline long times_preempted() {
#ifdef RUSAGE_THREAD
    rusage usage;
    if (getrusage(RUSAGE_THREAD, &usage) == 0) return usage.ru_nivcsw;
#endif
    return 0;
}

// Waiting awake, as long as that takes the core from nobody. To be woken costs some 30 us on a
// virtual machine, which is more than most regions last; so a thread that finds work while it is
// awake waits longer the next time, and one that lost its core to another waits half as long.
class Patience {
  public:
    template <class Ready>
    bool spin(const Ready& ready) {
        const std::int64_t start = nanoseconds();
        bool alone = true;
        for (std::int64_t now = start, before = start; now - start <= limit_; before = now) {
            for (int i = 0; i < 16; ++i, pause())
                if (ready()) {
                    if (alone) limit_ = std::min(longest_spin, 2 * limit_);
                    return true;
                }
            now = nanoseconds();
            if (now - before > preemption) alone = false;  // 16 pauses never take that long
        }
        const long preempted = times_preempted();
        alone = alone && preempted == preempted_;
        limit_ = alone ? std::min(longest_spin, 2 * limit_) : std::max(shortest_spin, limit_ / 2);
        preempted_ = preempted;
        return ready();
    }

  private:
    std::int64_t limit_ = longest_spin;
    long preempted_ = 0;
};

}  // namespace pellucid
