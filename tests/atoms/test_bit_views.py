"""Bits read as other numbers, neighbours of floats, and sets of classes; on every engine."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import ops
from pellucid.core.errors import ShapeError
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import convert
from tests.atoms.host_cases import in_every_engine

X = np.array([[1.0, -2.5, 0.0], [np.inf, 1e-30, 3.0]], "float32")


@pytest.mark.parametrize("dtype", ["int32", "uint8", "float32"])
def test_views_are_those_of_numpy(dtype):
    (found,) = in_every_engine(lambda x: ops.view(x, dtype), X)
    np.testing.assert_array_equal(found, X.view(dtype))
    assert found.dtype == dtype
    np.testing.assert_array_equal(ops.view(found, "float32"), X)


def test_longer_numbers_take_several_places():
    bytes_of = np.arange(8, dtype="uint8").reshape(2, 4)
    np.testing.assert_array_equal(ops.view(bytes_of, "int32").numpy(), bytes_of.view("int32"))
    assert ops.view(np.float32(1.0), "int32").shape == ()
    for x in (X, np.float32(1)):
        with pytest.raises(ShapeError, match="view needs a last axis whose bytes divide"):
            ops.view(x, "float64")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_neighbours_are_those_of_numpy(dtype):
    x, to = X[:, :2].astype(dtype), np.array([2.0, -np.inf], dtype)
    (found,) = in_every_engine(ops.nextafter, x, to)
    np.testing.assert_array_equal(found, np.nextafter(x, to))
    assert found.dtype == dtype
    assert ops.nextafter(1, 2).dtype == "float32"


def test_no_gradient_passes():
    x = convert(X)
    with GradientTape() as tape:
        tape.watch(x)
        y = ops.nextafter(x, 2.0) + ops.view(ops.view(x, "int32"), "float32")
    assert tape.gradient(y, x) is None


def test_sets_of_classes():
    (found,) = in_every_engine(lambda x: ops.multi_hot(x, 4), np.array([[0, 2], [3, 3]], "int32"))
    np.testing.assert_array_equal(found, [[1, 0, 1, 0], [0, 0, 0, 1]])
