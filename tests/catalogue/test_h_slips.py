"""Catalogue H: the worked chain explained, and the slips that the notes made in it."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import Input, Sequential, layers, losses, ops, optimizers
from tests.catalogue.test_h_backpropagation import AFTER, FORWARD, GRADIENTS, RATE, START, X, Y


class HalfSquare(losses.Loss):
    """E = ½ (a2 - y)²."""

    def call(self, y_true, y_pred):
        return ops.sum(ops.square(y_pred - y_true), axis=-1) / 2


@pytest.fixture(scope="module")
def chain():
    model = Sequential([Input((1,)), layers.Dense(1, "sigmoid"), layers.Dense(1, "sigmoid")])
    model.set_weights([np.reshape(each, shape) for each, shape in zip(
        START.values(), [(1, 1), (1,)] * 2, strict=True)])
    model.compile(optimizers.SGD(RATE), HalfSquare())
    return model


def explained(chain, claims):
    return chain.explain(np.array([[X]]), np.array([[Y]]), check=claims).checked


def test_H1_every_number_of_the_row_agrees_to_all_its_digits(chain):
    claims = {**START, **FORWARD, **{f"∂E/∂{name}": value for name, value in GRADIENTS.items()},
              **{f"new {name}": value for name, value in AFTER.items()}}
    found = explained(chain, {name: float(f"{value:.13g}") for name, value in claims.items()})
    assert found, str(found)
    assert len(found.agreed) == 16


@pytest.mark.parametrize(("name", "printed", "right", "cause"), [
    ("w1", 0.015, 0.15, "the decimal point too far to the left"),
    ("θ2", 0.63, 0.62, "a 3 where a 2 belongs"),
    ("∂E/∂θ1", 0.102, 0.010208096194000569, "the decimal point too far to the right"),
    ("new θ1", 0.298, 0.38979190380599943,
     "∂L/∂b_11 was used with the decimal point too far to the right"),
])
def test_H1_the_slips_of_the_notes_are_found(chain, name, printed, right, cause):
    found = explained(chain, {**FORWARD, name: printed})
    assert [slip.name for slip in found.slips] == [name]
    assert found.first.right == pytest.approx(right, rel=1e-12)
    assert found.first.cause == cause


def test_H1_all_of_them_at_once_are_told_in_their_order(chain):
    found = explained(chain, {"new θ1": 0.298, "∂E/∂θ1": 0.102, "θ2": 0.63, "w1": 0.015,
                              "a1": 0.602})
    assert [slip.name for slip in found.slips] == ["w1", "θ2", "∂E/∂θ1", "new θ1"]
    assert found.agreed == ("a1",)
    assert found.slips[-1].follows
    assert str(found).startswith("4 of 5 claims disagree, the first about w1:")
