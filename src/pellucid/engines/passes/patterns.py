"""What passes share that replace several steps by one: the op of the new step, and its meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid.core.plan import Plan, Step
from pellucid.engines.passes.rewriting import Rewriting


class Whole:
    """The op of a step that stands for several: ``body`` is the Plan of the steps it replaces."""

    many = True

    def __init__(self, name: str) -> None:
        self.name = name

    @staticmethod
    def body(*values: Any, body: Plan, **options: Any) -> Sequence[Any]:
        """Run the steps one after the other, as the reference engine does."""
        return body(values)


def whole(rewriting: Rewriting, op: Any, step: Step, inputs: Sequence[int], **options: Any) -> Step:
    """One step of ``op`` for ``step`` and all that leads from ``inputs`` to it."""
    steps: list[Step] = []
    constants: dict[int, Any] = {}
    _collect(rewriting, step, set(inputs), steps, constants)
    body = Plan(rewriting.types, tuple(inputs), constants, steps, step.outputs)
    return Step(op, tuple(inputs), {"body": body, **options}, step.outputs, step.scope)


def _collect(rewriting: Rewriting, step: Step, given: set[int], steps: list[Step],
             constants: dict[int, Any]) -> None:
    """The steps that make ``step`` from what is given, in order, and the constants they read."""
    if step in steps:
        return
    for slot in step.inputs:
        if slot in rewriting.constants:
            constants[slot] = rewriting.constants[slot]
        elif slot not in given:
            _collect(rewriting, rewriting.maker[slot], given, steps, constants)
    steps.append(step)


def maker(rewriting: Rewriting, slot: int, *names: str) -> Step | None:
    """The step that made a slot, if it is of one of these ops."""
    step = rewriting.maker.get(slot)
    return step if step is not None and step.op.name in names else None


def shape(rewriting: Rewriting, slot: int) -> tuple[int, ...]:
    """The shape of a slot; () for a Python number."""
    kind = rewriting.types[slot]
    return () if kind is None else kind.shape
