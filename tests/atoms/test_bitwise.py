"""Bits of every dtype against NumPy, on both engines; divisors by what they mean."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import ops
from pellucid.core import dtypes
from pellucid.core.errors import KindError
from pellucid.engines.trace import trace
from tests.engines.comparison import assert_engines_agree

EXACT = [name for name in dtypes.KNOWN if name != "bool" and dtypes.is_whole(name)]
LOGIC = {"bitwise_and": np.bitwise_and, "bitwise_or": np.bitwise_or,
         "bitwise_xor": np.bitwise_xor}
SHIFTS = {"left_shift": np.left_shift, "right_shift": np.right_shift}


def numbers(dtype: str, count: int = 37) -> np.ndarray:
    ends = np.iinfo(dtype)
    drawn = np.random.default_rng(0).integers(ends.min, ends.max, count, dtype, endpoint=True)
    drawn[:5] = [ends.min, ends.max, 0, 1, 5]
    return drawn


def places(dtype: str, count: int = 37) -> np.ndarray:
    """So many that some leave nothing; signed ones below 0 as well."""
    least = -2 if dtype.startswith("int") else 0
    return np.random.default_rng(1).integers(least, 2 * np.iinfo(dtype).bits - 1, count).astype(
        dtype)


@pytest.mark.parametrize("jit", ["on", "off"])
@pytest.mark.parametrize("dtype", EXACT)
def test_every_dtype_on_both_engines(dtype, jit, monkeypatch):
    monkeypatch.setenv("PELLUCID_JIT", jit)
    x, y, by = numbers(dtype), numbers(dtype)[::-1].copy(), places(dtype)
    for name, theirs in (*LOGIC.items(), *SHIFTS.items()):
        other = y if name in LOGIC else by
        np.testing.assert_array_equal(getattr(ops, name)(x, other), theirs(x, other), strict=True)
    np.testing.assert_array_equal(ops.bitwise_not(x), ~x, strict=True)
    plan = trace(lambda x, y, by: [
        ops.bitwise_and(x, y), ops.bitwise_or(x, 5), ops.bitwise_xor(x, y), ops.bitwise_not(x),
        ops.left_shift(x, by), ops.right_shift(x, by), ops.left_shift(x, 3),
        ops.right_shift(x, 2), ops.bitwise_xor(x, 1) + ops.bitwise_and(y, 3)], x, y, by).plan
    assert_engines_agree(plan, [x, y, by], 0)


@pytest.mark.parametrize("jit", ["on", "off"])
def test_booleans_on_both_engines(jit, monkeypatch):
    monkeypatch.setenv("PELLUCID_JIT", jit)
    x, y = np.array([True, True, False, False]), np.array([True, False, True, False])
    for name, theirs in LOGIC.items():
        np.testing.assert_array_equal(getattr(ops, name)(x, y), theirs(x, y), strict=True)
    plan = trace(lambda x, y: [ops.bitwise_and(x, y), ops.bitwise_or(x, y), ops.bitwise_xor(x, y),
                               ops.bitwise_not(x), ops.where(ops.bitwise_xor(x, y), 1.0, 2.0)],
                 x, y).plan
    assert_engines_agree(plan, [x, y], 0)
    assert ops.left_shift(x, y).dtype == "int32"             # where booleans count as numbers


@pytest.mark.parametrize("name", ["bitwise_and", "left_shift", "gcd", "lcm"])
def test_floats_have_no_bits(name):
    with pytest.raises(KindError, match="float32"):
        getattr(ops, name)([1.0], [2])
    with pytest.raises(KindError, match="float32"):
        trace(lambda x: getattr(ops, name)(x, 2), np.ones(2, "float32"))


@given(st.integers(-2**31 + 1, 2**31 - 1), st.integers(-2**31 + 1, 2**31 - 1))
def test_gcd_of_any_two(a, b):
    assert int(ops.gcd(a, b)) == math.gcd(a, b)


@pytest.mark.parametrize("dtype, steps", [("int8", 12), ("uint8", 13), ("int16", 23),
                                          ("int32", 46), ("int64", 92)])
def test_gcd_of_the_slowest_pairs(dtype, steps):
    """Neighbours among Fibonacci's numbers take Euclid's algorithm the most steps."""
    a, b = 1, 1
    while a + b <= np.iinfo(dtype).max:
        a, b = b, a + b
    for pair in ((a, b), (b, a)):
        assert int(ops.gcd(*np.array(pair, dtype))) == 1
        assert int(ops.lcm(*np.array(pair, "int64") // (1 if b < 2**31 else b))) == (
            a * b if b < 2**31 else 0)


def test_gcd_on_both_engines():
    a, b = np.array([12, -18, 0, 7], "int32"), np.array([18, 12, 5, 0], "int32")
    assert_engines_agree(trace(lambda a, b: [ops.gcd(a, b), ops.lcm(a, b)], a, b).plan, [a, b], 0)
