"""Taking numbers out of a tensor, and putting them in, at places that are numbers themselves."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.atoms.choices import (
    greater_equal,
    less,
    logical_and,
    maximum,
    minimum,
    where,
)
from pellucid.atoms.elementwise import add, cast
from pellucid.atoms.host import host_function
from pellucid.atoms.indexing import take
from pellucid.atoms.shaping import broadcast_to, gather, reshape, scatter_add
from pellucid.core.errors import KindError, ShapeError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import Abstract

# The number of the row that writes each place last, -1 for a place that nobody writes.
last_writer = host_function(
    "last_writer", lambda places, *, size: _written(places, size),
    lambda places, size: Abstract((size,), "int32"),
    about="For each of ``size`` places the number of the last entry that names it, or -1.")


def _written(places: Any, size: int) -> Any:
    writer = np.full(size, -1, np.int32)
    writer[places] = np.arange(len(places))          # of equal places NumPy keeps the last
    return writer


def whole_numbers(indices: Any, room: int, owner: str) -> Any:
    """Indices in a dtype that can count ``room`` places; KindError if they are no integers."""
    if "int" not in indices.dtype:
        raise KindError(f"{owner} needs indices that are integers", got=indices.dtype,
                        where=user_line(), hint='cast them: ops.cast(indices, "int32")')
    return cast(indices, dtype="int32" if room < 2 ** 31 else "int64")


def _counted(index: Any, n: int) -> tuple[Any, Any]:
    """An index from 0 on (a negative one counts from the end), and whether it is within n."""
    index = where(less(index, 0), index + n, index)
    return index, logical_and(greater_equal(index, 0), less(index, n))


def row_places(indices: Any, lead: Sequence[int]) -> Any:
    """For each index over the axes ``lead`` its place in row order.

    ``(…, len(lead)) → (…)``. What is out of range gets the place after the last one.
    """
    size = math.prod(lead)
    steps = [math.prod(lead[i + 1:]) for i in range(len(lead))]
    counted = [_counted(indices[..., i], n) for i, n in enumerate(lead)]
    place = functools.reduce(add, (index * step for (index, _), step in
                                   zip(counted, steps, strict=True)))
    inside = functools.reduce(logical_and, (fits for _, fits in counted))
    return where(inside, place, size)


@op(judge="keras")
def take_along_axis(x, indices, axis=None):
    """The number of x that each index names, along one axis: yᵢⱼ = xᵢₖ with k = indicesᵢⱼ.

    The other axes of both broadcast. Without an axis x is one row, and so are the indices.
    Raises an error where an index is out of range.

    >>> take_along_axis([[1.0, 2.0], [3.0, 4.0]], [[1], [0]], axis=1).tolist()
    [[2.0], [3.0]]
    """
    if axis is None:
        x, axis = reshape(x, shape=(-1,)), 0
    if len(indices.shape) != len(x.shape):
        raise ShapeError(f"take_along_axis needs indices with {len(x.shape)} axes, as x has",
                         got=f"shape {tuple(indices.shape)}", where=user_line())
    axis, size = axis % len(x.shape), math.prod(x.shape)
    index, fits = _counted(whole_numbers(indices, size + 1, "take_along_axis"), x.shape[axis])
    place = index * math.prod(x.shape[axis + 1:]) + _corners(x.shape, axis)
    return gather(reshape(x, shape=(-1,)), where(fits, place, size), axis=0)


def _corners(shape: Any, axis: int) -> np.ndarray:
    """Where in row order the line along ``axis`` begins, for each place on the other axes."""
    lines = [1 if i == axis else n for i, n in enumerate(shape)]
    steps = [math.prod(shape[i + 1:]) for i in range(len(shape))]
    kind = "int32" if math.prod(shape) + 1 < 2 ** 31 else "int64"
    begin = np.zeros((), kind)
    for i, (n, step) in enumerate(zip(lines, steps, strict=True)):
        place = np.arange(n, dtype=kind) * step
        begin = begin + place.reshape([-1 if j == i else 1 for j in range(len(shape))])
    return begin


@op(judge="keras")
def scatter(indices, values, shape=()):
    """Zeros of a shape with ``values`` added at ``indices``.

    ``indices`` (…, k) name places on the first k axes; ``values`` have the shape (…) and then that
    of the other axes. Values for one place add up; what is out of range is left out.

    >>> scatter([[0], [2], [2]], [1.0, 2.0, 3.0], (4,)).tolist()
    [1.0, 0.0, 5.0, 0.0]
    """
    depth, shape = indices.shape[-1], tuple(int(n) for n in shape)
    lead, rest = shape[:depth], shape[depth:]
    size = math.prod(lead)
    place = reshape(row_places(whole_numbers(indices, size + 1, "scatter"), lead), shape=(-1,))
    rows = broadcast_to(values, shape=(*indices.shape[:-1], *rest))
    total = scatter_add(reshape(rows, shape=(math.prod(place.shape), *rest)), place, axis=0,
                        size=size + 1)
    return reshape(total[:size], shape=shape)


@op(judge="keras")
def slice_update(inputs, start_indices, updates):
    """``inputs`` with the block that begins at ``start_indices`` replaced by ``updates``.

    A block that would reach over the end is moved back until it fits.

    >>> slice_update([1.0, 2.0, 3.0], [1], [7.0, 8.0]).tolist()
    [1.0, 7.0, 8.0]
    """
    starts = _starts(start_indices, inputs.shape, updates.shape, "slice_update")
    if 0 in updates.shape:
        return inputs
    inside, block = None, cast(updates, dtype=inputs.dtype)
    for axis, (n, size) in enumerate(zip(inputs.shape, updates.shape, strict=True)):
        place = np.arange(n, dtype=np.int32) - starts[axis]
        here = logical_and(greater_equal(place, 0), less(place, size))
        here = reshape(here, shape=[-1 if i == axis else 1 for i in range(len(inputs.shape))])
        block = take(block, minimum(maximum(place, 0), size - 1), axis=axis)
        inside = here if inside is None else logical_and(inside, here)
    return block if inside is None else where(inside, block, inputs)


@op(judge="keras")
def slice(inputs, start_indices, shape=()):
    """The block of ``inputs`` of a given shape that begins at ``start_indices``.

    The start may be a tensor; -1 in ``shape`` takes all that follows, from a start that is known.
    A block that would reach over the end is moved back until it fits.

    >>> slice([[1, 2, 3], [4, 5, 6]], [0, 1], (2, 2)).tolist()
    [[2, 3], [5, 6]]
    """
    shape = [n - int(start_indices[i]) if size == -1 else size
             for i, (size, n) in enumerate(zip(shape, inputs.shape, strict=False))]
    starts = _starts(start_indices, inputs.shape, shape, "slice")
    for axis, size in enumerate(shape):
        inputs = take(inputs, starts[axis] + np.arange(size, dtype=np.int32), axis=axis)
    return inputs


def _starts(start: Any, whole: Any, block: Any, owner: str) -> list[Any]:
    """The beginning of a block on each axis, moved to where the block fits."""
    if not len(whole) == len(block) == math.prod(start.shape) or any(
            b > n for n, b in zip(whole, block, strict=True)):
        raise ShapeError(f"{owner} needs a start and a length on each axis of {tuple(whole)}, "
                         "none longer than that", where=user_line(),
                         got=f"a start for {math.prod(start.shape)} axes, a block {tuple(block)}")
    start = whole_numbers(start, max([0, *whole]), owner)
    counted = [_counted(start[i], n)[0] for i, n in enumerate(whole)]
    return [minimum(maximum(at, 0), n - b) for at, n, b in zip(counted, whole, block, strict=True)]


@op(judge="keras")
def unravel_index(indices, shape=()):
    """Places in row order as indices: for each axis of ``shape`` a tensor.

    A negative place counts from the end; what is out of range is moved to the first or last.

    >>> [each.tolist() for each in unravel_index([1, 5], (2, 3))]
    [[0, 1], [1, 2]]
    """
    size = math.prod(shape)
    place = where(less(indices, 0), indices + size, indices)
    place, found = minimum(maximum(place, 0), size - 1), []
    for n in reversed(shape):
        found.append(place % n)
        place = place // n
    return tuple(reversed(found))
