"""Images seen through a small window: blurred, their edges, how alike two of them look."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.convolution import depthwise_conv
from pellucid.atoms.elementwise import cast, exp, square
from pellucid.atoms.images import as_images
from pellucid.atoms.reductions import mean, sum
from pellucid.atoms.shaping import expand_dims, moveaxis, reshape, squeeze, stack, tile
from pellucid.atoms.windows import channels_as, channels_first, per_axis
from pellucid.core import dtypes
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.tensor import convert, with_operators

ACROSS = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])      # Sobel's slope from left to right


def gaussian_blur(images: Any, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0),
                  data_format: str | None = None) -> Any:
    """Each cell the mean of its surroundings, weighted by a bell: ``exp(-½ (d / σ)²)``.

    ``kernel_size`` and ``sigma`` are the extent and the width of the bell across and down, as in
    Keras; beyond the border there are zeros.

    >>> gaussian_blur([[[0.0], [1.0], [0.0]]], sigma=(1.0, 1e-3)).numpy().round(3)
    array([[[0.274],
            [0.452],
            [0.274]]], dtype=float32)
    """
    x = as_images(images, data_format, "gaussian_blur")
    across, down = per_axis(kernel_size, 2, "kernel_size", "gaussian_blur")
    widths = cast(with_operators(sigma), dtype=str(x.dtype))
    kernel = reshape(_bell(down, widths[1]), shape=(-1, 1)) * _bell(across, widths[0])
    return _seen(x, kernel, data_format)


def sobel_edges(images: Any, data_format: str | None = None) -> Any:
    """How steeply each cell rises downwards and to the right: a last axis of two slopes.

    >>> sobel_edges([[[0.0], [0.0], [1.0], [1.0]]] * 3).numpy()[1, 1, 0].tolist()
    [0.0, 4.0]

    Source: I. Sobel and G. Feldman, "A 3×3 isotropic gradient operator" (1968).
    """
    x = as_images(images, data_format, "sobel_edges")
    across = ACROSS.astype(str(x.dtype))
    return stack([_seen(x, kernel, data_format) for kernel in (across.T, across)], axis=-1)


def ssim(image1: Any, image2: Any, max_val: float = 1.0, filter_size: int = 11,
         filter_sigma: float = 1.5, k1: float = 0.01, k2: float = 0.03,
         data_format: str | None = None) -> Any:
    """How alike two images look, at most 1: the structural similarity, one number an image.

    Under a window that is weighted by a bell, means μ, variances σ² and covariance are compared,
    ``(2 μ₁ μ₂ + c₁) (2 σ₁₂ + c₂) / ((μ₁² + μ₂² + c₁) (σ₁² + σ₂² + c₂))`` with c = (k · max_val)²;
    the mean over all places and channels is the similarity. Raises ShapeError for images of
    different shapes, or smaller than the window.

    >>> import numpy as np
    >>> image = np.random.default_rng(0).random((12, 12, 3))
    >>> float(ssim(image, image))
    1.0

    Source: Z. Wang et al., "Image quality assessment: from error visibility to structural
    similarity" (2004).
    """
    x, y = (as_images(each, data_format, "ssim") for each in (image1, image2))
    if x.shape != y.shape:
        raise ShapeError("ssim needs two images of one shape",
                         got=f"{tuple(x.shape)} and {tuple(y.shape)}", where=user_line())
    dtype = str(x.dtype)
    wide = dtype if dtypes.is_float(dtype) else dtypes.floatx()
    x, y = cast(x, dtype=wide), cast(y, dtype=wide)
    bell = _bell(filter_size, convert(filter_sigma, wide))
    kernel = reshape(bell, shape=(-1, 1)) * bell

    def local(each: Any) -> Any:
        return _seen(each, kernel, data_format, padding="valid")

    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    mx, my = local(x), local(y)
    vx, vy = local(square(x)) - square(mx), local(square(y)) - square(my)
    both = local(x * y) - mx * my
    alike = (2 * mx * my + c1) * (2 * both + c2) / (
        (square(mx) + square(my) + c1) * (vx + vy + c2))
    return cast(mean(alike, axis=(-3, -2, -1)), dtype=dtype)


def _bell(n: int, sigma: Any) -> Any:
    """n weights that sum to 1, the largest in the middle."""
    d = np.arange(n) - (n - 1) / 2
    w = exp(-square(d.astype(str(sigma.dtype)) / sigma) / 2)
    return w / sum(w)


def _seen(x: Any, kernel: Any, data_format: str | None, padding: str = "same") -> Any:
    """Every channel of the images under one kernel (height, width)."""
    alone = len(x.shape) == 3
    x = expand_dims(x, axis=0) if alone else x
    if channels_first(data_format):
        x = moveaxis(x, source=1, destination=-1)
    kernel = tile(reshape(kernel, shape=(*kernel.shape, 1, 1)), (1, 1, x.shape[-1], 1))
    y = channels_as(depthwise_conv(x, kernel, padding=padding, data_format="channels_last"),
                    data_format)
    return squeeze(y, axis=0) if alone else y
