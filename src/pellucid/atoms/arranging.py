"""Turning, shifting, joining and cutting tensors, and choosing between several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.atoms.choices import where
from pellucid.atoms.indexing import split
from pellucid.atoms.shaping import (
    LINE,
    concatenate,
    expand_dims,
    flip,
    reshape,
    strided,
    swapaxes,
)
from pellucid.core.calls import known_by_name
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import with_operators


def _at_least(x: Any, name: str, axes: int) -> Any:
    """x as a tensor; ShapeError if it has too few axes."""
    x = with_operators(x)
    if len(x.shape) < axes:
        raise ShapeError(f"{name} needs {axes} ax{'i' if axes == 1 else 'e'}s or more",
                         got=f"shape {tuple(x.shape)}", where=user_line())
    return x


@op(samples=LINE)
def ravel(x):
    """All numbers in a row.

    >>> ravel([[1, 2], [3, 4]]).tolist()
    [1, 2, 3, 4]
    """
    return reshape(x, shape=(-1,))


@known_by_name
def fliplr(x: Any) -> Any:
    """The columns in reverse order. Raises ShapeError for less than two axes.

    >>> fliplr([[1, 2], [3, 4]]).tolist()
    [[2, 1], [4, 3]]
    """
    return flip(_at_least(x, "fliplr", 2), axis=1)


@known_by_name
def flipud(x: Any) -> Any:
    """The rows in reverse order. Raises ShapeError for a single number.

    >>> flipud([[1, 2], [3, 4]]).tolist()
    [[3, 4], [1, 2]]
    """
    return flip(_at_least(x, "flipud", 1), axis=0)


@known_by_name
def rot90(array: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Any:
    """Turned by ``k`` quarters in the plane of two axes, from the first towards the second.

    Raises ShapeError for less than two axes, ArgumentError unless ``axes`` are two of them.

    >>> rot90([[1, 2], [3, 4]]).tolist()
    [[2, 4], [1, 3]]
    """
    array = _at_least(array, "rot90", 2)
    ndim = len(array.shape)
    if len(axes) != 2 or axes[0] % ndim == axes[1] % ndim:
        raise ArgumentError("rot90 needs two axes that differ", got=tuple(axes), where=user_line())
    first, second = (axis % ndim for axis in axes)
    turns = k % 4
    if turns == 0:
        return array
    if turns == 2:
        return flip(array, axis=(first, second))
    if turns == 1:
        return swapaxes(flip(array, axis=second), axis1=first, axis2=second)
    return flip(swapaxes(array, axis1=first, axis2=second), axis=second)


def _rolled(x: Any, shift: int, axis: int) -> Any:
    n = x.shape[axis]
    if n == 0 or shift % n == 0:
        return x
    parts = []
    for start, length in ((n - shift % n, shift % n), (0, n - shift % n)):
        spans = [(0, size, 1) for size in x.shape]
        spans[axis] = (start, length, 1)
        parts.append(strided(x, spans=tuple(spans)))
    return concatenate(parts, axis=axis)


@op(samples=LINE)
def roll(x, shift=1, axis=None):
    """x moved along an axis by ``shift`` places; what falls off the end comes in at the front.

    ``shift`` and ``axis`` may be sequences; without an axis all numbers move in one row.
    Raises ArgumentError if there are several shifts for another number of axes.

    >>> roll([1, 2, 3, 4], 1).tolist(), roll([[1, 2], [3, 4]], 1, axis=0).tolist()
    ([4, 1, 2, 3], [[3, 4], [1, 2]])
    """
    if axis is None:
        return reshape(_rolled(reshape(x, shape=(-1,)), int(np.sum(shift)), 0), shape=x.shape)
    shifts, axes = np.atleast_1d(shift), np.atleast_1d(axis)
    if len(shifts) != len(axes) and 1 not in (len(shifts), len(axes)):
        raise ArgumentError("roll needs one shift for each axis", where=user_line(),
                            got=f"{len(shifts)} shifts for {len(axes)} axes")
    for each, along in zip(*np.broadcast_arrays(shifts, axes), strict=True):
        x = _rolled(x, int(each), int(along))
    return x


@known_by_name
def append(x1: Any, x2: Any, axis: int | None = None) -> Any:
    """x2 after x1 along an axis; without one, all numbers in a row.

    >>> append([1, 2], [[3], [4]]).tolist()
    [1, 2, 3, 4]
    """
    xs = [with_operators(x1), with_operators(x2)]
    return concatenate([ravel(x) for x in xs] if axis is None else xs, axis=axis or 0)


@known_by_name
def hstack(xs: Sequence[Any]) -> Any:
    """Tensors side by side: along the second axis, or the only one.

    >>> hstack([[1, 2], [3]]).tolist(), hstack([[[1], [2]], [[3], [4]]]).tolist()
    ([1, 2, 3], [[1, 3], [2, 4]])
    """
    xs = [x if x.shape else reshape(x, shape=(1,)) for x in map(with_operators, xs)]
    return concatenate(xs, axis=0 if xs and len(xs[0].shape) == 1 else 1)


@known_by_name
def vstack(xs: Sequence[Any]) -> Any:
    """Tensors one below the other: along the first axis; what has one axis is a row.

    >>> vstack([[1, 2], [3, 4]]).tolist()
    [[1, 2], [3, 4]]
    """
    return concatenate([x if len(x.shape) > 1 else reshape(x, shape=(1, -1))
                        for x in map(with_operators, xs)], axis=0)


@known_by_name
def dstack(xs: Sequence[Any]) -> Any:
    """Tensors behind each other: along the third axis, which they are given if they lack it.

    >>> dstack([[1, 2], [3, 4]]).tolist()
    [[[1, 3], [2, 4]]]
    """
    xs = [x if len(x.shape) > 1 else reshape(x, shape=(1, -1)) for x in map(with_operators, xs)]
    return concatenate([x if len(x.shape) > 2 else expand_dims(x, axis=2) for x in xs], axis=2)


@known_by_name
def hsplit(x: Any, indices_or_sections: Any) -> list[Any]:
    """x cut into columns: along the second axis, or the only one; see `split`.

    >>> [part.tolist() for part in hsplit([[1, 2], [3, 4]], 2)]
    [[[1], [3]], [[2], [4]]]
    """
    x = _at_least(x, "hsplit", 1)
    return split(x, indices_or_sections, axis=0 if len(x.shape) == 1 else 1)


@known_by_name
def vsplit(x: Any, indices_or_sections: Any) -> list[Any]:
    """x cut into rows: along the first axis; see `split`. Raises ShapeError for a single number.

    >>> [part.tolist() for part in vsplit([[1, 2], [3, 4]], 2)]
    [[[1, 2]], [[3, 4]]]
    """
    return split(_at_least(x, "vsplit", 1), indices_or_sections, axis=0)


@known_by_name
def dsplit(x: Any, indices_or_sections: Any) -> list[Any]:
    """x cut along the third axis; see `split`. Raises ShapeError for less than three axes.

    >>> [part.tolist() for part in dsplit([[[1, 2]], [[3, 4]]], 2)]
    [[[[1]], [[3]]], [[[2]], [[4]]]]
    """
    return split(_at_least(x, "dsplit", 3), indices_or_sections, axis=2)


@known_by_name
def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """x cut along an axis into so many parts; where they cannot be equal, the first are one longer.

    Raises ArgumentError for less than one part, or for a list of places.

    >>> [part.tolist() for part in array_split([1, 2, 3, 4, 5], 2)]
    [[1, 2, 3], [4, 5]]
    """
    x = with_operators(x)
    if not isinstance(indices_or_sections, int) or indices_or_sections < 1:
        raise ArgumentError("array_split needs one section or more", got=indices_or_sections,
                            where=user_line(), hint="ops.split cuts at given places")
    short, more = divmod(x.shape[axis], indices_or_sections)
    lengths = [short + (i < more) for i in range(indices_or_sections)]
    return split(x, np.cumsum(lengths)[:-1], axis=axis)


@known_by_name
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """Number by number the choice whose condition is the first to hold, else ``default``.

    Raises ArgumentError unless there is a choice for each condition, and at least one.

    >>> select([[True, False, False], [True, True, False]], [[1, 2, 3], [4, 5, 6]], 7).tolist()
    [1, 5, 7]
    """
    if len(condlist) != len(choicelist) or not condlist:
        raise ArgumentError("select needs a choice for each condition", where=user_line(),
                            got=f"{len(condlist)} conditions, {len(choicelist)} choices")
    result = default
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        result = where(condition, choice, result)
    return result
