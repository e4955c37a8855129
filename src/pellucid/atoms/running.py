"""Along an axis: running products, differences, spans, weighted averages, areas, counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.choices import greater, greater_equal, not_equal, where
from pellucid.atoms.elementwise import cast, floating
from pellucid.atoms.reductions import max, mean, min, sum
from pellucid.atoms.samples import uniform
from pellucid.atoms.shaping import (
    broadcast_to,
    concatenate,
    expand_dims,
    moveaxis,
    reshape,
    scatter_add,
    stack,
    strided,
)
from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, KindError, ShapeError, TracingError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import Abstract, with_operators

LINE = [uniform(0.3, 3)]


def _part(x: Any, start: int, stop: int, axis: int) -> Any:
    """x[start:stop] along one axis."""
    spans = [(0, n, 1) for n in x.shape]
    spans[axis] = (start, stop - start, 1)
    return strided(x, spans=tuple(spans))


@op(samples=LINE)
def running_product(x, axis=0):
    """Running products along one axis, by doubling: each number times the product that ends
    1, 2, 4, … places before it.

    >>> running_product([1, 2, 3, 4]).tolist()
    [1, 2, 6, 24]
    """
    n, step = x.shape[axis], 1
    while step < n:
        moved = _part(x, step, n, axis) * _part(x, 0, n - step, axis)
        x = concatenate([_part(x, 0, step, axis), moved], axis=axis)
        step *= 2
    return x


def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Running products along an axis (of all numbers in a row if axis is None).

    >>> cumprod([1, 2, 3]).tolist()
    [1, 2, 6]
    """
    x = with_operators(x)
    kind = "int32" if str(x.dtype) == "bool" else x.dtype
    x = cast(x, dtype=kind if dtype is None else dtypes.standardize(dtype))
    return running_product(reshape(x, shape=(-1,)) if axis is None else x, axis=axis or 0)


@op(samples=LINE)
def diff(a, n=1, axis=-1):
    """The differences of neighbours along an axis, ``n`` times over.

    >>> diff([1, 4, 9, 16]).tolist(), diff([1, 4, 9, 16], n=2).tolist()
    ([3, 5, 7], [2, 2])
    """
    if n < 0:
        raise ArgumentError("diff needs n of at least 0", got=n, where=user_line())
    for _ in range(n):
        if a.shape[axis] == 0:
            break
        upper, lower = _part(a, 1, a.shape[axis], axis), _part(a, 0, a.shape[axis] - 1, axis)
        a = not_equal(upper, lower) if str(a.dtype) == "bool" else upper - lower
    return a


@op(samples=LINE)
def ptp(x, axis=None, keepdims=False):
    """From peak to peak: the largest number less the smallest.

    >>> ptp([[1, 5], [7, 3]], axis=1).tolist()
    [4, 4]
    """
    return max(x, axis=axis, keepdims=keepdims) - min(x, axis=axis, keepdims=keepdims)


def average(x: Any, axis: Any = None, weights: Any = None) -> Any:
    """Σ w x / Σ w: the mean, where each number may have a weight of its own.

    ``weights`` has the shape of x, or one number for each entry along ``axis``. Raises ShapeError
    for any other.

    >>> average([1.0, 2.0, 3.0], weights=[0, 1, 1]).tolist()
    2.5
    """
    x = with_operators(x)
    if weights is None:
        return mean(x, axis=axis)
    weights = with_operators(weights)
    if tuple(weights.shape) != tuple(x.shape):
        if not isinstance(axis, int) or tuple(weights.shape) != (x.shape[axis],):
            raise ShapeError("average needs weights of the shape of x, or one for each entry along "
                             "the axis", got=f"weights of shape {tuple(weights.shape)} for x of "
                             f"shape {tuple(x.shape)}, axis={axis}", where=user_line())
        shape = [1] * len(x.shape)
        shape[axis] = x.shape[axis]
        weights = broadcast_to(reshape(weights, shape=shape), shape=x.shape)
    weights = floating(weights)
    return sum(weights * x, axis=axis) / sum(weights, axis=axis)


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The area under points joined by straight lines: Σ (yᵢ + yᵢ₊₁) / 2 · (xᵢ₊₁ - xᵢ).

    Without ``x`` the points are ``dx`` apart.

    >>> trapezoid([1, 2, 3]).tolist(), trapezoid([1, 2, 3], x=[4, 6, 8]).tolist()
    (4.0, 8.0)
    """
    y = moveaxis(with_operators(y), source=axis, destination=-1)
    if x is not None:
        x = with_operators(x)
        dx = diff(x if len(x.shape) == 1 else moveaxis(x, source=axis, destination=-1))
    n = y.shape[-1]
    return sum(dx * (_part(y, 1, n, -1) + _part(y, 0, n - 1, -1)) / 2, axis=-1)


def digitize(x: Any, bins: Any) -> Any:
    """In which bin each number lies: i where bins[i - 1] ≤ x < bins[i].

    ``bins`` rise or fall along their one axis (where they fall: bins[i - 1] > x ≥ bins[i]).

    >>> digitize([0.2, 1.0, 6.4], [0.0, 1.0, 2.5, 4.0]).tolist()
    [1, 2, 4]
    """
    x, bins = with_operators(x), with_operators(bins)
    if len(bins.shape) != 1:
        raise ShapeError("digitize needs bins along one axis",
                         got=f"shape {tuple(bins.shape)}", where=user_line())
    above = sum(cast(greater(bins, expand_dims(x, axis=-1)), dtype="int32"), axis=-1)
    n = bins.shape[0]
    if n == 0:
        return above
    rising = greater_equal(_part(bins, n - 1, n, 0), _part(bins, 0, 1, 0))
    return where(reshape(rising, shape=()), n - above, above)


def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Any:
    """How often each whole number from 0 on occurs (or the sum of its ``weights``).

    (n,) → (largest + 1,), at least ``minlength``; (batch, n) counts each row by itself. The shape
    depends on the numbers, so x must be known. Raises ArgumentError for ``sparse=True``.

    >>> bincount([0, 1, 1, 3]).tolist(), bincount([0, 1, 1], weights=[0.5, 1.0, 2.0]).tolist()
    ([1, 2, 0, 1], [0.5, 3.0])
    """
    x = with_operators(x)
    if sparse:
        raise ArgumentError("bincount gives dense tensors: sparse must be False", got=sparse,
                            where=user_line())
    if not dtypes.is_whole(x.dtype):
        raise KindError("bincount counts whole numbers", got=str(x.dtype), where=user_line(),
                        hint='ops.cast(x, "int32")')
    if isinstance(getattr(x, "value", None), Abstract):
        raise TracingError("the shape of bincount depends on its numbers, which are not known "
                           "while a function is traced into a Plan", where=user_line(),
                           hint="use ops.sum(ops.one_hot(x, n), axis=0)")
    places = np.maximum(np.asarray(x).astype(np.int32), 0)      # below 0 counts as 0, as in Keras
    size = int(np.max(places, initial=minlength - 1)) + 1
    ones = np.ones(x.shape, "int32") if weights is None else with_operators(weights)
    if len(x.shape) == 1:
        return scatter_add(ones, places, axis=0, size=size)
    return stack([scatter_add(ones[i], places[i], axis=0, size=size)
                  for i in range(x.shape[0])])
