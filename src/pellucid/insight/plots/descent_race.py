"""Optimizers race over one landscape: an animation, frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import ArgumentError, user_line
from pellucid.insight.plots.descent_paths import (
    check_paths,
    draw_ground,
    draw_path,
    legend,
    looks,
)
from pellucid.insight.plots.style import canvas, house_style, picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pellucid.insight.dynamics.descent import Descent
    from pellucid.insight.dynamics.landscape import Landscape

HELD = 1500                             # milliseconds for which the last frame stands


class DescentRace:
    """Paths that grow together, step by step, over the contour lines of a landscape.

    ``figure`` shows one moment; `show` moves to another, `save` writes all of them as a GIF. A
    path that has ended waits where it is. Raises DataError without a path.

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
        self.figure = picture(self._start)(land, width)

    def _start(self, land: Landscape, width: float) -> Figure:
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

    def save(self, file: str | PathLike[str], *, frames: int = 60, fps: int = 12) -> None:
        """Write the race as a GIF of at most ``frames`` moments, ``fps`` of them a second.

        Raises ArgumentError for a file that is no .gif, or fewer than 2 frames.
        """
        if not str(file).lower().endswith(".gif"):
            raise ArgumentError("an animation is written as .gif", got=str(file),
                                where=user_line())
        if frames < 2 or fps < 1:
            raise ArgumentError("an animation needs at least 2 frames, and 1 a second",
                                got=f"frames={frames}, fps={fps}", where=user_line())
        moments = np.unique(np.linspace(0, self.steps, frames).round().astype(int))
        images = self._images([int(step) for step in moments])
        palette = images[-1].quantize(method=2)         # an octree: no line loses its colour
        first, *others = [each.quantize(palette=palette, dither=0) for each in images]
        durations = [1000 // fps] * len(others) + [HELD]
        first.save(file, save_all=True, append_images=others, duration=durations, loop=0)

    def _images(self, moments: Sequence[int]) -> list[Any]:
        """A picture of each moment; the ground is drawn once and what moves is laid over it."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from PIL import Image
        moving = [self._title, *(each for pair in self._drawn for each in pair)]
        with house_style():
            for artist in moving:
                artist.set_animated(True)
            drawing = FigureCanvasAgg(self.figure)
            drawing.draw()
            ground, images = drawing.copy_from_bbox(self.figure.bbox), []
            for step in moments:
                drawing.restore_region(ground)
                self.show(step)
                for artist in moving:
                    self._axes.draw_artist(artist)
                images.append(Image.fromarray(np.array(drawing.buffer_rgba())[..., :3]))
            for artist in moving:
                artist.set_animated(False)
        return images
