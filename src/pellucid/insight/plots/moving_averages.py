"""Averages that forget: noisy numbers, their moving averages, and the weight of each value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import DataError, ShapeError
from pellucid.insight.dynamics.moving_average import ewma_weights
from pellucid.insight.plots.style import SERIES, SKY, canvas, picture, plain_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@picture
def moving_averages(values: Sequence[float] | np.ndarray, averages: Mapping[float, np.ndarray], *,
                    width: float = 900) -> Figure:
    """The values as dots with a line for each β; beside it, how much each older value counts.

    ``averages`` maps β to the result of `pellucid.insight.dynamics.ewma`, of the shape ``(n,)`` of
    the values. Raises DataError without values or averages, ShapeError where lengths differ.

    >>> from pellucid.insight.dynamics import ewma
    >>> figure = moving_averages([1.0, 3.0, 2.0], {0.5: ewma([1.0, 3.0, 2.0], 0.5)})
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['values and their averages', 'weight of each value, by age']
    """
    values = np.asarray(values, float)
    if values.ndim != 1 or not len(values) or not averages:
        raise DataError("moving averages need a row of values, and at least one β")
    for beta, line in averages.items():
        if np.shape(line) != values.shape:
            raise ShapeError(f"the average for β = {beta:g} must have the shape {values.shape}",
                             got=np.shape(line))
    wide = width >= 600
    figure = canvas(width, width * 0.42 if wide else width * 1.5)
    left, right = figure.subplots(1, 2) if wide else figure.subplots(2, 1)
    left.plot(values, "o", color=SKY, markersize=4, markeredgewidth=0, label="values")
    for (beta, line), colour in zip(averages.items(), cycle(SERIES), strict=False):
        left.plot(line, color=colour, label=f"β = {beta:g}")
        _weights(right, len(values), beta, colour)
    left.set(xlabel="time t")
    left.set_title("values and their averages")
    right.set(xlabel="age k, in steps", ylim=(0, None))
    right.set_title("weight of each value, by age")
    for axes in (left, right):
        plain_ticks(axes)
    figure.legend(handles=left.get_lines(), loc="outside upper left", ncols=5 if wide else 2,
                  handlelength=1.5, handletextpad=0.6, columnspacing=1.4, borderpad=0.2)
    return figure


def _weights(axes: Axes, count: int, beta: float, colour: str) -> None:
    """(1 - β) β^k for as many steps back as the averages of the picture have."""
    shown = min(count, 60)
    axes.plot(ewma_weights(count, beta)[:shown], color=colour, label=f"β = {beta:g}",
              marker="o" if shown <= 12 else None, markersize=5)
