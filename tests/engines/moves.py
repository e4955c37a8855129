"""The moves that random Plans are made of: each takes values that are there and gives a new one.

Numbers stay tame (squashed, scaled), so that two engines differ by roundings alone. What jumps
(floor, comparisons, argmax, a cast to a whole number) is applied to exact values alone: to inputs,
whole numbers and what only moves or picks from them, for which all engines have the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import pellucid.activations  # noqa: F401 (sigmoid and softplus come with it)
from pellucid.core.atom import ATOMS
from pellucid.core.tensor import OPS, Tensor

if TYPE_CHECKING:
    from tests.engines.random_plans import Draft

MOVES: dict[str, Callable[[Draft], Any]] = {}


class Value(NamedTuple):
    """A tensor of the trace, and whether every engine gives it bit by bit."""

    tensor: Tensor
    exact: bool

    @property
    def shape(self) -> tuple[int, ...]:
        return self.tensor.shape

    @property
    def dtype(self) -> str:
        return self.tensor.dtype

    @property
    def floating(self) -> bool:
        return self.dtype.startswith("float")

    @property
    def whole(self) -> bool:
        return not self.floating and self.dtype != "bool"


def move(function: Callable[[Draft], Any]) -> Callable[[Draft], Any]:
    """Decorator: one of the moves."""
    MOVES[function.__name__] = function
    return function


def op(name: str, *tensors: Any, **options: Any) -> Any:
    return OPS[name](*tensors, **options)


def of(value: Value, tensor: Any) -> Value:
    """A value made of this one alone without rounding."""
    return Value(tensor, value.exact)


# elementwise ----------------------------------------------------------------------------------

SMOOTH: tuple[Callable[[Any], Any], ...] = (
    lambda x: op("tanh", x), lambda x: op("sin", x), lambda x: op("cos", x), lambda x: op("erf", x),
    lambda x: op("arctan", x),
    lambda x: op("exp", -abs(x)), lambda x: op("expm1", op("tanh", x)),
    lambda x: op("log", 1 + op("square", x)), lambda x: op("log1p", abs(x)),
    lambda x: op("sqrt", 1 + op("square", x)), lambda x: 1 / (1 + op("square", x)),
    lambda x: op("power", 1 + abs(x), -0.5), lambda x: op("power", op("tanh", x), 2),
    lambda x: op("sigmoid", x), lambda x: op("softplus", x))


@move
def curve(draft: Draft) -> Value | None:
    if (x := draft.pick(lambda v: v.floating)) is None:
        return None
    return Value(draft.choice(SMOOTH)(x.tensor), False)


@move
def mirror(draft: Draft) -> Value | None:
    if (x := draft.pick(lambda v: v.floating or v.dtype.startswith("int"))) is None:
        return None
    name = draft.choice(("negative", "abs", "identity", "stop_gradient"))
    return of(x, op(name, x.tensor))


@move
def combination(draft: Draft) -> Value | None:
    """Arithmetic of two floats that fit together, or of a float and a Python number."""
    if (x := draft.pick(lambda v: v.floating)) is None:
        return None
    y = draft.fitting(x)
    a, b = (x.tensor, y) if draft.random.random() < 0.5 else (y, x.tensor)
    made = draft.choice((
        lambda: 0.5 * (a + b), lambda: 0.5 * (a - b), lambda: op("tanh", a * b),
        lambda: op("maximum", a, b), lambda: op("minimum", a, b), lambda: a / (1 + abs(b) * 1),
        lambda: 0.9 * a + 0.1 * b, lambda: op("tanh", a) * b))()
    return Value(made, False)


@move
def both_ways(draft: Draft) -> Value | None:
    """The same op twice, with its operands in either order or with other options."""
    if (x := draft.pick(lambda v: v.floating)) is None:
        return None
    a, b = x.tensor, draft.fitting(x)
    first, last = draft.choice((
        lambda: (a - b, b - a), lambda: (a + b, b + a), lambda: (op("maximum", a, b), b - 0.5 * a),
        lambda: (op("sum", a, axis=None), op("sum", a, axis=0) if x.shape else a),
        lambda: (op("tanh", op("transpose", a)), op("tanh", a))))()
    squashed = op("tanh", first), op("mean", op("tanh", last)) if math.prod(x.shape) else 1.0
    return Value(squashed[0] * squashed[1], False)


@move
def whole_numbers(draft: Draft) -> Value | None:
    """Arithmetic of whole numbers wraps around alike on every engine."""
    if (x := draft.pick(lambda v: v.whole)) is None:
        return None
    y = draft.fitting(x)
    name = draft.choice(("add", "subtract", "multiply", "maximum", "minimum", "floor_divide",
                         "mod", "square", "sign", "negative", "bitwise_and", "bitwise_or",
                         "bitwise_xor", "bitwise_not", "left_shift", "right_shift"))
    if name in ("square", "sign", "negative", "bitwise_not"):
        return of(x, op(name, x.tensor))
    if name in ("floor_divide", "mod", "left_shift", "right_shift"):
        y = int(draft.random.integers(1, 9))
    return Value(op(name, x.tensor, y), True)


@move
def comparison(draft: Draft) -> Value | None:
    if (x := draft.pick(lambda v: v.exact)) is None:
        return None
    y = draft.fitting(x, exact=True)
    name = draft.choice(("equal", "not_equal", "less", "less_equal", "greater", "greater_equal",
                         "logical_and", "logical_or"))
    return Value(op(name, x.tensor, y), True)


@move
def jump(draft: Draft) -> Value | None:
    if (x := draft.pick(lambda v: v.exact and v.floating)) is None:
        return None
    name = draft.choice(("floor", "round", "sign", "ceil", "logical_not"))
    return Value(op(name, x.tensor), True)


@move
def cast(draft: Draft) -> Value | None:
    x = draft.pick()
    dtype = draft.choice(("bool", "uint8", "int32", "int64", draft.float))
    if x.floating and dtype != draft.float:
        if not x.exact:
            return None
        return Value(op("cast", abs(x.tensor) * 4, dtype=dtype), True)
    tensor = op("mod", x.tensor, 7) if x.whole and dtype == draft.float else x.tensor
    return of(x, op("cast", tensor, dtype=dtype))


@move
def choice(draft: Draft) -> Value | None:
    condition = draft.pick(lambda v: v.dtype == "bool")
    x = draft.pick(lambda v: condition is not None and draft.meets(v, condition))
    if condition is None or x is None:
        return None
    y = draft.fitting(x)
    if not draft.meets_shape(getattr(y, "shape", ()), condition.shape):
        y = 0
    sides = (x.tensor, y) if draft.random.random() < 0.5 else (y, x.tensor)
    return Value(op("where", condition.tensor, *sides), not x.floating)


# reductions -----------------------------------------------------------------------------------

@move
def reduction(draft: Draft) -> Value | None:
    x = draft.pick()
    axis = draft.axes(len(x.shape))
    kept = bool(draft.random.integers(2))
    length = draft.count(x.shape, axis)
    name = draft.choice(("sum", "max", "min", "prod", "any", "all", "mean"))
    if not length and name in ("max", "min", "mean"):
        return None
    if not x.exact and name in ("any", "all"):
        return None
    tensor = x.tensor
    if x.floating and name == "prod":
        tensor = op("tanh", tensor)
    if name == "mean":
        if not x.floating:
            return None
        return Value(op("mean", tensor, axis=axis, keepdims=kept), False)
    result = op(name, tensor, axis=axis, keepdims=kept)
    if x.floating and name == "sum":
        result = result / max(length, 1)
    exact = not x.floating or (x.exact and name in ("max", "min", "any", "all"))
    return Value(result, exact)


@move
def argmax(draft: Draft) -> Value | None:
    x = draft.pick(lambda v: v.exact and math.prod(v.shape) > 0 and v.dtype != "bool")
    if x is None:
        return None
    axis = int(draft.random.integers(len(x.shape))) if x.shape else None
    return Value(op(draft.choice(("argmax", "argmin")), x.tensor, axis=axis,
                    keepdims=bool(draft.random.integers(2))), True)


@move
def running(draft: Draft) -> Value | None:
    if (x := draft.pick(lambda v: len(v.shape) > 0 and v.dtype != "bool")) is None:
        return None
    axis = int(draft.random.integers(len(x.shape)))
    result = ATOMS["cumsum"](x.tensor, axis=axis)
    return Value(result / max(x.shape[axis], 1), False) if x.floating else Value(result, True)
