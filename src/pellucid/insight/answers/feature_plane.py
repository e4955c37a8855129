"""Two features as a plane: a grid of made-up rows on which any model can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, DataError, ShapeError, unknown_name, user_line
from pellucid.data.frames import arrays, is_frame

Feature = int | str


@dataclass(frozen=True)
class FeaturePlane:
    """A grid over two features; every other feature stands at its median in all rows.

    ``x`` and ``y`` are the coordinates of the grid, ``rows`` its rows, ``(len(y) · len(x), n)``,
    in the form in which the data came (an array, or a frame). ``points`` are the data in the
    plane, ``(rows, 2)``, and ``names`` those of the two features.

    >>> plane = feature_plane([[0.0, 5, 9], [1, 7, 9], [2, 6, 9]], features=(0, 1), count=4)
    >>> plane.x.round(1).tolist(), plane.rows[0].round(1).tolist()
    ([-0.2, 0.6, 1.4, 2.2], [-0.2, 4.8, 9.0])
    """

    names: tuple[str, str]
    x: np.ndarray
    y: np.ndarray
    points: np.ndarray
    rows: Any

    def folded(self, values: np.ndarray) -> np.ndarray:
        """Numbers of the grid's rows, ``(rows, k)``, as k sheets over the grid: ``(k, y, x)``."""
        return values.reshape(len(self.y), len(self.x), -1).transpose(2, 0, 1)


def feature_plane(x: Any, features: Sequence[Feature] | None = None, *,
                  feature_names: Sequence[str] | None = None, count: int = 100,
                  margin: float = 0.1) -> FeaturePlane:
    """A plane of ``count`` by ``count`` rows over two features of ``x``, with a margin around them.

    ``features`` names the two, by number or by name; it may be left out if there are no others.
    Raises ArgumentError for more than two features without a choice, and for features that are not
    there; ShapeError for data that are no table of two features or more; DataError for numbers
    that are not finite.

    >>> feature_plane(np.eye(3), ("c", "a"), feature_names=("a", "b", "c"), count=9).names
    ('c', 'a')
    """
    table = np.asarray(arrays(x, "x"), float)
    if table.ndim != 2 or table.shape[1] < 2:
        raise ShapeError("x must be a table of shape (rows, features) with two features or more",
                         got=f"shape {table.shape}", where=user_line())
    if not len(table):
        raise DataError("x has no rows", where=user_line())
    if count < 2:
        raise ArgumentError("the grid needs at least 2 rows each way", got=count, where=user_line())
    names = _names(x, table.shape[1], feature_names)
    across, up = _chosen(features, names)
    if bad := np.flatnonzero(~np.isfinite(table).all(axis=1)).tolist():
        raise DataError("x must hold finite numbers", where=user_line(),
                        got=f"others in row{'s' * (len(bad) > 1)} {', '.join(map(str, bad[:5]))}")
    points = table[:, [across, up]]
    low, high = points.min(axis=0), points.max(axis=0)
    room = margin * np.where(high > low, high - low, 1.0)
    xs, ys = np.linspace(low - room, high + room, count).T
    rows = np.tile(np.median(table, axis=0), (count * count, 1))
    rows[:, across], rows[:, up] = (each.ravel() for each in np.meshgrid(xs, ys))
    return FeaturePlane((names[across], names[up]), xs, ys, points, _like(x, rows))


def _names(x: Any, count: int, given: Sequence[str] | None) -> list[str]:
    if given is None and is_frame(x):
        given = [str(each) for each in x.columns]
    if given is None:
        return ["x₁", "x₂"] if count == 2 else [f"feature {i}" for i in range(count)]
    if len(given) != count:
        raise ShapeError(f"feature_names must name all {count} features", got=f"{len(given)}",
                         where=user_line())
    return [str(each) for each in given]


def _chosen(features: Sequence[Feature] | None, names: list[str]) -> tuple[int, int]:
    if features is None and len(names) > 2:
        raise ArgumentError(f"x has {len(names)} features, and a plane has two", where=user_line(),
                            hint="choose two of them: features=(0, 1); the others stand at their "
                            "median")
    features = (0, 1) if features is None else features
    if isinstance(features, str) or np.ndim(features) != 1 or len(features) != 2:
        raise ArgumentError("features must name two features", got=repr(features),
                            where=user_line(), hint="features=(0, 1)")
    found = [_place(each, names) for each in features]
    if found[0] == found[1]:
        raise ArgumentError("features must name two different features", got=repr(features),
                            where=user_line())
    return found[0], found[1]


def _place(feature: Feature, names: list[str]) -> int:
    if isinstance(feature, str):
        if feature not in names:
            raise unknown_name("feature", feature, names)
        return names.index(feature)
    if not -len(names) <= int(feature) < len(names):
        raise ArgumentError(f"features are numbered from 0 to {len(names) - 1}", got=feature,
                            where=user_line())
    return int(feature) % len(names)


def _like(x: Any, rows: np.ndarray) -> Any:
    """The rows as an array, or as a frame of the kind and with the columns of x."""
    if not is_frame(x):
        return rows
    import narwhals as nw
    frame: nw.DataFrame[Any] = nw.from_native(x, eager_only=True)
    return nw.from_dict(dict(zip(frame.columns, rows.T.copy(), strict=True)),
                        backend=frame.implementation).to_native()
