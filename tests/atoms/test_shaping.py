"""Indexing, joining, cutting and filling, held against NumPy; and what does not fit."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import atoms
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import convert
from pellucid.engines.trace import Traced, abstract_call

X = np.arange(24.0).reshape(2, 3, 4)


@pytest.mark.parametrize("index", [
    0, -1, (1, 2), (1, 2, 3), slice(1, None), (slice(None), slice(None, None, -1)), (..., 1),
    (0, ..., slice(0, 4, 2)), (None, 1), (slice(None), None, 2), [1, 0, 1], (slice(None), [0, 2]),
    (0, slice(None), np.array([[0, 1], [3, 3]])), np.array([True, False]), [False, True],
    (slice(None), np.array([True, False, True])), X > 5, X[..., 0] > 5, slice(5, 2),
    (1, slice(2, 0, -1)),
    np.int64(1), (slice(None), slice(3, None, -2), slice(-2, None)),
])
def test_indexing_is_that_of_numpy(index):
    np.testing.assert_array_equal(convert(X)[index], X[index], strict=True)


def test_tensors_are_indices_too():
    np.testing.assert_array_equal(convert(X)[convert([1, 0])], X[[1, 0]])
    np.testing.assert_array_equal(convert(X)[convert(1)], X[1])
    np.testing.assert_array_equal(Traced(lambda x, i: x[0, i])(X, np.array([2, 0])), X[0, [2, 0]])
    np.testing.assert_array_equal(convert(X)[convert(X) > 20], [21, 22, 23])


@pytest.mark.parametrize("index, error, told", [
    (2, ShapeError, "index 2 is out of range for an axis of length 2"),
    ((0, 0, 0, 0), ShapeError, r"an index for 4 axes, but got a tensor of shape \(2, 3, 4\)"),
    (([0], [1]), KindError, "at most one tensor or list may stand in an index"),
    ((0, X[0] > 1), ShapeError, "a mask in an index has one axis"),
    (True, ShapeError, r"a mask in an index has one axis .*but got shape \(\)"),
    ([0, 5], ShapeError, "gather cannot combine shapes"),
])
def test_a_wrong_index_is_explained(index, error, told):
    with pytest.raises(error, match=told):
        _ = convert(X)[index]


@pytest.mark.parametrize("ours, theirs", [
    (atoms.concatenate([X, X], axis=-1), np.concatenate([X, X], -1)),
    (atoms.concatenate([[1.0], [2.0]]), [1.0, 2.0]),
    (atoms.stack([X, X], axis=1), np.stack([X, X], 1)),
    (atoms.tile(X, (2, 1, 3)), np.tile(X, (2, 1, 3))), (atoms.tile(X, 2), np.tile(X, 2)),
    (atoms.tile([1.0, 2.0], (2, 3)), np.tile([1.0, 2.0], (2, 3))),
    (atoms.repeat(X, 2), np.repeat(X, 2)), (atoms.repeat(X, 3, axis=1), np.repeat(X, 3, 1)),
    (atoms.take(X, [5, 7]), np.take(X, [5, 7])), (atoms.take(X, 1, axis=-1), X[..., 1]),
    (atoms.zeros((2, 3)), np.zeros((2, 3))), (atoms.ones(3, "int32"), np.ones(3)),
    (atoms.full(2, 7.0), [7.0, 7.0]), (atoms.zeros_like(X), np.zeros_like(X)),
    (atoms.ones_like([1, 2]), [1, 1]), (atoms.full_like(convert(X), 3), np.full_like(X, 3)),
    (atoms.arange(5), np.arange(5)), (atoms.arange(1, 2, 0.25), np.arange(1, 2, 0.25)),
    (atoms.eye(2, 3, 1), np.eye(2, 3, 1)), (atoms.flip(X, axis=(0, 2)), np.flip(X, (0, 2))),
    (atoms.squeeze(X[:1]), X[0]), (atoms.squeeze(X[:, :1], axis=1), X[:, 0]),
    (atoms.squeeze(X[:1, :, :1], axis=(0, 2)), X[0, :, 0]),
    (atoms.moveaxis(X, 0, -1), np.moveaxis(X, 0, -1)), (atoms.reshape(X, 24), X.ravel()),
    (atoms.cumsum(X), np.cumsum(X)), (atoms.cumsum([1, 2], dtype="float64"), [1.0, 3.0]),
    (atoms.pad(X, 1), np.pad(X, 1)), (atoms.one_hot([1, 0], 2, axis=0), np.eye(2)[::-1].T),
    (atoms.matmul(X, np.ones((4, 2))), X @ np.ones((4, 2))),
    (atoms.matmul(X, X[0, 0]), X @ X[0, 0]),
    (atoms.matmul(X[0, 0], X[0].T), X[0, 0] @ X[0].T), (atoms.matmul([1.0, 2], [3, 4]), 11),
    (atoms.matmul(X[0, 0], np.swapaxes(X, 1, 2)), X[0, 0] @ np.swapaxes(X, 1, 2)),
    (atoms.dot(2.0, X), 2 * X), (atoms.dot(X, np.ones((2, 4, 5))), np.dot(X, np.ones((2, 4, 5)))),
    (atoms.sum(3.0), 3.0), (atoms.sum(np.array([200, 100], "uint8")), 300),
    (atoms.mean(np.array([200, 100], "uint8")), 150),
    (atoms.max(X, axis=(0, -1)), X.max((0, -1))), (atoms.std(X, axis=1), X.std(1)),
])
def test_values_are_those_of_numpy(ours, theirs):
    np.testing.assert_allclose(np.asarray(ours), theirs, rtol=1e-14)


def test_dtypes_of_what_is_made():
    assert atoms.zeros((2,)).dtype == "float32"
    assert atoms.arange(3).dtype == "int32"
    assert atoms.arange(0.0, 1.0, 0.5).dtype == "float32"
    assert atoms.sum(np.array([1], "int8")).dtype == "int32"
    assert atoms.sum(np.array([True])).dtype == "int32"


def test_splitting_and_unstacking():
    assert [part.shape for part in atoms.split(X, 2, axis=-1)] == [(2, 3, 2)] * 2
    assert [part.shape for part in atoms.split(X, [1, 3], axis=2)] == [(2, 3, 1), (2, 3, 2),
                                                                       (2, 3, 1)]
    rows = atoms.unstack(X, axis=1)
    assert len(rows) == 3
    np.testing.assert_array_equal(rows[2], X[:, 2])
    assert len(atoms.unstack(X, num=1, axis=1)) == 1


@pytest.mark.parametrize("widths", [((1, 1), (2, 0), (0, 3)), ((0, 0), (1, 2), (0, 0))])
@pytest.mark.parametrize("mode", ["edge", "reflect", "symmetric", "wrap"])
def test_padding_with_what_is_there(mode, widths):
    """As NumPy's; each number's gradient is how often it occurs."""
    found = atoms.pad(X, widths, mode=mode)
    np.testing.assert_array_equal(found, np.pad(X, widths, mode))
    x = convert(X.astype(float))
    with GradientTape() as tape:
        tape.watch(x)
        y = atoms.sum(atoms.pad(x, widths, mode=mode))
    counts = np.bincount(np.pad(np.arange(X.size).reshape(X.shape), widths, mode).ravel())
    np.testing.assert_array_equal(tape.gradient(y, x).numpy().ravel(), counts)


@pytest.mark.parametrize("call, error, told", [
    (lambda: atoms.split(X, 5), ShapeError, "an axis of length 2 cannot be cut into 5 equal parts"),
    (lambda: atoms.reshape(X, (5, -1)), ShapeError, r"24 numbers cannot take the shape \(5, -1\)"),
    (lambda: atoms.reshape(X, (-1, -1)), ShapeError, "24 numbers cannot take"),
    (lambda: atoms.reshape(X, (5, 5)), ShapeError, "reshape cannot combine shapes"),
    (lambda: atoms.squeeze(X, 0), ShapeError, r"squeeze\(axis=0\) needs an axis of length 1"),
    (lambda: atoms.pad(X, 1, mode="reflct"), ArgumentError, 'Did you mean "reflect"'),
    (lambda: atoms.concatenate([]), ArgumentError, "needs at least one tensor"),
    (lambda: atoms.matmul(X, X), ShapeError, "to match the next-to-last axis of the right"),
    (lambda: atoms.matmul(X, 2.0), ShapeError, r"but got shapes \(2, 3, 4\) and \(\)"),
    (lambda: atoms.matmul(X, [1.0]), ShapeError, "to match the only axis of the right"),
    (lambda: atoms.sum(X, axis=3), ShapeError, "axis 3 is out of range for 3 axes"),
    (lambda: atoms.exp(X, X, X), KindError, "exp takes x, but got 3 arguments"),
    (lambda: convert(np.array([1], "uint8")) - 300, KindError, "uint8 has no place for 300"),
    (lambda: convert(np.array([1, 2])) ** -1, ShapeError, "negative integer powers"),
])
def test_what_has_no_meaning_is_explained(call, error, told):
    with pytest.raises(error, match=told):
        call()


@pytest.mark.parametrize("call, told", [
    (lambda x: atoms.reshape(x, (5, 5)), r"shape \(2, 3, 4\) cannot take the shape \(5, 5\)"),
    (lambda x: atoms.broadcast_to(x, (2, 3)), "broadcast"),
    (lambda x: atoms.broadcast_to(x, (1, 3, 4)), r"does not broadcast to \(1, 3, 4\)"),
    (lambda x: atoms.concatenate([x, X[:, :2, :2]], axis=1), "must agree in all other axes"),
    (lambda x: atoms.linear_algebra.product(x, X), "needs the inner axes to match"),
])
def test_shape_rules_explain_as_well(call, told):
    with pytest.raises(ShapeError, match=told):
        abstract_call(call, X)
