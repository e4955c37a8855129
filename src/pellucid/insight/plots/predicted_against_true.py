"""Predictions beside the truth: points on the diagonal are right, the distance is the error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import DataError, ShapeError, user_line
from pellucid.data.frames import arrays
from pellucid.insight.answers.rows import without_lone_column
from pellucid.insight.plots.style import (
    BLUE,
    ORANGE,
    canvas,
    picture,
    plain_ticks,
    round_ticks,
    short,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_POINTS = 500                       # more become a density of hexagons


@picture
def predicted_against_true(y_true: Any, y_pred: Any, target: str = "target", *,
                           width: float = 900) -> Figure:
    """Two panels over n rows: predicted against true, and the residual against the prediction.

    A residual is true - predicted, as in `residuals`. ``y_true``, ``y_pred``: shape ``(n,)`` or
    ``(n, 1)``. Raises ShapeError for other shapes, DataError for numbers that are not finite.

    >>> figure = predicted_against_true(np.array([1.0, 2.0]), np.array([1.1, 1.8]), "price")
    >>> figure.axes[0].get_xlabel()
    'true price'
    """
    true, said = column(y_true, "y_true"), column(y_pred, "y_pred")
    if true.shape != said.shape or true.ndim != 1:
        raise ShapeError("predicted_against_true needs y_true and y_pred of one shape, (n,) or "
                         "(n, 1)", got=f"{np.shape(y_true)} and {np.shape(y_pred)}",
                         where=user_line())
    finite_rows("predicted_against_true", true, said)
    wide = width >= 600
    figure = canvas(width, width * 0.44 if wide else width * 1.75)
    left, right = figure.subplots(1, 2) if wide else figure.subplots(2, 1)
    name = short(target, 24)
    _diagonal(left, true, said, name)
    _residuals(right, true, said, name)
    return figure


def column(values: Any, name: str) -> np.ndarray:
    """Numbers ``(n,)``, also of the one column ``(n, 1)`` that `predict` gives.

    >>> column([[1.0], [2.0]], "y_pred").tolist()
    [1.0, 2.0]
    """
    return without_lone_column(np.asarray(arrays(values, name), dtype=float))


def finite_rows(picture: str, true: np.ndarray, said: np.ndarray) -> None:
    """Raise DataError, naming the rows, unless all of both are finite numbers.

    >>> finite_rows("residuals", np.ones(2), np.zeros(2))
    """
    if bad := np.flatnonzero(~(np.isfinite(true) & np.isfinite(said))).tolist():
        raise DataError(f"{picture} needs finite numbers", got=f"others in rows {bad[:5]}",
                        where=user_line())


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
    left_over = y_true - y_pred
    far = float(np.abs(left_over).max(initial=0.0)) * 1.08 or 1.0
    low, high = (float(y_pred.min()), float(y_pred.max())) if len(y_pred) else (0.0, 1.0)
    pad = 0.04 * (high - low) or max(abs(high), 1.0) * 0.1
    axes.axhline(0, color=ORANGE, linewidth=1.5, zorder=3)
    draw_points(axes, y_pred, left_over, (low - pad, high + pad, -far, far))
    axes.set(xlim=(low - pad, high + pad), ylim=(-far, far), xlabel=f"predicted {name}",
             ylabel="residual, true − predicted")
    axes.set_title("residual of each row")
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
    round_ticks(axes.xaxis, 5)
    round_ticks(axes.yaxis, 6)
    plain_ticks(axes)
