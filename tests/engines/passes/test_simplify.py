"""Simplify: rules that hold bit by bit, and those that do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid.core.atom import ATOMS as OF
from pellucid.engines.passes.simplify import simplify
from pellucid.engines.trace import trace
from tests.engines.passes.soundness import after, assert_sound

X = np.array([[1.0, -2.0], [0.0, -0.0]])
ROW = X[:1]


def twice_negative(x):
    y = -x
    return -y


@pytest.mark.parametrize("function", [
    lambda x: x * 1, lambda x: 1 * x, lambda x: x * 1.0, lambda x: x / 1, lambda x: x - 0,
    twice_negative, lambda x: OF["identity"](x), lambda x: OF["stop_gradient"](x),
    lambda x: OF["cast"](x, dtype="float64"), lambda x: OF["broadcast_to"](x, shape=(2, 2)),
    lambda x: OF["reshape"](x, shape=(2, 2)), lambda x: OF["transpose"](x, axes=(0, 1)),
    lambda x: OF["reshape"](OF["reshape"](x, shape=(4,)), shape=(2, 2)),
    lambda x: OF["where"](True, x, -x), lambda x: OF["where"](np.array(False), -x, x)])
def test_nothing_is_left(function: Any):
    assert after(simplify, function, X) == []


@pytest.mark.parametrize("function, left", [
    (lambda x: abs(-x), ["abs"]),
    (lambda x: OF["reshape"](OF["reshape"](x, shape=(2, 1)), shape=(2,)), ["reshape"]),
    (lambda x: OF["sum"](x, axis=0), ["reshape"]),
    (lambda x: OF["max"](x, axis=0, keepdims=True), []),
    (lambda x: OF["prod"](x, axis=(0,), keepdims=True), []),
    (lambda x: OF["where"](True, -x, x), ["negative"]),
])
def test_less_is_left(function: Any, left: list[str]):
    assert after(simplify, function, ROW) == left


@pytest.mark.parametrize("function, left", [
    (lambda x: x + 0, "add"),                         # -0 + 0 is 0
    (lambda x: x - -0.0, "subtract"),                 # that is x + 0
    (lambda x: 0 - x, "subtract"),
    (lambda x: x * 0, "multiply"),                    # NaN stays NaN
    (lambda x: 1 / x, "divide"),
    (lambda x: x / x, "divide"),
    (lambda x: OF["transpose"](x), "transpose"),
    (lambda x: OF["sum"](x, axis=0), "sum"),
    (lambda x: OF["cast"](x, dtype="float32"), "cast"),
])
def test_what_only_looks_like_nothing_stays(function: Any, left: str):
    assert after(simplify, function, X) == [left]


def test_a_factor_of_one_keeps_the_dtype():
    for dtype in ("uint8", "int32"):
        assert after(simplify, lambda x: x * 1, np.array([1, 0], dtype)) == []
    assert after(simplify, lambda x: x * 1.0, np.array([1, 0], "int32")) == ["cast"]
    assert after(simplify, lambda x: x / 1, np.array([1, 0], "int32")) == ["cast"]
    assert after(simplify, lambda x: x / np.float32(1), np.ones((), "float32")) == []


def test_a_sum_over_one_small_number_widens_it():
    assert after(simplify, lambda x: OF["sum"](x, axis=0), np.ones((1, 2), "uint8")) == ["sum"]


def test_signs_of_zero_are_kept():
    x = np.array([[-0.0, 0.0]])
    for function in (lambda x: x - 0, lambda x: x * 1, twice_negative,
                     lambda x: OF["max"](x, axis=0)):
        plan = trace(function, x).plan
        np.testing.assert_array_equal(np.signbit(simplify(plan)([x])[0]), np.signbit(plan([x])[0]))


def test_an_array_of_one_repeated_number_is_that_number():
    def ones(shape: tuple[int, ...], dtype: str = "float32") -> Any:
        return np.ones(shape, dtype)

    x = ones((2, 3)) * 5
    assert after(simplify, lambda x: x * ones((2, 3)), x) == []
    assert after(simplify, lambda x: x * ones((3,)), x) == []
    # where it says the shape of the result, it stays
    assert after(simplify, lambda x: x * ones((4, 2, 3)), x) == ["multiply"]
    assert after(simplify, lambda x: OF["where"](x > 0, ones((2, 3)), 0 * ones((2, 3))), x) == [
        "greater", "where"]


def test_random_plans_keep_their_meaning():
    assert_sound(simplify, range(60))
