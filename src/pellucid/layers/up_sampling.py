"""Up-sampling: space made larger without weights, by copies or by numbers in between."""

from __future__ import annotations

from typing import Any

from pellucid.atoms.interpolation import METHODS, enlarged
from pellucid.atoms.windows import per_axis
from pellucid.core.errors import ArgumentError, nearest, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.spatial import DATA_FORMAT, Spatial

SIZE: Any = field(2, help="how many cells each becomes: one number, or one for each axis of space")


class UpSampling(Spatial):
    """Each cell becomes several, for one, two or three axes of space.

    Use: decoders, followed by a convolution.
    Pros: no weights; no checkerboards.
    Cons: invents nothing: it only repeats or interpolates.
    Source: A. Odena et al., "Deconvolution and checkerboard artifacts" (2016).
    """

    size: Any = 2                       # a field of the classes below, as is the interpolation
    interpolation = "nearest"

    def settle(self) -> None:
        super().settle()
        self.sizes = per_axis(self.size, self.rank, "size", type(self).__name__)
        self.size = self.sizes[0] if self.rank == 1 else self.sizes
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        x = inputs
        for axis, times in zip(self.space_axes, self.sizes, strict=True):
            x = enlarged(x, times, axis, self.interpolation)
        return x

    def along(self, n: int, i: int) -> int:
        return n * self.sizes[i]


class UpSampling1D(UpSampling):
    """Each step ``size`` times: ``(batch, steps, channels)`` → ``(batch, size · steps, channels)``.

    >>> import numpy as np
    >>> UpSampling1D(2)(np.array([[[1.0], [3.0]]])).numpy().tolist()
    [[[1.0], [1.0], [3.0], [3.0]]]
    """

    rank = 1
    size: Any = field(2, at_least=1, whole=True, help="how often each step comes")


class UpSampling2D(UpSampling):
    """An image ``size`` times as high and wide: ``(batch, height, width, channels)``.

    ``interpolation`` is "nearest" (copies), "bilinear" (straight lines between the middles of the
    cells), "bicubic", "lanczos3" or "lanczos5" (smoother curves). All but "nearest" give floats.
    Followed by a convolution it does what `Conv2DTranspose` does, without its checkerboards.

    >>> import numpy as np
    >>> layer = UpSampling2D((1, 2), interpolation="bilinear")
    >>> layer(np.array([[[[1.0], [3.0]]]])).numpy().ravel().tolist()
    [1.0, 1.5, 2.5, 3.0]

    Source: A. Odena et al., "Deconvolution and checkerboard artifacts" (2016).
    """

    rank = 2
    size: Any = SIZE
    data_format: Any = DATA_FORMAT
    interpolation: Any = field("nearest", help=f"one of {', '.join(METHODS)}")

    def settle(self) -> None:
        super().settle()
        name = str(self.interpolation).lower()
        if name not in METHODS:
            raise ArgumentError("UpSampling2D's interpolation must be one of "
                                f"{', '.join(map(repr, METHODS))}", got=repr(self.interpolation),
                                where=user_line(), hint=nearest(name, METHODS))
        self.interpolation = name


class UpSampling3D(UpSampling):
    """Each cell of a volume several times: ``(batch, depth, height, width, channels)``.

    >>> import numpy as np
    >>> UpSampling3D((1, 2, 3))(np.ones((1, 2, 2, 2, 5))).shape
    (1, 2, 4, 6, 5)
    """

    rank = 3
    size: Any = SIZE
    data_format: Any = DATA_FORMAT
