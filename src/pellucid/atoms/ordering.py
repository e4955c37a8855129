"""What the order of numbers says: sorting, the largest k, and where a number would stand."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.choices import greater, greater_equal, less, less_equal, logical_and, where
from pellucid.atoms.elementwise import cast, isnan
from pellucid.atoms.host import host_function, like
from pellucid.atoms.indexing import take
from pellucid.atoms.reductions import sum
from pellucid.atoms.shaping import expand_dims, reshape
from pellucid.atoms.slicing import take_along_axis
from pellucid.core import dtypes
from pellucid.core.errors import ShapeError, TracingError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import Abstract, convert


def _order(x: Any, *, axis: int, descending: bool) -> Any:
    if not descending:
        return np.argsort(x, axis=axis, kind="stable")
    back = np.flip(np.argsort(np.flip(x, axis), axis=axis, kind="stable"), axis)
    return x.shape[axis] - 1 - back


_order_of = host_function(
    "argsort", _order, lambda x, **_: like(x, dtype="int32"),
    about="The indices that put x in order along an axis; equal numbers keep their order.")
_searched = host_function(
    "searchsorted", lambda a, v, *, side: np.searchsorted(a, v, side=side),
    lambda a, v, side: like(v, dtype="int32"),
    about="How many numbers of a sorted row stand before each value.")
_member = host_function(
    "isin", lambda x, among: np.isin(x, among), lambda x, among: like(x, dtype="bool"),
    about="Whether each number of x is among others.")


@op(judge="keras")
def argsort(x, axis=-1):
    """The indices that put x in ascending order along an axis (of all numbers if None).

    Equal numbers keep their order; NaN comes last. No gradient passes. A host call.

    >>> argsort([3.0, 1.0, 2.0]).tolist()
    [1, 2, 0]
    """
    if axis is None or len(x.shape) == 0:
        x, axis = reshape(x, shape=(-1,)), 0
    return _order_of(x, axis=axis % len(x.shape), descending=False)


@op(judge="keras")
def sort(x, axis=-1):
    """x in ascending order along an axis (all numbers in a row if None); NaN comes last.

    The gradient of each number goes back to where it came from.

    >>> sort([3.0, 1.0, 2.0]).tolist()
    [1.0, 2.0, 3.0]
    """
    if axis is None:
        x, axis = reshape(x, shape=(-1,)), 0
    return take_along_axis(x, argsort(x, axis=axis), axis=axis)


@op(judge="keras")
def argpartition(x, kth, axis=-1):
    """Indices that put number ``kth`` where sorting would, all smaller ones before it.

    The order within the two parts is not promised (here all of x is in order). No gradient passes.

    >>> argpartition([3.0, 1.0, 2.0], 1).tolist()[1]
    2
    """
    n = int(np.prod(x.shape)) if axis is None else x.shape[axis]
    if not -n <= int(kth) < n:
        raise ShapeError(f"argpartition needs a kth within an axis of length {n}", got=int(kth),
                         where=user_line())
    return argsort(x, axis=axis)


@op(judge="keras")
def top_k(x, k, sorted=True):
    """The k largest numbers along the last axis, in descending order, and where they stand.

    Of equal numbers the first comes first; NaN counts as the largest. Gives ``(values, indices)``;
    with ``sorted=False`` too the order is this one.

    >>> values, indices = top_k([1.0, 5.0, 3.0], 2)
    >>> values.tolist(), indices.tolist()
    ([5.0, 3.0], [1, 2])
    """
    k = int(k)
    if not x.shape or not 0 <= k <= x.shape[-1]:
        raise ShapeError(f"top_k needs at least k = {k} numbers along the last axis",
                         got=f"shape {tuple(x.shape)}", where=user_line())
    places = _order_of(x, axis=len(x.shape) - 1, descending=True)[..., :k]
    return take_along_axis(x, places, axis=-1), places


@op(judge="keras")
def in_top_k(targets, predictions, k):
    """Whether the prediction for the target class is among the k largest of its row.

    ``targets`` (…) are class numbers, ``predictions`` (…, classes). A tie at the border counts as
    inside; NaN is the smallest; a number that is no class is never inside.

    >>> in_top_k([1, 0], [[0.1, 0.9, 0.5], [0.1, 0.9, 0.5]], 2).tolist()
    [True, False]
    """
    n = predictions.shape[-1]
    known = logical_and(greater_equal(targets, 0), less(targets, n))
    place = expand_dims(where(known, targets, 0), axis=-1)
    chosen = take_along_axis(predictions, place, axis=-1)
    chosen = where(isnan(chosen), float("-inf"), chosen)
    above = sum(cast(greater(predictions, chosen), dtype="int32"), axis=-1)
    return logical_and(known, less_equal(1 + above, k))


@op(judge="keras")
def searchsorted(sorted_sequence, values, side="left"):
    """Where each value would have to stand in a sorted row: how many numbers come before it.

    With side "left" those that are smaller count, with "right" equal ones too. A host call.
    Raises ShapeError unless the sequence has one axis.

    >>> searchsorted([1.0, 2.0, 4.0], [2.0, 3.0]).tolist()
    [1, 2]
    """
    if len(np.shape(sorted_sequence)) != 1:
        raise ShapeError("searchsorted needs a sorted sequence with one axis",
                         got=f"shape {tuple(np.shape(sorted_sequence))}", where=user_line(),
                         hint="use ops.vectorized_map for several sequences")
    return _searched(*_met(sorted_sequence, values), side=side)


@op(judge="keras")
def isin(x1, x2, assume_unique=False, invert=False):
    """Whether each number of x1 is among those of x2 (or, with ``invert``, is not). A host call.

    ``assume_unique`` changes nothing.

    >>> isin([1, 2, 3], [3, 1]).tolist()
    [True, False, True]
    """
    found = _member(*_met(x1, x2))
    return ~found if invert else found


def _met(*xs):
    """The operands in their common dtype."""
    common = dtypes.result_type(*map(dtypes.of, xs))
    return [cast(convert(x), dtype=common) for x in xs]


# what has as many numbers as the values say: only where values are known
def nonzero(x: Any) -> tuple[Any, ...]:
    """Where x is not zero: for each axis the indices of all numbers that are not.

    Raises TracingError in a compiled function, where the numbers are not known.

    >>> [each.tolist() for each in nonzero([[0, 5], [7, 0]])]
    [[0, 1], [1, 0]]
    """
    x = _known(x, "nonzero", "use ops.where(x != 0, a, b)")
    return tuple(convert(each.astype(np.int32)) for each in np.nonzero(np.atleast_1d(x)))


def unique(x: Any, sorted: bool = True, return_index: bool = False, return_inverse: bool = False,
           return_counts: bool = False, axis: int | None = None, size: int | None = None,
           fill_value: Any = None) -> Any:
    """The distinct numbers of x (or its distinct slices along an axis), in ascending order.

    On request also where each first stands, which of them each number of x is, and how often each
    occurs. ``size`` cuts the result or fills it up with ``fill_value`` (the smallest if None).
    Raises TracingError in a compiled function, where the numbers are not known.

    >>> unique([3, 1, 3]).tolist()
    [1, 3]
    """
    values = _known(x, "unique", "make x unique before the model sees it")
    _, first, inverse, counts = np.unique(values, return_index=True, return_inverse=True,
                                          return_counts=True, axis=axis, equal_nan=False)
    there = len(first)
    if size is not None:
        first, counts = _sized(first, size, first[0]), _sized(counts, size, 0)
    distinct = take(convert(x), first.astype(np.int32), axis=axis)
    if size is not None and fill_value is not None:
        real = (np.arange(size) < there).reshape(
            [-1 if i == (axis or 0) % distinct.ndim else 1 for i in range(distinct.ndim)])
        distinct = where(real, distinct, convert(fill_value, distinct.dtype))
    asked = [(return_index, first), (return_inverse, inverse), (return_counts, counts)]
    more = [convert(each.astype(np.int32)) for wanted, each in asked if wanted]
    return (distinct, *more) if more else distinct


def _sized(x: np.ndarray, size: int, more: int) -> np.ndarray:
    return np.concatenate([x[:size], np.full(max(size - len(x), 0), more, x.dtype)])


def _known(x: Any, name: str, hint: str) -> np.ndarray:
    x = convert(x)
    if isinstance(x.value, Abstract):
        raise TracingError(f"the shape of {name}(x) depends on the numbers of x, which are not "
                           "known while a function is traced into a Plan", where=user_line(),
                           hint=f"{hint}, or compile(run_eagerly=True) to run step by step")
    return np.asarray(x)
