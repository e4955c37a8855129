"""Blocks of an image: space into channels and back, and what every window sees, in columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.samples import uniform
from pellucid.atoms.shaping import moveaxis, reshape, transpose
from pellucid.atoms.windows import (
    channels_first,
    check_room,
    framed,
    known_format,
    per_axis,
    windows,
)
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.op import op

IMAGES = [uniform(-3, 3)]


@op(samples=IMAGES)
def depth_to_space(x, block_size=2, data_format="channels_last"):
    """The channels of each place laid out as a block of space: an image b times as high and wide.

    (batch, h, w, b² · c) → (batch, b · h, b · w, c). With "channels_first" the channels come in the
    order (c, b, b), else (b, b, c). The way back is `space_to_depth`.
    Raises ShapeError if the channels do not fill blocks, ArgumentError for a block below 2.

    >>> depth_to_space([[[[1, 2, 3, 4]]]], 2).tolist()
    [[[[1], [2]], [[3], [4]]]]
    """
    b, first = _checked(x, block_size, data_format, "depth_to_space")
    n, h, w, c = _sides(x.shape, first)
    if c % b**2:
        raise ShapeError(f"depth_to_space needs a number of channels that blocks of {b} × {b} "
                         "divide", got=f"shape {tuple(x.shape)}", where=user_line())
    if first:
        y = transpose(reshape(x, shape=(n, c // b**2, b, b, h, w)), axes=(0, 1, 4, 2, 5, 3))
        return reshape(y, shape=(n, c // b**2, h * b, w * b))
    y = transpose(reshape(x, shape=(n, h, w, b, b, c // b**2)), axes=(0, 1, 3, 2, 4, 5))
    return reshape(y, shape=(n, h * b, w * b, c // b**2))


@op(samples=IMAGES)
def space_to_depth(x, block_size=2, data_format="channels_last"):
    """Each block of b × b cells as the channels of one place: nothing is lost, as pooling would.

    (batch, b · h, b · w, c) → (batch, h, w, b² · c), the way back from `depth_to_space`.
    Raises ShapeError if blocks do not fill the image, ArgumentError for a block below 2.

    >>> space_to_depth([[[[1], [2]], [[3], [4]]]], 2).tolist()
    [[[[1, 2, 3, 4]]]]
    """
    b, first = _checked(x, block_size, data_format, "space_to_depth")
    n, h, w, c = _sides(x.shape, first)
    if h % b or w % b:
        raise ShapeError(f"space_to_depth needs a height and a width that {b} divides",
                         got=f"shape {tuple(x.shape)}", where=user_line())
    if first:
        y = transpose(reshape(x, shape=(n, c, h // b, b, w // b, b)), axes=(0, 1, 3, 5, 2, 4))
        return reshape(y, shape=(n, c * b**2, h // b, w // b))
    y = transpose(reshape(x, shape=(n, h // b, b, w // b, b, c)), axes=(0, 1, 3, 2, 4, 5))
    return reshape(y, shape=(n, h // b, w // b, c * b**2))


@op(samples=IMAGES)
def unfold(x, kernel_size=2, dilation=1, padding=0, stride=1):
    """What a window sees at each of its places, one column a place.

    (batch, channels, height, width) → (batch, channels · size, places), with ``padding`` zeros on
    all sides; a convolution is a product with these columns.
    Raises ShapeError unless x is a batch of images, channels first, with room for a window.

    >>> unfold([[[[1, 2, 3], [4, 5, 6]]]], (2, 2)).tolist()
    [[[1, 2], [2, 3], [4, 5], [5, 6]]]
    """
    _check_images(x, "unfold")
    size = per_axis(kernel_size, 2, "kernel_size", "unfold")
    dilation = per_axis(dilation, 2, "dilation", "unfold")
    strides = per_axis(stride, 2, "stride", "unfold")
    p, q = per_axis(padding, 2, "padding", "unfold", at_least=0)
    frame = ((p, p), (q, q))
    check_room(x.shape[2:], size, dilation, frame, "unfold",
               hint="a smaller window or more padding would fit")
    seen = windows(framed(moveaxis(x, source=1, destination=-1), frame), size=size,
                   strides=strides, dilation=dilation)
    n, *places, height, width, c = seen.shape
    columns = transpose(seen, axes=(0, 5, 3, 4, 1, 2))
    return reshape(columns, shape=(n, c * height * width, int(np.prod(places))))


def _checked(x: Any, block_size: Any, data_format: Any, owner: str) -> tuple[int, bool]:
    """The side of a block, and whether the channels come first."""
    known_format(data_format, owner)
    _check_images(x, owner)
    (b,) = per_axis(block_size, 1, "block_size", owner, at_least=2)
    return b, channels_first(data_format)


def _check_images(x: Any, owner: str) -> None:
    if len(x.shape) != 4:
        raise ShapeError(f"{owner} needs a batch of images, of 4 axes",
                         got=f"shape {tuple(x.shape)}", where=user_line())


def _sides(shape: Any, first: bool) -> tuple[int, int, int, int]:
    """Batch, height, width and channels of a shape."""
    n, p, q, r = shape
    return (n, q, r, p) if first else (n, p, q, r)
