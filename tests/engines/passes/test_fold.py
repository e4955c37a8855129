"""Fold: constants are computed once, and only where it pays."""

from __future__ import annotations

import numpy as np

from pellucid.atoms import exp, scan, sum
from pellucid.core.atom import ATOMS
from pellucid.core.plan import Plan, Step
from pellucid.core.tensor import Abstract
from pellucid.engines.passes.fold import MOST, fold
from pellucid.engines.passes.simplify import simplify
from pellucid.engines.trace import trace
from tests.engines.passes.soundness import assert_complete, assert_sound, names


def of_constants(shape: tuple[int, ...] = (3,)) -> Plan:
    """exp(c) · x for a constant c that tracing would have folded by itself."""
    kinds: list[Abstract | None] = [Abstract(shape, "float32")] * 4
    return Plan(kinds, (0,), {1: np.ones(shape, "float32")}, [
        Step(ATOMS["exp"], (1,), {}, (2,)), Step(ATOMS["multiply"], (0, 2), {}, (3,))], (3,))


def test_a_step_over_constants_becomes_a_constant():
    plan = fold(of_constants())
    assert names(plan) == ["multiply"]
    assert_complete(plan)
    assert plan.constants[2].dtype == np.float32
    np.testing.assert_array_equal(plan([np.ones(3, "float32")])[0], np.exp(np.ones(3, "float32")))


def test_what_follows_from_constants_alone_is_one_constant():
    plan = of_constants()
    plan.steps[1] = Step(ATOMS["multiply"], (1, 2), {}, (3,))
    assert names(fold(plan)) == []
    assert list(fold(plan).constants) == [3]


def test_a_large_constant_is_computed_when_it_is_needed():
    assert names(fold(of_constants((MOST + 1,)))) == ["exp", "multiply"]


def test_a_body_is_folded_too():
    step = Step(ATOMS["scan"], (0, 1), {
        "body": of_constants(), "carries": 1, "rows": 0, "length": 2, "reverse": False, "moved": 0},
        (2, 3))
    kinds: list[Abstract | None] = [*[Abstract((3,), "float32")] * 3, Abstract((2, 3), "float32")]
    plan = fold(Plan(kinds, (0, 1), {}, [step], (2,)))
    assert names(plan.steps[0].options["body"]) == ["multiply"]


def test_a_random_draw_of_a_known_state_is_folded():
    state = np.array([1, 2], "uint32")
    options = {"shape": (2,), "dtype": "float32", "stream": 0}
    step = Step(ATOMS["random_uniform"], (0,), options, (1,))
    plan = Plan([Abstract((2,), "uint32"), Abstract((2,), "float32")], (), {0: state}, [step], (1,))
    assert names(fold(plan)) == []
    np.testing.assert_array_equal(fold(plan)([])[0], plan([])[0])


def test_random_plans_keep_their_meaning():
    assert_sound(fold, range(40))
    assert_sound(lambda plan: fold(simplify(plan)), range(40, 60))


def test_steps_that_read_an_input_stay():
    plan = trace(lambda x: sum(exp(x)) + scan(lambda c, _: (c + 1, None), 0.0, length=3)[0],
                 np.ones(3)).plan
    assert "exp" in names(fold(plan))
    assert "scan" not in names(fold(plan))
