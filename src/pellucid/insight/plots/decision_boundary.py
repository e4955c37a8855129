"""Where a model changes its mind: the regions of its classes, or the surface of its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import ShapeError
from pellucid.data.frames import arrays
from pellucid.insight.answers.feature_plane import FeaturePlane, feature_plane
from pellucid.insight.answers.surface import Surface, labels_of, surface
from pellucid.insight.plots.style import (
    BLUE,
    INK,
    LINE,
    PAPER,
    SERIES,
    STEPS,
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

MARKS = "osD^vPXp*hd8"                  # a shape for each class, for those who see few colours
BANDS = (0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0 + 1e-6)      # of how far a class is ahead
DEEPEST = 0.42
LEVELS = 9                              # of a surface of numbers


@picture
def decision_boundary(model: Any, x: Any, y: Any = None, *,
                      features: Sequence[int | str] | None = None, kind: str = "auto",
                      grid_resolution: int = 100, feature_names: Sequence[str] | None = None,
                      class_names: Sequence[str] | None = None, width: float = 620) -> Figure:
    """The answers of a model all over the plane of two features, and the data in it.

    Of classes: each region has the colour of its class, the deeper the further its probability is
    ahead of the next one's; the lines are where two are equal. Of numbers (a regression): bands of
    equal answers, and each point filled with the band of its true value, so that what the model
    misses stands out.

    Args:
        model: an estimator in scikit-learn's manner, a model in Keras's manner, or a function from
            rows to numbers.
        x: the data, ``(rows, features)``, an array or a frame.
        y: labels or numbers, one a row; None draws the points alone.
        features: the two features to draw, by number or name; all others are held at their median.
        kind: "probability", "logits" or "number" where "auto" cannot tell what a model gives.
        grid_resolution: rows asked each way.
        feature_names, class_names: words for the axes and the legend.

    Raises ArgumentError for more than two features without a choice, ShapeError and DataError for
    data, labels and answers that do not fit or are not finite.

    >>> def unit(rows): return 1 / (1 + np.exp(1 - rows.sum(axis=1)))
    >>> figure = decision_boundary(unit, [[0.0, 0.0], [1.0, 1.0]], [0, 1])
    >>> [text.get_text() for text in figure.legends[0].texts]
    ['class 0', 'class 1']
    """
    plane = feature_plane(x, features, feature_names=feature_names, count=grid_resolution)
    found = surface(model, plane, y, kind)
    figure = canvas(width, min(width * 0.82, 520))
    axes = figure.subplots()
    if found.classes is None:
        _numbers(figure, axes, plane, found, y)
    else:
        _classes(figure, axes, plane, found, y, class_names)
    axes.set(xlim=(plane.x[0], plane.x[-1]), ylim=(plane.y[0], plane.y[-1]),
             xlabel=short(plane.names[0], 40), ylabel=short(plane.names[1], 30))
    framed(axes)
    return figure


def framed(axes: Axes) -> None:
    """A thin frame all round and no grid, for a plane that is coloured in."""
    axes.grid(False)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(LINE)
    for axis in (axes.xaxis, axes.yaxis):
        round_ticks(axis, 5)
    plain_ticks(axes)


def shade_leads(axes: Axes, plane: FeaturePlane, leads: np.ndarray, colours: Sequence[str],
                lines: float = 1.4) -> None:
    """Each sheet in its colour where it is above 0, the deeper the higher, with a line at 0."""
    highest = max(1.0, float(np.abs(leads).max()))
    levels = np.array(BANDS) * highest
    depths = np.linspace(0.09, DEEPEST, len(BANDS) - 1)
    for lead, colour in zip(leads, colours, strict=True):
        if lead.max() > 0:
            axes.contourf(plane.x, plane.y, lead, levels=levels,
                          colors=[(colour, float(depth)) for depth in depths])
        if lead.min() < 0 < lead.max():
            axes.contour(plane.x, plane.y, lead, levels=[0], colors=INK, linewidths=lines)


def _classes(figure: Figure, axes: Axes, plane: FeaturePlane, found: Surface, y: Any,
             class_names: Sequence[str] | None) -> None:
    classes = found.classes or ()
    if class_names is not None and len(class_names) != len(classes):
        raise ShapeError(f"class_names must name all {len(classes)} classes",
                         got=f"{len(class_names)}")
    names = list(class_names) if class_names is not None else [
        each if isinstance(each, str) else f"class {each}" for each in classes]
    colours = [SERIES[k % len(SERIES)] for k in range(len(classes))]
    shade_leads(axes, plane, found.lead, colours)
    own = None if y is None else labels_of(y, plane.points, classes)
    handles = []
    for k, (name, colour) in enumerate(zip(names, colours, strict=True)):
        points = plane.points[own == k] if own is not None else np.empty((0, 2))
        handles += axes.plot(*points.T, MARKS[k % len(MARKS)], color=colour, label=name,
                             **point_look(len(plane.points)))
    if own is None:
        axes.plot(*plane.points.T, "o", color=INK, label="_data", **point_look(len(plane.points)))
    legend_above(figure, handles, names)


def point_look(count: int) -> dict[str, Any]:
    """The size of dots, so that many of them still leave the ground to be seen."""
    return {"markersize": 7 if count <= 150 else 5 if count <= 800 else 3.5,
            "markeredgecolor": PAPER, "markeredgewidth": 0.8 if count <= 800 else 0.3}


def _numbers(figure: Figure, axes: Axes, plane: FeaturePlane, found: Surface, y: Any) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator
    sheet = found.sheets[0]
    truth = np.empty(0) if y is None else _true_numbers(y, plane)
    low, high = (float(pick(np.append(truth, pick(sheet)))) for pick in (np.min, np.max))
    high = high if high > low else low + 1.0
    levels = MaxNLocator(LEVELS, steps=STEPS).tick_values(low, high)
    shades = [(BLUE, float(each)) for each in np.linspace(0.04, 0.85, len(levels) - 1)]
    filled = axes.contourf(plane.x, plane.y, sheet, levels=levels, colors=shades)
    axes.contour(plane.x, plane.y, sheet, levels=levels, colors=PAPER, linewidths=0.7)
    bar = figure.colorbar(filled, ax=axes, aspect=30, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: plain(v)))
    bar.ax.tick_params(length=0)
    if not len(truth):
        axes.plot(*plane.points.T, "o", color=INK, label="_data", **point_look(len(plane.points)))
        return
    band = np.clip(np.searchsorted(levels, truth, side="right") - 1, 0, len(shades) - 1)
    size = point_look(len(truth))["markersize"] ** 2
    axes.scatter(*plane.points.T, s=size, color=PAPER, linewidths=0)
    axes.scatter(*plane.points.T, s=size, c=[shades[k] for k in band], edgecolors=INK,
                 linewidths=0.8, label="true value")


def _true_numbers(y: Any, plane: FeaturePlane) -> np.ndarray:
    truth = np.asarray(arrays(y, "y"), float)
    if truth.size != len(plane.points) or not np.isfinite(truth).all():
        raise ShapeError(f"y needs a finite number for each of {len(plane.points)} rows",
                         got=f"shape {truth.shape}")
    return truth.ravel()
