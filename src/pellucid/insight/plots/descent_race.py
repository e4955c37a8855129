"""Optimizers race over one landscape: an animation, frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pellucid.insight.plots.descent_paths import (
    check_paths,
    draw_ground,
    draw_path,
    legend,
    looks,
)
from pellucid.insight.plots.film import Film
from pellucid.insight.plots.style import canvas, picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pellucid.insight.dynamics.descent import Descent
    from pellucid.insight.dynamics.landscape import Landscape


class DescentRace(Film):
    """Paths that grow together, step by step, over the contour lines of a landscape.

    ``figure`` shows one moment; `show` moves to another, `save` writes all of them as .gif, .html
    or .mp4. A path that has ended waits where it is. Raises DataError without a path.

    >>> from pellucid.insight.dynamics import landscape, race
    >>> def bowl(x, y): return x * x + y * y
    >>> paths = race(bowl, (1, 1), ["sgd", "adam"], steps=20)
    >>> animation = DescentRace(landscape(bowl, (-2, 2), (-2, 2)), paths)
    >>> animation.show(7).axes[0].get_title(loc="left")
    'step 7 of 20'
    """

    def __init__(self, land: Landscape, paths: Sequence[Descent], *, width: float = 560) -> None:
        check_paths(paths)
        self.paths, self.steps = list(paths), max(path.steps for path in paths)
        self.figure = picture(self._start)(land, width=width)
        self.moving = [self._title, *(each for pair in self._drawn for each in pair)]

    def _start(self, land: Landscape, *, width: float) -> Figure:
        figure = canvas(width, width * 0.86)
        self._axes = figure.subplots()
        draw_ground(self._axes, land)
        self._drawn = [draw_path(self._axes, path, look, steps=0)
                       for path, look in zip(self.paths, looks(len(self.paths)), strict=True)]
        self._title = self._axes.set_title(f"step 0 of {self.steps}")
        legend(figure, [line for line, _ in self._drawn], width)
        return figure

    def show(self, step: int) -> Figure:
        """The figure at a step: every path up to there."""
        for path, (line, end) in zip(self.paths, self._drawn, strict=True):
            walked = path.points[:step + 1]
            line.set_data(*walked.T)
            end.set_data(*walked[-1:].T)
        self._title.set_text(f"step {min(step, self.steps)} of {self.steps}")
        return self.figure
