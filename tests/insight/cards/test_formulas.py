"""Formulas on cards say what the definitions compute: their text is evaluated."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import activations, losses, optimizers, regularizers, schedules
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import OPS, Tensor, convert
from pellucid.core.variable import Variable
from pellucid.insight.cards import card, entries, updates
from pellucid.insight.cards.knobs import LETTERS, of_class
from pellucid.insight.cards.tidy import tidied
from pellucid.spaces.notation import symbol

SMALL = str.maketrans("₀₁₂₃₄₅₆₇₈₉'", "0123456789p")       # β₁ and m' are no names in Python
X = np.array([[-4.0, -1.3, -0.4, 0.2], [0.7, 2.5, 3.4, 6.5]])


def value(text, **letters):
    """What a formula gives; letters may be written as on the card."""
    space = {**OPS, **{name.translate(SMALL): each for name, each in letters.items()}}
    return np.asarray(eval(text.translate(SMALL), space))


def defaults(function):
    given = getattr(getattr(function, "body", function), "__defaults__", None) or ()
    options = getattr(function, "options", [])
    return {LETTERS.get(name, name): each for name, each in zip(options, given, strict=True)}


SPELLED = [name for name in activations.FUNCTIONS if name not in ("glu", "sparsemax", "tanh")]


@pytest.mark.parametrize("name", SPELLED)
def test_the_formula_of_an_activation_gives_its_values(name):
    function, found = activations.FUNCTIONS[name], card(name, "activation")
    letters = {"θ": 0.0, "d": 0.0} if name == "threshold" else defaults(function)
    given = [0.0, 0.0] if name == "threshold" else []
    assert found.formula[0].left == f"{name}(x)"
    np.testing.assert_allclose(value(found.formula[0].text, x=Tensor(X), **letters),
                               function(X, *given).numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", [*SPELLED, "tanh", "sparsemax"])
def test_the_derivative_of_an_activation_agrees_with_finite_differences(name):
    function, found = activations.FUNCTIONS[name], card(name, "activation")
    threshold = name == "threshold"
    letters = {"θ": 0.0} if threshold else defaults(function)
    given = [0.0, 0.0] if threshold else []
    rows = X / 4 if name == "sparsemax" else X             # inside the support some, outside some
    g = np.array([[0.5, -1.0, 2.0, 0.25]] * 2)
    y = function(rows, *given)
    pointwise = "'" in found.derivative[0].left
    shown = value(found.derivative[0].text, x=Tensor(rows), y=y, g=Tensor(g), **letters)
    shown = np.broadcast_to(shown, rows.shape) * (g if pointwise else 1)
    h, nudged = 1e-6, np.zeros_like(rows)
    for place in np.ndindex(*rows.shape):
        step = np.zeros_like(rows)
        step[place] = h
        apart = function(rows + step, *given).numpy() - function(rows - step, *given).numpy()
        nudged[place] = (g * apart).sum() / (2 * h)
    np.testing.assert_allclose(shown, nudged, rtol=1e-6, atol=1e-8)


def test_only_glu_tells_its_derivative_in_its_formula():
    bare = [name for name in activations.FUNCTIONS if not card(name, "activation").derivative]
    assert bare == ["glu"]


def loss_inputs(cls):
    rng = np.random.default_rng(3)
    y, p = rng.uniform(0.15, 0.85, (2, 3, 4))
    if "Hinge" in cls.__name__ or cls.__name__ == "PerceptronLoss":
        y = np.sign(y - 0.5)
    return y, p


LOSSES = [each for each in vars(losses).values() if isinstance(each, type)
          and issubclass(each, losses.Loss) and getattr(each, "formula", None) is not None
          and entries.of_loss(each)[0]]


def letters_of(cls):
    return {each.letter: each.default for each in of_class(cls) if each.letter}


@pytest.mark.parametrize("cls", LOSSES, ids=lambda cls: cls.__name__)
def test_the_formula_of_a_loss_gives_its_values(cls):
    y, p = loss_inputs(cls)
    found = card(cls)
    np.testing.assert_allclose(
        value(found.formula[0].text, y=Tensor(y), ŷ=Tensor(p), **letters_of(cls)),
        cls.formula(y, p).numpy(), rtol=1e-12)


@pytest.mark.parametrize("cls", [each for each in LOSSES if entries.of_loss(each)[1]],
                         ids=lambda cls: cls.__name__)
def test_the_derivative_of_a_loss_is_what_the_tape_gives(cls):
    y, p = loss_inputs(cls)
    prediction = Tensor(p)
    with GradientTape() as tape:
        tape.watch(prediction)
        total = OPS["sum"](cls.formula(y, prediction))
    found = card(cls).derivative[0]
    assert found.left == "∂L/∂ŷ"
    shown = value(found.text, y=Tensor(y), ŷ=Tensor(p), n=4, **letters_of(cls))
    np.testing.assert_allclose(shown, tape.gradient(total, prediction).numpy(), rtol=1e-9)


def test_most_losses_are_read_with_their_derivative():
    with_derivative = {each.__name__ for each in LOSSES if card(each).derivative}
    assert {"MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh", "BinaryCrossentropy",
            "KLDivergence", "Poisson", "Hinge", "SquaredHinge"} <= with_derivative


def test_from_logits_is_a_further_form_whose_slope_is_p_minus_y():
    form = card("bce").forms["with from_logits"]
    z, y = np.array([[-3.0, 0.5, 2.0]]), np.array([[0.0, 1.0, 0.25]])
    shown = value(form[1].text, y=Tensor(y), ŷ=Tensor(z), n=3)
    np.testing.assert_allclose(shown, (1 / (1 + np.exp(-z)) - y) / 3, rtol=1e-12)


def stepped(optimizer, steps=3):
    """A weight before the last step and after it, its gradients, its state before and after."""
    w = Variable(np.array([0.7, -1.2, 0.4]), dtype="float64")
    gradients = np.array([[0.3, -0.2, 1.1], [-0.5, 0.4, 0.2], [0.6, 0.1, -0.7]])[:steps]
    for g in gradients[:-1]:
        optimizer.apply([convert(g)], [w])
    if steps == 1:
        optimizer.build([w])
    before = {letter: each.numpy() for letter, each in optimizer._slots_of(w).items()}
    old = w.numpy()
    optimizer.apply([convert(gradients[-1])], [w])
    after = {letter: each.numpy() for letter, each in optimizer._slots_of(w).items()}
    return {"w": old, "g": gradients[-1], "t": float(steps), **before}, {"w": w.numpy(), **after}


READ = [each for name in optimizers.__all__ if isinstance(each := getattr(optimizers, name), type)
        and issubclass(each, optimizers.Optimizer) and updates.of_optimizer(each)[0]]


def check_step(lines, optimizer, **letters):
    before, after = stepped(optimizer)
    known = {**before, "η": float(optimizer.learning_rate), **letters}
    for each in lines:
        known[each.left] = value(each.text, **{
            name: Tensor(np.asarray(number)) for name, number in known.items()})
        np.testing.assert_allclose(known[each.left], after[each.left[:-1]], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("cls", READ, ids=lambda cls: cls.__name__)
def test_the_lines_of_an_optimizer_make_its_step(cls):
    optimizer = cls(0.05, **({"l1_regularization_strength": 0.1, "beta": 0.5} if
                            cls.__name__ == "Ftrl" else {}))
    letters = {each.letter: getattr(optimizer, each.name) for each in of_class(cls)
               if each.letter and each.name != "learning_rate"}
    check_step(card(cls).formula, optimizer, **letters)


def test_most_optimizers_are_read():
    assert {each.__name__ for each in READ} >= {
        "SGD", "Adagrad", "Adadelta", "RMSprop", "Adam", "AdamW", "Adamax", "Lion", "Ftrl",
        "ScheduleFreeAdamW"}


def test_momentum_and_nesterov_are_further_forms():
    forms = card("sgd").forms
    check_step(forms["with momentum"], optimizers.SGD(0.1, momentum=0.9), μ=0.9)
    nesterov = [forms["with momentum"][0], *forms["with momentum and nesterov"]]
    check_step(nesterov[-2:], optimizers.SGD(0.1, momentum=0.9, nesterov=True), μ=0.9)


def test_what_is_left_of_adam_is_the_form_of_the_notes():
    (late,) = card("adam").forms[updates.LATE]
    assert str(late) == "w' = w - η * m' / (sqrt(v') + ε)"


PENALTIES = [regularizers.L1(0.3), regularizers.L2(0.3), regularizers.L1L2(0.2, 0.5)]


@pytest.mark.parametrize("penalty", PENALTIES, ids=lambda each: type(each).__name__)
def test_a_penalty_and_its_slope(penalty):
    w, found = Tensor(np.array([0.5, -2.0, 1.0])), card(penalty)
    letters = {each.letter: getattr(penalty, each.name) for each in of_class(type(penalty))}
    with GradientTape() as tape:
        tape.watch(w)
        total = penalty(w)
    assert value(found.formula[0].text, w=w, **letters) == pytest.approx(float(total))
    np.testing.assert_allclose(value(found.derivative[0].text, w=w, **letters),
                               tape.gradient(total, w).numpy())


@pytest.mark.parametrize(("name", "letters"), [
    ("CosineDecay", {"decay_steps": 40, "alpha": 0.1}),
    ("ExponentialDecay", {"decay_steps": 10, "decay_rate": 0.5}),
    ("InverseTimeDecay", {"decay_steps": 10, "decay_rate": 0.5}),
    ("PolynomialDecay", {"decay_steps": 40, "end_learning_rate": 0.01, "power": 2.0})])
def test_a_schedule(name, letters):
    cls = getattr(schedules, name)
    schedule = cls(0.5, **letters)
    known = {each.letter: getattr(schedule, each.name) for each in of_class(cls) if each.letter}
    for t in (0, 7, 40, 90):
        shown = value(card(cls).formula[0].text, t=float(t), **known)
        assert shown == pytest.approx(float(schedule(t)), rel=1e-5)


def test_products_cancel():
    x, y = symbol("x"), symbol("y")
    assert str(tidied(x * y / (y * y))) == "x / y"
    assert str(tidied(x * y * x)) == "square(x) * y"
    assert str(tidied(-x / y * (2 * y) / (4 * x))) == "-0.5"
    assert str(tidied(1 + x * y / y)) == "1 + x"
    assert str(tidied(x / symbol("x").called("z"))) == "x / z"


def test_no_letter_stands_for_two_things():
    for cls in READ:
        letters = [each.letter for each in of_class(cls) if each.letter]
        assert len(letters) == len(set(letters)), cls
        assert not set(letters) & {"w", "g", "t", *cls.state}, cls
