"""Catalogue C: activations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import losses
from pellucid.activations import log_sigmoid, log_softmax, sigmoid, softmax, tanh
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Tensor

NUMBERS = st.floats(-1e4, 1e4, allow_nan=False)


def with_slope(function, *points):
    x = Tensor(np.array(points, "float64"))
    with GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return y.numpy(), tape.gradient(y, x).numpy()


@given(NUMBERS)
def test_C1_the_slope_of_the_sigmoid_is_sigma_times_one_minus_sigma(x):
    y, slope = with_slope(sigmoid, x)
    np.testing.assert_allclose(slope, y * (1 - y), rtol=1e-12, atol=1e-16)
    a, b = (sigmoid(np.float64(x + h)).numpy() for h in (1e-5, -1e-5))
    np.testing.assert_allclose(slope, (a - b) / 2e-5, rtol=1e-4, atol=1e-8)


@given(NUMBERS)
def test_C1_the_slope_of_tanh_is_one_minus_its_square(x):
    y, slope = with_slope(tanh, x)
    np.testing.assert_allclose(slope, 1 - y ** 2, rtol=1e-12, atol=1e-16)
    a, b = np.tanh(x + 1e-5), np.tanh(x - 1e-5)
    np.testing.assert_allclose(slope, (a - b) / 2e-5, rtol=1e-4, atol=1e-8)


@given(NUMBERS)
def test_C1_tanh_is_a_stretched_sigmoid(x):
    x = np.float64(x)
    np.testing.assert_allclose(tanh(x).numpy(), 2 * sigmoid(2 * x).numpy() - 1, rtol=1e-12,
                               atol=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_C2_stable_at_logits_of_ten_thousand(dtype):
    z = np.array([-1e4, 1e4], dtype)
    assert sigmoid(z).numpy().tolist() == [0, 1]
    assert log_sigmoid(z).numpy().tolist() == [-1e4, 0]
    assert softmax(z).numpy().tolist() == [0, 1]
    assert log_softmax(z).numpy().tolist() == [-2e4, 0]
    for label, costs in ((0.0, [0, 1e4]), (1.0, [1e4, 0])):
        y = np.full((2, 1), label, dtype)
        found = losses.binary_crossentropy(y, z[:, None], from_logits=True)
        assert found.numpy().tolist() == costs
    found = losses.categorical_crossentropy(np.eye(2, dtype=dtype), np.stack([z, z]),
                                            from_logits=True)
    assert found.numpy().tolist() == [2e4, 0]
    found = losses.sparse_categorical_crossentropy([0, 1], np.stack([z, z]), from_logits=True)
    assert found.numpy().tolist() == [2e4, 0]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_C2_gradients_at_logits_of_ten_thousand(dtype):
    z = Tensor(np.array([[-1e4, 1e4]], dtype))
    for loss, y, expected in (
            (losses.BinaryCrossentropy(from_logits=True, dtype=dtype), [[1.0, 0.0]], [-0.5, 0.5]),
            (losses.BinaryCrossentropy(from_logits=True, dtype=dtype), [[0.0, 1.0]], [0, 0]),
            (losses.CategoricalCrossentropy(from_logits=True, dtype=dtype), [[1.0, 0.0]], [-1, 1]),
            (losses.CategoricalCrossentropy(from_logits=True, dtype=dtype), [[0.0, 1.0]], [0, 0])):
        with GradientTape() as tape:
            tape.watch(z)
            value = loss(y, z)
        assert tape.gradient(value, z).numpy().tolist() == [expected]


def test_C2_clipped_probabilities_stay_finite():
    for y, p in (([1.0], [0.0]), ([0.0], [1.0])):
        assert np.isfinite(float(losses.binary_crossentropy(y, p)))
    assert np.isfinite(float(losses.categorical_crossentropy([1.0, 0.0], [0.0, 1.0])))
