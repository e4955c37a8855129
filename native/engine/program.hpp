// A Program is a Plan made ready for this engine: buffers with a place, and instructions over them.
//
// It is read from the words that engines/native/encoding.py writes; nothing here knows Python.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/types.hpp"

namespace pellucid {

// Where a buffer lives: in the arena, among what the caller gives, or with the constants.
enum class Place : std::uint8_t { arena, input, constant };

struct Buffer {
    DType dtype;
    Shape shape;
    std::int64_t count;  // how many numbers
    Place place;
    std::int32_t input;  // which one, if it lives there
    std::int64_t at;     // byte offset
    std::int64_t bytes() const { return count * size_of(dtype); }
};

class Program;

// outputs = op(inputs; words): what the words mean is the kernel's business.
struct Instruction {
    std::string op;
    std::vector<std::int32_t> inputs, outputs;
    std::vector<std::int64_t> words;
    std::vector<std::shared_ptr<Program>> bodies;  // of scan and cond
    std::size_t first_inner = 0;                   // where their Frames stand in Frame::inner
    std::string scope;                             // whose step it is, for profiles
};

// Reads 64-bit words in order; a double is stored as its bits.
class Words {
  public:
    Words(const std::int64_t* begin, const std::int64_t* end) : at_(begin), end_(end) {}
    explicit Words(const std::vector<std::int64_t>& all)
        : Words(all.data(), all.data() + all.size()) {}
    std::int64_t next() {
        if (at_ == end_) throw PlanError("a program ended too early");
        return *at_++;
    }
    // A count of things that stand in lists, so that it must be small.
    std::size_t size() {
        const std::int64_t n = next();
        if (n < 0 || n > 1 << 30) throw PlanError("a program has an impossible count");
        return static_cast<std::size_t>(n);
    }
    double number() {
        const std::int64_t bits = next();
        double value;
        std::memcpy(&value, &bits, sizeof value);
        return value;
    }
    std::vector<std::int64_t> list() {
        const std::int64_t n = next();
        if (n < 0 || n > end_ - at_) throw PlanError("a program has a list of impossible length");
        std::vector<std::int64_t> values(at_, at_ + n);
        at_ += n;
        return values;
    }
    std::string text();
    int depth = 0;  // of the program within programs that is being read

  private:
    const std::int64_t *at_, *end_;
};

class Kernel;

// Buffers, kernels in order, and what comes in and goes out. Immutable once loaded, so that many
// threads may run it, each with a Frame of its own.
class Program {
  public:
    // `words` describe the program, `constants` are the bytes of its constant arrays.
    Program(const std::vector<std::int64_t>& words, std::vector<char> constants);
    explicit Program(Words& words, std::shared_ptr<std::vector<char>> constants);
    ~Program();

    std::vector<Buffer> buffers;
    std::vector<Instruction> instructions;
    std::vector<std::int32_t> inputs;   // the buffer of each input
    std::vector<std::int32_t> outputs;  // the buffer of each output
    std::vector<std::unique_ptr<Kernel>> kernels;
    // By input: the buffers that live in it, and with which offset in bytes.
    std::vector<std::vector<std::pair<std::int32_t, std::int64_t>>> views;
    std::int64_t arena_bytes = 0;
    std::int64_t scratch_bytes = 0;
    std::shared_ptr<std::vector<char>> constants;

    const Buffer& buffer(std::int32_t i) const { return buffers.at(static_cast<size_t>(i)); }

  private:
    void read(Words& words);
    void read_instruction(Words& words, std::size_t& inner);
    void make_kernels();
    void check() const;
    void check(const Buffer& buffer) const;
    void check(const Instruction& instruction) const;
};

}  // namespace pellucid
