"""Pictures to arrays and back, through Pillow."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from pellucid.core.errors import MissingExtra, ShapeError, unknown_name, user_line
from pellucid.core.settings import FORMATS, floatx, image_data_format

CHANNELS = (1, 3, 4)


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """A picture (of Pillow, or an array) as an array of three axes.

    Args:
        img: the picture; one without colours gets an axis for its single channel.
        data_format: "channels_last" for ``(height, width, channels)`` or "channels_first"; by
            default what `image_data_format` says.
        dtype: of the result; the default float type if None. The numbers stay as they are.

    >>> img_to_array(np.array([[0, 255]], np.uint8)).tolist()
    [[[0.0], [255.0]]]
    """
    x = np.asarray(img, dtype or floatx())
    if x.ndim not in (2, 3):
        raise ShapeError("a picture has the shape (height, width) or (height, width, channels)",
                         got=f"{x.shape}", where=user_line())
    x = x if x.ndim == 3 else x[..., None]
    return x if _format(data_format) == "channels_last" else x.transpose(2, 0, 1)


def array_to_img(x: Any, data_format: str | None = None, scale: bool = True,
                 dtype: Any = None) -> Any:
    """An array of three axes as a picture of Pillow's.

    Args:
        x: ``(height, width, channels)``, or with the channels first; 1, 3 or 4 of them.
        data_format: where the channels are; by default what `image_data_format` says.
        scale: bring the smallest number to 0 and the largest to 255; else they must be there.
        dtype: in which to compute; the default float type if None.

    Raises MissingExtra without Pillow, ShapeError for another shape.

    >>> array_to_img(np.arange(6).reshape(1, 2, 3)).getpixel((1, 0))
    (153, 204, 255)
    """
    x = np.asarray(x, dtype or floatx())
    if x.ndim == 3 and _format(data_format) == "channels_first":
        x = x.transpose(1, 2, 0)
    if x.ndim != 3 or x.shape[2] not in CHANNELS:
        raise ShapeError("a picture of 1, 3 or 4 channels is needed, with the channels last unless "
                         "told", got=f"shape {x.shape}", where=user_line())
    if scale:
        x = x - x.min()
        x = x / (x.max() or 1) * 255
    if x.shape[2] == 1:
        deep = x.max() > 255                             # more than a byte for each pixel
        return _pillow().fromarray(x[..., 0].astype("int32" if deep else "uint8"))
    return _pillow().fromarray(x.astype("uint8"))


def _format(given: str | None) -> str:
    if given is not None and given not in FORMATS:
        raise unknown_name("data format", given, FORMATS)
    return given or image_data_format()


def _pillow() -> Any:
    try:
        return importlib.import_module("PIL.Image")
    except ImportError:
        raise MissingExtra("a picture from an array", "Pillow", "plot") from None
