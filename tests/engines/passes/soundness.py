"""What every pass owes: a Plan that is complete and in order, and that means what it meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.core.plan import Plan
from pellucid.engines.trace import trace
from tests.engines.random_plans import random_plan


def names(plan: Plan) -> list[str]:
    """The ops of a Plan's steps, in order."""
    return [step.op.name for step in plan.steps]


def after(change: Callable[[Plan], Plan], function: Callable[..., Any], *like: Any) -> list[str]:
    """The ops that are left of a function once the pass has changed its Plan; its numbers stay."""
    plan = trace(function, *like).plan
    assert_means_the_same(change, plan, [np.asarray(each) for each in like])
    return names(change(plan))


def assert_complete(plan: Plan) -> None:
    """Each slot is made once, before it is read; what no step reads is no constant."""
    known = {*plan.inputs, *plan.constants}
    assert not set(plan.inputs) & set(plan.constants)
    for step in plan.steps:
        assert known >= set(step.inputs), step
        assert not known & set(step.outputs), step
        known |= set(step.outputs)
        for body in step.options.values():
            if isinstance(body, Plan):
                assert_complete(body)
    assert known >= set(plan.outputs)
    read = {*plan.outputs, *(slot for step in plan.steps for slot in step.inputs)}
    assert read >= set(plan.constants)


def assert_means_the_same(change: Callable[[Plan], Plan], plan: Plan, values: Sequence[Any]
                          ) -> None:
    """Before ≡ after on the reference engine, number by number; the old Plan stays as it was."""
    text, want = str(plan), plan(values)
    new = change(plan)
    assert str(plan) == text
    assert_complete(new)
    assert (new.inputs, new.state) == (plan.inputs, plan.state)
    for a, b, slot in zip(new(values), want, new.outputs, strict=True):
        np.testing.assert_array_equal(a, b, strict=isinstance(a, np.ndarray)
                                      and isinstance(b, np.ndarray))
        kind = new.types[slot]
        assert kind is None or (kind.shape, kind.dtype) == (np.shape(b), np.asarray(b).dtype.name)
    assert len(change(new).steps) <= len(new.steps)


def assert_sound(change: Callable[[Plan], Plan], seeds: range) -> None:
    """The pass keeps the meaning of random Plans."""
    for seed in seeds:
        assert_means_the_same(change, *random_plan(seed))
