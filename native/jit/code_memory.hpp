// Memory that can be executed, and never written where it can be executed.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace pellucid::jit {

class Slab;

// A function's bytes in executable memory, for as long as this lives.
class Code {
  public:
    Code() = default;
    Code(std::shared_ptr<Slab> slab, const std::uint8_t* begin)
        : slab_(std::move(slab)), begin_(begin) {}
    const std::uint8_t* begin() const { return begin_; }

  private:
    std::shared_ptr<Slab> slab_;
    const std::uint8_t* begin_ = nullptr;
};

// Copies bytes to executable memory, 64-byte aligned; begin() is null if the system refuses.
Code place(const std::vector<std::uint8_t>& bytes);

}  // namespace pellucid::jit
