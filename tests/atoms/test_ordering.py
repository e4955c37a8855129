"""Sorting, searching, quantiles: Keras's numbers, on every engine, with gradients that follow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import ops
from pellucid.core.errors import ArgumentError, ShapeError, TracingError
from pellucid.engines.trace import trace
from tests.atoms.host_cases import as_keras, has_gradient, in_every_engine
from tests.parity.oracle import live

RANDOM = np.random.default_rng(0)
X = RANDOM.permutation(24).reshape(2, 3, 4) / 7
TIES = np.array([[3.0, 1.0, 3.0, 2.0, 1.0], [0.0, -0.0, 5.0, np.nan, 5.0]], "float32")


@live
@pytest.mark.parametrize("name", ["sort", "argsort"])
@pytest.mark.parametrize("axis", [1, *(pytest.param(axis, marks=pytest.mark.deep)
                                      for axis in (-1, 0, None))])
def test_sorting_is_that_of_keras(name, axis):
    for x in (X, TIES.T if axis == 0 else TIES, (X * 7).astype("int32"), X > 1):
        if np.ndim(x) > (axis or 0):
            as_keras(name, x, axis=axis)
    in_every_engine(lambda x: getattr(ops, name)(x, axis=axis), X)


@live
def test_a_number_alone_is_in_order():
    as_keras("argsort", np.float32(3))


def test_sorted_numbers_give_their_gradient_back():
    has_gradient(lambda x: ops.sort(x, axis=1), X)
    has_gradient(lambda x: ops.sort(x, axis=None), X)
    has_gradient(lambda x: ops.top_k(x, 2)[0], X)
    has_gradient(lambda x: ops.median(x, axis=(0, 2)), X)
    has_gradient(lambda x: ops.quantile(x, np.array([0.3, 0.8]), axis=1), X)


@live
@pytest.mark.parametrize("k", [3, pytest.param(1, marks=pytest.mark.deep),
                               pytest.param(5, marks=pytest.mark.deep)])
def test_top_k_is_that_of_keras(k):
    for x in (TIES, (TIES[0] * 2).astype("int32")):
        as_keras("top_k", x, k)
        as_keras("top_k", x, k=k, sorted=False)
    in_every_engine(lambda x: ops.top_k(x, k), TIES)


@live
def test_in_top_k_is_that_of_keras():
    targets = np.array([0, 2], "int32")
    for k in range(1, 6):
        as_keras("in_top_k", targets, TIES, k)
        in_every_engine(lambda t, x, k=k: ops.in_top_k(t, x, k), targets, TIES)
    assert ops.in_top_k([7, -1], [[1.0, 2.0]] * 2, 2).tolist() == [False, False]


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=9), st.data())
def test_a_partition_has_the_smaller_ones_before(numbers, data):
    kth = data.draw(st.integers(-len(numbers), len(numbers) - 1))
    x = np.array(numbers)
    ordered = x[ops.argpartition(x, kth, axis=None).numpy()]
    assert sorted(ordered) == sorted(numbers)
    assert all(ordered[:kth] <= ordered[kth])
    assert all(ordered[kth:] >= ordered[kth])
    assert ops.argpartition(x, kth).tolist() == ops.argsort(x).tolist()


@live
@pytest.mark.parametrize("side", ["left", "right"])
def test_searching_is_that_of_keras(side):
    row, values = np.array([1, 2, 2, 5], "float32"), np.array([[0, 2], [5, 9]], "int32")
    as_keras("searchsorted", row, values, side=side)
    as_keras("searchsorted", row, 2.0, side=side)
    in_every_engine(lambda a, v: ops.searchsorted(a, v, side=side), row, values)


@live
@pytest.mark.parametrize("invert", [False, True])
def test_membership_is_that_of_keras(invert):
    as_keras("isin", X, X[0, :2], invert=invert)
    as_keras("isin", np.arange(4), np.array([[1.0, 9.0]]), assume_unique=True, invert=invert)
    in_every_engine(lambda x: ops.isin(x, [1, 2], invert=invert), np.arange(4))


def test_what_is_not_zero_and_what_is_distinct():
    x = np.array([[3, 1, 3], [1, 1, 3]], "int32")
    for ours, theirs in zip(ops.nonzero(TIES), np.nonzero(TIES), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    found = ops.unique(x, return_index=True, return_inverse=True, return_counts=True, axis=1)
    wanted = np.unique(x, return_index=True, return_inverse=True, return_counts=True, axis=1)
    for ours, theirs in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    values, counts = ops.unique(x, size=3, fill_value=9, return_counts=True)
    assert (values.tolist(), counts.tolist()) == ([1, 3, 9], [3, 3, 0])
    assert ops.unique(x, size=1).tolist() == [1]


@live
@pytest.mark.deep
def test_what_is_distinct_is_what_it_is_in_keras():
    as_keras("nonzero", TIES)
    x = np.array([[3, 1, 3], [1, 1, 3]], "int32")
    for options in ({}, {"return_index": True, "return_counts": True},
                    {"return_inverse": True}, {"axis": 1, "return_index": True},
                    {"size": 3, "fill_value": 9, "return_counts": True}, {"size": 1},
                    {"axis": 1, "size": 3, "fill_value": 0}, {"size": 4}):
        as_keras("unique", x, **options)
    as_keras("unique", np.array([2.0, np.nan, 1.0, np.nan], "float32"), return_counts=True)


METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


@pytest.mark.filterwarnings("ignore:All-NaN slice encountered:RuntimeWarning")
@pytest.mark.parametrize("nan", ["", "nan"])
def test_quantiles_are_those_of_numpy(nan):
    x = np.where(X.max() == X, np.nan, X)
    x[1, 1] = np.nan
    for method in METHODS:
        for axis, keepdims in ((None, False), (1, True), ((0, 2), False)):
            for q in (0.3, np.array([0.0, 0.45, 1.0])):
                options = {"axis": axis, "keepdims": keepdims, "method": method}
                for name, share in (("quantile", q), ("percentile", q * 100)):
                    ours = getattr(ops, nan + name)(x, np.float64(share), **options)
                    theirs = getattr(np, nan + name)(x, share, **options)
                    np.testing.assert_allclose(ours, theirs, rtol=1e-9)
        in_every_engine(lambda x, method=method: getattr(ops, f"{nan}quantile")(
            x, np.float64(0.3), axis=1, method=method), x)
    np.testing.assert_allclose(getattr(ops, f"{nan}median")(x, axis=2),
                               getattr(np, f"{nan}median")(x, axis=2))


@live
@pytest.mark.deep
@pytest.mark.parametrize("nan", ["", "nan"])
@pytest.mark.parametrize("axis, keepdims", [(None, False), (1, True), ((0, 2), False),
                                            (None, True)])
def test_quantiles_are_those_of_keras(nan, axis, keepdims):
    x = np.where(X.max() == X, np.nan, X).astype("float32")
    x[1, 1] = np.nan
    for q in (0.3, np.array([0.0, 0.5, 0.9, 1.0], "float32")):
        for method in METHODS:
            options = {"axis": axis, "keepdims": keepdims, "method": method}
            as_keras(f"{nan}quantile", x, q, **options)
        as_keras(f"{nan}percentile", x, q * 100, axis=axis, keepdims=keepdims)
        in_every_engine(lambda x, q=q: getattr(ops, f"{nan}quantile")(x, q, axis=axis), x,
                        tolerance=1e-6)
    as_keras(f"{nan}median", x, axis=axis, keepdims=keepdims)


@live
@pytest.mark.deep
def test_whole_numbers_have_quantiles():
    as_keras("median", np.array([[5, 2, 9]], "int64"), axis=1)
    as_keras("quantile", np.array([5, 2, 9], "int64"), 0.2)


def test_histograms_are_those_of_numpy():
    for x, options in ((X[0, 0], {}), (np.full(3, 2.0), {"bins": 2}),
                       (X.reshape(-1), {"bins": 4, "range": (0.0, 2.0)})):
        for ours, theirs in zip(in_every_engine(
                lambda x, options=options: ops.histogram(x, **options), x),
                np.histogram(x, **options), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@live
@pytest.mark.deep
def test_histograms_are_those_of_keras():
    import keras

    for x, options in ((X[0, 0], {}), (X.reshape(-1), {"bins": 5}), (np.full(3, 2.0), {"bins": 2}),
                       (X.reshape(-1), {"bins": 4, "range": (0.0, 2.0)}), (np.arange(9), {})):
        counts, borders = ops.histogram(x.astype("float32"), **options)
        wanted, at = keras.ops.histogram(x.astype("float32"), **options)
        np.testing.assert_array_equal(counts, wanted)
        np.testing.assert_allclose(borders, at, rtol=1e-6)
        in_every_engine(lambda x, options=options: ops.histogram(x, **options), x.astype("float64"))


def test_what_cannot_be_ordered_is_told():
    with pytest.raises(ShapeError, match="kth within an axis of length 3, but got 3"):
        ops.argpartition([1, 2, 3], 3)
    with pytest.raises(ShapeError, match="at least k = 4 numbers"):
        ops.top_k([1, 2, 3], 4)
    with pytest.raises(ShapeError, match="sorted sequence with one axis"):
        ops.searchsorted([[1.0]], 2.0)
    with pytest.raises(ArgumentError, match="method must be one of .*'linaer'.* Did"):
        ops.quantile([1.0], 0.5, method="linaer")
    with pytest.raises(ShapeError, match="q is a number or a list"):
        ops.quantile([1.0], [[0.5]])
    with pytest.raises(ShapeError, match="histogram needs a row"):
        ops.histogram(X)
    for wrong in (0, 2.0, True):
        with pytest.raises(ArgumentError, match="histogram needs bins"):
            ops.histogram([1.0], bins=wrong)
    with pytest.raises(ArgumentError, match=r"range is \(least, largest\), but got \(2, 1\)"):
        ops.histogram([1.0], range=(2, 1))


@pytest.mark.parametrize("function", [ops.nonzero, ops.unique])
def test_shapes_that_depend_on_numbers_need_numbers(function):
    with pytest.raises(TracingError, match=r"depends on the numbers of x.*step by step"):
        trace(function, np.ones(3))
