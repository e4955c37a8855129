"""The logs of `fit`, `evaluate` and `predict` over whole epochs are those of Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.parity.oracle import (
    assert_same_logs,
    assert_same_weights,
    compile_both,
    keras_marks,
    twins,
)

pytestmark = keras_marks


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    x = rng.normal(size=(50, 3)).astype("float32")
    return x, (x[:, 0] + 0.3 * rng.normal(size=50) > 0).astype(int)


def network(k: Any) -> Any:
    return k.Sequential([k.Input((3,)), k.layers.Dense(5, "tanh", kernel_regularizer="l2"),
                         k.layers.BatchNormalization(), k.layers.Dense(2, "softmax")])


def fit_both(pair: Any, *args: Any, **how: Any) -> dict[str, Any]:
    theirs, mine = (model.fit(*args, verbose=0, shuffle=False, **how).history for model in pair)
    assert_same_logs(theirs, mine, tolerance=2e-5)
    assert_same_weights(pair, tolerance=2e-5)
    return mine


def test_partial_batches_validation_split_and_class_weight(data):
    """50 rows: 10 for validation, 40 in batches of 16, 16 and 8."""
    pair = twins(network)
    compile_both(pair, lambda k: {
        "optimizer": k.optimizers.Adam(0.01), "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"], "weighted_metrics": ["sparse_categorical_accuracy"]})
    history = fit_both(pair, *data, epochs=3, batch_size=16, validation_split=0.2,
                       class_weight={0: 1.0, 1: 3.0})
    assert set(history) == {"loss", "accuracy", "sparse_categorical_accuracy", "val_loss",
                            "val_accuracy", "val_sparse_categorical_accuracy"}
    x, y = data
    theirs, mine = (model.evaluate(x, y, batch_size=20, verbose=0) for model in pair)
    assert np.allclose(theirs, mine, atol=1e-5)
    theirs, mine = (model.predict(x, batch_size=20, verbose=0) for model in pair)
    assert np.allclose(theirs, mine, atol=1e-5)
    theirs, mine = (model.test_on_batch(x, y, return_dict=True) for model in pair)
    assert_same_logs(theirs, mine)


def test_sample_weight_and_weighted_validation_data(data):
    x, y = data
    weight = np.random.default_rng(1).uniform(0.1, 3, 50).astype("float32")
    pair = twins(network)
    compile_both(pair, lambda k: {
        "optimizer": "sgd", "loss": k.losses.SparseCategoricalCrossentropy(),
        "weighted_metrics": ["accuracy"]})
    fit_both(pair, x[:30], y[:30], sample_weight=weight[:30], epochs=2, batch_size=8,
             validation_data=(x[30:], y[30:], weight[30:]), validation_batch_size=7)


def two_heads(k: Any) -> Any:
    inputs = k.Input((3,))
    hidden = k.layers.Dense(4, "relu")(inputs)
    return k.Model(inputs, [k.layers.Dense(1, name="size")(hidden),
                            k.layers.Dense(2, "softmax", name="kind")(hidden)])


@pytest.mark.parametrize("form", ["lists", "dicts"])
def test_several_outputs_are_named_as_in_keras(form, data):
    x, y = data
    pair = twins(two_heads)
    if form == "lists":
        targets: Any = [x[:, :1], y]
        how: Any = {"loss": ["mse", "sparse_categorical_crossentropy"], "loss_weights": [1, 0.5],
                    "metrics": [["mae", "mse"], ["accuracy"]]}
    else:
        targets = {"kind": y, "size": x[:, :1]}
        how = {"loss": {"kind": "sparse_categorical_crossentropy", "size": "mae"},
               "metrics": {"kind": "accuracy"}}
    compile_both(pair, lambda k: {"optimizer": "sgd", **how})
    history = fit_both(pair, x, targets, epochs=2, batch_size=20, validation_split=0.2)
    assert {"size_loss", "kind_loss", "kind_accuracy", "val_kind_loss"} <= set(history)
    theirs, mine = (model.evaluate(x, targets, verbose=0, return_dict=True) for model in pair)
    assert_same_logs(theirs, mine)


def test_outputs_in_a_dict(data):
    x, y = data

    def build(k: Any) -> Any:
        inputs = k.Input((3,))
        return k.Model(inputs, {"b": k.layers.Dense(1)(inputs),
                                "a": k.layers.Dense(2, "softmax")(inputs)})

    pair = twins(build)
    compile_both(pair, lambda k: {
        "optimizer": "sgd", "metrics": {"b": ["mae"]},
        "loss": {"a": "sparse_categorical_crossentropy", "b": "mse"}})
    fit_both(pair, x, {"a": y, "b": x[:, :1]}, epochs=2)


def test_outputs_without_names(data):
    """A subclassed model's outputs are called after their losses; equal metrics are counted."""
    x, _ = data

    def build(k: Any) -> Any:
        class Two(k.Model):
            def __init__(self):
                super().__init__()
                self.one, self.two = k.layers.Dense(1), k.layers.Dense(2)

            def call(self, inputs):
                return self.one(inputs), self.two(inputs)

        return Two()

    def distance(y, p):
        return abs(y - p)

    pair = twins(build, x)
    compile_both(pair, lambda k: {
        "optimizer": "sgd", "loss": ["mse", k.losses.Huber()],
        "metrics": [["mae", k.metrics.MeanSquaredError(), k.losses.mean_squared_error],
                    [distance]]})
    history = fit_both(pair, x, (x[:, :1], x[:, :2]), epochs=2)
    assert {"mse_loss", "mean_squared_error", "mean_squared_error_1", "distance"} <= set(history)


def test_a_generator_and_steps(data):
    x, y = data

    def endless() -> Any:
        while True:
            for i in range(0, 50, 10):
                yield x[i:i + 10], y[i:i + 10]

    pair = twins(network)
    compile_both(pair, lambda k: {"optimizer": "sgd", "loss": "sparse_categorical_crossentropy",
                                  "metrics": ["accuracy"]})
    theirs, mine = (model.fit(
        endless(), steps_per_epoch=4, epochs=3, verbose=0, shuffle=False).history for model in pair)
    assert_same_logs(theirs, mine)


def test_targets_without_a_last_axis_and_inputs_without_one(data):
    """y of shape (n,) meets outputs (n, 1); x of shape (n,) enters an Input((1,))."""
    x, _ = data
    pair = twins(lambda k: k.Sequential([k.Input((1,)), k.layers.Dense(1)]))
    compile_both(pair, lambda k: {"optimizer": "sgd", "loss": "mse", "metrics": ["mae"]})
    fit_both(pair, x[:, 0], 3 * x[:, 0] + 1, epochs=2)


def test_penalties_alone_can_be_minimised(data):
    x, _ = data
    pair = twins(lambda k: k.Sequential([k.Input((3,)), k.layers.Dense(
        2, kernel_regularizer="l1", activity_regularizer=k.regularizers.L2(0.1))]))
    compile_both(pair, lambda k: {"optimizer": k.optimizers.SGD(0.5)})
    history = fit_both(pair, x, epochs=3, batch_size=25)
    assert history["loss"][-1] < history["loss"][0]


def test_weights_averaged_while_training(data):
    pair = twins(network)
    compile_both(pair, lambda k: {
        "optimizer": k.optimizers.SGD(0.2, use_ema=True, ema_momentum=0.8),
        "loss": "sparse_categorical_crossentropy"})
    fit_both(pair, *data, epochs=2, batch_size=10)
