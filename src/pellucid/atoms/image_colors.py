"""Colours of images: red, green and blue as greys, or as hue, saturation and value."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.choices import maximum, minimum, where
from pellucid.atoms.elementwise import abs, cast, clip, mod
from pellucid.atoms.images import as_images, axis_of_channels
from pellucid.atoms.indexing import unstack
from pellucid.atoms.shaping import expand_dims, stack
from pellucid.core import dtypes
from pellucid.core.errors import KindError, ShapeError, user_line

LIGHT = (0.2989, 0.5870, 0.1140)        # how bright red, green and blue look (ITU-R BT.601)


def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Any:
    """Greys of coloured images: ``0.2989 red + 0.5870 green + 0.1140 blue``.

    (…, height, width, 3) → (…, height, width, 1), in the dtype of the images; what has one channel
    stays as it is. Raises ShapeError for other numbers of channels.

    >>> rgb_to_grayscale([[[1.0, 1.0, 0.0]]]).numpy().round(4)
    array([[[0.8859]]], dtype=float32)

    Source: ITU-R Recommendation BT.601.
    """
    x, axis = as_images(images, data_format, "rgb_to_grayscale"), axis_of_channels(data_format)
    if x.shape[axis] == 1:
        return x
    wide = x if dtypes.is_float(x.dtype) else cast(x, dtype=dtypes.floatx())
    red, green, blue = (w * each for w, each in zip(
        LIGHT, _planes(wide, axis, "rgb_to_grayscale"), strict=True))
    return cast(expand_dims(red + green + blue, axis=axis), dtype=str(x.dtype))


def rgb_to_hsv(images: Any, data_format: str | None = None) -> Any:
    """Hue, saturation and value of coloured images, each from 0 to 1.

    Value is the largest of red, green and blue; saturation is the distance from the smallest to the
    largest over the largest; hue is the place on the circle of colours, red at 0, green at 1/3 and
    blue at 2/3. Greys have hue 0. Raises KindError unless the images are floats, ShapeError unless
    they have three channels.

    >>> rgb_to_hsv([[[0.0, 0.0, 0.0], [0.5, 0.0, 0.0]]]).tolist()
    [[[0.0, 0.0, 0.0], [0.0, 1.0, 0.5]]]

    Source: A. R. Smith, "Color gamut transform pairs" (1978).
    """
    x, axis = _floats(images, data_format, "rgb_to_hsv"), axis_of_channels(data_format)
    x = where(abs(x) < np.finfo(str(x.dtype)).eps, 0.0, x)
    r, g, b = _planes(x, axis, "rgb_to_hsv")
    value = maximum(maximum(r, g), b)
    reach = value - minimum(minimum(r, g), b)
    six = 6 * where(reach > 0, reach, 1.0)               # the divisor also where it is not used
    hue = where(value == r, (g - b) / six,
                where(value == g, (b - r) / six + 2 / 6, (r - g) / six + 4 / 6))
    hue = where(reach > 0, hue, 0.0)
    hue = where(hue < 0, hue + 1, hue)
    saturation = where(value > 0, reach / where(value > 0, value, 1.0), 0.0)
    return stack([hue, saturation, value], axis=axis)


def hsv_to_rgb(images: Any, data_format: str | None = None) -> Any:
    """Red, green and blue of images given by hue, saturation and value: undoes `rgb_to_hsv`.

    Raises KindError unless the images are floats, ShapeError unless they have three channels.

    >>> hsv_to_rgb([[[0.0, 1.0, 0.5], [0.5, 1.0, 1.0]]]).tolist()
    [[[0.5, 0.0, 0.0], [0.0, 1.0, 1.0]]]
    """
    x, axis = _floats(images, data_format, "hsv_to_rgb"), axis_of_channels(data_format)
    hue, saturation, value = _planes(x, axis, "hsv_to_rgb")
    turn = mod(hue, 1.0) * 6
    pure = (abs(turn - 3) - 1, 2 - abs(turn - 2), 2 - abs(turn - 4))      # of red, green, blue
    return stack([value * (1 - saturation + saturation * clip(each, 0.0, 1.0)) for each in pure],
                 axis=axis)


def _planes(x: Any, axis: int, owner: str) -> list[Any]:
    if x.shape[axis] != 3:
        raise ShapeError(f"{owner} needs three channels", got=f"shape {tuple(x.shape)}",
                         where=user_line(), hint="data_format says on which axis they are")
    return unstack(x, axis=axis)


def _floats(images: Any, data_format: str | None, owner: str) -> Any:
    x = as_images(images, data_format, owner)
    if not dtypes.is_float(x.dtype):
        raise KindError(f"{owner} needs floats from 0 to 1", got=str(x.dtype), where=user_line(),
                         hint="divide numbers from 0 to 255 by 255")
    return x
