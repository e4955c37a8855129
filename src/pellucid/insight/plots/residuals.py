"""What a regression leaves unexplained: the residuals, and how they are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import ShapeError
from pellucid.insight.plots.predicted_against_true import column, draw_points, finite_rows
from pellucid.insight.plots.style import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    canvas,
    legend_above,
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
def residuals(y_true: Any, y_pred: Any, *, target: str = "target", width: float = 900) -> Figure:
    """Residuals, true - predicted, against the prediction; and their distribution beside it.

    Left: without a bend or a funnel, the model has taken what there is. Right: a histogram on the
    same scale, in orange the normal curve of the same mean and spread. ``y_true``, ``y_pred``:
    ``(n,)`` or ``(n, 1)``, n at least 2; ``target``: what is predicted, with its unit. Raises
    ShapeError for other shapes, DataError for numbers that are not finite.

    >>> figure = residuals([1.0, 2.0, 3.0], [1.5, 2.0, 2.5], target="price in $")
    >>> figure.axes[0].get_xlabel()
    'predicted price in $'
    """
    true, said = column(y_true, "y_true"), column(y_pred, "y_pred")
    if true.shape != said.shape or true.ndim != 1 or len(true) < 2:
        raise ShapeError("residuals need y_true and y_pred of shape (n,), n at least 2",
                         got=f"{np.shape(y_true)} and {np.shape(y_pred)}")
    finite_rows("residuals", true, said)
    left_over = true - said
    wide = width >= 600
    figure = canvas(width, 350 if wide else 560)
    grid = figure.add_gridspec(*(1, 2) if wide else (2, 1),
                               **{"width_ratios" if wide else "height_ratios": [1.9, 1]})
    left = figure.add_subplot(grid[0])
    right = figure.add_subplot(grid[1], sharey=left if wide else None)
    far = float(np.abs(left_over).max()) * 1.08 or 1.0
    name = short(target, 30 if wide else 20)
    _against(left, said, left_over, far, name)
    lines = _spread(right, left_over, far, wide)
    if not wide:
        right.set_xlabel(f"true − predicted {name}")
    legend_above(figure, lines, [f"mean {plain(left_over.mean(), 3)}",
                                 f"normal curve, spread {plain(left_over.std(), 3)}"])
    return figure


def _against(axes: Axes, said: np.ndarray, left_over: np.ndarray, far: float, name: str) -> None:
    low, high = float(said.min()), float(said.max())
    pad = 0.04 * (high - low) or max(abs(high), 1.0) * 0.1
    axes.axhline(0, color=INK, linewidth=1, zorder=3)
    draw_points(axes, said, left_over, (low - pad, high + pad, -far, far))
    axes.set(xlim=(low - pad, high + pad), ylim=(-far, far), xlabel=f"predicted {name}",
             ylabel="residual, true − predicted")
    axes.set_title("residual of each row")
    _few_ticks(axes)


def _spread(axes: Axes, left_over: np.ndarray, far: float, wide: bool) -> list[Any]:
    """Rows in each interval as bars, with the mean and the normal curve; gives these two lines."""
    count = int(np.clip(np.sqrt(len(left_over)) * 2, 8, 40))
    rows, edges = np.histogram(left_over, bins=count, range=(-far, far))
    step, mean, spread = edges[1] - edges[0], left_over.mean(), left_over.std()
    at = np.linspace(-far, far, 241)
    bell = np.exp(-((at - mean) / spread) ** 2 / 2) / (spread * np.sqrt(2 * np.pi)) if spread \
        else np.full_like(at, np.nan)
    bell = bell * step * len(left_over)
    flip = (lambda x, y: (y, x)) if wide else (lambda x, y: (x, y))
    bars = axes.barh if wide else axes.bar
    bars(edges[:-1] + step / 2, rows, step * 0.92, color=BLUE, alpha=0.55, linewidth=0)
    line, = axes.plot(*flip(at, bell), color=ORANGE, linewidth=1.8, label="normal")
    middle = (axes.axhline if wide else axes.axvline)(mean, color=MUTED, linewidth=1.4,
                                                      linestyle=(0, (4, 3)), label="mean")
    axes.set_title("how they are spread")
    (axes.set_xlabel if wide else axes.set_ylabel)("rows")
    _few_ticks(axes)
    if wide:
        axes.tick_params(labelleft=False)
    return [middle, line]


def _few_ticks(axes: Axes) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        round_ticks(axis, 5)
    plain_ticks(axes)
