"""Atoms that gather many numbers into fewer, and the statistics made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.choices import equal, not_equal, where
from pellucid.atoms.elementwise import (
    abs,
    cast,
    divide,
    exp,
    log,
    power,
    sqrt,
    square,
    stop_gradient,
)
from pellucid.atoms.samples import uniform
from pellucid.atoms.shaping import broadcast_to, flip, reshape
from pellucid.core import dtypes
from pellucid.core.atom import atom
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import as_operand

LINE = [uniform(0.3, 3)]


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """The reduced axes as a tuple of numbers from 0: None means all of them."""
    if axis is None:
        return tuple(range(ndim))
    axes = (axis,) if isinstance(axis, (int, np.integer)) else axis
    for each in axes:
        if not -ndim <= each < ndim:
            raise ShapeError(f"axis {each} is out of range for {ndim} axes", where=user_line())
    return tuple(int(each) % ndim for each in axes)


def kept_shape(shape: tuple[int, ...], axis: Any) -> tuple[int, ...]:
    """The shape after a reduction that keeps the reduced axes with length 1."""
    axes = axes_of(axis, len(shape))
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def _restore(y: Any, x: Any, axis: Any) -> Any:
    """y, reduced from x along axis, stretched over x's shape again."""
    return broadcast_to(reshape(y, shape=kept_shape(x.shape, axis)), shape=x.shape)


def summed_dtype(dtype: Any) -> str:
    """Where many numbers add up: small ints, in which a sum would soon overflow, take 32 bits."""
    name = str(dtype)
    return {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32",
            "uint16": "uint32"}.get(name, name)


def _reduction(value: Any) -> Any:
    def body(x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
        return value(x, axis=axes_of(axis, np.ndim(x)), keepdims=keepdims)
    return body


def _sum(x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    return np.sum(x, axis=axes_of(axis, np.ndim(x)), keepdims=keepdims,
                  dtype=summed_dtype(x.dtype))


def _prod(x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    return np.prod(x, axis=axes_of(axis, np.ndim(x)), keepdims=keepdims,
                   dtype=summed_dtype(x.dtype))


def _share_of_ties(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest number takes the gradient; equal ones share it."""
    hit = cast(equal(x, _restore(y, x, axis)), dtype=x.dtype)
    return _restore(g, x, axis) * hit / sum(hit, axis=axis, keepdims=True)


def _of_product(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The product of all others: y / x, but where a factor is zero the rest is multiplied anew."""
    zero = equal(x, 0)
    zeros = sum(cast(zero, dtype=x.dtype), axis=axis, keepdims=True)
    rest = prod(where(zero, 1, x), axis=axis, keepdims=True)
    others = where(zero, where(equal(zeros, 1), rest, 0),
                   where(equal(zeros, 0), rest / where(zero, 1, x), 0))
    return _restore(g, x, axis) * others


sum = atom(
    "sum", _sum, lambda g, y, x, axis=None, keepdims=False: _restore(g, x, axis),
    about="The sum along an axis, or several (of all numbers if None).",
    example=("sum([[1, 2], [3, 4]], axis=0)", [4, 6]), tex=r"\sum {0:>}", samples=LINE)
max = atom(
    "max", _reduction(np.max), _share_of_ties,
    about="The largest number along an axis (of all if None); equal ones share its gradient.",
    example=("max([[1, 2], [3, 0]], axis=0)", [3, 2]), tex=r"\max({0:0})", samples=LINE)
min = atom(
    "min", _reduction(np.min), _share_of_ties,
    about="The smallest number along an axis (of all if None); equal ones share its gradient.",
    example=("min([[1, 2], [3, 0]], axis=0)", [1, 0]), tex=r"\min({0:0})", samples=LINE)
prod = atom(
    "prod", _prod, _of_product,
    about="The product along an axis, or several (of all numbers if None).",
    example=("prod([[1, 2], [3, 4]], axis=0)", [3, 8]), tex=r"\prod {0:>}", samples=LINE)
any = atom(
    "any", _reduction(np.any), None,
    about="Whether at least one is true along an axis (of all if None).",
    example=("any([[True, False], [False, False]], axis=0)", [True, False]),
    meet="bool", tex=r"\bigvee {0:>}")
all = atom(
    "all", _reduction(np.all), None,
    about="Whether every one is true along an axis (of all if None).",
    example=("all([[True, False], [True, True]], axis=0)", [True, False]),
    meet="bool", tex=r"\bigwedge {0:>}")
argmax = atom(
    "argmax", lambda x, *, axis=None, keepdims=False: np.argmax(
        x, axis=axis, keepdims=keepdims).astype(np.int32), None,
    about="Where the largest number stands along an axis (the first of equal ones).",
    example=("argmax([[1, 5, 2], [7, 0, 7]], axis=1)", [1, 0]), samples=LINE)


def _cumsum(x: Any, *, axis: int = 0) -> Any:
    return np.cumsum(x, axis=axis, dtype=x.dtype)


_running_sum = atom(
    "cumsum", _cumsum, lambda g, y, x, axis=0: flip(
        _running_sum(flip(g, axis=axis), axis=axis), axis=axis),
    about="Running totals along one axis.", samples=LINE)


def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Running totals along an axis (of all numbers in a row if axis is None).

    >>> cumsum([1, 2, 3]).tolist()
    [1, 3, 6]
    """
    x = as_operand(x) if dtype is None else cast(x, dtype=dtypes.standardize(dtype))
    x = cast(x, dtype="int32") if dtypes.of(x) == "bool" else x
    return _running_sum(reshape(x, shape=(-1,)) if axis is None else x, axis=axis or 0)


@op(samples=LINE)
def argmin(x, axis=None, keepdims=False):
    """Where the least number stands (the first of equal ones).

    >>> argmin([[1, 5, 2], [7, 0, 7]], axis=1).tolist()
    [0, 1]
    """
    return argmax(-x, axis=axis, keepdims=keepdims)


@op(samples=LINE)
def mean(x, axis=None, keepdims=False):
    """The average: the sum over an axis, divided by the number of terms.

    >>> mean([[1.0, 2.0], [3.0, 6.0]], axis=0).tolist()
    [2.0, 4.0]
    """
    n = int(np.prod([x.shape[i] for i in axes_of(axis, len(x.shape))], dtype=np.int64))
    return divide(sum(x, axis=axis, keepdims=keepdims), float(n))


@op(samples=LINE)
def var(x, axis=None, keepdims=False):
    """The mean squared distance from the mean (with n, not n - 1, below).

    >>> var([[1.0, 2.0], [3.0, 6.0]], axis=0).tolist()
    [1.0, 4.0]
    """
    return mean(square(x - mean(x, axis=axis, keepdims=True)), axis=axis, keepdims=keepdims)


@op(samples=LINE)
def std(x, axis=None, keepdims=False):
    """The standard deviation: the root of the variance.

    >>> std([[1.0, 2.0], [3.0, 6.0]], axis=0).tolist()
    [1.0, 2.0]
    """
    return sqrt(var(x, axis=axis, keepdims=keepdims))


@op
def count_nonzero(x, axis=None):
    """How many numbers are not zero.

    >>> count_nonzero([[0, 5, 2], [0, 0, 7]], axis=1).tolist()
    [2, 1]
    """
    return sum(cast(not_equal(x, 0), dtype="int32"), axis=axis)


@op(samples=[uniform(-3, 3)])
def logsumexp(x, axis=None, keepdims=False):
    """log Σ eˣ: a smooth maximum.

    >>> logsumexp([[-1000.0, 0.0], [1000.0, 0.0]], axis=1).tolist()
    [0.0, 1000.0]
    """
    return log(sum(exp(x), axis=axis, keepdims=keepdims))


@logsumexp.stable                     # with the largest exponent taken out, nothing overflows
def _(x, axis=None, keepdims=False):
    top = max(x, axis=axis, keepdims=True)
    top = stop_gradient(where(equal(abs(top), float("inf")), 0, top))
    total = log(sum(exp(x - top), axis=axis, keepdims=True)) + top
    if keepdims:
        return total
    axes = axes_of(axis, len(x.shape))
    return reshape(total, shape=tuple(n for i, n in enumerate(x.shape) if i not in axes))


@logsumexp.gradient                   # the softmax of x
def _(g, y, x, axis=None, keepdims=False):
    return _restore(g, x, axis) * exp(x - _restore(y, x, axis))


@op(samples=LINE)
def norm(x, ord=None, axis=None, keepdims=False):
    """The length of a vector: √Σx² (ord 2), Σ|x| (ord 1), or the largest |x| (ord ∞).

    >>> norm([3.0, -4.0]).tolist(), norm([3.0, -4.0], ord=1).tolist()
    (5.0, 7.0)
    """
    if ord in (None, 2, "fro"):
        return sqrt(sum(square(x), axis=axis, keepdims=keepdims))
    if ord == 1:
        return sum(abs(x), axis=axis, keepdims=keepdims)
    if ord in ("inf", float("inf")):
        return max(abs(x), axis=axis, keepdims=keepdims)
    return power(sum(power(abs(x), ord), axis=axis, keepdims=keepdims), 1 / ord)
