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
    plain,
    plain_ticks,
    round_ticks,
    shorts,
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
    least, most = (each(each(scores) for scores in both.values()) for each in (min, max))
    digits = max(0, 3 - int(np.ceil(np.log10(max(most, -least, 1e-9)))))
    figure = canvas(width, 62 + BAR * len(both))
    axes = figure.subplots()
    for row, (mean, scores) in enumerate(zip(means, both.values(), strict=True)):
        ours = row >= len(baselines)
        axes.barh(row, mean, height=0.62, color=BLUE if ours else MUTED,
                  alpha=1.0 if ours else FAINT, linewidth=0)
        if len(scores) > 1:
            axes.plot(scores, np.full(len(scores), row), "o", color=INK, markersize=5,
                      markeredgecolor=PAPER)
        said = f"{mean:.{digits}f}".replace("-", "−") if digits < 6 else plain(mean, 3)
        axes.text(max(0.0, mean, *scores), row, f"   {said}", va="center", fontsize=SMALL)
    low, high = min(0.0, 1.04 * least), max(0.0, most)
    axes.set(xlim=(low, high + (high - low) * (0.16 if width < 600 else 0.1)),
             ylim=(len(both) - 0.5, -0.5), xlabel=measure)
    axes.set_yticks(range(len(both)), shorts(both, 28 if width >= 600 else 18))
    axes.grid(False, axis="y")
    axes.spines["left"].set_visible(False)
    round_ticks(axes.xaxis, 5 if width < 600 else 9)
    plain_ticks(axes, "x")
    return figure
