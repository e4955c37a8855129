"""In which order of axes a product is written: as those want it who read it.

The heads of attention are multiplied as ``(batch, heads, steps, width)`` and read as ``(batch,
steps, heads, width)``. Written so at once, the one is a view of the other and nothing is copied.
"""

from __future__ import annotations

from pellucid.core.plan import Plan, Step
from pellucid.engines.passes.rewriting import users

Axes = tuple[int, ...]


def orders(plan: Plan) -> dict[int, Axes]:
    """By slot, for products that are all read in one other order of axes: which.

    Loops do not count, as they read any order. The last axis of the order is one of the matrices',
    so that a row or a column of each matrix stays side by side.

    >>> import numpy as np
    >>> from pellucid.atoms import matmul, transpose
    >>> from pellucid.engines.trace import trace
    >>> x = np.ones((2, 4, 5, 5))
    >>> orders(trace(lambda x: transpose(matmul(x, x), axes=(0, 2, 1, 3)), x).plan)
    {1: (0, 2, 1, 3)}
    """
    readers, end = users(plan.steps, plan.outputs), len(plan.steps)
    found: dict[int, Axes] = {}
    for step in plan.steps:
        kind = plan.types[slot := step.outputs[0]]
        if step.op.name != "matrix_product" or kind is None:
            continue
        own = tuple(range(len(kind.shape)))
        wanted = {own if i == end else _order(plan.steps[i], own)
                  for i in readers.get(slot, ())} - {None}
        axes = wanted.pop() if len(wanted) == 1 else None
        if axes not in (None, own) and axes[-1] >= len(own) - 2:
            found[slot] = axes
    return found


def _order(reader: Step, own: Axes) -> Axes | None:
    """The order of axes in which a step wants what it reads; None if any will do."""
    if reader.op.name == "loop":
        return None
    if reader.op.name != "transpose":
        return own
    axes = reader.options.get("axes")
    return own[::-1] if axes is None else tuple(own[axis] for axis in axes)
