"""Catalogue C: the slip in the notes about the derivative of tanh."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import Input, Sequential, layers


def checked(activation, claims):
    model = Sequential([Input((1,)), layers.Dense(1, activation), layers.Dense(1)])
    model.set_weights([np.array(each) for each in ([[0.8]], [0.3], [[-0.5]], [0.1])])
    model.compile("sgd", "mse")
    return model.explain(np.array([[0.7]]), np.array([[0.2]]), check=claims).checked


@pytest.mark.parametrize("name", ["tanh'", "tanh'(z)", "∂a1/∂z1", "∂o_11/∂z_11"])
@pytest.mark.parametrize("formula", ["1 - tanh(z)", "1 - tanh(z1)", "1 - a1"])
def test_C1_tanh_without_the_square_is_found(name, formula):
    found = checked("tanh", {name: formula})
    assert found.first.cause == "the square of o_11 is missing"


def test_C1_its_number_is_found_too():
    z = 0.8 * 0.7 + 0.3
    found = checked("tanh", {"tanh'": round(float(1 - np.tanh(z)), 4)})
    assert found.first.cause == "the square of o_11 is missing"
    assert checked("tanh", {"tanh'": round(float(1 - np.tanh(z) ** 2), 4)})


@pytest.mark.parametrize(("activation", "formula"), [
    ("tanh", "1 - tanh(z)^2"), ("tanh", "1 - a1**2"), ("tanh", "(1 - a1) * (1 + a1)"),
    ("tanh", "1 - (2 * sigmoid(2 * z) - 1)^2"), ("sigmoid", "a * (1 - a)"),
    ("sigmoid", "σ(z) * (1 - σ(z))"), ("sigmoid", "exp(-z) / (1 + exp(-z))^2")])
def test_C1_the_right_derivatives_agree_however_they_are_written(activation, formula):
    assert checked(activation, {f"{activation}'": formula})
