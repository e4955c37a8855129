"""The curves of several runs over each other: which learned faster, and which ended better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import DataError
from pellucid.insight.plots.learning_curves import curve_names
from pellucid.insight.plots.logs import Curve, Logged, Logs, check_epoch, logs_of_runs
from pellucid.insight.plots.style import (
    MUTED,
    SERIES,
    canvas,
    legend_above,
    logarithmic,
    picture,
    plain_ticks,
    round_ticks,
    short,
    stroke,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEW = len(SERIES)                       # runs that colours alone tell apart
WIDE_RANGE = 40                         # above this ratio of largest to smallest: logarithmic
THIN = {"linewidth": 1.1, "alpha": 0.55, "linestyle": (0, (4, 2))}


@picture
def curves_overlaid(runs: Mapping[str, Logged], *,
                    best: Mapping[str, int | None] | None = None, width: float = 900) -> Figure:
    """A panel a quantity, a colour a run: ``runs[name]`` is what `fit` returned, or its logs.

    The validation rows are drawn strong and the training rows thin; a run without validation is
    drawn strong too. Of more than six runs only the strong curves are drawn, since the dashes of
    the thin ones are needed to tell runs apart. ``best[name]`` is the best epoch of a run
    (from 1), marked with a dot. Raises KindError for runs without logs, DataError when none has an
    epoch, ArgumentError for a best epoch that a run does not have.

    >>> figure = curves_overlaid({"adam": {"loss": [1.0, 0.5]}, "sgd": {"loss": [1.0, 0.8, 0.7]}})
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['loss']
    """
    told = logs_of_runs(runs)
    names = curve_names({key: values for logs in told.values() for key, values in logs.items()})
    if not names:
        raise DataError("curves need a run with at least one epoch", hint="train before plotting")
    for run, epoch in (best or {}).items():
        check_epoch(epoch, told.get(run, {}))
    across = 2 if width >= 600 and len(names) > 1 else 1
    down = -(-len(names) // across)
    figure = canvas(width, 30 + down * (270 if across == 2 else 215))
    panels = figure.subplots(down, across, squeeze=False).ravel()
    for axes, name in zip(panels, names, strict=False):
        for k, (run, logs) in enumerate(told.items()):
            _curves(axes, logs, name, k, (best or {}).get(run), few=len(told) <= FEW)
        _scaled(axes, name)
    for axes in panels[len(names):]:
        axes.remove()
    thin = len(told) <= FEW and any(f"val_{name}" in logs for logs in told.values()
                                    for name in names)
    _legend(figure, runs, thin)
    return figure


def _curves(axes: Axes, history: Logs, name: str, k: int, best: int | None, few: bool) -> None:
    """One run in one panel."""
    series = [_finite(history[key]) for key in (name, f"val_{name}") if len(history.get(key, ()))]
    for i, values in enumerate(series, 1):
        thin = i < len(series)
        if thin and not few:
            continue
        lone = {"marker": "o", "markersize": 5} if len(values) == 1 else {}
        axes.plot(np.arange(1, len(values) + 1), values,
                  **{**stroke(k), **lone, **(THIN if thin else {})})
    if series and best is not None and 1 <= best <= len(series[-1]):
        axes.plot([best], [series[-1][best - 1]], "o", color=stroke(k)["color"], markersize=7,
                  clip_on=False, zorder=5)


def _scaled(axes: Axes, name: str) -> None:
    """Whole epochs below, powers of ten on the left where the values span many."""
    values = np.concatenate([np.asarray(line.get_ydata(), float) for line in axes.get_lines()])
    last = max(float(np.max(line.get_xdata())) for line in axes.get_lines())
    known = values[np.isfinite(values)]
    wide = bool(len(known)) and 0 < WIDE_RANGE * known.min() < known.max()
    axes.set_xlabel("epoch")
    axes.set_xlim(0.5 if last == 1 else 1, max(last, 1.5))
    round_ticks(axes.xaxis, 7, whole=True)
    round_ticks(axes.yaxis, 6)
    if wide:
        logarithmic(axes)
    plain_ticks(axes)
    axes.set_title(short(name.replace("_", " "), 26) + (", log scale" if wide else ""))


def _legend(figure: Figure, runs: Mapping[str, object], thin: bool) -> None:
    from matplotlib.lines import Line2D
    handles = [Line2D([], [], **stroke(k)) for k in range(len(runs))]
    more = [Line2D([], [], color=MUTED, **THIN)] if thin else []
    legend_above(figure, [*handles, *more], [*runs, *["the training rows"] * thin])


def _finite(values: Curve) -> np.ndarray:
    known = np.asarray(values, dtype=float)
    return np.where(np.isfinite(known), known, np.nan)
