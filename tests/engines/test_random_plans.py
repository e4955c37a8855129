"""Random Plans mean the same on the native engine as on the reference engine."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from pellucid.core.atom import ATOMS
from pellucid.core.plan import Plan
from pellucid.engines.native.extension import extension
from tests.engines.comparison import assert_engines_agree, distance
from tests.engines.random_plans import random_plan

pytestmark = pytest.mark.skipif(extension() is None, reason="the native engine is switched off")

# The largest seen in 30,000 Plans is below 2 ulp of the largest number on the way: numbers are
# squashed, so an early rounding is not blown up, and sums are divided by their length.
ULPS = 4


@pytest.mark.parametrize("first", range(0, 140, 10))
def test_random_plans(first):
    for seed in range(first, first + 10):
        assert_engines_agree(*random_plan(seed), ulps=ULPS)


@pytest.mark.parametrize("seed", range(10))
def test_random_plans_that_are_worth_threads(seed):
    assert_engines_agree(*random_plan(seed, large=True), ulps=ULPS)


@pytest.mark.deep
@pytest.mark.parametrize("first", range(1000, 10_000, 100))
def test_many_random_plans(first):
    for seed in range(first, first + 100):
        assert_engines_agree(*random_plan(seed), ulps=ULPS)


@pytest.mark.deep
@pytest.mark.parametrize("first", range(1000, 2000, 50))
def test_many_random_plans_that_are_worth_threads(first):
    for seed in range(first, first + 50):
        assert_engines_agree(*random_plan(seed, large=True), ulps=ULPS)


@pytest.mark.parametrize("seed", range(5))
def test_the_interpreter_gives_what_generated_code_gives(seed, monkeypatch):
    monkeypatch.setenv("PELLUCID_JIT", "off")
    for each in range(500 + 10 * seed, 510 + 10 * seed):
        assert_engines_agree(*random_plan(each), ulps=ULPS)


def steps_of(plan: Plan) -> Counter[str]:
    """How often each op comes up, bodies included."""
    found = Counter(step.op.name for step in plan.steps)
    for step in plan.steps:
        for body in step.options.values():
            if isinstance(body, Plan):
                found += steps_of(body)
    return found


def test_random_plans_know_every_atom():
    found = sum((steps_of(random_plan(seed).plan) for seed in range(200)), Counter())
    assert ATOMS.keys() - {"host", "while_loop"} == found.keys()      # these two: tests/atoms
    plans = [random_plan(seed).plan for seed in range(60)]
    assert any(plan.state for plan in plans)
    assert any(slot in plan.inputs for plan in plans for slot in plan.outputs)
    assert any(slot in plan.constants for plan in plans for slot in plan.outputs)


def test_a_random_plan_is_the_same_each_time():
    first, again = random_plan(4), random_plan(4)
    assert str(first.plan) == str(again.plan)
    for a, b in zip(first.values, again.values, strict=True):
        np.testing.assert_array_equal(a, b, strict=True)


def test_what_counts_as_a_difference():
    def apart(a, b, dtype="float32", other="float32"):
        return distance(np.array(a, dtype), np.array(b, other), 2.0)

    assert apart([1, 2], [1, 2 + 2.4e-7]) == 1
    assert apart([1, 2], [1, 2], other="float64") == np.inf
    assert apart([1, 2], [[1, 2]]) == np.inf
    assert apart([1, np.nan], [1, 2]) == apart([1, 2], [1, np.nan]) == np.inf
    assert apart([np.inf], [-np.inf]) == np.inf
    assert apart([1], [2], "int32", "int32") == np.inf
    assert apart([np.nan, 1], [np.nan, 1]) == 0
