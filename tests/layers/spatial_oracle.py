"""A layer over axes of space beside Keras's: values, shapes, gradients and configs."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import keras as ours
from tests.layers.test_convolution import our_gradients, their_gradients
from tests.parity.oracle import real_keras

LAST, FIRST = "channels_last", "channels_first"


def images(space: tuple[int, ...], channels: int, data_format: str = LAST, ties: bool = False
           ) -> np.ndarray:
    """Two samples of float64, the same for the same shape; with ``ties`` many numbers are equal."""
    random = np.random.default_rng(len(space))
    shape = (2, *space, channels)
    x = random.integers(0, 3, shape).astype(float) if ties else random.normal(size=shape)
    return np.moveaxis(x, -1, 1) if data_format == FIRST else x


def layer_pair(name: str, x: np.ndarray, *args: Any, **options: Any) -> tuple[Any, Any]:
    """(Keras's layer, ours), built for x in float64, with equal weights."""
    theirs, mine = (getattr(k.layers, name)(*args, dtype="float64", **options)
                    for k in (real_keras(), ours))
    theirs(x)
    mine(x)
    assert [(w.name, w.shape) for w in mine.weights] == [(w.name, w.shape) for w in theirs.weights]
    mine.set_weights([np.asarray(w) for w in theirs.get_weights()])
    return theirs, mine


def assert_same_layer(pair: tuple[Any, Any], x: np.ndarray, within: float = 1e-12) -> None:
    """Values, foretold shapes (also of axes of unknown length), and all gradients."""
    theirs, mine = pair
    y = np.asarray(theirs(x))
    np.testing.assert_allclose(mine(x), y, rtol=0, atol=within)
    unknown = (None, *[None if i in mine.space_axes else n for i, n in enumerate(x.shape)][1:])
    for shape in (x.shape, unknown):
        assert mine.compute_output_shape(shape) == tuple(theirs.compute_output_shape(shape))
    assert mine.compute_output_shape(x.shape) == y.shape
    assert mine(ours.Input(unknown[1:])).shape == mine.compute_output_shape(unknown)
    weights = np.random.default_rng(9).normal(size=y.shape)
    for a, b in zip(our_gradients(mine, x, weights), their_gradients(theirs, x, weights),
                    strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=10 * within)


def plain(value: Any) -> Any:
    """A config's entry, with lists as tuples and objects by their class: a seed is not compared."""
    if isinstance(value, dict):
        return value["class_name"]
    return tuple(map(plain, value)) if isinstance(value, (list, tuple)) else value


def assert_configs_cross(name: str, options: dict[str, Any]) -> None:
    """The config is Keras's, each side reads the other's, and ours comes back as it was."""
    theirs, mine = (getattr(k.layers, name)(**{"name": "c", **options})
                    for k in (real_keras(), ours))
    written, expected = mine.get_config(), theirs.get_config()
    for key in set(expected) - {"dtype", "quantization_config"}:
        assert plain(written.get(key)) == plain(expected[key]), key
    again = type(theirs).from_config(written).get_config()
    assert {key: plain(value) for key, value in again.items()} == {
        key: plain(value) for key, value in expected.items()}
    assert type(mine).from_config(expected).get_config() == written
    assert type(mine).from_config(written).get_config() == written
