"""Atoms that work number by number, and the ops that are one line of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid.atoms.choices import PAIR, equal, greater, less, maximum, minimum, not_equal, where
from pellucid.atoms.samples import at, uniform
from pellucid.atoms.special import erf as erf_value
from pellucid.core import dtypes
from pellucid.core.atom import atom
from pellucid.core.op import op

ANY = [uniform(-3, 3), at(-1e4, -1.0, 0.5, 1e4)]
POSITIVE = [uniform(0.2, 3), at(1e-4, 1.0, 1e4)]


def _cast(x: Any, *, dtype: str) -> Any:
    return np.asarray(x).astype(dtype)


cast = atom(
    "cast", _cast,
    lambda g, y, x, dtype: cast(g, dtype=x.dtype) if dtypes.is_float(dtype) else None,
    about="x in another dtype; whole-number dtypes cut off what follows the point.",
    example=('cast([1.7, -1.7], dtype="int32")', [1, -1]),
    meet=None, text="{0}", tex="{0}")

# x itself, under another identity; and as a constant, which no gradient passes
identity = atom(
    "identity", lambda x: x, lambda g, y, x: g,
    about="x itself, as a value of its own that tapes can tell from x.",
    meet="same", text="{0}", tex="{0}")
stop_gradient = atom(
    "stop_gradient", lambda x: x, None,
    about="x as a constant: its value goes on, no gradient comes back.",
    example=("stop_gradient([1.0, 2.0])", [1.0, 2.0]), meet="same")

# arithmetic
add = atom(
    "add", np.add, lambda g, y, a, b: g, lambda g, y, a, b: g,
    about="x1 + x2, number by number.", example=("add([1, 2], [3, 4])", [4, 6]),
    meet="same", text="{0} + {1}", tex="{0} + {1}", level=1, samples=PAIR)
subtract = atom(
    "subtract", np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g,
    about="x1 - x2, number by number.", example=("subtract([1, 2], [3, 5])", [-2, -3]),
    meet="number", text="{0} - {1:>}", tex="{0} - {1:>}", level=1, samples=PAIR)
multiply = atom(
    "multiply", np.multiply, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a,
    about="x1 · x2, number by number.", example=("multiply([1, 2], [3, 4])", [3, 8]),
    meet="same", text="{0} * {1}", tex=r"{0} \, {1}", level=2, samples=PAIR)
divide = atom(
    "divide", np.divide, lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b,
    about="x1 / x2, number by number; by zero it is ±∞, and 0 / 0 is NaN.",
    example=("divide([1, 2], [2, 4])", [0.5, 0.5]),
    meet="float", text="{0} / {1:>}", tex=r"\frac{{{0:0}}}{{{1:0}}}", level=2,
    tex_level=3, samples=[uniform(-3, 3), uniform(0.5, 3)])
negative = atom(
    "negative", np.negative, lambda g, y, x: -g,
    about="-x.", example=("negative([1, -2])", [-1, 2]),
    meet="number", text="-{0}", tex="-{0}", level=2, samples=ANY)
abs = atom(
    "abs", np.abs, lambda g, y, x: g * sign(x),
    about="|x|, the distance from 0; its slope at 0 is 0.", example=("abs([1, -2])", [1, 2]),
    meet="same", tex=r"\left|{0:0}\right|", samples=ANY)
sign = atom(
    "sign", np.sign, None,
    about="1 for what is positive, -1 for what is negative, 0 for 0.",
    example=("sign([3, 0, -2])", [1, 0, -1]), meet="number", samples=ANY)
square = atom(
    "square", np.square, lambda g, y, x: g * (2 * x),
    about="x².", example=("square([3, -2])", [9, 4]),
    meet="number", tex="{0:>}^2", level=4, samples=ANY)
sqrt = atom(
    "sqrt", np.sqrt, lambda g, y, x: g / (2 * y),
    about="√x; NaN for what is negative.", example=("sqrt([9.0, 0.25])", [3.0, 0.5]),
    meet="float", tex=r"\sqrt{{{0:0}}}", samples=POSITIVE)


def _by_base(g: Any, y: Any, a: Any, b: Any) -> Any:
    """b aᵇ⁻¹; at b = 0 the power is constant, also at a = 0."""
    if isinstance(b, (int, float)):
        return g * (b * power(a, b - 1)) if b != 0 else None
    return g * (b * power(a, where(equal(b, 0), 1, b - 1)))


def _by_exponent(g: Any, y: Any, a: Any, b: Any) -> Any:
    """aᵇ log a, which has a meaning for a > 0 only."""
    return g * (y * log(where(greater(a, 0), a, 1)))


power = atom(
    "power", np.power, _by_base, _by_exponent,
    about="x1 to the power of x2, number by number.", example=("power([2, 3], [3, 2])", [8, 9]),
    meet="number", text="{0:>} ** {1:>}",
    tex="{0:>}^{{{1:0}}}", level=4, samples=[uniform(0.3, 3), uniform(-2, 2)])
floor_divide = atom(
    "floor_divide", np.floor_divide, None, None,
    about="How many times x2 goes into x1: ⌊x1 / x2⌋, rounded down below zero too.",
    example=("floor_divide([7, -7], 2)", [3, -4]),
    meet="number", text="{0:>} // {1:>}", tex=r"\lfloor {0} / {1:>} \rfloor", level=1.5,
    samples=[uniform(-3, 3), uniform(0.5, 3)])
mod = atom(
    "mod", np.remainder, lambda g, y, a, b: g, lambda g, y, a, b: -g * floor_divide(a, b),
    about="What is left of x1 after taking out x2 as often as it goes: x1 - x2 ⌊x1 / x2⌋.",
    example=("mod([7, -7], 2)", [1, 1]),
    meet="number", text="{0:>} % {1:>}", tex=r"{0:>} \bmod {1:>}", level=1.5,
    samples=[uniform(0.6, 0.9), uniform(1, 3)])
floor = atom(
    "floor", np.floor, None,
    about="⌊x⌋, the largest whole number that is not above x.",
    example=("floor([1.7, -1.2])", [1.0, -2.0]),
    meet="float", tex=r"\lfloor {0:0} \rfloor", samples=ANY)
round = atom(
    "round", lambda x, *, decimals=0: np.round(x, decimals), None,
    about="The nearest number with so many ``decimals``; a half goes to the even neighbour.",
    example=("round([0.5, 1.5, 1.7])", [0.0, 2.0, 2.0]), meet="number", samples=ANY)

# exponentials and their kin
exp = atom(
    "exp", np.exp, lambda g, y, x: g * y,
    about="eˣ, the function that is its own slope.", example=("exp([0.0])", [1.0]),
    meet="float", tex="e^{{{0:0}}}", level=4, samples=[uniform(-3, 3), at(-1e4, 0.0)])
expm1 = atom(
    "expm1", np.expm1, lambda g, y, x: g * exp(x),
    about="eˣ - 1, exact also where x is so small that eˣ would round to 1.",
    example=("expm1([0.0])", [0.0]),
    meet="float", tex=r"e^{{{0:0}}} - 1", level=1, samples=[uniform(-3, 3), at(-1e4, 0.0)])
log = atom(
    "log", np.log, lambda g, y, x: g / x,
    about="The natural logarithm of x: -∞ at 0, NaN below.", example=("log([1.0])", [0.0]),
    meet="float", tex=r"\log({0:0})", samples=POSITIVE)
log1p = atom(
    "log1p", np.log1p, lambda g, y, x: g / (1 + x),
    about="log(1 + x), exact also where x is so small that 1 + x would round to 1.",
    example=("log1p([0.0])", [0.0]),
    meet="float", tex=r"\log(1 + {0:0})", samples=[uniform(-0.8, 3), at(0.0, 1e4)])
sin = atom(
    "sin", np.sin, lambda g, y, x: g * cos(x),
    about="The sine of an angle in radians.", example=("sin([0.0])", [0.0]),
    meet="float", tex=r"\sin({0:0})", samples=ANY)
cos = atom(
    "cos", np.cos, lambda g, y, x: -g * sin(x),
    about="The cosine of an angle in radians.", example=("cos([0.0])", [1.0]),
    meet="float", tex=r"\cos({0:0})", samples=ANY)
# 1 - tanh² cancels where tanh ≈ ±1; there the true derivative is below 1e-15 and does not matter
tanh = atom(
    "tanh", np.tanh, lambda g, y, x: g * (1 - square(y)),
    about="Squash any number into (-1, 1): "
          r":math:`\tanh(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}}`." "\n\n"
          "Use: hidden layers of recurrent and of shallow networks, with \"glorot_uniform\".\n"
          "Pros: zero-centred; a slope of 1 at 0, four times the sigmoid's.\n"
          "Cons: saturates on both sides, so gradients vanish in deep stacks.\n"
          "Source: Y. LeCun et al., \"Efficient backprop\" (1998), in hidden layers.",
    example=("tanh([-100.0, 0.0, 100.0])", [-1.0, 0.0, 1.0]),
    meet="float", tex=r"\tanh({0:0})", samples=ANY)
erf = atom(
    "erf", erf_value, lambda g, y, x: g * (2 / math.sqrt(math.pi) * exp(-square(x))),
    about="The error function 2/√π ∫₀ˣ e^(-t²) dt: for x ≥ 0 the chance that a normal\n"
          "number of variance 1/2 lies within ±x.", example=("erf([0.0, 100.0])", [0.0, 1.0]),
    meet="float", samples=ANY)


def floating(x: Any) -> Any:
    """x as a float, for sums and signs in which small whole numbers would wrap around."""
    return 1.0 * x


# ops of one line
@op(samples=ANY)
def ceil(x):
    """The least whole number that is not below x: ⌈x⌉ = -⌊-x⌋.

    >>> ceil([1.2, -1.7]).tolist()
    [2.0, -1.0]
    """
    return -floor(-x)


@op(samples=[uniform(0.5, 3)])
def reciprocal(x):
    """1 / x.

    >>> reciprocal([2.0, 4.0]).tolist()
    [0.5, 0.25]
    """
    return 1 / x


@op(samples=POSITIVE)
def rsqrt(x):
    """1 / √x.

    >>> rsqrt([4.0, 0.25]).tolist()
    [0.5, 2.0]
    """
    return 1 / sqrt(x)


@op
def isnan(x):
    """Whether a number is NaN, the only one that is not equal to itself.

    >>> isnan([1.0, float("nan")]).tolist()
    [False, True]
    """
    return not_equal(x, x)


@op
def isinf(x):
    """Whether a number is ∞ or -∞.

    >>> isinf([1.0, float("-inf")]).tolist()
    [False, True]
    """
    return equal(abs(x), float("inf"))


@op
def isfinite(x):
    """Whether a number is neither infinite nor NaN.

    >>> isfinite([1.0, float("inf"), float("nan")]).tolist()
    [True, False, False]
    """
    return less(abs(x), float("inf"))


@op(samples=PAIR)
def logaddexp(x1, x2):
    """log(eᵃ + eᵇ), the logarithm of a sum of two numbers a and b given by their logarithms.

    >>> logaddexp([1000.0], [0.0]).tolist()
    [1000.0]
    """
    return log(exp(x1) + exp(x2))


@logaddexp.stable                     # e^(smaller - larger) never overflows
def _(a, b):
    apart = where(equal(a, b), 0.0, abs(a - b))             # ∞ - ∞ would be NaN
    return maximum(a, b) + log1p(exp(-apart))


@logaddexp.gradient                   # the parts of eᵃ and eᵇ in the sum
def _(g, y, a, b):
    return g * exp(a - y), g * exp(b - y)


@op
def clip(x, x_min, x_max):
    """x kept within [x_min, x_max]; outside, the gradient is zero.

    >>> clip([-2.0, 0.5, 3.0], 0, 1).tolist()
    [0.0, 0.5, 1.0]
    """
    return minimum(maximum(x, x_min), x_max)
