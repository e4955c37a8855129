"""D5: which loss for which target, why, and that a wrong pair is named before training.

`tests/models/test_pairings.py` has every pair; here are those that the catalogue names.
"""

from __future__ import annotations

import numpy as np
import pytest

import pellucid
from pellucid import keras, layers
from pellucid.core.errors import PellucidError, PellucidWarning

X = np.random.default_rng(0).normal(size=(200, 1)).astype("float32")
LABELS = np.arange(200) % 3


@pytest.mark.parametrize("kind, activation, loss", [
    ("regression", "linear", "mean_squared_error"), ("outliers", "linear", "huber"),
    ("binary", "sigmoid", "binary_crossentropy"),
    ("multiclass", "softmax", "sparse_categorical_crossentropy"),
    ("one_hot", "softmax", "categorical_crossentropy"),
    ("multilabel", "sigmoid", "binary_crossentropy")])
def test_D5_the_loss_for_each_kind_of_target(kind, activation, loss):
    advice = pellucid.output_advice(kind)
    assert (advice.activation, advice.loss) == (activation, loss)
    assert "mean_absolute_error" in pellucid.output_advice("outliers").reason


def slope_learned(loss: str, y: np.ndarray) -> float:
    """The slope of a line that is fitted under a loss."""
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(0.05), loss)
    model.fit(X, y, epochs=200, batch_size=200, verbose=0)
    return float(model.get_weights()[0][0, 0])


def test_D5_outliers_rule_the_squared_error_and_not_the_advised_loss():
    y = 2 * X[:, 0] + 0.1 * np.random.default_rng(1).normal(size=200)
    assert pellucid.output_advice(y).loss == "mean_squared_error"
    assert slope_learned("mean_squared_error", y) == pytest.approx(2, abs=0.05)
    wild = np.where(np.arange(200) % 40 == 0, -60 * np.sign(X[:, 0]), y)
    advice = pellucid.output_advice(wild)
    assert advice.target.endswith("5 of 200 far out")
    assert abs(slope_learned(str(advice.loss), wild) - 2) < 0.2
    assert abs(slope_learned("mean_absolute_error", wild) - 2) < 0.2
    assert abs(slope_learned("mean_squared_error", wild) - 2) > 0.5


@pytest.mark.parametrize("units, activation, loss, y, told", [
    (1, "softmax", "binary_crossentropy", LABELS % 2, "softmax on one unit.*Use a sigmoid"),
    (3, "sigmoid", "categorical_crossentropy", np.eye(3)[LABELS], "sigmoids.*Use a softmax"),
    (1, None, "binary_crossentropy", LABELS % 2, "activation is linear.*from_logits=True"),
    (1, "sigmoid", "binary_crossentropy", 2 * (LABELS % 2) - 1, "from -1 to 1.*or use Hinge"),
    (3, "softmax", "categorical_crossentropy", np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0]])[LABELS],
     "row 0 is 1 0 1.*sigmoids and BinaryCrossentropy"),
    (1, "relu", "mse", X[:, 0], "from 0 up, but the targets reach from -.*Use no activation")])
def test_D5_a_wrong_pair_is_named_before_the_first_step(units, activation, loss, y, told):
    model = keras.Sequential([keras.Input((1,)), layers.Dense(units, activation)])
    model.compile("sgd", loss)
    before = model.get_weights()
    with pytest.raises(PellucidWarning, match=told):          # an error here, so fit ends there
        model.fit(X, y, verbose=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("loss, y, told", [
    ("sparse_categorical_crossentropy", LABELS + 1, "0 to 2, but got 3 in row 2"),
    ("sparse_categorical_crossentropy", np.eye(3)[LABELS], "One-hot labels go with categorical"),
    ("categorical_crossentropy", LABELS, "numbers go with sparse_categorical")])
def test_D5_a_pair_without_meaning_does_not_train(loss, y, told):
    model = keras.Sequential([keras.Input((1,)), layers.Dense(3, "softmax")])
    model.compile("sgd", loss)
    with pytest.raises(PellucidError, match=told):
        model.fit(X, y, verbose=0)
