"""A search for hyper-parameters: how the best score rose, and which values went with good ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pellucid.core.errors import DataError, ShapeError
from pellucid.insight.plots.style import (
    BLUE,
    INK,
    LETTER,
    ORANGE,
    canvas,
    picture,
    plain_ticks,
    round_ticks,
    short,
    shorts,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PARAMETERS = 12
UPRIGHT = 14                            # pixels from one upright word to the next
FEW_VALUES = 5                          # so many values stand side by side, each with its own tick
WIDE_RANGE = 20                         # below this ratio of largest to smallest: never logarithmic


class Search(NamedTuple):
    """Scores, the number of the best, whether that is the lowest, and the part that is drawn."""

    scores: np.ndarray
    best: int
    lowest_is_best: bool
    frame: tuple[float, float]


@picture
def trials(scores: Sequence[float], parameters: Mapping[str, Sequence[Any]], *,
           name: str = "score", lowest_is_best: bool = False, width: float = 900) -> Figure:
    """Score by trial with the best so far, and a panel of score by value for each parameter.

    ``scores``: one a trial, NaN for a trial that failed. ``parameters``: name → its value in each
    trial, a number, a text or None where it was not used; at most 12 are drawn. The best trial is
    marked in every panel; trials far behind the better half are arrows at the edge. Raises
    ``DataError`` without a finished trial, ``ShapeError`` where a value is missing.

    >>> figure = trials([0.7, 0.9], {"rate": [0.1, 0.01], "units": [8, 16]})
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['score by trial', 'rate', 'units']
    """
    search = _search(np.array(scores, float), lowest_is_best)
    for each, given in parameters.items():
        if len(given) != len(search.scores):
            raise ShapeError(f"{each} needs a value for each of {len(search.scores)} trials",
                             got=f"{len(given)}")
    names = list(parameters)[:MOST_PARAMETERS]
    name = short(name, 20)
    across = min(4 if width >= 700 else 2, max(len(names), 1))
    down = -(-len(names) // across)
    figure = canvas(width, 235 + 170 * down)
    grid = figure.add_gridspec(1 + down, across, height_ratios=[1.25, *[1.0] * down])
    _progress(figure.add_subplot(grid[0, :]), search, name)
    for i, each in enumerate(names):
        axes = figure.add_subplot(grid[1 + i // across, i % across])
        _parameter(axes, list(parameters[each]), search, width / across - 60)
        axes.set_title(short(each, int((width / across - 50) / 7.6)))
        axes.set_ylabel(name if i % across == 0 else "")
    figure.legend(handles=figure.axes[0].get_lines(), loc="outside upper left",
                  ncols=4 if width >= 500 else 2, handlelength=1.5, handletextpad=0.6,
                  columnspacing=1.2, borderpad=0.2)
    return figure


def _search(scores: np.ndarray, lowest_is_best: bool) -> Search:
    """The frame goes from the best score to thrice as far as the middle one, or to the worst."""
    known = scores[np.isfinite(scores)]
    if not len(known):
        raise DataError("a picture of a search needs at least one trial with a score")
    scores = np.where(np.isfinite(scores), scores, np.nan)
    best = int(np.nanargmin(scores) if lowest_is_best else np.nanargmax(scores))
    sign = 1 if lowest_is_best else -1
    behind = sign * (known - scores[best])                   # how far, 0 for the best
    reach = min(behind.max(), 3 * float(np.median(behind)) or behind.max())
    pad = 0.08 * reach or 0.05 * max(abs(scores[best]), 1.0)
    ends = sorted((float(scores[best] - sign * pad), float(scores[best] + sign * (reach + pad))))
    return Search(scores, best, lowest_is_best, (ends[0], ends[1]))


def _progress(axes: Axes, search: Search, name: str) -> None:
    number = np.arange(1, len(search.scores) + 1)
    better, worst = (np.fmin, np.inf) if search.lowest_is_best else (np.fmax, -np.inf)
    so_far = better.accumulate(np.append(worst, search.scores))[1:]
    so_far[~np.isfinite(so_far)] = np.nan
    _dots(axes, number, search, size=6)
    axes.step(number, so_far, where="post", color=ORANGE, label="best so far")
    _mark(axes, number, search, size=8, label=f"best: trial {search.best + 1}")
    axes.set(xlabel="trial", ylabel=name, xlim=(0.4, len(number) + 0.6), ylim=search.frame)
    axes.set_title(f"{name} by trial")
    _few_ticks(axes, most=8, whole=True)


def _parameter(axes: Axes, given: list[Any], search: Search, room: float) -> None:
    numbers = all(value is None or (isinstance(value, (int, float, np.number))
                                    and not isinstance(value, bool)) for value in given)
    distinct = sorted({*given}, key=lambda value: (
        value is None, 0 if value is None else value if numbers else str(value)))
    side_by_side = not numbers or len(distinct) <= FEW_VALUES
    x = np.array([distinct.index(value) if side_by_side else np.nan if value is None else value
                  for value in given], float)
    if not side_by_side and _spans_powers(x):
        _powers(axes)
    axes.set_ylim(search.frame)
    _dots(axes, x, search, size=5)
    _mark(axes, x, search, size=6, label="_best")
    _few_ticks(axes, most=4, whole=bool(np.all(x == np.round(x))))
    if side_by_side:
        words = [f"{value:g}" if isinstance(value, float) else str(value) for value in distinct]
        words = shorts(words, 8)
        upright = LETTER * sum(len(word) + 1 for word in words) > room
        every = max(1, int(np.ceil(len(words) * UPRIGHT / room))) if upright else 1
        axes.set_xticks(range(0, len(words), every), words[::every], rotation=90 * upright)
        axes.set_xlim(-0.5, len(words) - 0.5)


def _dots(axes: Axes, x: np.ndarray, search: Search, size: float) -> None:
    """A dot a trial; one that lies out of the frame is an arrow at its edge."""
    low, high = search.frame
    outside = (search.scores < low) | (search.scores > high)
    axes.plot(x, np.where(outside, np.nan, search.scores), "o", color=BLUE, alpha=0.6,
              markeredgewidth=0, markersize=size, label="a trial")
    if outside.any():                # a curve of no points would confuse the layout
        edge, arrow = (high, "^") if search.lowest_is_best else (low, "v")
        axes.plot(x[outside], np.full(outside.sum(), edge), arrow, color=BLUE, alpha=0.6,
                  markeredgewidth=0, markersize=size + 2, label="far behind", clip_on=False)


def _mark(axes: Axes, x: np.ndarray, search: Search, size: float, label: str) -> None:
    axes.plot(x[[search.best]], search.scores[[search.best]], "D", color=ORANGE, markersize=size,
              markeredgecolor=INK, markeredgewidth=1, linestyle="none", label=label, zorder=5,
              clip_on=False)


def _spans_powers(x: np.ndarray) -> bool:
    """Whether the values lie evenly among powers of ten, rather than among sums."""
    known = x[np.isfinite(x)]
    low, high, middle = known.min(), known.max(), float(np.median(known))
    if not 0 < WIDE_RANGE * low < high:
        return False
    return bool(abs(np.log(middle / np.sqrt(low * high))) < abs(np.log(2 * middle / (low + high))))


def _powers(axes: Axes) -> None:
    from matplotlib.ticker import LogLocator, NullFormatter
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(10, numticks=3))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(axis="x", which="minor", length=0)


def _few_ticks(axes: Axes, most: int, whole: bool) -> None:
    if axes.get_xscale() == "linear":
        round_ticks(axes.xaxis, most, whole=whole)
    round_ticks(axes.yaxis, 4)
    plain_ticks(axes)
