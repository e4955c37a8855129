"""Acceptance 4: one training, run step by step and as a Plan, gives the same weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import callbacks, keras, layers, losses, ops, optimizers
from tests.models.both_ways import assert_alike, train_both_ways

ROWS, FEATURES, CLASSES = 160, 6, 3


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, FEATURES))
    return x, (x[:, 0] > 0).astype(int) + (x[:, 1] > 0)


def network() -> Any:
    """Batch norm, dropout and L2 in float64."""
    kind = {"dtype": "float64"}
    return keras.Sequential([
        keras.Input((FEATURES,), dtype="float64"),
        layers.Dense(16, activation="relu", kernel_regularizer="l2", **kind),
        layers.BatchNormalization(**kind),
        layers.Dropout(0.3, **kind),
        layers.Dense(CLASSES, activation="softmax", **kind)], **kind)


def test_fifty_steps_are_equal(data):
    """50 steps of Adam: 5 batches of 32 in 10 epochs, shuffled, with masks drawn anew each step."""
    runs = train_both_ways(
        network, lambda model, eagerly: model.compile(
            optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"],
            run_eagerly=eagerly), *data, epochs=10, batch_size=32)
    assert_alike(runs)
    assert int(runs[1][0].optimizer.iterations) == 50
    assert all(v.dtype == "float64" for v in runs[1][0].weights)


def test_a_partial_last_batch_and_validation_are_equal(data):
    x, y = data
    runs = train_both_ways(
        network, lambda model, eagerly: model.compile(
            optimizers.SGD(0.05, momentum=0.9, clipnorm=1.0), "sparse_categorical_crossentropy",
            weighted_metrics=["accuracy"], run_eagerly=eagerly),
        x, y, epochs=4, batch_size=50, validation_split=0.25, class_weight={0: 1, 1: 2, 2: 1.5})
    assert_alike(runs)
    plan = runs[1][0]
    assert len(plan.traced_functions["train"].compiled) == 2     # 50 rows, and the 20 that remain


class Bilinear(layers.Layer):
    """An own layer with build, add_weight, add_loss, and state of its own."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape: Any) -> None:
        self.left = self.add_weight((input_shape[-1], self.units), "glorot_uniform", name="left")
        self.right = self.add_weight((input_shape[-1], self.units), "he_normal", name="right",
                                     regularizer="l1")
        self.calls = self.add_weight((), "zeros", trainable=False, name="calls")

    def call(self, inputs: Any, training: Any = None) -> Any:
        product = ops.matmul(inputs, self.left) * ops.tanh(ops.matmul(inputs, self.right))
        if training:
            self.calls.assign_add(1.0)
            self.add_loss(1e-3 * ops.mean(ops.square(product)))
        return product


class CubicError(losses.Loss):
    def call(self, y_true: Any, y_pred: Any) -> Any:
        return ops.mean(ops.power(ops.abs(y_true - y_pred), 3), axis=-1)


def smooth_error(y_true: Any, y_pred: Any) -> Any:
    return ops.mean(ops.sqrt(1 + ops.square(y_true - y_pred)) - 1, axis=-1)


class WithinBand(keras.Metric):
    """The share of predictions within a band, in Keras's protocol."""

    def __init__(self, width: float = 0.5, name: str = "within", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.width = width
        self.hits = self.add_variable(shape=(), initializer="zeros", name="hits")
        self.seen = self.add_weight(shape=(), initializer="zeros", name="seen")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        near = ops.cast(ops.abs(ops.cast(y_true, y_pred.dtype) - y_pred) < self.width, "float32")
        self.hits.assign_add(ops.sum(near))
        self.seen.assign_add(ops.cast(ops.size(near), "float32"))

    def result(self) -> Any:
        return self.hits / self.seen


class Lookahead(keras.optimizers.Optimizer):
    """An own optimizer in Keras's protocol: build, update_step, get_config."""

    def __init__(self, learning_rate: Any = 0.01, memory: float = 0.8, **kwargs: Any) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.memory = memory

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        self.means = [self.add_variable_from_reference(reference_variable=v, name="mean")
                      for v in variables]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = ops.cast(learning_rate, variable.dtype)
        mean = self.means[self._get_variable_index(variable)]
        self.assign(mean, self.memory * mean + (1 - self.memory) * ops.sign(gradient))
        self.assign_sub(variable, rate * mean)


class Recorder(keras.callbacks.Callback):
    """An own callback that hears epochs and batches and changes the learning rate."""

    def __init__(self) -> None:
        super().__init__()
        self.batches, self.losses = 0, []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.batches += 1
        assert logs["loss"] > 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.losses.append(logs["loss"])
        self.model.optimizer.learning_rate = 0.02 / (epoch + 1)


def own_network() -> Any:
    return keras.Sequential([keras.Input((FEATURES,)), Bilinear(5), layers.Dense(1)])


@pytest.mark.parametrize("loss", [CubicError(), smooth_error], ids=["class", "function"])
def test_own_layer_loss_metric_optimizer_and_callback(data, loss):
    """Nothing a user writes has to know whether it runs step by step or as a Plan."""
    x, _ = data
    runs = train_both_ways(
        own_network, lambda model, eagerly: model.compile(
            Lookahead(0.02), loss, metrics=[WithinBand(0.4)], run_eagerly=eagerly),
        x, x[:, :1] * x[:, 1:2], epochs=5)
    assert_alike(runs, tolerance=1e-5)
    assert set(runs[0][1]) == {"loss", "within"}
    assert 0 < runs[1][1]["within"][-1] <= 1
    assert float(runs[1][0].layers[0].calls) == 25               # state assigned inside call


def test_own_callbacks_hear_the_same(data):
    x, _ = data
    heard = []
    for eagerly in (True, False):
        recorder = Recorder()
        keras.utils.set_random_seed(5)
        model = own_network()
        model.compile(Lookahead(0.02), "mse", run_eagerly=eagerly)
        model.fit(x, x[:, :1] * x[:, 1:2], epochs=3, verbose=0, callbacks=[recorder])
        assert recorder.batches == 15
        assert float(model.optimizer.learning_rate) == pytest.approx(0.02 / 3)
        heard.append((recorder.losses, model.get_weights()))
    assert np.allclose(heard[0][0], heard[1][0], rtol=1e-5)
    for a, b in zip(heard[0][1], heard[1][1], strict=True):
        assert np.allclose(a, b, atol=1e-5)


class OwnStep(keras.Model):
    """A train_step in the GradientTape style of the TensorFlow guides."""

    def train_step(self, data: Any) -> Any:
        x, y = data
        with pellucid_tape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


def pellucid_tape() -> Any:
    from pellucid import tf
    return tf.GradientTape()


def test_own_train_step(data):
    x, _ = data

    def make() -> Any:
        inputs = keras.Input((FEATURES,), dtype="float64")
        hidden = layers.Dense(4, "tanh", dtype="float64")(inputs)
        return OwnStep(inputs, layers.Dense(1, dtype="float64")(hidden), dtype="float64")

    runs = train_both_ways(make, lambda model, eagerly: model.compile(
        "adam", "mse", metrics=["mae"], run_eagerly=eagerly), x, x[:, :1], epochs=10)
    assert_alike(runs)
    assert set(runs[0][1]) == {"loss", "mae"}


class TwoOptimizers(keras.Model):
    """A model with its own compile, trackers and two optimizers, as in the GAN guides."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = layers.Dense(3), layers.Dense(1)
        self.tracker = keras.metrics.Mean(name="error")

    @property
    def metrics(self) -> Any:
        return [self.tracker]

    def compile(self, first_optimizer: Any, second_optimizer: Any, loss_fn: Any,
                **kwargs: Any) -> None:
        super().compile(**kwargs)
        self.first_optimizer, self.second_optimizer = first_optimizer, second_optimizer
        self.loss_fn = loss_fn

    def call(self, inputs: Any) -> Any:
        return self.second(self.first(inputs))

    def train_step(self, data: Any) -> Any:
        x, y = data
        with pellucid_tape() as tape:
            loss = self.loss_fn(y, self(x, training=True))
        one, two = self.first.trainable_weights, self.second.trainable_weights
        gradients = tape.gradient(loss, [one, two])
        self.first_optimizer.apply(gradients[0], one)
        self.second_optimizer.apply(gradients[1], two)
        self.tracker.update_state(loss)
        return {"error": self.tracker.result()}


def test_own_compile_with_two_optimizers(data):
    x, _ = data
    runs = []
    for eagerly in (True, False):
        keras.utils.set_random_seed(1)
        model = TwoOptimizers()
        model.compile(optimizers.Adam(0.01), optimizers.SGD(0.1), losses.MeanSquaredError(),
                      run_eagerly=eagerly)
        history = model.fit(x, x[:, :1], epochs=5, verbose=0)
        runs.append((model.get_weights(), history.history["error"]))
    assert np.allclose(runs[0][1], runs[1][1], rtol=1e-5)
    assert runs[0][1][-1] < runs[0][1][0]
    for a, b in zip(runs[0][0], runs[1][0], strict=True):
        assert np.allclose(a, b, atol=1e-5)


def test_early_stopping_stops_both_at_the_same_epoch(data):
    x, y = data
    runs = train_both_ways(
        network, lambda model, eagerly: model.compile(
            optimizers.Adam(0.05), "sparse_categorical_crossentropy", run_eagerly=eagerly),
        x, y, epochs=30, validation_split=0.3,
        callbacks=[callbacks.EarlyStopping("loss", min_delta=0.05, patience=2,
                                           restore_best_weights=True)])
    assert_alike(runs)
    assert 2 < len(runs[0][1]["loss"]) < 30


class Noise(layers.Layer):
    """Draws without a seed of its own, and counts its calls, whether training or not."""

    def build(self, input_shape: Any) -> None:
        self.calls = self.add_weight((), "zeros", trainable=False)

    def call(self, inputs: Any) -> Any:
        self.calls.assign_add(1.0)
        return inputs + 0.1 * keras.random.normal(inputs.shape, dtype=inputs.dtype)


def test_draws_and_state_move_on_equally(data):
    """Finding the shapes before the first step draws nothing and counts nothing."""
    x, _ = data
    runs = train_both_ways(
        lambda: keras.Sequential([Noise(), layers.Dense(1)]),
        lambda model, eagerly: model.compile("sgd", "mse", run_eagerly=eagerly),
        x, x[:, :1], epochs=3)
    assert_alike(runs, tolerance=1e-6)
    assert float(runs[0][0].layers[0].calls) == 15
