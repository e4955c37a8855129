"""Constraints against real Keras, by value and config, step by step and traced."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import constraints
from pellucid.core.errors import ArgumentError
from pellucid.engines.trace import Traced

W = np.random.default_rng(3).normal(size=(2, 3, 4)) * 2
CASES = [("MaxNorm", {}), ("MaxNorm", {"max_value": 0.5, "axis": (0, 1)}), ("NonNeg", {}),
         ("UnitNorm", {}), ("UnitNorm", {"axis": -1}), ("MinMaxNorm", {}),
         ("MinMaxNorm", {"min_value": 2.0, "max_value": 3.0, "rate": 0.25, "axis": 1})]


@pytest.mark.keras
@pytest.mark.parametrize(("name", "options"), CASES)
def test_constraint_equals_keras(name, options):
    import keras

    mine, theirs = (getattr(m, name)(**options) for m in (constraints, keras.constraints))
    expected = np.asarray(theirs(keras.ops.convert_to_tensor(W)))
    for form in (mine, Traced(mine)):
        np.testing.assert_allclose(form(W), expected, rtol=1e-12)
    assert mine.get_config() == theirs.get_config()
    assert constraints.serialize(mine) == keras.constraints.serialize(theirs)
    assert type(constraints.deserialize(constraints.serialize(mine))) is type(mine)


@pytest.mark.parametrize(("identifier", "cls"), [
    ("max_norm", "MaxNorm"), ("MaxNorm", "MaxNorm"), ("non_neg", "NonNeg"), ("nonneg", "NonNeg"),
    ("unit_norm", "UnitNorm"), ("min_max_norm", "MinMaxNorm"), (constraints.NonNeg, "NonNeg"),
    ({"class_name": "max_norm", "config": {"max_value": 3}}, "MaxNorm")])
def test_identifiers(identifier, cls):
    assert type(constraints.get(identifier)).__name__ == cls


def test_vectors_of_zeros_stay_zero():
    for made in (constraints.MaxNorm(), constraints.UnitNorm(), constraints.MinMaxNorm(0.5)):
        np.testing.assert_array_equal(made(np.zeros((3, 2))), np.zeros((3, 2)))


def test_own_ones():
    def half(w):
        return w / 2

    assert constraints.get(half) is half
    assert constraints.get(None) is None
    assert constraints.Constraint()(W) is W


@pytest.mark.parametrize(("make", "told"), [
    (lambda: constraints.get("max_nrom"), '"max_norm"'),
    (lambda: constraints.MaxNorm(-1), "max_value must be at least 0"),
    (lambda: constraints.MinMaxNorm(2.0, 1.0), "min_value must not be above its max_value"),
    (lambda: constraints.MinMaxNorm(rate=2.0), "rate must be at least 0 and at most 1"),
])
def test_messages(make, told):
    with pytest.raises(ArgumentError, match=told):
        make()
