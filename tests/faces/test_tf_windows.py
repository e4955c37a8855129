"""`tf.nn.conv2d` and its kin: TensorFlow's arguments for the ops that Keras names."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import ops, tf
from pellucid.core.errors import ArgumentError

X = np.random.default_rng(0).normal(size=(2, 6, 5, 2))
KERNEL = np.random.default_rng(1).normal(size=(2, 3, 2, 4))


@pytest.mark.parametrize("strides", [2, [2], [2, 2], [1, 2, 2, 1]])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_strides_in_each_of_tensorflows_forms(strides, padding):
    expected = ops.conv(X, KERNEL, strides=2, padding=padding)
    np.testing.assert_array_equal(tf.nn.conv2d(X, KERNEL, strides, padding), expected)
    first = tf.nn.conv2d(np.moveaxis(X, -1, 1), KERNEL, strides if len(np.atleast_1d(strides)) < 3
                         else [1, 1, 2, 2], padding, data_format="NCHW")
    np.testing.assert_array_equal(np.moveaxis(first, 1, -1), expected)


def test_sequences_and_dilations():
    x, kernel = X[:, :, 0], KERNEL[:, 0]
    np.testing.assert_array_equal(tf.nn.conv1d(x, kernel, 1, "VALID", dilations=3),
                                  ops.conv(x, kernel, dilation_rate=3))
    np.testing.assert_array_equal(tf.nn.max_pool1d(x, 2, 1, "SAME"),
                                  ops.max_pool(x, 2, strides=1, padding="same"))
    np.testing.assert_array_equal(tf.nn.avg_pool1d(x, 2, 2, "VALID"), ops.average_pool(x, 2))


@pytest.mark.parametrize("ours, theirs", [
    (tf.nn.max_pool2d, ops.max_pool), (tf.nn.avg_pool2d, ops.average_pool)])
def test_pooling_of_images(ours, theirs):
    np.testing.assert_array_equal(ours(X, [1, 3, 2, 1], [2, 1], "SAME"),
                                  theirs(X, (3, 2), strides=(2, 1), padding="same"))
    with pytest.raises(ArgumentError, match="data_format must be one of NWC, NHWC, .*got 'HWC'"):
        ours(X, 2, 2, "SAME", data_format="HWC")
