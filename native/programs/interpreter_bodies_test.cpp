// Random bodies over random blocks: broadcasts, odd steps, reductions, updates in place, threads.
#include <algorithm>
#include <thread>

#include "programs/interpreter_trial.hpp"

namespace pellucid {
namespace {

using namespace reference;

template <class T, std::size_t count>
T one_of(const T (&choices)[count]) {
    return choices[random_below(static_cast<std::int64_t>(count))];
}

// An operand's memory: what it was, what it should become, what it is.
struct Memory {
    DType dtype;
    std::int64_t column_step, row_step, begin;  // in numbers
    Bytes before, expected, now;
    std::int64_t at(std::int64_t row, std::int64_t column) const {
        return (begin + row * row_step + column * column_step) * size_of(dtype);
    }
    bool distinct(std::int64_t rows, std::int64_t columns) const {
        return (columns == 1 || column_step != 0) && (rows == 1 || row_step != 0);
    }
};

Memory memory_for(DType dtype, std::int64_t rows, std::int64_t columns, std::int64_t column_step,
                  std::int64_t row_step) {
    const std::int64_t wide = (columns - 1) * column_step, high = (rows - 1) * row_step;
    const std::int64_t begin = -std::min<std::int64_t>(0, wide) - std::min<std::int64_t>(0, high);
    const std::int64_t count =
        begin + std::max<std::int64_t>(0, wide) + std::max<std::int64_t>(0, high) + 1;
    Memory memory{dtype, column_step, row_step, begin, samples(dtype, static_cast<int>(count)),
                  {},    {}};
    memory.expected = memory.now = memory.before;
    return memory;
}

std::int64_t row_step_of(std::int64_t columns, std::int64_t column_step) {
    const std::int64_t whole = columns * std::max<std::int64_t>(1, std::abs(column_step));
    const std::int64_t steps[] = {whole, whole, whole + 3, -whole};
    return one_of(steps);
}

struct Trial {
    std::int64_t rows, columns;
    Body body;
    std::vector<Memory> memories;
    std::vector<std::size_t> operands;  // sources, then targets: which memory

    void add_sources();
    bool add_node();
    void add_target();
    void add_reduction(std::int32_t node, DType dtype);
    std::int32_t any_node(DType dtype) const;
    void expect();
    void run();
};

constexpr DType pool[] = {DType::f32, DType::f32, DType::f64,
                          DType::i32, DType::u8,  DType::boolean};

void Trial::add_sources() {
    const auto count = static_cast<std::int32_t>(1 + random_below(4));
    for (std::int32_t i = 0; i < count; ++i) {
        const std::int64_t column_steps[] = {1, 1, 1, 0, 2, -1};
        const std::int64_t column_step = one_of(column_steps);
        const std::int64_t row_step = random_below(3) == 0 ? 0 : row_step_of(columns, column_step);
        const DType dtype = one_of(pool);
        operands.push_back(memories.size());
        memories.push_back(memory_for(dtype, rows, columns, column_step, row_step));
        body.sources.push_back({dtype, column_step});
        body.nodes.push_back({Op::load, dtype, i, -1, -1, 0, 0});
    }
    for (DType dtype : {DType::f32, DType::i32})
        body.nodes.push_back({Op::number, dtype, -1, -1, -1, 1.5, 3});
}

std::int32_t Trial::any_node(DType dtype) const {
    std::vector<std::int32_t> nodes;
    for (std::size_t i = 0; i < body.nodes.size(); ++i)
        if (body.nodes[i].dtype == dtype) nodes.push_back(static_cast<std::int32_t>(i));
    if (nodes.empty()) return -1;
    return nodes[static_cast<std::size_t>(random_below(static_cast<std::int64_t>(nodes.size())))];
}

// Only what has one right answer: no rounding but of a single operation, no undefined cast.
bool Trial::add_node() {
    const Op ops[] = {Op::equal, Op::less,  Op::greater_equal, Op::logical_not, Op::logical_and,
                      Op::where, Op::where, Op::maximum,       Op::minimum,     Op::cast,
                      Op::cast,  Op::add,   Op::subtract,      Op::multiply,    Op::negative,
                      Op::abs,   Op::sign,  Op::square};
    const Op op = one_of(ops);
    const DType argument = body.nodes[static_cast<std::size_t>(random_below(
                                          static_cast<std::int64_t>(body.nodes.size())))]
                               .dtype;
    const DType result = op == Op::cast      ? one_of(pool)
                         : is_comparison(op) ? DType::boolean
                                             : argument;
    if (!allowed(op, argument)) return false;
    if (op == Op::cast && is_float(argument) && !is_float(result) && result != DType::boolean)
        return false;
    Node node = {op, result, any_node(argument), -1, -1, 0, 0};
    if (arity(op) > 1) node.b = any_node(argument);
    if (op == Op::where) node = {op, result, any_node(DType::boolean), node.a, node.b, 0, 0};
    if (node.a < 0) return false;
    body.nodes.push_back(node);
    return true;
}

void Trial::add_reduction(std::int32_t node, DType dtype) {
    const Reduce whole[] = {Reduce::sum, Reduce::max, Reduce::min, Reduce::prod};
    const Reduce real[] = {Reduce::max, Reduce::min};
    const Reduce logical[] = {Reduce::any, Reduce::all};
    const Reduce reduce = dtype == DType::boolean ? one_of(logical)
                          : is_float(dtype)       ? one_of(real)
                                                  : one_of(whole);
    const std::int64_t row_steps[] = {1, 2, 0};
    const bool over_rows = random_below(2) == 0;
    const std::int64_t column_step = over_rows ? 1 : 0,
                       row_step = over_rows ? 0 : one_of(row_steps);
    body.targets.push_back({node, reduce, column_step});
    operands.push_back(memories.size());
    memories.push_back(memory_for(dtype, rows, columns, column_step, row_step));
}

void Trial::add_target() {
    const auto node =
        static_cast<std::int32_t>(random_below(static_cast<std::int64_t>(body.nodes.size())));
    const DType dtype = body.nodes[static_cast<std::size_t>(node)].dtype;
    if (random_below(3) == 0) return add_reduction(node, dtype);
    const std::size_t sources = body.sources.size();
    for (std::size_t s = 0; s < sources; ++s) {  // in place, if a source is free
        const bool taken = std::count(operands.begin(), operands.end(), operands[s]) > 1;
        const Memory& memory = memories[operands[s]];
        if (taken || memory.dtype != dtype || !memory.distinct(rows, columns)) continue;
        body.targets.push_back({node, Reduce::none, memory.column_step});
        operands.push_back(operands[s]);
        return;
    }
    const std::int64_t column_steps[] = {1, 1, 2, -1};
    const std::int64_t column_step = one_of(column_steps);
    body.targets.push_back({node, Reduce::none, column_step});
    operands.push_back(memories.size());
    memories.push_back(
        memory_for(dtype, rows, columns, column_step, row_step_of(columns, column_step)));
}

void combine(Reduce reduce, DType dtype, char* memory, const char* number) {
    constexpr Op ops[] = {Op::load,     Op::add,        Op::maximum,    Op::minimum,
                          Op::multiply, Op::logical_or, Op::logical_and};
    const Node node = {ops[static_cast<int>(reduce)], dtype, 0, 1, -1, 0, 0};
    if (reduce == Reduce::none)
        std::memcpy(memory, number, static_cast<std::size_t>(size_of(dtype)));
    else
        evaluate(node, dtype, memory, number, nullptr, memory);
}

void Trial::expect() {
    const std::size_t count = body.nodes.size();
    std::vector<char> cells(8 * count);
    const auto cell = [&](std::int32_t node) { return cells.data() + 8 * std::max(node, 0); };
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t column = 0; column < columns; ++column) {
            for (std::size_t i = 0; i < count; ++i) {
                const Node& node = body.nodes[i];
                char* out = cell(static_cast<std::int32_t>(i));
                if (node.op == Op::number) {
                    if (node.dtype == DType::f32)
                        store(out, static_cast<float>(node.number));
                    else
                        store(out, static_cast<std::int32_t>(node.integer));
                } else if (node.op == Op::load) {
                    const Memory& memory = memories[operands[static_cast<std::size_t>(node.a)]];
                    std::memcpy(out, memory.before.data() + memory.at(row, column),
                                static_cast<std::size_t>(size_of(node.dtype)));
                } else {
                    evaluate(node, body.nodes[static_cast<std::size_t>(node.a)].dtype, cell(node.a),
                             node.b < 0 ? nullptr : cell(node.b), cell(node.c), out);
                }
            }
            for (std::size_t t = 0; t < body.targets.size(); ++t) {
                Memory& memory = memories[operands[body.sources.size() + t]];
                combine(body.targets[t].reduce, memory.dtype,
                        memory.expected.data() + memory.at(row, column),
                        cell(body.targets[t].node));
            }
        }
}

void Trial::run() {
    Operands all;
    for (std::size_t operand : operands) {
        Memory& memory = memories[operand];
        all.add(memory.now.data() + memory.at(0, 0), memory.row_step * size_of(memory.dtype));
    }
    all.run(body, rows, columns);
}

void test_random_body(int number) {
    const std::int64_t all_rows[] = {1, 1, 2, 7, 40};
    const std::int64_t all_columns[] = {1, 2, 5, 63, 100, 1025, 2500};
    Trial trial{one_of(all_rows), one_of(all_columns), {}, {}, {}};
    if (trial.rows * trial.columns > 20000) trial.rows = 3;
    trial.add_sources();
    for (std::int64_t wanted = random_below(12); wanted > 0;) wanted -= trial.add_node();
    for (std::int64_t wanted = 1 + random_below(4); wanted > 0; --wanted) trial.add_target();
    trial.expect();
    trial.run();
    for (const Memory& memory : trial.memories) {
        const std::int64_t size = size_of(memory.dtype);
        const auto bytes = static_cast<std::int64_t>(memory.now.size());
        for (std::int64_t i = 0; i < bytes; i += size)
            if (!same(memory.dtype, memory.now.data() + i, memory.expected.data() + i))
                fail("body " + std::to_string(number) + " of " + std::to_string(trial.rows) +
                     " x " + std::to_string(trial.columns) + " differs at byte " +
                     std::to_string(i) + " of a memory of " + std::to_string(bytes));
    }
}

// Sums of f32 and f64 that are exact whatever their order, and a sum's bits seen from threads.
void test_sums() {
    constexpr std::int64_t columns = 5003;
    Body body{{{Op::load, DType::f64, 0, -1, -1, 0, 0}, {Op::cast, DType::f32, 0, -1, -1, 0, 0}},
              {{DType::f64, 1}},
              {{0, Reduce::sum, 0}, {1, Reduce::sum, 0}}};
    std::vector<double> x(columns);
    for (std::int64_t i = 0; i < columns; ++i) x[static_cast<std::size_t>(i)] = double(i % 17 - 3);
    double sum = 0.5, want = 0.5;
    float short_sum = 0;
    for (double each : x) want += each;
    Operands operands;
    operands.add(x.data());
    operands.add(&sum);
    operands.add(&short_sum);
    operands.run(body, 1, columns);
    if (sum != want || short_sum != static_cast<float>(want - 0.5)) fail("a sum is wrong");
    for (double& each : x) each = std::sin(each * 1e3);
    const auto function = interpret(body);
    float sums[4] = {};
    std::vector<std::thread> threads;
    for (float& each : sums)
        threads.emplace_back([&] {
            double other = 0;
            char* pointers[] = {reinterpret_cast<char*>(x.data()), reinterpret_cast<char*>(&other),
                                reinterpret_cast<char*>(&each)};
            const std::int64_t steps[] = {0, 0, 0};
            for (int i = 0; i < 50; ++i) (*function)({pointers, steps, 1, columns});
        });
    for (std::thread& thread : threads) thread.join();
    for (float each : sums)
        if (each != sums[0] || each == 0) fail("threads disagree about a sum");
}

void test_everything() {
    for (int i = 0; i < 1500; ++i) test_random_body(i);
    test_sums();
    std::printf("%s: random bodies and sums right\n", name_of(isa()));
}

}  // namespace
}  // namespace pellucid

int main(int count, char** arguments) {
    return pellucid::reference::for_each_isa(count, arguments, pellucid::test_everything);
}
