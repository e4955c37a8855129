"""What belongs to the error function: its complement, and its inverse."""

from __future__ import annotations

import math
from typing import Any

from pellucid.atoms.choices import equal, less, where
from pellucid.atoms.elementwise import abs, erf, exp, floating, log1p, sign, sqrt, square
from pellucid.atoms.samples import at, uniform
from pellucid.core.op import op

# erfc(x) eˣ² / t as a polynomial in t - 1, where t = 2c / (x + c) falls from 2 at x = 0 to 0 at ∞:
# our own fit at Chebyshev nodes, right to 3e-16.
_CENTRE = 3.75
_TAIL = (
    -3.237844241382891e-11, 3.7756574965166764e-10, 3.7948661450479904e-10,
    -4.513746863799129e-09, -3.4790319844409134e-09, 3.390670900096995e-08,
    3.718480826348176e-08, -2.1965951859943433e-07, -4.385016572467913e-07,
    1.186515565150496e-06, 4.996188483254958e-06, -1.4122721740078815e-06,
    -4.6486236839306313e-05, -0.00010597647706252008, 0.0001315117423753384,
    0.0016714506816931487, 0.00654917048216543, 0.017594053489676614, 0.03720827320449968,
    0.06539603882772099, 0.0981758566962336, 0.1278322102203876, 0.14558972127503855)
_SLOPE = 2 / math.sqrt(math.pi)


@op(samples=[uniform(-3, 3), at(-1e4, 0.0, 5.0, 1e4)])
def erfc(x):
    """1 - erf(x), exact also where erf rounds to 1.

    >>> erfc([0.0, 100.0]).tolist()
    [1.0, 0.0]
    """
    return 1 - erf(x)


@erfc.stable
def _(x):
    size = floating(abs(x))
    t = 2 * _CENTRE / (size + _CENTRE)
    total = _TAIL[0]
    for coefficient in _TAIL[1:]:
        total = total * (t - 1) + coefficient
    tail = exp(-square(size)) * (t * total)
    return where(less(x, 0), 2 - tail, tail)


@erfc.gradient                        # erfc' = -2/√π e^(-x²)
def _(g, y, x):
    return g * (-_SLOPE * exp(-square(x)))


def _guess(x: Any) -> Any:
    """The inverse of Winitzki's short formula for erf, which is right to 2 in 1000."""
    a, logarithm = 0.147, log1p(-square(x))
    middle = 2 / (math.pi * a) + logarithm / 2
    return sqrt(sqrt(square(middle) - logarithm / a) - middle)


def _mended(y: Any, error: Any) -> Any:
    """y after a step of Halley's, from erf(y) less what it should be: digits come threefold."""
    step = error * exp(square(y)) / _SLOPE
    return y - step / (1 + y * step)


@op(samples=[uniform(-0.9, 0.9), at(-0.999, 0.0, 0.5, 0.999)])
def erfinv(x):
    """The number whose error function is x: ±∞ at ±1, NaN beyond.

    >>> erfinv([0.0, 1.0]).tolist()
    [0.0, inf]

    Source: S. Winitzki, "A handy approximation for the error function and its inverse", 2008.
    """
    y = sign(x) * _guess(x)
    for _ in range(4):
        y = _mended(y, erf(y) - x)
    return y


@erfinv.stable                        # near 1 what is left to 1 is compared, which is exact
def _(x):
    size = abs(x)
    y = _guess(x)
    for _ in range(2):
        y = _mended(y, where(less(size, 0.5), erf(y) - size, (1 - size) - erfc(y)))
    return sign(x) * where(equal(size, 1), float("inf"), y)


@erfinv.gradient                      # 1 / erf'(y)
def _(g, y, x):
    return g * (exp(square(y)) / _SLOPE)
