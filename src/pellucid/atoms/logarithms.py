"""Roots, powers of 2, and logarithms to other bases than e."""

from __future__ import annotations

import math
from typing import Any

from pellucid.atoms.choices import PAIR, equal, less, maximum, where
from pellucid.atoms.elementwise import (
    POSITIVE,
    abs,
    cast,
    exp,
    floating,
    floor_divide,
    log,
    log1p,
    power,
    sign,
    square,
)
from pellucid.atoms.samples import at, uniform
from pellucid.core import dtypes
from pellucid.core.errors import KindError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import with_operators

LOG_2, LOG_10 = math.log(2), math.log(10)


@op(samples=[uniform(-3, 3), at(-1e4, -1e-4, 0.5, 1e4)])
def cbrt(x):
    """The cube root ∛x, which negative numbers have too.

    >>> cbrt([0.0, 1.0]).tolist()
    [0.0, 1.0]
    """
    return sign(x) * power(abs(x), 1 / 3)


@cbrt.stable                          # 1/3 is rounded: a step of Newton's puts the power right
def _(x):
    root = power(abs(x), 1 / 3)
    plain = less(0, root) & less(root, float("inf"))
    safe = where(plain, root, 1)
    return sign(x) * where(plain, safe - (safe - abs(x) / square(safe)) / 3, root)


@cbrt.gradient                        # 1 / (3 ∛x²)
def _(g, y, x):
    return g / (3 * square(y))


@op(samples=[uniform(-3, 3), at(-1e4, 0.0)], text="2 ** {0:>}", tex="2^{{{0:0}}}", level=4)
def exp2(x):
    """2 to the power of x.

    >>> exp2([3.0, -1.0]).tolist()
    [8.0, 0.5]
    """
    return power(2.0, x)


@exp2.gradient                        # (2ˣ)' = 2ˣ log 2
def _(g, y, x):
    return g * (y * LOG_2)


@op(samples=POSITIVE, tex=r"\log_2({0:0})")
def log2(x):
    """The logarithm to the base 2: how often 1 must be doubled to give x.

    >>> log2([8.0, 0.5]).tolist()
    [3.0, -1.0]
    """
    return log(x) / LOG_2


@op(samples=POSITIVE, tex=r"\log_{{10}}({0:0})")
def log10(x):
    """The logarithm to the base 10: with how many tenfold steps 1 gives x.

    >>> log10([1.0]).tolist()
    [0.0]
    """
    return log(x) / LOG_10


@op(samples=PAIR)
def logaddexp2(x1, x2):
    """log₂(2ᵃ + 2ᵇ), the base-2 logarithm of a sum of numbers given by theirs.

    >>> logaddexp2([2000.0], [0.0]).tolist()
    [2000.0]
    """
    return log(power(2.0, x1) + power(2.0, x2)) / LOG_2


@logaddexp2.stable                    # 2^(smaller - larger) never overflows
def _(a, b):
    a, b = floating(a), floating(b)
    apart = where(equal(a, b), 0.0, abs(a - b))             # ∞ - ∞ would be NaN
    return maximum(a, b) + log1p(power(2.0, -apart)) / LOG_2


@logaddexp2.gradient                  # the parts of 2ᵃ and 2ᵇ in the sum
def _(g, y, a, b):
    return g * exp((a - y) * LOG_2), g * exp((b - y) * LOG_2)


def ldexp(x1: Any, x2: Any) -> Any:
    """x1 · 2ⁿ, with the whole number n = x2: how floats are put together.

    Raises KindError if x2 is not of whole numbers.

    >>> ldexp([0.75], [4]).tolist()
    [12.0]
    """
    x1, x2 = map(with_operators, (x1, x2))
    if not dtypes.is_whole(x2.dtype):
        raise KindError("ldexp needs whole numbers for x2", got=str(x2.dtype), where=user_line(),
                        hint='ops.cast(x2, "int32")')
    size = floating(x1)
    half = floor_divide(x2, 2)                              # so that 2ⁿ alone need not fit
    return size * power(2.0, cast(half, dtype=size.dtype)) * power(
        2.0, cast(x2 - half, dtype=size.dtype))
