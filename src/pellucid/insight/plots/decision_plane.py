"""Two sorts of points in space and the plane between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import DataError, ShapeError
from pellucid.data.frames import arrays
from pellucid.insight.answers.hyperplane import crossings
from pellucid.insight.plots.decision_line import draw_points, frame
from pellucid.insight.plots.space import bare
from pellucid.insight.plots.style import INK, MUTED, SKY, canvas, legend_above, picture, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = ("x₁", "x₂", "x₃")
NARROW = 500


@picture
def decision_plane(points: np.ndarray, labels: np.ndarray, planes: Sequence[Sequence[float]], *,
                   names: Sequence[str] = NAMES, width: float = 620) -> Figure:
    """Ones as blue dots, zeros as orange squares, and between them A x + B y + C z + D = 0.

    ``points``: shape ``(n, 3)``, ``labels``: 0 or 1 for each; ``planes``: (A, B, C, D) in the order
    they were found, as in ``learn(..., trace=True).lines``. The last plane is filled, of those
    before it the edges are dashed. Raises ``ShapeError`` for points that do not lie in space or
    planes of other than four numbers, ``DataError`` for other labels and numbers not finite.

    >>> corners = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
    >>> figure = decision_plane(corners, corners.all(axis=1) * 1, [(1, 1, 1, -2.5)])
    >>> [text.get_text() for text in figure.legends[0].texts]
    ['1', '0', 'the plane']
    """
    points, labels, lines = checked(points, labels, planes, 3)
    figure = canvas(width, min(width * 0.9, 620))
    axes: Any = figure.add_subplot(projection="3d")
    low, high = lay_out(axes, points, labels, names)
    if len(lines):
        look_along(axes, lines[-1])
    for before in lines[:-1]:
        if len(corners := crossings(before, low, high)):
            axes.plot(*np.concatenate([corners, corners[:1]]).T, color=MUTED, linewidth=1,
                      linestyle=(0, (4, 3)), label="a plane before")
    if len(lines):
        axes.add_collection3d(filled(crossings(lines[-1], low, high)))
    handles = {str(each.get_label()): each for each in [*axes.get_lines(), *axes.collections]
               if not str(each.get_label()).startswith("_")}
    legend_above(figure, list(handles.values()), list(handles))
    return figure


def checked(points: Any, labels: Any, lines: Any, n: int = 0) -> tuple[Any, Any, Any]:
    """Points ``(rows, n)``, labels 0 and 1, lines of n + 1 numbers; n 0: as they have."""
    points, labels = np.asarray(arrays(points, "points"), float), np.asarray(labels)
    lines = np.asarray(lines, float)
    n = n or (points.shape[1] if points.ndim == 2 and points.shape[1] in (2, 3) else 2)
    if points.ndim != 2 or points.shape[1] != n or labels.shape != points.shape[:1]:
        raise ShapeError(f"points of shape (n, {n}) and a label for each are drawn",
                         got=f"shapes {points.shape} and {labels.shape}")
    lines = lines.reshape(0, n + 1) if not lines.size else lines
    if lines.ndim != 2 or lines.shape[1] != n + 1:
        raise ShapeError(f"what parts points of {n} coordinates has {n + 1} numbers, as in "
                         f"learn(x, y, trace=True).lines", got=f"shape {lines.shape}")
    if not len(points) or not np.isin(labels, (0, 1)).all():
        raise DataError("points need labels 0 and 1", got=f"{np.unique(labels)[:5].tolist()}")
    if not (np.isfinite(points).all() and np.isfinite(lines).all()):
        raise DataError("points and lines must be finite numbers")
    return points, labels, lines


def lay_out(axes: Any, points: np.ndarray, labels: np.ndarray,
            names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The points in a cube of space with names at its edges; gives the cube's corners."""
    low, high = frame(points, room=0.6)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), zlim=(low[2], high[2]),
             xlabel=short(names[0], 12), ylabel=short(names[1], 12), zlabel=short(names[2], 12))
    if axes.figure.get_figwidth() * 72 < NARROW:        # names at the edges need some of the room
        axes.set_box_aspect(None, zoom=0.85)
    axes.computed_zorder = False
    draw_points(axes, points, labels)
    for line in axes.get_lines():
        line.set_in_layout(False)                       # their places in 2-D are not known yet
    bare(axes)
    return low, high


def look_along(axes: Any, plane: np.ndarray) -> None:
    """Look at a plane from aside, so that what lies before it and behind it can be told apart."""
    axes.view_init(elev=16, azim=float(np.degrees(np.arctan2(plane[1], plane[0]))) + 72)


def filled(corners: np.ndarray) -> Any:
    """The part of a plane within the cube, as a surface that lets points shine through."""
    from matplotlib.colors import to_rgba
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection
    return Poly3DCollection([corners] if len(corners) else [], facecolors=[to_rgba(SKY, 0.45)],
                            edgecolors=[INK], linewidths=1.2, label="the plane", zorder=3)
