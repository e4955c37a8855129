"""Convolutions as single steps: the same results before and after, on both engines."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from pellucid.atoms import conv, reshape, sum
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import convert
from pellucid.engines.native import NativePlan
from pellucid.engines.native.extension import extension
from pellucid.engines.passes import optimized
from pellucid.engines.passes.convolve import LEAST, MOST, convolve
from pellucid.engines.trace import trace

OPS = ["convolve", "convolve_kernel", "convolve_back"]


class Case(NamedTuple):
    """The shapes and options of one convolution."""

    x: tuple[int, ...]
    kernel: tuple[int, ...]
    strides: Any = 1
    padding: str = "valid"
    dilation: Any = 1


CASES = [
    Case((3, 28, 28, 1), (5, 5, 1, 6), padding="same"),
    Case((2, 14, 14, 6), (5, 5, 6, 16)),
    Case((2, 32, 8), (5, 8, 32), padding="same"),
    Case((9, 15, 32), (5, 32, 33)),
    Case((1, 4, 1), (1, 1, 1)),
    Case((1, 7, 8, 3), (7, 5, 3, 4)),
    Case((5, 6, 7, 2), (1, 1, 2, 9)),
    Case((4, 9, 11, 3), (3, 2, 3, 7), strides=(3, 2)),
    Case((4, 9, 11, 3), (2, 3, 3, 17), dilation=(2, 3), padding="same"),
    Case((2, 17, 33), (4, 33, 8), dilation=4),
    Case((17, 12, 12, 4), (2, 2, 4, 8), strides=2),
    Case((2, 11, 10, 3), (2, 2, 3, 5), strides=3, padding="same"),
    *(Case((9, 12, 13, 1), (size, size, 1, filters), dilation=(dilation, 1))
      for size, filters, dilation in ((2, 3, 3), (3, 8, 1), (4, 16, 2), (6, 2, 1), (7, 5, 1))),
    Case((2, 5, 6, 7, 2), (2, 3, 2, 2, 3), strides=(1, 2, 1)),
]


def with_gradients(case: Case, dtype: str, random: np.random.Generator) -> tuple[Any, list[Any]]:
    """The Plan of a convolution and both its gradients, and numbers to run it on."""
    def value(shape: tuple[int, ...]) -> np.ndarray:
        return random.uniform(-1, 1, shape).astype(dtype)

    def run(x: Any, kernel: Any) -> Any:
        return conv(x, kernel, strides=case.strides, padding=case.padding,
                    dilation_rate=case.dilation)

    def function(x: Any, kernel: Any, weights: Any) -> list[Any]:
        with GradientTape() as tape:
            tape.watch([x, kernel])
            y = run(x, kernel)
            loss = sum(y * y * weights)
        return [y, *tape.gradient(loss, [x, kernel])]

    x, kernel = value(case.x), value(case.kernel)
    values = [x, kernel, value(run(convert(x), convert(kernel)).shape)]
    return trace(function, *values).plan, values


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)


def names(plan: Any) -> list[str]:
    return [step.op.name for step in plan.steps]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_before_is_after(case: Case, random: np.random.Generator) -> None:
    plan, values = with_gradients(case, "float64", random)
    after = convolve(plan)
    assert sorted(name for name in names(after) if name in OPS) == sorted(OPS)
    assert not {"windows", "overlap_add", "matrix_product"} & set(names(after))
    for got, want in zip(after(values), plan(values), strict=True):
        np.testing.assert_array_equal(got, want)


@pytest.mark.skipif(extension() is None, reason="the native engine is not built")
@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_native_engine_agrees(case: Case, dtype: str, random: np.random.Generator) -> None:
    plan, values = with_gradients(case, dtype, random)
    native = NativePlan(plan, extension())
    assert set(OPS) <= set(names(native.plan))
    tolerance = 1e-12 if dtype == "float64" else 1e-5
    for got, want in zip(native(values), plan(values), strict=True):
        np.testing.assert_allclose(got, want, rtol=0, atol=tolerance * max(1, abs(want).max()))


@pytest.mark.skipif(extension() is None, reason="the native engine is not built")
def test_random_geometries_agree(random: np.random.Generator) -> None:
    done = 0
    while done < 100:
        rank = int(random.integers(1, 4))
        channels, filters = (int(n) for n in random.integers(1, 34, 2))
        size, strides, dilation = (tuple(int(n) for n in random.integers(1, most, rank))
                                   for most in (4, 4, 3))
        space = tuple(int(n) for n in random.integers(1, 12 if rank < 3 else 7, rank))
        if any(n < (k - 1) * d + 1 for n, k, d in zip(space, size, dilation, strict=True)):
            continue
        case = Case((int(random.integers(1, 11)), *space, channels), (*size, channels, filters),
                    strides, str(random.choice(["valid", "same"])), dilation)
        plan, values = with_gradients(case, "float64", random)
        native = NativePlan(plan, extension())
        assert set(OPS) & set(names(native.plan)) == (
            set(OPS) if values[2].shape[-2] >= LEAST else set()), case
        for got, want in zip(native(values), plan(values), strict=True):
            assert np.abs(got - want).max() <= 1e-12 * max(1, np.abs(want).max()), case
        done += 1


@pytest.mark.skipif(extension() is None, reason="the native engine is not built")
def test_the_number_of_threads_changes_no_bit(random: np.random.Generator) -> None:
    plan, values = with_gradients(Case((16, 14, 14, 6), (5, 5, 6, 16)), "float32", random)
    module: Any = extension()
    native, before = NativePlan(plan, module), module.thread_limit()
    results = []
    try:
        for threads in (1, 2, 3):
            module.set_thread_limit(threads)
            results.append([each.tobytes() for each in native(values)])
    finally:
        module.set_thread_limit(before)
    assert results[0] == results[1] == results[2]


def test_other_readers_of_the_windows_keep_them() -> None:
    from pellucid.atoms.windows import windows

    def function(x: Any, kernel: Any) -> list[Any]:
        seen = windows(x, size=(2,), strides=(1,), dilation=(1,))
        return [reshape(seen, shape=(14, 4)) @ kernel, seen]

    values = [np.arange(32.0).reshape(2, 8, 2), np.arange(12.0).reshape(4, 3)]
    plan = trace(function, *values).plan
    after = convolve(plan)
    assert names(after) == ["windows", "convolve"]
    for got, want in zip(after(values), plan(values), strict=True):
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("case, dtype", [
    (Case((2, 8, 1), (3, 1, 2)), "int32"),
    (Case((2, 4, MOST // 4), (2, MOST // 4, 3)), "float32"),
    (Case((2, 8, 4), (3, 2, 4)), "float32"),
    (Case((2, 5, 4), (3, 4, 4)), "float32"),
], ids=["whole numbers", "a large kernel", "groups", "short lines"])
def test_what_stays(case: Case, dtype: str) -> None:
    x, kernel = (np.ones(shape, dtype) for shape in (case.x, case.kernel))
    plan = trace(conv, x, kernel).plan
    assert names(convolve(plan)) == names(plan)


def test_windows_of_another_shape_are_left_alone() -> None:
    from pellucid.atoms.windows import windows

    def function(x: Any, kernel: Any) -> Any:
        seen = windows(x, size=(2,), strides=(1,), dilation=(1,))
        return reshape(seen, shape=(28, 2)) @ kernel

    plan = trace(function, np.ones((2, 8, 2)), np.ones((2, 3))).plan
    assert names(optimized(plan)) == ["windows", "reshape", "matrix_product"]
