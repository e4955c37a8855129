"""Pooling: one number for each window of a tensor, its largest or its mean."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid.atoms.choices import equal, where
from pellucid.atoms.elementwise import divide
from pellucid.atoms.reductions import argmax, max, sum
from pellucid.atoms.samples import uniform
from pellucid.atoms.shaping import expand_dims, reshape, strided
from pellucid.atoms.windows import (
    channels_as,
    channels_last,
    frame_of,
    framed,
    padding_name,
    per_axis,
    windows,
)
from pellucid.core import dtypes
from pellucid.core.op import op

IMAGES = [uniform(-3, 3)]


@op(samples=IMAGES, tex=r"\max({0:0})")
def peak(x, axis=-1):
    """The largest number along one axis; the first of equal ones takes the gradient.

    >>> peak([[1, 2], [3, 0]], axis=0).tolist()
    [3, 2]
    """
    return max(x, axis=axis)


@peak.gradient
def _(g, y, x, axis=-1):
    along = [1] * len(x.shape)
    along[axis] = x.shape[axis]
    places = np.arange(x.shape[axis], dtype=np.int32).reshape(along)
    first = expand_dims(argmax(x, axis=axis), axis=axis % len(x.shape))
    return where(equal(places, first), expand_dims(g, axis=axis % len(x.shape)), 0)


def _cells(x: Any, size: Any, strides: Any) -> tuple[Any, range]:
    """x with its windows as axes of their own, and where these stand."""
    n, *space, c = x.shape
    rank = len(space)
    if size != strides:
        seen = windows(x, size=size, strides=strides, dilation=(1,) * rank)
        return seen, range(rank + 1, 2 * rank + 1)
    tiles = [m // k for m, k in zip(space, size, strict=True)]   # no overlap: a reshape will do
    whole = [t * k for t, k in zip(tiles, size, strict=True)]
    if whole != space:
        x = strided(x, spans=tuple((0, m, 1) for m in (n, *whole, c)))
    shape = (n, *(m for pair in zip(tiles, size, strict=True) for m in pair), c)
    return reshape(x, shape=shape), range(2, 2 * rank + 1, 2)


def _lowest(dtype: str) -> float:
    """What no number of a dtype is below."""
    if dtypes.is_float(dtype):
        return -math.inf
    return False if dtype == "bool" else int(np.iinfo(dtype).min)


def _pool_arguments(x: Any, pool_size: Any, strides: Any, padding: Any, owner: str) -> Any:
    space = x.shape[1:-1]
    size = per_axis(pool_size, len(space), "pool_size", owner)
    strides = size if strides is None else per_axis(strides, len(space), "strides", owner)
    ones, padding = (1,) * len(space), padding_name(padding, owner)
    return size, strides, frame_of(space, size, strides, ones, padding, owner)


@op(samples=IMAGES)
def max_pool(inputs, pool_size=2, strides=None, padding="valid", data_format=None):
    """The largest number of each window, channel by channel; equal ones: the first has the slope.

    (batch, *space, channels) → (batch, *places, channels). The strides are ``pool_size`` if None;
    what "same" adds never is the largest. Raises ShapeError if no window fits.

    >>> max_pool([[[1.0], [3.0], [2.0], [0.0]]], 2).tolist()
    [[[3.0], [2.0]]]
    """
    x = channels_last(inputs, data_format, "max_pool")
    size, strides, frame = _pool_arguments(x, pool_size, strides, padding, "max_pool")
    if np.any(frame):
        inside = np.pad(np.ones(x.shape[1:-1], bool), frame)[None, ..., None]
        x = where(inside, framed(x, frame), _lowest(str(x.dtype)))
    y, axes = _cells(x, size, strides)
    for axis in reversed(axes):
        y = peak(y, axis=axis)
    return channels_as(y, data_format)


@op(samples=IMAGES)
def average_pool(inputs, pool_size=2, strides=None, padding="valid", data_format=None):
    """The mean of each window, channel by channel; what "same" adds does not count.

    (batch, *space, channels) → (batch, *places, channels). The strides are ``pool_size`` if None.
    Raises ShapeError if no window fits.

    >>> average_pool([[[1.0], [3.0], [2.0], [0.0]]], 2).tolist()
    [[[2.0], [1.0]]]
    """
    x = channels_last(inputs, data_format, "average_pool")
    size, strides, frame = _pool_arguments(x, pool_size, strides, padding, "average_pool")
    cells: Any = float(math.prod(size))
    if np.any(frame):
        dtype = dtypes.result_type(x.dtype, float)
        inside = np.pad(np.ones(x.shape[1:-1], dtype), frame)[None, ..., None]
        real, axes = _cells(inside, size, strides)
        cells = sum(real, axis=tuple(axes))
    y, axes = _cells(framed(x, frame), size, strides)
    return channels_as(divide(sum(y, axis=tuple(axes)), cells), data_format)
