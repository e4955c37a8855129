"""Atoms that work number by number, and the ops that are one line of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid.atoms.samples import at, uniform
from pellucid.atoms.special import erf as erf_value
from pellucid.core import dtypes
from pellucid.core.atom import atom
from pellucid.core.op import op

ANY = [uniform(-3, 3), at(-1e4, -1.0, 0.5, 1e4)]
POSITIVE = [uniform(0.2, 3), at(1e-4, 1.0, 1e4)]
PAIR = [uniform(-3, 3), uniform(-3, 3)]


def _cast(x: Any, *, dtype: str) -> Any:
    return np.asarray(x).astype(dtype)


cast = atom("cast", _cast, lambda g, y, x, dtype: cast(g, dtype=x.dtype) if dtypes.is_float(dtype)
            else None, meet=None, text="{0}", tex="{0}")

# x itself, under another identity; and as a constant, which no gradient passes
identity = atom("identity", lambda x: x, lambda g, y, x: g, meet="same", text="{0}", tex="{0}")
stop_gradient = atom("stop_gradient", lambda x: x, None, meet="same")

# arithmetic
add = atom("add", np.add, lambda g, y, a, b: g, lambda g, y, a, b: g,
           meet="same", text="{0} + {1}", tex="{0} + {1}", level=1, samples=PAIR)
subtract = atom("subtract", np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g,
                meet="number", text="{0} - {1:>}", tex="{0} - {1:>}", level=1, samples=PAIR)
multiply = atom("multiply", np.multiply, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a,
                meet="same", text="{0} * {1}", tex=r"{0} \, {1}", level=2, samples=PAIR)
divide = atom("divide", np.divide, lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b,
              meet="float", text="{0} / {1:>}", tex=r"\frac{{{0:0}}}{{{1:0}}}", level=2,
              tex_level=3, samples=[uniform(-3, 3), uniform(0.5, 3)])
negative = atom("negative", np.negative, lambda g, y, x: -g,
                meet="number", text="-{0}", tex="-{0}", level=2, samples=ANY)
abs = atom("abs", np.abs, lambda g, y, x: g * sign(x),
           meet="same", tex=r"\left|{0:0}\right|", samples=ANY)
sign = atom("sign", np.sign, None, meet="number", samples=ANY)
square = atom("square", np.square, lambda g, y, x: g * (2 * x),
              meet="number", tex="{0:>}^2", level=4, samples=ANY)
sqrt = atom("sqrt", np.sqrt, lambda g, y, x: g / (2 * y),
            meet="float", tex=r"\sqrt{{{0:0}}}", samples=POSITIVE)


def _by_base(g: Any, y: Any, a: Any, b: Any) -> Any:
    """b aᵇ⁻¹; at b = 0 the power is constant, also at a = 0."""
    if isinstance(b, (int, float)):
        return g * (b * power(a, b - 1)) if b != 0 else None
    return g * (b * power(a, where(equal(b, 0), 1, b - 1)))


def _by_exponent(g: Any, y: Any, a: Any, b: Any) -> Any:
    """aᵇ log a, which has a meaning for a > 0 only."""
    return g * (y * log(where(greater(a, 0), a, 1)))


power = atom("power", np.power, _by_base, _by_exponent, meet="number", text="{0:>} ** {1:>}",
             tex="{0:>}^{{{1:0}}}", level=4, samples=[uniform(0.3, 3), uniform(-2, 2)])
floor_divide = atom("floor_divide", np.floor_divide, None, None, meet="number",
                    text="{0:>} // {1:>}", tex=r"\lfloor {0} / {1:>} \rfloor", level=1.5,
                    samples=[uniform(-3, 3), uniform(0.5, 3)])
mod = atom("mod", np.remainder, lambda g, y, a, b: g, lambda g, y, a, b: -g * floor_divide(a, b),
           meet="number", text="{0:>} % {1:>}", tex=r"{0:>} \bmod {1:>}", level=1.5,
           samples=[uniform(0.6, 0.9), uniform(1, 3)])
floor = atom("floor", np.floor, None, meet="float", tex=r"\lfloor {0:0} \rfloor", samples=ANY)
round = atom("round", lambda x, *, decimals=0: np.round(x, decimals), None, meet="number",
             samples=ANY)

# exponentials and their kin
exp = atom("exp", np.exp, lambda g, y, x: g * y,
           meet="float", tex="e^{{{0:0}}}", level=4, samples=[uniform(-3, 3), at(-1e4, 0.0)])
expm1 = atom("expm1", np.expm1, lambda g, y, x: g * exp(x),
             meet="float", tex=r"e^{{{0:0}}} - 1", level=1, samples=[uniform(-3, 3), at(-1e4, 0.0)])
log = atom("log", np.log, lambda g, y, x: g / x,
           meet="float", tex=r"\log({0:0})", samples=POSITIVE)
log1p = atom("log1p", np.log1p, lambda g, y, x: g / (1 + x),
             meet="float", tex=r"\log(1 + {0:0})",
             samples=[uniform(-0.8, 3), at(0.0, 1e4)])
sin = atom("sin", np.sin, lambda g, y, x: g * cos(x),
           meet="float", tex=r"\sin({0:0})", samples=ANY)
cos = atom("cos", np.cos, lambda g, y, x: -g * sin(x),
           meet="float", tex=r"\cos({0:0})", samples=ANY)
# 1 - tanh² cancels where tanh ≈ ±1; there the true derivative is below 1e-15 and does not matter
tanh = atom("tanh", np.tanh, lambda g, y, x: g * (1 - square(y)),
            meet="float", tex=r"\tanh({0:0})", samples=ANY)
erf = atom("erf", erf_value, lambda g, y, x: g * (2 / math.sqrt(math.pi) * exp(-square(x))),
           meet="float", samples=ANY)

# choices; at a tie the first operand takes the gradient
maximum = atom("maximum", np.maximum,
               lambda g, y, a, b: where(greater_equal(a, b), g, 0),
               lambda g, y, a, b: where(greater_equal(a, b), 0, g),
               meet="same", tex=r"\max({0:0}, {1:0})", samples=PAIR)
minimum = atom("minimum", np.minimum,
               lambda g, y, a, b: where(less_equal(a, b), g, 0),
               lambda g, y, a, b: where(less_equal(a, b), 0, g),
               meet="same", tex=r"\min({0:0}, {1:0})", samples=PAIR)
where = atom("where", lambda condition, x1, x2: np.where(condition, x1, x2), None,
             lambda g, y, condition, a, b: where(condition, g, 0),
             lambda g, y, condition, a, b: where(condition, 0, g),
             meet="same", keep=1, tex_level=1,
             tex=r"\begin{{cases}} {1:0} & {0:0} \\ {2:0} & \text{{else}} \end{{cases}}")


def _comparison(name: str, value: Any, text: str, tex: str) -> Any:
    return atom(name, value, None, None, meet="same", result="bool", level=0,
                text=f"{{0:>}} {text} {{1:>}}", tex=f"{{0:>}} {tex} {{1:>}}", samples=PAIR)


equal = _comparison("equal", np.equal, "==", "=")
not_equal = _comparison("not_equal", np.not_equal, "!=", r"\neq")
less = _comparison("less", np.less, "<", "<")
less_equal = _comparison("less_equal", np.less_equal, "<=", r"\leq")
greater = _comparison("greater", np.greater, ">", ">")
greater_equal = _comparison("greater_equal", np.greater_equal, ">=", r"\geq")

logical_not = atom("logical_not", np.logical_not, None, meet="bool", result="bool",
                   tex=r"\lnot {0:>}", level=3)
logical_and = atom("logical_and", np.logical_and, None, None, meet="bool", result="bool",
                   tex=r"{0:>} \land {1:>}", level=0)
logical_or = atom("logical_or", np.logical_or, None, None, meet="bool", result="bool",
                  tex=r"{0:>} \lor {1:>}", level=0)


# ops of one line
@op(samples=ANY)
def ceil(x):
    """The least whole number that is not below x: ⌈x⌉ = -⌊-x⌋."""
    return -floor(-x)


@op(samples=[uniform(0.5, 3)])
def reciprocal(x):
    """1 / x."""
    return 1 / x


@op(samples=POSITIVE)
def rsqrt(x):
    """1 / √x."""
    return 1 / sqrt(x)


@op
def isnan(x):
    """Whether a number is NaN, the only one that is not equal to itself."""
    return not_equal(x, x)


@op
def isinf(x):
    """Whether a number is ∞ or -∞."""
    return equal(abs(x), float("inf"))


@op
def isfinite(x):
    """Whether a number is neither infinite nor NaN."""
    return less(abs(x), float("inf"))


@op(samples=PAIR)
def logaddexp(x1, x2):
    """log(eᵃ + eᵇ), the logarithm of a sum of two numbers a and b given by their logarithms."""
    return log(exp(x1) + exp(x2))


@logaddexp.stable                     # e^(smaller - larger) never overflows
def _(a, b):
    return maximum(a, b) + log1p(exp(-abs(a - b)))


@logaddexp.gradient                   # the parts of eᵃ and eᵇ in the sum
def _(g, y, a, b):
    return g * exp(a - y), g * exp(b - y)


@op
def clip(x, x_min, x_max):
    """x kept within [x_min, x_max]; outside, the gradient is zero."""
    return minimum(maximum(x, x_min), x_max)
