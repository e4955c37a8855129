// A loop: one elementwise expression over an index space, with sums and maxima of its results.
//
// A Plan's elementwise atoms, its copies (transpose, broadcast, slices) and its reductions all
// become loops. A body is a list of nodes in order; a node's arguments are earlier nodes.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/types.hpp"

namespace pellucid {

// The order is that of `LOOP_OPS` in engines/native/encoding.py. `load` reads operand `a`.
enum class Op : std::uint8_t {
    load,
    number,
    // x1, x2 of one dtype -> boolean
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    // booleans -> boolean
    logical_not,
    logical_and,
    logical_or,
    where,  // (boolean, x1, x2)
    maximum,
    minimum,  // NaN if either is NaN, as NumPy's
    cast,     // to `dtype`
    add,
    subtract,
    multiply,
    divide,
    negative,
    abs,
    sign,
    square,
    sqrt,
    power,
    floor_divide,
    mod,
    // whole numbers, and all but the shifts booleans
    bitwise_and,
    bitwise_or,
    bitwise_xor,
    left_shift,
    right_shift,
    bitwise_not,
    floor,
    round,
    exp,
    expm1,
    log,
    log1p,
    sin,
    cos,
    arctan,
    tanh,
    erf,
};

struct Node {
    Op op;
    DType dtype;           // of the result
    std::int32_t a, b, c;  // arguments: nodes; for `load` the operand; -1 for none
    double number;         // for `number` of a float dtype
    std::int64_t integer;  // for `number` of other dtypes; for `round` the decimals
};

enum class Reduce : std::uint8_t { none, sum, max, min, prod, any, all };

// What is read: its dtype and its step, in numbers, from one column to the next.
struct Source {
    DType dtype;
    std::int64_t column_step;
};

// What is written: node `node`, in its dtype. With a reduction, what stands in memory is combined
// with what comes: the driver has put the neutral number there before. A reduction over columns
// has column_step 0; one over rows has column_step 1 and a row step of 0.
struct Target {
    std::int32_t node;
    Reduce reduce;
    std::int64_t column_step;
};

struct Body {
    std::vector<Node> nodes;
    std::vector<Source> sources;
    std::vector<Target> targets;
};

// How many of a, b, c an op takes.
int arguments_of(Op op);

// PlanError unless arguments come before who takes them, with dtypes that agree.
void check(const Body& body);
[[noreturn]] void refuse(const Body& body, std::size_t node, const char* why);

// A block of rows x columns: where each operand (sources, then targets) begins, and the bytes from
// one of its rows to the next. Sources and targets may be the same memory element by element (an
// update in place), never otherwise overlap.
struct Block {
    char* const* pointers;
    const std::int64_t* row_steps;
    std::int64_t rows, columns;
};

// Runs a body over a block. Made by the code generator or by the interpreter.
class BlockFunction {
  public:
    virtual ~BlockFunction() = default;
    virtual void operator()(const Block& block) const = 0;
};

constexpr std::int64_t MANY_COLUMNS = INT64_MAX;

// Machine code for the body, or nullptr where this machine or the body's types are not served; it
// serves any number of columns, and about so many best. Equal bodies share their code.
std::shared_ptr<const BlockFunction> generate(const Body& body,
                                              std::int64_t columns = MANY_COLUMNS);

// Every body of every dtype, one node after the other over short pieces of a row.
std::unique_ptr<BlockFunction> interpret(const Body& body);

}  // namespace pellucid
