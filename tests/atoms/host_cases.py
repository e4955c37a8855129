"""What every function made of host calls is held to: Keras, the two engines, and nudged numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core import nest
from pellucid.core.gradient_check import gradient_check
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import OPS, convert
from pellucid.core.variable import Variable
from pellucid.engines.native import NativePlan, native
from pellucid.engines.native.extension import extension
from pellucid.engines.trace import trace


def leaves(value: Any) -> list[np.ndarray]:
    return [np.asarray(each) for each in nest.flatten(value)]


def assert_alike(ours: Any, theirs: Any, tolerance: float = 1e-5, scale: float = 1.0) -> None:
    """Equal numbers in equal shapes, and ints where ints are expected (of whatever width)."""
    ours, theirs = leaves(ours), leaves(list(theirs) if isinstance(theirs, tuple) else theirs)
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        assert a.shape == b.shape
        assert (a.dtype.kind == "f") == (b.dtype.kind == "f"), (a.dtype, b.dtype)
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * scale)


def as_keras(name: str, *args: Any, tolerance: float = 1e-5, **options: Any) -> Any:
    """The same call in both; gives ours."""
    import keras

    from pellucid import ops

    mine = getattr(ops, name)(*args, **options)
    assert_alike(mine, getattr(keras.ops, name)(*args, **options), tolerance)
    return mine


def in_every_engine(function: Any, *arrays: Any, tolerance: float = 1e-12) -> Any:
    """Step by step, on the reference engine and on the native one: the same numbers and dtypes."""
    eager = leaves(function(*map(convert, arrays)))
    compiled = trace(lambda *xs: nest.flatten(function(*xs)), *arrays)
    plan, arrays = compiled.plan, (*arrays, *(variable.array for variable in compiled.read))
    runs = [plan(arrays)]
    if extension() is not None:
        program = native.compile(plan)
        assert isinstance(program, NativePlan)
        runs.append(program(arrays))
    for found in runs:
        for a, b in zip(found, eager, strict=True):
            assert (np.shape(a), np.asarray(a).dtype) == (b.shape, b.dtype)
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
    return eager


def has_gradient(function: Any, *arrays: Any, engines: bool = True, tolerance: float = 1e-6
                 ) -> None:
    """The gradient of a weighted sum of the results is what nudging shows, on every engine."""
    random = np.random.default_rng(5)
    arrays = [np.asarray(each, "float64") for each in arrays]
    results = leaves(function(*map(convert, arrays)))
    weights = [random.normal(size=each.shape) for each in results]

    def loss(*xs: Any) -> Any:
        made = nest.flatten(function(*xs))
        return sum((OPS["sum"](y * w) for y, w in zip(made, weights, strict=True)
                    if y.dtype.startswith("float")), start=convert(np.float64(0)))

    variables = [Variable(each, dtype="float64") for each in arrays]
    report = gradient_check(lambda: loss(*(each.value for each in variables)), variables,
                            tolerance=tolerance)
    assert report, str(report)

    def slope(*xs: Any) -> Any:
        xs = [convert(x) for x in xs]
        with GradientTape() as tape:
            tape.watch(xs)
            value = loss(*xs)
        return tape.gradient(value, xs)

    if engines:
        in_every_engine(slope, *arrays, tolerance=1e-9)
