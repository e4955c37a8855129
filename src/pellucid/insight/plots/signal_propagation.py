"""How wide signals are at each layer of a deep stack, for each start and each activation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import DataError
from pellucid.insight.plots.style import (
    LINE,
    canvas,
    legend_above,
    logarithmic,
    picture,
    round_ticks,
    short,
    stroke,
)
from pellucid.insight.signals.propagation import Propagation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDEST = 1e6                            # what is wider, or narrower than 1e-6, leaves the panel
TITLES = ("outputs →", "← gradients")    # the ways they go


@picture
def signal_propagation(found: Mapping[str, Mapping[str, Propagation]], *,
                       width: float = 900) -> Figure:
    """A row of panels an activation, a curve an initializer: the spread at each layer.

    ``found[activation][initializer]`` is what `propagation` measured. On the left the outputs on
    their way forwards (from a spread of 1 before layer 1), on the right the gradients on their way
    back (from a spread of 1 behind the last layer). The scale is logarithmic and ends at 1e-6 and
    1e6; a spread of 0 has no place on it. Raises DataError when there is nothing to draw.

    >>> told = {"relu": {"he_normal": Propagation(np.ones(3), np.ones(3))}}
    >>> [axes.get_title(loc="left") for axes in signal_propagation(told).axes]
    ['outputs →', '← gradients']
    """
    starts = list(dict.fromkeys(name for each in found.values() for name in each))
    if not starts:
        raise DataError("signal propagation needs at least one activation with one initializer")
    figure = canvas(width, 66 + 140 * len(found))
    panels = figure.subplots(len(found), 2, squeeze=False, sharey=True, sharex=True)
    for pair, (activation, measured) in zip(panels, found.items(), strict=True):
        for axes, what in zip(pair, ("outputs", "gradients"), strict=True):
            _panel(axes, {name: getattr(each, what) for name, each in measured.items()}, starts)
        pair[0].set_ylabel(f"{short(activation, 9)}: spread")
    for axes, title in zip(panels[0], TITLES, strict=True):
        axes.set_title(title)
    for axes in panels[-1]:
        axes.set_xlabel("layer")
    lines = {str(line.get_label()): line for axes in panels.flat for line in axes.get_lines()}
    legend_above(figure, [lines[name] for name in starts], starts)
    return figure


def _panel(axes: Axes, spreads: Mapping[str, Any], starts: list[str]) -> None:
    axes.axhline(1, color=LINE, linewidth=1.5, zorder=1, label="_start")
    depth = 2
    for name, values in spreads.items():
        values = np.asarray(values, dtype=float)
        depth = max(depth, len(values))
        shown = np.where(np.isfinite(values) & (values > 0), values, np.nan)
        axes.plot(np.arange(1, len(values) + 1), shown, label=name, **stroke(starts.index(name)),
                  marker="o" if len(values) == 1 else None,
                  linewidth=3.4 - 1.8 * starts.index(name) / len(starts))    # all show at once
    logarithmic(axes, ticks=5)
    axes.set(ylim=(1 / WIDEST, WIDEST), xlim=(1, depth))
    round_ticks(axes.xaxis, 5, whole=True)
