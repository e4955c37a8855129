"""Fold: what depends on constants alone is computed once, before the Plan runs.

Measured (2026-11-21, `./dev bench passes`): nothing to gain on the five nets, which have no
constant arithmetic left; users' own layers may.
"""

from __future__ import annotations

import numpy as np

from pellucid.core.plan import Plan
from pellucid.engines.passes.rewriting import Rewriting, with_bodies

MOST = 1 << 20          # numbers: a larger constant costs more to keep than to compute


def fold(plan: Plan) -> Plan:
    """The Plan with constant steps replaced by their values.

    >>> import numpy as np
    >>> from pellucid.core.atom import ATOMS
    >>> from pellucid.core.plan import Plan, Step
    >>> from pellucid.core.tensor import Abstract
    >>> one = Step(ATOMS["exp"], (0,), {}, (1,))
    >>> fold(Plan([Abstract((), "float32")] * 2, (), {0: np.float32(0)}, [one], (1,))).constants
    {1: array(1., dtype=float32)}
    """
    rewriting = Rewriting(plan)
    for step in plan.steps:
        step = rewriting.with_inputs(step, options=with_bodies(step, fold))
        known = all(slot in rewriting.constants for slot in step.inputs) and step.inputs
        small = all((kind := plan.types[slot]) is not None and np.prod(kind.shape) <= MOST
                    for slot in step.outputs)
        if not known or not small:
            rewriting.add(step)
            continue
        with np.errstate(all="ignore"):
            result = step.op.body(*[rewriting.constants[i] for i in step.inputs], **step.options)
        results = result if step.op.many else (result,)
        for slot, value in zip(step.outputs, results, strict=True):
            kind = rewriting.types[slot]
            assert kind is not None
            rewriting.constants[slot] = np.asarray(value, kind.dtype)
    return rewriting.finished()
