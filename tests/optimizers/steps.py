"""Ten steps on three weights, taken alike by ours and by Keras's optimizers, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import optimizers
from pellucid.core.variable import Variable
from pellucid.engines.trace import Traced

SHAPES = {"kernel": (3, 2), "bias": (2,), "scale": ()}
COUNT = 10


def gradients() -> list[list[np.ndarray]]:
    """Gradients of each step, large and small, some of them exactly 0."""
    rng = np.random.default_rng(11)
    rows = [[rng.normal(size=shape) * 10.0 ** rng.integers(-2, 2) for shape in SHAPES.values()]
            for _ in range(COUNT)]
    rows[4] = [np.zeros_like(each) for each in rows[4]]
    return rows


def first_weights() -> list[np.ndarray]:
    rng = np.random.default_rng(12)
    return [np.asarray(rng.normal(size=shape)) for shape in SHAPES.values()]


def ours(optimizer: Any, traced: bool = False, constraint: Any = None) -> list[np.ndarray]:
    """Every variable after ten steps: the weights, then the optimizer's own."""
    weights = [Variable(value, name=name, dtype="float64")
               for name, value in zip(SHAPES, first_weights(), strict=True)]
    for each in weights:
        each.constraint = constraint
    optimizer.build(weights)
    step = (lambda grads: optimizer.apply(grads, weights))
    step = Traced(step) if traced else step
    for row in gradients():
        step([np.asarray(each) for each in row])
    optimizer.finalize_variable_values(weights)
    return [each.numpy() for each in [*weights, *optimizer.variables]]


def keras_steps(name: str, options: dict[str, Any], constraint: Any = None) -> list[np.ndarray]:
    """The same with real Keras."""
    import keras

    weights = [keras.Variable(value, name=key, dtype="float64")
               for key, value in zip(SHAPES, first_weights(), strict=True)]
    for each in weights:
        assert each.dtype == "float64"
        each.constraint = constraint
    optimizer = getattr(keras.optimizers, name)(**options)
    optimizer.build(weights)
    for row in gradients():
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float64") for g in row], weights)
    optimizer.finalize_variable_values(weights)
    return [np.asarray(each) for each in [*weights, *optimizer.variables]]


_known: dict[str, list[np.ndarray]] = {}


def _kept(name: str, options: dict[str, Any]) -> list[np.ndarray]:
    """Keras's steps, taken once for the eager and the traced run of ours (JAX takes seconds)."""
    key = f"{name} {options}"
    if key not in _known:
        _known[key] = keras_steps(name, options)
    return _known[key]


def compare(name: str, options: dict[str, Any], traced: bool, tolerance: float = 1e-12,
            theirs: dict[str, Any] | None = None) -> None:
    """Ten steps of ours equal ten of Keras's, in every variable."""
    mine = ours(getattr(optimizers, name)(**options), traced)
    keras = _kept(name, theirs or options)
    assert len(mine) == len(keras)
    for a, b in zip(mine, keras, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
