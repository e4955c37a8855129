"""Acceptance 5: five steps of every optimizer, loss and layer are those of Keras 3.15.1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.parity.oracle import compile_both, keras_marks, train_both, twins

pytestmark = keras_marks

OPTIMIZERS = {
    "SGD": {"learning_rate": 0.1},
    "SGD momentum": {"learning_rate": 0.05, "momentum": 0.9},
    "SGD Nesterov": {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True},
    "SGD decay": {"learning_rate": 0.1, "weight_decay": 0.02, "global_clipnorm": 0.5},
    "RMSprop": {"learning_rate": 0.01},
    "RMSprop centered": {"learning_rate": 0.01, "momentum": 0.5, "centered": True},
    "Adagrad": {"learning_rate": 0.1},
    "Adam": {"learning_rate": 0.01},
    "Adam amsgrad": {"learning_rate": 0.01, "amsgrad": True, "clipnorm": 0.1},
    "AdamW": {"learning_rate": 0.01, "weight_decay": 0.1},
}


@pytest.fixture(scope="module")
def x() -> np.ndarray:
    return np.random.default_rng(2).normal(size=(24, 5)).astype("float32")


def small(k: Any, activation: str | None = None) -> Any:
    return k.Sequential([
        k.Input((5,)), k.layers.Dense(6, activation="tanh", kernel_regularizer="l2"),
        k.layers.Dense(3, activation=activation)])


def labels(kind: str, rng: np.random.Generator) -> np.ndarray:
    if kind == "sparse":
        return rng.integers(0, 3, (24, 1))
    if kind == "one_hot":
        return np.eye(3, dtype="float32")[rng.integers(0, 3, 24)]
    if kind == "binary":
        return rng.integers(0, 2, (24, 3)).astype("float32")
    return rng.normal(size=(24, 3)).astype("float32")


LOSSES = {
    "MeanSquaredError": ("numbers", None, {}),
    "MeanAbsoluteError": ("numbers", None, {}),
    "Huber": ("numbers", None, {"delta": 0.7}),
    "BinaryCrossentropy": ("binary", "sigmoid", {"label_smoothing": 0.1}),
    "BinaryCrossentropy logits": ("binary", None, {"from_logits": True}),
    "CategoricalCrossentropy": ("one_hot", "softmax", {"label_smoothing": 0.1}),
    "CategoricalCrossentropy logits": ("one_hot", None, {"from_logits": True}),
    "SparseCategoricalCrossentropy": ("sparse", "softmax", {}),
    "SparseCategoricalCrossentropy logits": ("sparse", None, {"from_logits": True}),
    "Hinge": ("binary", "tanh", {"reduction": "sum"}),
}


@pytest.mark.parametrize("optimizer, loss", list(zip(OPTIMIZERS, LOSSES, strict=True)))
def test_optimizers_and_losses(optimizer, loss, x):
    """Each optimizer once and each loss once: weights, logs and the optimizer's state."""
    kind, activation, options = LOSSES[loss]
    rng = np.random.default_rng(len(loss))
    y, weight = labels(kind, rng), rng.uniform(0.2, 2, 24).astype("float32")
    pair = twins(lambda k: small(k, activation))
    before = pair[1].get_weights()
    compile_both(pair, lambda k: {
        "optimizer": getattr(k.optimizers, optimizer.split()[0])(**OPTIMIZERS[optimizer]),
        "loss": getattr(k.losses, loss.split()[0])(**options)})
    train_both(pair, x, y, sample_weight=weight)
    theirs, mine = pair
    for a, b in zip(theirs.optimizer.variables, mine.optimizer.variables, strict=True):
        assert np.allclose(np.asarray(a), b.numpy(), atol=1e-5), b.path
    assert np.abs(before[0] - mine.get_weights()[0]).max() > 1e-3


def test_a_schedule_reads_the_same_step(x):
    pair = twins(small)
    compile_both(pair, lambda k: {"loss": "mae", "optimizer": k.optimizers.SGD(
        k.optimizers.schedules.ExponentialDecay(0.2, 2, 0.5, staircase=True))})
    train_both(pair, x, x[:, :3])


@pytest.mark.parametrize("loss, metric, kind, activation", [
    ("mse", ["mae", "RootMeanSquaredError", "mse"], "numbers", None),
    ("binary_crossentropy", ["accuracy", "AUC", "Precision", "Recall"], "binary", "sigmoid"),
    ("categorical_crossentropy", ["acc", "categorical_crossentropy"], "one_hot", "softmax"),
    ("sparse_categorical_crossentropy", ["accuracy", "SparseCategoricalAccuracy"], "sparse",
     "softmax"),
    ("hinge", ["hinge", "cosine_similarity"], "binary", "tanh")])
def test_names_of_losses_and_metrics(loss, metric, kind, activation, x):
    """A string means the same in both, and stands in the logs under the same name."""
    rng = np.random.default_rng(28)
    y = labels(kind, rng)
    pair = twins(lambda k: k.Sequential([k.Input((5,)), k.layers.Dense(3, activation)]))
    # AUC counts what lies above each of 200 thresholds: from these weights every output keeps
    # 5e-6 away from all of them through the steps, forty times what rounding moves it
    for model, kernel in zip(pair, [rng.normal(size=(5, 3))] * 2, strict=True):
        model.set_weights([kernel, np.zeros(3)])
    compile_both(pair, lambda k: {"optimizer": "rmsprop", "loss": loss, "metrics": metric})
    train_both(pair, x, y)


def every_layer(k: Any) -> Any:
    """All layers of the first version in one model of two inputs and two outputs."""
    layers = k.layers
    image, row = k.Input((4, 3), name="image"), k.Input((5,), name="row")
    h = layers.Permute((2, 1))(image)
    h = layers.BatchNormalization(axis=1, momentum=0.8)(h)
    h = layers.Activation("elu")(h)
    h = layers.Flatten()(h)
    h = layers.Dense(6, kernel_constraint=k.constraints.MaxNorm(1.0))(h)
    h = layers.Reshape((2, -1))(h)
    g = layers.Normalization(mean=[0.1] * 5, variance=[2.0] * 5)(row)
    g = layers.Dense(3, use_bias=False, activity_regularizer="l1")(g)
    h = layers.Add()([h, layers.RepeatVector(2)(g)])
    h = layers.Multiply()([h, layers.Average()([h, layers.Maximum()([h, g])])])
    h = layers.Concatenate(axis=1)([h, layers.Subtract()([h, layers.Minimum()([h, g])])])
    h = layers.BatchNormalization(scale=False, epsilon=0.01)(h)
    h = layers.Dropout(0.0)(layers.Flatten()(h))
    return k.Model([image, row], [layers.Dense(2, name="one")(h),
                                  layers.Dense(1, "sigmoid", name="two")(h)])


def test_every_layer_in_one_model():
    rng = np.random.default_rng(4)
    x = [rng.normal(size=(16, 4, 3)).astype("float32"), rng.normal(size=(16, 5)).astype("float32")]
    y = [rng.normal(size=(16, 2)).astype("float32"),
         rng.integers(0, 2, (16, 1)).astype("float32")]
    pair = twins(every_layer)
    compile_both(pair, lambda k: {
        "optimizer": k.optimizers.Adam(0.01), "loss": ["mse", "binary_crossentropy"],
        "loss_weights": [1.0, 0.5], "metrics": [["mae"], ["accuracy"]]})
    train_both(pair, x, y)
    for training in (False, True):
        theirs, mine = (model(x, training=training) for model in pair)
        for a, b in zip(theirs, mine, strict=True):
            assert np.allclose(np.asarray(a), b.numpy(), atol=1e-5)
    mine_tested, theirs_tested = (model.evaluate(x, y, verbose=0, return_dict=True)
                                  for model in pair[::-1])
    assert mine_tested.keys() == theirs_tested.keys()


def test_a_frozen_batch_normalization_uses_its_moving_averages(x):
    pair = twins(lambda k: k.Sequential([k.Input((5,)), k.layers.BatchNormalization(),
                                         k.layers.Dense(3)]))
    for model in pair:
        model.layers[0].trainable = False
    compile_both(pair, lambda k: {"optimizer": "sgd", "loss": "mse"})
    before = [w.copy() for w in pair[1].layers[0].get_weights()]
    train_both(pair, x, x[:, :3])
    assert all((a == b).all() for a, b in zip(before, pair[1].layers[0].get_weights(), strict=True))
