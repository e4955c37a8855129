// What a kernel is: made once for an instruction, then run on the pointers of a Frame.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/program.hpp"
#include "engine/threads.hpp"

namespace pellucid {

// Memory that is given back by itself; 64 bytes of alignment serve every vector width.
class Memory {
  public:
    Memory() = default;
    explicit Memory(std::int64_t bytes);
    char* data() const { return data_.get(); }

  private:
    struct Free {
        void operator()(char* p) const;
    };
    std::unique_ptr<char, Free> data_;
};

// One run's memory: where each buffer of a Program is, and the Frames of its bodies.
class Frame {
  public:
    explicit Frame(const Program& program);

    template <class T = char>
    T* at(std::int32_t buffer) const {
        return reinterpret_cast<T*>(pointers[static_cast<size_t>(buffer)]);
    }
    // The caller's array for an input; buffers that are views of it move along.
    void bind(std::size_t input, const void* data);

    // An input's rows, wherever they lie, for kernels that all take it so; until it is bound again.
    void bind_rows(std::size_t input, const void* const* rows);
    const void* const* rows_of(std::int32_t buffer) const {
        return rows_[static_cast<size_t>(buffer)];
    }

    std::vector<char*> pointers;                // by buffer
    std::vector<std::unique_ptr<Frame>> inner;  // of the bodies of scan and cond, in order
    char* scratch = nullptr;                    // as much as the neediest kernel asked for

  private:
    const Program* program_;
    Memory arena_;
    std::vector<const void* const*> rows_;  // by buffer
};

class Kernel {
  public:
    virtual ~Kernel() = default;
    virtual void run(Frame& frame) const = 0;
    // What one run costs, for profiles: floating-point operations and bytes read and written.
    virtual double flops() const { return 0; }
    virtual double bytes() const { return 0; }
    virtual std::string name() const = 0;
    // Whether it can read this buffer, a matrix with rows of `length` numbers, wherever these lie
    // (`Frame::rows_of`).
    virtual bool takes_rows([[maybe_unused]] std::int32_t buffer,
                            [[maybe_unused]] std::int64_t length) const {
        return false;
    }
    // Bytes of `Frame::scratch` that one run needs; kernels run one at a time and share them.
    virtual std::int64_t scratch_bytes() const { return 0; }
};

// A file of kernels registers what it can make: `const Registered matmul("matrix_product", make);`
using Maker = std::unique_ptr<Kernel> (*)(const Instruction&, const Program&);

struct Registered {
    Registered(const char* op, Maker maker);
};

std::unique_ptr<Kernel> make_kernel(const Instruction& instruction, const Program& program);
std::vector<std::string> kernel_names();

// Run all kernels of a program in order.
void run(const Program& program, Frame& frame);

}  // namespace pellucid
