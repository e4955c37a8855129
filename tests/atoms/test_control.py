"""scan and cond: step by step, traced and differentiated, they are Python's for and if."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.activations import sigmoid
from pellucid.atoms import argmax, cond, matmul, scan, sin, split, stack, stop_gradient, sum, tanh
from pellucid.core import nest
from pellucid.core.errors import ShapeError
from pellucid.core.gradient_check import gradient_check
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import convert
from pellucid.core.variable import Variable
from pellucid.engines.trace import Traced, trace
from pellucid.random import SeedGenerator, uniform

RANDOM = np.random.default_rng(0)


def both(function, *arrays):
    """Eagerly and as a Plan: the same nest of numbers, which is returned."""
    eager, planned = function(*map(convert, arrays)), Traced(function)(*arrays)
    for ours, theirs in zip(nest.flatten(planned), nest.flatten(eager), strict=True):
        if theirs is not None:
            size = float(np.max(np.abs(theirs), initial=0.0))       # sums cancel: of the largest
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-14 + 1e-12 * size, strict=True)
    return eager


def test_scan_over_nests_forwards_and_back():
    def f(x, reverse):
        def turn(carry, row):
            total, last = carry["total"], carry["last"]
            return {"total": total + row["a"] * last, "last": row["b"]}, (total, [row["a"]])
        return scan(turn, {"total": x[0, 0] * 0, "last": x[0, 1]},
                    {"a": x[:, 0], "b": x[:, 1]}, reverse=reverse)

    x = RANDOM.normal(size=(5, 2))
    for reverse in (False, True):
        carry, (totals, (copied,)) = both(lambda x, reverse=reverse: f(x, reverse), x)
        np.testing.assert_array_equal(copied, x[:, 0])
        assert float(carry["last"]) == x[0 if reverse else -1, 1]
        assert float(totals[-1 if reverse else 0]) == 0


def test_scan_by_length_and_without_outputs():
    carry, ys = both(lambda x: scan(lambda c, none: (c * 2, none), x, length=4), np.float32(1.5))
    assert float(carry) == 24.0
    assert ys is None
    _, (kept, none) = both(lambda x: scan(lambda c, _: (c + 1, (c, None)), x, length=3),
                           np.float32(0))
    assert kept.tolist() == [0, 1, 2]
    assert none is None


@pytest.mark.parametrize("arguments, told", [
    ({"xs": None}, "scan needs sequences of one length above 0, or length="),
    ({"xs": np.ones((0, 2))}, r"but got lengths \['0'\]"),
    ({"xs": [np.ones(2), np.ones(3)]}, r"but got lengths \['2', '3'\]"),
])
def test_scan_needs_a_length(arguments, told):
    with pytest.raises(ShapeError, match=told):
        scan(lambda c, x: (c, c), 0.0, **arguments)


def test_the_carry_keeps_its_shape():
    with pytest.raises(ShapeError, match=r"must keep its shape and dtype \(2,\) float64, but got "
                                         r"\(2, 2\) float64"):
        trace(lambda x: scan(lambda c, _: (stack([c, c]), c), x, length=3), np.ones(2))
    with pytest.raises(ShapeError, match=r"float64, but got \(\) float32"):
        trace(lambda x: scan(lambda c, _: (1.0, c), x, length=3), np.ones(()))


@pytest.mark.parametrize("reverse", [False, True])
def test_the_gradients_of_scan_are_those_of_the_loop(reverse):
    w = Variable(RANDOM.normal(size=(3, 3)), dtype="float64")

    def slopes(x, start):
        with GradientTape() as outer:
            outer.watch([x, start])
            with GradientTape() as tape:
                tape.watch([x, start])
                last, ys = scan(lambda h, x: (tanh(matmul(h, w) + x), sin(h)), start, x,
                                reverse=reverse)
                loss = sum(last * last) + sum(ys * np.arange(3.0))
            first = tape.gradient(loss, [w, x, start])
            total = sum(first[0] ** 2) + sum(first[1] * x) + sum(first[2] ** 3)
        return first, outer.gradient(total, [w, x, start])

    both(slopes, RANDOM.normal(size=(6, 3)), RANDOM.normal(size=3))


def test_a_long_loop_is_one_step_of_the_plan():
    plan = trace(lambda x: scan(lambda c, x: (c + x, c), 0.0, x), np.ones(100, "float32")).plan
    assert [step.op.name for step in plan.steps] == ["scan"]


def test_variables_assigned_inside_are_carried():
    count, trail = Variable(0.0), Variable([0.0, 0.0])

    def f(x):
        def turn(c, x):
            count.assign_add(1.0)
            trail.assign(trail * 0.5 + x)
            return c + count, trail * count
        return scan(turn, 0.0, x)

    x = np.ones((4, 2), "float32")
    eager = f(convert(x))
    after = count.array, trail.array
    count.assign(0.0)
    trail.assign([0.0, 0.0])
    for ours, theirs in zip(Traced(f)(x), eager, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(count.array, after[0])
    np.testing.assert_array_equal(trail.array, after[1])


def test_no_gradient_passes_an_assignment_inside():
    w = Variable(0.7, dtype="float64")
    memory = Variable(0.3, dtype="float64", trainable=False)

    def f(x):
        def turn(c, x):
            c = c * w + memory * x
            memory.assign(memory * w + c)
            return c, memory * w
        memory.assign(0.3)
        with GradientTape() as tape:
            last, ys = scan(turn, convert(np.array(1.0)), x)
            loss = last + sum(ys)
        return tape.gradient(loss, w)

    both(f, np.array([0.1, -0.4, 0.5, 2.0]))


def test_a_variable_read_and_then_assigned_at_each_turn_has_its_gradient():
    state = Variable(0.3, dtype="float64")

    def f(x):
        def turn(c, x):
            seen = state * x
            state.assign(state * 0.5 + x)
            return c + seen, seen * seen
        state.assign(0.3)
        with GradientTape() as tape:
            last, ys = scan(turn, convert(np.array(1.0)), x)
            loss = last + sum(ys)
        return tape.gradient(loss, state)

    both(f, np.array([0.1, -0.4, 0.5, 2.0]))


def test_own_rules_hold_inside_a_loop():
    """σ'(0) = 1/4, although the stable body has a kink there; nothing passes a stop."""
    def slope(x):
        with GradientTape() as tape:
            tape.watch(x)
            y, _ = scan(lambda c, x: (c + sigmoid(x) + stop_gradient(x), None),
                        convert(np.array(0.0)), x)
        return tape.gradient(y, x)

    assert both(slope, np.zeros(3)).tolist() == [0.25, 0.25, 0.25]

    def side(x):
        with GradientTape() as tape:
            tape.watch(x)
            y = cond(x >= 0, lambda: sigmoid(x) * stop_gradient(x + 1), lambda: x)
        return tape.gradient(y, x)

    assert float(both(side, np.array(0.0))) == 0.25


def test_seeds_inside_draw_anew_at_each_turn():
    seed = SeedGenerator(7)
    before = seed.state.numpy()

    def f(x):
        return scan(lambda c, _: (c, uniform((3,), seed=seed) + c), x, length=4)[1]

    eager = f(convert(np.float32(0))).numpy()
    seed.state.assign(before)
    planned = Traced(f)(np.float32(0)).numpy()
    np.testing.assert_array_equal(planned, eager)
    assert len(np.unique(eager)) == 12


def gru(x, h, w, u, b):
    """A three-gate recurrent layer: update z, reset r, candidate."""
    def turn(h, x):
        zx, rx, cx = split(matmul(x, w) + b, 3, axis=-1)
        zu, ru, cu = split(u, 3, axis=-1)
        z, r = sigmoid(zx + matmul(h, zu)), sigmoid(rx + matmul(h, ru))
        candidate = tanh(cx + matmul(r * h, cu))
        h = z * h + (1 - z) * candidate
        return h, h
    return scan(turn, h, x)


def test_a_three_gate_recurrent_net_over_twenty_steps():
    units, inputs, batch = 4, 3, 2
    x, h = RANDOM.normal(size=(20, batch, inputs)), np.zeros((batch, units))
    w, u, b = (Variable(0.5 * RANDOM.normal(size=shape), dtype="float64") for shape in (
        (inputs, 3 * units), (units, 3 * units), (3 * units,)))

    def loss(x):
        last, states = gru(x, convert(h), w, u, b)
        return sum(last * last) + sum(states * sin(states))

    def step(x):
        with GradientTape() as tape:
            value = loss(x)
        return value, tape.gradient(value, [w, u, b])

    value, found = both(step, x)
    planned_value, planned = Traced(step)(x)
    assert float(planned_value) == pytest.approx(float(value), rel=1e-12)
    for ours, theirs in zip(planned, found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)
    report = gradient_check(lambda: loss(convert(x)), [w, u, b])
    assert report.error <= 1e-8, str(report)
    report = gradient_check(lambda: Traced(loss)(x), [])
    assert report


def test_a_recurrent_net_has_second_derivatives_in_a_plan():
    x = RANDOM.normal(size=(5, 1, 2))
    w, u, b = (Variable(0.5 * RANDOM.normal(size=shape), dtype="float64") for shape in (
        (2, 6), (2, 6), (6,)))

    def f(x):
        with GradientTape() as outer:
            with GradientTape() as tape:
                loss = sum(gru(x, convert(np.zeros((1, 2))), w, u, b)[0] ** 2)
            first = tape.gradient(loss, [w, u, b])
            length = sum(first[0] ** 2) + sum(first[1] ** 2) + sum(first[2] ** 2)
        return outer.gradient(length, [w, u, b])

    both(f, x)


# cond
def test_cond_takes_one_side():
    def f(x, positive):
        return cond(positive, lambda: {"y": x * 2, "z": [x]}, lambda: {"y": -x, "z": [x + 1]})

    for positive in (True, False):
        out = both(f, np.array([1.0, -2.0]), np.array(positive))
        assert out["y"].tolist() == ([2.0, -4.0] if positive else [-1.0, 2.0])
    assert float(cond(True, lambda: 1.0, lambda: 2.0)) == 1.0


@pytest.mark.parametrize("positive", [True, False])
def test_the_gradients_of_cond_are_those_of_the_side_taken(positive):
    w = Variable([0.5, 2.0], dtype="float64")

    def slopes(x, positive):
        with GradientTape() as outer:
            outer.watch(x)
            with GradientTape() as tape:
                tape.watch(x)
                place = argmax(x)
                y, n = cond(positive, lambda: (sin(x * w), place + 1),
                            lambda: (x * x, convert(2)))
                loss = sum(y * y)
            first = tape.gradient(loss, [x, w], unconnected_gradients="zero")
            total = sum(first[0] ** 2) + sum(first[1] ** 3)
        return first, n, outer.gradient(total, [x, w], unconnected_gradients="zero")

    both(slopes, RANDOM.normal(size=2), np.array(positive))


def test_variables_assigned_on_either_side_become_state():
    up, down = Variable(0.0), Variable(0.0)

    def f(x):
        def right():
            up.assign_add(x)
            return up * 1

        def left():
            down.assign_sub(x)
            return down + up

        return cond(x > 0, right, left)

    planned = Traced(f)
    assert [float(planned(np.float32(x))) for x in (1.0, 2.0, -5.0)] == [1.0, 3.0, 8.0]
    assert (float(up), float(down)) == (3.0, 5.0)


def test_both_sides_must_give_alike_results():
    with pytest.raises(ShapeError, match=r"both sides of cond must give alike results: .*\(2,\)"):
        trace(lambda x: cond(sum(x) > 0, lambda: x, lambda: sum(x)), np.ones(2))


def test_cond_inside_scan_inside_cond():
    w = Variable(1.5, dtype="float64")

    def f(x):
        def turn(c, x):
            return cond(x > 0, lambda: (c * w, c), lambda: (c + x, c * 2))
        with GradientTape() as tape:
            last, ys = cond(sum(x) > 0, lambda: scan(turn, convert(np.array(1.0)), x),
                            lambda: (sum(x), x))
            loss = last + sum(ys)
        return loss, tape.gradient(loss, w, unconnected_gradients="zero")

    both(f, np.array([1.0, -0.5, 2.0]))
    both(f, np.array([1.0, -0.5, -2.0]))
