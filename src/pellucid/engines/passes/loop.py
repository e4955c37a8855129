"""What a loop is to the passes: a step whose body is a Plan over one shape."""

from __future__ import annotations

from typing import Any

from pellucid.engines.passes.patterns import Whole

ELEMENTWISE = frozenset((
    "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "logical_not",
    "logical_and", "logical_or", "where", "maximum", "minimum", "cast", "add", "subtract",
    "multiply", "divide", "negative", "abs", "sign", "square", "sqrt", "power", "floor_divide",
    "mod", "bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift", "bitwise_not",
    "floor", "round", "exp", "expm1", "log", "log1p", "sin", "cos", "arctan", "tanh", "erf",
    "identity", "stop_gradient"))
REDUCTIONS = frozenset(("sum", "max", "min", "prod", "any", "all"))
VIEWS = frozenset(("reshape", "transpose", "broadcast_to", "strided"))


LOOP: Any = Whole("loop")           # its body: elementwise steps, views and reductions
