"""The edges of the dtypes: infinities, NaN, subnormals, the largest integers, division by zero."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid.activations  # noqa: F401 (the registry is filled by importing)
from pellucid.core.atom import ATOMS
from pellucid.core.tensor import OPS
from pellucid.engines.native.extension import extension
from pellucid.engines.passes.loop import ELEMENTWISE
from pellucid.engines.trace import trace
from tests.engines.comparison import assert_engines_agree, on_native

pytestmark = pytest.mark.skipif(extension() is None, reason="the native engine is switched off")

BITS = {name for name in ELEMENTWISE if name.startswith("bitwise_") or name.endswith("_shift")}
CURVES = sorted(ELEMENTWISE - BITS - {"cast", "where"} | {
    "sigmoid", "softplus", "gelu", "silu", "softsign", "elu", "selu", "mish", "logaddexp"})
INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
ULPS = 4                                            # of each number by itself


def floats(dtype: str) -> np.ndarray:
    """Numbers that are special, or special to some function."""
    kind = np.finfo(dtype)
    return np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, kind.max, -kind.max, kind.tiny, -kind.tiny,
                     3 * kind.smallest_subnormal, 1, -1, 0.5, -0.5, 2.5, -3.5, 88.8, -88.8,
                     *((709.9, -745.2) if dtype == "float64" else ()), 1e10, -1e10, 1e-10], dtype)


def integers(dtype: str) -> np.ndarray:
    kind = np.iinfo(dtype)
    below = [-1, -2, -7] if kind.min else []
    return np.array([0, 1, 2, 3, 7, kind.max, kind.max - 1, kind.min, kind.min + 1, *below], dtype)


def pairs(x: np.ndarray) -> list[np.ndarray]:
    return [np.repeat(x, len(x)), np.tile(x, len(x))]


@pytest.mark.parametrize("jit", ["on", "off"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CURVES)
def test_special_numbers(name, dtype, jit, monkeypatch):
    """Number by number: NaN where NaN is, the same infinity, a few ulp; zeros of either sign."""
    monkeypatch.setenv("PELLUCID_JIT", jit)
    op = OPS[name]
    x = floats(dtype)
    operands = [x] if len(op.operands or ()) == 1 else pairs(x)
    plan = trace(lambda *xs: op(*xs), *operands).plan
    got, want = on_native(plan)(operands)[0], plan(operands)[0]
    if want.dtype.kind != "f":
        np.testing.assert_array_equal(got, want, strict=True)
        return
    finite = np.isfinite(want)
    np.testing.assert_array_equal(got[~finite], want[~finite])
    apart = np.abs(got[finite].astype("float64") - want[finite])
    kind = np.finfo(dtype)
    ulp = float(kind.eps) * np.maximum(np.abs(want[finite].astype("float64")), float(kind.tiny))
    assert (apart <= ULPS * ulp).all()


@pytest.mark.parametrize("dtype", INTEGERS)
def test_whole_numbers_at_the_edge(dtype):
    x = integers(dtype)
    names = ("add", "subtract", "multiply", "maximum", "minimum", "floor_divide", "mod", "less",
             "greater_equal", "equal", "divide")
    plan = trace(lambda a, b: [OPS[name](a, b) for name in names], *pairs(x)).plan
    assert_engines_agree(plan, pairs(x), ULPS)
    for number in (0, 1, 3, 5 if x.min() == 0 else -1):
        plan = trace(lambda x, n=number: [OPS[name](x, n) for name in names], x).plan
        assert_engines_agree(plan, [x], ULPS)

    def alone(x: Any) -> Any:
        of = ("abs", "negative", "square", "sign", "round", "sum", "prod", "max", "argmax")
        return [*(OPS[name](x) for name in of), ATOMS["cumsum"](x, axis=0)]
    assert_engines_agree(trace(alone, x).plan, [x], ULPS)
    plan = trace(lambda x: [OPS["cast"](x, dtype=to) for to in (*INTEGERS, "bool", "float32",
                                                                 "float64")], x).plan
    assert_engines_agree(plan, [x], 0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(1,), (7,), (40,), (3, 40), (40, 3), (2, 3, 4), (300, 70)])
def test_reductions_of_special_numbers(shape, dtype):
    random = np.random.default_rng(0)
    names = ("max", "min", "sum", "any", "all", "argmax", "argmin", "mean", "logsumexp")

    def reduced(x: Any) -> Any:
        return [OPS[name](x, axis=axis) for name in names for axis in (None, *range(len(shape)))]

    plan = trace(reduced, np.zeros(shape, dtype)).plan
    for special in (np.nan, np.inf, -np.inf, (np.nan, np.inf), (np.inf, -np.inf), (0.0, -0.0)):
        x = random.normal(size=shape).astype(dtype)
        for each in np.atleast_1d(special):
            x.flat[random.integers(x.size)] = each
        assert_engines_agree(plan, [x], 2 * ULPS)
    assert_engines_agree(plan, [np.full(shape, -np.inf, dtype)], 2 * ULPS)


@pytest.mark.parametrize("function", [
    lambda x: x * 2 + 1, lambda x: OPS["sum"](x, axis=0), lambda x: OPS["sum"](x, axis=1),
    lambda x: OPS["prod"](x), lambda x: OPS["matmul"](x, OPS["transpose"](x)),
    lambda x: OPS["matmul"](OPS["transpose"](x), x), lambda x: OPS["join"](x, x, axis=0),
    lambda x: ATOMS["cumsum"](x, axis=1), lambda x: OPS["softmax"](x, axis=1),
    lambda x: ATOMS["gather"](x, np.zeros((0,), "int32"), axis=0),
    lambda x: OPS["any"](x > 0, axis=0), lambda x: OPS["all"](x > 0, axis=0),
    lambda x: OPS["reshape"](OPS["transpose"](x), shape=(0, 2))])
def test_arrays_without_numbers(function):
    x = np.zeros((0, 3))
    assert_engines_agree(trace(function, x).plan, [x], 0)
