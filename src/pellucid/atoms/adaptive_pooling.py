"""Adaptive pooling: space cut into as many parts as are wanted, one number for each."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.choices import where
from pellucid.atoms.elementwise import divide
from pellucid.atoms.pooling import IMAGES, peak
from pellucid.atoms.reductions import sum
from pellucid.atoms.shaping import gather
from pellucid.atoms.windows import channels_as, channels_last, per_axis
from pellucid.core import dtypes
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.op import op


@op(samples=IMAGES)
def adaptive_max_pool(inputs, output_size=1, data_format=None):
    """The largest number of each part of space, channel by channel, whatever the size of the input.

    (batch, *space, channels) → (batch, *output_size, channels): part i of m of n cells goes from
    ⌊i n / m⌋ to ⌈(i + 1) n / m⌉, so that parts may share a cell. Of equal numbers the first has the
    slope. Raises ArgumentError for another size, ShapeError if there are no cells.

    >>> adaptive_max_pool([[[1.0], [3.0], [2.0], [0.0]]], 2).tolist()
    [[[3.0], [2.0]]]
    """
    x, size = _checked(inputs, output_size, data_format, "adaptive_max_pool")
    for axis, m in enumerate(size, start=1):
        cells, _ = _parts(x, axis, m)
        x = peak(cells, axis=axis + 1)
    return channels_as(x, data_format)


@op(samples=IMAGES)
def adaptive_average_pool(inputs, output_size=1, data_format=None):
    """The mean of each part of space, channel by channel, whatever the size of the input.

    (batch, *space, channels) → (batch, *output_size, channels), with the parts of
    `adaptive_max_pool`. Raises ArgumentError for another size, ShapeError if there are no cells.

    >>> adaptive_average_pool([[[1.0], [3.0], [2.0], [0.0]]], 2).tolist()
    [[[2.0], [1.0]]]
    """
    x, size = _checked(inputs, output_size, data_format, "adaptive_average_pool")
    for axis, m in enumerate(size, start=1):
        cells, inside = _parts(x, axis, m)
        dtype = dtypes.result_type(x.dtype, float)
        count = inside.sum(1).astype(dtype).reshape(-1, *[1] * (len(x.shape) - axis - 1))
        rows = inside.reshape(*inside.shape, *[1] * (len(x.shape) - axis - 1))
        x = divide(sum(where(rows, cells, 0), axis=axis + 1), count)
    return channels_as(x, data_format)


def _checked(inputs: Any, output_size: Any, data_format: str | None, owner: str) -> Any:
    x = channels_last(inputs, data_format, owner)
    if 0 in x.shape[1:-1]:
        raise ShapeError(f"{owner} needs at least one cell along each axis of space",
                         got=f"shape {tuple(inputs.shape)}", where=user_line())
    return x, per_axis(output_size, len(x.shape) - 2, "output_size", owner)


def _parts(x: Any, axis: int, m: int) -> tuple[Any, np.ndarray]:
    """The m parts of an axis as rows of one length, and which of their cells are no filling."""
    n, i = x.shape[axis], np.arange(m)
    first, end = i * n // m, -(-(i + 1) * n // m)
    places = first[:, None] + np.arange((end - first).max())
    inside = places < end[:, None]
    filled = np.minimum(places, end[:, None] - 1).astype(np.int32)
    return gather(x, filled, axis=axis), inside
