"""Transposed convolution: each place of the input spreads over a window of a larger output."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import conv_transpose
from pellucid.atoms.convolution_transpose import grown
from pellucid.atoms.windows import per_axis
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.convolution import Conv
from pellucid.layers.filtered import Filtered

CONV: dict[str, Any] = Conv.fields      # what both take means the same
STRIDES: Any = field(1, help="how far the windows of neighbours are apart, so how much space grows")
PADDING: Any = field("valid", help='"valid": all that the windows cover; "same": input · stride, '
                     "cut on both sides")
OUTPUT_PADDING: Any = field(None, help="cells added after, fewer than the stride; None fits the "
                            "length to the stride")


class ConvTranspose(Filtered):
    r"""What transposed convolutions of one, two and three axes share.

    .. math:: y_{p \cdot stride + i \cdot dilation, f} \mathrel{+}= \sum_c x_{p,c} \, k_{i,f,c}

    Then come b and φ.

    Use: decoders and generators, which make a small map large again.
    Pros: learns how to fill in; the way back from a convolution's shapes.
    Cons: uneven overlaps of windows show as a checkerboard: up-sampling followed by a convolution
    has none.
    Source: M. Zeiler et al., "Deconvolutional networks" (2010).
    """

    in_need = way_out = ""

    filters: int = CONV["filters"]
    kernel_size: Any = CONV["kernel_size"]
    strides: Any = STRIDES
    padding: str = PADDING
    output_padding: Any = OUTPUT_PADDING
    data_format: Any = CONV["data_format"]
    dilation_rate: Any = CONV["dilation_rate"]
    activation: Any = CONV["activation"]
    use_bias: bool = CONV["use_bias"]
    kernel_initializer: Any = CONV["kernel_initializer"]
    bias_initializer: Any = CONV["bias_initializer"]
    kernel_regularizer: Any = CONV["kernel_regularizer"]
    bias_regularizer: Any = CONV["bias_regularizer"]
    kernel_constraint: Any = CONV["kernel_constraint"]
    bias_constraint: Any = CONV["bias_constraint"]

    def settle(self) -> None:
        super().settle()
        self.either_strides_or_dilation()
        if self.output_padding is None:
            return
        owner = type(self).__name__
        self.output_padding = per_axis(self.output_padding, self.rank, "output_padding", owner,
                                       at_least=0)
        if any(p >= s for p, s in zip(self.output_padding, self.strides, strict=True)):
            raise ArgumentError(f"{owner}'s output_padding must be below the strides along each "
                                "axis", got=f"output_padding={self.output_padding}, "
                                f"strides={self.strides}", where=user_line())

    def build(self, input_shape: Any) -> None:
        channels = self.channels_of(input_shape)
        self.kernel = self.declared("kernel", (*self.kernel_size, self.filters, channels))
        self.bias = self.declared_bias(self.filters)

    def call(self, inputs: Tensor) -> Tensor:
        return self.finished(conv_transpose(
            inputs, self.kernel, strides=self.strides, padding=self.padding,
            output_padding=self.output_padding, data_format=self.data_format,
            dilation_rate=self.dilation_rate))

    def least(self) -> tuple[int, ...]:
        return (1,) * self.rank

    def along(self, n: int, i: int) -> int:
        size, stride, dilation = (each[i] for each in self.window())
        more = None if self.output_padding is None else self.output_padding[i]
        return grown(n, size, stride, dilation, self.padding, more)[1]

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        return self.arranged(input_shape[0], self.places(input_shape), self.filters)


class Conv1DTranspose(ConvTranspose):
    """Steps become more steps: ``(batch, steps, channels)`` → ``(batch, new_steps, filters)``.

    The way back from a `Conv1D` of the same size and strides, as far as the shapes go. The kernel
    is ``(size, filters, channels)``. Use it where a network has to end in a longer signal.

    >>> import numpy as np
    >>> layer = Conv1DTranspose(1, 2, strides=2, kernel_initializer="ones")
    >>> layer(np.array([[[1.0], [3.0]]])).numpy().tolist()
    [[[1.0], [1.0], [3.0], [3.0]]]

    Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016).
    """

    rank = 1


class Conv2DTranspose(ConvTranspose):
    """An image becomes a larger one: ``(batch, height, width, channels)``.

    The output is ``(batch, new_height, new_width, filters)``, the kernel ``(height, width, filters,
    channels)``. Use it in decoders and generators, after convolutions that made space small.

    >>> import numpy as np
    >>> Conv2DTranspose(8, 3, strides=2, padding="same")(np.ones((2, 7, 7, 16))).shape
    (2, 14, 14, 8)

    Source: M. Zeiler et al., "Deconvolutional networks" (2010).
    """

    rank = 2


class Conv3DTranspose(ConvTranspose):
    """A volume becomes a larger one: ``(batch, depth, height, width, channels)``.

    The output is ``(batch, new_depth, new_height, new_width, filters)``. In Keras's order of the
    arguments ``data_format`` comes before ``output_padding`` here.

    >>> import numpy as np
    >>> Conv3DTranspose(2, 2, strides=2)(np.ones((1, 3, 3, 3, 4))).shape
    (1, 6, 6, 6, 2)
    """

    rank = 3
    data_format: Any = CONV["data_format"]
    output_padding: Any = OUTPUT_PADDING
    dilation_rate: Any = CONV["dilation_rate"]
    activation: Any = CONV["activation"]
    use_bias: bool = CONV["use_bias"]
    kernel_initializer: Any = CONV["kernel_initializer"]
    bias_initializer: Any = CONV["bias_initializer"]
    kernel_regularizer: Any = CONV["kernel_regularizer"]
    bias_regularizer: Any = CONV["bias_regularizer"]
    kernel_constraint: Any = CONV["kernel_constraint"]
    bias_constraint: Any = CONV["bias_constraint"]


Convolution1DTranspose = Conv1DTranspose
Convolution2DTranspose = Conv2DTranspose
Convolution3DTranspose = Conv3DTranspose
