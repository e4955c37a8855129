"""Sequences, masks and pairs of layers for the tests of recurrent layers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

import pellucid
from pellucid import keras as ours
from pellucid import layers
from pellucid.core import nest, settings
from tests.agreement.test_training_engines import assert_alike
from tests.parity.oracle import (
    assert_same_weights,
    compile_both,
    real_keras,
    train_both,
    twins,
)
from tests.parity.test_model_files import exchanged

RNG = np.random.default_rng(11)
X = RNG.normal(size=(3, 6, 4)).astype("float32")
MASK = np.array([[1, 1, 1, 1, 1, 1], [0, 1, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0]], bool)
START = [RNG.normal(size=(3, 5)).astype("float32") for _ in range(2)]
WORDS = np.array([[3, 1, 4, 1, 5, 0], [2, 6, 0, 0, 0, 0], [0, 5, 3, 0, 5, 8], [7, 9, 3, 2, 3, 0]])
WEIGHTS = np.array([1.0, 0.5, 2.0, 0.25], "float32")             # of the samples in WORDS


def pair_of(make: Any, *shape: int) -> tuple[Any, Any]:
    """(Keras's layer, ours) built for a shape, with equal weights, biases at random too."""
    keras = real_keras()
    theirs, mine = make(keras.layers), make(layers)
    theirs(np.zeros(shape, "float32"))
    mine(np.zeros(shape, "float32"))
    rng = np.random.default_rng(2)
    weights = [rng.normal(0, 0.4, w.shape).astype("float32") for w in theirs.get_weights()]
    assert [w.shape for w in weights] == [w.shape for w in mine.weights]
    theirs.set_weights(weights)
    mine.set_weights(weights)
    return theirs, mine


def assert_same(theirs: Any, mine: Any, tolerance: float = 1e-5) -> None:
    theirs, mine = (list(y) if isinstance(y, (list, tuple)) else [y] for y in (theirs, mine))
    assert len(theirs) == len(mine)
    for a, b in zip(theirs, mine, strict=True):
        a, b = np.asarray(a), np.asarray(b)
        assert a.shape == b.shape
        assert a.dtype == b.dtype
        assert np.abs(a - b).max() <= tolerance


def train_across_files(build: Any, how: Any, x: Any, y: Any, folder: Any, **more: Any) -> Any:
    """Five steps side by side, then written and read by the other side: all stay equal.

    ``how(keras)`` is what compile is told. Gives (Keras's model, ours), trained for five steps.
    """
    pair = twins(build)
    compile_both(pair, how)
    train_both(pair, x, y, **more)
    crossed = exchanged(pair, folder)
    outputs = [nest.flatten(model.predict(x, verbose=0)) for model in (*crossed, pair[1])]
    assert_same(outputs[0], outputs[1])
    assert_same(outputs[2], outputs[1])
    assert_same_weights((pair[0], crossed[1]))
    crossed[1].train_on_batch(x, y, **more)
    pair[1].train_on_batch(x, y, **more)
    assert_same(pair[1].get_weights(), crossed[1].get_weights())     # so Adam's state came along
    return pair


def paths(layer: Any) -> list[str]:
    """Where the weights stand, without the numbers that tell layers of one kind apart."""
    return [re.sub(r"_\d+(?=/)", "", w.path) for w in layer.weights]


def assert_same_config(theirs: Any, mine: Any, more: frozenset[str] = frozenset()) -> None:
    """Keras's keys and plain values (and ``more`` keys), and each side reads the other's."""
    expected, config = theirs.get_config(), mine.get_config()
    assert set(expected) - set(config) <= {"activity_regularizer"}
    assert set(config) - set(expected) == more
    plain = {key for key, value in expected.items() if not isinstance(value, dict)}
    assert {key: config[key] for key in plain & set(config)} == {
        key: expected[key] for key in plain & set(config)}
    assert type(mine).from_config(config).get_config() == config
    assert type(mine).from_config(expected).get_config() | {key: config[key] for key in more} == (
        config)
    assert type(theirs).from_config(config).get_config() == expected


def assert_engines_train_alike(body: Any, monkeypatch: Any) -> None:
    """The native engine ends with the reference engine's weights; ``body`` maps (batch, 4)."""
    def make() -> Any:
        x = ours.Input((4,))
        h = layers.Flatten()(body(x) * 1)                # an op, where masks end unsaid
        return ours.Model(x, layers.Dense(3, activation="softmax")(h))
    settings.set_floatx("float64")
    try:
        assert_alike(make, np.eye(3)[[0, 1, 2, 0, 1, 2]], monkeypatch,
                     optimizer=lambda: ours.optimizers.SGD(0.1, momentum=0.9),
                     loss=lambda: "categorical_crossentropy")
    finally:
        settings.set_floatx("float32")


def assert_right_gradients(body: Any, x: Any = None) -> None:
    """In float64, the derivatives of a layer behind an Input are those found by nudging."""
    pellucid.set_random_seed(1)
    data = np.where(MASK[..., None], X, 0)[:, :3, :2] if x is None else x
    inputs = ours.Input(data.shape[1:])
    model = ours.Model(inputs, layers.Dense(1)(layers.Flatten()(body(inputs) * 1)))
    model.compile(loss="mse")
    report = pellucid.gradient_check(model, data, np.ones((len(data), 1)))
    assert report, str(report)
    assert report.error <= 1e-6
