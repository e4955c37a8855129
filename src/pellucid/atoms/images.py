"""Images as arrays: (height, width, channels) or (channels, height, width), one or a batch."""

from __future__ import annotations

from typing import Any

from pellucid.atoms.windows import channels_first, known_format
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.tensor import Operators, convert


def as_images(x: Any, data_format: str | None, owner: str) -> Any:
    """x as a tensor; raises ShapeError unless it is one image or a batch of them."""
    x = x if isinstance(x, Operators) else convert(x)
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


def one_of(value: Any, known: Any, name: str, owner: str) -> None:
    """Raise ArgumentError unless an option has one of the values that are known."""
    if value not in known:
        raise ArgumentError(f"{name} of {owner} must be one of {', '.join(map(repr, known))}",
                            got=repr(value), where=user_line())
