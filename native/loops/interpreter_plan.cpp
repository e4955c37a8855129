#include "loops/interpreter_plan.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace pellucid {

namespace {

using Index = std::int32_t;
using Store = InterpreterPlan::Store;
using Load = InterpreterPlan::Load;
using Place = InterpreterPlan::Place;
constexpr Index never_freed = std::numeric_limits<Index>::max();

// Half of a first-level cache for the values: the rest is for what comes and goes.
constexpr std::int64_t cache_bytes = 24 << 10, longest = 1024, shortest = 128;

bool is_load(const Node& node) { return node.op == Op::load; }
bool is_computed(const Node& node) { return node.op != Op::load && node.op != Op::number; }

Kernel kernel_of(const Body& body, std::size_t place) {
    const Node& node = body.nodes[place];
    const Kernels& kernels = interpreter_kernels();
    const Index first = node.op == Op::where ? node.b : node.a;
    const DType argument = body.nodes[static_cast<std::size_t>(first)].dtype;
    Kernel kernel = nullptr;
    if (node.op == Op::cast)
        kernel = kernels.cast(argument, node.dtype);
    else if (node.op >= Op::equal && node.op <= Op::minimum)
        kernel = kernels.choice(node.op, argument);
    else
        kernel = kernels.arithmetic(node.op, node.dtype);
    if (kernel == nullptr) kernel = kernels.mathematics(node.op, node.dtype);
    if (kernel == nullptr) refuse(body, place, "has no meaning");
    return kernel;
}

// The last node that reads each node; `never_freed` for what is stored.
std::vector<Index> last_uses(const Body& body) {
    std::vector<Index> last(body.nodes.size(), -1);
    for (std::size_t i = 0; i < body.nodes.size(); ++i) {
        const Index arguments[] = {body.nodes[i].a, body.nodes[i].b, body.nodes[i].c};
        for (int k = 0; k < arguments_of(body.nodes[i].op); ++k)
            last[static_cast<std::size_t>(arguments[k])] = static_cast<Index>(i);
    }
    for (const Target& target : body.targets)
        last[static_cast<std::size_t>(target.node)] = never_freed;
    return last;
}

// Places of computed nodes, used again when the last reader is done: a reader of the same size may
// write over its argument, number by number. A load has a place of its own.
std::int64_t assign_slots(const Body& body, std::vector<std::int64_t>& slots) {
    const std::vector<Index> last = last_uses(body);
    std::vector<std::int64_t> free;
    std::int64_t count = 0;
    const auto release = [&](std::size_t node, bool same_size) {
        const Node& reader = body.nodes[node];
        const Index arguments[] = {reader.a, reader.b, reader.c};
        for (int k = 0; k < arguments_of(reader.op); ++k) {
            const auto argument = static_cast<std::size_t>(arguments[k]);
            const bool repeated =
                std::find(arguments, arguments + k, arguments[k]) != arguments + k;
            const Node& read = body.nodes[argument];
            if (!repeated && is_computed(read) && last[argument] == static_cast<Index>(node) &&
                (size_of(read.dtype) == size_of(reader.dtype)) == same_size)
                free.push_back(slots[argument]);
        }
    };
    for (std::size_t i = 0; i < body.nodes.size(); ++i) {
        if (is_computed(body.nodes[i])) release(i, true);
        if (!is_computed(body.nodes[i]) || free.empty()) {
            slots[i] = count++;
        } else {
            slots[i] = free.back();
            free.pop_back();
        }
        if (is_computed(body.nodes[i])) release(i, false);
    }
    return count;
}

template <class T>
void fill(std::vector<double>& memory, T number, std::int64_t count) {
    memory.resize(static_cast<std::size_t>(count));
    auto* numbers = reinterpret_cast<char*>(memory.data());
    for (std::int64_t i = 0; i < count; ++i)
        std::memcpy(numbers + i * static_cast<std::int64_t>(sizeof(T)), &number, sizeof(T));
}

char* write_number(InterpreterPlan& plan, const Node& node) {
    std::vector<double>& memory = plan.numbers.emplace_back();
    with_type(node.dtype, [&](auto zero) {
        using T = decltype(zero);
        if constexpr (std::is_floating_point_v<T>)
            fill(memory, static_cast<T>(node.number), plan.piece_length);
        else
            fill(memory, static_cast<T>(node.integer), plan.piece_length);
    });
    return reinterpret_cast<char*>(memory.data());
}

Store store_of(const Body& body, std::size_t place, std::int64_t offset) {
    const Target& target = body.targets[place];
    const auto node = static_cast<std::size_t>(target.node);
    const DType dtype = body.nodes[node].dtype;
    const Kernels& kernels = interpreter_kernels();
    Store store{};
    const auto operand = static_cast<Index>(body.sources.size() + place);
    static_cast<InterpreterPlan::Access&>(store) = {target.node, operand, size_of(dtype),
                                                    target.column_step, offset};
    store.scatter = kernels.scatter(store.size);
    if (target.reduce == Reduce::none) return store;
    if (target.column_step != 0 && target.column_step != 1)
        refuse(body, node, "is reduced into memory with gaps");
    store.fold = kernels.fold(target.reduce, dtype);
    constexpr Op ops[] = {Op::load,     Op::add,        Op::maximum,    Op::minimum,
                          Op::multiply, Op::logical_or, Op::logical_and};
    const Op op = ops[static_cast<int>(target.reduce)];
    store.combine = op == Op::add || op == Op::multiply ? kernels.arithmetic(op, dtype)
                                                        : kernels.choice(op, dtype);
    if (store.fold == nullptr) refuse(body, node, "has no such reduction");
    return store;
}

// Times are nodes; what is stored last is stored after all nodes, target by target.
void find_conflicts(const Body& body, InterpreterPlan& plan) {
    const std::vector<Index> last = last_uses(body);
    const auto nodes = static_cast<Index>(body.nodes.size());
    for (const Load& load : plan.loads) {
        for (std::size_t t = 0; t < plan.stores.size(); ++t) {
            const Store& store = plan.stores[t];
            const Index written = store.in_place ? store.node : nodes + static_cast<Index>(t);
            Index read = last[static_cast<std::size_t>(load.node)];
            if (read == never_freed)
                for (std::size_t k = 0; k < plan.stores.size(); ++k)
                    if (plan.stores[k].node == load.node) read = nodes + static_cast<Index>(k);
            if (read > written) plan.conflicts.push_back({load.operand, store.operand});
        }
    }
}

// So many numbers that all values, and what they are read from and written to, stay close.
void choose_length(const Body& body, std::int64_t slots, InterpreterPlan& plan) {
    std::int64_t width = 1;
    for (const Node& node : body.nodes) width = std::max(width, size_of(node.dtype));
    const auto streams = slots + static_cast<std::int64_t>(body.targets.size());
    const std::int64_t fits = cache_bytes / (std::max<std::int64_t>(1, streams) * width);
    plan.piece_length = std::clamp(fits / 64 * 64, shortest, longest);
    const auto lines = [](std::int64_t bytes) { return (bytes + 63) / 64 * 64; };
    plan.copied_begin = 8 * static_cast<std::int64_t>(body.nodes.size());
    plan.values_begin = lines(plan.copied_begin + plan.source_count);
    // a line more between two places: equal distances of 4096 bytes would hinder the loads
    const std::int64_t slot_bytes = plan.piece_length * width + 64;
    for (Place& place : plan.places) place.offset *= slot_bytes;
    plan.scratch_bytes = plan.values_begin + slots * slot_bytes;
}

}  // namespace

InterpreterPlan make_interpreter_plan(const Body& body) {
    InterpreterPlan plan{};
    plan.source_count = static_cast<std::int64_t>(body.sources.size());
    const std::size_t count = body.nodes.size();
    check(body);
    std::vector<std::int64_t> slots(count, 0);
    const std::int64_t slot_count = assign_slots(body, slots);
    for (std::int64_t slot : slots) plan.places.push_back({nullptr, slot});
    choose_length(body, slot_count, plan);
    for (std::size_t i = 0; i < count; ++i) {
        const Node& node = body.nodes[i];
        const auto place = static_cast<Index>(i);
        if (is_load(node)) {
            const std::int64_t size = size_of(node.dtype);
            plan.loads.push_back(
                {{place, node.a, size, body.sources[static_cast<std::size_t>(node.a)].column_step,
                  plan.places[i].offset},
                 interpreter_kernels().gather(size)});
        } else if (node.op == Op::number) {
            plan.places[i].number = write_number(plan, node);
        } else {
            const int arguments = arguments_of(node.op);  // those that there are not: any place
            plan.steps.push_back({kernel_of(body, i), place, node.a, arguments > 1 ? node.b : 0,
                                  arguments > 2 ? node.c : 0, node.integer});
        }
    }
    std::vector<bool> placed(count, false);
    for (std::size_t t = 0; t < body.targets.size(); ++t) {
        Store store = store_of(body, t, 0);
        const auto node = static_cast<std::size_t>(store.node);
        store.offset = plan.places[node].offset;
        store.in_place = store.fold == nullptr && is_computed(body.nodes[node]) && !placed[node];
        placed[node] = placed[node] || store.in_place;
        plan.stores.push_back(store);
    }
    find_conflicts(body, plan);
    plan.copies = count == 1 && plan.loads.size() == 1 && plan.stores.size() == 1 &&
                  plan.stores[0].fold == nullptr;
    return plan;
}

}  // namespace pellucid
