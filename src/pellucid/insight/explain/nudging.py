"""The loss as a nudge sees it: what stop_gradient hides from the gradient stays where it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from pellucid.core.plan import Plan, Step
from pellucid.core.tensor import Abstract
from pellucid.engines import base
from pellucid.engines.trace import Compiled


def held(loss: Compiled, engine: str = "native") -> Compiled:
    """A compiled loss in which every number that passed a stop_gradient is a constant from now on.

    A gradient takes such a number for a constant, as the vectors of a power iteration; a nudge
    that moved it along would show the slope of something else. Without any it is the loss itself.
    In a `scan` it is another number at every step: there they become a sequence that comes in.
    """
    plan = replace(loss.plan, outputs=loss.plan.outputs[:1], state=()).pruned()
    hidden = _hidden(plan)
    if not hidden:
        return loss
    showing = _showing(plan, hidden)
    seen = replace(showing, outputs=showing.outputs[1:]).pruned()
    now = base.get(engine).compile(seen)([each.array for each in loss.read])
    given = _given(plan, hidden)
    slots = given.inputs[len(plan.inputs):]
    constants = {slot: np.array(each) for slot, each in zip(slots, now, strict=True)}
    still = replace(given, inputs=plan.inputs,
                    constants={**given.constants, **constants}).pruned()
    return Compiled(still, loss.read, [], loss.results, base.get(engine))


@dataclass(frozen=True)
class Hidden:
    """A step whose output no gradient passes, or a scan with such steps ``within`` its body."""

    step: Step
    within: tuple[Hidden, ...] = ()

    def types(self, plan: Plan) -> Iterator[Abstract]:
        """Of the numbers that are hidden: for a scan a sequence of each."""
        if self.step.op.name == "stop_gradient":
            found = plan.types[self.step.outputs[0]]
            assert found is not None
            yield found
        for each in self.within:
            for inner in each.types(self.step.options["body"]):
                yield Abstract((self.step.options["length"], *inner.shape), inner.dtype)


def _hidden(plan: Plan) -> tuple[Hidden, ...]:
    """What a Plan hides from gradients, in the order of its steps."""
    found = []
    for step in plan.steps:
        within = _hidden(step.options["body"]) if step.op.name == "scan" else ()
        if within or step.op.name == "stop_gradient":
            found.append(Hidden(step, within))
    return tuple(found)


def _showing(plan: Plan, hidden: tuple[Hidden, ...]) -> Plan:
    """The Plan that gives out, after all else, every number that is hidden."""
    types, shown = list(plan.types), []

    def showing(each: Hidden) -> Step:
        step, options = each.step, each.step.options
        if not each.within:
            shown.extend(step.outputs)
            return step
        slots = _new_slots(types, each.types(plan))
        shown.extend(slots)
        at = len(options["body"].outputs)                # after the ys, before the carries so far
        return replace(step, outputs=(*step.outputs[:at], *slots, *step.outputs[at:]),
                       options={**options, "body": _showing(options["body"], each.within)})

    changed = _changed(plan, {each.step.outputs: showing(each) for each in hidden})
    return replace(changed, types=types, outputs=(*plan.outputs, *shown))


def _given(plan: Plan, hidden: tuple[Hidden, ...]) -> Plan:
    """The Plan into which, after all else, every number comes that was hidden."""
    types, inputs = list(plan.types), []

    def given(each: Hidden) -> Step | None:
        step, options = each.step, each.step.options
        if not each.within:
            inputs.extend(step.outputs)
            return None
        slots = _new_slots(types, each.types(plan))
        inputs.extend(slots)
        body, at = _given(options["body"], each.within), options["carries"] + options["rows"]
        old, new = body.inputs[:-len(slots)], body.inputs[-len(slots):]
        return replace(step, inputs=(*step.inputs[:at], *slots, *step.inputs[at:]),
                       options={**options, "rows": options["rows"] + len(slots),
                                "body": replace(body, inputs=(*old[:at], *new, *old[at:]))})

    changed = _changed(plan, {each.step.outputs: given(each) for each in hidden})
    return replace(changed, types=types, inputs=(*plan.inputs, *inputs))


def _new_slots(types: list[Abstract | None], more: Iterator[Abstract]) -> list[int]:
    start = len(types)
    types.extend(more)
    return list(range(start, len(types)))


def _changed(plan: Plan, steps: dict[tuple[int, ...], Step | None]) -> Plan:
    """The Plan with other steps in the place of some, or none where there is None."""
    def changed(some: list[Step]) -> list[Step]:
        found = (steps.get(each.outputs, each) for each in some)
        return [each for each in found if each is not None]
    return replace(plan, steps=changed(plan.steps), outline=changed(plan.outline))
