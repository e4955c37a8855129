"""Catalogue B, D, F: networks that are built and trained through Keras's face."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras, layers, tf
from pellucid.data import load

XOR_X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
XOR_Y = np.array([[0], [1], [1], [0]], "float32")


def learns_xor(seed: int) -> bool:
    """2-8-1 with tanh and Adam, from a seed."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(8, activation="tanh"),
                              layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.1), "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(XOR_X, XOR_Y, epochs=200, batch_size=4, verbose=0)
    return history.history["accuracy"][-1] == 1.0


def test_B4_xor_is_learned():
    assert sum(map(learns_xor, range(8))) >= 7


@pytest.mark.deep
def test_B4_xor_is_learned_for_nearly_every_seed():
    assert sum(map(learns_xor, range(100))) >= 95


class ByBuild(layers.Layer):
    """Weights in build, where the shape of the input is known."""

    def __init__(self, units: int = 1) -> None:
        super().__init__()
        self.units = units

    def build(self, input_shape: Any) -> None:
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="ones")
        self.b = self.add_weight((self.units,), "zeros")         # by position

    def call(self, inputs: Any) -> Any:
        return tf.math.sigmoid(tf.matmul(inputs, self.w) + self.b)


class ByInit(layers.Layer):
    """Weights in __init__, without build."""

    def __init__(self, units: int = 1, inputs: int = 2) -> None:
        super().__init__()
        self.w = self.add_weight(shape=(inputs, units), initializer="ones")
        self.b = tf.Variable(np.zeros(units, "float32"))

    def call(self, inputs: Any) -> Any:
        return tf.math.sigmoid(tf.matmul(inputs, self.w) + self.b)


@pytest.mark.parametrize("eagerly", [True, False], ids=["eager", "plan"])
@pytest.mark.parametrize("kind", [ByBuild, ByInit])
def test_B6_own_layers(kind, eagerly):
    model = keras.Sequential([kind()])
    model.compile(keras.optimizers.SGD(1.0), "binary_crossentropy", run_eagerly=eagerly)
    either = np.maximum(XOR_X[:, :1], XOR_X[:, 1:])
    history = model.fit(XOR_X, either, epochs=40, batch_size=4, verbose=0)
    assert len(model.trainable_weights) == 2
    assert history.history["loss"][-1] < 0.25
    assert (model.predict(XOR_X, verbose=0).round() == either).all()


def test_B7_each_output_has_weights_of_its_own():
    layer = layers.Dense(units=2)
    x = np.random.default_rng(0).normal(size=(5, 4, 3)).astype("float32")
    y = layer(x).numpy()
    assert layer.kernel.shape == (3, 2)
    assert layer.bias.shape == (2,)
    for i in range(2):
        alone = x @ layer.kernel.numpy()[:, i] + layer.bias.numpy()[i]
        assert np.allclose(y[..., i], alone, atol=1e-6)
    for lead in ((3,), (2, 3), (2, 1, 4, 3)):
        shape = lead if len(lead) > 1 else (1, *lead)
        assert layer(np.ones(shape)).shape == (*shape[:-1], 2)


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.top = layers.Dense(3, "relu"), layers.Dense(1)

    def call(self, inputs: Any) -> Any:
        return self.top(self.hidden(inputs))


def every_way() -> dict[str, Any]:
    """The same 2-3-1 network in every way of writing it."""
    grown = keras.Sequential()
    grown.add(layers.Dense(3, "relu", input_dim=2))
    grown.add(layers.Dense(1))
    inputs = keras.Input(shape=(2,))
    ways = {
        "list": keras.Sequential([keras.Input((2,)), layers.Dense(3, "relu"), layers.Dense(1)]),
        "grown": grown,
        "lazy": keras.Sequential([layers.Dense(3, "relu"), layers.Dense(1)]),
        "functional": keras.Model(inputs, layers.Dense(1)(layers.Dense(3, "relu")(inputs))),
        "subclassed": Subclassed()}
    for model in ways.values():
        model(XOR_X)
    return ways


def test_B8_every_way_of_writing_a_network():
    ways = every_way()
    weights = ways["list"].get_weights()
    expected = ways["list"].predict(XOR_X, verbose=0)
    for name, model in ways.items():
        model.set_weights(weights)
        assert (model.predict(XOR_X, verbose=0) == expected).all(), name
        lines: list[str] = []
        model.summary(print_fn=lines.append)
        assert "Total params: 13" in "\n".join(lines), name
        model.compile("sgd", "mse")
        model.fit(XOR_X, XOR_Y, epochs=2, batch_size=4, verbose=0)
        assert np.allclose(model.get_weights()[0], ways["list"].get_weights()[0]), name


def test_D6_several_labels_at_once():
    """Car, bus, pedestrian: each may be there or not, so three sigmoids and a binary loss."""
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, (300, 3))
    assert {(1, 0, 1), (0, 0, 1), (1, 1, 0)} <= {tuple(map(int, row)) for row in labels}
    x = labels @ rng.normal(size=(3, 6)) + 0.1 * rng.normal(size=(300, 6))
    model = keras.Sequential([keras.Input((6,)), layers.Dense(16, "relu"),
                              layers.Dense(3, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy",
                  metrics=["binary_accuracy", keras.metrics.AUC(multi_label=True)])
    history = model.fit(x, labels, epochs=40, verbose=0, validation_split=0.2)
    assert history.history["val_binary_accuracy"][-1] > 0.97
    predicted = model.predict(x[-60:], verbose=0) > 0.5
    assert (predicted == labels[-60:]).all(axis=1).mean() > 0.9
    assert predicted.sum(axis=1).max() > 1                       # several labels on one sample


def iris() -> tuple[np.ndarray, np.ndarray]:
    pytest.importorskip("sklearn")
    data = load("iris")
    x = np.asarray(data.x, "float32")
    order = np.random.default_rng(0).permutation(len(x))
    return ((x - x.mean(0)) / x.std(0))[order], np.asarray(data.y)[order]


def test_F2_compile_fit_evaluate_predict_history():
    keras.utils.set_random_seed(1)
    x, y = iris()
    model = keras.Sequential([keras.Input((4,)), layers.Dense(16, "relu"),
                              layers.Dense(3, "softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy",
                  metrics=["accuracy"])
    history = model.fit(x[:120], y[:120], epochs=30, batch_size=16, validation_split=0.2,
                        class_weight={0: 1.0, 1: 1.0, 2: 1.0}, shuffle=True, verbose=0)
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert all(len(values) == 30 for values in history.history.values())
    loss, accuracy = model.evaluate(x[120:], y[120:], verbose=0)
    assert accuracy >= 0.9
    assert loss < 0.4
    shares = model.predict(x[120:], verbose=0)
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert (shares.argmax(axis=1) == y[120:]).mean() == pytest.approx(accuracy)
    again = model.fit(x[:120], y[:120], initial_epoch=30, epochs=32, verbose=0)
    assert again.epoch == [30, 31]


def test_F3_three_thousand_epochs_stop_by_themselves():
    keras.utils.set_random_seed(3)
    rng = np.random.default_rng(3)
    x = rng.normal(size=(60, 4))
    y = x[:, :1] + 0.5 * rng.normal(size=(60, 1))
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.05), "mse")
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=5, min_delta=1e-4,
                                         restore_best_weights=True)
    history = model.fit(x[:40], y[:40], epochs=3000, validation_data=(x[40:], y[40:]),
                        callbacks=[stop], verbose=0)
    values = history.history["val_loss"]
    assert 10 < len(values) < 1000
    assert model.evaluate(x[40:], y[40:], verbose=0) == pytest.approx(values[-6], rel=1e-5)


def test_F4_dropout():
    """About a share p of the inputs is left out, the rest scaled; at inference nothing happens."""
    x = np.ones((4000, 1), "float32")
    for rate in (0.1, 0.3, 0.5):
        layer = layers.Dropout(rate, seed=7)
        y = layer(x, training=True).numpy()
        assert np.unique(y) == pytest.approx([0.0, 1 / (1 - rate)])
        assert (y == 0).mean() == pytest.approx(rate, abs=0.03)
        assert y.mean() == pytest.approx(1.0, abs=0.05)
        assert (layer(x, training=False).numpy() == x).all()


def test_F6_batch_normalization():
    """μ and σ of the batch per feature while training, moving averages otherwise."""
    x = np.random.default_rng(1).normal([1, -5], [2, 0.5], (64, 2)).astype("float32")
    layer = layers.BatchNormalization()
    y = layer(x, training=True).numpy()
    μ, σ2 = x.mean(axis=0), x.var(axis=0)
    assert np.allclose(y, (x - μ) / np.sqrt(σ2 + 1e-3), atol=1e-5)
    assert np.allclose(layer.moving_mean.numpy(), 0.01 * μ, atol=1e-6)
    assert np.allclose(layer.moving_variance.numpy(), 0.99 + 0.01 * σ2, atol=1e-6)
    layer.gamma.assign([2.0, 3.0])
    layer.beta.assign([0.5, -0.5])
    y = layer(x, training=False).numpy()
    scaled = (x - 0.01 * μ) / np.sqrt(0.99 + 0.01 * σ2 + 1e-3)
    assert np.allclose(y, scaled * [2.0, 3.0] + [0.5, -0.5], atol=1e-4)
