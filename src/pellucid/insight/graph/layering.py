"""Which row a cell stands in, and in which order: few edges cross, all of them point down.

The method is that of Sugiyama, Tagawa and Toda (1981): rows by the longest way from a source, a
small cell wherever an edge passes a row, then the cells of a row again and again sorted by where
their neighbours stand.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

BEND = 10.0                             # the width that a passing edge needs
SWEEPS, PATIENCE = 24, 4                # at most so many; so many without gain are enough


@dataclass(eq=False)
class Cell:
    """Something that takes room: a box (``key`` is its number), a label, or an edge that passes."""

    width: float
    height: float
    key: int | None = None
    label: str = ""
    row: int = 0
    x: float = 0.0                      # its middle
    y: float = 0.0                      # its top
    above: list[Cell] = field(default_factory=list)
    below: list[Cell] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """``"box"``, ``"label"``, or ``"bend"``: nothing but a place that an edge passes."""
        return "box" if self.key is not None else "label" if self.label else "bend"

    @property
    def bottom(self) -> float: return self.y + self.height

    @property
    def left(self) -> float: return self.x - self.width / 2

    @property
    def right(self) -> float: return self.x + self.width / 2


@dataclass(eq=False)
class Route:
    """An edge and the cells that it passes, from its source to its target."""

    edge: int
    cells: list[Cell]


def layered(boxes: Sequence[Cell], edges: Sequence[tuple[int, int, int]],
            labels: dict[int, Cell]) -> tuple[list[list[Cell]], list[Route]]:
    """Rows of cells from top to bottom, and the way of each edge.

    ``edges`` are (number, place of the source, place of the target) with sources first;
    ``labels`` are the cells of those edges that are labelled: they stand in rows between.
    """
    step = 2 if labels else 1
    _set_rows(boxes, edges, step)
    rows: list[list[Cell]] = [[] for _ in range(max((each.row for each in boxes), default=0) + 1)]
    for each in boxes:
        rows[each.row].append(each)
    trunks: dict[tuple[int, int], Cell] = {}
    routes = [_route(number, boxes[source], boxes[target], labels.get(number), rows, trunks)
              for number, source, target in edges]
    steps = {(id(a), id(b)): (a, b) for route in routes for a, b in pairwise(route.cells)}
    for a, b in steps.values():
        a.below.append(b)
        b.above.append(a)
    return _ordered([row for row in rows if row]), routes


def _set_rows(boxes: Sequence[Cell], edges: Sequence[tuple[int, int, int]], step: int) -> None:
    """The longest way from a source; a source itself stands just above what it leads to."""
    into: dict[int, list[int]] = {}
    out: dict[int, list[int]] = {}
    for _, source, target in edges:
        into.setdefault(target, []).append(source)
        out.setdefault(source, []).append(target)
    for i, box in enumerate(boxes):
        box.row = max((boxes[each].row + step for each in into.get(i, ())), default=0)
    for i, box in enumerate(boxes):
        if i not in into and i in out:
            box.row = min(boxes[each].row for each in out[i]) - step
    highest = min((each.row for each in boxes), default=0)
    for box in boxes:
        box.row -= highest


def _route(number: int, source: Cell, target: Cell, label: Cell | None,
           rows: list[list[Cell]], trunks: dict[tuple[int, int], Cell]) -> Route:
    """The cells of an edge: a trunk that all edges of the source share, and just above the target
    its label."""
    passed = [source]
    for row in range(source.row + 1, target.row):
        place = (id(source), row)
        if label is not None and row == target.row - 1:
            cell = label
        elif place in trunks:
            passed.append(trunks[place])
            continue
        else:
            cell = trunks[place] = Cell(BEND, 0.0)
        cell.row = row
        rows[row].append(cell)
        passed.append(cell)
    return Route(number, [*passed, target])


def _ordered(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The best order that sweeping down and up has found."""
    best, fewest, idle = [list(row) for row in rows], crossings(rows), 0
    for sweep in range(SWEEPS):
        idle += 1
        if not fewest or idle > PATIENCE:
            break
        down = sweep % 2 == 0
        for row in rows[1:] if down else rows[-2::-1]:
            _sort(row, rows[row[0].row - 1 if down else row[0].row + 1], down)
        if (now := crossings(rows)) < fewest:
            best, fewest, idle = [list(row) for row in rows], now, 0
    return best


def _sort(row: list[Cell], beside: list[Cell], down: bool) -> None:
    place = {id(each): i for i, each in enumerate(beside)}
    key: dict[int, float] = {}
    for i, cell in enumerate(row):
        near = [place[id(each)] for each in (cell.above if down else cell.below)]
        key[id(cell)] = sum(near) / len(near) if near else i * len(beside) / len(row)
    row.sort(key=lambda cell: key[id(cell)])


def crossings(rows: Sequence[Sequence[Cell]]) -> int:
    """How many pairs of edges cross between neighbouring rows."""
    total = 0
    for upper, lower in pairwise(rows):
        place = {id(each): i for i, each in enumerate(lower)}
        seen: list[int] = []                             # where edges from further left end
        for cell in upper:
            ends = [place[id(below)] for below in cell.below]
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total
