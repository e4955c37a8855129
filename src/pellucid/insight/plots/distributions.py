"""How numbers were spread at every moment of a run: histograms side by side become shades."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import ArgumentError, unknown_name, user_line
from pellucid.insight.plots.over_epochs import (
    epoch_axis,
    mark_not_finite,
    power_of_ten,
    shade,
)
from pellucid.insight.plots.style import (
    BLUE,
    LETTER,
    LINE,
    ORANGE,
    canvas,
    legend_above,
    plain_ticks,
    round_ticks,
    shorts,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 6                                # panels, unless some are chosen by name
PANEL = 190                             # pixels of a panel's height
ROWS = 72                               # of shades in a panel
SPARED = 0.02                           # share of the moments whose extremes do not set the scale
LINES = {"median": (0.5, "-", 1.8), "5 % and 95 %": (0.05, (0, (3, 2)), 1.2)}


@dataclass(frozen=True)
class Spread:
    """The numbers of one thing at every moment, counted: moment t between ``edges[t]``.

    ``edges`` is ``(moments, bins + 1)``, ``counts`` ``(moments, bins)``; ``broken`` says at which
    moments some number was not finite.

    >>> spread = Spread("w", np.array([[0.0, 1.0, 2.0]]), np.array([[1, 3]]), np.array([False]))
    >>> spread.quantile(0.5).round(3).tolist()
    [1.333]
    """

    name: str
    edges: np.ndarray
    counts: np.ndarray
    broken: np.ndarray

    def quantile(self, share: float) -> np.ndarray:
        """The number below which this share lies, at every moment; NaN where nothing was counted.

        Inside a bin the numbers count as evenly spread.
        """
        found = np.full(len(self.counts), np.nan)
        for t, (edges, counts) in enumerate(zip(self.edges, self.counts, strict=True)):
            if (total := counts.sum()) and np.isfinite(edges).all():
                below = np.concatenate([[0], np.cumsum(counts)]) / total
                rises = np.concatenate([np.diff(below) > 0, [True]])     # the last edge of a step
                found[t] = np.interp(share, below[rises], edges[rises])
        return found

    def density(self, edges: np.ndarray) -> np.ndarray:
        """The share of the numbers between common edges, ``(moments, bins)``; rows add up to 1.

        What lies beyond the first or the last edge counts in the bin next to it.
        """
        found = np.zeros((len(self.counts), len(edges) - 1))
        for t, (own, counts) in enumerate(zip(self.edges, self.counts, strict=True)):
            if (total := counts.sum()) and np.isfinite(own).all():
                if own[0] == own[-1]:                    # all numbers are the same
                    place = np.searchsorted(edges, own[0], side="right") - 1
                    found[t, np.clip(place, 0, len(edges) - 2)] = 1
                    continue
                below = np.interp(edges, own, np.concatenate([[0], np.cumsum(counts)]) / total)
                below[0], below[-1] = 0, 1
                found[t] = np.diff(below)
        return found


def draw_spreads(epochs: np.ndarray, spreads: Sequence[Spread], width: float,
                 powers: bool = False) -> Figure:
    """A panel each: the deeper the blue the more numbers lie there; with median, 5 % and 95 %.

    With ``powers`` the edges are powers of ten, and are labelled so.
    """
    across = min(len(spreads), 3 if width >= 1000 else 2 if width >= 600 else 1)
    down = -(-len(spreads) // across)
    figure = canvas(width, 30 + (PANEL + 26) * down)
    panels = list(figure.subplots(down, across, squeeze=False, sharex=True).ravel())
    letters = int((width / across - 60) / (1.15 * LETTER))
    handles = {}
    titles = shorts([each.name for each in spreads], letters)
    for axes, spread, title in zip(panels, spreads, titles, strict=False):
        axes.set_title(title)
        for line in _panel(axes, epochs, spread, powers):
            handles.setdefault(str(line.get_label()), line)
    for axes in panels[len(spreads):]:
        axes.remove()
    for axes in panels[max(0, len(spreads) - across):len(spreads)]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel("epoch")
    legend_above(figure, list(handles.values()), handles)
    return figure


def _panel(axes: Axes, epochs: np.ndarray, spread: Spread, powers: bool) -> list:
    low, high = span(spread)
    shares = spread.density(np.linspace(low, high, ROWS + 1))
    # the square root lets few numbers show beside many: a ReLU's zeros would hide all else
    with np.errstate(all="ignore"):
        depth = np.sqrt(shares / shares.max(axis=1, keepdims=True)).T
    shade(axes, epochs, 0.9 * depth, low, high, above=BLUE)
    lines = []
    for name, (share, dashes, thick) in LINES.items():
        for k, each in enumerate(sorted({share, 1 - share})):
            lines += axes.plot(epochs, spread.quantile(each), color=ORANGE, linestyle=dashes,
                               linewidth=thick, label=name if not k else f"_{name}",
                               marker="o" if len(epochs) == 1 else None)
    axes.set_ylim(low, high)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(LINE)
    epoch_axis(axes, epochs)
    _values(axes, powers)
    crosses = mark_not_finite(axes, epochs, spread.broken)
    return [line for line in lines if not line.get_label().startswith("_")] + (
        [] if crosses is None else [crosses])


def _values(axes: Axes, powers: bool) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter
    low, high = axes.get_ylim()
    round_ticks(axes.yaxis, 5, whole=powers)
    plain_ticks(axes, "y")
    if powers and np.ceil(low) >= np.floor(high):        # less than two powers of ten: 2, 5, 10
        axes.yaxis.set_major_locator(FixedLocator([k + np.log10(each) for each in (1, 2, 5) for k in
                                                   np.arange(np.floor(low), np.ceil(high))]))
    if powers:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: power_of_ten(value)))


def few_ticks(axes: Axes) -> None:
    """A few plain numbers each way."""
    round_ticks(axes.xaxis, 4)
    round_ticks(axes.yaxis, 4)
    plain_ticks(axes)


def span(spread: Spread) -> tuple[float, float]:
    """From where to where a panel reaches: nearly all moments fit into it from end to end."""
    known = np.isfinite(spread.edges).all(axis=1) & (spread.counts.sum(axis=1) > 0)
    if not known.any():
        return -1.0, 1.0
    low = float(np.quantile(spread.edges[known, 0], SPARED))
    high = float(np.quantile(spread.edges[known, -1], 1 - SPARED))
    if not low < high:
        room = 0.5 * max(abs(low), abs(high)) or 0.5
        low, high = min(low, high) - room, max(low, high) + room
    return low, high


def chosen(names: str | Sequence[str] | None, known: Sequence[str], usual: Sequence[str],
           what: str) -> list[str]:
    """The names asked for, or some of the usual ones: the first, the last, and evenly between.

    Raises ArgumentError, with the nearest one, for a name that is not known, and for none at all.

    >>> chosen(None, list("abcdefgh"), list("abcdefgh"), "layer")
    ['a', 'b', 'd', 'e', 'g', 'h']
    """
    if names is None:
        places = np.linspace(0, len(usual) - 1, min(MOST, len(usual))).round().astype(int)
        return [usual[int(k)] for k in places]
    asked = [names] if isinstance(names, str) else list(names)
    for name in asked:
        if name not in known:
            raise unknown_name(f"{what} of this record", name, known)
    if not asked:
        raise ArgumentError(f"at least one {what} is needed", where=user_line())
    return asked
