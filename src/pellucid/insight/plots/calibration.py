"""Whether stated probabilities come true: of the rows called 80 % sure, 80 % should be right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import DataError
from pellucid.insight.answers.reliability import Bin, reliability
from pellucid.insight.plots.style import BLUE, ORANGE, canvas, picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def calibration(y_true: Any, y_prob: Any, *, n_bins: int = 10, pos_label: Any = None,
                width: float = 440) -> Figure:
    """Share that is so against stated probability, one dot a bin, with its 95 % interval.

    Dots on the diagonal: probabilities can be taken at their word. Below it: too high. ``y_true``:
    labels; ``y_prob``: the probability of the positive class, ``(n,)``, or of each class,
    ``(n, classes)``, of which the greatest is judged. Raises ShapeError and DataError for what
    does not fit.

    >>> calibration([0, 1, 1], [0.1, 0.8, 0.9]).axes[0].get_ylabel()
    'share of positives'
    """
    found = reliability(y_true, y_prob, n_bins=n_bins, pos_label=pos_label)
    several = np.ndim(y_prob) == 2 and np.shape(y_prob)[1] > 1
    return calibration_bins(found, says="share that is right" if several else "share of positives",
                            width=width)


@picture
def calibration_bins(bins: Sequence[Bin], *, says: str = "share that is right",
                     width: float = 440) -> Figure:
    """The same from bins that are counted already, as `answers.reliability` gives them.

    Raises ``DataError`` without bins.

    >>> calibration_bins([Bin(0.9, 0.8, 0.6, 0.9, 20)]).axes[0].get_ylabel()
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
             ylabel=says)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{100 * value:.0f}\u00a0%")
    return figure
