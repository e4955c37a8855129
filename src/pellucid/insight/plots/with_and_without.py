"""What a remedy brings: the same measure with it and without it, over several seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import DataError
from pellucid.insight.plots.style import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    SMALL,
    canvas,
    picture,
    plain,
    plain_ticks,
    round_ticks,
    short,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@picture
def with_and_without(without: Mapping[str, Sequence[float]],
                     remedies: Mapping[str, Sequence[float]], measure: str = "test accuracy", *,
                     width: float = 760) -> Figure:
    """A row for what goes without a remedy, then a row for each remedy; a dot is a seed.

    The bar goes from the least to the greatest of the seeds, the stroke in it is their mean, which
    stands on the right as a number; a dashed line carries the mean without a remedy down to the
    others. ``without`` has one entry, ``{name: values}``. A value that is not finite (a training
    that diverged) is left out, and counted beside the mean. Raises DataError unless there is one
    row without and each row has a value.

    >>> figure = with_and_without({"plain": [0.8, 0.9]}, {"dropout": [0.9, 0.94]})
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['plain', 'dropout']
    """
    rows = {**without, **remedies}
    if len(without) != 1 or len(rows) != 1 + len(remedies) or not all(map(len, rows.values())):
        raise DataError("with_and_without needs one row without a remedy, other names for the "
                        "remedies, and at least one value in each", got=list(rows))
    wide = width >= 560
    figure = canvas(width, 66 + (38 if wide else 52) * len(rows))
    axes = figure.subplots()
    values = [np.asarray(each, dtype=float) for each in rows.values()]
    for row, each in enumerate(values):
        _row(axes, row, each, ORANGE if row == 0 else BLUE)
    if len(first := finite(values[0])):
        axes.axvline(first.mean(), color=ORANGE, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    _names(axes, list(rows), wide)
    _scale(axes, finite(np.concatenate(values)), 6 if wide else 4)
    axes.set(ylim=(len(rows) - 0.45, -0.55 if wide else -0.85), xlabel=measure)
    axes.grid(False, axis="y")
    axes.spines["left"].set_visible(False)
    return figure


def _row(axes: Axes, row: int, values: np.ndarray, colour: str) -> None:
    known = finite(values)
    told = plain(known.mean(), 4) if len(known) else "all diverged"
    if len(known) and abs(known.mean()) < 10:
        told = f"{known.mean():.3f}".replace("-", "−")
    if 0 < len(known) < len(values):
        told += f" ({len(values) - len(known)} diverged)"
    axes.annotate(told, (1, row), xycoords=("axes fraction", "data"), xytext=(10, 0),
                  textcoords="offset points", va="center", color=INK)
    if len(known):
        axes.barh(row, np.ptp(known), left=known.min(), height=0.5, color=colour, alpha=0.22)
        axes.plot(known, np.full(len(known), row), "o", color=colour, markersize=5, alpha=0.75,
                  markeredgewidth=0)
        axes.vlines(known.mean(), row - 0.3, row + 0.3, color=colour, linewidth=2.5)


def _names(axes: Axes, names: list[str], wide: bool) -> None:
    """Beside the rows where there is room, else above them."""
    axes.set_yticks(range(len(names)), [short(name, 28) for name in names] if wide
                    else [""] * len(names))
    for row, name in enumerate(() if wide else names):
        axes.annotate(short(name, 28), (0, row - 0.36), xycoords=("axes fraction", "data"),
                      va="bottom", color=MUTED, fontsize=SMALL)


def _scale(axes: Axes, known: np.ndarray, ticks: int) -> None:
    if len(known):
        pad = 0.04 * float(np.ptp(known)) or 0.1 * abs(float(known[0])) or 0.1
        axes.set_xlim(known.min() - pad, known.max() + pad)
    round_ticks(axes.xaxis, ticks)
    plain_ticks(axes, "x")


def finite(values: np.ndarray) -> np.ndarray:
    """The values that are numbers: neither NaN nor infinite.

    >>> finite(np.array([1.0, np.nan, np.inf]))
    array([1.])
    """
    return values[np.isfinite(values)]
