"""The NumPy-like functions where Keras is no judge: accuracy, gradients, what has no meaning."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pellucid import ops
from pellucid.core.errors import ArgumentError, KindError, ShapeError, TracingError
from pellucid.core.gradient_check import gradient_check
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import convert
from pellucid.core.variable import Variable
from pellucid.engines.trace import Traced, trace
from pellucid.spaces.exact import exact
from tests.engines.comparison import assert_engines_agree

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(3, 4))


def worst(op: Any, x: np.ndarray) -> float:
    """The largest relative error, in units of the last place of float64."""
    mine, true = np.asarray(op(x)), exact(op, x)
    return float(np.max(np.abs((mine - true) / true).astype(float))) / np.finfo("float64").eps


# name, where it is tried, and the bound in units of the last place
ACCURACY = [
    ("tan", RANDOM.uniform(-1.5, 1.5, 100), 4), ("arcsin", RANDOM.uniform(-1, 1, 100), 4),
    ("arccos", np.r_[RANDOM.uniform(-1, 1, 100), 1 - 1e-12], 4),
    ("sinh", np.r_[RANDOM.uniform(-30, 30, 60), 1e-9, -1e-4], 4),
    ("cosh", RANDOM.uniform(-30, 30, 60), 4),
    ("arcsinh", np.r_[RANDOM.uniform(-30, 30, 60), 1e-9, -1e-4, 1e15], 5),
    ("arccosh", np.r_[1 + RANDOM.uniform(0, 30, 60), 1 + 2.0**-40, 1e15], 5),
    ("arctanh", np.r_[RANDOM.uniform(-1, 1, 60), 1e-9, 1 - 1e-12, 1e-12 - 1], 5),
    ("cbrt", np.r_[RANDOM.uniform(-30, 30, 60), 1e-9, -1e9], 3),
    ("exp2", RANDOM.uniform(-30, 30, 60), 2), ("i0", RANDOM.uniform(-20, 20, 60), 8),
    ("erfinv", np.r_[RANDOM.uniform(-1, 1, 60), 1e-9, 1 - 1e-12], 40),
    # e^(-x²) carries the rounding of x²
    ("erfc", RANDOM.uniform(-3, 3, 60), 16), ("erfc", RANDOM.uniform(3, 9, 30), 120),
]


@pytest.mark.parametrize("name, x, bound", ACCURACY)
def test_relative_accuracy(name, x, bound):
    assert worst(getattr(ops, name), x) <= bound


def test_what_lies_at_the_ends():
    assert ops.erfc([-np.inf, np.inf]).tolist() == [2, 0]
    assert ops.erfinv([-1.0, 1.0]).tolist() == [-np.inf, np.inf]
    assert np.isnan(np.asarray(ops.erfinv([1.5, np.nan]))).all()
    assert ops.arcsinh([-np.inf, np.inf]).tolist() == [-np.inf, np.inf]
    assert ops.cbrt([-np.inf, 0.0, np.inf]).tolist() == [-np.inf, 0, np.inf]
    assert ops.hypot([1e30, np.inf], np.array([1e30, 1.0], "float32")).tolist() == (
        pytest.approx([2**0.5 * 1e30, np.inf]))
    assert float(ops.i0(np.float64(712))) == pytest.approx(float(mpmath.besseli(0, 712)), rel=1e-12)
    assert ops.cbrt(np.array([1e-300, -1e300, 27.0])).tolist() == pytest.approx(
        [1e-100, -1e100, 3.0], rel=1e-15)
    assert ops.logaddexp2([-np.inf, np.inf], [-np.inf, np.inf]).tolist() == [-np.inf, np.inf]
    assert ops.logaddexp([-np.inf, np.inf], [-np.inf, np.inf]).tolist() == [-np.inf, np.inf]
    assert np.isinf(np.asarray(ops.hypot([np.inf, np.nan], [np.nan, -np.inf]))).all()
    assert abs(float(ops.sinc(np.float64(3)))) < 1e-16


@pytest.mark.parametrize("function", [
    lambda x: ops.cumprod(x, axis=1), lambda x: ops.cumprod(ops.where(x > 0, x, 0), axis=0),
    lambda x: ops.nancumsum(x), lambda x: ops.nancumprod(x, axis=1),
    lambda x: ops.average(x, axis=1, weights=[1.0, 2.0, 3.0, 4.0]), lambda x: ops.average(x, 0),
    lambda x: ops.average(np.ones((3, 4)), weights=ops.exp(x)),
    lambda x: ops.trapezoid(x, axis=0), lambda x: ops.trapezoid(x, x=ops.square(x)),
    lambda x: ops.linspace(x[0], x[1], 5, axis=-1), lambda x: ops.logspace(x[0], x[1], 3, base=2),
    lambda x: ops.geomspace(ops.exp(x[0]), ops.exp(x[1]), 4),
    lambda x: ops.rot90(x) * np.arange(12).reshape(4, 3), lambda x: ops.roll(x, 3) * X,
    lambda x: ops.append(x, x * 2) * np.arange(24), lambda x: ops.stack(ops.meshgrid(x[0], x[1])),
    lambda x: ops.hstack([x, x * x]), lambda x: ops.vstack([x, x[0]]), lambda x: ops.dstack([x, X]),
    lambda x: ops.array_split(x, 3, axis=1)[0], lambda x: ops.hsplit(x, 2)[1] ** 2,
    lambda x: ops.select([x > 1, x > 0], [x * x, x], -x), lambda x: ops.ldexp(x, [1, 2, 3, -1]),
    lambda x: ops.psnr(x, X + 1, 2.0), lambda x: ops.fliplr(x) * X, lambda x: ops.copy(x) * X,
    lambda x: ops.bincount([0, 2, 2, 1], weights=x[0]) ** 2,
    lambda x: ops.saturate_cast(x, "float64"),
    lambda x: ops.arctan2(x, -1.5), lambda x: ops.arctan2(0.5, x), lambda x: ops.hypot(x, 2.0),
])
def test_gradients(function):
    x = RANDOM.uniform(0.1, 2, (3, 4)) * np.where(X > 0, 1, -1)
    w = Variable(x, dtype="float64")
    assert gradient_check(lambda: ops.sum(ops.square(function(w))), [w])


def test_gradients_pass_over_what_is_missing():
    x = convert(np.array([[1.0, np.nan, 3.0], [2.0, 5.0, np.nan]]))
    for name in ("nansum", "nanmean", "nanmax", "nanmin", "nanprod", "nanvar", "nanstd"):
        with GradientTape() as tape:
            tape.watch(x)
            y = ops.sum(getattr(ops, name)(x, axis=1))
        found = np.asarray(tape.gradient(y, x))
        assert np.isfinite(found).all()
        assert found[0, 1] == found[1, 2] == 0


@given(arrays.arrays(np.float64, st.tuples(st.integers(0, 3), st.integers(0, 20)),
                     elements=st.floats(-3, 3)), st.integers(0, 1))
def test_running_products_are_those_of_numpy(x, axis):
    np.testing.assert_allclose(ops.cumprod(x, axis=axis), np.cumprod(x, axis=axis), rtol=1e-12,
                               atol=1e-300)


@given(st.lists(st.integers(0, 30), max_size=40), st.integers(0, 40))
def test_counts_are_those_of_numpy(numbers, least):
    np.testing.assert_array_equal(ops.bincount(np.array(numbers, "int32"), minlength=least),
                                  np.bincount(numbers, minlength=least)
                                  if numbers else np.zeros(least))


@pytest.mark.parametrize("function", [
    lambda x: [ops.arctan2(x, x[::-1]), ops.hypot(x, 2.0), ops.fmod(x, 0.7), ops.erfinv(x / 4)],
    lambda x: [ops.cumprod(x, axis=1), ops.diff(x, axis=0), ops.nanvar(x, axis=1), ops.i0(3 * x)],
    lambda x: [ops.rot90(x), ops.roll(x, 2, axis=1), ops.nanargmax(x, axis=0), ops.arctan(x)],
    lambda x: [ops.digitize(x, [-1.0, 0.0, 1.0]), ops.trapezoid(x), ops.linspace(x, 1.0, 3)],
])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("jit", ["on", "off"])
def test_both_engines_agree(function, dtype, jit, monkeypatch):
    monkeypatch.setenv("PELLUCID_JIT", jit)
    x = X.astype(dtype)
    assert_engines_agree(trace(function, x).plan, [x], 8)


@pytest.mark.parametrize("call, error, told", [
    (lambda: ops.ldexp(X, X), KindError, "whole numbers for x2, but got float64"),
    (lambda: ops.diff(X, -1), ArgumentError, "n of at least 0, but got -1"),
    (lambda: ops.average(X, 0, [1.0, 2.0]), ShapeError, r"weights of shape \(2,\).*axis=0"),
    (lambda: ops.average(X, None, [1.0, 2.0]), ShapeError, "axis=None"),
    (lambda: ops.digitize(X, X), ShapeError, r"bins along one axis, but got shape \(3, 4\)"),
    (lambda: ops.bincount([0.5]), KindError, "whole numbers, but got float32"),
    (lambda: ops.bincount([1], sparse=True), ArgumentError, "sparse must be False"),
    (lambda: trace(ops.bincount, np.array([1, 2])), TracingError, "depends on its numbers"),
    (lambda: ops.fliplr([1.0]), ShapeError, r"fliplr needs 2 axes or more, but got shape \(1,\)"),
    (lambda: ops.flipud(1.0), ShapeError, "flipud needs 1 axis"),
    (lambda: ops.rot90([1.0]), ShapeError, "rot90 needs 2 axes"),
    (lambda: ops.rot90(X, 1, (0, 0)), ArgumentError, r"two axes that differ, but got \(0, 0\)"),
    (lambda: ops.rot90(X, 1, (0, 1, 1)), ArgumentError, "two axes that differ"),
    (lambda: ops.roll(X, (1, 2, 3), (0, 1)), ArgumentError, "3 shifts for 2 axes"),
    (lambda: ops.dsplit(X, 2), ShapeError, "dsplit needs 3 axes"),
    (lambda: ops.hsplit(X, 3), ShapeError, "cannot be cut into 3 equal parts"),
    (lambda: ops.array_split(X, 0), ArgumentError, "one section or more, but got 0"),
    (lambda: ops.select([X > 0], []), ArgumentError, "1 conditions, 0 choices"),
    (lambda: ops.select([], []), ArgumentError, "a choice for each condition"),
    (lambda: ops.linspace(0, 1, -1), ArgumentError, "num must be at least 0, but got -1"),
    (lambda: ops.meshgrid([1], indexing="yx"), ArgumentError, '"xy" or "ij", but got .yx.'),
    (lambda: ops.meshgrid(X), ShapeError, "tensors of one axis"),
    (lambda: ops.hanning(-1), ArgumentError, "hanning needs a length of at least 0"),
    (lambda: ops.psnr(X, X[0], 1.0), ShapeError, r"one shape, but got shapes \(3, 4\) and \(4,\)"),
])
def test_what_has_no_meaning_is_explained(call, error, told):
    with pytest.raises(error, match=told):
        call()


def test_traced_calls_give_the_eager_numbers():
    for function in (lambda x: ops.cumprod(x), lambda x: ops.select([x > 0], [x]),
                     lambda x: ops.linspace(x, 2 * x, 4), lambda x: ops.average(x, 1)):
        np.testing.assert_array_equal(Traced(function)(X), function(convert(X)), strict=True)


def test_casts_of_whole_numbers_to_floats():
    assert ops.saturate_cast(np.array([-300, 1], "int32"), "float32").tolist() == [-300, 1]
    assert ops.saturate_cast(np.array([1e300, -1.0]), "float32").tolist()[1] == -1
    assert ops.saturate_cast(np.array([1e30, -1.0]), "uint64").tolist() == [2**64 - 1, 0]


def test_ends_may_be_lists():
    rows = ops.linspace([0.0, 1.0], [1.0, 4.0], 3)
    np.testing.assert_allclose(rows, [[0, 1], [0.5, 2.5], [1, 4]])
    assert rows.dtype == "float32"
    assert ops.linspace(np.zeros(()), 1).dtype == "float64"


def test_bins_may_be_missing():
    assert ops.digitize(X, np.zeros(0)).numpy().max() == 0
