"""Diagonals, triangles and products of matrices, held against NumPy and Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid import keras as ours
from pellucid import ops
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.core.tensor import convert
from tests.parity.oracle import live, real_keras

RNG = np.random.default_rng(4)
V, M, T = RNG.normal(size=3), RNG.normal(size=(3, 4)), RNG.normal(size=(2, 3, 4))
S = RNG.normal(size=(2, 3))
CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    *(("diagonal", (M,), {"offset": k}) for k in (-3, -2, 0, 1, 3, 7)),
    ("diagonal", (T,), {}), ("diagonal", (T,), {"offset": 1, "axis1": -1, "axis2": 0}),
    ("trace", (M,), {}), ("trace", (T,), {"offset": -1, "axis1": 1, "axis2": 2}),
    *(("diag", (V,), {"k": k}) for k in (-2, 0, 3)), ("diag", (M,), {}), ("diag", (M,), {"k": -1}),
    ("diag", (V[:0],), {"k": 1}), ("diagflat", (M,), {}), ("diagflat", (2.5,), {"k": 1}),
    *((name, (x,), {"k": k}) for name in ("tril", "triu") for x in (M, T) for k in (-1, 0, 2)),
    ("tri", (3,), {}), ("tri", (2, 4), {"k": 1}), ("tri", (3, 2), {"k": -1, "dtype": "int32"}),
    ("inner", (V, V), {}), ("inner", (M, T), {}), ("inner", (2.0, M), {}), ("inner", (M, 2.0), {}),
    ("vdot", (M, M[::-1]), {}), ("vdot", (2.0, 3.0), {}),
    ("kron", (M, S), {}), ("kron", (V, M), {}), ("kron", (T, S), {}), ("kron", (2.0, M), {}),
    ("cross", (V, V[::-1]), {}), ("cross", (S, V), {}), ("cross", (M, M[::-1]), {"axis": 0}),
    ("cross", (M.T, T), {"axisa": -1, "axisb": 1, "axisc": 0}),
    ("vander", (V,), {}), ("vander", (V,), {"N": 5, "increasing": True}),
    ("vander", (V,), {"N": 1}),
    ("vander", (V,), {"N": 0}),
]


def name_of(value: Any) -> str:
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize("name, operands, options", CALLS, ids=name_of)
def test_values_are_numpy_s(name, operands, options):
    options = dict(options)
    want = getattr(np, name)(*operands, **options)
    np.testing.assert_allclose(getattr(ops, name)(*operands, **options), want, atol=1e-13)


@live
@pytest.mark.parametrize("name, operands, options", CALLS[::2], ids=name_of)
@pytest.mark.parametrize("dtype", ["int32", *(
    pytest.param(each, marks=pytest.mark.deep) for each in ("float32", "bool"))])
def test_values_and_dtypes_are_keras_s(name, operands, options, dtype):
    if dtype == "bool" and name in ("cross", "kron", "vander"):
        return                                       # which Keras refuses on JAX
    xs = [x.astype(dtype) if hasattr(x, "dtype") else x for x in operands]
    theirs = np.asarray(getattr(real_keras().ops, name)(*xs, **options))
    mine = getattr(ops, name)(*xs, **options)
    assert mine.shape == theirs.shape
    if name not in ("trace", "inner", "vdot", "kron", "cross", "vander"):
        assert mine.dtype == theirs.dtype.name       # sums of small kinds are Keras's on JAX
    np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-5)


def test_vectors_in_the_plane_have_a_number_for_a_product():
    a, b = RNG.normal(size=(2, 5, 2))
    np.testing.assert_allclose(ops.cross(a, b), a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    np.testing.assert_allclose(ops.cross(a, np.c_[b, np.zeros(5)])[:, 2], ops.cross(a, b))
    space = ops.cross(a, RNG.normal(size=(5, 3)))
    np.testing.assert_allclose(ops.sum(space[:, :2] * a, axis=-1), 0, atol=1e-12)


def test_powers_have_a_slope_at_0_too():
    x = convert(np.array([0.0, 2.0]))
    with pellucid.GradientTape() as tape:
        tape.watch(x)
        y = ops.sum(ops.vander(x, N=3))
    assert tape.gradient(y, x).tolist() == [1.0, 5.0]


def test_the_dtype_stays():
    for name in ("tril", "triu"):
        for dtype in ("bool", "uint8", "int64", "float16", "float64"):
            assert getattr(ops, name)(M.astype(dtype)).dtype == dtype


def test_on_symbolic_tensors():
    x = ours.Input((None, 3))
    assert ops.tril(x).shape == (None, None, 3)
    assert ops.trace(x, axis1=1, axis2=2).shape == (None,)
    assert ours.Model(x, ops.triu(x) + ops.tril(x, k=-1)).predict(T[:, :, :3], verbose=0) == (
        pytest.approx(T[:, :, :3], abs=1e-6))


@pytest.mark.parametrize("call, kind, said", [
    (lambda: ops.diagonal(V), ShapeError, r"diagonal has no axis 1 .*but got shape \(3,\)"),
    (lambda: ops.diagonal(T, axis2=3), ShapeError, "diagonal has no axis 3"),
    (lambda: ops.diagonal(M, axis1=1), ShapeError, "two different axes, but got axis 1 twice"),
    (lambda: ops.diag(T), ShapeError, r"a vector or a matrix.*\(2, 3, 4\).*Diagonal takes more"),
    (lambda: ops.tril(V), ShapeError, "tril needs at least two axes"),
    (lambda: ops.triu(V), ShapeError, "triu needs at least two axes"),
    (lambda: ops.inner(V, M), ShapeError, r"last axes of one length.*\(3,\) and \(3, 4\)"),
    (lambda: ops.vdot(V, M), ShapeError, "product"),
    (lambda: ops.cross(M, M), ShapeError, "2 or 3 numbers, but got 4 and 4"),
    (lambda: ops.cross(V, V, axisa=1), ShapeError, "cross has no axis 1"),
    (lambda: ops.cross(V, V, axisc=4), ShapeError, "cross has no axis 4"),
    (lambda: ops.vander(M), ShapeError, "vander needs a vector"),
    (lambda: ops.vander(V, N=-1), ArgumentError, "N must be at least 0, but got -1"),
    (lambda: ops.vander(V, N=2.0), KindError, "N must be a whole number"),
])
def test_what_has_no_meaning_is_said(call, kind, said):
    with pytest.raises(kind, match=said):
        call()
