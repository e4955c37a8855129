"""How noisy a gradient is, against the number of rows that it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import DataError
from pellucid.insight.plots.style import BLUE, MUTED, ORANGE, canvas, picture, plain_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pellucid.insight.dynamics.gradient_noise import GradientNoise as Noise

ROUNDING = 1e-5                         # less noise than this share of σ is that of arithmetic


@picture
def gradient_noise(noise: Noise, *, width: float = 700) -> Figure:
    """Noise of a batch's gradient against batch size, both logarithmic: a line that falls by ½.

    Dots were measured, the line is σ/√B foretold from single rows, the curve below it takes into
    account that rows are not put back; dashed is the length of the gradient itself. ``noise`` is
    what `pellucid.insight.dynamics.gradient_noise` gives. Raises DataError where there is none, as
    of a single row.

    >>> from pellucid.insight.dynamics import GradientNoise
    >>> found = GradientNoise(np.array([1, 4]), np.array([1.5, 0.7]), 1.5, 0.5, rows=1000)
    >>> gradient_noise(found).axes[0].get_yscale()
    'log'
    """
    if not noise.single > 0:
        raise DataError("there is no noise to draw: every row gives the same gradient",
                        hint="measure it with two rows or more that differ")
    wide = width >= 560
    figure = canvas(width, min(width * 0.64, 480) if wide else width * 0.95)
    axes = figure.subplots()
    low, high = float(noise.batch_sizes.min()), float(noise.batch_sizes.max())
    sizes = np.geomspace(low, max(high, 2 * low), 200)
    axes.plot(sizes, noise.single / np.sqrt(sizes), color=ORANGE, linewidth=1.5,
              label="σ / √B")
    inside = sizes[sizes < noise.rows]
    axes.plot(inside, noise.expected(inside), color=ORANGE, linewidth=1.2, linestyle=(0, (1, 1.5)),
              label=f"drawn from {noise.rows} rows, none put back")
    axes.axhline(noise.slope, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1,
                 label="length of the gradient itself")
    heard = noise.noise > ROUNDING * noise.single
    axes.plot(noise.batch_sizes[heard], noise.noise[heard], "o", color=BLUE, markersize=7,
              label="measured", zorder=4)
    least = float(min(noise.noise[heard].min(initial=noise.single), noise.slope or np.inf))
    axes.set(xscale="log", yscale="log", xlim=(sizes[0] / 1.2, sizes[-1] * 1.2),
             ylim=(least / 1.8, noise.single * 1.8), xlabel="rows in a batch, both scales log",
             ylabel="noise of the gradient")
    _ticks(axes)
    figure.legend(loc="outside upper left", ncols=2 if wide else 1, handlelength=1.8,
                  handletextpad=0.6, columnspacing=1.4, borderpad=0.2)
    return figure


def _ticks(axes: Axes) -> None:
    """Powers of ten, and 2 and 5 between them where there are few."""
    from matplotlib.ticker import LogLocator, NullLocator
    for axis in (axes.xaxis, axes.yaxis):
        low, high = axis.get_view_interval()
        axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 100 * low else (1,)))
        axis.set_minor_locator(NullLocator())
    plain_ticks(axes)
