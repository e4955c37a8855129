"""Where optimizers walked: their paths from above, over contour lines, and on the surface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import DataError, ShapeError
from pellucid.insight.plots.space import bare
from pellucid.insight.plots.style import (
    BLUE,
    INK,
    PAPER,
    SERIES,
    SKY,
    canvas,
    picture,
    plain_ticks,
    round_ticks,
    short,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pellucid.insight.dynamics.descent import Descent
    from pellucid.insight.dynamics.landscape import Landscape

BANDS = 16                              # between contour lines, each the same share of the ground
DEEPEST = 0.3                           # how blue the lowest ground is
DOTTED = 60                             # up to so many steps, each has its dot
DASHES = ("-", (0, (4, 2)), (0, (1, 1.5)))      # the same colour comes again in another dash


@picture
def descent_paths(land: Landscape, paths: Sequence[Descent], *, width: float = 900) -> Figure:
    """Paths over the contour lines of ``land`` and, beside it, on its surface.

    A ring marks the start, a dot the end of each path. What lies outside ``land`` is not drawn.
    Raises DataError without a path, ShapeError for paths that are not in the plane.

    >>> from pellucid.insight.dynamics import descend, landscape
    >>> def bowl(x, y): return x * x + y * y
    >>> figure = descent_paths(landscape(bowl, (-2, 2), (-2, 2)), [descend(bowl, (1, 1))])
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['from above', 'on the surface f(x, y)']
    """
    check_paths(paths)
    figure, above, surface = two_views(width)
    draw_ground(above, land)
    draw_surface(surface, land)
    lines = []
    for path, look in zip(paths, looks(len(paths)), strict=True):
        lines.append(draw_path(above, path, look)[0])
        climb(surface, land, path, look)
    above.set_title("from above")
    surface.set_title("on the surface f(x, y)", loc="left")
    legend(figure, lines, width)
    return figure


def two_views(width: float) -> tuple[Figure, Axes, Any]:
    """A figure with a panel for what is seen from above and one in space; on phones, below it."""
    wide = width >= 600
    figure = canvas(width, width * 0.52 if wide else width * 1.9)
    above = figure.add_subplot(*((1, 2, 1) if wide else (2, 1, 1)))
    return figure, above, figure.add_subplot(*((1, 2, 2) if wide else (2, 1, 2)), projection="3d")


def check_paths(paths: Sequence[Descent]) -> None:
    """Raise DataError without a path, ShapeError for one that is not of points in the plane."""
    if not paths:
        raise DataError("a picture of descents needs at least one path",
                        hint="as in paths=[descend(f, start)]")
    for path in paths:
        if path.points.shape[1:] != (2,):
            raise ShapeError("paths are drawn over two numbers, x and y",
                             got=f"points of {path.points.shape[1]}")


def looks(count: int) -> list[dict[str, Any]]:
    """A colour and a dash for each of ``count`` paths, no two the same up to eighteen."""
    return [{"color": SERIES[i % len(SERIES)],
             "linestyle": DASHES[i // len(SERIES) % len(DASHES)]} for i in range(count)]


def draw_ground(axes: Axes, land: Landscape) -> None:
    """Contour lines, the lower the bluer; between two of them lies the same share of the ground."""
    known = land.heights[np.isfinite(land.heights)]
    levels = np.unique(np.quantile(known, np.linspace(0, 1, BANDS + 1))) if known.size else known
    if len(levels) > 1:
        shades = [(BLUE, shade) for shade in np.linspace(DEEPEST, 0.0, len(levels) - 1)]
        axes.contourf(land.x, land.y, land.heights, levels=levels, colors=shades)
        axes.contour(land.x, land.y, land.heights, levels=levels[1:-1], colors=SKY, linewidths=0.6)
    axes.set(xlim=(land.x[0], land.x[-1]), ylim=(land.y[0], land.y[-1]), xlabel="x", ylabel="y")
    axes.grid(False)
    for axis in (axes.xaxis, axes.yaxis):
        round_ticks(axis, 6)
    plain_ticks(axes)


def draw_path(axes: Axes, path: Descent, look: dict[str, Any],
              steps: int | None = None) -> tuple[Any, Any]:
    """A path from above, or its first ``steps``; gives the line, and the dot at its end."""
    points = path.points[:None if steps is None else steps + 1]
    dots = {"marker": "o", "markersize": 2.6} if path.steps <= DOTTED else {}
    line, = axes.plot(*points.T, linewidth=1.6, label=short(path.name, 32), **dots, **look)
    axes.plot(*points[:1].T, "o", markersize=8, markerfacecolor=PAPER, markeredgecolor=INK,
              markeredgewidth=1.4, label="_start", zorder=4)
    end, = axes.plot(*points[-1:].T, "o", color=look["color"], markersize=7,
                     markeredgecolor=PAPER, label="_end", zorder=5)
    return line, end


def legend(figure: Figure, lines: Sequence[Any], width: float) -> None:
    """The names of the paths above the picture, as many in a row as there is room for.

    The figure grows by the rows after the first.
    """
    longest = max(len(str(line.get_label())) for line in lines)
    across = max(1, min(int(width // (7.4 * longest + 58)), len(lines)))
    figure.set_figheight(figure.get_figheight() + 19 * (-(-len(lines) // across) - 1) / 72)
    figure.legend(handles=lines, loc="outside upper left", ncols=across,
                  handlelength=2, handletextpad=0.6, columnspacing=1.4, borderpad=0.2)


def draw_surface(axes: Any, land: Landscape) -> None:
    """The ground in space, the lower the bluer."""
    known = land.heights[np.isfinite(land.heights)]
    low, high = (known.min(), known.max()) if known.size else (0.0, 1.0)
    span = (high - low) or 1.0
    shade = DEEPEST * (1 - (land.heights - low) / span)
    faces = np.zeros((*land.heights.shape, 4))
    faces[..., :3] = _rgb(BLUE)
    faces[..., 3] = np.nan_to_num(0.06 + shade)
    x, y = np.meshgrid(land.x, land.y)
    axes.plot_surface(x, y, land.heights, rcount=36, ccount=36, facecolors=faces, shade=False,
                      edgecolor=SKY, linewidth=0.25)
    axes.set(xlim=(land.x[0], land.x[-1]), ylim=(land.y[0], land.y[-1]),
             zlim=(low, low + span), xlabel="x", ylabel="y")
    axes.view_init(elev=38, azim=-58)
    axes.computed_zorder = False                         # paths lie on the surface, never behind
    bare(axes)


def climb(axes: Any, land: Landscape, path: Descent, look: dict[str, Any]) -> None:
    """The part of a path that lies over the ground, at its heights."""
    outside = np.flatnonzero(~land.holds(path.points))
    shown = int(outside[0]) if len(outside) else len(path.points)
    x, y, z = *path.points[:shown].T, path.heights[:shown]
    axes.plot(x, y, z, linewidth=1.6, zorder=5, label=path.name, **look)
    if shown:
        axes.plot(x[:1], y[:1], z[:1], "o", markersize=7, markerfacecolor=PAPER,
                  markeredgecolor=INK, markeredgewidth=1.3, zorder=6, label="_start")
        axes.plot(x[-1:], y[-1:], z[-1:], "o", color=look["color"], markersize=6,
                  markeredgecolor=PAPER, zorder=7, label="_end")


def _rgb(colour: str) -> tuple[float, ...]:
    from matplotlib.colors import to_rgb
    return to_rgb(colour)
