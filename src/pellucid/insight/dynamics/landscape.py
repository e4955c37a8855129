"""The heights of f(x, y) over a rectangle: the ground on which descents are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.tensor import convert
from pellucid.insight.dynamics.descent import Function

Span = tuple[float, float]


@dataclass(frozen=True)
class Landscape:
    """Heights of a function of two numbers: ``heights[i, j]`` is f(x[j], y[i]).

    >>> landscape(lambda x, y: x + 10 * y, x=(0, 1), y=(0, 2), count=3).heights.tolist()
    [[0.0, 0.5, 1.0], [10.0, 10.5, 11.0], [20.0, 20.5, 21.0]]
    """

    x: np.ndarray
    y: np.ndarray
    heights: np.ndarray

    def holds(self, points: np.ndarray) -> np.ndarray:
        """Which points of shape ``(k, 2)`` lie over this rectangle."""
        low, high = [self.x[0], self.y[0]], [self.x[-1], self.y[-1]]
        return np.all((points >= low) & (points <= high), axis=1)


def landscape(f: Function, x: Span, y: Span, count: int = 101) -> Landscape:
    """Measure f on a grid of ``count`` by ``count`` points over the spans ``(low, high)``.

    f must work number by number on tensors of any shape, as Python's operators and `pellucid.ops`
    do. Raises ArgumentError for an empty span, ShapeError for an f that does otherwise.

    >>> landscape(lambda x, y: x * y, x=(-1, 1), y=(-1, 1)).heights.shape
    (101, 101)
    """
    for name, (low, high) in (("x", x), ("y", y)):
        if not (np.isfinite([low, high]).all() and low < high):
            raise ArgumentError(f"{name} must be a span (low, high) with low < high",
                                got=f"({low}, {high})", where=user_line())
    if count < 2:
        raise ArgumentError("count must be at least 2", got=count, where=user_line())
    xs, ys = np.linspace(*x, count), np.linspace(*y, count)
    heights = np.asarray(convert(f(*map(convert, np.meshgrid(xs, ys))), "float64"))
    if heights.shape not in ((), (count, count)):
        raise ShapeError("f must give a number for each point of the grid", where=user_line(),
                         got=f"shape {heights.shape} from arguments of {(count, count)}",
                         hint="use operators and pellucid.ops, which work number by number")
    return Landscape(xs, ys, np.broadcast_to(heights, (count, count)))
