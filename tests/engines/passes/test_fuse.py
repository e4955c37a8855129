"""Fuse: which steps become one loop, and in which order steps come."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms import exp, matmul, max, mean, minimum, scan, sum, tanh, transpose, where
from pellucid.core.atom import ATOMS as OF
from pellucid.core.plan import Plan
from pellucid.core.variable import Variable
from pellucid.engines.passes import optimized
from pellucid.engines.passes.fuse import fuse
from pellucid.engines.passes.loop import ELEMENTWISE, REDUCTIONS, VIEWS
from pellucid.engines.trace import trace
from tests.engines.comparison import on_native
from tests.engines.passes.soundness import after, assert_means_the_same, assert_sound, names
from tests.engines.random_plans import random_plan

X = np.arange(6.0).reshape(2, 3) / 7


def loops(plan: Plan) -> list[Plan]:
    """The bodies of a Plan's loops."""
    return [step.options["body"] for step in plan.steps if step.op.name == "loop"]


# which steps become one
def test_steps_over_one_shape_and_the_sum_they_end_in_are_one_loop():
    assert after(fuse, lambda x: sum(tanh(exp(x) * 2 + x)), X) == ["loop"]
    assert after(fuse, lambda x: (exp(x), sum(x, axis=0), max(x, axis=1), tanh(x)), X) == ["loop"]


def test_a_loop_reads_through_views():
    assert after(fuse, lambda x: transpose(x) * 2 + 1, X) == ["loop"]
    assert after(fuse, lambda x: OF["strided"](x, spans=((1, 2, -1), (2, 2, -2))) * 2, X) == [
        "loop"]
    assert after(fuse, lambda x: x * 2 + OF["strided"](x, spans=((0, 1, 1), (0, 3, 1))), X) == [
        "loop"]


def test_a_new_shape_of_scattered_numbers_is_left_outside():
    left = after(fuse, lambda x: OF["reshape"](transpose(x), shape=(2, 3)) * 2, X)
    assert left == ["transpose", "reshape", "loop"]


def test_what_needs_the_whole_sum_comes_in_a_loop_of_its_own():
    assert after(fuse, lambda x: x / sum(x), X) == ["loop", "loop"]
    body = [names(each) for each in loops(fuse(trace(lambda x: exp(x - max(x)), X).plan))]
    assert body == [["max"], ["subtract", "exp"]]


def test_a_product_stands_between_loops():
    assert after(fuse, lambda x: tanh(matmul(x * 2, transpose(x)) + 1), X) == [
        "loop", "transpose", "matrix_product", "loop"]


def test_what_only_the_loop_reads_is_not_written():
    (body,) = loops(fuse(trace(lambda x: (exp(x) + 1, sum(exp(x) + 1)), X).plan))
    assert len(body.outputs) == 2
    (body,) = loops(fuse(trace(lambda x: sum(exp(x) + 1), X).plan))
    assert len(body.outputs) == 1


def test_updates_of_small_variables_are_one_loop():
    weights = [Variable(X, dtype="float64") for _ in range(4)]

    def step(x):
        for w in weights:
            w.assign_sub(0.1 * (w.value * x))

    assert names(optimized(trace(step, X).plan)) == ["loop"]


def test_bodies_are_fused_too():
    plan = fuse(trace(lambda x: scan(lambda c, r: (tanh(c + r) * 2, None), x[0], x)[0], X).plan)
    (step,) = [each for each in plan.steps if each.op.name == "scan"]
    assert names(step.options["body"]) == ["loop"]


# in which order
def place_of(plan: Plan, slot: int) -> int:
    """The number of the step that makes a slot."""
    return next(i for i, step in enumerate(plan.steps) if slot in step.outputs)


def test_readers_of_the_old_value_come_before_the_new_one():
    v = Variable(X, dtype="float64")

    def step(x):
        old = v.value
        v.assign(tanh(old) + x)
        return matmul(old, transpose(x)), sum(old, axis=0)

    compiled = trace(step, X)
    plan = optimized(compiled.plan)
    made = place_of(plan, plan.outputs[-1])
    assert all(i <= made for i, each in enumerate(plan.steps) if plan.state[0] in each.inputs)
    # so the new value stands where the old one stood, and nothing is copied
    ops = [each.op for each in on_native(compiled.plan).program.instructions]
    assert sorted(ops) in (["loop", "matrix_product"], ["loop", "loop", "matrix_product"])
    assert_means_the_same(fuse, compiled.plan, [X, X])


def test_a_reader_that_could_wait_does_not_if_the_new_value_waits_for_it():
    v, w = Variable(X, dtype="float64"), Variable(X, dtype="float64")

    def step(x):
        old = v.value
        late = matmul(minimum(old, x), transpose(x))          # a product between loops
        v.assign(w.value)
        return where(old <= x, 0.0, matmul(late, x))

    compiled = trace(step, X)
    values = [X / 2, *(each.array for each in compiled.read)]
    assert_means_the_same(fuse, compiled.plan, values)


def test_a_reader_of_both_values_is_right():
    v = Variable(X, dtype="float64")

    def step(x):
        old = v.value
        v.assign(old * 2 + x)
        return matmul(v.value, transpose(old)) + sum(old)

    compiled = trace(step, X)
    assert_means_the_same(optimized, compiled.plan, [X, X + 1])
    run: Any = on_native(compiled.plan)
    for a, b in zip(run([X, X + 1]), compiled.plan([X, X + 1]), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-14)


def test_variables_may_change_places():
    a, b, c = (Variable(X + i, dtype="float64") for i in range(3))

    def step(x):
        old = a.value, b.value, c.value
        a.assign(old[1])
        b.assign(old[2])
        c.assign(old[0] + x)
        return mean(old[0])

    compiled = trace(step, X)
    values = [X, *(each.array for each in compiled.read)]
    assert_means_the_same(optimized, compiled.plan, values)
    for got, want in zip(on_native(compiled.plan)(values), compiled.plan(values), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-14)


def test_loops_of_random_plans_are_loops():
    """One shape, no structural step, nothing summed up that the same loop goes on with."""
    for seed in range(40):
        plan = optimized(random_plan(seed).plan)
        assert not any(step.op.name in ELEMENTWISE | REDUCTIONS for step in plan.steps)
        for body in loops(plan):
            known = {step.op.name for step in body.steps}
            assert known <= ELEMENTWISE | REDUCTIONS | VIEWS
            sums = {slot for step in body.steps if step.op.name in REDUCTIONS
                    for slot in step.outputs}
            assert not any(slot in sums for step in body.steps for slot in step.inputs)
            shapes = set()
            for step in body.steps:
                slot = step.inputs[0] if step.op.name in REDUCTIONS else step.outputs[0]
                kind = body.types[slot]
                if step.op.name not in VIEWS and kind is not None:
                    shapes.add(tuple(n for n in kind.shape if n != 1))
            assert len(shapes) == 1


def test_random_plans_keep_their_meaning():
    assert_sound(fuse, range(60))
    assert_sound(optimized, range(60, 120))
