"""Angles: the tangent, the inverse functions, and what is made of them."""

from __future__ import annotations

import math

import numpy as np

from pellucid.atoms.choices import equal, greater, less, maximum, minimum, where
from pellucid.atoms.elementwise import ANY, abs, cos, floating, isinf, sin, sqrt, square
from pellucid.atoms.numbers import signbit
from pellucid.atoms.samples import at, uniform
from pellucid.core.atom import atom
from pellucid.core.op import op

HALF_TURN = math.pi
INSIDE = [uniform(-0.9, 0.9), at(-0.999, 0.0, 0.5, 0.999)]
# Taylor coefficients of (sin u / u)' / u in u²: -1/3, 1/30, -1/840, …
_SINC_SLOPE = [(-1) ** k * 2 * k / math.factorial(2 * k + 1) for k in range(1, 7)]

arctan = atom(
    "arctan", np.arctan, lambda g, y, x: g / (1 + square(x)),
    about="The angle in (-π/2, π/2) whose tangent is x.", example=("arctan([0.0])", [0.0]),
    meet="float", tex=r"\arctan({0:0})", samples=ANY)


@op(samples=[uniform(-1.2, 1.2), at(-1e4, 0.0, 0.5, 1e4)], tex=r"\tan({0:0})")
def tan(x):
    """The tangent of an angle in radians: sin x / cos x.

    >>> tan([0.0]).tolist()
    [0.0]
    """
    return sin(x) / cos(x)


@tan.gradient                         # tan' = 1 + tan²
def _(g, y, x):
    return g * (1 + square(y))


@op(samples=INSIDE, tex=r"\arcsin({0:0})")
def arcsin(x):
    """The angle in [-π/2, π/2] whose sine is x; NaN where |x| > 1.

    By half the angle: tan(α/2) = sin α / (1 + cos α), with cos α = √(1 - x²).

    >>> arcsin([0.0]).tolist()
    [0.0]
    """
    x = floating(x)
    return 2 * arctan(x / (1 + sqrt((1 - x) * (1 + x))))


@arcsin.gradient                      # arcsin' = 1 / √(1 - x²)
def _(g, y, x):
    return g / sqrt((1 - x) * (1 + x))


@op(samples=INSIDE, tex=r"\arccos({0:0})")
def arccos(x):
    """The angle in [0, π] whose cosine is x; NaN where |x| > 1.

    By half the angle: tan²(α/2) = (1 - cos α) / (1 + cos α).

    >>> arccos([1.0]).tolist()
    [0.0]
    """
    x = floating(x)
    return 2 * arctan(sqrt((1 - x) / (1 + x)))


@arccos.gradient                      # arccos' = -1 / √(1 - x²)
def _(g, y, x):
    return -g / sqrt((1 - x) * (1 + x))


@op(samples=[uniform(0.5, 3), uniform(-3, 3)])
def arctan2(x1, x2):
    """The angle in [-π, π] from the x-axis to the point with height x1 and distance x2.

    Half of it has the tangent x1 / (r + x2), r = √(x1² + x2²).

    >>> arctan2([0.0, 0.0], [1.0, -1.0]).tolist() == [0.0, np.float32(np.pi)]
    True
    """
    return 2 * arctan(x1 / (sqrt(square(x1) + square(x2)) + x2))


@arctan2.stable                       # the angle of the shorter side, turned to its place
def _(x1, x2):
    height, width = abs(x1), abs(x2)
    long, short = maximum(height, width), minimum(height, width)
    ratio = where(equal(short, long), where(equal(long, 0), 0.0, 1.0),
                  short / where(equal(long, 0), 1, long))
    angle = arctan(ratio)
    angle = where(greater(height, width), HALF_TURN / 2 - angle, angle)
    angle = where(signbit(x2), HALF_TURN - angle, angle)
    return where(signbit(x1), -angle, angle)


@arctan2.gradient                     # (x2, -x1) / r²
def _(g, y, x1, x2):
    over = g / (square(x1) + square(x2))
    return over * x2, -over * x1


@op(samples=[uniform(0.3, 3), uniform(-3, 3)])
def hypot(x1, x2):
    """The length of the hypotenuse: √(x1² + x2²), safe from overflow in between.

    >>> hypot([3.0], [4.0]).tolist()
    [5.0]
    """
    return sqrt(square(x1) + square(x2))


@hypot.stable                         # long · √(1 + (short / long)²)
def _(x1, x2):
    long, short = maximum(abs(x1), abs(x2)), minimum(abs(x1), abs(x2))
    plain = less(0, long) & less(long, float("inf"))
    ratio = where(plain, short / where(plain, long, 1), 0)
    return where(isinf(x1) | isinf(x2), float("inf"), long * sqrt(1 + square(ratio)))


@hypot.gradient                       # x / r; at the origin, where there is no slope, 0
def _(g, y, x1, x2):
    over = g / where(equal(y, 0), 1, y)
    return over * x1, over * x2


@op(samples=[uniform(-3, 3), at(-1e4, -0.01, 0.0, 0.01, 1e4)])
def sinc(x):
    """sin(πx) / (πx), and 1 at 0: what is left of a sharp band of frequencies.

    >>> sinc([0.0]).tolist()
    [1.0]
    """
    zero = equal(x, 0)
    angle = HALF_TURN * where(zero, 1, x)
    return where(zero, 1, sin(angle) / angle)


@sinc.gradient                        # (cos πx - sinc x) / x; near 0, where it cancels, a series
def _(g, y, x):
    near = less(abs(x), 0.1)
    safe, small = where(near, 1, x), where(near, x, 0)
    far = (cos(HALF_TURN * safe) - y) / safe
    series, u = _SINC_SLOPE[-1], square(HALF_TURN * small)
    for coefficient in _SINC_SLOPE[-2::-1]:
        series = series * u + coefficient
    return g * where(near, HALF_TURN**2 * small * series, far)


@op(samples=ANY)
def deg2rad(x):
    """Degrees as radians: x π / 180.

    >>> deg2rad([0.0]).tolist()
    [0.0]
    """
    return x * (HALF_TURN / 180)


@op(samples=ANY)
def rad2deg(x):
    """Radians as degrees: 180 x / π.

    >>> rad2deg([0.0]).tolist()
    [0.0]
    """
    return x * (180 / HALF_TURN)
