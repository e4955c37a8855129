"""B11: the derivative by nudging, for every layer and every loss, through the public door."""

import numpy as np
import pytest

import pellucid
import pellucid.layers
import pellucid.losses
from pellucid import keras
from pellucid.core.errors import ArgumentError
from pellucid.core.serialization import BUILT_IN
from pellucid.keras import layers

RANDOM = np.random.default_rng(7)
X = RANDOM.normal(size=(6, 4))
ONE_HOT = np.eye(3)[[0, 1, 2, 0, 1, 2]]

BODIES = {
    "Dense": lambda x: layers.Dense(5, activation="tanh", kernel_regularizer="l2")(x),
    "Activation": lambda x: layers.Activation("gelu")(layers.Dense(5)(x)),
    "Dropout": lambda x: layers.Dropout(0.4, seed=3)(layers.Dense(6, activation="tanh")(x)),
    "BatchNormalization": lambda x: layers.BatchNormalization()(layers.Dense(5)(x)),
    "Flatten": lambda x: layers.Flatten()(layers.Reshape((2, 3))(layers.Dense(6)(x))),
    "Reshape": lambda x: layers.Reshape((4,))(layers.Reshape((2, 2))(layers.Dense(4)(x))),
    "Permute": lambda x: layers.Flatten()(layers.Permute((2, 1))(
        layers.Reshape((2, 3))(layers.Dense(6)(x)))),
    "RepeatVector": lambda x: layers.Flatten()(layers.RepeatVector(2)(layers.Dense(3)(x))),
    "Add": lambda x: layers.Add()([layers.Dense(4)(x), x]),
    "Subtract": lambda x: layers.Subtract()([layers.Dense(4)(x), x]),
    "Multiply": lambda x: layers.Multiply()([layers.Dense(4)(x), layers.Dense(4)(x)]),
    "Average": lambda x: layers.Average()([layers.Dense(4)(x), x]),
    "Maximum": lambda x: layers.Maximum()([layers.Dense(4)(x), layers.Dense(4)(x)]),
    "Minimum": lambda x: layers.Minimum()([layers.Dense(4)(x), layers.Dense(4)(x)]),
    "Concatenate": lambda x: layers.Concatenate()([layers.Dense(2)(x), x]),
    "Rescaling": lambda x: layers.Rescaling(2.0, offset=1.0)(layers.Dense(3)(x)),
    "Normalization": lambda x: layers.Normalization(mean=1.0, variance=4.0)(layers.Dense(3)(x)),
    "Operation": lambda x: layers.Dense(3)(x) * 2 + 1,
}
# layers without a place in a differentiable stack: bases, inputs, and host stages for words
APART = {"Layer", "InputLayer", "CategoryEncoding", "IntegerLookup", "StringLookup", "Merge",
         "IndexLookup"}


def checked(body, output="softmax", loss="categorical_crossentropy", y=ONE_HOT):
    pellucid.set_random_seed(1)
    x = keras.Input((4,))
    model = keras.Model(x, layers.Dense(y.shape[-1], activation=output)(body(x)))
    model.compile(loss=loss)
    before = model.get_weights()
    report = pellucid.gradient_check(model, X, y)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert {each.dtype for each in model.weights if "seed" not in each.path} == {"float32"}
    return report


@pytest.mark.parametrize("name", BODIES)
def test_B11_every_layer(name: str) -> None:
    report = checked(BODIES[name])
    assert report, str(report)
    assert report.error <= 1e-6


def test_B11_no_layer_is_forgotten() -> None:
    assert set(BUILT_IN["keras.layers"]) <= set(BODIES) | APART


@pytest.mark.parametrize("name", sorted(
    set(BUILT_IN["keras.losses"]) - {"Loss", "FormulaLoss", "LossFunctionWrapper"}))
def test_B11_every_loss(name: str) -> None:
    loss = BUILT_IN["keras.losses"][name]()
    if name == "SparseCategoricalCrossentropy":
        x = keras.Input((4,))
        model = keras.Model(x, layers.Dense(3, activation="softmax")(x))
        model.compile(loss=loss)
        report = pellucid.gradient_check(model, X, ONE_HOT.argmax(1))
    else:
        softmax = name not in ("Hinge", "SquaredHinge", "CategoricalHinge")
        report = checked(BODIES["Dense"], "softmax" if softmax else "tanh", loss)
    assert report, str(report)


def test_B11_a_wrong_gradient_is_found() -> None:
    class Wrong(layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight((input_shape[-1],), "ones", name="w")

        def call(self, inputs):
            held = pellucid.ops.stop_gradient(self.w * inputs)
            return held + self.w * inputs          # half of the slope is hidden from the tape

    report = checked(lambda x: Wrong()(x))
    assert not report
    assert "DIFFER" in str(report)


def test_B11_needs_a_loss() -> None:
    with pytest.raises(ArgumentError, match="compile the model before gradient_check"):
        pellucid.gradient_check(keras.Sequential([keras.Input((4,)), layers.Dense(1)]), X)
