"""Catalogue D: losses, with the worked numbers."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import losses
from pellucid.activations import sigmoid, softmax
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Tensor


@pytest.mark.parametrize("p, cost", [(0.9, 0.10536052), (0.8, 0.22314355), (0.7, 0.35667494),
                                     (0.6, 0.51082562), (0.5, 0.69314718)])
def test_D1_binary_crossentropy(p, cost):
    loss = losses.BinaryCrossentropy(dtype="float64")
    assert float(loss([[1.0]], np.array([[p]]))) == pytest.approx(cost, abs=1e-8)
    assert float(loss([[0.0]], np.array([[1 - p]]))) == pytest.approx(cost, abs=1e-8)
    assert float(losses.binary_crossentropy([1.0], np.array([p]))) == pytest.approx(cost, abs=1e-8)


@pytest.mark.parametrize("label, shares, cost", [
    (0, [0.8, 0.1, 0.1], 0.2231), (1, [0.4, 0.5, 0.1], 0.6931), (2, [0.2, 0.3, 0.5], 0.6931)])
def test_D2_categorical_crossentropy(label, shares, cost):
    one_hot = np.eye(3)[label]
    full = losses.CategoricalCrossentropy(dtype="float64")([one_hot], [shares])
    sparse = losses.SparseCategoricalCrossentropy(dtype="float64")([label], [shares])
    assert float(full) == pytest.approx(cost, abs=5e-5)
    assert float(sparse) == float(full)


@pytest.mark.parametrize("delta", [0.5, 1.0, 2.0])
def test_D3_huber(delta):
    r = np.linspace(-4, 4, 81)
    loss = losses.huber(np.zeros((81, 1)), r[:, None], delta).numpy()
    near = np.abs(r) <= delta
    np.testing.assert_allclose(loss[near], r[near] ** 2 / 2, rtol=1e-14)
    np.testing.assert_allclose(loss[~near], delta * np.abs(r[~near]) - delta ** 2 / 2, rtol=1e-14)


def test_D3_huber_acts_as_mse_near_and_as_mae_far():
    def slope(loss, error):
        p = Tensor(np.array([error]))
        with GradientTape() as tape:
            tape.watch(p)
            value = loss(np.zeros(1), p)
        return float(tape.gradient(value, p))

    for error in (0.1, -0.3, 0.9):
        assert slope(losses.huber, error) == pytest.approx(
            slope(losses.mean_squared_error, error) / 2, rel=1e-12)
    for error in (1.5, -7.0, 1e4):
        assert slope(losses.huber, error) == slope(losses.mean_absolute_error, error)


def test_D4_the_loss_of_class_j_is_minus_the_logarithm_of_its_share():
    z = np.array([[2.0, -1.0, 0.5]])
    shares = softmax(z).numpy()[0]
    for j in range(3):
        for loss in (losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64"),
                     losses.SparseCategoricalCrossentropy(dtype="float64")):
            scores = z if loss.from_logits else shares[None]
            assert float(loss([j], scores)) == pytest.approx(-np.log(shares[j]), rel=1e-12)


@pytest.mark.parametrize("gap", [20.0, 100.0])
def test_D4_logits_are_more_accurate_than_softmax_then_log(gap):
    """In float32 a share below 1e-7 is clipped: its loss stops at 16.1, whatever it should be."""
    z = np.array([[gap, 0.0, -1.0]], "float32")
    exact = gap + np.log1p(np.exp(-gap) + np.exp(-gap - 1))
    direct = float(losses.SparseCategoricalCrossentropy(from_logits=True)([1], z))
    by_softmax = float(losses.SparseCategoricalCrossentropy()([1], softmax(z)))
    assert abs(direct - exact) < 1e-6 * exact
    assert abs(by_softmax - exact) == pytest.approx(gap + np.log(1e-7), abs=1e-3)


def test_D4_logits_are_more_accurate_than_sigmoid_then_log():
    """In float32 1 - p has lost its digits where p is near 1."""
    z, exact = np.array([[10.0]], "float32"), 10 + np.log1p(np.exp(-10.0))
    direct = float(losses.BinaryCrossentropy(from_logits=True)([[0.0]], z))
    by_sigmoid = float(losses.BinaryCrossentropy()([[0.0]], sigmoid(z)))
    assert abs(direct - exact) < 1e-6
    assert 1e-4 < abs(by_sigmoid - exact) < 1e-2
