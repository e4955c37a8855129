"""What the passes share: a Plan walked step by step, with slots that stand for other slots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from pellucid.core.plan import Plan, Step, needed
from pellucid.core.tensor import Abstract


class Rewriting:
    """A Plan in the making: steps are added one by one; `alias` lets a slot stand for another."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.types = list(plan.types)
        self.constants = dict(plan.constants)
        self.steps: list[Step] = []
        self.maker: dict[int, Step] = {}
        self._stands_for: dict[int, int] = {}

    def now(self, slot: int) -> int:
        """The slot that holds this slot's value."""
        return self._stands_for.get(slot, slot)

    def alias(self, slot: int, other: int) -> None:
        """Let ``slot`` be read as ``other`` from here on."""
        self._stands_for[slot] = self.now(other)

    def add(self, step: Step) -> None:
        self.steps.append(step)
        self.maker.update(dict.fromkeys(step.outputs, step))

    def constant(self, value: Any) -> int:
        """A new slot with a known value: an array, or a Python number."""
        self.types.append(Abstract(value.shape, value.dtype.name)
                          if isinstance(value, np.ndarray) else None)
        self.constants[len(self.types) - 1] = value
        return len(self.types) - 1

    def with_inputs(self, step: Step, **changes: Any) -> Step:
        """The step as it reads now."""
        inputs = changes.get("inputs", tuple(map(self.now, step.inputs)))
        return Step(changes.get("op", step.op), inputs, changes.get("options", step.options),
                    step.outputs, step.scope)

    def finished(self) -> Plan:
        """The new Plan, without what no output depends on."""
        outputs = tuple(map(self.now, self.plan.outputs))
        steps = needed(self.steps, outputs)
        used = {*outputs, *(slot for step in steps for slot in step.inputs)}
        constants = {slot: value for slot, value in self.constants.items() if slot in used}
        return Plan(self.types, self.plan.inputs, constants, steps, outputs, self.plan.state,
                    self.plan.names)


def with_bodies(step: Step, change: Callable[[Plan], Plan]) -> dict[str, Any]:
    """The options of a step, with every Plan among them changed."""
    return {name: change(value) if isinstance(value, Plan) else value
            for name, value in step.options.items()}


def users(steps: Sequence[Step], outputs: Iterable[int]) -> dict[int, list[int]]:
    """For each slot the numbers of the steps that read it; the Plan's end counts as a step."""
    found: dict[int, list[int]] = {}
    for number, step in enumerate(steps):
        for slot in dict.fromkeys(step.inputs):
            found.setdefault(slot, []).append(number)
    for slot in dict.fromkeys(outputs):
        found.setdefault(slot, []).append(len(steps))
    return found
