"""Loss against learning rate: where it falls, where it flees, and the rate in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pellucid.insight.plots.style import BLUE, MUTED, ORANGE, SKY, canvas, picture, plain_ticks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pellucid.insight.dynamics.learning_rate_finder import RateTest

ABOVE = 0.6                             # how much of a fleeing loss is shown, of the range below


@picture
def learning_rate_finder(test: RateTest, *, width: float = 700) -> Figure:
    """The loss of each step as a dot, their moving average as a line, the suggested rate marked.

    ``test`` is what `find_learning_rate` gives.

    >>> from pellucid.insight.dynamics import RateTest
    >>> rates = np.geomspace(1e-4, 1, 40)
    >>> losses = np.where(rates < 0.01, 2.0, 2.0 - 0.8 * np.log10(rates / 0.01))
    >>> learning_rate_finder(RateTest(rates, losses, losses, False)).axes[0].get_xscale()
    'log'
    """
    from matplotlib.ticker import NullLocator
    wide = width >= 480
    figure = canvas(width, min(width * 0.62, 460) if wide else width * 0.85)
    axes = figure.subplots()
    axes.plot(test.rates, test.losses, "o", color=SKY, markersize=3.5, markeredgewidth=0,
              label="each step")
    axes.plot(test.rates, test.smoothed, color=BLUE, label="moving average")
    if (rate := test.suggested) is not None:
        axes.axvline(rate, color=ORANGE, linewidth=1.5, label=f"suggested: {rate:.2g}")
        at = float(np.interp(np.log(rate), np.log(test.rates), test.smoothed))
        axes.plot([rate], [at], "o", color=ORANGE, markersize=8, label="_suggested", zorder=5)
    axes.axhline(test.smoothed[0], color=MUTED, linewidth=1, linestyle=(0, (3, 3)), zorder=1,
                 label="_first")
    low, first = float(test.losses.min()), float(test.losses[:10].max())
    fall = first - low or 1.0
    axes.set(xscale="log", xlim=(test.rates[0], test.rates[-1]),
             ylim=(low - 0.08 * fall, first + ABOVE * fall),
             xlabel="learning rate, log scale", ylabel="loss of the next batch")
    axes.xaxis.set_minor_locator(NullLocator())
    plain_ticks(axes)
    figure.legend(loc="outside upper left", ncols=3 if wide else 2, handlelength=1.5,
                  handletextpad=0.6, columnspacing=1.2, borderpad=0.2)
    return figure
