"""A small simplifier: what a person would not write is not written (0·x, 1·x, x + 0, --x)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from pellucid.core.tensor import OPS
from pellucid.spaces.terms import SIMPLER, Term, term


def simpler(*names: str) -> Callable[[Any], Any]:
    """Decorator: a shorter form of the named ops, or None where there is none."""
    def give(rule: Any) -> Any:
        for name in names:
            SIMPLER[name] = rule
        return rule
    return give


def _same(a: Term, b: Term) -> bool:
    return str(a) == str(b)


def _inside(a: Term, op: str) -> tuple[Term, ...]:
    """The operands of a term made by the op of that name and not hidden by a symbol, or ()."""
    return a.args if a.op is not None and a.op.name == op and not a.name else ()


def _number(a: Term) -> Any:
    return None if a.name else a.value


def _folded(value: float, *, short: bool = False) -> Term | None:
    """The number itself, unless it prints long where it need not: 1/4 is 0.25, 1/3 stays 1/3."""
    return term(value) if math.isfinite(value) and not (short and len(repr(value)) > 8) else None


def _share(a: Term) -> tuple[float, Term]:
    """A term as coefficient · rest: r/2 and 0.5·r are both (0.5, r)."""
    if (inner := _inside(a, "negative")):
        share, rest = _share(inner[0])
        return -share, rest
    product = _inside(a, "multiply")
    if product and _number(product[0]) is not None:
        share, rest = _share(product[1])
        return _number(product[0]) * share, rest
    over = _inside(a, "divide")
    if over and _number(over[1]) not in (None, 0):
        share, rest = _share(over[0])
        return share / _number(over[1]), rest
    return 1.0, a


def _branches(a: Term) -> tuple[Any, Any, Any]:
    """Condition and both branches of a choice; None three times if it is none."""
    return _inside(a, "where") or (None, None, None)          # pyright: ignore


def _half(a: Term) -> tuple[Any, Any, Any]:
    """As `_branches`, of a choice that is 0 on one side: a factor may move into it."""
    condition, u, v = _branches(a)
    return (condition, u, v) if condition is not None and 0 in (_number(u), _number(v)) else (
        None, None, None)


@simpler("add")
def _(a: Term, b: Term) -> Any:
    if _number(a) is not None and _number(b) is not None:
        return _folded(_number(a) + _number(b))
    if _number(a) == 0 or _number(b) == 0:
        return b if _number(a) == 0 else a
    for one, other in ((a, b), (b, a)):
        if (inner := _inside(other, "negative")):
            return one - inner[0]
        if (_number(other) or 0) < 0:
            return one - -_number(other)
    (m, r), (n, s) = _share(a), _share(b)
    if _same(r, s):
        return (m + n) * r
    if (inner := _inside(b, "multiply")) and (_number(inner[0]) or 0) < 0:
        return a - -_number(inner[0]) * inner[1]         # x + -2 * y
    (c, u, v), (d, p, q) = _branches(a), _branches(b)
    joined = c is not None and d is not None and _same(c, d)
    return OPS["where"](c, u + p, v + q) if joined else None


@simpler("subtract")
def _(a: Term, b: Term) -> Any:
    if _number(a) is not None and _number(b) is not None:
        return _folded(_number(a) - _number(b))
    if _number(a) == 0 or _number(b) == 0:
        return -b if _number(a) == 0 else a
    if (inner := _inside(b, "negative")):
        return a + inner[0]
    if (_number(b) or 0) < 0:
        return a + -_number(b)
    (m, r), (n, s) = _share(a), _share(b)
    return (m - n) * r if _same(r, s) else None


@simpler("negative")
def _(a: Term) -> Any:
    if _number(a) is not None:
        return -_number(a)
    if (inner := _inside(a, "negative")):
        return inner[0]
    if (inner := _inside(a, "subtract")):
        return inner[1] - inner[0]
    factor, *rest = _inside(a, "multiply") or (a,)
    return -_number(factor) * rest[0] if rest and _number(factor) is not None else None


@simpler("multiply")
def _(a: Term, b: Term) -> Any:
    if _number(b) is not None:
        a, b = b, a                                      # numbers stand in front
    n, m = _number(a), _number(b)
    if n is None:
        return _product_of_signed(a, b)
    if m is not None:
        return _folded(n * m)
    if n in (0, 1):
        return b if n == 1 else 0
    if n == -1:
        return -b
    condition, u, v = _half(b)
    if condition is not None:
        return OPS["where"](condition, n * u, n * v)
    share, rest = _share(b)
    if share != 1 and (folded := _folded(n * share)) is not None:
        return folded * rest
    return Term(OPS["multiply"], (a, b))


def _product_of_signed(a: Term, b: Term) -> Any:
    """Signs and numbers go to the front; x · x is a square."""
    if (inner := _inside(a, "negative")):
        return -(inner[0] * b)
    if (inner := _inside(b, "negative")):
        return -(a * inner[0])
    if (inner := _inside(b, "multiply")) and _number(inner[0]) is not None:
        return inner[0] * (a * inner[1])
    if (inner := _inside(a, "multiply")) and _number(inner[0]) is not None:
        return inner[0] * (inner[1] * b)
    if (inner := _inside(b, "divide")) and _number(inner[0]) == 1:
        return a / inner[1]
    if (inner := _inside(a, "divide")) and _number(inner[0]) == 1:
        return b / inner[1]
    for one, other in ((a, b), (b, a)):
        condition, u, v = _half(one)
        if condition is not None:
            return OPS["where"](condition, u * other, v * other)
    return OPS["square"](a) if _same(a, b) else None


@simpler("divide")
def _(a: Term, b: Term) -> Any:
    n, m = _number(a), _number(b)
    if n is not None and m not in (None, 0):
        return _folded(n / m, short=True)
    if m in (1, -1):
        return a if m == 1 else -a
    if n == 0 or _same(a, b):
        return 0 if n == 0 else 1
    if (inner := _inside(a, "negative")):
        return -(inner[0] / b)
    if (inner := _inside(b, "negative")):
        return -(a / inner[0])
    condition, u, v = _half(a)
    if condition is not None:
        return OPS["where"](condition, u / b, v / b)
    share, rest = _share(a)
    if m is not None and share != 1 and (folded := _folded(share / m, short=True)) is not None:
        return folded * rest
    return None


@simpler("power")
def _(a: Term, b: Term) -> Any:
    exponent = _number(b)
    if exponent in (0, 1):
        return a if exponent == 1 else 1
    return OPS["square"](a) if exponent == 2 else None


@simpler("where")
def _(condition: Term, a: Term, b: Term) -> Any:
    return a if _same(a, b) else None


def _mirror(name: str) -> Any:
    """0 < x is written x > 0."""
    def rule(a: Term, b: Term) -> Any:
        return OPS[name](b, a) if _number(a) is not None and _number(b) is None else None
    return rule


for _one, _other in (("less", "greater"), ("less_equal", "greater_equal"), ("equal", "equal"),
                     ("not_equal", "not_equal")):
    SIMPLER[_one], SIMPLER[_other] = _mirror(_other), _mirror(_one)


@simpler("sqrt")
def _(a: Term) -> Any:
    return a if _number(a) in (0, 1) else None


@simpler("cast", "broadcast_to", "stop_gradient")
def _(a: Term, **_: Any) -> Any:
    return a if _number(a) is not None else None
