// Whether the pool does every chunk once, whatever happens: many regions, several callers, nested
// regions, exceptions, forks, other limits. Ends with 1 at the first thing that is not so.
#include "engine/threads.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using pellucid::parallel_for;

void check(bool right, const char* what) {
    if (right) return;
    std::fprintf(stderr, "wrong: %s\n", what);
    std::_Exit(1);
}

// Every chunk writes its own number without a lock, as kernels do; then all must be there.
void one_region(std::int64_t chunks, std::int64_t salt) {
    std::vector<std::int64_t> out(static_cast<size_t>(chunks), -1);
    parallel_for(chunks, [&](std::int64_t i) {
        check(pellucid::thread_number() < pellucid::thread_limit(), "a thread's number");
        out[static_cast<size_t>(i)] = i * salt;
    });
    for (std::int64_t i = 0; i < chunks; ++i)
        check(out[static_cast<size_t>(i)] == i * salt, "a chunk's result");
}

void many_regions(std::int64_t times) {
    for (std::int64_t i = 0; i < times; ++i) one_region(i % 37, i);
    one_region(100'000, 3);
}

void several_callers() {
    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i) callers.emplace_back([] { many_regions(2000); });
    for (std::thread& each : callers) each.join();
}

void nested() {
    std::atomic<std::int64_t> sum{0};
    parallel_for(16, [&](std::int64_t i) {
        const int number = pellucid::thread_number();
        parallel_for(8, [&](std::int64_t j) {
            check(pellucid::thread_number() == number, "a nested region stays on its thread");
            sum += i * j;
        });
    });
    check(sum == 120 * 28, "the sum of a nested region");
}

void exceptions() {
    for (int round = 0; round < 300; ++round) {
        std::atomic<int> before{0};
        std::string told;
        try {
            parallel_for(64, [&](std::int64_t i) {
                if (i < 20) ++before;
                if (i >= 20 && i % 3 == 2) throw std::runtime_error(std::to_string(i));
            });
        } catch (const std::runtime_error& e) {
            told = e.what();
        }
        check(told == "20", "the first exception is the one that comes");
        check(before == 20, "the chunks before it are done");
        one_region(9, round);
    }
}

void limits() {
    const int most = pellucid::thread_limit();
    for (int limit : {1, 2, 3, 1000, -5}) {
        pellucid::set_thread_limit(limit);
        check(pellucid::thread_limit() >= 1 && pellucid::thread_limit() <= most, "a limit");
        many_regions(100);
    }
    pellucid::set_thread_limit(1);
    std::thread([&] { check(pellucid::thread_limit() == most, "limits are per thread"); }).join();
    pellucid::set_thread_limit(1 << 20);
    check(pellucid::thread_limit() == most, "a limit can be taken back");
}

void forks() {
    for (int i = 0; i < 10; ++i) {
        many_regions(20);
        const pid_t child = fork();
        check(child >= 0, "fork");
        if (child == 0) {
            alarm(20);  // a child that waits for the parent's threads would wait for ever
            many_regions(200);
            nested();
            std::exit(0);
        }
        int status = -1;
        check(waitpid(child, &status, 0) == child && status == 0, "a forked child");
    }
}

}  // namespace

int main(int count, char** words) {
    std::printf("%d threads\n", pellucid::thread_limit());
    many_regions(20'000);
    several_callers();
    nested();
    exceptions();
    limits();
    if (count < 2 || std::string(words[1]) != "--no-fork") forks();
    std::puts("ok");
}
