"""What running a Plan costs: the operations counted, and the memory that its values take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from pellucid.core.plan import Plan, Step
from pellucid.engines.passes.loop import VIEWS

FREE = VIEWS | {"identity", "stop_gradient", "cast"}
LOOKS = VIEWS | {"windows", "identity", "stop_gradient"}    # no numbers of their own: they look at
# those of their operand, overlapping windows of it too


@dataclass(frozen=True)
class Work:
    """Multiply-adds of matrix products, and the numbers that other operations compute, by name."""

    multiply_adds: int
    others: Counter[str]


def work(plan: Plan) -> Work:
    """What running a Plan once computes; views and casts are free."""
    return work_of(plan, plan.steps)


def work_of(plan: Plan, steps: Iterable[Step]) -> Work:
    """What some of the steps of a Plan compute."""
    products, others = 0, Counter[str]()
    for step in steps:
        inner = [each for each in step.options.values() if isinstance(each, Plan)]
        if inner:                                        # a loop's body, once for each turn
            times = step.options.get("length", 1)
            for each in map(work, inner):
                products += times * each.multiply_adds
                others.update({name: times * n for name, n in each.others.items()})
        elif step.op.name == "matrix_product":
            products += size(plan, step.outputs[0]) * shape(plan, step.inputs[0])[-1]
        elif step.op.name not in FREE:
            others[step.op.name] += _numbers(plan, step)
    return Work(products, others)


def kept(plan: Plan, later: Callable[[Step], bool]) -> dict[int, Step]:
    """The values that the ``later`` steps read of the others: slots, and the steps that made them.

    A view is no value: what it looks at is kept in its place. What comes into the Plan is there
    anyway, so it is not among them.
    """
    source, maker = _sources(plan), {slot: step for step in plan.steps for slot in step.outputs}
    read = {source[slot] for step in plan.steps if later(step) for slot in step.inputs}
    return {slot: maker[slot] for slot in sorted(read)
            if slot in maker and not later(maker[slot])}


def peak(plan: Plan) -> int:
    """The most bytes that values take at one time, if each is let go after its last reader.

    Inputs (data, weights) and constants are not counted: they are there before and after.
    """
    source, end = _sources(plan), len(plan.steps)
    made = {slot: i for i, step in enumerate(plan.steps) for slot in step.outputs
            if source[slot] == slot}
    last = dict(made)
    for i, step in enumerate(plan.steps):
        last |= {source[slot]: i for slot in step.inputs if source[slot] in made}
    last |= {source[slot]: end for slot in plan.outputs if source[slot] in made}
    change = np.zeros(end + 2, np.int64)
    for slot, born in made.items():
        change[born] += memory(plan, slot)
        change[last[slot] + 1] -= memory(plan, slot)
    return int(change.cumsum().max())


def memory(plan: Plan, slot: int) -> int:
    """The bytes of a value."""
    kind = plan.types[slot]
    return 0 if kind is None else size(plan, slot) * np.dtype(kind.dtype).itemsize


def shape(plan: Plan, slot: int) -> tuple[int, ...]:
    """The shape of a value; that of a Python number is ()."""
    kind = plan.types[slot]
    return () if kind is None else kind.shape


def size(plan: Plan, slot: int) -> int:
    """How many numbers a value holds."""
    return int(np.prod(shape(plan, slot), dtype=np.int64))


def _sources(plan: Plan) -> dict[int, int]:
    """For each slot the one that holds its numbers: itself, or what it is a view of."""
    source = {slot: slot for slot in range(len(plan.types))}
    for step in plan.steps:
        if step.op.name in LOOKS:
            source[step.outputs[0]] = source[step.inputs[0]]
    return source


def _numbers(plan: Plan, step: Step) -> int:
    """How many numbers a step computes, or reads where it gathers many into few."""
    return max(size(plan, slot) for slot in (*step.inputs, *step.outputs))
