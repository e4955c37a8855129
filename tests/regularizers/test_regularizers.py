"""Regularizers against real Keras, by value, gradient and config."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import regularizers
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.core.tape import GradientTape
from pellucid.core.variable import Variable
from pellucid.engines.trace import Traced

W = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -0.25]])
CASES = [("L1", {}), ("L1", {"l1": 0.3}), ("L2", {}), ("L2", {"l2": 0.3}), ("L1L2", {}),
         ("L1L2", {"l1": 0.1, "l2": 0.2}), ("OrthogonalRegularizer", {}),
         ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"})]


@pytest.mark.keras
@pytest.mark.parametrize(("name", "options"), CASES)
def test_F5_penalty_equals_keras(name, options):
    import keras

    mine, theirs = (getattr(m, name)(**options) for m in (regularizers, keras.regularizers))
    expected = float(theirs(keras.ops.convert_to_tensor(W)))
    for form in (mine, Traced(mine)):
        assert float(form(W)) == pytest.approx(expected, rel=1e-6)
    config = theirs.get_config()
    assert mine.get_config().keys() == config.keys()
    for key, value in config.items():
        assert mine.get_config()[key] == (pytest.approx(value) if key != "mode" else value)
    again = regularizers.deserialize(keras.regularizers.serialize(theirs))
    assert type(again) is type(mine)


def test_F5_update_form():
    """λ/2 ‖w‖² moves a weight to (1 - ηλ) w - η ∂L/∂w; Keras's λ ‖w‖² with half that λ too."""
    rate, lam = 0.1, 0.4
    w = Variable(W, dtype="float64")
    with GradientTape() as tape:
        loss = 3.0 * w[0, 0] + regularizers.L2(lam / 2)(w)
    g = tape.gradient(loss, w).numpy()
    data = np.zeros_like(W)
    data[0, 0] = 3.0
    np.testing.assert_allclose(W - rate * g, (1 - rate * lam) * W - rate * data, rtol=1e-14)


@pytest.mark.parametrize(("name", "options"), CASES)
def test_dtype_and_gradient(name, options):
    penalty = getattr(regularizers, name)(**options)
    for dtype in ("float32", "float64"):
        w = Variable(W, dtype=dtype)
        with GradientTape() as tape:
            value = penalty(w)
        assert value.dtype == dtype
        assert np.isfinite(tape.gradient(value, w).numpy()).all()


def test_a_row_of_zeros_stays_finite():
    w = Variable(np.array([[0.0, 0.0], [1.0, 1.0]]))
    with GradientTape() as tape:
        value = regularizers.OrthogonalRegularizer()(w)
    assert float(value) == 0
    assert np.isfinite(tape.gradient(value, w).numpy()).all()


@pytest.mark.parametrize(("identifier", "l1", "l2"), [
    ("l1", 0.01, None), ("l2", None, 0.01), ("l1l2", 0, 0), ("L1L2", 0, 0), ("l1_l2", 0, 0),
    ({"class_name": "L2", "config": {"l2": 0.5}}, None, 0.5), (regularizers.L1, 0.01, None)])
def test_identifiers(identifier, l1, l2):
    got = regularizers.get(identifier)
    assert (getattr(got, "l1", None), getattr(got, "l2", None)) == (l1, l2)


def test_own_ones():
    def own(x):
        return 1.0

    assert regularizers.get(own) is own
    assert regularizers.get(None) is None
    assert regularizers.Regularizer()(W) == 0.0


@pytest.mark.parametrize(("make", "error", "told"), [
    (lambda: regularizers.get("l3"), ArgumentError, "'l3' is not a known regularizer"),
    (lambda: regularizers.L2(-0.1), ArgumentError, "l2 must be at least 0"),
    (lambda: regularizers.L1(float("nan")), ArgumentError, "l1 must be at least 0"),
    (lambda: regularizers.L1("a"), KindError, "L1's l1"),
    (lambda: regularizers.OrthogonalRegularizer(mode="row"), ArgumentError, "mode must be one of"),
    (lambda: regularizers.OrthogonalRegularizer()(W[0]), ShapeError, "needs a matrix"),
])
def test_messages(make, error, told):
    with pytest.raises(error, match=told):
        make()
