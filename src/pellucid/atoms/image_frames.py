"""Images in another frame: cut out, bordered, brought to another size, taken apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.convolution import conv
from pellucid.atoms.images import as_images, axes_of_space, one_of, whole_again
from pellucid.atoms.interpolation import METHODS, resized
from pellucid.atoms.shaping import expand_dims, pad, squeeze
from pellucid.atoms.windows import channels_first, per_axis
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.tensor import with_operators


def crop_images(images: Any, top_cropping: int | None = None, left_cropping: int | None = None,
                bottom_cropping: int | None = None, right_cropping: int | None = None,
                target_height: int | None = None, target_width: int | None = None,
                data_format: str | None = None) -> Any:
    """The inside of images: rows and columns cut off.

    Of top, bottom and target height exactly two are given, and of left, right and target width.
    Raises ArgumentError otherwise, and if what is to be cut off is not there.

    >>> crop_images([[[1.0], [2.0], [3.0]]], top_cropping=0, bottom_cropping=0, left_cropping=1,
    ...             target_width=1).tolist()
    [[[2.0]]]
    """
    x = as_images(images, data_format, "crop_images")
    down, across = axes_of_space(data_format)
    top, bottom = _cut(x.shape[down], top_cropping, bottom_cropping, target_height,
                       ("top_cropping", "bottom_cropping", "target_height"))
    left, right = _cut(x.shape[across], left_cropping, right_cropping, target_width,
                       ("left_cropping", "right_cropping", "target_width"))
    return _inside(x, data_format, (top, x.shape[down] - bottom),
                   (left, x.shape[across] - right))


def pad_images(images: Any, top_padding: int | None = None, left_padding: int | None = None,
               bottom_padding: int | None = None, right_padding: int | None = None,
               target_height: int | None = None, target_width: int | None = None,
               data_format: str | None = None) -> Any:
    """Images with rows and columns of zeros around them.

    Of top, bottom and target height exactly two are given, and of left, right and target width.
    Raises ArgumentError otherwise, and if a target is smaller than the image.

    >>> pad_images([[[1.0], [2.0]]], top_padding=0, bottom_padding=0, left_padding=1,
    ...            target_width=3).tolist()
    [[[0.0], [1.0], [2.0]]]
    """
    x = as_images(images, data_format, "pad_images")
    down, across = axes_of_space(data_format)
    rows = _border(x.shape[down], top_padding, bottom_padding, target_height,
                   ("top_padding", "bottom_padding", "target_height"))
    columns = _border(x.shape[across], left_padding, right_padding, target_width,
                      ("left_padding", "right_padding", "target_width"))
    return _bordered(x, data_format, rows, columns, 0)


def resize(images: Any, size: Any, interpolation: str = "bilinear", antialias: bool = False,
           crop_to_aspect_ratio: bool = False, pad_to_aspect_ratio: bool = False,
           fill_mode: str = "constant", fill_value: float = 0.0, data_format: str | None = None
           ) -> Any:
    """Images of another height and width.

    ``interpolation`` is "nearest" (copies), "bilinear" (straight lines between the middles of the
    cells), "bicubic", "lanczos3" or "lanczos5" (smooth curves). ``antialias`` has every cell count
    where images become smaller. To keep what is round round, the images are first cut
    (``crop_to_aspect_ratio``) or bordered with ``fill_value`` (``pad_to_aspect_ratio``). Whole
    numbers stay whole. Raises ArgumentError for other options.

    >>> resize([[[0.0], [2.0]]], (1, 4)).tolist()
    [[[0.0], [0.5], [1.5], [2.0]]]
    """
    x = as_images(images, data_format, "resize")
    one_of(interpolation, METHODS, "interpolation", "resize")
    one_of(fill_mode, ("constant",), "fill_mode", "resize")
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ArgumentError("resize can crop or pad to the ratio of the new sides, not both",
                            got="crop_to_aspect_ratio=True and pad_to_aspect_ratio=True",
                            where=user_line())
    height, width = per_axis(size, 2, "size", "resize")
    if crop_to_aspect_ratio:
        x = _cropped(x, height, width, data_format)
    if pad_to_aspect_ratio:
        x = _padded(x, height, width, fill_value, data_format)
    dtype = str(x.dtype)
    for axis, n in zip(axes_of_space(data_format), (height, width), strict=True):
        if x.shape[axis] != n:
            x = resized(x, n, axis % len(x.shape), interpolation, antialias)
    return whole_again(x, dtype)


def extract_patches(images: Any, size: Any, strides: Any = None, dilation_rate: Any = 1,
                    padding: str = "valid", data_format: str | None = None) -> Any:
    """The pieces of images under a window that moves over them, each laid out as channels.

    (batch, height, width, channels) → (batch, rows, columns, size · size · channels). Without
    ``strides`` pieces lie side by side. A ``size`` of three numbers takes `extract_patches_3d`.

    >>> extract_patches([[[1.0], [2.0]], [[3.0], [4.0]]], 2).tolist()
    [[[1.0, 2.0, 3.0, 4.0]]]
    """
    rank = 3 if isinstance(size, (list, tuple)) and len(size) == 3 else 2
    return _pieces(images, size, strides, dilation_rate, padding, data_format, rank,
                   "extract_patches")


def extract_patches_3d(volumes: Any, size: Any, strides: Any = None, dilation_rate: Any = 1,
                       padding: str = "valid", data_format: str | None = None) -> Any:
    """The pieces of volumes under a window that moves through them, each laid out as channels.

    (batch, depth, height, width, channels) → (batch, ·, ·, ·, size³ · channels).

    >>> extract_patches_3d([[[[1.0], [2.0]]]], (1, 1, 2)).tolist()
    [[[[1.0, 2.0]]]]
    """
    return _pieces(volumes, size, strides, dilation_rate, padding, data_format, 3,
                   "extract_patches_3d")


def _pieces(images: Any, size: Any, strides: Any, dilation: Any, padding: str,
            data_format: str | None, rank: int, owner: str) -> Any:
    x: Any = with_operators(images)
    if len(x.shape) not in (rank + 1, rank + 2):
        raise ShapeError(f"{owner} needs {rank} axes of space, channels, and at most a batch",
                         got=f"shape {tuple(x.shape)}", where=user_line())
    alone = len(x.shape) == rank + 1
    x = expand_dims(x, axis=0) if alone else x
    size = per_axis(size, rank, "size", owner)
    channels = x.shape[1 if channels_first(data_format) else -1]
    copied = np.eye(int(np.prod(size)) * channels, dtype=str(x.dtype))
    y = conv(x, copied.reshape(*size, channels, -1), strides=size if strides is None else strides,
             padding=padding, data_format=data_format, dilation_rate=dilation)
    return squeeze(y, axis=0) if alone else y


def _two_of_three(given: Any, names: tuple[str, ...]) -> None:
    if sum(each is None for each in given) != 1 or any(
            each is not None and each < 0 for each in given):
        raise ArgumentError(f"exactly two of {', '.join(names)} are needed, each at least 0",
                            got=", ".join(f"{n}={v!r}" for n, v in zip(names, given, strict=True)),
                            where=user_line())


def _cut(n: int, before: Any, after: Any, target: Any, names: tuple[str, ...]) -> tuple[int, int]:
    """How much goes before and after of n cells."""
    _two_of_three((before, after, target), names)
    if before is None:
        before = n - target - after
    elif after is None:
        after = n - target - before
    if min(before, after) < 0 or before + after >= n:
        raise ArgumentError(f"{', '.join(names)} ask for cells beyond the image's {n}",
                            got=f"{before} before, {after} after", where=user_line())
    return before, after


def _border(n: int, before: Any, after: Any, target: Any, names: tuple[str, ...]
            ) -> tuple[int, int]:
    """How much is set before and after n cells."""
    _two_of_three((before, after, target), names)
    if before is None:
        before = target - n - after
    elif after is None:
        after = target - n - before
    if min(before, after) < 0:
        raise ArgumentError(f"{names[2]} must be at least the image's {n} and its borders",
                            got=repr(target), where=user_line(),
                            hint="crop_images makes images smaller")
    return before, after


def _inside(x: Any, data_format: str | None, rows: Any, columns: Any) -> Any:
    """x between two rows and two columns."""
    rest = () if channels_first(data_format) else (slice(None),)
    return x[(..., slice(*rows), slice(*columns), *rest)]


def _bordered(x: Any, data_format: str | None, rows: Any, columns: Any, value: float) -> Any:
    widths = [(0, 0)] * len(x.shape)
    for axis, width in zip(axes_of_space(data_format), (rows, columns), strict=True):
        widths[axis] = tuple(width)
    return pad(x, pad_width=widths, constant_values=value)


def _cropped(x: Any, height: int, width: int, data_format: str | None) -> Any:
    """The largest middle part of x whose sides are as height to width."""
    h, w = (x.shape[axis] for axis in axes_of_space(data_format))
    tall, wide = max(min(h, int(w * height / width)), 1), max(min(w, int(h * width / height)), 1)
    top, left = (h - tall) // 2, (w - wide) // 2
    return _inside(x, data_format, (top, top + tall), (left, left + wide))


def _padded(x: Any, height: int, width: int, value: float, data_format: str | None) -> Any:
    """x in the middle of the smallest frame whose sides are as height to width.

    A frame that is larger by one cell stays away, as in Keras: there is no middle then.
    """
    h, w = (x.shape[axis] for axis in axes_of_space(data_format))
    tall, wide = max(h, int(w * height / width)), max(w, int(h * width / height))
    top, left = (tall - h) // 2, (wide - w) // 2
    return _bordered(x, data_format, (top, top), (left, left) if not top else (0, 0), value)
