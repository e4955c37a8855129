"""Pool: the largest numbers of windows become one step, and the way back too; and their sums.

The windows are axes of their own: of `windows`, or of a reshape where they lie side by side. There
is a maximum over the last of these axes and one over the first, and on the way back the slope goes
to the first largest number of each axis in turn. Loops over so few numbers in a row are slow.

Measured (2026-11-21, `./dev bench passes`): lenet takes 1.5 times as long without it.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from pellucid.core.plan import Plan, Step
from pellucid.engines.passes.patterns import Whole, maker, shape, whole
from pellucid.engines.passes.rewriting import Rewriting, with_bodies

POOL_LARGEST: Any = Whole("pool_largest")
POOL_SUM: Any = Whole("pool_sum")
POOL_TO_LARGEST: Any = Whole("pool_to_largest")

MOST = 64               # numbers of a window: longer sums are a loop's matter


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
        elif step.op.name == "sum":
            found = _sum(rewriting, step)
        elif step.op.name == "where":
            found = _to_largest(rewriting, step, step)
        elif step.op.name == "overlap_add" and (
                given := maker(rewriting, step.inputs[0], "where")) is not None:
            found = _to_largest(rewriting, given, step)
        rewriting.add(step if found is None else found)
    return rewriting.finished()


class Cells(NamedTuple):
    """An image, and where its windows are: what the kernels are told of it."""

    image: int
    options: dict[str, Any]


def _cells(rewriting: Rewriting, slot: int) -> Cells | None:
    """What a slot has the windows of, if these are axes of their own."""
    kind, made = rewriting.types[slot], maker(rewriting, slot, "reshape", "windows")
    if made is None or kind is None or kind.dtype not in ("float32", "float64") or not (
            math.prod(kind.shape) and len(kind.shape) in (4, 6)):
        return None
    flat, channels = len(kind.shape) == 4, kind.shape[-1]
    if made.op.name == "reshape":
        images, *axes = kind.shape[:-1]
        lines, high, places, wide = (1, 1, *axes) if flat else axes
        width, down, along = places * wide * channels, high, wide
        size = images, lines * high * width
        image = slot
    else:
        images, *axes = kind.shape[:-1]
        lines, places, high, wide = (1, axes[0], 1, axes[1]) if flat else axes
        down, along = (1, *made.options["strides"])[-2:]
        image = made.inputs[0]
        width = math.prod(shape(rewriting, image)[-2:])
        size = images, math.prod(shape(rewriting, image)[1:])
        if any(n != 1 for n in made.options["dilation"]):
            return None
    steps = size[1], down * width, along * channels, width
    return Cells(image, {"cells": (images, lines, places, high, wide, channels), "steps": steps,
                         "overlap": made.op.name == "windows"})


def _heights(rewriting: Rewriting, slot: int) -> int:
    """The axis of the height, or the only one, of what a slot has the windows of."""
    apart = maker(rewriting, slot, "windows") is not None
    return 3 if apart and len(shape(rewriting, slot)) == 6 else 2


def _largest(rewriting: Rewriting, step: Step) -> Step | None:
    """The maximum over the axis of the height, of the maxima over that of the width if it is so."""
    x = step.inputs[0]
    inner = maker(rewriting, x, "max") if len(shape(rewriting, x)) == 5 else None
    if inner is not None and inner.options.get("axis") == 4 and not inner.options.get("keepdims"):
        x = inner.inputs[0]
    cells = _cells(rewriting, x)
    if cells is None or step.options.get("axis") != _heights(rewriting, x) or (
            step.options.get("keepdims")) or (len(shape(rewriting, x)) == 6) != (inner is not None):
        return None
    return whole(rewriting, POOL_LARGEST, step, (cells.image,), **cells.options)


def _sum(rewriting: Rewriting, step: Step) -> Step | None:
    """The sum over all axes of windows."""
    x = step.inputs[0]
    cells = _cells(rewriting, x)
    if cells is None or step.options.get("keepdims"):
        return None
    axes = (2,) if len(shape(rewriting, x)) == 4 else (_heights(rewriting, x), 4)
    _, _, _, high, wide, _ = cells.options["cells"]
    if step.options.get("axis") != axes or high * wide > MOST:
        return None
    return whole(rewriting, POOL_SUM, step, (cells.image,), **cells.options)


class Spread(NamedTuple):
    """Slopes that go to the first largest number along an axis of x: where(i = argmax x, g, 0)."""

    x: int
    axis: int
    slopes: int


def _to_largest(rewriting: Rewriting, given: Step, step: Step) -> Step | None:
    """Slopes spread along the height, then along the width; or along the only axis.

    Windows that overlap are added up by ``step``, others are ``given`` as they stand.
    """
    last = _spread(rewriting, given)
    cells = None if last is None else _cells(rewriting, last.x)
    if last is None or cells is None or not _reads_back(rewriting, last.x, step):
        return None
    axis, slopes = _heights(rewriting, last.x), last.slopes
    if len(shape(rewriting, last.x)) == 6:
        before = maker(rewriting, last.slopes, "where")
        first = None if before is None else _spread(rewriting, before)
        largest = None if first is None else maker(rewriting, first.x, "max")
        if first is None or largest is None or largest.inputs != (last.x,) or (
                largest.options.get("axis"), last.axis, first.axis) != (4, 4, axis):
            return None
        slopes = first.slopes
    elif last.axis != axis:
        return None
    return whole(rewriting, POOL_TO_LARGEST, step, (cells.image, slopes), **cells.options)


def _reads_back(rewriting: Rewriting, x: int, step: Step) -> bool:
    """Whether a step puts windows back to where those of x came from."""
    seen = maker(rewriting, x, "windows")
    if seen is None or step.op.name != "overlap_add":
        return seen is None and step.op.name != "overlap_add"
    return {**seen.options, "shape": shape(rewriting, seen.inputs[0])} == {
        **step.options, "shape": tuple(step.options["shape"])}


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
