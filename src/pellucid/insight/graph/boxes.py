"""What stands in a box, line by line, and how large the box must be so that nothing runs over."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pellucid.insight.graph.letters import cut, width, wrapped
from pellucid.insight.graph.numbers import number_lines, shape_text
from pellucid.insight.graph.record import ComputationGraph, Node
from pellucid.insight.report.markup import count

TITLE, TEXT = 13.0, 11.5                # sizes of letters, in CSS pixels
LINE, PAD = 16.0, 9.0                   # the height of a line, and the room around all lines
BETWEEN = 16.0                          # between what stands left and what stands right
MOST = 268.0                            # no box is wider


@dataclass(frozen=True)
class Line:
    """One line of a box: a text on the left, one on the right, each with its style."""

    left: str = ""
    right: str = ""
    left_style: str = "muted"
    right_style: str = "ink"

    @property
    def width(self) -> float:
        """How wide it is with nothing cut."""
        sides = [width(text, size_of(style), style == "title") for text, style in
                 ((self.left, self.left_style), (self.right, self.right_style)) if text]
        return sum(sides) + BETWEEN * (len(sides) - 1)


@dataclass(frozen=True)
class Box:
    """The lines of a node, fitted into a box of this size."""

    node: Node
    lines: tuple[Line, ...]
    width: float
    height: float


def size_of(style: str) -> float:
    """The size of letters of a style."""
    return TITLE if style == "title" else TEXT


def box(graph: ComputationGraph, node: Node, most: float = MOST) -> Box:
    """The box of a node, at most ``most`` pixels wide; what is longer is wrapped or cut."""
    inside = most - 2 * PAD
    lines = [fitted for line in _lines(graph, node, inside) for fitted in _fitted(line, inside)]
    needed = max(line.width for line in lines)
    return Box(node, tuple(lines), needed + 2 * PAD, LINE * len(lines) + 2 * PAD - 3)


def _lines(graph: ComputationGraph, node: Node, inside: float) -> list[Line]:
    lines = [Line(each, "", "title") for each in _titles(node, inside)]
    lines[-1] = replace(lines[-1], right=_kind(node), right_style="muted")
    lines += [Line(each) for each in wrapped(node.detail, TEXT, inside, 2)]
    if node.shapes and node.role not in ("number", "loss"):
        parameters = "" if node.parameters is None else count(node.parameters, "parameter")
        lines.append(Line(shape_text(node.shapes), parameters, "muted", "muted"))
    style = "failed" if node.role == "failed" else "muted"
    for note in node.notes:
        lines += [Line(each, "", style) for each in wrapped(note, TEXT, inside, 9)]
    lines += [Line(label, said, "muted", kind)
              for kind, label, said in number_lines(
                  graph, node, lambda line: width(line, TEXT) <= inside)]
    return lines


def _titles(node: Node, inside: float) -> list[str]:
    """The name; of several nodes the first and the last, below each other if they are long."""
    if node.label != node.name and width(node.label, TITLE, True) > inside:
        return [f"{node.name} …", node.copies[-1].name]
    return [node.label]


def _kind(node: Node) -> str:
    kind = "does not fit" if node.role == "failed" else (
        "not reached" if node.role == "waiting" else "" if node.role == "number" else node.kind)
    return f"{kind} × {len(node.copies) + 1}" if node.copies else kind


def _fitted(line: Line, inside: float) -> list[Line]:
    """The line as it is, or its two sides one below the other, each cut to fit."""
    if line.width <= inside:
        return [line]
    bold = line.left_style == "title"
    left = cut(line.left, size_of(line.left_style), inside, bold)
    if not line.right:
        return [Line(left, "", line.left_style)]
    right = cut(line.right, TEXT, inside)
    below = Line("", right, "muted", line.right_style)
    if line.right_style == "muted":
        below = Line(right)
    return [Line(left, "", line.left_style), below] if line.left else [below]
