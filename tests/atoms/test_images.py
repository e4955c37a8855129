"""Images: what is refused, in which words; and the same inside models. Numbers: tests/parity."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pellucid import keras, ops
from tests.atoms.host_cases import has_gradient, in_every_engine

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
    "output_shape of 4 axes": lambda: scaled(output_shape=(6, 6, 3)),
    "different axes of its images, -4 … 3": lambda: scaled(spatial_dims=(1, -3)),
    "and a translation for each of its 2": lambda: scaled(scale=[1.0]),
    "keeps the axes beside": lambda: scaled(output_shape=(4, 5, 5, 4)),
    "must be a tuple of whole numbers, but got (4, 5.5": lambda: scaled(
        output_shape=(4, 5.5, 5, 3)),
    "method of scale_and_translate must be one of": lambda: scaled(method="nearest"),
    "two images of one shape": lambda: ops.image.ssim(X, X[:, 1:]),
    "2 axes of space": lambda: ops.image.extract_patches(X[0, 0], 2),
}


def scaled(x=X, **how):
    return ops.image.scale_and_translate(x, **{
        "output_shape": (4, 5, 5, 3), "scale": [1.7, 0.6], "translation": [0.3, -0.8],
        "spatial_dims": (1, 2), "method": "cubic", **how})


def test_stretching_on_every_engine_and_with_gradients():
    x, of_numbers = X[:2, :4, :3, :1].astype("float64"), np.array([[1.7, 0.61], [0.3, -0.8]])
    for method in ("linear", "cubic", "lanczos3"):
        def call(x, s, t, method=method):
            return scaled(x, scale=s, translation=t, method=method, output_shape=(2, 5, 3, 1))

        in_every_engine(call, x, *of_numbers)
        has_gradient(call, x, *of_numbers)


def test_stretching_says_what_resizing_says():
    """The same matrix: a new size is a scale without a translation; whole numbers stay whole."""
    how = {"scale": [5 / 6, 1.5], "translation": [0.0, 0.0], "output_shape": (4, 5, 9, 3)}
    for method, same in (("linear", "bilinear"), ("bicubic", "bicubic")):
        size = ops.image.resize(X, (5, 9), interpolation=same, antialias=True)
        np.testing.assert_allclose(scaled(method=method, **how), size, atol=1e-6)
    black_and_white = (255 * (X > 0.5)).astype("uint8")
    grey = scaled(black_and_white.astype("float32")).numpy()
    assert grey.min() < -1                               # curves swing beyond
    assert grey.max() > 256
    mine = scaled(black_and_white)
    assert mine.dtype == "uint8"
    assert (mine.numpy() == grey.round().clip(0, 255)).all()
    assert (scaled(scale=[1.0, 1.0], translation=[9.0, 0.0]).numpy() == 0).all()     # far outside


def test_stretching_in_a_model_that_learns_how_far(tmp_path):
    class Zoom(keras.layers.Layer):
        """A scale that is learned."""

        def build(self, input_shape):
            self.scale = self.add_weight((2,), "ones", name="scale")

        def call(self, inputs):
            return scaled(inputs, scale=self.scale, translation=[0.1, 0.2], method="linear",
                          output_shape=inputs.shape)

    model = keras.Sequential([keras.Input((6, 6, 3)), Zoom()])
    model.compile(keras.optimizers.Adam(0.05), "mse")
    losses = model.fit(X, scaled(scale=[1.3, 0.9], translation=[0.1, 0.2], method="linear",
                                 output_shape=X.shape).numpy(), epochs=40, verbose=0).history
    assert losses["loss"][-1] < losses["loss"][0] / 10
    x = keras.Input((None, None, 3))
    drawn = keras.Model(x, scaled(x, output_shape=(None, 5, 5, 3)))
    with pytest.warns(UserWarning, match="opens in pellucid but not in Keras"):
        drawn.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(X, verbose=0), scaled().numpy())


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
