"""Axes of three dimensions in the house style: no walls, few numbers."""

from __future__ import annotations

from typing import Any

from pellucid.insight.plots.style import LINE, PAPER, STEPS, plain_ticks


def bare(axes: Any, ticks: int = 4) -> None:
    """Clear walls, thin lines, and at most ``ticks`` numbers along each of the three axes."""
    from matplotlib.ticker import MaxNLocator
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_pane_color(PAPER, 0.0)
        axis.line.set_color(LINE)
        axis._axinfo["grid"].update(color=LINE, linewidth=0.6)
        axis.set_major_locator(MaxNLocator(ticks, steps=STEPS, prune="both"))
    plain_ticks(axes)
    axes.zaxis.set_major_formatter(axes.xaxis.get_major_formatter())
    axes.tick_params(pad=0)
