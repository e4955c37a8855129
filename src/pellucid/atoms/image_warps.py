"""Images read at other places than their cells: turned, sheared, seen from elsewhere."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from pellucid.atoms.choices import logical_and, minimum, where
from pellucid.atoms.elementwise import abs, cast, clip, floor, mod, round, sign
from pellucid.atoms.images import as_images, one_of
from pellucid.atoms.indexing import take
from pellucid.atoms.matrix_equations import solve
from pellucid.atoms.shaping import broadcast_to, concatenate, expand_dims, moveaxis, reshape, stack
from pellucid.atoms.windows import channels_first
from pellucid.core import dtypes
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.tensor import with_operators

ORDERS = {"nearest": 0, "bilinear": 1}
FILL_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")


def map_coordinates(inputs: Any, coordinates: Any, order: int, fill_mode: str = "constant",
                    fill_value: float = 0.0) -> Any:
    """The numbers of an array at places between its cells.

    ``coordinates`` has one row for each axis of ``inputs``. ``order`` 0 takes the nearest cell, 1
    the mean of the cells around, weighted by how near they are. Beyond the border the array goes on
    as ``fill_mode`` says: "constant" (``fill_value``), "nearest" (the last cell), "wrap" (from the
    start), "mirror" (backwards), "reflect" (backwards, the last cell twice).

    >>> map_coordinates([1.0, 3.0, 5.0], [[0.5, 1.25]], order=1).tolist()
    [2.0, 3.5]
    """
    x, places = with_operators(inputs), with_operators(coordinates)
    one_of(order, (0, 1), "order", "map_coordinates")
    one_of(fill_mode, FILL_MODES, "fill_mode", "map_coordinates")
    if len(places.shape) < 2 or places.shape[0] != len(x.shape):
        raise ShapeError("map_coordinates needs coordinates with a row for each axis of inputs, "
                         f"({len(x.shape)}, …)", got=f"shape {tuple(places.shape)}",
                         where=user_line())
    rows = reshape(x, shape=(-1,))
    return _read(rows, [places[i] for i in range(len(x.shape))], x.shape, order, fill_mode,
                 fill_value)


def affine_transform(images: Any, transform: Any, interpolation: str = "bilinear",
                     fill_mode: str = "constant", fill_value: float = 0.0,
                     data_format: str | None = None) -> Any:
    """Images moved, turned, scaled, sheared: the cell (x, y) reads the place (x', y').

    ``x' = a0 x + a1 y + a2`` and ``y' = b0 x + b1 y + b2``, where ``transform`` is
    (a0, a1, a2, b0, b1, b2, 0, 0), one or one for each image. Between cells and beyond the border
    see `map_coordinates`.

    >>> affine_transform([[[1.0], [2.0], [3.0]]], [1.0, 0, 1, 0, 1, 0, 0, 0]).tolist()
    [[[2.0], [3.0], [0.0]]]
    """
    one_of(interpolation, ORDERS, "interpolation", "affine_transform")
    one_of(fill_mode, FILL_MODES, "fill_mode", "affine_transform")
    rows = with_operators(transform)
    if len(rows.shape) not in (1, 2) or rows.shape[-1] != 8:
        raise ShapeError("affine_transform needs 8 numbers, or 8 for each image",
                         got=f"shape {tuple(rows.shape)}", where=user_line())

    def places(x: Any, y: Any) -> tuple[Any, Any]:
        a0, a1, a2, b0, b1, b2 = (expand_dims(expand_dims(rows[..., i], axis=-1), axis=-1)
                                  for i in range(6))
        return a0 * x + a1 * y + a2, b0 * x + b1 * y + b2

    return warped(images, places, interpolation, fill_mode, fill_value, data_format,
                   "affine_transform")


def perspective_transform(images: Any, start_points: Any, end_points: Any,
                          interpolation: str = "bilinear", fill_value: float = 0.0,
                          data_format: str | None = None) -> Any:
    """Images seen from elsewhere: four points go where they are told, straight lines stay straight.

    ``start_points`` and ``end_points`` are (4, 2), each (x, y), or (batch, 4, 2). The cell (x, y)
    reads ``((p0 x + p1 y + p2) / d, (p3 x + p4 y + p5) / d)`` with d = p6 x + p7 y + 1, where the
    eight numbers p solve the eight equations that the points give.

    >>> corners = [[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]]
    >>> image = [[[1.0], [2.0]], [[3.0], [4.0]]]
    >>> perspective_transform(image, corners, corners).numpy().round(4).tolist()
    [[[1.0], [2.0]], [[3.0], [4.0]]]

    Source: R. Hartley and A. Zisserman, "Multiple view geometry in computer vision" (2003).
    """
    one_of(interpolation, ORDERS, "interpolation", "perspective_transform")
    start, end = with_operators(start_points), with_operators(end_points)
    if start.shape != end.shape or len(start.shape) not in (2, 3) or start.shape[-2:] != (4, 2):
        raise ShapeError("perspective_transform needs two times four points, (4, 2) or "
                         "(batch, 4, 2)", got=f"{tuple(start.shape)} and {tuple(end.shape)}",
                         where=user_line())
    p = _homography(start, end)

    def places(x: Any, y: Any) -> tuple[Any, Any]:
        p0, p1, p2, p3, p4, p5, p6, p7 = (
            expand_dims(expand_dims(p[..., i], axis=-1), axis=-1) for i in range(8))
        d = p6 * x + p7 * y + 1
        return (p0 * x + p1 * y + p2) / d, (p3 * x + p4 * y + p5) / d

    return warped(images, places, interpolation, "constant", fill_value, data_format,
                   "perspective_transform")


def _homography(start: Any, end: Any) -> Any:
    """The eight numbers of the map that takes the end points to the start points."""
    dtype = str(start.dtype) if dtypes.is_float(start.dtype) else dtypes.floatx()
    start, end = cast(start, dtype=dtype), cast(end, dtype=dtype)
    x, y = end[..., 0], end[..., 1]
    one, nought = x * 0 + 1, x * 0
    equations = [stack([*(row), -of * x, -of * y], axis=-1) for row, of in (
        ((x, y, one, nought, nought, nought), start[..., 0]),
        ((nought, nought, nought, x, y, one), start[..., 1]))]
    sought = concatenate([start[..., 0], start[..., 1]], axis=-1)
    return solve(concatenate(equations, axis=-2), expand_dims(sought, axis=-1))[..., 0]


def warped(images: Any, places: Any, interpolation: str, fill_mode: str, fill_value: float,
            data_format: str | None, owner: str) -> Any:
    """Images whose cell (x, y) reads the place ``places(x, y)``, in every channel."""
    x = as_images(images, data_format, owner)
    alone = len(x.shape) == 3
    x = expand_dims(x, axis=0) if alone else x
    if channels_first(data_format):
        x = moveaxis(x, source=1, destination=-1)
    count, height, width, channels = x.shape
    if count is None:
        raise ShapeError(f"{owner} needs to know how many images there are",
                         got=f"shape {tuple(images.shape)}", where=user_line(),
                         hint="use it in the `call` of a layer of one's own")
    dtype = dtypes.result_type(x.dtype, float)
    down, across = (each.astype(dtype) for each in np.mgrid[:height, :width])
    right, low = places(across, down)
    shape = (count, height, width)
    first = np.arange(count, dtype=np.int32).reshape(-1, 1, 1) * (height * width)
    y = _read(reshape(x, shape=(-1, channels)),
              [broadcast_to(low, shape=shape), broadcast_to(right, shape=shape)],
              (height, width), ORDERS[interpolation], fill_mode, fill_value, first)
    y = moveaxis(y, source=-1, destination=1) if channels_first(data_format) else y
    return y[0] if alone else y


def _read(rows: Any, places: list[Any], sizes: Any, order: int, fill_mode: str, fill_value: float,
          first: Any = 0) -> Any:
    """The rows at places of a grid with these sizes, whose cell (0, 0, …) is row ``first``."""
    steps = [int(np.prod(sizes[axis + 1:])) for axis in range(len(sizes))]
    total: Any = 0
    for corner in itertools.product(*(_around(each, order) for each in places)):
        row, share, inside = first, 1.0, True
        for (i, near), n, step in zip(corner, sizes, steps, strict=True):
            row, share = row + _continued(i, n, fill_mode) * step, share * near
            inside = logical_and(inside, logical_and(i >= 0, i < n))
        found, share = take(rows, row, axis=0), _beside(share, rows)
        if fill_mode == "constant":
            found = where(_beside(inside, rows), found, fill_value)
        total = total + share * found
    whole = not dtypes.is_float(rows.dtype)
    return cast(round(total) if whole else total, dtype=str(rows.dtype))


def _around(place: Any, order: int) -> list[tuple[Any, Any]]:
    """The cells next to a place along one axis, and how much each counts."""
    if order == 0:                                       # of two equally near the farther from 0
        return [(cast(sign(place) * floor(abs(place) + 0.5), dtype="int32"), 1.0)]
    low, above = cast(floor(place), dtype="int32"), place - floor(place)
    return [(low, 1 - above), (low + 1, above)]


def _continued(i: Any, n: int, fill_mode: str) -> Any:
    """The cell that stands for cell i of an axis with n cells."""
    if fill_mode == "wrap":
        return mod(i, n)
    if fill_mode == "mirror":                            # 0 1 2 1 0 1 2 …
        turn = n - 1
        return abs(mod(i + turn, max(2 * turn, 1)) - turn)
    if fill_mode == "reflect":                           # 0 1 2 2 1 0 0 1 …
        return minimum(mod(i, 2 * n), 2 * n - 1 - mod(i, 2 * n))
    return clip(i, 0, n - 1)


def _beside(x: Any, rows: Any) -> Any:
    """x with an axis for the channels of the rows, if these have channels."""
    return expand_dims(x, axis=-1) if len(rows.shape) > 1 and hasattr(x, "shape") else x
