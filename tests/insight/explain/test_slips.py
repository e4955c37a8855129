"""Slips of calculations by hand are found, named, and told from rounding."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid
from pellucid import Input, Sequential, layers, losses, ops, optimizers
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.insight.explain.slips import Checked, checked
from pellucid.insight.explain.step import Step

X, Y = np.array([[0.1]]), np.array([[0.25]])


class HalfSquare(losses.Loss):
    """E = ½ (a - y)², as lecture notes have it."""

    def call(self, y_true, y_pred):
        return ops.sum(ops.square(y_pred - y_true), axis=-1) / 2


@pytest.fixture(scope="module")
def chain():
    """The derivation of the 1-1-1 chain of sigmoids (row H1)."""
    model = Sequential([Input((1,)), layers.Dense(1, "sigmoid"), layers.Dense(1, "sigmoid")])
    model.set_weights([np.array(each) for each in ([[0.15]], [0.40], [[0.45]], [0.62])])
    model.compile(optimizers.SGD(1.0), HalfSquare())
    return model.explain(X, Y)


def first(chain, name, claim):
    found = checked(chain.steps, {name: claim})
    assert not found
    return found.first


RIGHT = {"w1": 0.15, "θ1": 0.40, "z1": 0.415, "a1": 0.6023, "z2": 0.8910, "a2": 0.7091,
         "∂E/∂w2": 0.0570, "dE/dθ2": 0.0947, "∂L/∂w^1_11": 0.00102, "∂E/∂θ1": 0.0102,
         "new w1": 0.149, "w2'": 0.39296, "new b_11": 0.38979, "θ2 new": 0.5253}


def test_a_right_calculation_has_no_slip(chain):
    found = checked(chain.steps, RIGHT)
    assert found
    assert sorted(found.agreed) == sorted(RIGHT)
    assert found.first is None
    assert str(found) == "All 14 claims agree."


@pytest.mark.parametrize(("name", "claim", "cause"), [
    ("∂E/∂w1", 0.0001021, "the decimal point too far to the left"),
    ("∂E/∂w1", -0.00102, "the wrong sign"),
    ("z1", -0.385, "a plus is a minus"),
    ("E", 0.2108, "the division by 2 is missing"),
    ("∂E/∂z1", 0.0426, "the factor ∂o_11/∂z_11 is missing"),
    ("∂a1/∂z1", 0.602, "the factor (1 - o_11) is missing"),
    ("∂E/∂a1", 0.037214, "the new w^2_11' = 0.393 was used where w^2_11 = 0.45 belongs"),
    ("new w2", 0.507, "a minus is a plus"),
    ("new θ1", 0.298, "was used with the decimal point too far to the right"),
    ("a1", 0.6053, "a 5 where a 2 belongs"),
    ("θ2", 0.26, "the digits 6 and 2 exchanged"),
])
def test_the_slip_is_named(chain, name, claim, cause):
    slip = first(chain, name, claim)
    assert cause in slip.cause
    assert slip.off == pytest.approx(claim - slip.right)


def test_where_no_single_slip_explains_it_none_is_named(chain):
    assert first(chain, "z1", 0.7).cause == ""
    assert str(first(chain, "z1", 0.7)) == "z1 is 0.415, not 0.7 (0.285 too large)."


def test_what_follows_from_an_earlier_slip_is_not_blamed_twice(chain):
    found = checked(chain.steps, {"a2": 0.657, "z2": 0.65, "a1": 0.602})
    assert [slip.name for slip in found.slips] == ["z2", "a2"]       # in the order of the steps
    assert found.first.name == "z2"
    assert found.slips[1].follows
    assert found.slips[1].cause == "it follows from z_21"
    assert str(found).startswith("2 of 3 claims disagree, the first about z2:")


def test_rounding_on_the_way_is_no_slip(chain):
    """0.6 · 0.45 + 0.62 = 0.89, but without the rounding it is 0.8910."""
    assert not checked(chain.steps, {"z2": "0.8900"})
    assert checked(chain.steps, {"a1": 0.6, "z2": "0.8900"})


@pytest.mark.parametrize(("name", "right", "wrong", "cause"), [
    ("∂a1/∂z1", "a1 * (1 - a1)", "a1 * (1 + a1)", "a minus is a plus"),
    ("σ'(z1)", "σ(z1) - σ(z1)^2", "1 - σ(z1)", "the factor o_11 is missing"),
    ("σ'", "a·(1 − a)", "a", "the factor (1 - o_11) is missing"),
    ("z1", "x * w1 + θ1", "x * θ1 + w1", "w^1_11 and b_11 are exchanged"),
    ("z1", "0.1 * w1 + 0.40", "0.1 * w1", ""),
    ("∂E/∂a2", "a2 - y", "y - a2", "the wrong sign"),
    ("∂E/∂w1", "∂E/∂θ1 * x", "∂E/∂θ1 / x", ""),
    ("new w1", "w1 - ∂E/∂w1", "w1 + ∂E/∂w1", "a minus is a plus"),
    ("a1", "1 / (1 + exp(-0.415))", "1 / (1 + exp(0.415))", ""),
    ("∂a2/∂z2", "0.709 * (1 - 0.709)", "0.709 * (1 + 0.709)", "a minus is a plus"),
])
def test_formulas_are_compared_as_functions(chain, name, right, wrong, cause):
    assert checked(chain.steps, {name: right})
    slip = first(chain, name, wrong)
    assert cause in slip.cause
    assert f"not {wrong}" in str(slip)


def test_a_formula_that_is_right_here_by_chance_is_no_formula():
    found = pellucid.explain(lambda x: x * x, (2,), steps=1, check={"∂f/∂x_0": "x_0 + 2"})
    assert "by chance" in found.checked.first.cause
    assert pellucid.explain(lambda x: x * x, (2,), steps=1, check={"∂f/∂x_0": "x_0 + x_0"}).checked


@pytest.mark.parametrize(("check", "kind", "message"), [
    ({"w9": 1}, ArgumentError, "no step of this derivation is called 'w9'"),
    ({"∂E/∂w12": 1}, ArgumentError, "no step of this derivation"),
    ({"σ'": 0.3}, ArgumentError, "several quantities here: ∂o_11/∂z_11, ∂ŷ/∂z_21"),
    ({"z1": "q + 1"}, ArgumentError, 'no quantity of this derivation is called "q"'),
    ({"z1": [0.4, 0.5]}, ShapeError, "z1 is one number, but got a claim of shape"),
    ({1: 0.4}, KindError, "must be named by a string"),
    ([("z1", 0.4)], KindError, "check must map names"),
    ({"z1": None}, KindError, "a number or a formula"),
    ({"z1": np.nan}, ArgumentError, "must be finite")])
def test_claims_that_cannot_be_checked_are_refused(chain, check, kind, message):
    with pytest.raises(kind, match=message.replace("(", r"\(")):
        checked(chain.steps, check)


def test_a_misspelt_name_is_answered_with_the_nearest(chain):
    with pytest.raises(ArgumentError, match='Did you mean "new w1"'):
        checked(chain.steps, {"nev w1": 0.1})


def test_matrices_are_checked_number_by_number():
    steps = (Step("given", "", "W", "W", np.array([[1.0, 2.0], [3.0, 4.0]])),)
    found = checked(steps, {"W": [[1, 2], [3, -4]]})
    assert [slip.name for slip in found.slips] == ["W[1, 1]"]
    assert found.first.cause == "the wrong sign"
    assert len(found.agreed) == 3
    with pytest.raises(ShapeError, match=r"has shape \(2, 2\)"):
        checked(steps, {"W": 1.0})


def test_layers_are_checked_in_matrices():
    model = Sequential([Input((2,)), layers.Dense(3, "tanh"), layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.array([[0.3, -0.7]]), np.array([[0.2]])
    z = model.explain(x, y, level="layer")["z1"].value
    right = [float(f"{each:.4g}") for each in np.ravel(z)]       # a column may stand as a row
    found = model.explain(x, y, level="layer", check={"z1": right, "o1": "tanh(z1)"}).checked
    assert found
    assert len(found.agreed) == 4
    found = model.explain(x, y, level="layer", check={"o1": "z1"}).checked
    assert found.first.cause == "tanh is not applied to z1"


def test_no_claims_are_no_slip(chain):
    assert checked(chain.steps, {}) == Checked((), ())
    assert str(checked(chain.steps, {"z1": 0.415})) == "The claim agrees."


def test_claims_of_few_digits_blame_nothing_far_away(chain):
    """With one digit nearly every slip would fit by chance."""
    assert first(chain, "new w2", 0.9).cause == ""


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softplus"])
def test_numbers_put_wrong_anywhere_are_found(activation):
    """Whatever number of a derivation is multiplied by ten, it is the first to disagree."""
    model = Sequential([Input((2,)), layers.Dense(2, activation), layers.Dense(1)])
    model.compile("adam", "mse")
    explanation = model.explain(np.array([[0.3, -0.7]]), np.array([[0.4]]))
    for step in explanation.steps[::5]:
        if step.value and np.ndim(step.value) == 0:
            claims = {step.name: float(f"{10 * step.value:.6g}")}
            assert checked(explanation.steps, claims).first.cause.startswith("the decimal point")


@pytest.mark.parametrize("stack", [
    (Input((2,)), layers.Dense(2, "tanh"), layers.Dense(1, "sigmoid")),
    (Input((2, 1)), layers.GRU(1), layers.Dense(1))], ids=["dense", "recurrent"])
def test_what_is_printed_agrees_with_itself(stack):
    """Each number, rounded, and each formula, as it is printed, is right as a claim."""
    model = Sequential(list(stack))
    model.compile("adam", "huber")
    explanation = model.explain(np.array([[0.3, -0.7]]).reshape(1, *stack[0].shape[1:]),
                                np.array([[0.4]]))
    told = [step for step in explanation.steps if step.value is not None]
    assert checked(explanation.steps, {step.name: f"{step.value:.4g}" for step in told})
    formulas = {step.name: str(step.formula) for step in told if step.formula is not None}
    assert len(formulas) > 20
    found = checked(explanation.steps, formulas)
    assert found, str(found)
