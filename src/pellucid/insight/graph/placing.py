"""Where the cells of a column stand: no two overlap, and edges are as straight as can be.

A row's order is kept while each cell moves as near as it can to its neighbours: the least squares
solution under "at least so far apart", found by pooling adjacent violators (Ayer et al., 1955).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from pellucid.insight.graph.layering import BEND, Cell, Route, layered

APART, GAP = 18.0, 34.0                 # between boxes side by side, and between rows
TIGHT = 7.0                             # between a label's row and the next
HEAD, FOOT, SIDE = 22.0, 12.0, 12.0     # the room inside a frame: above, below, at the sides
ROUNDS, LAST = 16, 6                    # sweeps by the neighbours of one side, then of both
HEAVY = 30.0                            # how much more like draws like than other things
FIRM = {"box": 100.0, "label": 10.0, "bend": 0.1}       # who gives way to whom


@dataclass(frozen=True)
class Block:
    """Boxes that get a frame with a word on it."""

    keys: frozenset[int]
    label: str


@dataclass(eq=False)
class Column:
    """Boxes, labels, ways of edges and frames (x, y, width, height, label), from (0, 0) on."""

    rows: list[list[Cell]]
    routes: list[Route]
    width: float
    height: float
    frames: list[tuple[float, float, float, float, str]]
    top: float = 0.0

    @property
    def cells(self) -> list[Cell]:
        return [each for row in self.rows for each in row]

    def move(self, dx: float, dy: float) -> None:
        """Everything to another place."""
        self.top += dy
        for each in self.cells:
            each.x, each.y = each.x + dx, each.y + dy
        self.frames = [(x + dx, y + dy, *rest) for x, y, *rest in self.frames]   # pyright: ignore


def column(boxes: Sequence[Cell], edges: Sequence[tuple[int, int, int]],
           labels: dict[int, Cell], blocks: Sequence[Block] = ()) -> Column:
    """Place the boxes so that neither they nor the labels of edges overlap."""
    rows, routes = layered(boxes, edges, labels)
    for row in rows:
        _side_by_side(row)
    for turn in range(ROUNDS):
        down = turn % 2 == 0
        for row in rows[1:] if down else rows[-2::-1]:
            _settle(row, [_wish(each, each.above if down else each.below) for each in row])
    for turn in range(LAST):
        for row in rows[::-1] if turn % 2 == 0 else rows:
            _settle(row, [_wish(each, [*each.above, *each.below]) for each in row])
    for route in routes:
        _straighten(route, rows)
    framed = [each for each in blocks if _alone(rows, each)]
    height = _set_heights(rows, _margins(rows, framed))
    made = Column(rows, routes, 0.0, height, [_frame(rows, each, framed) for each in framed])
    left = min([each.left for each in made.cells] + [frame[0] for frame in made.frames])
    made.move(-left, 0.0)
    made.width = max([each.right for each in made.cells] +
                     [frame[0] + frame[2] for frame in made.frames])
    return made


def _span(rows: list[list[Cell]], block: Block) -> range:
    """The rows in which a block's boxes stand."""
    inside = [i for i, row in enumerate(rows) if any(each.key in block.keys for each in row)]
    return range(min(inside), max(inside) + 1)


def _alone(rows: list[list[Cell]], block: Block) -> bool:
    """Whether no other box stands in the rows of a block: only then can it have a frame."""
    return all(each.key in block.keys for i in _span(rows, block) for each in rows[i]
               if each.key is not None)


def _inner(block: Block, blocks: Sequence[Block]) -> int:
    """How many frames stand inside this one, one in the other."""
    return max((1 + _inner(each, blocks) for each in blocks if each.keys < block.keys), default=0)


def _margins(rows: list[list[Cell]], blocks: Sequence[Block]) -> dict[int, tuple[float, float]]:
    """The room above and below each row that the frames beginning and ending there take."""
    above = [0.0] * len(rows)
    below = [0.0] * len(rows)
    for block in blocks:
        span, depth = _span(rows, block), _inner(block, blocks) + 1
        above[span[0]] = max(above[span[0]], depth * HEAD)
        below[span[-1]] = max(below[span[-1]], depth * FOOT)
    return {i: (a, b) for i, (a, b) in enumerate(zip(above, below, strict=True)) if a or b}


def _frame(rows: list[list[Cell]], block: Block, blocks: Sequence[Block]
           ) -> tuple[float, float, float, float, str]:
    """Where the frame of a block stands, around everything in its rows."""
    span, depth = _span(rows, block), _inner(block, blocks) + 1
    cells = [each for i in span for each in rows[i]]
    left = min(each.left for each in cells) - depth * SIDE
    right = max(each.right for each in cells) + depth * SIDE
    top = min(each.y for each in rows[span[0]]) - depth * HEAD + 4
    bottom = max(each.bottom for each in rows[span[-1]]) + depth * FOOT
    return left, top, right - left, bottom - top, block.label


def _side_by_side(row: list[Cell]) -> None:
    _settle(row, [0.0] * len(row))


def _wish(cell: Cell, near: Sequence[Cell]) -> float:
    if not near:
        return cell.x
    weights = [HEAVY if (each.key is None) == (cell.key is None) else 1.0 for each in near]
    return sum(w * each.x for w, each in zip(weights, near, strict=True)) / sum(weights)


def apart(a: Cell, b: Cell) -> float:
    """How far the middles of two neighbours in a row must be from each other."""
    passing = a.width <= BEND or b.width <= BEND
    return (a.width + b.width) / 2 + (APART * 0.6 if passing else APART)


def _settle(row: list[Cell], wishes: list[float]) -> None:
    """Move each cell as near to its wish as the others let it; one alone stands in the middle."""
    if len(row) == 1:
        row[0].x = 0.0
        return
    offsets = [0.0]
    for a, b in pairwise(row):
        offsets.append(offsets[-1] + apart(a, b))
    pools: list[tuple[float, float, int]] = []           # weighted sum, weight, how many
    for cell, wish, offset in zip(row, wishes, offsets, strict=True):
        weight = FIRM[cell.kind]
        pool = (weight * (wish - offset), weight, 1)
        while pools and pools[-1][0] / pools[-1][1] >= pool[0] / pool[1]:
            before = pools.pop()
            pool = (before[0] + pool[0], before[1] + pool[1], before[2] + pool[2])
        pools.append(pool)
    i = 0
    for total, weight, count in pools:
        for _ in range(count):
            row[i].x = total / weight + offsets[i]
            i += 1


def _straighten(route: Route, rows: list[list[Cell]]) -> None:
    """Let a passing edge go straight down as long as there is room for it."""
    run: list[Cell] = []
    low, high = -inf, inf
    for cell in route.cells[1:-1]:
        left, right = _room(cell, rows[cell.row])
        if run and max(low, left) > min(high, right):
            _line_up(run, low, high)
            run, low, high = [], -inf, inf
        run, low, high = [*run, cell], max(low, left), min(high, right)
    _line_up(run, low, high)


def _room(cell: Cell, row: list[Cell]) -> tuple[float, float]:
    """Between where the middle of a cell may stand while its neighbours stay."""
    i = row.index(cell)
    left = row[i - 1].x + apart(row[i - 1], cell) if i else -inf
    right = row[i + 1].x - apart(cell, row[i + 1]) if i + 1 < len(row) else inf
    return min(left, cell.x), max(right, cell.x)


def _line_up(run: list[Cell], low: float, high: float) -> None:
    if run:
        x = min(max(sum(each.x for each in run) / len(run), low), high)
        for each in run:
            each.x = x


def _set_heights(rows: list[list[Cell]], margins: dict[int, tuple[float, float]]) -> float:
    """Rows below each other, each cell in the middle of its row; gives the height of all."""
    y = 0.0
    for i, row in enumerate(rows):
        above, below = margins.get(i, (0.0, 0.0))
        y += above
        height = max(each.height for each in row)
        for each in row:
            each.y = y if each.key is None else y + (height - each.height) / 2
            if each.key is None:
                each.height = height
        y += height + below
        if i + 1 < len(rows):
            y += _gap(row, rows[i + 1])
    return y


def _gap(row: list[Cell], after: list[Cell]) -> float:
    """Wide bends need room; a row of labels stands close to what it labels."""
    far = max((abs(each.x - below.x) for each in row for below in each.below), default=0.0)
    label = all(each.key is None for each in row) or all(each.key is None for each in after)
    return (TIGHT if label else 0.0) + (GAP * 0.5 if label else GAP) + min(0.07 * far, 28.0)
