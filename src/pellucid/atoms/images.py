"""Images as arrays: (height, width, channels) or (channels, height, width), one or a batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.elementwise import cast, clip, round
from pellucid.atoms.windows import channels_first, known_format
from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.tensor import with_operators


def as_images(x: Any, data_format: str | None, owner: str) -> Any:
    """x as a tensor; raises ShapeError unless it is one image or a batch of them."""
    x = with_operators(x)
    known_format(data_format, owner)
    if len(x.shape) not in (3, 4):
        raise ShapeError(f"{owner} needs an image (3 axes) or a batch of them (4)",
                         got=f"shape {tuple(x.shape)}", where=user_line())
    return x


def axes_of_space(data_format: str | None) -> tuple[int, int]:
    """Where height and width stand, counted from the end.

    >>> axes_of_space("channels_last")
    (-3, -2)
    """
    return (-2, -1) if channels_first(data_format) else (-3, -2)


def axis_of_channels(data_format: str | None) -> int:
    return -3 if channels_first(data_format) else -1


def whole_again(x: Any, dtype: str) -> Any:
    """Floats in the dtype of what they were computed from: rounded where that is one of whole
    numbers, and no farther out than it reaches.

    >>> whole_again(with_operators([-0.4, 254.6, 300.0]), "uint8").tolist()
    [0, 255, 255]
    """
    if str(x.dtype) == dtype or not dtypes.is_whole(dtype):
        return x
    ends = np.iinfo(dtype)
    return cast(clip(round(x), float(ends.min), float(ends.max)), dtype=dtype)


def one_of(value: Any, known: Any, name: str, owner: str) -> None:
    """Raise ArgumentError unless an option has one of the values that are known."""
    if value not in known:
        raise ArgumentError(f"{name} of {owner} must be one of {', '.join(map(repr, known))}",
                            got=repr(value), where=user_line())
