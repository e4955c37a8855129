"""Windows that slide over a tensor: two atoms, each the other's gradient, and their geometry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.atoms.shaping import moveaxis, pad
from pellucid.core.atom import atom
from pellucid.core.errors import ArgumentError, ShapeError, nearest, user_line
from pellucid.core.settings import image_data_format

FORMATS = (None, "channels_last", "channels_first")


def extent(size: int, dilation: int = 1) -> int:
    """How many cells a window spans, those between its own included.

    >>> extent(3), extent(3, dilation=2)
    (3, 5)
    """
    return (size - 1) * dilation + 1


def count(n: int, size: int, stride: int = 1, dilation: int = 1) -> int:
    """How many windows have their place along an axis of length n.

    >>> count(7, size=3, stride=2)
    3
    """
    return (n - extent(size, dilation)) // stride + 1


def _windows(x: Any, *, size: Any, strides: Any, dilation: Any) -> Any:
    """Views of x, one for each place of the window, then copied."""
    axes = range(1, len(size) + 1)
    reach = list(map(extent, size, dilation))
    view = np.lib.stride_tricks.sliding_window_view(x, reach, axis=tuple(axes))
    steps = [slice(None, None, s) for s in strides]
    taken = view[(slice(None), *steps, slice(None), *(slice(None, None, d) for d in dilation))]
    return np.ascontiguousarray(np.moveaxis(taken, len(size) + 1, -1))


def _overlap_add(x: Any, *, shape: Any, size: Any, strides: Any, dilation: Any) -> Any:
    """Each number of the window goes to a regular part of the result: one sum for each."""
    out = np.zeros(shape, np.asarray(x).dtype)
    places, every = x.shape[1:len(size) + 1], (slice(None),) * (len(size) + 1)
    for offset in np.ndindex(*size):
        part = [slice(i * d, i * d + (n - 1) * s + 1, s)
                for i, d, n, s in zip(offset, dilation, places, strides, strict=True)]
        out[(slice(None), *part)] += x[(*every, *offset)]
    return out


windows = atom(
    "windows", _windows,
    lambda g, y, x, **how: overlap_add(g, shape=tuple(x.shape), **how),
    about="(batch, *space, channels) → (batch, *places, *size, channels): what a window that "
    "slides over the space sees at each place.",
    example=("windows([[[1], [2], [3]]], size=(2,), strides=(1,), dilation=(1,))",
             [[[[1], [2]], [[2], [3]]]]))
overlap_add = atom(
    "overlap_add", _overlap_add,
    lambda g, y, x, shape, **how: windows(g, **how),
    about="Zeros of a shape to which each window is added where `windows` would see it.",
    example=("overlap_add([[[[1], [2]], [[2], [3]]]], shape=(1, 3, 1), size=(2,), strides=(1,), "
             "dilation=(1,))", [[[1], [4], [3]]]))


# arguments in Keras's forms
def per_axis(value: Any, rank: int, name: str, owner: str, at_least: int = 1) -> tuple[int, ...]:
    """A whole number for each axis of space, from one number or one for each.

    Raises ArgumentError for anything else.

    >>> per_axis(2, 3, "strides", "conv")
    (2, 2, 2)
    """
    numbers = (value,) * rank if np.ndim(value) == 0 else tuple(value)
    if len(numbers) != rank or not all(
            isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n >= at_least
            for n in numbers):
        many = "" if rank == 1 else f" or {rank} of them"
        raise ArgumentError(f"{owner}'s {name} must be a whole number{many}, at least {at_least}",
                            got=repr(value), where=user_line())
    return tuple(map(int, numbers))


def padding_name(value: Any, owner: str, known: Sequence[str] = ("valid", "same")) -> str:
    """The padding in small letters; raises ArgumentError for one that is not known.

    >>> padding_name("SAME", "conv")
    'same'
    """
    name = value.lower() if isinstance(value, str) else value
    if name not in known:
        raise ArgumentError(f"{owner}'s padding must be one of {', '.join(map(repr, known))}",
                            got=repr(value), where=user_line(), hint=nearest(str(value), known))
    return name


def margins(n: int, size: int, stride: int, dilation: int, padding: str) -> tuple[int, int]:
    """How many cells are added before and after: with "same" ⌈n / stride⌉ windows find a place.

    >>> margins(5, size=2, stride=1, dilation=1, padding="same")
    (0, 1)
    """
    if padding == "valid":
        return 0, 0
    reach = (-(-n // stride) - 1) * stride + extent(size, dilation)
    missing = np.maximum(reach - n, 0)
    return int(missing // 2), int(missing - missing // 2)        # the odd one comes last


def known_format(data_format: Any, owner: str) -> None:
    """Raise ArgumentError for a data_format that is none."""
    if data_format not in FORMATS:
        raise ArgumentError(f"{owner}'s data_format must be one of "
                            f"{', '.join(map(repr, FORMATS))}", got=repr(data_format),
                            where=user_line(), hint=nearest(str(data_format), map(str, FORMATS)))


def channels_first(data_format: str | None) -> bool:
    """Whether a format, or the usual one if None, has the channels before space.

    >>> channels_first("channels_last")
    False
    """
    return (data_format or image_data_format()) == "channels_first"


def channels_last(x: Any, data_format: str | None, owner: str) -> Any:
    """x with its channels last; raises ShapeError unless it has one to three axes of space."""
    known_format(data_format, owner)
    if not 3 <= len(x.shape) <= 5:
        raise ShapeError(f"{owner} needs a batch, one to three axes of space, and channels",
                         got=f"shape {tuple(x.shape)}", where=user_line())
    return moveaxis(x, source=1, destination=-1) if channels_first(data_format) else x


def channels_as(y: Any, data_format: str | None) -> Any:
    """y, whose channels are last, with its channels where the format has them."""
    return moveaxis(y, source=-1, destination=1) if channels_first(data_format) else y


def check_room(space: Sequence[int], size: Any, dilation: Any, frame: Any, owner: str,
               hint: str = 'a smaller window or padding="same" would fit') -> None:
    """Raise ShapeError unless a window fits into the (padded) space at least once."""
    reach = tuple(map(extent, size, dilation))
    if any(a + n + b < r for n, r, (a, b) in zip(space, reach, frame, strict=True)):
        raise ShapeError(f"{owner} needs at least {' × '.join(map(str, reach))} cells for one "
                         "window", got=' × '.join(map(str, space)), where=user_line(),
                         hint=hint)


def frame_of(space: Any, size: Any, strides: Any, dilation: Any, padding: str, owner: str) -> Any:
    """The margins of each axis of space, checked to leave room for a window."""
    frame = [margins(*axis, padding) for axis in zip(space, size, strides, dilation, strict=True)]
    check_room(space, size, dilation, frame, owner)
    return frame


def framed(x: Any, frame: Any) -> Any:
    """x with zeros in the margins of its axes of space."""
    return pad(x, pad_width=((0, 0), *frame, (0, 0))) if np.any(frame) else x
