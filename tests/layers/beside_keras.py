"""A layer of ours beside Keras's: the same weights, the same input, the same everything."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import keras as ours
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Tensor
from tests.parity.oracle import real_keras

TOLD_APART = {"dtype", "quantization_config"}


def pair_of(name: str, options: dict[str, Any], x: np.ndarray, dtype: str = "float64"
            ) -> tuple[Any, Any]:
    """(Keras's layer, ours), built on x, with equal random weights."""
    random = np.random.default_rng(3)
    theirs, mine = (getattr(k.layers, name)(**options, dtype=dtype) for k in (real_keras(), ours))
    theirs(x)
    mine(x)
    assert [(w.name, tuple(w.shape)) for w in mine.weights] == [
        (w.name, tuple(w.shape)) for w in theirs.weights]
    values = [random.uniform(0.5, 2, w.shape) for w in mine.weights]
    theirs.set_weights(values)
    mine.set_weights(values)
    return theirs, mine


def our_gradients(layer: Any, x: np.ndarray, weights: Any, **call: Any) -> list[np.ndarray]:
    t = Tensor(x)
    with GradientTape() as tape:
        tape.watch(t)
        y = layer(t, **call) * weights
    return [np.asarray(g) for g in tape.gradient(y, [t, *layer.trainable_variables])]


def their_gradients(layer: Any, x: np.ndarray, weights: Any, **call: Any) -> list[np.ndarray]:
    import jax

    others = [v.value for v in layer.non_trainable_variables]

    def total(x: Any, variables: Any) -> Any:
        return (layer.stateless_call(variables, others, x, **call)[0] * weights).sum()

    found = jax.grad(total, argnums=(0, 1))(x, [v.value for v in layer.trainable_variables])
    return [np.asarray(found[0]), *map(np.asarray, found[1])]


def assert_alike(pair: tuple[Any, Any], x: np.ndarray, within: float = 1e-10, **call: Any) -> None:
    """Values, foretold shapes, and the gradients of the input and of each weight."""
    theirs, mine = pair
    weights = np.random.default_rng(9).normal(size=theirs.compute_output_shape(x.shape))
    for a, b in zip(our_gradients(mine, x, weights, **call),
                    their_gradients(theirs, x, weights, **call), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=10 * within)
    y = np.asarray(theirs(x, **call))
    np.testing.assert_allclose(mine(x, **call), y, rtol=0, atol=within)
    assert mine(x, **call).dtype == y.dtype
    assert mine.compute_output_shape(x.shape) == theirs.compute_output_shape(x.shape) == y.shape
    assert mine(ours.Input(x.shape[1:])).shape == (None, *y.shape[1:])


def assert_configs_cross(name: str, options: dict[str, Any]) -> None:
    """The same config, in which objects are alike by class; each reads the other's."""
    theirs, mine = (getattr(k.layers, name)(**{"name": "c", **options})
                    for k in (real_keras(), ours))
    written, expected = mine.get_config(), theirs.get_config()
    for key in set(expected) - TOLD_APART:
        one, other = written.get(key), expected[key]
        if isinstance(other, dict) and "class_name" in other:
            one, other = one["class_name"], other["class_name"]
        assert one == other, key
    again = type(theirs).from_config(dict(written))
    assert again.get_config() == expected
    assert type(mine).from_config(dict(expected)).get_config() == written
    assert type(mine).from_config(dict(written)).get_config() == written


def assert_engines_agree(make: Any, x: np.ndarray, y: np.ndarray, monkeypatch: Any) -> None:
    """Three epochs on the native engine and on the reference engine: the same weights."""
    import pellucid
    from pellucid.core import names

    after = []
    for choice in ("require", "off"):
        with monkeypatch.context() as patch:
            patch.setenv("PELLUCID_NATIVE", choice)
            names.reset_names()
            pellucid.set_random_seed(3)
            model = make()
            model.compile(optimizer=ours.optimizers.SGD(0.05, momentum=0.9), loss="mse")
            first = model.get_weights()
            model.fit(x, y, batch_size=4, epochs=3, verbose=0)
            after.append([v.array for v in [*model.variables, *model.optimizer.variables]])
            assert any((a != b).any() for a, b in zip(first, model.get_weights(), strict=True))
    for a, b in zip(*after, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12 * max(1.0, np.abs(b).max(initial=0)))
