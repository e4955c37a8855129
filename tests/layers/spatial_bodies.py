"""A small stack around each layer over axes of space, for the tests that try every layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.keras import layers


def _on(*shape: int) -> Callable[[Any], Any]:
    """As many numbers as fill a shape, from a dense layer."""
    return lambda x: layers.Reshape(shape)(layers.Dense(int(np.prod(shape)))(x))


def _flat(shape: tuple[int, ...], make: Callable[[], Any]) -> Callable[[Any], Any]:
    return lambda x: layers.Flatten()(make()(_on(*shape)(x)))


LINE, IMAGE, VOLUME = (4, 2), (3, 2, 2), (2, 3, 2, 1)
SPACES = {1: LINE, 2: IMAGE, 3: VOLUME}
SPATIAL: dict[str, Callable[[Any], Any]] = {
    "Conv1DTranspose": _flat(LINE, lambda: layers.Conv1DTranspose(2, 3, strides=2)),
    "Conv2DTranspose": _flat(IMAGE, lambda: layers.Conv2DTranspose(
        2, 3, strides=2, padding="same", activation="tanh")),
    "Conv3DTranspose": _flat(VOLUME, lambda: layers.Conv3DTranspose(1, 2, dilation_rate=2)),
    "DepthwiseConv1D": _flat(LINE, lambda: layers.DepthwiseConv1D(2, depth_multiplier=2)),
    "DepthwiseConv2D": _flat(IMAGE, lambda: layers.DepthwiseConv2D(
        2, strides=2, padding="same", activation="tanh")),
    "SeparableConv1D": _flat(LINE, lambda: layers.SeparableConv1D(3, 2, depth_multiplier=2)),
    "SeparableConv2D": _flat(IMAGE, lambda: layers.SeparableConv2D(3, 2, dilation_rate=2,
                                                                   padding="same")),
    "UpSampling2D": _flat(IMAGE, lambda: layers.UpSampling2D((2, 1), interpolation="bicubic")),
    "Cropping1D": _flat(LINE, lambda: layers.Cropping1D((0, 1))),
    "Cropping2D": _flat(IMAGE, lambda: layers.Cropping2D(((1, 1), (0, 1)))),
    "Cropping3D": _flat(VOLUME, lambda: layers.Cropping3D((0, 1, 0))),
    **{f"UpSampling{rank}D": _flat(SPACES[rank], lambda rank=rank: getattr(
        layers, f"UpSampling{rank}D")(2)) for rank in (1, 3)},
    **{f"ZeroPadding{rank}D": _flat(SPACES[rank], lambda rank=rank: getattr(
        layers, f"ZeroPadding{rank}D")(1)) for rank in (1, 2, 3)},
    **{f"Adaptive{kind}Pooling{rank}D": _flat(SPACES[rank], lambda kind=kind, rank=rank: getattr(
        layers, f"Adaptive{kind}Pooling{rank}D")(2)) for kind in ("Max", "Average")
       for rank in (1, 2, 3)},
}
# the classes that they are made of, which are no layers by themselves
SPATIAL_BASES = {"Spatial", "Filtered", "ConvTranspose", "DepthwiseConv", "SeparableConv",
                 "ZeroPadding", "Cropping", "UpSampling", "AdaptivePooling", "AdaptiveMaxPooling",
                 "AdaptiveAveragePooling"}
