"""A line (in space, a plane) that moves while it learns: an animation, move by move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import DataError
from pellucid.insight.answers.hyperplane import crossings, sides
from pellucid.insight.plots.decision_line import draw_points, few_ticks, frame, light
from pellucid.insight.plots.decision_plane import NAMES, checked, filled, lay_out, look_along
from pellucid.insight.plots.film import Film
from pellucid.insight.plots.style import (
    BLUE,
    INK,
    ORANGE,
    canvas,
    legend_above,
    picture,
    plain,
    short,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pellucid.perceptron import Learned

RING = {"marker": "o", "linestyle": "none", "markersize": 15, "markerfacecolor": "none",
        "markeredgecolor": INK, "markeredgewidth": 1.6, "zorder": 6, "clip_on": False}


class LineMoving(Film):
    """The line of a perceptron after each of its moves; in space, the plane.

    ``points``: shape ``(n, 2)`` or ``(n, 3)``, ``labels``: 0 or 1 for each, ``learned``: what
    ``learn(points, labels, trace=True)`` gave. A ring marks the point that made the last move.
    ``figure`` shows one moment; `show` moves to another, `save` writes all as .gif, .html or .mp4.
    Raises ShapeError for other shapes, DataError for a perceptron without a trace.

    >>> from pellucid.perceptron import learn
    >>> x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]
    >>> animation = LineMoving(x, y, learn(x, y, trace=True))
    >>> animation.show(2).axes[0].get_title(loc="left")
    'move 2 of 10, by (1, 1)'
    """

    def __init__(self, points: Any, labels: Any, learned: Learned, *,
                 names: tuple[str, ...] = NAMES, width: float = 560) -> None:
        if not getattr(learned, "trace", None):
            raise DataError("a line that moves needs every look at a sample",
                            hint="learn(x, y, trace=True)")
        self.points, self._labels, self.lines = checked(points, labels, learned.lines)
        self.movers = [np.array(each.x) for each in learned.moves]
        self.steps = len(self.movers)
        self._low, self._high = frame(self.points, 0.9 if self.points.shape[1] == 2 else 0.6)
        self.figure = picture(self._start)(names=names, width=width)
        self.show(0)

    def _start(self, *, names: tuple[str, ...], width: float) -> Figure:
        figure = canvas(width, width * 0.9)
        if self.points.shape[1] == 2:
            self._axes: Any = figure.subplots()
            self._in_the_plane(names)
        else:
            self._axes = figure.add_subplot(projection="3d")
            lay_out(self._axes, self.points, self._labels, names)
            look_along(self._axes, self.lines[-1])
            self._plane = filled(crossings(self.lines[-1], self._low, self._high))
            self._axes.add_collection3d(self._plane)
        nowhere = np.full((self.points.shape[1], 1), np.nan)
        self._ring, = self._axes.plot(*nowhere, label="made this move", **RING)
        self._ring.set_in_layout(False)
        self._title = self._axes.set_title(f"move 0 of {self.steps}: the start", loc="left")
        handles = {str(each.get_label()): each for each in self._axes.get_lines()}
        legend_above(figure, list(handles.values()), list(handles))
        return figure

    def _in_the_plane(self, names: tuple[str, ...]) -> None:
        axes, nothing = self._axes, np.full((1, 2), np.nan)
        axes.set(xlim=(self._low[0], self._high[0]), ylim=(self._low[1], self._high[1]),
                 aspect="equal", xlabel=short(names[0], 32),
                 ylabel=short(names[1], 32))
        few_ticks(axes)
        self._sides = [axes.fill(*nothing.T, **light(colour))[0] for colour in (BLUE, ORANGE)]
        self._line, = axes.plot([], [], color=INK, linewidth=2, label="the line")
        draw_points(axes, self.points, self._labels)

    def show(self, step: int) -> Figure:
        """The figure at a step: the line after so many moves, and the point that made the last."""
        step = min(max(step, 0), self.steps)
        line, low, high = self.lines[step], self._low, self._high
        if self.points.shape[1] == 2:
            for side, corners in zip(self._sides, sides(line, low, high), strict=True):
                side.set_xy(corners if len(corners) else np.full((1, 2), np.nan))
            self._line.set_data(*crossings(line, low, high).T)
        else:
            corners = crossings(line, low, high)
            self._plane.set_verts([corners] if len(corners) else [])
        mover = self.movers[step - 1] if step else np.full(self.points.shape[1], np.nan)
        (self._ring.set_data_3d if len(mover) == 3 else self._ring.set_data)(*mover[:, None])
        by = f", by ({', '.join(plain(each, 3) for each in mover)})" if step else ": the start"
        self._title.set_text(f"move {step} of {self.steps}{by}")
        return self.figure
