"""Questions about single numbers (signs, infinities, closeness), and repairs of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.choices import (
    PAIR,
    equal,
    less,
    less_equal,
    logical_not,
    maximum,
    minimum,
    not_equal,
    where,
)
from pellucid.atoms.elementwise import (
    ANY,
    abs,
    floating,
    floor,
    isfinite,
    isnan,
    mod,
    sign,
    square,
)
from pellucid.atoms.logarithms import log10
from pellucid.atoms.reductions import all, mean
from pellucid.atoms.samples import uniform
from pellucid.core import dtypes
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import convert, with_operators

INFINITY = float("inf")


@op(samples=ANY, tex=r"\left|{0:0}\right|")
def fabs(x):
    """|x| as a float.

    >>> fabs([1, -2]).tolist()
    [1.0, 2.0]
    """
    return abs(floating(x))


@op(samples=PAIR)
def fmax(x1, x2):
    """The larger of two numbers; where one is NaN, the other.

    >>> fmax([1.0, float("nan")], [4.0, 2.0]).tolist()
    [4.0, 2.0]
    """
    return where(isnan(x1), x2, where(isnan(x2), x1, maximum(x1, x2)))


@op(samples=PAIR)
def fmin(x1, x2):
    """The smaller of two numbers; where one is NaN, the other.

    >>> fmin([1.0, float("nan")], [4.0, 2.0]).tolist()
    [1.0, 2.0]
    """
    return where(isnan(x1), x2, where(isnan(x2), x1, minimum(x1, x2)))


@op(samples=[uniform(0.6, 0.9), uniform(1, 3)])
def fmod(x1, x2):
    """What is left of x1 after taking out x2 as often as it goes, with the sign of x1.

    >>> fmod([7, -7], 3).tolist()
    [1, -1]
    """
    rest = mod(abs(x1), abs(x2))
    return where(less(x1, 0), -rest, rest)


@op(samples=ANY)
def trunc(x):
    """What stands before the point: 1.7 → 1, -1.7 → -1. Whole numbers stay as they are.

    >>> trunc([1.7, -1.7]).tolist()
    [1.0, -1.0]
    """
    return sign(x) * floor(abs(x)) if dtypes.is_float(dtypes.of(x)) else x


@op(samples=[uniform(0.5, 3), uniform(-3, 3)])
def heaviside(x1, x2):
    """The step: 0 below 0, 1 above, and x2 where x1 is 0.

    >>> heaviside([-1.0, 0.0, 2.0], 0.5).tolist()
    [0.0, 0.5, 1.0]
    """
    return where(equal(x1, 0), x2, (1 + sign(x1)) / 2)


@op
def signbit(x):
    """Whether a number carries a minus sign; -0.0 does, 0.0 does not.

    >>> signbit([-2.0, -0.0, 0.0]).tolist()
    [True, True, False]
    """
    return less(where(equal(x, 0), 1 / x, x), 0)


@op
def isneginf(x):
    """Whether a number is -∞.

    >>> isneginf([1.0, float("-inf")]).tolist()
    [False, True]
    """
    return equal(x, -INFINITY)


@op
def isposinf(x):
    """Whether a number is ∞.

    >>> isposinf([1.0, float("inf")]).tolist()
    [False, True]
    """
    return equal(x, INFINITY)


@op
def isreal(x):
    """Whether a number has no imaginary part: true of every number that there is here.

    >>> isreal([1.0, float("nan")]).tolist()
    [True, True]
    """
    return equal(x, x) | not_equal(x, x)


@op
def logical_xor(x1, x2):
    """Whether one of x1 and x2 is true, and one alone.

    >>> logical_xor([True, True, False], [True, False, False]).tolist()
    [False, True, False]
    """
    return not_equal(logical_not(x1), logical_not(x2))


@op(samples=[uniform(-3, 3), uniform(0.5, 3)])
def divide_no_nan(x1, x2):
    """x1 / x2, and 0 where x2 is 0.

    >>> divide_no_nan([1.0, 5.0], [2.0, 0.0]).tolist()
    [0.5, 0.0]
    """
    zero = equal(x2, 0)
    return where(zero, 0, x1 / where(zero, 1, x2))


@op(samples=ANY)
def nan_to_num(x, nan=0.0, posinf=None, neginf=None):
    """x with finite numbers for NaN, ∞ and -∞ (for these, unless told, the largest and the least).

    >>> nan_to_num([1.0, float("nan"), float("inf")], posinf=9.0).tolist()
    [1.0, 0.0, 9.0]
    """
    kind = dtypes.of(x)
    if not dtypes.is_float(kind):
        return x
    ends = np.finfo(kind)
    most = float(ends.max) if posinf is None else posinf
    least = float(ends.min) if neginf is None else neginf
    x = where(equal(x, INFINITY), most, where(equal(x, -INFINITY), least, x))
    return where(isnan(x), nan, x)


@op
def isclose(x1, x2, rtol=1e-5, atol=1e-8, equal_nan=False):
    """Whether |x1 - x2| ≤ atol + rtol |x2|; infinities are close to themselves alone.

    >>> isclose([1.0, 2.0], [1.000001, 2.1]).tolist()
    [True, False]
    """
    x1, x2 = floating(x1), floating(x2)
    close = isfinite(x2) & less_equal(abs(x1 - x2), atol + rtol * abs(x2)) | equal(x1, x2)
    return close | (isnan(x1) & isnan(x2)) if equal_nan else close


@op
def allclose(x1, x2, rtol=1e-5, atol=1e-8, equal_nan=False):
    """Whether all numbers are close, as `isclose` means it.

    >>> bool(allclose([1.0, 2.0], [1.000001, 2.0]))
    True
    """
    return all(isclose(x1, x2, rtol=rtol, atol=atol, equal_nan=equal_nan))


def psnr(x1: Any, x2: Any, max_val: Any) -> Any:
    """How near a signal is to its original, in decibels: 10 log₁₀(max_val² / mean (x1 - x2)²).

    ``max_val`` is the largest value that the signal could have. Raises ShapeError if the shapes
    differ.

    >>> round(float(psnr([0.0, 1.0], [0.1, 1.0], max_val=1.0)), 2)
    23.01
    """
    x1, x2 = map(with_operators, (x1, x2))
    if x1.shape != x2.shape:
        raise ShapeError("psnr compares signals of one shape",
                         got=f"shapes {tuple(x1.shape)} and {tuple(x2.shape)}", where=user_line())
    noise = mean(square(floating(x1) - x2))
    return 20 * log10(convert(max_val, noise.dtype)) - 10 * log10(noise)
