"""The loss as a nudge sees it: what stop_gradient hides from the gradient stays where it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pellucid.engines import base
from pellucid.engines.trace import Compiled


def held(loss: Compiled, engine: str = "native") -> Compiled:
    """A compiled loss in which every number that passed a stop_gradient is a constant from now on.

    A gradient takes such a number for a constant, as the vectors of a power iteration; a nudge
    that moved it along would show the slope of something else. Without any it is the loss itself.
    """
    plan = replace(loss.plan, outputs=loss.plan.outputs[:1], state=()).pruned()
    stops = [step for step in plan.steps if step.op.name == "stop_gradient"]
    slots = tuple(step.outputs[0] for step in stops)
    if not slots:
        return loss
    seen = replace(plan, outputs=slots).pruned()
    now = base.get(engine).compile(seen)([each.array for each in loss.read])
    constants = {slot: np.array(each) for slot, each in zip(slots, now, strict=True)}
    kept = [[step for step in steps if step.outputs[0] not in constants]
            for steps in (plan.steps, plan.outline)]
    still = replace(plan, steps=kept[0], outline=kept[1],
                    constants={**plan.constants, **constants}).pruned()
    return Compiled(still, loss.read, [], loss.results, base.get(engine))
