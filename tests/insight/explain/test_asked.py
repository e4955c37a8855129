"""Numbers and matrices that a level does not tell are derived when they are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import Input, Sequential, layers
from pellucid.core.errors import ArgumentError

X, Y = np.array([[0.3, -0.7], [0.2, 0.9]]), np.array([[0.1], [2.0]])


@pytest.fixture(scope="module")
def model():
    model = Sequential([Input((2,)), layers.Dense(3, "tanh"), layers.Dense(1)])
    model.compile("adam", "mse")
    return model


def test_every_number_is_found_among_matrices(model):
    told, single = (model.explain(X, Y, level=level) for level in ("layer", "weight"))
    for step in single.steps:
        found = told[step.name]
        assert found.name == step.name
        assert found.value == step.value
        assert str(found.formula) == str(step.formula) or step.name == "L"    # Σ ℓ in matrices
    printed = next(step.note for step in told.steps if step.name == "∂L/∂W1")
    name, value = printed.removeprefix("largest: ").split(",")[0].split(" = ")
    assert told[name].value == pytest.approx(float(value))


def test_every_matrix_is_found_among_numbers(model):
    told, single = (model.explain(X, Y, level=level) for level in ("layer", "weight"))
    for name in ("X", "W1", "Z1", "Ŷ", "∂L/∂W1", "∂E/∂W2", "W1'", "new W1"):
        assert np.array_equal(single[name].value, told[name].value)


@pytest.mark.parametrize("name", ["∂L/∂w^1_23", "dE/dw_23^1", "∂L/∂dense/kernel[1, 2]",
                                  r"\frac{\partial E}{\partial w^1_{23}}"])
def test_a_number_is_asked_for_in_any_spelling(model, name):
    found = model.explain(X, Y, level="layer")
    assert found[name].value == found["∂L/∂W1"].value[1, 2]


def test_numbers_of_a_large_network_are_asked_for():
    model = Sequential([Input((30,)), layers.Dense(40, "relu"), layers.Dense(12)])
    model.compile("sgd", "mse")
    found = model.explain(np.ones((2, 30)), np.zeros((2, 12)))
    assert found.level == "layer"
    assert found["∂L/∂w^2_3,4"].value == found["∂L/∂W2"].value[2, 3]
    assert found["w^1_30,40'"].value == found["W1'"].value[29, 39]
    assert found["∂E/∂z_1,3[2]"].value == found["∂L/∂Z1"].value[1, 2]


def test_numbers_are_checked_at_any_level(model):
    found = model.explain(X, Y, level="layer")
    old, slope = found["w^1_11"].value, found["∂L/∂w^1_23"].value
    checked = model.explain(X, Y, level="layer", check={
        "w^1_11": old, "o_11[2]": "tanh(z_11[2])", "∂L/∂w^1_23": -slope, "w^1_11'": old}).checked
    assert checked.agreed == ("w^1_11", "o_11[2]")
    assert [slip.cause for slip in checked.slips] == [
        "the wrong sign", "the old value, which is that of w^1_11"]
    assert found.steps[checked.slips[0].place - 1].part == "backward"
    assert found.steps[checked.slips[1].place - 1].part == "update"


def test_matrices_are_checked_among_numbers(model):
    found = model.explain(X, Y, level="weight")
    checked = model.explain(X, Y, level="weight", check={
        "W1": found["W1"].value, "∂L/∂W2": -found["∂L/∂W2"].value}).checked
    assert len(checked.agreed) == 6
    assert {slip.cause for slip in checked.slips} == {"the wrong sign"}
    assert len(checked.slips) == 3


@pytest.mark.parametrize("level", ["layer", "weight"])
@pytest.mark.parametrize("name", ["w^9_11", "w^1_99", "W7", "∂L/∂W9", ""])
def test_what_there_is_not_is_refused(model, level, name):
    with pytest.raises(ArgumentError, match="no step of this derivation is called"):
        model.explain(X, Y, level=level)[name]
