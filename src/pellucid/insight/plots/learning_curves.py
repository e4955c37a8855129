"""How loss and metrics moved, epoch by epoch, on the training and the validation rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import DataError
from pellucid.insight.plots.logs import Curve, Logged, Logs, check_epoch, logs_of
from pellucid.insight.plots.over_epochs import mark_not_finite
from pellucid.insight.plots.style import (
    BLUE,
    LINE,
    MUTED,
    ORANGE,
    canvas,
    logarithmic,
    picture,
    plain_ticks,
    round_ticks,
    short,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PANELS = 12
WIDE_RANGE = 40                         # above this ratio of largest to smallest: logarithmic


def curve_names(history: Logs) -> list[str]:
    """The quantities that get a panel: loss first, then the metrics, at most twelve.

    >>> curve_names({"accuracy": [1], "loss": [1], "val_loss": [1], "learning_rate": [1]})
    ['loss', 'accuracy']
    """
    names = [name for name, values in history.items() if len(values)
             and not name.startswith("val_") and name not in ("learning_rate", "lr", "epoch")]
    return sorted(names, key=lambda name: name != "loss")[:MOST_PANELS]


@picture
def learning_curves(history: Logged, best_epoch: int | None = None, *,
                    width: float = 900) -> Figure:
    """One panel for the loss and each metric; ``best_epoch`` (from 1) is marked in each.

    Of more than twelve quantities the first twelve are drawn.

    ``history`` is what `fit` returns, its ``history.history``, or a `Record`. Raises KindError for
    anything else, DataError when it is empty, ArgumentError for an epoch that it does not have.

    >>> figure = learning_curves({"loss": [1.0, 0.5], "val_loss": [1.1, 0.7]}, best_epoch=2)
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['loss']
    """
    logs = logs_of(history)
    names = curve_names(logs)
    if not names:
        raise DataError("learning curves need at least one epoch", hint="train before plotting")
    check_epoch(best_epoch, logs)
    across = 2 if width >= 600 and len(names) > 1 else 1
    down = -(-len(names) // across)
    figure = canvas(width, 30 + down * (270 if across == 2 else 215))
    panels = figure.subplots(down, across, squeeze=False).ravel()
    for axes, name in zip(panels, names, strict=False):
        _panel(axes, name, logs[name], logs.get(f"val_{name}"), best_epoch)
    for axes in panels[len(names):]:
        axes.remove()
    lines = max((axes.get_lines() for axes in figure.axes), key=len)
    figure.legend(handles=[line for line in lines if not str(line.get_label()).startswith("_")],
                  loc="outside upper left", ncols=3, handlelength=1.5, handletextpad=0.6,
                  columnspacing=1.2, borderpad=0.2)
    return figure


def _panel(axes: Axes, name: str, train: Curve, validation: Curve | None,
           best_epoch: int | None) -> None:
    curves = [(_finite(train), BLUE, "training")]
    if validation is not None and len(validation):
        curves.append((_finite(validation), ORANGE, "validation"))
    for values, colour, label in curves:
        epochs = np.arange(1, len(values) + 1)
        axes.plot(epochs, values, color=colour, label=label, markersize=5,
                  marker="o" if _alone(values) else None)
    mark_not_finite(axes, np.arange(1, len(train) + 1), ~np.isfinite(curves[0][0]))
    axes.set_xlabel("epoch")
    axes.set_xlim(0.5 if len(train) == 1 else 1, max(len(train), 1.5))
    logarithmic = _scale(axes, np.concatenate([values for values, _, _ in curves]))
    axes.set_title(short(name.replace("_", " "), 26) + (", log scale" if logarithmic else ""))
    if best_epoch is not None and 1 <= best_epoch <= len(train):
        _mark(axes, best_epoch, curves[-1][0], curves[-1][1])


def _mark(axes: Axes, epoch: int, values: np.ndarray, colour: str) -> None:
    axes.axvline(epoch, color=MUTED, linewidth=1, linestyle=(0, (3, 3)), zorder=1,
                 label=f"best epoch {epoch}")
    if epoch <= len(values) and np.isfinite(values[epoch - 1]):
        axes.plot([epoch], [values[epoch - 1]], "o", color=colour, markersize=7,
                  markeredgecolor=LINE, label="_best", zorder=5, clip_on=False)


def _scale(axes: Axes, values: np.ndarray) -> bool:
    """Whole epochs below; on the left powers of ten if the values span many."""
    round_ticks(axes.xaxis, 7, whole=True)
    round_ticks(axes.yaxis, 6)
    known = values[np.isfinite(values)]
    wide = bool(len(known)) and 0 < WIDE_RANGE * known.min() < known.max()
    if wide:
        logarithmic(axes)
    plain_ticks(axes)
    return wide


def _alone(values: np.ndarray) -> bool:
    """Whether some value has no neighbour, so that no line would show it."""
    known = np.concatenate([[False], np.isfinite(values), [False]])
    return bool((known[1:-1] & ~known[:-2] & ~known[2:]).any())


def _finite(values: Curve) -> np.ndarray:
    """A diverged epoch (inf) is a gap, like one without a number; a cross marks it."""
    known = np.asarray(values, dtype=float)
    return np.where(np.isfinite(known), known, np.nan)
