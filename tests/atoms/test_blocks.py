"""Blocks of an image: Keras's order of the channels, the way back, and what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import keras as ours
from pellucid import ops
from pellucid.core.errors import ArgumentError, ShapeError
from pellucid.core.tensor import Tensor
from pellucid.engines.trace import abstract_call
from tests.parity.oracle import exchanged, live, real_keras, twins

LAST, FIRST = "channels_last", "channels_first"


@live
@pytest.mark.parametrize("data_format", [LAST, FIRST])
@pytest.mark.parametrize("b", [2, 3])
def test_blocks_are_those_of_keras(b, data_format):
    theirs = real_keras().ops
    shape = (2, b, 3 * b, 2 * b * b) if data_format == LAST else (2, 2 * b * b, b, 3 * b)
    deep = np.arange(float(np.prod(shape))).reshape(shape)
    for name in ("depth_to_space", "space_to_depth"):
        np.testing.assert_array_equal(getattr(ops, name)(deep, b, data_format),
                                      getattr(theirs, name)(deep, b, data_format))


@given(b=st.integers(2, 3), c=st.integers(1, 2), h=st.integers(1, 3), w=st.integers(1, 3),
       data_format=st.sampled_from([LAST, FIRST, None]))
def test_space_to_depth_is_the_way_back(b, c, h, w, data_format):
    shape = (1, c * b * b, h, w) if data_format == FIRST else (1, h, w, c * b * b)
    x = np.random.default_rng(0).normal(size=shape)
    there = ops.depth_to_space(x, block_size=b, data_format=data_format)
    np.testing.assert_array_equal(ops.space_to_depth(there, b, data_format), x)


@live
@pytest.mark.parametrize("how", [
    {"kernel_size": 2},
    {"kernel_size": 2, "dilation": (2, 1), "stride": (1, 2), "padding": 1}], ids=str)
def test_unfold_is_that_of_keras(how):
    x = np.random.default_rng(1).normal(size=(2, 3, 5, 6))
    np.testing.assert_array_equal(ops.unfold(x, **how), real_keras().ops.unfold(x, **how))


def test_a_convolution_is_a_product_with_columns():
    random = np.random.default_rng(2)
    x, kernel = random.normal(size=(2, 3, 5, 6)), random.normal(size=(2, 2, 3, 4))
    rows = kernel.transpose(3, 2, 0, 1).reshape(4, -1)
    y = ops.matmul(rows, ops.unfold(x, 2)).numpy().reshape(2, 4, 4, 5)
    np.testing.assert_allclose(y, ops.conv(x, kernel, data_format=FIRST), rtol=0, atol=1e-13)


@live
def test_ops_of_a_graph_cross_over(tmp_path):
    def build(k: Any) -> Any:
        x = k.Input((4, 8, 8))
        h = k.ops.space_to_depth(k.ops.depth_to_space(x, 2), 4)
        return k.Model(x, k.ops.unfold(h, 1, padding=1))
    theirs, mine = twins(build)
    x = np.random.default_rng(6).normal(size=(3, 4, 8, 8)).astype("float32")
    for model in (mine, *exchanged((theirs, mine), tmp_path)):
        np.testing.assert_allclose(model.predict(x, verbose=0), theirs.predict(x, verbose=0),
                                   atol=1e-6)


@pytest.mark.parametrize("call, error, told", [
    (lambda x: ops.depth_to_space(x, 2), ShapeError,
     r"a number of channels that blocks of 2 × 2 divide, but got shape \(2, 4, 5, 6\)"),
    (lambda x: ops.space_to_depth(x, 2), ShapeError,
     r"a height and a width that 2 divides, but got shape \(2, 4, 5, 6\)"),
    (lambda x: ops.space_to_depth(x, 4, FIRST), ShapeError, "a width that 4 divides"),
    (lambda x: ops.depth_to_space(x, 1), ArgumentError,
     "depth_to_space's block_size must be a whole number, at least 2, but got 1"),
    (lambda x: ops.space_to_depth(x, 2, "NHWC"), ArgumentError,
     "space_to_depth's data_format must be one of None"),
    (lambda x: ops.depth_to_space(x[0], 2), ShapeError,
     r"depth_to_space needs a batch of images, of 4 axes, but got shape \(4, 5, 6\)"),
    (lambda x: ops.unfold(x[0], 2), ShapeError, "unfold needs a batch of images"),
    (lambda x: ops.unfold(x, (2, 7)), ShapeError,
     "unfold needs at least 2 × 7 cells for one window, but got 5 × 6.*more padding would fit"),
    (lambda x: ops.unfold(x, 2, padding=-1), ArgumentError, "unfold's padding must be .*least 0"),
    (lambda x: ops.unfold(x, 0), ArgumentError, "unfold's kernel_size must be .* at least 1")])
def test_what_does_not_fit_is_explained(call, error, told):
    x = np.ones((2, 4, 5, 6))
    with pytest.raises(error, match=f"(?i){told}"):
        call(Tensor(x))
    with pytest.raises(error, match=f"(?i){told}"):
        abstract_call(call, x)


@live
def test_pools_in_a_file_of_keras_are_read(tmp_path):
    """Keras cannot read them back itself, and gives them a right shape with channels first only."""
    keras = real_keras()
    x = keras.Input((2, 5, 6))
    y = keras.ops.adaptive_max_pool(
        keras.ops.adaptive_average_pool(x, (4, 3), data_format=FIRST), (2, 3), data_format=FIRST)
    theirs = keras.Model(x, y)
    theirs.save(tmp_path / "theirs.keras")
    numbers = np.random.default_rng(6).normal(size=(3, 2, 5, 6)).astype("float32")
    np.testing.assert_allclose(ours.models.load_model(tmp_path / "theirs.keras").predict(
        numbers, verbose=0), theirs.predict(numbers, verbose=0), atol=1e-6)
