"""Long chains are wrapped into columns, like a text; blocks get frames around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from pellucid.insight.graph.boxes import Box
from pellucid.insight.graph.folding import cuts
from pellucid.insight.graph.layering import BEND, Cell
from pellucid.insight.graph.letters import width as text_width
from pellucid.insight.graph.placing import Block, Column, column
from pellucid.insight.graph.record import ComputationGraph

GUTTER = 44.0                           # between two columns
TALL = 760.0                            # a column that is no taller is not divided
UNEVEN = 0.4                            # by how much of itself a column may be longer or shorter
LABEL = 10.5                            # the size of letters on edges

Point = tuple[float, float]
Steps = list[tuple[str, tuple[Point, ...]]]


@dataclass
class Placed:
    """Columns side by side, and the lines from the foot of one to the head of the next."""

    columns: list[Column]
    lefts: list[float]
    joins: list[Steps]
    width: float
    height: float


def placed(graph: ComputationGraph, boxes: Sequence[Box], room: float) -> Placed:
    """The boxes in as many columns as fit into ``room`` and as the height calls for."""
    whole = _column(graph, boxes, range(len(boxes)), None)
    fitting = int((room + GUTTER) // (whole.width + GUTTER))
    wanted = min(fitting, ceil(whole.height / TALL))
    ends = _ends(graph, whole, wanted) if wanted > 1 else []
    if not ends:
        return Placed([whole], [0.0], [], whole.width, whole.height)
    starts = [0, *(end + 1 for end in ends)]
    columns = [_column(graph, boxes, range(start, stop + 1), start - 1 if start else None)
               for start, stop in zip(starts, [*ends, len(boxes) - 1], strict=True)]
    lefts = [sum(each.width + GUTTER for each in columns[:i]) for i in range(len(columns))]
    drop = 16.0
    for each in columns[1:]:
        each.move(0.0, drop)
    height = max(each.height for each in columns) + 2 * drop
    joins = [_join(columns[i], columns[i + 1], lefts[i], lefts[i + 1], end)
             for i, end in enumerate(ends)]
    return Placed(columns, lefts, joins, lefts[-1] + columns[-1].width, height)


def _column(graph: ComputationGraph, boxes: Sequence[Box], keys: range, cut: int | None
            ) -> Column:
    """A column of the boxes ``keys``; edges from box ``cut``, which stands before, enter above."""
    cells = [Cell(boxes[i].width, boxes[i].height, i) for i in keys]
    place = {key: i for i, key in enumerate(keys)}
    if cut is not None:
        place[cut] = len(cells)
        cells.append(Cell(BEND, 0.0))
    edges = [(number, place[each.source], place[each.target])
             for number, each in enumerate(graph.edges)
             if each.target in keys and each.source in place]
    labels = {number: Cell(text_width(graph.edges[number].label, LABEL) + 10, LABEL + 5,
                           label=graph.edges[number].label)
              for number, _, _ in edges if graph.edges[number].label}
    return column(cells, edges, labels, _blocks(graph, keys))


def _blocks(graph: ComputationGraph, keys: range) -> list[Block]:
    """What gets a frame: models that were opened, and then blocks that repeat."""
    opened: dict[tuple[str, ...], list[int]] = {}
    for i in keys:
        node = graph.nodes[i]
        for depth in range(1, len(node.within) + 1 if node.role != "weight" else 1):
            opened.setdefault(node.within[:depth], []).append(i)
    labels: dict[frozenset[int], list[str]] = {}
    for path, inside in opened.items():
        if any(graph.nodes[i].role == "layer" for i in inside):
            labels[frozenset(inside)] = [_place(graph, inside, len(path) - 1)]
    for each in graph.repeats:
        if each.first in keys and each.last > each.first:
            inside = frozenset(range(each.first, each.last + 1))
            labels.setdefault(inside, []).append(f"{each.times} times")
    blocks = [Block(inside, ", ".join(words)) for inside, words in labels.items()]
    return sorted(blocks, key=lambda each: -len(each.keys))


def _place(graph: ComputationGraph, inside: list[int], depth: int) -> str:
    """The name of the model around these nodes; of folded ones the first and the last name."""
    node = graph.nodes[inside[0]]
    names = [each.within[depth] for each in (node, *node.copies)]
    return names[0] if len(set(names)) == 1 else f"{names[0]} … {names[-1]}"


def _ends(graph: ComputationGraph, whole: Column, columns: int) -> list[int]:
    """The last boxes of all columns but the last: cuts nearest to equal heights."""
    inside = {i for each in graph.repeats for i in range(each.first, each.last)}
    bottom = {each.key: each.bottom for each in whole.cells if each.key is not None}
    n = len(graph.nodes)
    free = [i for i in cuts(n, [(each.source, each.target) for each in graph.edges])
            if i not in inside and i < n - 1 and graph.nodes[i].role not in ("input", "weight")]
    chosen: list[int] = []
    for k in range(1, columns):
        after = [i for i in free if not chosen or i > chosen[-1]]
        even = whole.height * k / columns
        nearest = min(after, key=lambda i: abs(bottom[i] - even), default=None)
        if nearest is not None and abs(bottom[nearest] - even) < UNEVEN * whole.height / columns:
            chosen.append(nearest)
    return chosen


def _join(before: Column, after: Column, left: float, next_left: float, end: int) -> Steps:
    """From the last box of a column under all of it, up between the two, into the next."""
    box = next(each for each in before.cells if each.key == end)
    head = next(each for each in after.cells if each.key is None and not each.above)
    x, to_x = left + box.x, next_left + head.x
    low, between = before.height + before.top + 10.0, next_left - GUTTER / 2
    return [("M", ((x, box.bottom),)), ("L", ((x, low - 8),)),
            ("C", ((x, low), (x, low), (x + 8, low))), ("L", ((between - 8, low),)),
            ("C", ((between, low), (between, low), (between, low - 8))),
            ("L", ((between, 9.0),)),
            ("C", ((between, 1.0), (between, 1.0), (between + 8, 1.0))), ("L", ((to_x - 8, 1.0),)),
            ("C", ((to_x, 1.0), (to_x, 1.0), (to_x, 9.0))), ("L", ((to_x, head.bottom),))]
