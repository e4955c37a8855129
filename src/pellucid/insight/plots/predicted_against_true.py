"""Predictions beside the truth: points on the diagonal are right, the distance is the error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import ShapeError
from pellucid.insight.plots.style import BLUE, ORANGE, canvas, picture, plain_ticks, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_POINTS = 500                       # more become a density of hexagons


@picture
def predicted_against_true(y_true: np.ndarray, y_pred: np.ndarray, target: str = "target", *,
                           width: float = 900) -> Figure:
    """Two panels over n rows: predicted against true, and the error against the prediction.

    ``y_true``, ``y_pred``: shape ``(n,)``. Raises ``ShapeError`` when they differ.

    >>> figure = predicted_against_true(np.array([1.0, 2.0]), np.array([1.1, 1.8]), "price")
    >>> figure.axes[0].get_xlabel()
    'true price'
    """
    y_true, y_pred = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)
    if y_true.shape != y_pred.shape or y_true.ndim != 1:
        raise ShapeError(f"predictions must have the shape of y_true, {y_true.shape}",
                         got=y_pred.shape)
    known = np.isfinite(y_true) & np.isfinite(y_pred)
    y_true, y_pred = y_true[known], y_pred[known]
    wide = width >= 600
    figure = canvas(width, width * 0.44 if wide else width * 1.75)
    left, right = figure.subplots(1, 2) if wide else figure.subplots(2, 1)
    name = short(target, 24)
    _diagonal(left, y_true, y_pred, name)
    _residuals(right, y_true, y_pred, name)
    return figure


def _diagonal(axes: Axes, y_true: np.ndarray, y_pred: np.ndarray, name: str) -> None:
    values = np.concatenate([y_true, y_pred, [] if len(y_true) else [0.0, 1.0]])
    low, high = float(values.min()), float(values.max())
    pad = 0.04 * (high - low) or max(abs(high), 1.0) * 0.1
    span = (low - pad, high + pad)
    axes.plot(span, span, color=ORANGE, linewidth=1.5, zorder=3)
    draw_points(axes, y_true, y_pred, (*span, *span))
    axes.set(xlim=span, ylim=span, xlabel=f"true {name}", ylabel=f"predicted {name}")
    axes.set_title("predicted against true")
    _few_ticks(axes)


def _residuals(axes: Axes, y_true: np.ndarray, y_pred: np.ndarray, name: str) -> None:
    error = y_pred - y_true
    far = float(np.abs(error).max(initial=0.0)) * 1.08 or 1.0
    low, high = (float(y_pred.min()), float(y_pred.max())) if len(y_pred) else (0.0, 1.0)
    pad = 0.04 * (high - low) or max(abs(high), 1.0) * 0.1
    axes.axhline(0, color=ORANGE, linewidth=1.5, zorder=3)
    draw_points(axes, y_pred, error, (low - pad, high + pad, -far, far))
    axes.set(xlim=(low - pad, high + pad), ylim=(-far, far), xlabel=f"predicted {name}",
             ylabel="predicted − true")
    axes.set_title("error of each prediction")
    _few_ticks(axes)


def draw_points(axes: Axes, x: np.ndarray, y: np.ndarray,
                extent: tuple[float, float, float, float]) -> None:
    """A dot a row; of many rows a density of hexagons, in which a lone one stays visible."""
    if len(x) <= MOST_POINTS:
        axes.plot(x, y, "o", color=BLUE, alpha=0.55, markersize=5.5, markeredgewidth=0)
        return
    from matplotlib.colors import to_rgba
    hexagons = axes.hexbin(x, y, gridsize=32, extent=extent, mincnt=1, linewidths=0)
    rows = np.asarray(hexagons.get_array(), dtype=float)
    depth = np.log(rows) / max(np.log(rows.max()), 1.0)
    shades = np.minimum(0.2 + 0.8 * depth, 1.0)         # a lone row stays visible
    hexagons.set_array(None)
    hexagons.set_facecolor([to_rgba(BLUE, shade) for shade in shades])


def _few_ticks(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    plain_ticks(axes)
