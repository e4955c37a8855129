"""Pooling: one number for each window and channel, or for all of space."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import average_pool, cast, expand_dims, max, max_pool, mean, sum, where
from pellucid.atoms.windows import FORMATS, padding_name, per_axis
from pellucid.core.fields import field
from pellucid.core.settings import image_data_format
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.windowed import Windowed

STRIDES: Any = field(None, help="how far the window moves; as far as it is wide if None")
PADDING: Any = field("valid", help='"valid": inside only; "same": as many outputs as inputs ÷ '
                     "stride, what is added counts for nothing")
DATA_FORMAT: Any = field(None, one_of=FORMATS, help="config.image_data_format() unless told")
KEEPDIMS: Any = field(False, help="whether the axes of space stay, with length 1")


class Pooling(Windowed):
    """What pooling with a window shares; it has no weights."""

    pool_size: Any
    strides: Any

    def settle(self) -> None:
        super().settle()
        owner = type(self).__name__
        self.pool_size = per_axis(self.pool_size, self.rank, "pool_size", owner)
        self.strides = self.pool_size if self.strides is None else per_axis(
            self.strides, self.rank, "strides", owner)
        self.padding = padding_name(self.padding, owner)
        self.built = True

    def window(self) -> tuple[Any, Any, Any]:
        return self.pool_size, self.strides, (1,) * self.rank


class MaxPooling(Pooling):
    r"""The largest number of each window, :math:`y_p = \max_{i ∈ window(p)} x_i`, in space.

    Use: making maps smaller between convolutions, where it matters whether a pattern is there.
    Pros: no weights; a small shift changes little.
    Cons: forgets where exactly, and how often; only the largest number of a window learns.
    Source: J. Weng et al., "Cresceptron" (1993).
    """

    pool_size: Any = field(2, help="the window: one number, or one for each axis of space")
    strides: Any = STRIDES
    padding: str = PADDING
    data_format: Any = DATA_FORMAT

    def call(self, inputs: Tensor) -> Tensor:
        return max_pool(inputs, pool_size=self.pool_size, strides=self.strides,
                        padding=self.padding, data_format=self.data_format)


class AveragePooling(Pooling):
    r"""The mean of each window, :math:`y_p = \frac{1}{n} \sum_{i ∈ window(p)} x_i`, in space.

    Use: making maps smaller between convolutions, where all of a window matters.
    Pros: no weights; smooth; all numbers learn.
    Cons: what stands out is averaged away.
    Source: Y. LeCun et al. (1989), as sub-sampling.
    """

    pool_size: Any = field(help="the window: one number, or one for each axis of space")
    strides: Any = STRIDES
    padding: str = PADDING
    data_format: Any = DATA_FORMAT

    def call(self, inputs: Tensor) -> Tensor:
        return average_pool(inputs, pool_size=self.pool_size, strides=self.strides,
                            padding=self.padding, data_format=self.data_format)


class MaxPooling1D(MaxPooling):
    """The largest number of each window of steps: ``(batch, steps, channels)``.

    >>> import numpy as np
    >>> MaxPooling1D(2)(np.array([[[1.0], [3.0], [2.0], [0.0]]])).numpy().tolist()
    [[[3.0], [2.0]]]
    """

    rank = 1


class MaxPooling2D(MaxPooling):
    """The largest number of each window of an image: ``(batch, height, width, channels)``.

    >>> import numpy as np
    >>> MaxPooling2D()(np.ones((2, 24, 24, 8))).shape
    (2, 12, 12, 8)
    """

    rank = 2


class MaxPooling3D(MaxPooling):
    """The largest number of each window of a volume: ``(batch, depth, height, width, channels)``.

    >>> import numpy as np
    >>> MaxPooling3D()(np.ones((1, 4, 4, 4, 2))).shape
    (1, 2, 2, 2, 2)
    """

    rank = 3


class AveragePooling1D(AveragePooling):
    """The mean of each window of steps: ``(batch, steps, channels)``.

    >>> import numpy as np
    >>> AveragePooling1D(2)(np.array([[[1.0], [3.0], [2.0], [0.0]]])).numpy().tolist()
    [[[2.0], [1.0]]]
    """

    rank = 1


class AveragePooling2D(AveragePooling):
    """The mean of each window of an image: ``(batch, height, width, channels)``.

    >>> import numpy as np
    >>> AveragePooling2D(2)(np.ones((2, 24, 24, 8))).shape
    (2, 12, 12, 8)
    """

    rank = 2


class AveragePooling3D(AveragePooling):
    """The mean of each window of a volume: ``(batch, depth, height, width, channels)``.

    >>> import numpy as np
    >>> AveragePooling3D(2)(np.ones((1, 4, 4, 4, 2))).shape
    (1, 2, 2, 2, 2)
    """

    rank = 3


class GlobalPooling(Layer):
    """One number for each channel, from all of space."""

    rank = 0
    data_format: Any = DATA_FORMAT
    keepdims: bool = KEEPDIMS

    def settle(self) -> None:
        self.data_format = self.data_format or image_data_format()
        self.input_spec = InputSpec(ndim=self.rank + 2)
        first = 1 if self.data_format == "channels_last" else 2
        self.space_axes = tuple(range(first, first + self.rank))
        self.built = True


class GlobalMaxPooling(GlobalPooling):
    r"""The largest number of each channel: :math:`y_c = \max_p x_{p,c}`.

    Use: the end of a convolutional network: was a pattern anywhere?
    Pros: no weights; any size of input.
    Cons: forgets where and how often; one number of each channel learns.
    Source: M. Oquab et al., "Is object localization for free?" (2015).
    """

    def call(self, inputs: Tensor) -> Tensor:
        return max(inputs, axis=self.space_axes, keepdims=self.keepdims)


class GlobalAveragePooling(GlobalPooling):
    r"""The mean of each channel: :math:`y_c = \frac{1}{n} \sum_p x_{p,c}`.

    Use: the end of a convolutional network, in the place of `Flatten` and a wide dense layer.
    Pros: no weights, so nothing to overfit; any size of input.
    Cons: forgets where.
    Source: M. Lin et al., "Network in network" (2013).
    """

    def call(self, inputs: Tensor) -> Tensor:
        return mean(inputs, axis=self.space_axes, keepdims=self.keepdims)


class GlobalMaxPooling1D(GlobalMaxPooling):
    """The largest number of each channel: ``(batch, steps, channels)`` → ``(batch, channels)``.

    >>> import numpy as np
    >>> GlobalMaxPooling1D()(np.array([[[1.0], [3.0], [2.0]]])).numpy().tolist()
    [[3.0]]
    """

    rank = 1


class GlobalMaxPooling2D(GlobalMaxPooling):
    """The largest number of each channel of an image: → ``(batch, channels)``.

    >>> import numpy as np
    >>> GlobalMaxPooling2D()(np.ones((2, 7, 7, 64))).shape
    (2, 64)
    """

    rank = 2


class GlobalMaxPooling3D(GlobalMaxPooling):
    """The largest number of each channel of a volume: → ``(batch, channels)``.

    >>> import numpy as np
    >>> GlobalMaxPooling3D(keepdims=True)(np.ones((2, 4, 4, 4, 3))).shape
    (2, 1, 1, 1, 3)
    """

    rank = 3


class GlobalAveragePooling1D(GlobalAveragePooling):
    r"""The mean of each channel, :math:`y_c = \frac{1}{n} \sum_p x_{p,c}`.

    Shapes: ``(batch, steps, channels)`` → ``(batch, channels)``.

    Steps that a mask leaves out do not count.

    >>> import numpy as np
    >>> GlobalAveragePooling1D()(np.array([[[1.0], [3.0], [2.0]]])).numpy().tolist()
    [[2.0]]

    Use: the end of a network on sequences, masks included.
    Pros: no weights, so nothing to overfit; any length.
    Cons: forgets the order.
    Source: M. Lin et al., "Network in network" (2013).
    """

    rank = 1
    supports_masking = True

    def call(self, inputs: Tensor, mask: Any = None) -> Tensor:
        if mask is None:
            return super().call(inputs)
        (steps,) = self.space_axes
        kept = expand_dims(cast(mask, dtype="bool"), axis=2 if steps == 1 else 1)
        total = sum(where(kept, inputs, 0), axis=steps, keepdims=self.keepdims)
        return total / sum(cast(kept, dtype=inputs.dtype), axis=steps, keepdims=self.keepdims)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> None:
        """There are no steps any more."""


class GlobalAveragePooling2D(GlobalAveragePooling):
    """The mean of each channel of an image: → ``(batch, channels)``.

    >>> import numpy as np
    >>> GlobalAveragePooling2D()(np.ones((2, 7, 7, 64))).shape
    (2, 64)

    Source: M. Lin et al., "Network in network" (2013).
    """

    rank = 2


class GlobalAveragePooling3D(GlobalAveragePooling):
    """The mean of each channel of a volume: → ``(batch, channels)``.

    >>> import numpy as np
    >>> GlobalAveragePooling3D(keepdims=True)(np.ones((2, 4, 4, 4, 3))).shape
    (2, 1, 1, 1, 3)
    """

    rank = 3


MaxPool1D, MaxPool2D, MaxPool3D = MaxPooling1D, MaxPooling2D, MaxPooling3D
AvgPool1D, AvgPool2D, AvgPool3D = AveragePooling1D, AveragePooling2D, AveragePooling3D
GlobalMaxPool1D, GlobalMaxPool2D, GlobalMaxPool3D = (
    GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D)
GlobalAvgPool1D, GlobalAvgPool2D, GlobalAvgPool3D = (
    GlobalAveragePooling1D, GlobalAveragePooling2D, GlobalAveragePooling3D)
