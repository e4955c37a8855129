"""The drawing as plain shapes with coordinates: SVG and figures are written from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pellucid.insight.graph.boxes import MOST, Box, box
from pellucid.insight.graph.columns import LABEL, Placed, placed
from pellucid.insight.graph.layering import Route
from pellucid.insight.graph.letters import width as text_width
from pellucid.insight.graph.letters import wrapped
from pellucid.insight.graph.placing import Column
from pellucid.insight.graph.record import ComputationGraph

MARGIN, HEAD, SMALL = 10.0, 30.0, 11.0
ARROW = 7.0
SLIMMER = (MOST, 220.0, 180.0, 150.0)   # the widths of boxes that are tried in turn

Point = tuple[float, float]


@dataclass(frozen=True)
class Way:
    """A line: ``M`` where it starts, ``L`` straight to a point, ``C`` along a curve of three."""

    steps: tuple[tuple[str, tuple[Point, ...]], ...]
    style: str
    edge: int = -1

    @property
    def end(self) -> Point:
        return self.steps[-1][1][-1]


@dataclass(frozen=True)
class Frame:
    """A dashed rectangle around a block, with a word on its upper edge."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True)
class Words:
    """A text on a line of its own: ``y`` is the baseline, ``anchor`` says what ``x`` is."""

    text: str
    x: float
    y: float
    size: float
    style: str = "ink"
    anchor: str = "start"
    edge: int = -1

    @property
    def width(self) -> float:
        return text_width(self.text, self.size, self.style == "title")


@dataclass
class Sheet:
    """All shapes of a drawing; boxes come with their upper left corners."""

    width: float
    height: float
    boxes: list[tuple[float, float, Box]] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)


def sheet(graph: ComputationGraph, width: float) -> Sheet:
    """Draw a graph for a page that is ``width`` CSS pixels wide."""
    room = width - 2 * MARGIN
    boxes, found = _placed(graph, room)
    drawn = Sheet(max(found.width + 2 * MARGIN, min(width, _heading(graph))), 0.0)
    top = MARGIN + _write_head(drawn, graph, drawn.width - 2 * MARGIN)
    left = (drawn.width - found.width) / 2
    for column, x in zip(found.columns, found.lefts, strict=True):
        _draw_column(drawn, graph, boxes, column, (left + x, top))
    for way in found.joins:
        drawn.ways.append(Way(tuple((kind, tuple((x + left, y + top) for x, y in points))
                                    for kind, points in way), "edge"))
    drawn.height = top + found.height + MARGIN
    _write_foot(drawn, graph)
    return drawn


def _placed(graph: ComputationGraph, room: float, widths: Sequence[float] = SLIMMER
            ) -> tuple[list[Box], Placed]:
    """The boxes and where they stand; side by side they may have to be slim to fit."""
    boxes = [box(graph, each, min(widths[0], room)) for each in graph.nodes]
    found = placed(graph, boxes, room)
    if found.width <= room or len(widths) == 1:
        return boxes, found
    return _placed(graph, room, widths[1:])


def _heading(graph: ComputationGraph) -> float:
    return text_width(graph.title, 14.0, True) + 2 * MARGIN + 4


def _write_head(drawn: Sheet, graph: ComputationGraph, room: float) -> float:
    for i, line in enumerate(wrapped(graph.title, 14.0 * 1.14, room, 2)):
        drawn.words.append(Words(line, MARGIN, MARGIN + 13.0 + 18 * i, 14.0, "title"))
    return HEAD + 18.0 * (len(wrapped(graph.title, 14.0 * 1.14, room, 2)) - 1)


def _write_foot(drawn: Sheet, graph: ComputationGraph) -> None:
    notes = [*graph.notes, *_legend(graph, drawn)]
    for note in notes:
        for line in wrapped(note, SMALL, drawn.width - 2 * MARGIN, 6):
            drawn.words.append(Words(line, MARGIN, drawn.height + 8.0, SMALL, "muted"))
            drawn.height += 15.0
    drawn.height += 4.0 if notes else 0.0


def _legend(graph: ComputationGraph, drawn: Sheet) -> list[str]:
    """What a reader may not know: the signs that this drawing uses."""
    told = []
    if any("±" in line.right for _, _, box in drawn.boxes for line in box.lines):
        told.append("a ± b: mean and standard deviation of all numbers of an array; "
                    "a … b: the least and the greatest")
    if graph.target == "L" and any(node.gradients for node in graph.nodes):
        told.append("∂L/∂value: how the loss moves with each number of a layer's output")
    return told


def _draw_column(drawn: Sheet, graph: ComputationGraph, boxes: Sequence[Box], column: Column,
                 origin: Point) -> None:
    dx, dy = origin
    for cell in column.cells:
        cell.x, cell.y = cell.x + dx, cell.y + dy
        if cell.key is not None:
            drawn.boxes.append((cell.left, cell.y, boxes[cell.key]))
    for x, y, width, height, label in column.frames:
        drawn.frames.append(Frame(x + dx, y + dy, width, height, label))
    tops = [min(each.y for each in row) for row in column.rows]
    bottoms = [max(each.bottom for each in row) for row in column.rows]
    ports = _ports(column.routes)
    for route in column.routes:
        edge = graph.edges[route.edge]
        way = Way(_steps(route, ports[route.edge], tops, bottoms),
                  "bad" if edge.bad else "edge", route.edge)
        drawn.ways.append(way)
        for cell in route.cells[1:-1]:
            if cell.label:
                drawn.words.append(Words(cell.label, cell.x, cell.y + cell.height / 2 + 3.5,
                                         LABEL, "bad" if edge.bad else "label", "middle",
                                         route.edge))


def _ports(routes: Sequence[Route]) -> dict[int, float]:
    """Where on the upper side of its target each edge arrives: side by side, uncrossed."""
    arriving: dict[int, list[Route]] = {}
    for route in routes:
        arriving.setdefault(id(route.cells[-1]), []).append(route)
    places: dict[int, float] = {}
    for group in arriving.values():
        group.sort(key=lambda route: route.cells[-2].x)
        target = group[0].cells[-1]
        step = min(18.0, (target.width - 24) / max(len(group) - 1, 1))
        for i, route in enumerate(group):
            places[route.edge] = target.x + (i - (len(group) - 1) / 2) * step
    return places


def _steps(route: Route, port: float, tops: Sequence[float], bottoms: Sequence[float]
           ) -> tuple[tuple[str, tuple[Point, ...]], ...]:
    """Straight through each row, in a curve from row to row."""
    source, target = route.cells[0], route.cells[-1]
    x = source.x
    steps: list[tuple[str, tuple[Point, ...]]] = [("M", ((x, source.bottom),))]
    for before, cell in zip(route.cells, route.cells[1:], strict=False):
        above, below = bottoms[before.row], tops[cell.row]
        end = port if cell is target else cell.x
        steps.append(("L", ((x, above),)))
        steps.append(_bend(x, above, end, below))
        x = end
    steps.append(("L", ((port, target.y - ARROW + 1),)))
    return tuple(steps)


def _bend(x: float, y: float, to_x: float, to_y: float) -> tuple[str, tuple[Point, ...]]:
    if abs(x - to_x) < 0.5:
        return "L", ((to_x, to_y),)
    middle = (y + to_y) / 2
    return "C", ((x, middle), (to_x, middle), (to_x, to_y))
