"""A map of learned vectors: the two directions in which they spread most, a dot for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import DataError, ShapeError
from pellucid.insight.plots.style import (
    MUTED,
    SERIES,
    canvas,
    legend_above,
    picture,
    plain_ticks,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARKS = "os^DvP"                        # a shape for each colour, for those who see few colours
MOST_GROUPS = len(MARKS)


def two_directions(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the vectors lie in the plane of their two principal axes, and each axis's share.

    x' = (x - x̄) V, with V the first two right singular vectors; shape ``(n, d) → (n, 2)``. The
    share is that of the whole variance. Each axis points where its largest coordinate is positive.

    >>> where, share = two_directions(np.array([[0.0, 0, 0], [2, 0, 0], [4, 0, 0]]))
    >>> where.round(3).tolist(), share.round(3).tolist()
    ([[-2.0, 0.0], [0.0, 0.0], [2.0, 0.0]], [1.0, 0.0])
    """
    centred = vectors - vectors.mean(axis=0)
    _, spread, directions = np.linalg.svd(centred, full_matrices=False)
    signs = np.sign(np.take_along_axis(directions, np.abs(directions).argmax(1)[:, None], 1))
    where = centred @ (directions * signs)[:2].T
    return where + 0.0, (spread**2 / max(float((spread**2).sum()), 1e-30))[:2]


@picture
def embedding_map(vectors: np.ndarray, groups: Sequence[object], *, width: float = 620) -> Figure:
    """A dot a vector, its colour and shape by group; the axes say how much of the spread they show.

    ``vectors``: shape ``(n, d)``, n and d at least 2. Of more than six groups the first five and
    "others" are told apart. Raises ``ShapeError`` unless there is a group for each vector,
    ``DataError`` for numbers that are not finite.

    >>> figure = embedding_map(np.random.default_rng(0).normal(size=(9, 4)), list("abcabcabc"))
    >>> [text.get_text() for text in figure.legends[0].texts]
    ['a', 'b', 'c']
    """
    vectors = np.asarray(vectors, dtype=float)
    if vectors.ndim != 2 or vectors.shape[1] < 2 or not 1 < len(vectors) == len(groups):
        raise ShapeError("embedding_map needs vectors of shape (n, d), n and d ≥ 2, and n groups",
                         got=f"{vectors.shape} with {len(groups)} groups")
    if not np.isfinite(vectors).all():
        raise DataError("embedding_map needs vectors of finite numbers")
    where, share = two_directions(vectors)
    names = list(dict.fromkeys(str(each) for each in groups))
    if len(names) > MOST_GROUPS:
        names = [*names[:MOST_GROUPS - 1], "others"]
    own = np.array([names.index(str(each)) if str(each) in names else len(names) - 1
                    for each in groups])
    figure = canvas(width, min(width * 0.8, 460))
    axes = figure.subplots()
    for i, name in enumerate(names):
        here = where[own == i]
        axes.plot(here[:, 0], here[:, 1], MARKS[i], color=SERIES[i], markersize=6, alpha=0.8,
                  markeredgewidth=0, label=name)
    axes.axhline(0, color=MUTED, linewidth=0.6, zorder=1)
    axes.axvline(0, color=MUTED, linewidth=0.6, zorder=1)
    for axis, part, which in zip((axes.xaxis, axes.yaxis), share, ("first", "second"), strict=True):
        axis.set_label_text(f"{which} direction, {100 * part:.0f}\u00a0% of the spread")
    axes.set_aspect("equal", adjustable="datalim")
    plain_ticks(axes)
    legend_above(figure, *axes.get_legend_handles_labels())
    return figure
