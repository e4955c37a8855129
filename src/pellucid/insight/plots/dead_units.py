"""What the units of a layer give, what still moves them, and how many are dead, over training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import DataError
from pellucid.insight.plots.style import (
    canvas,
    legend_above,
    picture,
    plain_ticks,
    round_ticks,
    stroke,
)
from pellucid.insight.signals.unit_trace import UnitRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANELS = ("mean size of the outputs", "gradient of their weights", "dead units")


@picture
def dead_units(records: Mapping[str, UnitRecord], *, width: float = 900) -> Figure:
    """Three panels over the epochs, a curve for each record, as `UnitTrace` fills them.

    From the left: the size of a unit's output and the length of its weights' gradient (the line is
    the mean over the units, the band goes from the least to the greatest), and the share of units
    that give 0 for every sample, with a gap where some output is not finite. Epoch 0 is before
    training. Raises DataError without a record.

    >>> none = np.zeros((3, 2))
    >>> figure = dead_units({"relu": UnitRecord(none, none, none == 0)})
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['mean size of the outputs', 'gradient of their weights', 'dead units']
    """
    if not records:
        raise DataError("dead_units needs the record of at least one layer")
    wide = width >= 700
    figure = canvas(width, 260 if wide else 590)
    panels = figure.subplots(1, 3) if wide else figure.subplots(3, 1, sharex=True)
    for k, record in enumerate(records.values()):
        for axes, values in zip(panels, (record.output, record.gradient), strict=False):
            _band(axes, values, k)
        known = np.isfinite(record.output).all(axis=1)      # what is NaN is not dead, nor alive
        share = np.where(known, record.share_dead, np.nan)
        panels[2].plot(np.arange(len(share)), share, **stroke(k))
    for axes, title in zip(panels, PANELS, strict=True):
        axes.set_title(title)
        _epochs(axes, max(len(each.output) for each in records.values()))
    for axes in panels if wide else panels[-1:]:
        axes.set_xlabel("epoch")
    panels[2].set_ylim(-0.03, 1.03)
    panels[2].yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}\u00a0%")
    legend_above(figure, panels[2].get_lines(), records)
    return figure


def _band(axes: Axes, values: np.ndarray, k: int) -> None:
    """The mean over the units as a line, all units as a band."""
    epochs = np.arange(len(values))
    axes.fill_between(epochs, values.min(axis=1), values.max(axis=1), color=stroke(k)["color"],
                      alpha=0.13, linewidth=0)
    axes.plot(epochs, values.mean(axis=1), **stroke(k), clip_on=False)


def _epochs(axes: Axes, moments: int) -> None:
    axes.set_xlim(0, max(moments - 1, 1))
    round_ticks(axes.xaxis, 5, whole=True)
    round_ticks(axes.yaxis, 5)
    plain_ticks(axes)
