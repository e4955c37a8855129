"""Two sorts of points in the plane and the lines between them, or why there can be none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pellucid.core.errors import DataError, ShapeError
from pellucid.insight.answers.hyperplane import crossings, sides
from pellucid.insight.plots.style import (
    BLUE,
    INK,
    LINE,
    MUTED,
    ORANGE,
    PAPER,
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

Line = Sequence[float]                  # (A, B, C) of A x + B y + C = 0


class Plane(NamedTuple):
    """One panel: points ``(n, 2)`` with labels 0 and 1, and the lines in the order they were found.

    The last line counts: its positive side is shaded. ``hulls`` are rows of ones and rows of zeros
    whose polygons meet in ``meeting``, which is why no line separates them.

    >>> Plane("AND", np.eye(2), np.array([0, 1]), [(1, 1, -1.5)]).note
    ''
    """

    title: str
    points: np.ndarray
    labels: np.ndarray
    lines: Sequence[Line] = ()
    hulls: tuple[Sequence[int], Sequence[int]] = ((), ())
    meeting: tuple[float, float] | None = None
    note: str = ""


@picture
def decision_line(planes: Sequence[Plane], *, names: tuple[str, str] = ("x₁", "x₂"),
                  width: float = 900) -> Figure:
    """A panel for each plane: ones as blue dots, zeros as orange squares, and the line between.

    Earlier lines are thin and dashed, so that a line that moves leaves its way behind. Raises
    ``DataError`` without planes, ``ShapeError`` for points that do not lie in a plane or have no
    label each.

    >>> corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> figure = decision_line([Plane("AND", corners, np.array([0, 0, 0, 1]), [(1, 1, -1.5)])])
    >>> figure.axes[0].get_title(loc="left")
    'AND'
    """
    if not planes:
        raise DataError("decision_line needs at least one plane of points")
    across = min(len(planes), 3 if width >= 600 else 2 if width >= 330 else 1)
    down = -(-len(planes) // across)
    noted = any(plane.note for plane in planes)
    figure = canvas(width, 34 + down * (width / across + (44 if noted else 26)))
    panels = figure.subplots(down, across, squeeze=False).ravel()
    letters = int((width / across - 40) / 7.6)
    for i, (axes, plane) in enumerate(zip(panels, planes, strict=False)):
        _panel(axes, plane, letters)
        note = f"\n{short(plane.note, letters)}" if plane.note else ""
        axes.set_xlabel(short(names[0], letters) + note)
        axes.set_ylabel(short(names[1], letters) if i % across == 0 else "")
    for axes in panels[len(planes):]:
        axes.remove()
    handles = {line.get_label(): line for axes in figure.axes for line in axes.get_lines()
               if not str(line.get_label()).startswith("_")}
    figure.legend(handles=list(handles.values()), loc="outside upper left", ncols=4,
                  handletextpad=0.5, columnspacing=1.2, borderpad=0.2, handlelength=1.3)
    return figure


def _panel(axes: Axes, plane: Plane, letters: int) -> None:
    points, labels = np.asarray(plane.points, float), np.asarray(plane.labels)
    if points.ndim != 2 or points.shape[1] != 2 or labels.shape != points.shape[:1]:
        raise ShapeError("a plane needs points of shape (n, 2) and a label for each",
                         got=f"shapes {points.shape} and {labels.shape}")
    low, high = frame(points)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
    axes.set_title(short(plane.title, letters))
    few_ticks(axes)
    for line in plane.lines[:-1]:
        _draw(axes, line, low, high, color=MUTED, linewidth=1, linestyle=(0, (4, 3)),
              label="a line before")
    if len(plane.lines):
        _shade(axes, plane.lines[-1], low, high)
        _draw(axes, plane.lines[-1], low, high, color=INK, linewidth=2, label="the line")
    for rows, colour in zip(plane.hulls, (BLUE, ORANGE), strict=True):
        if len(rows):
            axes.fill(*points[list(rows)].T, facecolor=colour, edgecolor=colour, alpha=0.6,
                      linewidth=2)
    draw_points(axes, points, labels)
    if plane.meeting is not None:
        axes.plot(*np.reshape(plane.meeting, (2, 1)), "x", color=INK, markersize=10,
                  markeredgewidth=2.5, linestyle="none", label="between both", zorder=6)


def draw_points(axes: Axes, points: np.ndarray, labels: np.ndarray) -> None:
    """Ones as blue dots, zeros as orange squares."""
    size = 9.0 if len(points) <= 30 else 5.0
    for label, colour, marker in ((1, BLUE, "o"), (0, ORANGE, "s")):
        chosen = points[labels == label]
        axes.plot(*chosen.T, marker, color=colour, markersize=size, markeredgecolor=PAPER,
                  markeredgewidth=1, linestyle="none", label=str(label), zorder=5, clip_on=False)


def frame(points: np.ndarray, room: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
    """The corners of a square (a cube in space) around the points, with room at the edges."""
    low, high = points.min(axis=0), points.max(axis=0)
    half = max(float((high - low).max()), 1e-9) * room
    middle = (low + high) / 2
    return middle - half, middle + half


def _draw(axes: Axes, line: Line, low: np.ndarray, high: np.ndarray, **style: Any) -> None:
    """The part of A x + B y + C = 0 within the frame, if there is any."""
    if len(ends := crossings(line, low, high)):
        axes.plot(*ends.T, scalex=False, scaley=False, **style)


def _shade(axes: Axes, line: Line, low: np.ndarray, high: np.ndarray) -> None:
    """A light colour where A x + B y + C ≥ 0, another one where it is below."""
    for corners, colour in zip(sides(line, low, high), (BLUE, ORANGE), strict=True):
        if len(corners):
            axes.fill(*corners.T, **light(colour))


def light(colour: str) -> dict[str, Any]:
    """How the side of a line is filled."""
    from matplotlib.colors import to_rgba
    return {"facecolor": to_rgba(colour, 0.13), "linewidth": 0, "zorder": 0}


def few_ticks(axes: Axes) -> None:
    """A frame all round, with a few numbers at it."""
    for axis in (axes.xaxis, axes.yaxis):
        round_ticks(axis, 4)
    plain_ticks(axes)
    axes.grid(False)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(LINE)
    axes.tick_params(labelsize=SMALL)
