"""One figure of every layer over a run: a curve each while they are few, else a row of shades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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
    MUTED,
    ORANGE,
    SERIES,
    SMALL,
    canvas,
    legend_above,
    logarithmic,
    shorts,
    stroke,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CURVES = len(SERIES)                    # of more layers, each is a row of shades
ROW, LEAST = 17, 120                    # pixels of a row, and of all of them
DECADES = 8                             # powers of ten that shades tell apart, from the largest


@dataclass(frozen=True)
class Rates:
    """How the numbers are read: on a logarithmic scale, with a guide; or as shares of a whole.

    >>> Rates("norm").share
    False
    """

    label: str
    share: bool = False
    guide: float | None = None          # numbers around this one are as they should be
    guide_words: str = ""


def draw_layers(epochs: np.ndarray, panels: Mapping[str, Mapping[str, np.ndarray]],
                broken: np.ndarray, rates: Rates, width: float) -> Figure:
    """The figure, a panel for each title: ``panels[title][layer]`` has a number for each moment.

    ``broken`` says at which moments something was not finite.
    """
    names = list(dict.fromkeys(name for values in panels.values() for name in values))
    draw = _curves_of if len(names) <= CURVES else _rows_of
    figure, drawn = draw(epochs, panels, names, rates, width)
    handles = [line for axes in drawn for line in axes.get_lines()]
    for axes in drawn:
        epoch_axis(axes, epochs)
        if (crosses := mark_not_finite(axes, epochs, broken)) is not None:
            handles.append(crosses)
    for axes in drawn if len({each.get_position().y0 for each in drawn}) == 1 else drawn[-1:]:
        axes.set_xlabel("epoch")
    known = {str(each.get_label()): each for each in handles
             if not str(each.get_label()).startswith("_")}
    order = [name for name in (*names, *known) if name in known]
    if known:
        legend_above(figure, [known[name] for name in dict.fromkeys(order)], dict.fromkeys(order))
    return figure


def _curves_of(epochs: np.ndarray, panels: Mapping[str, Mapping[str, np.ndarray]],
               names: list[str], rates: Rates, width: float) -> tuple[Figure, list[Axes]]:
    """Panels of curves, side by side where there is room."""
    across = len(panels) if width >= 600 else 1
    down = -(-len(panels) // across)
    figure = canvas(width, 30 + 260 * down)
    drawn = list(figure.subplots(down, across, squeeze=False).ravel())
    for axes, (title, values) in zip(drawn, panels.items(), strict=True):
        axes.set_title(title)
        if axes.get_subplotspec().colspan.start == 0:
            axes.set_ylabel(rates.label)
        for name, numbers in values.items():
            known = _drawn(numbers, rates)
            axes.plot(epochs, known, label=name, clip_on=not rates.share, **stroke(
                names.index(name)), marker="o" if np.isfinite(known).sum() < 2 else None)
        if rates.share:
            share_axis(axes)
        else:
            _log_limits(axes, np.concatenate([_drawn(v, rates) for v in values.values()]), rates)
        if rates.guide is not None:
            axes.axhline(rates.guide, color=MUTED, linewidth=1.2, zorder=1.5,
                         linestyle=(0, (5, 3)), label=rates.guide_words)
    return figure, drawn


def _rows_of(epochs: np.ndarray, panels: Mapping[str, Mapping[str, np.ndarray]],
             names: list[str], rates: Rates, width: float) -> tuple[Figure, list[Axes]]:
    """Panels of rows, one below the other."""
    heights = [max(LEAST, ROW * len(values)) for values in panels.values()]
    figure = canvas(width, sum(heights) + 48 * len(panels) + 30)
    drawn = list(figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights).ravel())
    for axes, (title, values) in zip(drawn, panels.items(), strict=True):
        axes.set_title(title)
        _rows(axes, epochs, values, rates, width)
    return figure, drawn


def share_axis(axes: Axes) -> None:
    """From 0 to 100 %."""
    axes.set(ylim=(-0.02, 1.02), yticks=np.linspace(0, 1, 6))
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}\u00a0%")


def _log_limits(axes: Axes, known: np.ndarray, rates: Rates) -> None:
    """Powers of ten, at least two of them, around the numbers and the guide."""
    known = known[np.isfinite(known)]
    told = known if rates.guide is None else np.append(known, rates.guide)
    low, high = (np.log10(told.min()), np.log10(told.max())) if len(told) else (-3.0, 0.0)
    room = max(0.15, 0.05 * (high - low), (1.6 - (high - low)) / 2)
    axes.set_ylim(10 ** max(low - room, -307), 10 ** min(high + room, 307))
    logarithmic(axes)


def _drawn(numbers: np.ndarray, rates: Rates) -> np.ndarray:
    """What has a place on the scale; all else is a gap."""
    known = np.isfinite(numbers) & (rates.share | (numbers > 0))
    return np.where(known, numbers, np.nan)


def _rows(axes: Axes, epochs: np.ndarray, values: Mapping[str, np.ndarray], rates: Rates,
          width: float) -> None:
    table = np.array([_drawn(each, rates) for each in values.values()])
    scale = _Scale(table, rates)
    count = len(table)
    shade(axes, epochs, scale.depth(table)[::-1], 0, count, above=scale.above, below=scale.below)
    every = max(1, -(-count * 13 // max(LEAST, ROW * count)))
    letters = max(6, int(width * 0.24 / LETTER))
    axes.set_yticks(count - 0.5 - np.arange(0, count, every),
                    shorts(values, letters)[::every])
    axes.spines[:].set_color(LINE)
    axes.spines[:].set_visible(True)
    _bar(axes, scale, rates)


class _Scale:
    """From numbers to depths of colour: shares as they are, others by their logarithm."""

    def __init__(self, table: np.ndarray, rates: Rates) -> None:
        self.rates, self.above, self.below = rates, BLUE, None
        known = table[np.isfinite(table)]
        self.low, self.high = 0.0, 1.0
        if rates.share:
            return
        self.least, self.most = np.log10([known.min(), known.max()] if len(known) else [0.1, 1.0])
        if rates.guide is not None:                      # as far above the guide as below it
            middle = round(np.log10(rates.guide))
            away = max(1.0, middle - self.least, self.most - middle)
            away = np.ceil(min(away, DECADES / 2))
            self.above, self.below = ORANGE, BLUE
            self.low, self.high = middle - away, middle + away
        else:
            self.high = np.ceil(self.most)
            self.low = max(np.floor(min(self.least, self.high - 1)), self.high - DECADES)

    def label(self, power: float) -> str:
        """A power of ten; at an end of the scale beyond which there are numbers, with a sign."""
        at_end = "≤\u2009" if self.least < power == self.low else ""
        at_end = "≥\u2009" if self.most > power == self.high else at_end
        return at_end + power_of_ten(power)

    def depth(self, numbers: np.ndarray) -> np.ndarray:
        """0 is blank, 1 the full colour; below 0 the other colour."""
        place = numbers if self.rates.share else np.log10(numbers)
        place = np.clip((place - self.low) / (self.high - self.low), 0, 1)
        if self.below is not None:
            return 2 * place - 1
        return place if self.rates.share else 0.06 + 0.94 * place


def _bar(axes: Axes, scale: _Scale, rates: Rates) -> None:
    """What the shades mean, on the right."""
    bar = axes.inset_axes((1.02, 0.0, 0.022, 1.0))
    ladder = np.linspace(scale.low, scale.high, 96)
    depths = scale.depth(ladder if rates.share else 10.0 ** ladder)
    shade(bar, np.array([0.0, 1.0]), np.repeat(depths[:, None], 2, axis=1), scale.low, scale.high,
          above=scale.above, below=scale.below)
    bar.set_xticks([])
    bar.yaxis.tick_right()
    bar.spines[:].set_visible(False)
    bar.tick_params(length=0, labelsize=SMALL)
    if rates.share:
        bar.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}\u00a0%")
    else:
        powers = np.arange(scale.low, scale.high + 1, 1 if scale.high - scale.low <= 4 else 2)
        bar.set_yticks(powers, [scale.label(each) for each in powers])
    blank = f"; blank: {rates.guide_words}" if rates.guide is not None else ""
    axes.set_title(axes.get_title(loc="left") or rates.label + blank)
