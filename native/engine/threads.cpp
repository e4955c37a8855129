// The pool. Each thread has a share of a region's chunks, the same share each time, so that what a
// core has written in one step (a part of the weights) is in its cache in the next; who is through
// with his own takes from others. A share is one 64-bit word: how many threads there are, and how
// many chunks are left. Taking one is a compare-and-swap of that word; whoever has taken a chunk
// may read what it is of, since the caller waits until every chunk is done. So a late thread can
// never touch a finished region, and there is nothing to join and leave.
//
// Idle workers look for a new region for some microseconds and then sleep, each on its own flag.
// The pool is never destroyed: at exit its threads sleep on memory that outlives everything.
#include "engine/threads.hpp"

#include "engine/limits.hpp"
#include "engine/patience.hpp"
#include "engine/tiny.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace pellucid {

namespace {

constexpr int most_chunks = 1 << 30;  // of one region

thread_local int limit_here = std::numeric_limits<int>::max();
thread_local int number_here = 0;
thread_local bool inside_chunk = false;

thread_local Patience patience;

// Signals are for the threads of the program, which know what to do with them.
class SignalsBlocked {
  public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

  private:
    sigset_t before_;
};

class Pool {
  public:
    Pool(int most, Pool* before)
        : shares_(new Share[static_cast<size_t>(most)]),
          asleep_(new Sleeper[static_cast<size_t>(most)]),
          before_(before) {}

    bool claim() { return !busy_.exchange(true, std::memory_order_acquire); }
    void release() { busy_.store(false, std::memory_order_release); }

    // For the one who has claimed the pool.
    void region(int chunks, const ChunkFunction& f, int limit) {
        limit = started(limit);
        chunks_ = chunks;
        f_ = &f;
        mode_ = float_mode();
        done_.store(0, std::memory_order_relaxed);
        limit = std::min(limit, chunks);
        const std::uint64_t threads = static_cast<std::uint64_t>(limit) << 32;
        for (int i = 0; i < limit; ++i)
            shares_[i].left.store(threads | static_cast<std::uint64_t>(end(i, chunks, limit) -
                                                                       end(i - 1, chunks, limit)));
        news_.store(threads | ++regions_);
        wake(limit);
        inside_chunk = true;
        work(0);
        inside_chunk = false;
        const auto all_done = [&] { return done_.load(std::memory_order_acquire) == chunks_; };
        if (!patience.spin(all_done))
            for (int done = done_.load(); done != chunks_; done = done_.load()) done_.wait(done);
    }

    // The exception of the first chunk that threw, or none; asked for once per region.
    std::exception_ptr failure() {
        if (failed_.load(std::memory_order_relaxed) == most_chunks) return nullptr;
        failed_.store(most_chunks, std::memory_order_relaxed);
        return std::exchange(failure_, nullptr);
    }

  private:
    struct alignas(64) Share {
        std::atomic<std::uint64_t> left{0};
    };
    struct alignas(64) Sleeper {
        std::atomic<int> flag{0};
    };

    // Where the share of a thread ends: chunks are dealt out in order, evenly.
    static int end(int number, int chunks, int threads) {
        return static_cast<int>(static_cast<std::int64_t>(number + 1) * chunks / threads);
    }

    // Starts the workers 1 ... limit - 1 that are missing; how many threads there are to use.
    int started(int limit) {
        if (threads_ >= limit) return limit;
        const SignalsBlocked blocked;
        try {
            for (; threads_ < limit; ++threads_)
                std::thread([this, number = threads_] { serve(number); }).detach();
        } catch (const std::system_error&) {  // the system gives no more: the others do the work
        }
        return std::min(limit, threads_);
    }

    void wake(int wanted) {
        for (int i = 1; i < wanted; ++i)
            if (asleep_[i].flag.load() != 0 && asleep_[i].flag.exchange(0) != 0)
                asleep_[i].flag.notify_one();
    }

    [[noreturn]] void serve(int number) {
        number_here = number;
        inside_chunk = true;
        std::uint64_t seen = 0;  // the first region may be older than this thread
        const auto fresh = [&](std::uint64_t news) {
            return news != seen && number < static_cast<int>(news >> 32);
        };
        const auto ready = [&] { return fresh(news_.load(std::memory_order_relaxed)); };
        while (true) {
            if (!patience.spin(ready)) {
                std::atomic<int>& flag = asleep_[number].flag;
                flag.store(1);
                if (!fresh(news_.load())) flag.wait(1);  // `region` stores, then looks here
                flag.store(0);
            }
            seen = news_.load(std::memory_order_acquire);
            if (number < static_cast<int>(seen >> 32)) work(number);
        }
    }

    // First the own share, then what others have left.
    void work(int number) {
        int mine = 0;
        const int threads = static_cast<int>(news_.load(std::memory_order_acquire) >> 32);
        for (int i = 0; i < threads; ++i) mine += work_off((number + i) % threads, number);
        if (mine > 0) finish(mine);
    }

    int work_off(int share, int number) {
        int mine = 0;
        std::atomic<std::uint64_t>& left = shares_[share].left;
        std::uint64_t word = left.load(std::memory_order_acquire);
        while (static_cast<std::uint32_t>(word) > 0) {
            if (!left.compare_exchange_weak(word, word - 1, std::memory_order_acq_rel,
                                            std::memory_order_acquire))
                continue;
            const int threads = static_cast<int>(word >> 32);
            if (number > 0) limit_here = threads;
            attempt(end(share, chunks_, threads) -
                    static_cast<int>(static_cast<std::uint32_t>(word)));
            ++mine;
            word = left.load(std::memory_order_acquire);
        }
        return mine;
    }

    // The chunks_ must be read before the last of them is done: then the next region may begin.
    void finish(int mine) {
        const int all = chunks_;
        if (done_.fetch_add(mine) + mine == all) done_.notify_one();
    }

    // The first chunk that fails is the same on any number of threads: those before it run in any
    // case, those after it need not.
    void attempt(int chunk) {
        if (chunk > failed_.load(std::memory_order_relaxed)) return;
        if (float_mode() != mode_) set_float_mode(mode_);  // as the caller has it
        try {
            (*f_)(chunk);
        } catch (...) {
            const std::lock_guard lock(failing_);
            if (chunk > failed_.load(std::memory_order_relaxed)) return;
            failure_ = std::current_exception();
            failed_.store(chunk, std::memory_order_relaxed);
        }
    }

    // Written by the caller: one line brings all of it.
    alignas(64) std::atomic<std::uint64_t> news_{0};  // (threads that may help, number of regions)
    std::uint32_t regions_ = 0;
    int chunks_ = 0;
    const ChunkFunction* f_ = nullptr;
    FloatMode mode_ = 0;
    std::atomic<int> failed_{most_chunks};  // the first chunk that threw
    alignas(64) std::atomic<int> done_{0};
    alignas(64) std::atomic<bool> busy_{false};
    int threads_ = 1;  // with the caller
    std::unique_ptr<Share[]> shares_;
    std::unique_ptr<Sleeper[]> asleep_;
    std::mutex failing_;
    std::exception_ptr failure_;
    // In a forked child the parent's pool, whose threads are not there.
    [[maybe_unused]] Pool* before_;
};

std::atomic<Pool*> the_pool{nullptr};

void forget_threads() { the_pool = new Pool(machine_limit(), the_pool); }

Pool& pool() {
    static const bool once = [] {
        the_pool = new Pool(machine_limit(), nullptr);
        return pthread_atfork(nullptr, nullptr, forget_threads) == 0;
    }();
    static_cast<void>(once);
    return *the_pool.load(std::memory_order_relaxed);
}

void in_order(std::int64_t chunks, const ChunkFunction& f) {
    for (std::int64_t i = 0; i < chunks; ++i) f(i);
}

}  // namespace

void parallel_for(std::int64_t chunks, const ChunkFunction& f) {
    const int limit = thread_limit();
    if (chunks <= 1 || chunks > most_chunks || limit == 1 || inside_chunk)
        return in_order(chunks, f);
    Pool& threads = pool();
    if (!threads.claim()) return in_order(chunks, f);  // another caller has them: no use to wait
    threads.region(static_cast<int>(chunks), f, limit);
    const std::exception_ptr failure = threads.failure();
    threads.release();
    if (failure != nullptr) std::rethrow_exception(failure);
}

int thread_limit() { return std::min(limit_here, machine_limit()); }
void set_thread_limit(int limit) { limit_here = std::max(limit, 1); }
int thread_number() { return number_here; }

}  // namespace pellucid
