"""Taking numbers out of a tensor by where they stand."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.choices import equal
from pellucid.atoms.elementwise import cast
from pellucid.atoms.shaping import expand_dims, gather, moveaxis, reshape, strided
from pellucid.core import dtypes
from pellucid.core.calls import known_by_name
from pellucid.core.errors import KindError, ShapeError, TracingError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import Abstract, Arraylike, convert, with_operators


@op
def get_item(x, index=()):
    """x[index]: numbers, slices, None, ..., and one tensor or list of integers, or a mask.

    Raises ShapeError for an index that is out of range, KindError for two lists at once.

    >>> get_item([[1, 2, 3], [4, 5, 6]], index=(0, slice(None, None, 2))).tolist()
    [1, 3]
    """
    index = list(index) if isinstance(index, tuple) else [index]
    if len(index) == 1 and np.ndim(index[0]) > 1 and _is_mask(index[0]):
        rest = x.shape[np.ndim(index[0]):]           # a mask over several axes makes them one
        x, index = reshape(x, shape=(-1, *rest)), [reshape(index[0])]
    index = _spelled_out(index, x.shape)
    spans, shape, gathers = _read(index, x.shape)
    if any(span != (0, n, 1) for span, n in zip(spans, x.shape, strict=True)):
        x = strided(x, spans=tuple(spans))
    if tuple(shape) != tuple(x.shape):
        x = reshape(x, shape=tuple(shape))
    for axis, indices in gathers:
        x = take(x, indices, axis=axis)
        if _apart(index):                            # NumPy's rule: then their axes go first
            count = len(np.shape(indices))
            x = moveaxis(x, source=range(axis, axis + count), destination=range(count))
    return x


def _spelled_out(index: list[Any], shape: Any) -> list[Any]:
    """The index with its ``...`` written as slices, one for each axis it stands for."""
    dots = [i for i, each in enumerate(index) if each is Ellipsis]
    given = sum(each is not None and each is not Ellipsis for each in index)
    if given > len(shape):
        raise ShapeError(f"an index for {given} axes", got=f"a tensor of shape {tuple(shape)}",
                         where=user_line())
    for i in dots[:1]:
        index = [*index[:i], *[slice(None)] * (len(shape) - given), *index[i + 1:]]
    return index


def _read(index: list[Any], sizes: Any) -> tuple[list[Any], list[int], list[Any]]:
    """(start, length, step) per axis, the shape they leave, and (axis, indices) of a tensor."""
    spans, shape, gathers, left = [], [], [], iter(sizes)
    for each in index:
        if each is None:
            shape.append(1)
            continue
        n = next(left)
        if isinstance(each, slice):
            start, stop, step = each.indices(n)
            spans.append((start, len(range(start, stop, step)), step))
            shape.append(spans[-1][1])
        elif isinstance(each, (int, np.integer)) and not isinstance(each, bool):
            spans.append((_place_in(int(each), n), 1, 1))
        else:
            gathers.append((len(shape), _integers(each)))
            spans.append((0, n, 1))
            shape.append(n)
    if len(gathers) > 1:
        raise KindError("at most one tensor or list may stand in an index", where=user_line(),
                        hint="index one axis after the other, or use ops.take")
    rest = list(left)
    return [*spans, *((0, n, 1) for n in rest)], [*shape, *rest], gathers


def _place_in(i: int, n: int) -> int:
    if not -n <= i < n:
        raise ShapeError(f"index {i} is out of range for an axis of length {n}",
                         where=user_line())
    return i % n


def _apart(index: list[Any]) -> bool:
    """Whether a slice or None stands between the numbers and the tensor of an index."""
    places = [i for i, each in enumerate(index) if each is not None and not isinstance(each, slice)]
    return places[-1] - places[0] >= len(places)


def _integers(index: Any) -> Any:
    index = convert(index)
    if not _is_mask(index):
        return index
    if index.ndim != 1:
        raise ShapeError("a mask in an index has one axis (or is the whole index)",
                         got=f"shape {index.shape}", where=user_line())
    if isinstance(index.value, Abstract):
        raise TracingError("the shape of x[mask] depends on how many numbers of the mask are true, "
                           "which is not known while a function is traced into a Plan",
                           where=user_line(), hint="use ops.where(mask, x, 0), or "
                           "compile(run_eagerly=True) to run step by step")
    return convert(np.nonzero(np.asarray(index))[0])


def _is_mask(index: Any) -> bool:
    return str(getattr(index, "dtype", "")) == "bool"


@op
def take(x, indices, axis=None):
    """The entries of x at integer ``indices`` along an axis (of all numbers in a row if None).

    >>> take([[1, 2, 3], [4, 5, 6]], [2, 0], axis=1).tolist()
    [[3, 1], [6, 4]]
    """
    if axis is None:
        x, axis = reshape(x, shape=(-1,)), 0
    return gather(x, indices, axis=axis % len(x.shape))


@known_by_name
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """x cut along an axis: into equal parts (a number) or before the given indices (a list).

    Raises ShapeError if the parts would not be equal.

    >>> [part.tolist() for part in split([1, 2, 3, 4], 2)]
    [[1, 2], [3, 4]]
    >>> [part.tolist() for part in split([1, 2, 3, 4], [1])]
    [[1], [2, 3, 4]]
    """
    x = with_operators(x)
    n = x.shape[axis]
    if isinstance(indices_or_sections, int):
        if n % indices_or_sections:
            raise ShapeError(f"an axis of length {n} cannot be cut into {indices_or_sections} "
                             "equal parts", where=user_line())
        width = n // indices_or_sections
        cuts = list(range(width, n, width))
    else:
        cuts = [int(each) for each in indices_or_sections]
    lead = (slice(None),) * (axis % len(x.shape))
    return [get_item(x, index=(*lead, slice(a, b)))
            for a, b in zip([0, *cuts], [*cuts, n], strict=True)]


def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Any]:
    """The slices of x along an axis, as a list.

    >>> [part.tolist() for part in unstack([[1, 2], [3, 4]], axis=1)]
    [[1, 3], [2, 4]]
    """
    x = with_operators(x)
    lead = (slice(None),) * (axis % len(x.shape))
    return [get_item(x, index=(*lead, i)) for i in range(num or x.shape[axis])]


def repeat(x: Any, repeats: int, axis: int | None = None) -> Any:
    """Each entry of x ``repeats`` times in a row along an axis.

    >>> repeat([1, 2], 2).tolist()
    [1, 1, 2, 2]
    """
    x = with_operators(x)
    if not isinstance(x, Arraylike):                     # a symbol: its shape comes with its value
        return repeated(x, repeats=repeats, axis=axis)
    if axis is None:
        x, axis = reshape(x, shape=(-1,)), 0
    return take(x, np.repeat(np.arange(x.shape[axis], dtype=np.int32), repeats), axis=axis)


@op
def repeated(x, repeats=1, axis=None):
    """`repeat` as an op: a node of a functional model, where the shape is not known yet.

    >>> repeated([1, 2], repeats=2).tolist()
    [1, 1, 2, 2]
    """
    return repeat(x, repeats, axis)


@op
def one_hot(x, num_classes, axis=-1, dtype=None):
    """Integers as vectors with a single 1: class k of n is the k-th unit vector.

    (...) → (..., num_classes); a number that is no class gives zeros only.

    >>> one_hot([2, 0], 3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    axis = axis % (len(x.shape) + 1)
    columns = [1] * (len(x.shape) + 1)
    columns[axis] = num_classes
    classes = np.arange(num_classes, dtype=np.int32).reshape(columns)
    return cast(equal(expand_dims(x, axis=axis), classes), dtype=dtypes.standardize(dtype))
