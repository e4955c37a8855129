"""Scores side by side: each model a bar, the trivial answers that it has to beat in grey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import DataError
from pellucid.insight.plots.style import (
    BLUE,
    INK,
    MUTED,
    PAPER,
    SMALL,
    canvas,
    picture,
    plain_ticks,
    short,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BAR = 34                                # pixels from one bar to the next
FAINT = 0.55                            # shade of a baseline's bar


@picture
def score_bars(models: Mapping[str, Sequence[float]], baselines: Mapping[str, Sequence[float]],
               measure: str, *, width: float = 760) -> Figure:
    """A bar a name, as long as the mean of its scores; a dot for each run, if there are several.

    ``measure`` says what the scores are ("test accuracy", "error in stars"). Raises ``DataError``
    without a model, and for a name without a finite score.

    >>> figure = score_bars({"GRU": [0.9, 0.8]}, {"majority": [0.5]}, "test accuracy")
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['majority', 'GRU']
    """
    if not models:
        raise DataError("score_bars needs the scores of one model at least")
    both = {**baselines, **models}
    means = [float(np.mean(scores)) if len(scores) else np.nan for scores in both.values()]
    if not np.isfinite(means).all():
        raise DataError("every name needs finite scores", got=str(dict(both)))
    most = max(max(scores) for scores in both.values())
    digits = max(0, 3 - int(np.ceil(np.log10(max(most, 1e-9)))))
    figure = canvas(width, 62 + BAR * len(both))
    axes = figure.subplots()
    for row, (mean, scores) in enumerate(zip(means, both.values(), strict=True)):
        ours = row >= len(baselines)
        axes.barh(row, mean, height=0.62, color=BLUE if ours else MUTED,
                  alpha=1.0 if ours else FAINT, linewidth=0)
        if len(scores) > 1:
            axes.plot(scores, np.full(len(scores), row), "o", color=INK, markersize=5,
                      markeredgecolor=PAPER)
        axes.text(max(mean, *scores), row, f"   {mean:.{digits}f}", va="center", fontsize=SMALL)
    axes.set(xlim=(min(0.0, *means), most * 1.16 if width < 600 else most * 1.1),
             ylim=(len(both) - 0.5, -0.5), xlabel=measure)
    axes.set_yticks(range(len(both)), [short(name, 28 if width >= 600 else 18) for name in both])
    axes.grid(False, axis="y")
    axes.spines["left"].set_visible(False)
    plain_ticks(axes, "x")
    return figure
