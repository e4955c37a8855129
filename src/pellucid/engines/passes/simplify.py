"""Simplify: steps that change nothing go, and rules that hold exactly, bit by bit, are used.

Only what IEEE arithmetic allows: x - 0 is x for every x, but x + 0 is not (it makes -0 into 0).

Measured (2026-11-21, `./dev bench passes`): a kernel less on mnist_reg, five on lstm_50; times
within noise. It clears the way for the passes after it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.atoms.reductions import axes_of
from pellucid.atoms.shaping import _reshape
from pellucid.core.plan import Plan, Step
from pellucid.engines.passes.rewriting import Rewriting, with_bodies

Rule = Callable[[Rewriting, Step], "int | Step | None"]
RULES: dict[str, Rule] = {}


def simplify(plan: Plan) -> Plan:
    """The Plan without steps that give what they are given.

    >>> from pellucid.engines.trace import trace
    >>> plan = trace(lambda x: -(-x) * 1 - 0, 2.0).plan
    >>> len(plan.steps), len(simplify(plan).steps)
    (4, 0)
    """
    rewriting = Rewriting(plan)
    for step in plan.steps:
        step = rewriting.with_inputs(step, options=with_bodies(step, simplify))
        step = _with_numbers(rewriting, step)
        found = RULES[step.op.name](rewriting, step) if step.op.name in RULES else None
        if isinstance(found, int) and _alike(rewriting, found, step.outputs[0]):
            rewriting.alias(step.outputs[0], found)
        else:
            rewriting.add(found if isinstance(found, Step) else step)
    return rewriting.finished()


def _alike(rewriting: Rewriting, slot: int, other: int) -> bool:
    a, b = rewriting.types[slot], rewriting.types[other]
    return a is not None and b is not None and (a.shape, a.dtype) == (b.shape, b.dtype)


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Decorator: what a step of these ops may be replaced by, a slot or another step."""
    def give(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(names, function))
        return function
    return give


def _with_numbers(rewriting: Rewriting, step: Step) -> Step:
    """Constant arrays of one repeated value as plain numbers, where shape and dtype allow it."""
    if step.op.name not in BROADCASTS or len(step.inputs) < 2:
        return step
    first = 1 if step.op.name == "where" else 0
    inputs, out = list(step.inputs), rewriting.types[step.outputs[0]]
    for place in range(first, len(inputs)):
        value, kind = rewriting.constants.get(inputs[place]), rewriting.types[inputs[place]]
        others = [t for i, slot in enumerate(inputs) if i != place and i >= first
                  and (t := rewriting.types[slot]) is not None]
        if kind is None or value is None or out is None or not np.size(value) or not any(
                t.shape == out.shape and t.dtype == kind.dtype for t in others):
            continue
        flat = np.asarray(value).reshape(-1)
        if flat.tobytes() == flat[:1].tobytes() * flat.size:
            inputs[place] = rewriting.constant(flat[0].item())
    return rewriting.with_inputs(step, inputs=tuple(inputs))


BROADCASTS = {"add", "subtract", "multiply", "divide", "maximum", "minimum", "where", "power",
              "equal", "not_equal", "less", "less_equal", "greater", "greater_equal"}


def _number(rewriting: Rewriting, slot: int) -> Any:
    """The Python number in a slot, if there is one."""
    return rewriting.constants.get(slot) if rewriting.types[slot] is None else None


@rule("identity", "stop_gradient", "cast", "broadcast_to")
def _same(rewriting: Rewriting, step: Step) -> int:
    return step.inputs[0]


@rule("multiply", "divide")
def _times_one(rewriting: Rewriting, step: Step) -> int | None:
    a, b = step.inputs
    if _number(rewriting, b) == 1:
        return a
    return b if step.op.name == "multiply" and _number(rewriting, a) == 1 else None


@rule("subtract")
def _minus_nothing(rewriting: Rewriting, step: Step) -> int | None:
    number = _number(rewriting, step.inputs[1])
    return step.inputs[0] if number == 0 and not np.signbit(number) else None


@rule("negative", "abs")
def _of_negative(rewriting: Rewriting, step: Step) -> int | Step | None:
    inner = rewriting.maker.get(step.inputs[0])
    if inner is None or inner.op.name != "negative":
        return None
    if step.op.name == "negative":
        return inner.inputs[0]
    return rewriting.with_inputs(step, inputs=inner.inputs)


@rule("where")
def _chosen(rewriting: Rewriting, step: Step) -> int | None:
    choice = rewriting.constants.get(step.inputs[0])
    if choice is None or np.ndim(choice):
        return None
    return step.inputs[1] if choice else step.inputs[2]


@rule("reshape")
def _reshaped(rewriting: Rewriting, step: Step) -> int | Step | None:
    kind, out = rewriting.types[step.inputs[0]], rewriting.types[step.outputs[0]]
    if kind is not None and out is not None and kind.shape == out.shape:
        return step.inputs[0]
    inner = rewriting.maker.get(step.inputs[0])
    if inner is not None and inner.op.name == "reshape":
        before = rewriting.types[inner.inputs[0]]
        if before is not None and out is not None and before.shape == out.shape:
            return inner.inputs[0]
        return rewriting.with_inputs(step, inputs=inner.inputs)
    return None


@rule("transpose")
def _in_order(rewriting: Rewriting, step: Step) -> int | None:
    axes, kind = step.options.get("axes"), rewriting.types[step.inputs[0]]
    if kind is not None and axes is None:
        axes = tuple(reversed(range(len(kind.shape))))
    return step.inputs[0] if axes is not None and list(axes) == sorted(axes) else None


@rule("sum", "max", "min", "prod", "any", "all")
def _over_one(rewriting: Rewriting, step: Step) -> int | Step | None:
    # (a sum of -0 alone is -0 here; NumPy, which begins with 0, says 0)
    kind, out = rewriting.types[step.inputs[0]], rewriting.types[step.outputs[0]]
    if kind is None or out is None or kind.dtype != out.dtype:
        return None
    axes = axes_of(step.options.get("axis"), len(kind.shape))
    if any(kind.shape[axis] != 1 for axis in axes):
        return None
    if kind.shape == out.shape:
        return step.inputs[0]
    return rewriting.with_inputs(step, op=_reshape, options={"shape": out.shape})
