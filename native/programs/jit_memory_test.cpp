// Generated code and memory: nothing is touched beyond a row, and functions come and go on many
// threads, and in a process forked from one that has some.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "jit/generate.hpp"

using namespace pellucid;

namespace {

// Memory that ends where a page ends that nobody may touch.
class Ending {
  public:
    Ending() : page_(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
        void* p =
            mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        begin_ = static_cast<char*>(p);
        if (p == MAP_FAILED || mprotect(begin_ + page_, page_, PROT_NONE) != 0) std::abort();
    }
    ~Ending() { munmap(begin_, 2 * page_); }
    Ending(const Ending&) = delete;
    Ending& operator=(const Ending&) = delete;
    char* last(std::int64_t bytes) { return begin_ + static_cast<std::int64_t>(page_) - bytes; }

  private:
    size_t page_;
    char* begin_;
};

// Copies of every dtype in 32- and 64-bit lanes: the last partial vector reads and writes nothing
// beyond the row.
bool keeps_to_its_memory(Isa isa) {
    Ending from, to;
    for (DType t : {DType::boolean, DType::i32, DType::f32, DType::f64}) {
        for (bool wide : {false, true}) {
            Body body{{{Op::load, t, 0, -1, -1, 0, 0}}, {{t, 1}}, {{0, Reduce::none, 1}}};
            if (wide) body.nodes.push_back({Op::number, DType::f64, -1, -1, -1, 0, 0});
            const auto code = jit::generate_for(body, isa);
            for (std::int64_t n = 1; n <= 140; ++n) {
                const std::int64_t bytes = n * size_of(t);
                for (std::int64_t i = 0; i < bytes; ++i)
                    *from.last(bytes - i) = i % size_of(t) == 0 ? static_cast<char>(i % 2) : 0;
                char* pointers[] = {from.last(bytes), to.last(bytes)};
                const std::int64_t steps[] = {0, 0};
                (*code)({pointers, steps, 1, n});
                if (std::memcmp(pointers[0], pointers[1], static_cast<size_t>(bytes)) != 0)
                    return false;
            }
        }
    }
    return true;
}

Body constant(double x) {
    return {{{Op::number, DType::f64, -1, -1, -1, x, 0}}, {}, {{0, Reduce::none, 1}}};
}

double value_of(const BlockFunction& code) {
    double got = -1;
    char* pointers[] = {reinterpret_cast<char*>(&got)};
    const std::int64_t steps[] = {0};
    code({pointers, steps, 1, 1});
    return got;
}

// Threads that make, run and drop functions at the same time.
bool serves_threads(Isa isa) {
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&wrong, isa, t] {
            std::vector<std::unique_ptr<BlockFunction>> kept;
            for (int i = 0; i < 300; ++i) {
                const double x = t * 1000 + i;
                auto code = jit::generate_for(constant(x), isa);
                wrong += value_of(*code) != x;
                if (i % 3 == 0) kept.push_back(std::move(code));
            }
        });
    }
    for (std::thread& each : threads) each.join();
    return wrong == 0;
}

// A child makes functions of its own, and neither process disturbs the other's.
bool serves_forks(Isa isa) {
    const auto ours = jit::generate_for(constant(1), isa);
    int ready[2];
    if (pipe(ready) != 0) return false;
    const pid_t child = fork();
    if (child == 0) {
        const auto theirs = jit::generate_for(constant(2), isa);
        char byte = 0;
        const bool waited = read(ready[0], &byte, 1) == 1;  // until the parent has made one too
        _exit(waited && value_of(*ours) == 1 && value_of(*theirs) == 2 ? 0 : 1);
    }
    const auto later = jit::generate_for(constant(3), isa);
    const bool told = write(ready[1], "x", 1) == 1;
    int status = 1;
    waitpid(child, &status, 0);
    close(ready[0]);
    close(ready[1]);
    return told && status == 0 && value_of(*ours) == 1 && value_of(*later) == 3;
}

// Equal bodies run the same code while somebody runs it, also where threads ask at once.
bool shares() {
    const auto one = generate(constant(1)), same = generate(constant(1)),
               other = generate(constant(2));
    if (one == nullptr) return isa() == Isa::plain;
    if (one != same || one == other || value_of(*same) != 1 || value_of(*other) != 2) return false;
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&wrong, &one] {
            for (int i = 0; i < 2000; ++i) {
                const double x = i % 7;
                wrong += value_of(*generate(constant(x))) != x ||
                         (x == 1 && generate(constant(1)) != one);
            }
        });
    }
    for (std::thread& each : threads) each.join();
    return wrong == 0;
}

}  // namespace

int main() {
    for (Isa each : {Isa::avx512, Isa::avx2}) {
        if (each > isa()) continue;
        if (!keeps_to_its_memory(each)) return std::puts("a copy went wrong"), 1;
        if (!serves_threads(each)) return std::puts("threads disturb each other"), 1;
        if (!serves_forks(each)) return std::puts("processes disturb each other"), 1;
    }
    if (!shares()) return std::puts("equal bodies do not share their code"), 1;
    setenv("PELLUCID_JIT", "off", 1);
    if (generate(constant(1))) return std::puts("PELLUCID_JIT=off is not heard"), 1;
    std::puts("memory is kept to");
}
