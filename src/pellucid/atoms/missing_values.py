"""Reductions and running totals that pass over what is missing: NaN counts as not there."""

from __future__ import annotations

from typing import Any

from pellucid.atoms.choices import equal, where
from pellucid.atoms.elementwise import cast, isnan, sqrt, square
from pellucid.atoms.reductions import all, argmax, argmin, cumsum, max, min, prod, sum
from pellucid.atoms.running import cumprod
from pellucid.atoms.samples import uniform
from pellucid.core import dtypes
from pellucid.core.op import op
from pellucid.core.tensor import with_operators

LINE = [uniform(0.3, 3)]
INFINITY = float("inf")


def _filled(x: Any, number: float) -> Any:
    """x with a number in the place of NaN, which only floats have."""
    return where(isnan(x), number, x) if dtypes.is_float(x.dtype) else x


def _unless_all_missing(result: Any, x: Any, axis: Any, keepdims: bool, otherwise: Any) -> Any:
    if not dtypes.is_float(x.dtype):
        return result
    return where(all(isnan(x), axis=axis, keepdims=keepdims), otherwise, result)


def _count(x: Any, axis: Any, keepdims: bool) -> Any:
    """How many numbers are there, as floats."""
    kind = dtypes.result_type(x.dtype, float)
    return sum(cast(equal(x, x), dtype=kind), axis=axis, keepdims=keepdims)


@op(samples=LINE)
def nansum(x, axis=None, keepdims=False):
    """The sum of the numbers that are there; of none it is 0.

    >>> nansum([1.0, float("nan"), 2.0]).tolist()
    3.0
    """
    return sum(_filled(x, 0), axis=axis, keepdims=keepdims)


@op(samples=LINE)
def nanprod(x, axis=None, keepdims=False):
    """The product of the numbers that are there; of none it is 1.

    >>> nanprod([3.0, float("nan"), 2.0]).tolist()
    6.0
    """
    return prod(_filled(x, 1), axis=axis, keepdims=keepdims)


@op(samples=LINE)
def nanmax(x, axis=None, keepdims=False):
    """The largest of the numbers that are there; NaN if there is none.

    >>> nanmax([1.0, float("nan"), 2.0]).tolist()
    2.0
    """
    result = max(_filled(x, -INFINITY), axis=axis, keepdims=keepdims)
    return _unless_all_missing(result, x, axis, keepdims, sum(x, axis=axis, keepdims=keepdims))


@op(samples=LINE)
def nanmin(x, axis=None, keepdims=False):
    """The smallest of the numbers that are there; NaN if there is none.

    >>> nanmin([1.0, float("nan"), 2.0]).tolist()
    1.0
    """
    result = min(_filled(x, INFINITY), axis=axis, keepdims=keepdims)
    return _unless_all_missing(result, x, axis, keepdims, sum(x, axis=axis, keepdims=keepdims))


@op(samples=LINE)
def nanmean(x, axis=None, keepdims=False):
    """The average of the numbers that are there; NaN if there is none.

    >>> nanmean([1.0, float("nan"), 3.0]).tolist()
    2.0
    """
    return nansum(x, axis=axis, keepdims=keepdims) / _count(x, axis, keepdims)


@op(samples=LINE)
def nanvar(x, axis=None, keepdims=False):
    """The mean squared distance from the mean, of the numbers that are there.

    >>> nanvar([1.0, float("nan"), 3.0]).tolist()
    1.0
    """
    apart = where(equal(x, x), x - nanmean(x, axis=axis, keepdims=True), 0)
    return sum(square(apart), axis=axis, keepdims=keepdims) / _count(x, axis, keepdims)


@op(samples=LINE)
def nanstd(x, axis=None, keepdims=False):
    """The standard deviation of the numbers that are there.

    >>> nanstd([1.0, float("nan"), 3.0]).tolist()
    1.0
    """
    return sqrt(nanvar(x, axis=axis, keepdims=keepdims))


@op(samples=LINE)
def nanargmax(x, axis=None, keepdims=False):
    """Where the largest of the numbers that are there stands; -1 if there is none.

    >>> nanargmax([1.0, float("nan"), 2.0]).tolist()
    2
    """
    place = argmax(_filled(x, -INFINITY), axis=axis, keepdims=keepdims)
    return _unless_all_missing(place, x, axis, keepdims, -1)


@op(samples=LINE)
def nanargmin(x, axis=None, keepdims=False):
    """Where the smallest of the numbers that are there stands; -1 if there is none.

    >>> nanargmin([1.0, float("nan"), 2.0]).tolist()
    0
    """
    place = argmin(_filled(x, INFINITY), axis=axis, keepdims=keepdims)
    return _unless_all_missing(place, x, axis, keepdims, -1)


def nancumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Running totals along an axis (of all numbers in a row if None); NaN adds nothing.

    >>> nancumsum([1.0, float("nan"), 2.0]).tolist()
    [1.0, 1.0, 3.0]
    """
    x = with_operators(x)
    return cumsum(_filled(x, 0), axis=axis, dtype=dtype)


def nancumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Running products along an axis (of all numbers in a row if None); NaN changes nothing.

    >>> nancumprod([3.0, float("nan"), 2.0]).tolist()
    [3.0, 3.0, 6.0]
    """
    x = with_operators(x)
    return cumprod(_filled(x, 1), axis=axis, dtype=dtype)
