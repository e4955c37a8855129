// A pool of threads that divides one kernel's work; nothing runs in it between kernels.
//
// Work is cut into chunks by shape alone, never by the number of threads: every number is computed
// by the same instructions in the same order, so the bits are the same for any number of threads.
#pragma once

#include <cstdint>

namespace pellucid {

// A function of a chunk's number, without the cost of std::function.
class ChunkFunction {
  public:
    template <class F>
    ChunkFunction(const F& f)  // NOLINT: meant to be implicit
        : object_(&f), call_([](const void* object, std::int64_t chunk) {
              (*static_cast<const F*>(object))(chunk);
          }) {}
    void operator()(std::int64_t chunk) const { call_(object_, chunk); }

  private:
    const void* object_;
    void (*call_)(const void*, std::int64_t);
};

// Calls f(0) ... f(chunks - 1), each once, in any order, on up to `thread_limit()` threads.
void parallel_for(std::int64_t chunks, const ChunkFunction& f);

// How many threads may be used from now on by calls from this thread (at least 1).
int thread_limit();
void set_thread_limit(int limit);

// A number below thread_limit() for the thread that runs a chunk: an index of scratch memory.
int thread_number();

}  // namespace pellucid
