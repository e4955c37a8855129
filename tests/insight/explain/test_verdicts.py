"""Verdicts on claims: in matrices, of few digits, of float32, and of losses with other factors."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid
from pellucid import Input, Sequential, layers
from pellucid.insight.explain.slips import checked

X, Y = np.array([[0.3, -0.7], [0.2, 0.9], [0.5, 0.1]]), np.array([[0.1], [0.5], [2.0]])


def net():
    """A 2-3-1 network of tanh."""
    model = Sequential([Input((2,)), layers.Dense(3, "tanh"), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def rounded(values, digits=5):
    return np.vectorize(lambda each: float(f"{each:.{digits}g}"))(values).tolist()


def causes(found):
    return {slip.cause for slip in found.checked.slips}


# in matrices -------------------------------------------------------------------------------------

def test_what_no_slip_explains_in_matrices_is_only_told():
    found = net().explain(X, Y, level="layer", check={"L": 99.0})
    assert [slip.cause for slip in found.checked.slips] == [""]


def test_matrices_are_computed_again_with_what_was_claimed():
    model = net()
    found = model.explain(X, Y, level="layer")
    gradient = found["∂L/∂W1"].value
    found = model.explain(X, Y, level="layer", check={
        "∂L/∂W1": -gradient, "W1'": rounded(found["W1"].value + 0.01 * gradient, 7)})
    assert causes(found) == {"the wrong sign", "it follows from ∂L/∂W1"}


@pytest.mark.parametrize("rows", [1, 3])
def test_formulas_in_matrices_give_the_numbers_beside_them(rows):
    from pellucid.insight.explain.worlds import Derivation
    found = net().explain(X[:rows], Y[:rows], level="layer")
    again = Derivation(found.steps)
    known = {line.name for line in again.lines if line.formula is not None}
    assert {"L", "∂L/∂W1", "∂L/∂b1", "W1'"} <= known
    assert {line.name.lower() for line in again.lines} >= {"z1", "o1"}


# few digits --------------------------------------------------------------------------------------

def line():
    model = Sequential([Input((1,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.set_weights([np.array([[0.7]]), np.array([0.25])])
    return model


def test_nothing_is_not_nearly_one():
    found = line().explain([[1.0]], [[0.5]], check={"∂L/∂w1": 0, "ŷ": 0})
    assert [slip.right for slip in found.checked.slips] == pytest.approx([0.95, 0.9])


def test_rounding_on_the_way_moves_two_digits_by_one_unit():
    """0.65 squared is 0.4225."""
    for claim, agrees in ((0.42, True), (0.43, True), (0.44, False), (0.41, False)):
        found = pellucid.explain(lambda x: x * x, (0.65,), check={"x_0": 0.65, "f(x_0)": claim})
        assert bool(found.checked) is agrees


# float32 -----------------------------------------------------------------------------------------

def test_the_loss_of_test_on_batch_is_the_loss():
    model = net()
    for x, y in ((X, Y), (np.ones((2, 2)), np.zeros((2, 1)))):
        loss = model.test_on_batch(x, y)
        assert model.explain(x, y, check={"L": loss}).checked
        assert not model.explain(x, y, check={"L": 1.001 * loss}).checked
        assert not model.explain(x, y, check={"L": np.float32(1.001 * loss)}).checked


# a loss with another factor ----------------------------------------------------------------------

@pytest.mark.parametrize(("check", "cause"), [
    ({"L": "(y-ŷ)**2/2"}, "a factor ½ too many"),
    ({"∂L/∂ŷ": "(ŷ-y)"}, "a factor ½ too many, as from a loss that has it"),
    ({"∂L/∂ŷ": "4*(ŷ-y)"}, "a factor 2 too many, as from a loss that has it")])
def test_a_half_in_front_of_the_loss_is_named(check, cause):
    assert net().explain(X[:1], Y[:1], check=check).checked.first.cause == cause


@pytest.mark.parametrize("level", ["layer", "weight"])
@pytest.mark.parametrize(("factor", "said"), [
    (0.5, "a factor ½ too many"), (2, "a factor 2 too many"), (3, "the division by 3 is missing"),
    (1 / 3, "divided by the 3 rows once too often")])
def test_what_follows_from_a_loss_with_a_factor_says_so(level, factor, said):
    model = net()
    found = model.explain(X, Y, level=level)
    loss, slope = ("L", "∂L/∂W1" if level == "layer" else "∂L/∂w^1_11")
    weight = slope.removeprefix("∂L/∂")
    wrong = factor * found[slope].value
    claims = {loss: rounded(factor * found[loss].value), slope: rounded(wrong),
              f"{weight}'": rounded(found[weight].value - 0.01 * wrong, 6)}
    slips = checked(found.steps, claims).slips
    assert slips[0].cause == said
    assert {slip.cause for slip in slips[1:]} == {"it follows from L", f"it follows from {slope}"}


def test_the_sum_in_the_place_of_the_mean_is_named_in_a_gradient():
    model = net()
    slope = model.explain(X, Y)["∂L/∂w^1_11"].value
    slip = model.explain(X, Y, check={"∂L/∂w^1_11": rounded(3 * slope)}).checked.first
    assert slip.cause.startswith("the sum over the 3 rows, not their mean")


def test_a_forgotten_update_is_named():
    model = net()
    old = model.explain(X, Y)["w^1_11"].value
    slip = model.explain(X, Y, check={"w^1_11'": rounded(old)}).checked.first
    assert slip.cause == "the old value, which is that of w^1_11"
    found = pellucid.explain(lambda x: x * x, (2.0,), steps=2, check={"x_2": 1.96})
    assert found["x_1"].value == pytest.approx(1.96)
    assert found.checked.first.cause == "the old value, which is that of x_1"
