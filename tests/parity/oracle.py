"""Real Keras beside ours: one description, built in both, started from the same weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours

# Keras's variables have an __array__ of NumPy 1: that is between those two.
keras_marks = [pytest.mark.keras, pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")]


def live(test: Any) -> Any:
    """Decorator: this one test of its file compares with the real Keras."""
    for mark in keras_marks:
        test = mark(test)
    return test


Build = Callable[[Any], Any]             # takes `keras` or `pellucid.keras`, gives a model


def real_keras() -> Any:
    import keras
    assert keras.backend.backend() == "jax"
    return keras


def twins(build: Build, x: Any = None) -> tuple[Any, Any]:
    """(Keras's model, ours) with equal weights and names that count from nought."""
    keras = real_keras()
    keras.utils.clear_session()
    ours.utils.clear_session()
    theirs, mine = build(keras), build(ours)
    if x is not None:                                    # built by being called
        theirs(x)
        mine(x)
    mine.set_weights(theirs.get_weights())
    return theirs, mine


def exchanged(pair: tuple[Any, Any], folder: Any, **how: Any) -> tuple[Any, Any]:
    """(ours read by Keras, Keras's read by us)."""
    theirs, mine = pair
    mine.save(folder / "mine.keras")
    theirs.save(folder / "theirs.keras")
    return (real_keras().models.load_model(folder / "mine.keras", **how),
            ours.models.load_model(folder / "theirs.keras", **how))


def compile_both(pair: tuple[Any, Any], how: Callable[[Any], dict[str, Any]]) -> None:
    for model, library in zip(pair, (real_keras(), ours), strict=True):
        model.compile(**how(library))


def assert_same_weights(pair: tuple[Any, Any], tolerance: float = 1e-5) -> None:
    theirs, mine = pair
    assert len(theirs.weights) == len(mine.weights)
    for a, b in zip(theirs.weights, mine.weights, strict=True):
        assert a.shape == b.shape
        assert np.abs(np.asarray(a) - b.numpy()).max(initial=0) <= tolerance, b.path


def assert_same_logs(theirs: dict[str, Any], mine: dict[str, Any], tolerance: float = 1e-5
                     ) -> None:
    assert theirs.keys() == mine.keys()
    for key, value in theirs.items():
        assert np.allclose(value, mine[key], rtol=tolerance, atol=tolerance), (
            key, value, mine[key])


def train_both(pair: tuple[Any, Any], x: Any, y: Any, steps: int = 5, **how: Any) -> None:
    """The same steps in both; weights, logs and outputs stay equal."""
    for _ in range(steps):
        logs = [model.train_on_batch(x, y, return_dict=True, **how) for model in pair]
        assert_same_logs(*logs)
    assert_same_weights(pair)
