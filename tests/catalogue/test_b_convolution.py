"""B9: convolution and pooling, where each unit sees one window; values as in Keras to 1e-5."""

from __future__ import annotations

from typing import Any

import numpy as np

import pellucid
from pellucid import keras
from tests.parity.oracle import live, twins


def heartbeats(k: Any) -> Any:
    """A small network for a signal of 60 steps on two leads."""
    la = k.layers
    return k.Sequential([
        k.Input((60, 2)), la.Conv1D(4, 5, activation="relu"), la.MaxPooling1D(2),
        la.Conv1D(6, 3, padding="same", activation="relu"), la.AveragePooling1D(2), la.Flatten(),
        la.Dense(2, activation="softmax")])


def digits(k: Any) -> Any:
    la = k.layers
    return k.Sequential([
        k.Input((12, 12, 1)), la.Conv2D(4, 3, activation="relu"), la.MaxPooling2D(),
        la.Conv2D(6, 3, padding="same"), la.GlobalAveragePooling2D(), la.Dense(3)])


def signals(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Half of the signals have a spike somewhere, all have waves and noise."""
    random = np.random.default_rng(11)
    x = np.sin(np.arange(60) / 5 + random.uniform(0, 6, (n, 1)))[..., None].repeat(2, -1)
    x += random.normal(0, 0.1, x.shape)
    y = np.arange(n) % 2
    for i in np.flatnonzero(y):
        at = random.integers(5, 50)
        x[i, at:at + 3, 0] += [1.0, 2.5, 1.0]
    return x.astype("float32"), y


@live
def test_B9_values_are_those_of_keras() -> None:
    for build, shape in ((heartbeats, (60, 2)), (digits, (12, 12, 1))):
        theirs, mine = twins(build)
        x = np.random.default_rng(2).normal(size=(5, *shape)).astype("float32")
        assert np.abs(mine(x).numpy() - np.asarray(theirs(x))).max() <= 1e-5


def test_B9_each_unit_sees_one_window() -> None:
    layer = keras.layers.Conv1D(3, 5)
    x = np.zeros((1, 60, 2), "float32")
    before = layer(x).numpy()
    x[0, 20] = 1.0                                   # seen by the windows at 16 … 20
    changed = np.any(layer(x).numpy() != before, axis=(0, 2))
    assert np.flatnonzero(changed).tolist() == [16, 17, 18, 19, 20]


def test_B9_a_spike_is_found_wherever_it_stands() -> None:
    pellucid.set_random_seed(3)
    x, y = signals(160)
    model = heartbeats(keras)
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy",
                  metrics=["accuracy"])
    model.fit(x[:120], y[:120], epochs=12, batch_size=20, verbose=0)
    assert model.evaluate(x[120:], y[120:], verbose=0)[1] >= 0.95
