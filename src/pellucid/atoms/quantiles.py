"""Where a share of the numbers lies below: quantiles, the median, counts in bins."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid.atoms.choices import equal, less_equal, logical_not, maximum, where
from pellucid.atoms.elementwise import cast, ceil, floor, isnan
from pellucid.atoms.making import full
from pellucid.atoms.ordering import searchsorted, sort
from pellucid.atoms.reductions import any, axes_of, max, min, sum
from pellucid.atoms.shaping import broadcast_to, moveaxis, reshape, scatter_add
from pellucid.atoms.slicing import take_along_axis
from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, ShapeError, nearest, user_line
from pellucid.core.op import op
from pellucid.core.tensor import as_operand, convert

METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


def _quantile(x: Any, q: Any, axis: Any, method: str, keepdims: bool, skip_nan: bool) -> Any:
    """Position q (n - 1) in the sorted numbers; between two of them ``method`` decides."""
    if method not in METHODS:
        raise ArgumentError(f"a quantile's method must be one of {', '.join(map(repr, METHODS))}",
                            got=repr(method), where=user_line(), hint=nearest(method, METHODS))
    if len(np.shape(q)) > 1:
        raise ShapeError("a quantile's q is a number or a list of numbers",
                         got=f"shape {tuple(np.shape(q))}", where=user_line())
    common = dtypes.result_type(dtypes.of(x), dtypes.of(q), float)
    x, q = cast(convert(x), dtype=common), cast(convert(q), dtype=common)
    axes = axes_of(axis, len(x.shape))
    kept = [1 if i in axes else n for i, n in enumerate(x.shape)]
    rest = [n for i, n in enumerate(x.shape) if i not in axes]
    rows = moveaxis(x, source=axes, destination=range(len(rest), len(x.shape)))
    rows = reshape(rows, shape=(*rest, math.prod(x.shape[i] for i in axes)))
    found = _between(sort(rows), reshape(q, shape=(-1,)), isnan(rows), method, skip_nan)
    return reshape(moveaxis(found, source=-1, destination=0),
                   shape=(*q.shape, *(kept if keepdims else rest)))


def _between(rows: Any, q: Any, nan: Any, method: str, skip_nan: bool) -> Any:
    """(…, n) in ascending order and (k,) shares → (…, k)."""
    n = rows.shape[-1]
    many = sum(cast(logical_not(nan), dtype=rows.dtype), axis=-1, keepdims=True)
    last = maximum(many - 1, 0) if skip_nan else full(many.shape, n - 1, rows.dtype)
    place = q * last
    below, above = floor(place), ceil(place)
    low, high = (take_along_axis(rows, cast(each, dtype="int32"), axis=-1)
                 for each in (below, above))
    share = place - below
    between = {"linear": lambda: low * (1 - share) + high * share, "lower": lambda: low,
               "higher": lambda: high, "midpoint": lambda: (low + high) / 2,
               "nearest": lambda: where(less_equal(share, 0.5), low, high)}[method]()
    unknown = equal(many, 0) if skip_nan else any(nan, axis=-1, keepdims=True)
    return where(unknown, float("nan"), between)


@op(judge="keras")
def quantile(x, q, axis=None, method="linear", keepdims=False):
    """The number below which a share q of the numbers of x lies, along an axis (or several).

    It stands at q (n - 1) in the sorted row; between two numbers, ``method`` "linear" takes the
    share of both, "lower" and "higher" one of them, "midpoint" their mean, "nearest" the nearer.
    Several q come as a first axis of the result. Any NaN makes it NaN.

    >>> quantile([1.0, 2.0, 3.0, 5.0], 0.5).tolist()
    2.5
    """
    return _quantile(x, q, axis, method, keepdims, False)


@op(judge="keras")
def nanquantile(x, q, axis=None, method="linear", keepdims=False):
    """The quantile of those numbers that are not NaN; NaN where all are.

    >>> nanquantile([1.0, float("nan"), 3.0], 0.5).tolist()
    2.0
    """
    return _quantile(x, q, axis, method, keepdims, True)


@op(judge="keras")
def percentile(x, q, axis=None, method="linear", keepdims=False):
    """The quantile with q in percent.

    >>> percentile([1.0, 2.0, 3.0, 5.0], 50).tolist()
    2.5
    """
    return _quantile(x, _hundredth(q), axis, method, keepdims, False)


@op(judge="keras")
def nanpercentile(x, q, axis=None, method="linear", keepdims=False):
    """The percentile of those numbers that are not NaN.

    >>> nanpercentile([1.0, float("nan"), 3.0], 50).tolist()
    2.0
    """
    return _quantile(x, _hundredth(q), axis, method, keepdims, True)


def _hundredth(q: Any) -> Any:
    return q / 100


@op(judge="keras")
def median(x, axis=None, keepdims=False):
    """The number in the middle (the mean of two): half of the numbers lie below it.

    >>> median([5.0, 1.0, 2.0, 3.0]).tolist()
    2.5
    """
    return _quantile(x, 0.5, axis, "midpoint", keepdims, False)


@op(judge="keras")
def nanmedian(x, axis=None, keepdims=False):
    """The median of those numbers that are not NaN.

    >>> nanmedian([1.0, float("nan"), 3.0]).tolist()
    2.0
    """
    return _quantile(x, 0.5, axis, "midpoint", keepdims, True)


@op(judge="keras")
def histogram(x, bins=10, range=None):
    """How many numbers fall into each of ``bins`` equal parts, and the borders of the parts.

    The parts cover ``range`` (from the least to the largest number if None); the last one holds its
    upper border too. Counts are floats, as in Keras, and no gradient passes them. Raises
    ArgumentError for a range that ends before it begins, or for no bins.

    >>> counts, borders = histogram([1.0, 2.0, 2.5, 3.0], bins=2)
    >>> counts.tolist(), borders.tolist()
    ([1.0, 3.0], [1.0, 2.0, 3.0])
    """
    if isinstance(bins, bool) or not isinstance(bins, int) or bins < 1:
        raise ArgumentError("histogram needs bins, a whole number from 1 on", got=repr(bins),
                            where=user_line())
    if range is not None and (len(range) != 2 or range[0] > range[1]):
        raise ArgumentError("histogram's range is (least, largest)", got=repr(range),
                            where=user_line())
    if len(x.shape) != 1:
        raise ShapeError("histogram needs a row of numbers", got=f"shape {tuple(x.shape)}",
                         where=user_line())
    x = cast(x, dtype=dtypes.result_type(x.dtype, float))
    low, high = (min(x), max(x)) if range is None else map(as_operand, range)
    flat = cast(equal(low, high), dtype=x.dtype) / 2
    low, high = low - flat, high + flat
    share = np.linspace(0, 1, bins + 1, dtype=x.dtype)
    borders = low * (1 - share) + high * share
    place = searchsorted(borders, x, side="right")
    place = where(equal(x, high), bins, place)
    one = broadcast_to(np.int32(1), shape=x.shape)
    counts = scatter_add(one, place, axis=0, size=bins + 2)[1:bins + 1]
    return cast(counts, dtype=x.dtype), borders
