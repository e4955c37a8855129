"""Images as if drawn on rubber: every cell read a little beside its place, neighbours alike."""

from __future__ import annotations

from typing import Any

from pellucid.atoms.image_filters import gaussian_blur
from pellucid.atoms.image_warps import FILL_MODES, ORDERS, warped
from pellucid.atoms.images import as_images, axes_of_space, one_of
from pellucid.core import dtypes
from pellucid.core.field import check
from pellucid.core.kinds import NUMBER
from pellucid.core.op import op
from pellucid.core.tensor import Operators
from pellucid.random.draws import normal

OWNER = "elastic_transform"


def elastic_transform(images: Any, alpha: Any = 20.0, sigma: float = 5.0,
                      interpolation: str = "bilinear", fill_mode: str = "reflect",
                      fill_value: float = 0.0, seed: Any = None, data_format: str | None = None
                      ) -> Any:
    """Images bent at random, as handwriting is: cell (x, y) reads (x + α u, y + α v).

    u and v are σ times normal noise, blurred by a bell of width σ: the larger ``sigma``, the
    farther cells move together, and ``alpha`` says how far. Between cells and beyond the border see
    `map_coordinates`; ``seed`` is a whole number (the same bend each time), a `SeedGenerator` or
    None. The shape stays. Raises ArgumentError for a sigma that is not above 0 and for other
    options, ShapeError for what is no image.

    >>> import numpy as np
    >>> image = np.arange(36.0).reshape(6, 6, 1)
    >>> bent = elastic_transform(image, alpha=2.0, sigma=1.0, seed=1)
    >>> bent.shape, bool(abs(bent.numpy() - image).max() > 0.5)
    ((6, 6, 1), True)

    Keras draws u and v from one state, so that u = v and cells move along one diagonal only; here
    they are independent, as in the source.

    Source: P. Simard, D. Steinkraus and J. Platt, "Best practices for convolutional neural networks
    applied to visual document analysis" (2003).
    """
    one_of(interpolation, ORDERS, "interpolation", OWNER)
    one_of(fill_mode, FILL_MODES, "fill_mode", OWNER)
    check(OWNER, "sigma", sigma, needed=True, above=0)
    if not isinstance(alpha, Operators):
        check(OWNER, "alpha", alpha, needed=True, kind=NUMBER)
    x = as_images(images, data_format, OWNER)
    return _bent(x, alpha, sigma=float(sigma), interpolation=interpolation, fill_mode=fill_mode,
                 fill_value=fill_value, seed=seed, data_format=data_format)


@op(judge="keras")
def _bent(images, alpha, sigma=5.0, interpolation="bilinear", fill_mode="reflect", fill_value=0.0,
          seed=None, data_format=None):
    count = images.shape[0] if len(images.shape) == 4 else 1
    height, width = (images.shape[axis] for axis in axes_of_space(data_format))
    noise = sigma * normal((count, height, width, 2), seed=seed,
                           dtype=dtypes.result_type(images.dtype, float))
    size = int(6 * sigma) | 1
    field = gaussian_blur(noise, (size, size), (sigma, sigma), data_format="channels_last")
    u, v = alpha * field[..., 0], alpha * field[..., 1]
    return warped(images, lambda x, y: (x + u, y + v), interpolation, fill_mode, fill_value,
                  data_format, OWNER)
