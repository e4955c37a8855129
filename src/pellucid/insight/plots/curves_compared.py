"""Training and validation curves of several runs, side by side on one scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np

from pellucid.core.errors import ArgumentError, DataError
from pellucid.insight.plots.logs import Logged, Logs, logs_of_runs
from pellucid.insight.plots.style import (
    BLUE,
    MUTED,
    ORANGE,
    SMALL,
    canvas,
    picture,
    plain_ticks,
    round_ticks,
    short,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL = 220                             # pixels that a panel needs at least
TALLEST = 2.0                           # times where the runs start; a run that diverges leaves


@picture
def curves_compared(runs: Mapping[str, Logged], quantity: str = "loss", *,
                    mode: Literal["min", "max"] = "min", notes: Mapping[str, str] | None = None,
                    width: float = 900) -> Figure:
    """A panel a run: ``runs[name]`` is what `fit` returned, its ``.history``, or a `Record`.

    ``quantity`` is drawn for the training rows and, where there is a ``val_`` of it, for the
    validation rows, whose best value is marked: the least, or the greatest with ``mode="max"``.
    ``notes[name]`` is a short line under the title of a run. All panels share one scale; of what
    should be small it reaches no higher than twice where the runs start. Raises ArgumentError for
    another mode, KindError for runs without logs, DataError when none has the quantity.

    >>> runs = {"plain": {"loss": [1.0, 0.5], "val_loss": [1.1, 0.7]}, "tiny": {"loss": [1.0, 0.9]}}
    >>> [axes.get_title(loc="left") for axes in curves_compared(runs).axes]
    ['plain', 'tiny']
    """
    if mode not in ("min", "max"):
        raise ArgumentError('mode must be "min" or "max"', got=repr(mode))
    told = logs_of_runs(runs)
    shown = {name: history for name, history in told.items() if len(history.get(quantity, ()))}
    if not shown:
        there = ", ".join(dict.fromkeys(key for history in told.values() for key in history))
        raise DataError(f"no run has a curve of {quantity!r}",
                        hint=f"there are {there}" if there else "train before plotting")
    across = max(1, min(len(shown), int(width // PANEL)))
    down = -(-len(shown) // across)
    figure = canvas(width, 46 + down * (226 if notes else 208))
    panels = figure.subplots(down, across, squeeze=False, sharey=True).ravel()
    epochs = max(len(history[quantity]) for history in shown.values())
    for axes, (name, history) in zip(panels, shown.items(), strict=False):
        _title(axes, name, (notes or {}).get(name, "") if notes else None)
        _curves(axes, history, quantity, epochs, mode)
    for axes in panels[len(shown):]:
        axes.remove()
    for axes in panels[:len(shown):across]:
        axes.set_ylabel(quantity.replace("_", " "))
    panels[0].set_ylim(*_limits(shown, quantity, mode))
    lines = max((axes.get_lines() for axes in panels[:len(shown)]), key=len)
    figure.legend(handles=[line for line in lines if not str(line.get_label()).startswith("_")],
                  loc="outside upper left", ncols=3, handlelength=1.5, handletextpad=0.6,
                  columnspacing=1.2, borderpad=0.2)
    return figure


def _title(axes: Axes, name: str, note: str | None) -> None:
    """The run's name and, where runs have notes, a line below it for its own."""
    axes.set_title(short(name, 22), pad=10 if note is None else 25)
    if note:
        axes.annotate(short(note, 30), (0, 1), xycoords="axes fraction", xytext=(0, 8),
                      textcoords="offset points", color=MUTED, fontsize=SMALL)


def _curves(axes: Axes, history: Logs, quantity: str,
            epochs: int, mode: str) -> None:
    train = history[quantity]
    axes.plot(np.arange(1, len(train) + 1), train, color=BLUE, label="training", markersize=5,
              marker="o" if len(train) == 1 else None)
    validation = np.asarray(history.get(f"val_{quantity}", ()), dtype=float)
    if np.isfinite(validation).any():
        axes.plot(np.arange(1, len(validation) + 1), validation, color=ORANGE, label="validation")
        best = int((np.nanargmin if mode == "min" else np.nanargmax)(validation))
        axes.plot([best + 1], [validation[best]], "o", color=ORANGE, linestyle="none",
                  markersize=6, label="best of validation", clip_on=False)
    axes.set(xlim=(0.5 if epochs == 1 else 1, max(epochs, 1.5)), xlabel="epoch")
    round_ticks(axes.xaxis, 4, whole=True)
    round_ticks(axes.yaxis, 6)
    plain_ticks(axes)


def _limits(runs: Mapping[str, Logs], quantity: str, mode: str) -> tuple[float, float]:
    """From the least value of all to the greatest, but not beyond where a diverging run goes."""
    curves = [np.asarray(history[key], dtype=float) for history in runs.values()
              for key in (quantity, f"val_{quantity}") if len(history.get(key, ()))]
    starts = [float(curve[0]) for curve in curves if np.isfinite(curve[0])]
    known = np.concatenate(curves)
    known = known[np.isfinite(known)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    if mode == "min":
        high = min(high, TALLEST * max(starts, default=np.inf))
    pad = 0.05 * (high - low) or 0.05
    return low - pad, high + pad
