// Numbers below the normal range (1e-38 in float32) cost a processor ten to a hundred times as much
// as others, and a training that goes well makes many: squares of vanishing gradients. In a session
// they are zero, as in other compilers for training; a single run of a program keeps them.
#pragma once

#include <cstdint>

#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#endif

namespace pellucid {

// How this thread treats floating-point numbers: the processor's control word.
using FloatMode = std::uint64_t;

inline FloatMode float_mode() {
#if defined(__x86_64__) || defined(_M_X64)
    return _mm_getcsr();
#elif defined(__aarch64__)
    FloatMode mode;
    asm volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
#else
    return 0;
#endif
}

inline void set_float_mode([[maybe_unused]] FloatMode mode) {
#if defined(__x86_64__) || defined(_M_X64)
    _mm_setcsr(static_cast<unsigned int>(mode));
#elif defined(__aarch64__)
    asm volatile("msr fpcr, %0" : : "r"(mode));
#endif
}

// Tiny results and operands are zero for this thread, and for those that help it, until the end.
class TinyIsZero {
  public:
    TinyIsZero() : before_(float_mode()) {
#if defined(__x86_64__) || defined(_M_X64)
        set_float_mode(before_ | 0x8040);  // flush to zero, denormals are zero
#elif defined(__aarch64__)
        set_float_mode(before_ | (FloatMode{1} << 24));
#endif
    }
    ~TinyIsZero() { set_float_mode(before_); }
    TinyIsZero(const TinyIsZero&) = delete;
    TinyIsZero& operator=(const TinyIsZero&) = delete;

  private:
    FloatMode before_;
};

}  // namespace pellucid
