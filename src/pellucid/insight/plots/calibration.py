"""Whether stated probabilities come true: of the rows called 80 % sure, 80 % should be right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pellucid.core.errors import DataError
from pellucid.insight.plots.style import BLUE, ORANGE, canvas, picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Bin(NamedTuple):
    """Rows of similar confidence: their mean confidence, the share that was right, its interval."""

    confidence: float
    right: float
    low: float
    high: float
    rows: int


@picture
def calibration(bins: Sequence[Bin], *, width: float = 440) -> Figure:
    """Share right against stated confidence, one dot a bin, with its 95 % interval.

    Dots on the diagonal: probabilities can be taken at their word. Below it: too sure of itself.
    Raises ``DataError`` without bins.

    >>> calibration([Bin(0.9, 0.8, 0.6, 0.9, 20)]).axes[0].get_ylabel()
    'share that is right'
    """
    if not bins:
        raise DataError("calibration needs at least one bin of rows")
    figure = canvas(width, min(width * 0.86, 360))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=ORANGE, linewidth=1.5, zorder=1)
    x, y = [each.confidence for each in bins], [each.right for each in bins]
    axes.vlines(x, [each.low for each in bins], [each.high for each in bins], color=BLUE,
                linewidth=1.5, alpha=0.6)
    axes.plot(x, y, "o", color=BLUE, markersize=8, clip_on=False)
    lowest = max(0.0, min(*x, *(each.low for each in bins)) // 0.1 / 10 - 0.02)
    axes.set(xlim=(lowest, 1.0), ylim=(lowest, 1.02), xlabel="stated probability",
             ylabel="share that is right")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{100 * value:.0f}\u00a0%")
    return figure
