"""Descent on a function of a few numbers, explained: value, gradient, state, new point."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pellucid import optimizers
from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.field import check as in_range
from pellucid.core.kinds import shown
from pellucid.insight.dynamics.descent import Function, Point, as_point, descend
from pellucid.insight.explain.slips import checked
from pellucid.insight.explain.step import Explanation
from pellucid.insight.explain.walk import Walk
from pellucid.layers import Layer

MANY, FURTHEST = 10, 100_000           # steps that are all shown; steps at most


def explain(f: Function, start: Point, optimizer: Any = "sgd", *,
            steps: int | Sequence[int] = 3, digits: int = 9,
            check: Mapping[str, Any] | None = None) -> Explanation:
    r"""Show how an optimizer walks down f(x, y), every number with its formula.

    Each step tells the value of f, its gradient (the derivative of f's own definition, beside what
    a small nudge shows), the optimizer's state and the new point:
    :math:`x_1 = x_0 - η \, \partial f / \partial x_0`. At the end stands whether the point to which
    this leads is a minimum, a maximum or a saddle.

    Args:
        f: a function of numbers, written with Python's operators and `pellucid.ops`, which gives
            one number.
        start: where to begin, a number for each argument of f.
        optimizer: a name or an optimizer; a copy of it does the work, in float64.
        steps: how many (at most 100,000; of more than ten the first two and the last are shown), or
            the numbers of the steps to show, counted from 1.
        digits: how many digits of each number are shown, 1 to 17.
        check: claimed numbers or formulas by name, such as ``{"x_2": 1.24}``; the explanation says
            which is the first that disagrees, and what went wrong in it where that can be found.

    Raises ArgumentError for steps or digits out of range and for a name in ``check`` that stands
    for nothing, and what `pellucid.insight.dynamics.descend` raises.

    >>> found = explain(lambda x, y: x * x - y * y, (2, 3), optimizers.SGD(0.1), steps=2,
    ...                 check={"x_2": 1.24})
    >>> found["y_2"].value, str(found["∂f/∂x_0"].formula)
    (4.32, '2 * x_0')
    >>> print(found.checked.first)
    x_2 is 1.28, not 1.24 (0.04 too small): y_1 = 3.6 was used where ∂f/∂x_1 = 3.2 belongs.
    """
    wanted = _wanted(steps)
    in_range("explain", "digits", digits, at_least=1, at_most=17, whole=True)
    if isinstance(f, Layer):
        raise KindError("explain needs a function of numbers", got=f"the model {f.name!r}",
                        where=user_line(), hint="for one step of its training: "
                        "model.explain(x, y)")
    given = optimizers.get(optimizer)
    descend(f, start, given, steps=0)                    # which checks f and its start
    walk = Walk(f, _names(f, len(np.ravel(start))), given, as_point(start), digits)
    found = tuple(walk.told(wanted))
    return Explanation(found, digits, title=walk.title, legend=tuple(walk.notes),
                       checked=None if check is None else checked(found, check))


def _wanted(steps: Any) -> list[int]:
    """The numbers of the steps to show."""
    given: list[Any] = list(steps) if isinstance(steps, Sequence) else [steps]
    if not given or not all(isinstance(each, int | np.integer) and not isinstance(each, bool)
                            and 1 <= each <= FURTHEST for each in given):
        raise ArgumentError(
            f"steps must be a number from 1 to {FURTHEST:,}, or the numbers of the steps to show",
            got=shown(steps), where=user_line(), hint="try steps=[1, 2, 100]")
    if isinstance(steps, Sequence):
        return sorted(set(given))
    return list(range(1, steps + 1)) if steps <= MANY else [1, 2, steps]


def _names(f: Function, count: int) -> list[str]:
    """The names of the arguments of f; x_1, x_2, … where it takes any number of them."""
    try:
        kinds = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        kinds = []
    names = [each.name for each in kinds if each.kind is not each.VAR_POSITIONAL][:count]
    return names if len(names) == count else [f"x{i}" for i in range(1, count + 1)]
