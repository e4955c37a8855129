#include <string>

#include "loops/loop.hpp"

namespace pellucid {

namespace {

bool answers(Op op) { return op >= Op::equal && op <= Op::logical_or; }

void check_load(const Body& body, std::size_t place) {
    const Node& node = body.nodes[place];
    if (node.a < 0 || static_cast<std::size_t>(node.a) >= body.sources.size())
        refuse(body, place, "reads an operand that there is not");
    if (body.sources[static_cast<std::size_t>(node.a)].dtype != node.dtype)
        refuse(body, place, "reads an operand of another dtype");
}

void check_node(const Body& body, std::size_t place) {
    const Node& node = body.nodes[place];
    if (node.op > Op::erf || node.dtype > DType::f64) refuse(body, place, "is of no known kind");
    if (node.op == Op::load) return check_load(body, place);
    const std::int32_t arguments[] = {node.a, node.b, node.c};
    const int count = arguments_of(node.op);
    const bool where = node.op == Op::where;
    const auto dtype = [&](int k) {
        return body.nodes[static_cast<std::size_t>(arguments[k])].dtype;
    };
    for (int i = 0; i < count; ++i) {
        if (arguments[i] < 0 || static_cast<std::size_t>(arguments[i]) >= place)
            refuse(body, place, "has an argument that does not come before it");
        if (where && i == 0 ? dtype(0) != DType::boolean : dtype(i) != dtype(where ? 1 : 0))
            refuse(body, place, "has arguments of other dtypes");
    }
    if (count > 0 && node.op != Op::cast &&
        node.dtype != (answers(node.op) ? DType::boolean : dtype(where ? 1 : 0)))
        refuse(body, place, "has a dtype that does not follow from its arguments");
}

}  // namespace

void refuse(const Body& body, std::size_t node, const char* why) {
    throw PlanError("loop: node " + std::to_string(node) + " (op " +
                    std::to_string(static_cast<int>(body.nodes[node].op)) + ", dtype " +
                    std::to_string(static_cast<int>(body.nodes[node].dtype)) + ") " + why);
}

int arguments_of(Op op) {
    switch (op) {
        case Op::load:
        case Op::number: return 0;
        case Op::where: return 3;
        case Op::equal:
        case Op::not_equal:
        case Op::less:
        case Op::less_equal:
        case Op::greater:
        case Op::greater_equal:
        case Op::logical_and:
        case Op::logical_or:
        case Op::maximum:
        case Op::minimum:
        case Op::add:
        case Op::subtract:
        case Op::multiply:
        case Op::divide:
        case Op::power:
        case Op::floor_divide:
        case Op::mod:
        case Op::bitwise_and:
        case Op::bitwise_or:
        case Op::bitwise_xor:
        case Op::left_shift:
        case Op::right_shift: return 2;
        default: return 1;
    }
}

void check(const Body& body) {
    for (std::size_t i = 0; i < body.nodes.size(); ++i) check_node(body, i);
    for (const Target& target : body.targets) {
        if (target.node < 0 || static_cast<std::size_t>(target.node) >= body.nodes.size())
            throw PlanError("loop: a target of a node that there is not");
        if (target.reduce > Reduce::all) throw PlanError("loop: a reduction that there is not");
    }
}

}  // namespace pellucid
