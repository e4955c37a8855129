// What an empty region costs: with workers that are awake, after a pause in which they fell asleep,
// and when the work of a chunk is a microsecond.
#include "engine/threads.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

namespace {

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

void busy(double seconds) {
    for (const double end = now() + seconds; now() < end;) {
    }
}

// The middle of `times` regions in nanoseconds, with a pause before each.
template <class Chunk>
double region(int times, double rest, std::int64_t chunks, const Chunk& chunk) {
    std::vector<double> costs;
    for (int i = 0; i < times; ++i) {
        if (rest > 0) std::this_thread::sleep_for(std::chrono::duration<double>(rest));
        const double start = now();
        pellucid::parallel_for(chunks, chunk);
        costs.push_back(1e9 * (now() - start));
    }
    std::nth_element(costs.begin(), costs.begin() + times / 2, costs.end());
    return costs[static_cast<size_t>(times / 2)];
}

}  // namespace

int main() {
    const int threads = pellucid::thread_limit();
    const auto nothing = [](std::int64_t) {};
    const auto microsecond = [](std::int64_t) { busy(1e-6); };
    std::printf("%d threads\n", threads);
    for (std::int64_t chunks : {std::int64_t{2}, std::int64_t{threads}, std::int64_t{64}}) {
        std::printf("%4ld chunks: hot %7.0f ns", static_cast<long>(chunks),
                    region(20'000, 0, chunks, nothing));
        std::printf(", cold %7.0f ns", region(300, 1e-3, chunks, nothing));
        std::printf(", 1 us each %7.0f ns\n", region(5'000, 0, chunks, microsecond));
    }
    const double start = now();
    constexpr int times = 200'000;
    for (int i = 0; i < times; ++i) pellucid::parallel_for(threads, nothing);
    std::printf("one after the other: %.0f ns each\n", 1e9 * (now() - start) / times);
}
