#include "loops/reading.hpp"

#include <utility>

#include "engine/reach.hpp"

namespace pellucid {

namespace {

Body read_body(Words& words) {
    Body body;
    for (std::int64_t n = words.next(); n > 0; --n) {
        Node node;
        node.op = static_cast<Op>(words.next());
        node.dtype = static_cast<DType>(words.next());
        node.a = static_cast<std::int32_t>(words.next());
        node.b = static_cast<std::int32_t>(words.next());
        node.c = static_cast<std::int32_t>(words.next());
        node.number = words.number();
        node.integer = words.next();
        const auto here = static_cast<std::int32_t>(body.nodes.size());
        if (node.op > Op::erf || (node.op > Op::number && node.a >= here) || node.b >= here ||
            node.c >= here)
            throw PlanError("a loop has an impossible node");
        body.nodes.push_back(node);
    }
    return body;
}

void read_operands(Words& words, const Instruction& instruction, const Program& program,
                   LoopWords& loop) {
    Body& body = loop.body;
    const std::int64_t sources = words.next();
    std::vector<Reduce> reduces;
    for (std::int64_t n = words.next(); n > 0; --n) {
        const auto node = static_cast<std::int32_t>(words.next());
        reduces.push_back(static_cast<Reduce>(words.next()));
        body.targets.push_back({node, reduces.back(), 0});
        if (node < 0 || node >= static_cast<std::int32_t>(body.nodes.size()))
            throw PlanError("a loop writes a node that is not there");
    }
    std::vector<std::int32_t> buffers = instruction.inputs;
    buffers.insert(buffers.end(), instruction.outputs.begin(), instruction.outputs.end());
    if (static_cast<std::int64_t>(instruction.inputs.size()) != sources ||
        instruction.outputs.size() != reduces.size())
        throw PlanError("a loop has the wrong number of operands");
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        const Buffer& buffer = program.buffer(buffers[i]);
        LoopOperand operand{buffers[i], size_of(buffer.dtype), 0, {}};
        const std::int64_t offset = words.next();
        operand.steps = words.list();
        while (operand.steps.size() < loop.lengths.size())
            operand.steps.insert(operand.steps.begin(), 0);
        const Reach reach{offset, loop.lengths, operand.steps};
        check_reach(buffer, reach, "a loop");
        operand.offset = offset * operand.size;
        const std::int64_t column = operand.steps.back();
        if (i >= static_cast<std::size_t>(sources)) {
            const std::size_t t = i - static_cast<std::size_t>(sources);
            body.targets[t].column_step = column;
            const auto node = static_cast<std::size_t>(body.targets[t].node);
            check_dtype(buffer, body.nodes[node].dtype, "a loop");
            if (reduces[t] != Reduce::none) {
                check_reduced(buffer, reach, "a loop");
                loop.reductions.push_back({i, reduces[t], buffer.dtype, buffer.count});
            }
        } else {
            body.sources.push_back({buffer.dtype, column});
        }
        for (std::int64_t& step : operand.steps) step *= operand.size;
        loop.operands.push_back(std::move(operand));
    }
    check(body);
}

}  // namespace

LoopWords read_loop(const Instruction& instruction, const Program& program) {
    Words words(instruction.words);
    LoopWords loop;
    loop.lengths = words.list();
    while (loop.lengths.size() < 2) loop.lengths.insert(loop.lengths.begin(), 1);
    if (loop.lengths.size() > MOST_AXES) throw PlanError("a loop has too many axes");
    loop.body = read_body(words);
    read_operands(words, instruction, program, loop);
    return loop;
}

}  // namespace pellucid
