"""A Plan on the native engine and on the reference engine, and how far apart they may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from pellucid.core.plan import Plan
from pellucid.engines.native import NativePlan, native
from pellucid.engines.native.extension import extension

FLOAT64 = 1e-12                    # of the largest number on the way
ULP = float(np.finfo("float32").eps)


def on_native(plan: Plan) -> NativePlan:
    """The Plan as a program; where the engine is there but would pass it on, the test fails."""
    if extension() is None:
        pytest.skip("the native engine is switched off")
    compiled = native.compile(plan)
    assert isinstance(compiled, NativePlan)
    return compiled


def largest(plan: Plan, values: Sequence[Any]) -> float:
    """The largest finite float that comes up while the reference engine runs the Plan."""
    slots = {**plan.constants, **dict(zip(plan.inputs, values, strict=True))}
    most = max([1.0, *map(_largest, slots.values())])
    with np.errstate(all="ignore"):
        for step in plan.steps:
            result = step.op.body(*[slots[i] for i in step.inputs], **step.options)
            results = result if step.op.many else (result,)
            slots.update(zip(step.outputs, results, strict=True))
            most = max([most, *map(_largest, results)])
    return most


def _largest(value: Any) -> float:
    array = np.asarray(value)
    if array.dtype.kind != "f":
        return 0.0
    array = np.abs(array[np.isfinite(array)])
    return float(array.max(initial=0.0))


def distance(got: np.ndarray, want: Any, scale: float) -> float:
    """How far apart two results are: in ulp of the scale for float32, else relative to it.

    Infinite if they differ in shape, in dtype, in a number that is no float, or in where they are
    not finite.
    """
    want = np.asarray(want)
    if got.shape != want.shape or got.dtype != want.dtype:
        return np.inf
    if want.dtype.kind != "f":
        return 0.0 if np.array_equal(got, want) else np.inf
    finite = np.isfinite(want)
    if not np.array_equal(got[~finite], want[~finite], equal_nan=True) or not np.array_equal(
            finite, np.isfinite(got)):
        return np.inf
    with np.errstate(all="ignore"):
        apart = np.abs(got[finite].astype("float64") - want[finite]).max(initial=0.0)
    return float(apart / scale / (ULP if want.dtype == np.float32 else 1))


def assert_engines_agree(plan: Plan, values: Sequence[Any], ulps: float) -> None:
    """Both engines give the same, twice in a row, and leave what they are given as it was."""
    values = [np.asarray(each) for each in values]
    before = [each.copy() for each in values]
    want, scale, run = plan(values), largest(plan, values), on_native(plan)
    first = [each.copy() for each in run(values)]
    for i, (a, b) in enumerate(zip(first, want, strict=True)):
        apart, limit = distance(a, b, scale), ulps if a.dtype == np.float32 else FLOAT64
        assert apart <= limit, (
            f"output {i}, {np.asarray(b).dtype}{list(np.shape(b))}: {apart:g} apart, {limit:g} "
            f"allowed\nnative\n{a}\nreference\n{b}\nof the Plan\n{plan}")
    for a, b in zip(first, run(values), strict=True):      # no step reads what the last run left
        np.testing.assert_array_equal(a, b, strict=True)
    for a, b in zip(values, before, strict=True):
        np.testing.assert_array_equal(a, b, strict=True)
