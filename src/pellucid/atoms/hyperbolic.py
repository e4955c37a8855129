"""The hyperbolic functions and their inverses."""

from __future__ import annotations

from pellucid.atoms.elementwise import (
    ANY,
    abs,
    exp,
    expm1,
    floating,
    log,
    log1p,
    sign,
    sqrt,
    square,
)
from pellucid.atoms.samples import at, uniform
from pellucid.core.op import op


@op(samples=[uniform(-3, 3), at(-20.0, -1e-3, 0.0, 20.0)], tex=r"\sinh({0:0})")
def sinh(x):
    """(eˣ - e⁻ˣ) / 2.

    >>> sinh([0.0]).tolist()
    [0.0]
    """
    return (exp(x) - exp(-x)) / 2


@sinh.stable                          # near 0 nothing is lost
def _(x):
    x = floating(x)
    return (expm1(x) - expm1(-x)) / 2


@sinh.gradient
def _(g, y, x):
    return g * cosh(x)


@op(samples=[uniform(-3, 3), at(-20.0, 0.0, 20.0)], tex=r"\cosh({0:0})")
def cosh(x):
    """(eˣ + e⁻ˣ) / 2, the shape of a hanging chain.

    >>> cosh([0.0]).tolist()
    [1.0]
    """
    x = floating(x)
    return (exp(x) + exp(-x)) / 2


@cosh.gradient
def _(g, y, x):
    return g * sinh(x)


@op(samples=ANY)
def arcsinh(x):
    """The number whose sinh is x: log(x + √(x² + 1)).

    >>> arcsinh([0.0]).tolist()
    [0.0]
    """
    return log(x + sqrt(square(x) + 1))


@arcsinh.stable        # of |x|, with √(x² + 1) - 1 as |x| / (1/|x| + √(1/x² + 1)): no overflow
def _(x):
    size = abs(x)
    over = 1 / size
    return sign(x) * log1p(size + size / (over + sqrt(square(over) + 1)))


@arcsinh.gradient                     # 1 / √(x² + 1)
def _(g, y, x):
    return g / sqrt(square(x) + 1)


@op(samples=[uniform(1.2, 3), at(1.001, 2.0, 1e4)])
def arccosh(x):
    """The number above 0 whose cosh is x: log(x + √(x² - 1)); NaN below 1.

    >>> arccosh([1.0]).tolist()
    [0.0]
    """
    return log(x + sqrt(square(x) - 1))


@arccosh.stable                       # by x - 1, exact near 1; the roots apart cannot overflow
def _(x):
    x = floating(x)
    return log1p((x - 1) + sqrt(x - 1) * sqrt(x + 1))


@arccosh.gradient                     # 1 / √(x² - 1)
def _(g, y, x):
    return g / (sqrt(x - 1) * sqrt(x + 1))


@op(samples=[uniform(-0.9, 0.9), at(-0.999, 0.0, 0.999)])
def arctanh(x):
    """The number whose tanh is x: log((1 + x) / (1 - x)) / 2; ±∞ at ±1, NaN beyond.

    >>> arctanh([0.0]).tolist()
    [0.0]
    """
    return log((1 + x) / (1 - x)) / 2


@arctanh.stable                       # (1 + |x|) / (1 - |x|) is 1 + 2|x| / (1 - |x|)
def _(x):
    size = floating(abs(x))
    return sign(x) * log1p(2 * size / (1 - size)) / 2


@arctanh.gradient                     # 1 / (1 - x²)
def _(g, y, x):
    return g / ((1 - x) * (1 + x))
