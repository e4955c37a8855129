"""What each layer does: the region in which every unit is on, layer under layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import ArgumentError, DataError
from pellucid.insight.answers.feature_plane import FeaturePlane, feature_plane
from pellucid.insight.answers.rows import labels_of_rows
from pellucid.insight.answers.units import LayerAnswers, unit_answers
from pellucid.insight.plots.style import (
    BLUE,
    INK,
    LINE,
    ORANGE,
    PAPER,
    SMALL,
    canvas,
    picture,
    short,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL = 118                             # pixels that a panel needs at least
MOST_LAYERS = 8
MOST_POINTS = 160                       # more would hide the ground
DEPTHS = (0.10, 0.20, 0.31, 0.43, 0.56)


@picture
def unit_regions(model: Any, x: Any, y: Any = None, *, features: Sequence[int | str] | None = None,
                 grid_resolution: int = 60, feature_names: Sequence[str] | None = None,
                 width: float = 900) -> Figure:
    """A row of panels for each layer, a panel for each unit: what it makes of the plane.

    The line is where the unit's sum z = w·x + b is 0 (of a softmax: where it is no longer the
    greatest); the colour is its output, blue above and orange below what it gives there, the deeper
    the further. The first layer's lines are straight, the second bends them together, the third
    makes regions of any form.

    ``x``: the data, ``(rows, features)``; ``y``: labels, whose points are drawn small (of many,
    some at even distances). Of more units than fit, the first are drawn, and of more than eight
    layers the first seven and the last. ``features`` chooses two of more than two features; the
    others stand at their median.

    Raises KindError for what is no model of pellucid's, ArgumentError for more than two features
    without a choice, DataError for a network without units in rows, or of answers not finite.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((2,)), Dense(3, "relu", name="h"), Dense(1, "sigmoid", name="o")])
    >>> figure = unit_regions(model, [[0.0, 0.0], [1.0, 1.0]])
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['h 1', 'h 2', 'h 3', 'o 1']
    """
    plane = feature_plane(x, features, feature_names=feature_names, count=grid_resolution)
    layers = unit_answers(model, plane)
    if not layers:
        raise DataError("no layer of this model gives a row of units")
    groups = _groups(y, plane)
    shown = layers if len(layers) <= MOST_LAYERS else [*layers[:MOST_LAYERS - 1], layers[-1]]
    across = max(1, min(int(width // PANEL), max(len(each.outputs) for each in shown)))
    side = min(width / across, 190)
    figure = canvas(width, len(shown) * (side + 24) + 30)
    grid = figure.add_gridspec(len(shown), across)
    for row, layer in enumerate(shown):
        drawn = layer.outputs[:across]
        panels = [figure.add_subplot(grid[row, k]) for k in range(len(drawn))]
        for k, axes in enumerate(panels):
            _panel(axes, plane, layer, k)
            axes.set_title(f"{short(layer.name, int(side / 9) - 2)} {k + 1}", pad=4)
            for points, colour in groups:
                axes.plot(*points.T, "o", color=colour, markersize=2.6, markeredgecolor=INK,
                          markeredgewidth=0.5)
        panels[0].set_ylabel(short(plane.names[1], 14), fontsize=SMALL, labelpad=3)
        if more := len(layer.outputs) - len(drawn):
            panels[-1].set_xlabel(f"+ {more} more", fontsize=SMALL, labelpad=3)
        if row == len(shown) - 1:
            panels[0].set_xlabel(short(plane.names[0], 14), fontsize=SMALL, labelpad=3)
    return figure


def _groups(y: Any, plane: FeaturePlane) -> list[tuple[np.ndarray, str]]:
    """The points of each label with what fills them: of two labels, nothing and ink."""
    if y is None:
        return []
    y = labels_of_rows(y)
    if y.shape != (len(plane.points),):
        raise ArgumentError(f"y needs a label for each of {len(plane.points)} rows",
                            got=f"{y.shape}")
    labels, every = np.unique(y), -(-len(y) // MOST_POINTS)
    if len(labels) != 2:
        return [(plane.points[::every], INK)]
    return [(plane.points[y == label][::every], colour)
            for label, colour in zip(labels, (PAPER, INK), strict=True)]


def _panel(axes: Axes, plane: FeaturePlane, layer: LayerAnswers, k: int) -> None:
    output, side = layer.outputs[k], layer.sides[k]
    level = _level(output, side)
    deepest = float(np.abs(output - level).max())
    if deepest > 0:
        steps = np.linspace(1e-3, 1, len(DEPTHS) + 1) * deepest * (1 + 1e-9)
        for sign, colour in ((1, BLUE), (-1, ORANGE)):
            here = sign * (output - level)
            if here.max() > steps[0]:
                axes.contourf(plane.x, plane.y, here, levels=steps,
                              colors=[(colour, depth) for depth in DEPTHS])
    if side.min() < 0 < side.max():
        axes.contour(plane.x, plane.y, side, levels=[0], colors=INK, linewidths=1.3)
    axes.set(xlim=(plane.x[0], plane.x[-1]), ylim=(plane.y[0], plane.y[-1]), xticks=[], yticks=[])
    axes.grid(False)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(LINE)


def _level(output: np.ndarray, side: np.ndarray) -> float:
    """What a unit gives on its line: between its least output above and its greatest below."""
    above, below = output[side >= 0], output[side <= 0]
    if not len(above) or not len(below):
        return 0.0 if output.min() <= 0 <= output.max() else float(output.mean())
    return float(above.min() + below.max()) / 2
