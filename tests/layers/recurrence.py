"""Sequences, masks and pairs of layers for the tests of recurrent layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import layers
from tests.parity.oracle import real_keras

RNG = np.random.default_rng(11)
X = RNG.normal(size=(3, 6, 4)).astype("float32")
MASK = np.array([[1, 1, 1, 1, 1, 1], [0, 1, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0]], bool)
START = [RNG.normal(size=(3, 5)).astype("float32") for _ in range(2)]


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
