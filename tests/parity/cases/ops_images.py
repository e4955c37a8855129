"""`keras.ops.image`: colours, frames, filters, and images read at other places."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from tests.parity.cases.inputs import VOLUME, drawn, whole
from tests.parity.judge import Case, constant, of, told

FIRST: Any = {"data_format": "channels_first"}
ONE, BATCH = drawn(4, 5, 2), drawn(2, 5, 4, 2)
COLORS = drawn(2, 3, 4, 3, low=0.05, high=0.95)
HSV = drawn(2, 3, 4, 3, low=0.02, high=0.98, seed=1)
GREYS = np.full((2, 2, 3), 0.4)
BYTES = whole(4, 5, 3, low=0, high=256, seed=1).astype("uint8")
LARGE = drawn(1, 12, 13, 2, low=0.0, high=1.0)
OTHER = drawn(1, 12, 13, 2, low=0.0, high=1.0, seed=1)
TURN = np.array([0.813, -0.517, 0.731, 0.439, 0.911, -0.617])
FAR = np.array([[1.717, 0.313, -6.237, 0.119, 1.431, 7.353], [-0.917, 0.231, 1.319, 0.317, -1.131,
                                                             2.473]])
PLACES = drawn(2, 3, 4, low=-7.0, high=9.0)
START = np.array([[0.2, 0.1], [3.9, 0.3], [0.4, 4.2], [3.2, 3.7]])
END = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0], [3.0, 4.0]])
STRETCH, SHIFT = np.array([1.713, 0.917]), np.array([0.371, -0.813])
CURVES = ("linear", "cubic", "lanczos3", "lanczos5")
METHODS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
MODES = ("constant", "nearest", "wrap", "mirror", "reflect")


def moved(k: Any, x: Any, six: Any, **options: Any) -> Any:
    """`affine_transform` with noughts for its last two numbers, in which Keras has a slope."""
    rows = k.ops.concatenate([six, 0 * six[..., :2]], axis=-1)
    return k.ops.image.affine_transform(x, rows, **options)


def channels_first(x: np.ndarray) -> np.ndarray:
    return np.moveaxis(x, -1, -3)


CASES: dict[str, list[Case]] = {f"ops.image.{name}": cases for name, cases in {
    # Keras weighs colours in float32
    "rgb_to_grayscale": [of(COLORS, close=1e-6), of(channels_first(COLORS), close=1e-6, **FIRST),
                         of(BYTES), of(COLORS[..., :1])],
    # where two channels are the largest, Keras and ours part the slope differently: values alone
    "rgb_to_hsv": [of(COLORS), of(channels_first(COLORS)[0], **FIRST), of(GREYS, slopes=False),
                   of(0 * GREYS, slopes=False)],
    "hsv_to_rgb": [of(HSV), of(channels_first(HSV)[0], **FIRST)],
    "resize": [*(of(ONE, (7, 3), interpolation=each) for each in METHODS),
               *(of(BATCH, (3, 2), interpolation=each, antialias=True) for each in METHODS),
               of(channels_first(BATCH), (2, 9), **FIRST), of(BYTES, (7, 3)), of(BYTES, (7, 3),
                                                              interpolation="bicubic"),
               of(BATCH, (6, 3), crop_to_aspect_ratio=True), of(ONE, (3, 6),
                                                               crop_to_aspect_ratio=True),
               of(BATCH, (9, 3), pad_to_aspect_ratio=True), of(ONE, (3, 9), fill_value=0.5,
                                                              pad_to_aspect_ratio=True)],
    "scale_and_translate": [
        *(of(BATCH, (2, 7, 6, 2), STRETCH, SHIFT, (1, 2), each) for each in CURVES),
        *(of(BATCH, (2, 3, 2, 2), STRETCH / 3, -SHIFT, (-3, 2), each) for each in CURVES),
        of(ONE, (4, 9, 2), STRETCH[:1], SHIFT[:1], (1,), "trilinear", antialias=False),
        of(ONE, (3, 3, 2), np.array([-0.417, 0.311]), np.array([2.9, 0.2]), (0, 1), "tricubic",
           antialias=False)],
    "crop_images": [of(BATCH, top_cropping=1, bottom_cropping=2, left_cropping=1, target_width=2),
                    of(channels_first(ONE), target_height=2, bottom_cropping=1, right_cropping=2,
                       target_width=2, **FIRST)],
    "pad_images": [of(BATCH, top_padding=1, bottom_padding=2, left_padding=1, target_width=7),
                   of(channels_first(ONE), target_height=7, bottom_padding=1, right_padding=2,
                      target_width=8, **FIRST)],
    "extract_patches": [of(BATCH, 2), of(BATCH, (3, 2), strides=1, padding="same"),
                        of(channels_first(BATCH), (2, 2), strides=1, dilation_rate=2, **FIRST),
                        of(ONE, (2, 3)), of(VOLUME, (1, 2, 2))],
    "extract_patches_3d": [of(VOLUME, (2, 2, 1), strides=1), of(VOLUME[0], 2)],
    "gaussian_blur": [of(BATCH, data_format="channels_last"),
                      of(channels_first(ONE), kernel_size=(3, 5), sigma=(0.7, 1.3), **FIRST)],
    "sobel_edges": [of(BATCH), of(channels_first(BATCH), **FIRST)],
    "ssim": [of(LARGE, OTHER, close=1e-5),               # Keras compares in float32
             of(channels_first(LARGE)[0], channels_first(OTHER)[0], max_val=2.0, filter_size=5,
                filter_sigma=0.9, close=1e-5, **FIRST)],
    "map_coordinates": [*(of(drawn(5, 4), PLACES, order=1, fill_mode=each) for each in MODES),
                        *(of(drawn(5, 4), constant(PLACES), order=0, fill_mode=each)
                          for each in MODES),
                        of(drawn(6), PLACES[:1], order=1, fill_value=0.3)],
    "affine_transform": [
        told(moved, BATCH, FAR),
        told(partial(moved, fill_value=0.4, **FIRST), channels_first(ONE), TURN),
        told(partial(moved, interpolation="nearest", fill_mode="wrap"), BATCH, constant(FAR)),
        *(told(partial(moved, fill_mode=each), BATCH, constant(FAR)) for each in MODES)],
    # Keras solves for the map in float32
    "perspective_transform": [
        of(BATCH, constant([START, END]), constant([END, START]), close=2e-5),
        of(channels_first(ONE), constant(START), constant(END), fill_value=0.3, close=2e-5,
           **FIRST)],
}.items()}
