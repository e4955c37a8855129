"""The loss around a model's weights, from above and as a surface, with the way of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import DataError, KindError
from pellucid.insight.plots.descent_paths import (
    climb,
    draw_ground,
    draw_path,
    draw_surface,
    looks,
    two_views,
)
from pellucid.insight.plots.style import INK, ORANGE, legend_above, picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pellucid.insight.dynamics.loss_landscape import LossLandscape

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
STEEP = 30                              # times the lowest loss, from which the surface is of logs


@picture
def loss_landscape(found: LossLandscape, *, width: float = 900) -> Figure:
    """Contour lines of the loss, the lower the bluer, and beside them its surface.

    The orange dot is the model as it is, at (0, 0); with a run's snapshots, the line is its way
    there from the ring. ``found`` is what `pellucid.insight.dynamics.loss_landscape` gives. Where
    losses are of very different sizes, the surface shows their logarithms. Raises DataError where
    the loss is nowhere a number.

    >>> from pellucid.insight.dynamics import LossLandscape, landscape
    >>> land = landscape(lambda x, y: x * x + y * y, (-1, 1), (-1, 1), count=9)
    >>> figure = loss_landscape(LossLandscape(land, 0.0))
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['loss from above', 'loss as a surface']
    """
    if not hasattr(found, "land"):
        raise KindError("this draws what pellucid.insight.dynamics.loss_landscape gives",
                        got=type(found).__name__)
    land = found.land
    known = land.heights[np.isfinite(land.heights)]
    if not known.size:
        raise DataError("the loss must be a number somewhere", hint="try a smaller span")
    figure, above, surface = two_views(width)
    draw_ground(above, land)
    steep = bool(known.min() > 0 and known.max() > STEEP * known.min())
    raised = np.log10 if steep else np.asarray
    with np.errstate(all="ignore"):
        draw_surface(surface, replace(land, heights=raised(land.heights)))
    if steep:
        _powers(surface, *np.log10([known.min(), known.max()]))
    if found.path is not None:
        look = looks(1)[0] | {"color": INK}
        draw_path(above, found.path, look)
        climb(surface, land, replace(found.path, heights=raised(found.path.heights)), look)
    now, = above.plot([0], [0], "o", color=ORANGE, markersize=8, label="the model", zorder=6)
    for axes, names in ((above, _names(found)), (surface, ("d₁", "d₂"))):
        axes.set_xlabel(names[0])
        axes.set_ylabel(names[1])
    above.set_title("loss from above")
    surface.set_title("loss as a surface" + ", log scale" * steep, loc="left")
    handles = [now, *(each for each in above.get_lines() if each.get_label() == "the run")]
    legend_above(figure, handles, [f"the model: loss {found.loss:.4g}", "the run"][:len(handles)])
    return figure


def _powers(surface: Any, low: float, high: float) -> None:
    """Write at most five powers of ten along the height."""
    powers = np.arange(np.ceil(low), np.floor(high) + 1)
    surface.set_zticks(powers[::-(-len(powers) // 5)])
    surface.zaxis.set_major_formatter(lambda value, _: f"10{f'{value:.0f}'.translate(RAISED)}")


def _names(found: LossLandscape) -> list[str]:
    if found.shares is None:
        return ["random direction d₁", "random direction d₂"]
    return [f"direction {name}: {100 * share:.0f}\u00a0% of the way"
            for name, share in zip(("d₁", "d₂"), found.shares, strict=True)]
