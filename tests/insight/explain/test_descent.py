"""`pellucid.explain`: descent on a function, every number with the formula that gives it."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid
from pellucid import layers, ops, optimizers, schedules
from pellucid.core.errors import ArgumentError, DataError, KindError, ShapeError
from pellucid.insight.dynamics import descend
from pellucid.insight.explain.evaluating import evaluated
from pellucid.insight.explain.rule import rule_of

START = (1.0, 0.5)


def hills(x, y):
    return ops.exp(x) * ops.sin(y) + x ** 4 / 12


def rosenbrock(x, y):
    return (1 - x) ** 2 + 10 * (y - x ** 2) ** 2


OPTIMIZERS = [
    optimizers.SGD(0.1), optimizers.SGD(0.1, momentum=0.9),
    optimizers.SGD(0.1, momentum=0.9, nesterov=True), optimizers.SGD(0.1, weight_decay=0.01),
    optimizers.Adam(0.1), optimizers.Adam(0.1, amsgrad=True), optimizers.AdamW(0.1),
    optimizers.RMSprop(0.1, centered=True, momentum=0.5), optimizers.Adagrad(0.1),
    optimizers.Adadelta(1.0), optimizers.Adamax(0.1), optimizers.Nadam(0.1), optimizers.Lion(0.1),
    optimizers.Ftrl(0.1), optimizers.ScheduleFreeAdamW(0.1), optimizers.SGD(0.1, clipnorm=1),
    optimizers.Adam(0.1, clipvalue=0.5), optimizers.SGD(schedules.ExponentialDecay(0.1, 1, 0.5)),
]
NAMES = [f"{i}-{type(each).__name__}" for i, each in enumerate(OPTIMIZERS)]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=NAMES)
def test_every_formula_gives_its_number_and_the_point_is_that_of_the_descent(optimizer):
    found = pellucid.explain(hills, START, optimizer)
    path = descend(hills, START, optimizer, steps=3)
    values = {}
    for step in found.steps:
        if step.formula is not None:
            assert evaluated(step.formula, values) == pytest.approx(step.value, rel=1e-9), step.name
        values[step.name] = step.value
    for k, (x, y) in enumerate(path.points):
        assert (values[f"x_{k}"], values[f"y_{k}"]) == pytest.approx((x, y), rel=1e-12)
        assert values[f"f(x_{k}, y_{k})"] == pytest.approx(path.heights[k], rel=1e-12)
    told = [step for step in found.steps if step.part == "update" and not step.note]
    assert all(step.formula is not None for step in told)
    assert {f"x_{k}" for k in (1, 2, 3)} <= {step.name for step in told}


def test_gradients_stand_beside_what_a_nudge_shows():
    found = pellucid.explain(rosenbrock, (-1, 2), steps=2)
    slopes = [step for step in found.steps if step.name.startswith("∂f")]
    assert len(slopes) == 4
    for step in slopes:
        assert step.nudged == pytest.approx(step.value, rel=1e-6, abs=1e-6)


def test_a_gradient_that_no_nudge_can_show_is_told_as_such():
    found = pellucid.explain(lambda x, y: x * x - y * y, (2, 3), optimizers.SGD(0.1), steps=[100])
    assert found["∂f/∂x_99"].nudged is None
    assert "too small" in found["∂f/∂x_99"].note
    assert found["∂f/∂y_99"].nudged == pytest.approx(found["∂f/∂y_99"].value)


@pytest.mark.parametrize("optimizer", [
    optimizers.Muon(0.1), optimizers.Adafactor(0.1), optimizers.Lamb(0.1),
    optimizers.SGD(0.1, use_ema=True, ema_overwrite_frequency=1),
    optimizers.SGD(0.1, gradient_accumulation_steps=2)], ids=lambda each: type(each).__name__)
def test_what_no_formula_of_one_number_gives_is_told_without_one(optimizer):
    """Their step looks at all numbers at once, or not at this gradient alone."""
    found, path = pellucid.explain(hills, START, optimizer), descend(hills, START, optimizer, 3)
    assert found["x_3"].value == pytest.approx(path.end[0], rel=1e-12)
    plain = [step for step in found.steps if step.name in ("x_2", "y_2", "x_3", "y_3")
             and step.formula is None]
    assert plain
    assert all("no short formula" in step.note for step in plain)


def test_one_number_and_one_whose_names_have_indices():
    found = pellucid.explain(lambda w: (w - 3) ** 2, [0], optimizers.SGD(0.1, 0.5), steps=2)
    assert found["w_1"].value == pytest.approx(0.6)
    assert str(found["v_2"].formula) == "μ * v_1 - η * ∂f/∂w_1"
    found = pellucid.explain(lambda x1, x2: x1 * x2, (2, 3), optimizers.SGD(0.1), steps=1)
    assert found["x1^(1)"].value == pytest.approx(1.7)
    assert found["x1^(1)"].latex == "x_{1}^{(1)}"
    found = pellucid.explain(lambda *w: w[0] * w[1], (2, 3), optimizers.SGD(0.1), steps=1)
    assert found["x2^(1)"].value == pytest.approx(2.8)


def test_a_function_without_a_short_formula_is_followed_all_the_same():
    found = pellucid.explain(lambda *w: ops.sum(ops.stack(w) ** 2), (1, 2, 3), steps=1)
    assert found["∂f/∂x3^(0)"].value == 6
    assert found["∂f/∂x3^(0)"].formula is None
    assert str(found["x3^(1)"].formula) == "x3^(0) - η * ∂f/∂x3^(0)"


def test_long_descents_show_the_first_steps_and_the_last():
    found = pellucid.explain(rosenbrock, (-1, 2), optimizers.SGD(0.001), steps=50)
    assert list(dict.fromkeys(step.place for step in found.of("update"))) == [
        "step 1", "step 2", "step 50"]
    assert found["x_49"].part == "given"
    assert found["x_50"].value == pytest.approx(
        descend(rosenbrock, (-1, 2), optimizers.SGD(0.001), 50).end[0])


@pytest.mark.parametrize(("f", "start", "said"), [
    (lambda x, y: x * x - y * y, (2, 3), "a saddle, not a minimum"),
    (lambda x, y: x * x + y * y, (2, 3), "a minimum: f rises in every direction"),
    (lambda x: -x * x, (1,), "a maximum: f falls"),
    (lambda x: x ** 4, (0,), "undecided"),
    (lambda x: 3 * x, (1,), "no point where the gradient vanishes")])
def test_where_it_leads_is_told_at_the_end(f, start, said):
    assert said in pellucid.explain(f, start).of("after")[0].note


def test_a_descent_that_diverges_ends_where_numbers_do():
    found = pellucid.explain(lambda x: ops.exp(x ** 4), (3,), optimizers.SGD(1.0), steps=5)
    assert "After step 1" in found.legend[0]
    assert "diverges" in found.legend[0]
    assert all(np.isfinite(step.value) for step in found.steps)
    assert found.steps[-1].name == "x_1"


def test_the_optimizer_that_is_given_is_left_as_it_was():
    optimizer = optimizers.Adam(0.1)
    pellucid.explain(hills, START, optimizer)
    assert not optimizer.built
    assert int(optimizer.iterations) == 0


def test_an_optimizer_of_ones_own_is_read_as_well():
    class Half(optimizers.Optimizer):
        def update(self, w, g, *, t, rate):
            return w - rate * g / t

    class Opaque(optimizers.Optimizer):
        def update_step(self, gradient, variable, learning_rate):
            variable.assign_sub(learning_rate * gradient)

    found = pellucid.explain(lambda x: x * x, (1,), Half(0.1), steps=2)
    assert str(found["x_2"].formula) == "x_1 - η * ∂f/∂x_1 / 2"
    assert rule_of(Opaque(0.1)) is None
    found = pellucid.explain(lambda x: x * x, (1,), Opaque(0.1), steps=1)
    assert found["x_1"].value == pytest.approx(0.8)
    assert found["x_1"].formula is None


@pytest.mark.parametrize(("given", "kind", "message"), [
    ({"steps": 0}, ArgumentError, "steps must be a number from 1"),
    ({"steps": "3"}, ArgumentError, "steps must be"), ({"steps": []}, ArgumentError, "steps must"),
    ({"steps": 2.5}, ArgumentError, "steps must"), ({"steps": True}, ArgumentError, "steps must"),
    ({"steps": 10 ** 9}, ArgumentError, "1 to 100,000"),
    ({"digits": 0}, ArgumentError, "digits"), ({"digits": 18}, ArgumentError, "digits"),
    ({"optimizer": "adamm"}, ArgumentError, 'Did you mean "adam"'),
    ({"start": (1, 2)}, ShapeError, "f must take 2 numbers"),
    ({"start": "here"}, KindError, "a point must be numbers"),
    ({"start": (np.inf,)}, DataError, "finite"),
    ({"start": float("nan")}, DataError, r"gradient \[nan\] at \[nan\]"),
    ({"start": -1.0, "f": ops.log}, DataError, r"f = nan.* at \[-1.0\]"),
    ({"start": (), "f": lambda: 3.0}, ShapeError, "a point must have at least one number"),
    ({"f": lambda x: float(np.sin(float(x)))}, DataError, "its gradient says 0"),
    ({"f": layers.Dense(1)}, KindError, r"model.explain\(x, y\)"),
    ({"check": {"x_9": 1}}, ArgumentError, "no step of this derivation is called 'x_9'")])
def test_bad_input_is_refused(given, kind, message):
    given = {"f": lambda x: x * x, "start": (1,), **given}
    with pytest.raises(kind, match=message):
        pellucid.explain(given.pop("f"), given.pop("start"), **given)


def test_at_a_bend_it_says_that_there_is_no_second_derivative():
    assert "(0) is a bend: f has another slope on either side, and no second derivative" in str(
        pellucid.explain(abs, 0))
