"""Numbers taken and put at places that are numbers: Keras's results, on every engine."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import ops
from pellucid.core.errors import ArgumentError, KindError, PellucidError, ShapeError
from pellucid.layers import Input
from pellucid.models import Model
from tests.atoms.host_cases import as_keras, has_gradient, in_every_engine
from tests.parity.oracle import live

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(3, 4)).astype("float32")
PLACES = np.array([[0, 1], [2, 3], [0, 1]], "int32")
U = RANDOM.normal(size=3).astype("float32")


@live
@pytest.mark.parametrize("axis, indices", [
    (1, [[0, -1], [3, 2], [1, 1]]), (0, [[0, 2, -1, 1]]), (-1, [[2, 0]]), (None, [0, 11, -1])])
def test_taking_along_an_axis_is_that_of_keras(axis, indices):
    indices = np.array(indices, "int32")
    as_keras("take_along_axis", X, indices, axis=axis)
    in_every_engine(lambda x, i: ops.take_along_axis(x, i, axis=axis), X, indices)
    has_gradient(lambda x: ops.take_along_axis(x, indices, axis=axis), X)


def test_taking_what_is_not_there_is_told():
    for wrong in (4, -5):
        with pytest.raises(PellucidError, match="out of (range|bounds)"):
            ops.take_along_axis(X, np.full((3, 1), wrong, "int8"), axis=1)
    with pytest.raises(ShapeError, match="indices with 2 axes, as x has"):
        ops.take_along_axis(X, [0], axis=1)
    with pytest.raises(KindError, match="take_along_axis needs indices that are integers.*float32"):
        ops.take_along_axis(X, X, axis=1)


@live
def test_scattering_is_that_of_keras():
    as_keras("scatter", PLACES, U, (3, 4))
    as_keras("scatter", np.array([[1], [5], [-1]], "int32"), X[:, :2], (4, 2))
    in_every_engine(lambda u: ops.scatter(PLACES, u, (3, 4)), U)
    has_gradient(lambda u: ops.scatter(PLACES, u, (3, 4)), U)


@live
@pytest.mark.parametrize("reduction", [None, "add", "max", "min", "mul"])
def test_updating_is_that_of_keras(reduction):
    for places, u in ((PLACES[:2], U[:2]), (np.array([[1], [7], [-1]], "int32"), X.repeat(1, 0))):
        as_keras("scatter_update", X, places, u, reduction=reduction)
    if reduction:
        as_keras("scatter_update", X, PLACES, U, reduction=reduction)

    def f(x, u):
        return ops.scatter_update(x, PLACES, u, reduction=reduction)

    in_every_engine(f, X, U)
    has_gradient(f, X, U)


def test_of_several_updates_the_last_one_stays():
    assert ops.scatter_update([0, 0], [[1], [1]], [5, 6]).tolist() == [0, 6]


def test_products_with_zeros_have_gradients():
    ids = np.array([0, 0, 1, 1, 2, 2], "int32")
    has_gradient(lambda x: ops.segment_prod(x, ids, 4), [2.0, 3.0, 0.0, 5.0, 0.0, 0.0])
    has_gradient(lambda x, u: ops.scatter_update(x, [[0], [2]], u, reduction="mul"),
                 [0.0, 1.0, 4.0], [3.0, 0.0])


@live
@pytest.mark.parametrize("name", ["sum", "max", "min", "prod"])
def test_segments_are_those_of_keras(name):
    ids = np.array([2, 0, 2, 9, 0], "int32")
    for x in (RANDOM.normal(size=(5, 2)).astype("float32"), RANDOM.integers(0, 9, 5, "int32")):
        as_keras(f"segment_{name}", x, ids, num_segments=4)
    function = getattr(ops, f"segment_{name}")
    x = RANDOM.normal(size=(5, 2))
    in_every_engine(lambda x, i: function(x, i, 4), x, ids)
    assert function(x, np.array([2, 0, 2, 1, 0]), sorted=False).shape == (3, 2)
    has_gradient(lambda x: function(x, np.array([1, 0, 1, 1, 0]), 2), x)


def test_equal_numbers_of_a_segment_share_the_gradient():
    from pellucid import GradientTape
    x = ops.convert_to_tensor([1.0, 2.0, 2.0])
    with GradientTape() as tape:
        tape.watch(x)
        y = ops.segment_max(x, [0, 0, 0], 1)
    assert tape.gradient(y, x).tolist() == [0.0, 0.5, 0.5]
    assert ops.segment_sum(np.zeros((0, 2)), np.zeros(0, "int32")).shape == (0, 2)


@live
@pytest.mark.parametrize("start, size", [((1, 2), (2, 2)), ((2, 3), (2, 2)), ((-1, 0), (1, 4)),
                                         ((0, 1), (-1, -1))])
def test_blocks_are_those_of_keras(start, size):
    as_keras("slice", X, start, size)
    sizes = [n - s if each == -1 else each for each, n, s in zip(size, X.shape, start, strict=True)]
    block = RANDOM.normal(size=sizes).astype("float32")
    as_keras("slice_update", X, start, block)
    at = np.array(start, "int32")
    in_every_engine(lambda x, s, b: (ops.slice(x, s, sizes), ops.slice_update(x, s, b)),
                    X, at, block)
    has_gradient(lambda x, b: ops.slice_update(x, at, b), X, block)
    has_gradient(lambda x: ops.slice(x, at, sizes), X)


def test_blocks_of_nothing_change_nothing():
    assert ops.slice_update(X, [0, 0], np.ones((0, 2))).tolist() == X.tolist()
    alone = map(ops.convert_to_tensor, (1.0, np.zeros(0, "int32"), 2.0))
    assert float(ops.slice_update(*alone)) == 2.0


@live
def test_places_as_indices_are_those_of_keras():
    for places in ([0, 5, 23], [[-1, 30], [-24, -99]], 7):
        as_keras("unravel_index", np.array(places, "int32"), (2, 3, 4))


def test_what_does_not_fit_is_told():
    with pytest.raises(ShapeError, match="slice needs a start and a length on each axis"):
        ops.slice(X, [0], (1,))
    with pytest.raises(ShapeError, match="slice_update needs .* block \\(4, 1\\)"):
        ops.slice_update(X, [0, 0], np.ones((4, 1)))
    with pytest.raises(ArgumentError, match="reduction must be None.*but got 'mean'"):
        ops.scatter_update(X, PLACES, U, reduction="mean")
    with pytest.raises(ShapeError, match=r"indices of shape \(n, k\)"):
        ops.scatter_update(X, [0, 1], U)
    with pytest.raises(ShapeError, match="one number for each entry"):
        ops.segment_sum(X, [0, 1])


def test_they_are_nodes_of_functional_models():
    x = Input((4,))
    values, places = ops.top_k(x, 2)
    model = Model(x, [ops.sort(values), places])
    top, at = model.predict(X, verbose=0)
    np.testing.assert_array_equal(top, np.sort(X, axis=1)[:, -2:])
    np.testing.assert_array_equal(at, np.argsort(-X, axis=1)[:, :2])


def test_get_item_takes_a_key():
    assert ops.get_item(X, (0, 1)).item() == X[0, 1]
