"""Pooling as single steps: the same results before and after, on both engines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid.atoms import average_pool, max_pool, reshape, sum
from pellucid.atoms.reductions import max
from pellucid.core.tape import GradientTape
from pellucid.engines.native import NativePlan
from pellucid.engines.native.extension import extension
from pellucid.engines.passes import optimized
from pellucid.engines.passes.loop import VIEWS
from pellucid.engines.passes.pool import pool
from pellucid.engines.trace import trace

OPS = ["pool_largest", "pool_to_largest"]
CASES = [((3, 28, 28, 6), 2), ((2, 10, 10, 16), 2), ((2, 8, 32), 2), ((1, 2, 2, 1), 2),
         ((2, 9, 11, 3), (3, 2)), ((5, 7, 33), 3), ((2, 8, 8, 17), 4), ((1, 6, 6, 9), (2, 3)),
         ((2, 5, 9), 5)]
OVERLAPPING = [((3, 9, 11, 6), 3, 2), ((2, 10, 9, 17), 2, 1), ((2, 12, 4), 3, 2),
               ((1, 6, 7, 1), (2, 3), (3, 1)), ((2, 9, 3), 2, 4)]


def with_gradient(shape: tuple[int, ...], size: Any, x: np.ndarray, strides: Any = None) -> Any:
    """The Plan of a pooling and its gradient."""
    def function(x: Any) -> list[Any]:
        with GradientTape() as tape:
            tape.watch(x)
            y = max_pool(x, size, strides)
            loss = sum(y * y)
        return [y, tape.gradient(loss, x)]

    return trace(function, x).plan


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)


def names(plan: Any) -> list[str]:
    return [step.op.name for step in plan.steps]


def numbers(shape: tuple[int, ...], dtype: str, random: np.random.Generator) -> np.ndarray:
    """Few different numbers, so that many are equal, and some that are none."""
    x = random.integers(-2, 3, shape).astype(dtype)
    x.flat[:: 7] = np.nan
    x.flat[3:: 11] = np.inf
    return x


@pytest.mark.parametrize("shape, size", CASES)
@pytest.mark.parametrize("special", [False, True])
def test_before_is_after(shape: Any, size: Any, special: bool,
                         random: np.random.Generator) -> None:
    x = numbers(shape, "float64", random) if special else random.standard_normal(shape)
    plan = with_gradient(shape, size, x)
    after = pool(optimized(plan))
    assert [name for name in names(after) if name in OPS] == OPS
    assert not {"argmax", "max"} & set(names(after))
    for got, want in zip(after([x]), plan([x]), strict=True):
        np.testing.assert_array_equal(got, want)


@pytest.mark.skipif(extension() is None, reason="the native engine is not built")
@pytest.mark.parametrize("shape, size", CASES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_native_engine_agrees_to_the_bit(shape: Any, size: Any, dtype: str,
                                         random: np.random.Generator) -> None:
    for x in (numbers(shape, dtype, random), random.standard_normal(shape).astype(dtype)):
        plan = with_gradient(shape, size, x)
        native = NativePlan(plan, extension())
        assert set(OPS) <= set(names(native.plan))
        for got, want in zip(native([x]), plan([x]), strict=True):
            np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("shape, size, strides", OVERLAPPING)
def test_windows_that_overlap(shape: Any, size: Any, strides: Any,
                              random: np.random.Generator) -> None:
    for x in (numbers(shape, "float64", random), random.standard_normal(shape)):
        plan = with_gradient(shape, size, x, strides)
        after = pool(optimized(plan))
        assert [name for name in names(after) if name in OPS] == OPS
        assert not {"argmax", "max", "windows", "overlap_add"} & set(names(after))
        for got, want in zip(after([x]), plan([x]), strict=True):
            np.testing.assert_array_equal(got, want)
        if extension() is not None:
            for got, want in zip(NativePlan(plan, extension())([x]), plan([x]), strict=True):
                np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape, size, strides", [
    *((shape, size, None) for shape, size in CASES), *OVERLAPPING])
def test_means(shape: Any, size: Any, strides: Any, random: np.random.Generator) -> None:
    x = random.standard_normal(shape)
    plan = trace(lambda x: average_pool(x, size, strides), x).plan
    after = optimized(plan)
    assert [name for name in names(after) if name not in VIEWS] == ["pool_sum", "loop"]
    np.testing.assert_allclose(after([x])[0], plan([x])[0], rtol=1e-12, atol=1e-12)
    if extension() is not None:
        got = NativePlan(plan, extension())([x])[0]
        np.testing.assert_allclose(got, plan([x])[0], rtol=1e-12, atol=1e-12)


def test_the_first_of_equal_ones_has_the_slope() -> None:
    x = np.array([[[[1.0], [2.0]], [[2.0], [2.0]]]])
    plan = optimized(with_gradient(x.shape, 2, x))
    assert "pool_to_largest" in names(plan)
    np.testing.assert_array_equal(plan([x])[1], [[[[0.0], [4.0]], [[0.0], [0.0]]]])


def test_other_maxima_are_left_alone() -> None:
    def function(x: Any) -> list[Any]:
        cells = reshape(x, shape=(2, 2, 3, 4))
        return [max(cells, axis=1), max(cells, axis=3), max(cells, axis=2, keepdims=True),
                sum(cells, axis=(1, 2)), sum(cells, axis=(2,), keepdims=True)]

    x = np.arange(48.0).reshape(2, 24)
    assert not {*OPS, "pool_sum"} & set(names(optimized(trace(function, x).plan)))
