"""Pool: the largest numbers of windows that lie side by side, axis after axis, become one step.

The windows are axes of their own, (batch, places, size, places, size, channels): a maximum over
the last of them and one over the first, and on the way back the slope goes to the first largest
number of each axis in turn. Loops over so few numbers in a row are slow; channels are not.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from pellucid.core.plan import Plan, Step
from pellucid.engines.passes.patterns import Whole, maker, shape, whole
from pellucid.engines.passes.rewriting import Rewriting, with_bodies

POOL_LARGEST: Any = Whole("pool_largest")
POOL_TO_LARGEST: Any = Whole("pool_to_largest")


def pool(plan: Plan) -> Plan:
    """The Plan with one step for each largest number of a window, and one for its slope.

    >>> from pellucid.atoms import max_pool
    >>> from pellucid.engines.trace import trace
    >>> plan = trace(lambda x: max_pool(x, 2), np.ones((1, 4, 1))).plan
    >>> [step.op.name for step in pool(plan).steps]
    ['reshape', 'pool_largest']
    """
    rewriting = Rewriting(plan)
    for step in plan.steps:
        step = rewriting.with_inputs(step, options=with_bodies(step, pool))
        found = None
        if step.op.name == "max":
            found = _largest(rewriting, step)
        elif step.op.name == "where":
            found = _to_largest(rewriting, step)
        rewriting.add(step if found is None else found)
    return rewriting.finished()


def _cells(rewriting: Rewriting, slot: int) -> tuple[int, ...] | None:
    """(lines, height, places, width, channels) of windows in an array that a reshape made."""
    kind = rewriting.types[slot]
    if kind is None or kind.dtype not in ("float32", "float64") or not math.prod(kind.shape):
        return None
    if maker(rewriting, slot, "reshape") is None:
        return None
    if len(kind.shape) == 4:
        n, places, width, channels = kind.shape
        return n, 1, places, width, channels
    if len(kind.shape) == 6:
        n, lines, height, places, width, channels = kind.shape
        return n * lines, height, places, width, channels
    return None


def _largest(rewriting: Rewriting, step: Step) -> Step | None:
    """The maximum over the axis of the height, of the maxima over that of the width if it is so."""
    if step.options.get("axis") != 2 or step.options.get("keepdims"):
        return None
    x = step.inputs[0]
    inner = maker(rewriting, x, "max") if len(shape(rewriting, x)) == 5 else None
    if inner is not None and inner.options.get("axis") == 4 and not inner.options.get("keepdims"):
        x = inner.inputs[0]
    cells = _cells(rewriting, x)
    if cells is None:
        return None
    return whole(rewriting, POOL_LARGEST, step, (x,), cells=cells)


class Spread(NamedTuple):
    """Slopes that go to the first largest number along an axis of x: where(i = argmax x, g, 0)."""

    x: int
    axis: int
    slopes: int


def _to_largest(rewriting: Rewriting, step: Step) -> Step | None:
    """Slopes spread along the height, then along the width; or along the only axis."""
    last = _spread(rewriting, step)
    if last is None:
        return None
    if (cells := _cells(rewriting, last.x)) is None:
        return None
    if last.axis == 2 and len(shape(rewriting, last.x)) == 4:
        return whole(rewriting, POOL_TO_LARGEST, step, (last.x, last.slopes), cells=cells)
    before = maker(rewriting, last.slopes, "where")
    first = None if before is None else _spread(rewriting, before)
    if first is None or (last.axis, first.axis) != (4, 2):
        return None
    largest = maker(rewriting, first.x, "max")
    if largest is None or largest.inputs != (last.x,) or largest.options.get("axis") != 4:
        return None
    return whole(rewriting, POOL_TO_LARGEST, step, (last.x, first.slopes), cells=cells)


def _spread(rewriting: Rewriting, step: Step) -> Spread | None:
    """What a `where` spreads, if it is the gradient of a maximum."""
    chosen, given, other = step.inputs
    equal, stretched = maker(rewriting, chosen, "equal"), maker(rewriting, given, "reshape")
    if equal is None or stretched is None or not _is_zero(rewriting, other):
        return None
    kept = maker(rewriting, equal.inputs[1], "reshape")
    found = None if kept is None else maker(rewriting, kept.inputs[0], "argmax")
    if kept is None or found is None or not isinstance(axis := found.options.get("axis"), int):
        return None
    x, places = shape(rewriting, found.inputs[0]), _constant(rewriting, equal.inputs[0])
    one = tuple(1 if i == axis else n for i, n in enumerate(x))
    if shape(rewriting, step.outputs[0]) != x or axis < 0 or not all(
            shape(rewriting, slot) == one for slot in (given, kept.outputs[0])):
        return None
    along = tuple(n if i == axis else 1 for i, n in enumerate(x))
    if places.shape != along or not np.array_equal(places.ravel(), np.arange(x[axis])):
        return None
    return Spread(found.inputs[0], axis, stretched.inputs[0])


def _is_zero(rewriting: Rewriting, slot: int) -> bool:
    value = _constant(rewriting, slot)
    return value.shape == () and bool(value == 0)


def _constant(rewriting: Rewriting, slot: int) -> np.ndarray:
    """The value of a slot that is known; no numbers at all for other slots."""
    return np.asarray(rewriting.constants.get(slot, ()))
