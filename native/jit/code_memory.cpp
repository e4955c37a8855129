// Where the system has memory files, many functions share a slab: its pages are mapped readable
// and executable only, and new code comes in by a write to the file. Small neighbours then share
// pages and cache lines well. Elsewhere a function has pages of its own, written and then sealed.
#include "jit/code_memory.hpp"

#include <atomic>
#include <cstring>
#include <mutex>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#include <unistd.h>
#define PELLUCID_HAS_MMAP 1
#endif

namespace pellucid::jit {

#ifdef PELLUCID_HAS_MMAP

namespace {

constexpr std::int64_t slab_bytes = 256 * 1024;

std::int64_t round_up(std::int64_t n, std::int64_t unit) { return (n + unit - 1) / unit * unit; }

}  // namespace

class Slab {
  public:
    Slab(void* memory, std::int64_t bytes, int file)
        : memory_(static_cast<std::uint8_t*>(memory)), bytes_(bytes), file_(file) {}
    Slab(const Slab&) = delete;
    Slab& operator=(const Slab&) = delete;
    ~Slab() {
        munmap(memory_, static_cast<size_t>(bytes_));
        if (file_ >= 0) close(file_);
    }

    // Space is never used twice: a process forked from this one may still run what stood there.
    const std::uint8_t* append(const std::vector<std::uint8_t>& code) {
        const auto size = static_cast<std::int64_t>(code.size());
        if (getpid() != owner_ || used_ + size > bytes_) return nullptr;
        std::int64_t done = 0;
        while (done < size) {
            const ssize_t n =
                pwrite(file_, code.data() + done, static_cast<size_t>(size - done), used_ + done);
            if (n <= 0) return nullptr;
            done += n;
        }
        const std::uint8_t* at = memory_ + used_;
        used_ = round_up(used_ + size, 64);
        return at;
    }

  private:
    std::uint8_t* memory_;
    std::int64_t bytes_;
    int file_;
    std::int64_t used_ = 0;
    pid_t owner_ = getpid();
};

namespace {

std::shared_ptr<Slab> shared_slab([[maybe_unused]] std::int64_t least) {
#if defined(__linux__) && defined(MFD_CLOEXEC)
    const std::int64_t bytes = round_up(least < slab_bytes ? slab_bytes : least, slab_bytes);
    const int file = memfd_create("pellucid", MFD_CLOEXEC);
    if (file < 0) return nullptr;
    if (ftruncate(file, bytes) == 0) {
        void* memory =
            mmap(nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_EXEC, MAP_SHARED, file, 0);
        if (memory != MAP_FAILED) return std::make_shared<Slab>(memory, bytes, file);
    }
    close(file);
#endif
    return nullptr;
}

Code own_pages(const std::vector<std::uint8_t>& code) {
    const std::int64_t bytes = round_up(static_cast<std::int64_t>(code.size()), 16384);
    void* memory = mmap(nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return {};
    auto slab = std::make_shared<Slab>(memory, bytes, -1);
    std::memcpy(memory, code.data(), code.size());
    if (mprotect(memory, static_cast<size_t>(bytes), PROT_READ | PROT_EXEC) != 0) return {};
    return {std::move(slab), static_cast<const std::uint8_t*>(memory)};
}

}  // namespace

Code place(const std::vector<std::uint8_t>& code) {
    static std::mutex mutex;
    // Functions own their slab; here it is only remembered while some function still does.
    static std::weak_ptr<Slab> open;
    const std::lock_guard<std::mutex> lock(mutex);
    std::shared_ptr<Slab> slab = open.lock();
    const std::uint8_t* at = slab ? slab->append(code) : nullptr;
    if (at == nullptr) {
        slab = shared_slab(static_cast<std::int64_t>(code.size()));
        at = slab ? slab->append(code) : nullptr;
        if (at == nullptr) return own_pages(code);
        open = slab;
    }
    return {std::move(slab), at};
}

#else

class Slab {};

Code place(const std::vector<std::uint8_t>&) { return {}; }

#endif

}  // namespace pellucid::jit
