"""The graph as text: a line a node, with its shape, and where its inputs come from."""

from __future__ import annotations

from pellucid.insight.graph.numbers import number_lines, shape_text
from pellucid.insight.graph.record import ComputationGraph, Node
from pellucid.insight.report.markup import count


def text(graph: ComputationGraph) -> str:
    """The graph for a terminal; inputs are named where they are not simply the line above."""
    rows = [_columns(graph, i) for i in range(len(graph.nodes))]
    widths = [max(len(row[k]) for row in rows) for k in range(3)] if rows else []
    lines = [f"{graph.title}: {count(_all_nodes(graph), 'node')}"]
    for i, (node, row) in enumerate(zip(graph.nodes, rows, strict=True)):
        lines += [f"  {each.times} times:" for each in graph.repeats if each.first == i]
        lead = "    " if any(each.first <= i <= each.last for each in graph.repeats) else "  "
        told = "  ".join(part.ljust(width) for part, width in zip(row, widths, strict=False))
        lines.append(f"{lead}{told}  {row[3]}".rstrip())
        lines += [f"{lead}    {said}" for said in _more(graph, node)]
    return "\n".join([*lines, *graph.notes])


def _all_nodes(graph: ComputationGraph) -> int:
    return len((graph.unfolded or graph).nodes)


def _columns(graph: ComputationGraph, i: int) -> tuple[str, str, str, str]:
    node = graph.nodes[i]
    inside = "".join(f"{each} / " for each in node.within if node.role in ("layer", "failed"))
    kind = {"failed": "✗ does not fit", "waiting": "not reached", "number": ""}.get(
        node.role, node.kind)
    kind += f" ({node.detail})" if node.detail else ""
    sources = [each.source for each in graph.edges if each.target == i]
    marks = ["✗ " if each.bad else "" for each in graph.edges if each.target == i]
    near = sources == [i - 1] and not any(marks)
    came = "" if near or not sources else "← " + ", ".join(
        mark + graph.nodes[source].label for source, mark in zip(sources, marks, strict=True))
    shape = "" if node.role == "number" else shape_text(node.shapes)
    parameters = "" if node.parameters is None else count(node.parameters, "parameter")
    return inside + node.label, kind, shape, "  ".join(filter(None, [parameters, came]))


def _more(graph: ComputationGraph, node: Node) -> list[str]:
    """Notes, then numbers; an array of several lines stands below itself."""
    numbers = list(number_lines(graph, node))
    width = max((len(label) for _, label, _ in numbers), default=0)
    return [*node.notes, *(f"{label.ljust(width)}  {said}" for _, label, said in numbers)]
