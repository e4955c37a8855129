"""Images: what is refused, in which words; and the same inside models. Numbers: tests/parity."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pellucid import keras, ops

X = np.random.default_rng(0).random((4, 6, 6, 3)).astype("float32")

WRONG = {
    "an image (3 axes) or a batch": lambda: ops.image.resize(X[0, 0], (2, 2)),
    "interpolation of resize must be one of": lambda: ops.image.resize(
        X, (2, 2), interpolation="cubic"),
    "not both": lambda: ops.image.resize(X, (2, 2), crop_to_aspect_ratio=True,
                                         pad_to_aspect_ratio=True),
    "needs three channels": lambda: ops.image.hsv_to_rgb(X[..., :2]),
    "needs floats from 0 to 1": lambda: ops.image.rgb_to_hsv((255 * X).astype("uint8")),
    "exactly two of top_cropping": lambda: ops.image.crop_images(X, 1, 1, 1, 1, 4),
    "beyond the image's 6": lambda: ops.image.crop_images(X, 4, 1, 4, 1),
    "must be at least the image's 6": lambda: ops.image.pad_images(
        X, top_padding=1, target_height=5, left_padding=0, right_padding=0),
    "a row for each axis": lambda: ops.image.map_coordinates(X[0, ..., 0], [[1.0]], 1),
    "order of map_coordinates must be one of": lambda: ops.image.map_coordinates(
        X[0, 0, :, 0], [[1.0]], 3),
    "8 numbers, or 8 for each image": lambda: ops.image.affine_transform(X, np.eye(3)),
    "two times four points": lambda: ops.image.perspective_transform(
        X, np.ones((4, 2)), np.ones((3, 2))),
    "two images of one shape": lambda: ops.image.ssim(X, X[:, 1:]),
    "2 axes of space": lambda: ops.image.extract_patches(X[0, 0], 2),
}


@pytest.mark.parametrize("words", WRONG)
def test_what_is_refused(words):
    with pytest.raises((ValueError, TypeError), match=re.escape(words)):
        WRONG[words]()


class Turned(keras.layers.Layer):
    """Each image a little turned."""

    def call(self, inputs):
        return ops.image.affine_transform(inputs, [0.9, 0.1, 0.2, -0.1, 0.9, 0.4, 0, 0])

    def compute_output_shape(self, input_shape):
        return input_shape


def test_warps_need_to_know_how_many_images_there_are():
    with pytest.raises(ValueError, match="how many images there are"):
        ops.image.affine_transform(keras.Input((6, 6, 3)), np.ones(8))


def test_in_a_model_that_is_trained():
    """On the tensors of a functional model, compiled and step by step: the same numbers."""
    def build():
        keras.utils.set_random_seed(0)
        x = keras.Input((6, 6, 3))
        h = ops.image.gaussian_blur(ops.image.resize(x, (5, 5)), data_format="channels_last")
        return keras.Model(x, keras.layers.Dense(1)(keras.layers.Flatten()(Turned()(h))))

    losses = []
    for eagerly in (False, True):
        model = build()
        model.compile("sgd", "mse", run_eagerly=eagerly)
        losses.append(model.fit(X, X[:, 0, 0, :1], epochs=2, verbose=0).history["loss"])
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-5)
    assert losses[0][1] < losses[0][0]


def test_colours_there_and_back():
    np.testing.assert_allclose(ops.image.hsv_to_rgb(ops.image.rgb_to_hsv(X)).numpy(), X, atol=1e-6)
