"""Adaptive pooling: an output of the size that is wanted, whatever the size of the input."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import adaptive_average_pool, adaptive_max_pool
from pellucid.atoms.windows import per_axis
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.spatial import DATA_FORMAT, Spatial


class AdaptivePooling(Spatial):
    r"""What adaptive pooling shares: part i of m of n cells is ⌊i n / m⌋ … ⌈(i + 1) n / m⌉ - 1."""

    output_size: Any = field(help="how many places: one number, or one for each axis of space")
    data_format: Any = DATA_FORMAT

    def settle(self) -> None:
        super().settle()
        self.output_size = per_axis(self.output_size, self.rank, "output_size",
                                    type(self).__name__)
        self.built = True

    def places(self, input_shape: Any) -> tuple[int | None, ...]:
        super().places(input_shape)                      # is there a cell along each axis?
        return self.output_size

    def along(self, n: int, i: int) -> int:
        return self.output_size[i]

    def least(self) -> tuple[int, ...]:
        return (1,) * self.rank


class AdaptiveMaxPooling(AdaptivePooling):
    r"""The largest number of each part of space: :math:`y_p = \max_{i ∈ part(p)} x_i`.

    Use: images, signals or volumes of any size, before layers that need one size.
    Pros: the output has one size whatever comes in; what stands out is kept.
    Cons: where something was is known only as finely as there are parts; parts may overlap.
    Source: K. He et al., "Spatial pyramid pooling" (2014).
    """

    def call(self, inputs: Tensor) -> Tensor:
        return adaptive_max_pool(inputs, output_size=self.output_size,
                                 data_format=self.data_format)


class AdaptiveAveragePooling(AdaptivePooling):
    r"""The mean of each part of space: :math:`y_p = \frac{1}{n} \sum_{i ∈ part(p)} x_i`.

    Use: images, signals or volumes of any size, before layers that need one size.
    Pros: the output has one size whatever comes in; all numbers count.
    Cons: what stands out is averaged away; parts may overlap.
    Source: K. He et al., "Spatial pyramid pooling" (2014).
    """

    def call(self, inputs: Tensor) -> Tensor:
        return adaptive_average_pool(inputs, output_size=self.output_size,
                                     data_format=self.data_format)


class AdaptiveMaxPooling1D(AdaptiveMaxPooling):
    """The largest number of each part of a signal: → ``(batch, output_size, channels)``.

    >>> import numpy as np
    >>> AdaptiveMaxPooling1D(2)(np.array([[[1.0], [3.0], [2.0]]])).numpy().tolist()
    [[[3.0], [3.0]]]
    """

    rank = 1


class AdaptiveMaxPooling2D(AdaptiveMaxPooling):
    """The largest number of each part of an image: → ``(batch, *output_size, channels)``.

    >>> import numpy as np
    >>> AdaptiveMaxPooling2D((3, 2))(np.ones((2, 10, 7, 4))).shape
    (2, 3, 2, 4)
    """

    rank = 2


class AdaptiveMaxPooling3D(AdaptiveMaxPooling):
    """The largest number of each part of a volume: → ``(batch, *output_size, channels)``.

    >>> import numpy as np
    >>> AdaptiveMaxPooling3D(2)(np.ones((1, 5, 5, 5, 2))).shape
    (1, 2, 2, 2, 2)
    """

    rank = 3


class AdaptiveAveragePooling1D(AdaptiveAveragePooling):
    """The mean of each part of a signal: → ``(batch, output_size, channels)``.

    >>> import numpy as np
    >>> AdaptiveAveragePooling1D(2)(np.array([[[1.0], [3.0], [2.0]]])).numpy().tolist()
    [[[2.0], [2.5]]]
    """

    rank = 1


class AdaptiveAveragePooling2D(AdaptiveAveragePooling):
    """The mean of each part of an image: → ``(batch, *output_size, channels)``.

    Use it before dense layers that images of any size should reach.

    >>> import numpy as np
    >>> AdaptiveAveragePooling2D(7)(np.ones((2, 13, 16, 4))).shape
    (2, 7, 7, 4)
    """

    rank = 2


class AdaptiveAveragePooling3D(AdaptiveAveragePooling):
    """The mean of each part of a volume: → ``(batch, *output_size, channels)``.

    >>> import numpy as np
    >>> AdaptiveAveragePooling3D(2)(np.ones((1, 5, 5, 5, 2))).shape
    (1, 2, 2, 2, 2)
    """

    rank = 3
