"""Depthwise convolution: every channel is seen through kernels of its own."""

from __future__ import annotations

from typing import Any

from pellucid import constraints, initializers, regularizers
from pellucid.atoms import depthwise_conv
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.convolution import Conv
from pellucid.layers.filtered import Filtered

CONV: dict[str, Any] = Conv.fields      # what both take means the same
PADDING: Any = field("valid", help='"valid": inside only; "same": with zeros around, as many '
                     "outputs as inputs ÷ stride")
DEPTH: Any = field(1, at_least=1, whole=True, help="outputs for each channel")
INITIALIZER: Any = field("glorot_uniform", get=initializers.get,
                         help="first kernel of the channels")
REGULARIZER: Any = field(None, get=regularizers.get, help="penalty on the kernel of the channels")
CONSTRAINT: Any = field(None, get=constraints.get, help="kept by the kernel of the channels")


class DepthwiseConv(Filtered):
    r"""What depthwise convolutions of one and two axes share.

    .. math:: y_{p,cm} = φ(\sum_i x_{p \cdot stride + i \cdot dilation, c} \cdot k_{i,c,m} + b_{cm})

    Use: networks for small devices, and channels that should not be mixed.
    Pros: far fewer weights and products than a full convolution.
    Cons: mixes no channels: a 1 × 1 convolution has to follow.
    """

    kernel_size: Any = CONV["kernel_size"]
    strides: Any = CONV["strides"]
    padding: str = PADDING
    depth_multiplier: int = DEPTH
    data_format: Any = CONV["data_format"]
    dilation_rate: Any = CONV["dilation_rate"]
    activation: Any = CONV["activation"]
    use_bias: bool = CONV["use_bias"]
    depthwise_initializer: Any = INITIALIZER
    bias_initializer: Any = CONV["bias_initializer"]
    depthwise_regularizer: Any = REGULARIZER
    bias_regularizer: Any = CONV["bias_regularizer"]
    depthwise_constraint: Any = CONSTRAINT
    bias_constraint: Any = CONV["bias_constraint"]

    def build(self, input_shape: Any) -> None:
        channels = self.channels_of(input_shape)
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.kernel = self.declared("kernel", shape, kind="depthwise")
        self.bias = self.declared_bias(channels * self.depth_multiplier)

    def call(self, inputs: Tensor) -> Tensor:
        return self.finished(depthwise_conv(
            inputs, self.kernel, strides=self.strides, padding=self.padding,
            data_format=self.data_format, dilation_rate=self.dilation_rate))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        channels = input_shape[self.channel_axis] * self.depth_multiplier
        return self.arranged(input_shape[0], self.places(input_shape), channels)


class DepthwiseConv1D(DepthwiseConv):
    """A window slides along each channel of a signal: ``(batch, steps, channels)``.

    The output is ``(batch, new_steps, channels · depth_multiplier)``, the kernel ``(size, channels,
    depth_multiplier)``. Use it where channels should not be mixed, or before a layer that does.

    >>> import numpy as np
    >>> layer = DepthwiseConv1D(2, depthwise_initializer="ones")
    >>> layer(np.array([[[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]]])).numpy().tolist()
    [[[3.0, 30.0], [6.0, 60.0]]]

    Source: L. Sifre, "Rigid-motion scattering for image classification" (2014).
    """

    rank = 1


class DepthwiseConv2D(DepthwiseConv):
    """A window slides over each channel of an image: ``(batch, height, width, channels)``.

    The output is ``(batch, new_height, new_width, channels · depth_multiplier)``, the kernel
    ``(height, width, channels, depth_multiplier)``. A 1 × 1 `Conv2D` after it mixes the channels.

    >>> import numpy as np
    >>> DepthwiseConv2D(3, depth_multiplier=2)(np.ones((2, 8, 8, 4))).shape
    (2, 6, 6, 8)

    Source: A. Howard et al., "MobileNets" (2017).
    """

    rank = 2
