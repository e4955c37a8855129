"""B11: the derivative by nudging, for every layer and every loss, through the public door.

Step by step and as the Plan that `fit` runs, with sample weights, and with masks where a layer
knows them. (Optimizers: tests/optimizers/test_gradients.py.)
"""

import inspect
import os

import numpy as np
import pytest

import pellucid
import pellucid.layers
import pellucid.losses
from pellucid import keras
from pellucid.core.errors import ArgumentError
from pellucid.core.gradient_check import Check, GradientReport
from pellucid.core.serialization import BUILT_IN
from pellucid.keras import layers
from tests.arguments.making import CLASSES, make
from tests.layers.masked_bodies import MASKED, WITHOUT_STEPS, entered, left, sequences
from tests.layers.more_bodies import MORE, MORE_APART

RANDOM = np.random.default_rng(7)
X = RANDOM.normal(size=(6, 4))
ONE_HOT = np.eye(3)[[0, 1, 2, 0, 1, 2]]
STEPS_ONE_HOT = np.eye(3)[np.arange(18).reshape(6, 3) % 3]           # of each step of a sequence
STEP_WEIGHTS = np.linspace(0.0, 2.0, 18).reshape(6, 3)
# what is pooled, channels last; no two numbers of a window within a nudge of each other
SPACES = {1: (3, 2), 2: (3, 2, 2), 3: (3, 2, 2, 1)}


def shaped(x, *shape):
    """As many numbers as fill a shape, from a dense layer."""
    return layers.Reshape(shape)(layers.Dense(int(np.prod(shape)))(x))


def flat(x):
    return layers.Flatten()(x)


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
    "ReLU": lambda x: layers.ReLU(negative_slope=0.1)(layers.Dense(5)(x)),
    "Dot": lambda x: layers.Dot(1, normalize=True)([layers.Dense(3)(x), layers.Dense(3)(x)]),
    "Embedding": lambda x: layers.Flatten()(layers.Embedding(3, 2)(keras.ops.cast(
        x > 0, "int32"))),
    "LSTM": lambda x: layers.LSTM(3)(layers.Reshape((4, 1))(x)),
    "LSTMCell": lambda x: layers.LSTMCell(3)(x, [layers.Dense(3)(x), layers.Dense(3)(x)])[0],
    "Masking": lambda x: layers.LSTM(2)(layers.Masking()(layers.Reshape((4, 1))(
        layers.ReLU()(x)))),
    "RNN": lambda x: layers.RNN(layers.LSTMCell(3))(layers.Reshape((2, 2))(x)),
    "StackedRNNCells": lambda x: layers.RNN(layers.StackedRNNCells([
        layers.LSTMCell(3), layers.LSTMCell(2)]))(layers.Reshape((2, 2))(x)),
    "Conv1D": lambda x: flat(layers.Conv1D(2, 2, padding="causal")(shaped(x, 4, 2))),
    "Conv2D": lambda x: flat(layers.Conv2D(2, 2, activation="tanh")(shaped(x, 3, 3, 1))),
    "Conv3D": lambda x: flat(layers.Conv3D(2, 2, strides=2, padding="same")(
        shaped(x, 3, 2, 2, 1))),
    **{f"{kind}Pooling{rank}D": lambda x, kind=kind, rank=rank: flat(
        getattr(layers, f"{kind}Pooling{rank}D")(2, padding="same")(shaped(x, *SPACES[rank])))
       for kind in ("Max", "Average") for rank in (1, 2, 3)},
    **{f"Global{kind}Pooling{rank}D": lambda x, kind=kind, rank=rank:
        getattr(layers, f"Global{kind}Pooling{rank}D")()(shaped(x, *SPACES[rank]))
       for kind in ("Max", "Average") for rank in (1, 2, 3)},
}
# layers without a place in a differentiable stack: bases, inputs, and host stages for words
APART = {"Layer", "InputLayer", "IntegerLookup", "StringLookup", "Merge",
         "IndexLookup", "Windowed", "Conv", "Pooling", "MaxPooling", "AveragePooling",
         "GlobalPooling", "GlobalMaxPooling", "GlobalAveragePooling", "Table", "Recurrent",
         "RecurrentCell", "GatedCell", "LSTMFields", "Noisy"} | MORE_APART
BODIES |= MORE


WEIGHTS = np.linspace(0.0, 2.0, 6)                       # the first sample counts for nothing
DEEP = os.environ.get("PELLUCID_PROFILE") == "deep"


def checked(body, output="softmax", loss="categorical_crossentropy", y=ONE_HOT, **how):
    pellucid.set_random_seed(1)
    x = keras.Input((4,))
    model = keras.Model(x, layers.Dense(y.shape[-1], activation=output)(body(x)))
    model.compile(loss=loss)
    before = model.get_weights()
    report = pellucid.gradient_check(model, X, y, **how)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert {each.dtype for each in model.weights if "seed" not in each.path} == {"float32"}
    return report


def both_modes(names, slow=()):
    """Each name as the Plan that `fit` runs, and eagerly; in the short run every fourth that is not
    slow, and of that a few numbers of each weight."""
    return pytest.mark.parametrize(("name", "how"), [
        pytest.param(name, {"compiled": compiled, "entries": 20 if compiled or DEEP else 3},
                     id=f"{name}-{'compiled' if compiled else 'eager'}",
                     marks=[pytest.mark.deep] * (not compiled and (name in slow or i % 4 > 0)))
        for i, name in enumerate(sorted(names)) for compiled in (False, True)])


SLOW = {"GroupQueryAttention", "GroupedQueryAttention", "MultiHeadAttention", "Bidirectional",
        "SpectralNormalization", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "StackedRNNCells"}


@both_modes(BODIES, SLOW)
def test_B11_every_layer(name, how) -> None:
    report = checked(BODIES[name], sample_weight=WEIGHTS, **how)
    assert report, str(report)
    assert report.error <= 1e-6


@both_modes(MASKED, SLOW | {"LSTM", "GRU", "RNN"})
def test_B11_every_layer_that_knows_masks(name, how) -> None:
    pellucid.set_random_seed(1)
    x, data = keras.Input((3, 2)), sequences()
    if name in WITHOUT_STEPS:
        data[-1, 0] = 1.0
    model = keras.Model(x, left(MASKED[name](x)))
    model.compile(loss="categorical_crossentropy")
    steps = len(model.output_shape) == 3
    y, weights = (STEPS_ONE_HOT, STEP_WEIGHTS) if steps else (ONE_HOT, WEIGHTS)
    report = pellucid.gradient_check(model, data, y, weights, **how)
    assert report, str(report)
    assert report.error <= 1e-6


def test_B11_no_layer_is_forgotten() -> None:
    assert set(BUILT_IN["keras.layers"]) <= set(BODIES) | APART


def test_B11_no_layer_that_knows_masks_is_forgotten() -> None:
    def knows_masks(name):
        cls, made = CLASSES[name], make(name)
        return (made.supports_masking or cls.compute_mask is not layers.Layer.compute_mask
                or "mask" in inspect.signature(cls.call).parameters)

    public = {name for name in CLASSES if name.startswith("layers.")}
    assert {name.removeprefix("layers.") for name in public if knows_masks(name)} <= set(MASKED)


LOSSES = sorted(set(BUILT_IN["keras.losses"]) - {"Loss", "FormulaLoss", "LossFunctionWrapper"})
OF_NUMBERS = ("SparseCategoricalCrossentropy", "Circle", "CategoricalGeneralizedCrossEntropy")


def of_loss(name, x, h):
    """A model whose last layer gives what the loss wants, and targets for (6, 3) classes."""
    model = keras.Model(x, layers.Dense(3, activation="tanh" if "Hinge" in name else "softmax")(h))
    model.compile(loss=BUILT_IN["keras.losses"][name]())
    y = STEPS_ONE_HOT if len(model.output_shape) == 3 else ONE_HOT
    return model, y.argmax(-1) if name in OF_NUMBERS else y


@both_modes(set(LOSSES) - {"CTC"})
def test_B11_every_loss(name, how) -> None:
    pellucid.set_random_seed(1)
    x = keras.Input((4,))
    model, y = of_loss(name, x, layers.Dense(5, activation="tanh")(x))
    report = pellucid.gradient_check(model, X, y, WEIGHTS, **how)
    assert report, str(report)


@both_modes(set(LOSSES) - {"CTC", "Circle"})
def test_B11_every_loss_with_masks(name, how) -> None:
    """All but Circle's, whose rows are no sequences."""
    pellucid.set_random_seed(1)
    x = keras.Input((3, 2))
    model, y = of_loss(name, x, entered(x))
    report = pellucid.gradient_check(model, sequences(), y, STEP_WEIGHTS, **how)
    assert report, str(report)


@both_modes(["CTC"])
def test_B11_the_loss_of_sequences(name, how) -> None:
    pellucid.set_random_seed(1)
    x = keras.Input((4,))
    model = keras.Model(x, layers.Dense(3)(shaped(x, 5, 2)))
    model.compile(loss=BUILT_IN["keras.losses"][name]())
    y = np.array([[1, 2, 0], [2, 2, 0], [1, 0, 0], [1, 2, 1], [2, 0, 0], [2, 1, 0]])
    report = pellucid.gradient_check(model, X, y, WEIGHTS, **how)
    assert report, str(report)


def test_B11_a_wrong_gradient_is_found() -> None:
    class Wrong(layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight((input_shape[-1],), "ones", name="w")

        def call(self, inputs):
            held = pellucid.ops.stop_gradient(self.w * inputs)
            return held + self.w * inputs          # half of the slope is hidden from the tape

    for compiled in (False, True):
        report = checked(lambda x: Wrong()(x), compiled=compiled)
        assert not report
        assert "DIFFER" in str(report)


def test_B11_a_gradient_that_is_no_number_is_found() -> None:
    checks = [Check("a", error, (), 0.0, 0.0) for error in (0.0, float("nan"), 1e-9)]
    assert not GradientReport(tuple(checks), 1e-6)
    assert GradientReport(tuple(checks[::2]), 1e-6)


def test_B11_needs_a_loss() -> None:
    with pytest.raises(ArgumentError, match="compile the model before gradient_check"):
        pellucid.gradient_check(keras.Sequential([keras.Input((4,)), layers.Dense(1)]), X)
