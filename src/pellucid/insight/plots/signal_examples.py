"""Signals over time, one panel each, with what was said about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.insight.plots.style import (
    BLUE,
    MUTED,
    ORANGE,
    TEXT,
    canvas,
    picture,
    plain_ticks,
    round_ticks,
    short,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_SIGNALS = 12
PANEL = 84                              # pixels a panel is high


@picture
def signal_examples(signals: np.ndarray, predicted: Sequence[object], true: Sequence[object],
                    rate: float, *, unit: str = "", width: float = 760) -> Figure:
    """One below the other on one scale: blue where the answer is right, orange where it is wrong.

    ``signals``: shape ``(n, steps)`` or ``(n, steps, 1)``, ``rate`` steps a second; at most 12 are
    drawn. Raises ShapeError without signals, and unless there are as many answers as signals,
    ArgumentError for a rate that is not above 0.

    >>> wave = np.sin(np.arange(100) / 5)
    >>> figure = signal_examples(wave[None], ["calm"], ["storm"], rate=50)
    >>> figure.axes[0].get_title(loc="left"), figure.axes[0].get_xlabel()
    ('calm, not storm', 'seconds')
    """
    signals = np.asarray(signals, dtype=float)
    signals = signals[..., 0] if signals.ndim == 3 else signals
    if signals.ndim != 2 or not len(signals) == len(predicted) == len(true) > 0:
        raise ShapeError("signal_examples needs signals of shape (n, steps) and n answers",
                         got=f"{signals.shape} with {len(predicted)} predicted, {len(true)} true")
    if not 0 < rate < np.inf:
        raise ArgumentError("rate, the steps a second, must be above 0", got=rate,
                            where=user_line())
    signals = signals[:MOST_SIGNALS]
    figure = canvas(width, 40 + PANEL * len(signals))
    panels = figure.subplots(len(signals), 1, sharex=True, sharey=True, squeeze=False).ravel()
    letters = 28 if width >= 600 else 13
    seconds = np.arange(signals.shape[1]) / rate
    for axes, signal, said, truth in zip(panels, signals, predicted, true, strict=False):
        right = str(said) == str(truth)
        axes.plot(seconds, signal, color=BLUE if right else ORANGE, linewidth=1.3)
        axes.set_title(short(said, letters) if right else
                       f"{short(said, letters)}, not {short(truth, letters)}", pad=3)
    panels[-1].set(xlabel="seconds", xlim=(0, signals.shape[1] / rate))
    round_ticks(panels[0].yaxis, 3)
    if unit:
        figure.supylabel(unit, fontsize=TEXT, color=MUTED)
    for axes in panels:
        plain_ticks(axes)
    return figure
