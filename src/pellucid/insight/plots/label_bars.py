"""For each label of a multi-label task: how often it was found, missed, or given for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import ShapeError
from pellucid.insight.plots.style import (
    BLUE,
    MUTED,
    ORANGE,
    SKY,
    canvas,
    picture,
    round_ticks,
    shorts,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_LABELS = 40


@picture
def label_bars(found: np.ndarray, missed: np.ndarray, invented: np.ndarray,
               label_names: Sequence[str], *, width: float = 760) -> Figure:
    """A bar a label, in rows: found and missed to the right of zero, invented to the left.

    The three counts have shape ``(labels,)``; at most 40 labels are drawn, the most frequent.
    Raises ``ShapeError`` unless there is one name for each count.

    >>> figure = label_bars(np.array([5]), np.array([2]), np.array([1]), ["rain"])
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['rain']
    """
    found, missed, invented = (np.asarray(each) for each in (found, missed, invented))
    if not found.shape == missed.shape == invented.shape == (len(label_names),):
        raise ShapeError(f"each count needs one number for {len(label_names)} labels",
                         got=found.shape)
    shown = np.sort(np.argsort(-(found + missed), kind="stable")[:MOST_LABELS])
    rows = np.arange(len(shown))
    figure = canvas(width, 92 + 28 * len(shown))
    axes = figure.subplots()
    for start, length, colour, label in (
            (0 * found, found, BLUE, "found"), (found, missed, SKY, "missed"),
            (-invented, invented, ORANGE, "false alarm")):
        axes.barh(rows, length[shown], left=start[shown], height=0.62, color=colour, label=label)
    axes.axvline(0, color=MUTED, linewidth=1)
    axes.set_yticks(rows, shorts([label_names[k] for k in shown], 18 if width >= 500 else 12))
    axes.set(ylim=(len(shown) - 0.4, -0.6), xlabel="test rows")
    axes.grid(False, axis="y")
    axes.spines["left"].set_visible(False)
    round_ticks(axes.xaxis, 5 if width < 500 else 9, whole=True)
    axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    figure.legend(loc="outside upper left", ncols=3, handlelength=1.1, handleheight=0.9,
                  columnspacing=1.6, borderpad=0.2)
    return figure
