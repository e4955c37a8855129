"""Separable convolution: first along space within each channel, then across the channels."""

from __future__ import annotations

from typing import Any

from pellucid import constraints, initializers, regularizers
from pellucid.atoms import separable_conv
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.convolution import Conv
from pellucid.layers.depthwise import CONSTRAINT, DEPTH, INITIALIZER, PADDING, REGULARIZER
from pellucid.layers.filtered import Filtered

CONV: dict[str, Any] = Conv.fields      # what both take means the same


class SeparableConv(Filtered):
    r"""What separable convolutions of one and two axes share.

    .. math:: y_{p,f} = φ(\sum_{c,m} (\sum_i x_{p \cdot stride + i \cdot dilation, c} \cdot
        d_{i,c,m}) \cdot w_{cm,f} + b_f)

    Use: networks for small devices; convolutions with few weights.
    Pros: about a ninth of the weights and products of a 3 × 3 convolution, and often as good.
    Cons: space and channels are mixed apart, one after the other; memory-bound, so less is gained
    in time.
    """

    filters: int = CONV["filters"]
    kernel_size: Any = CONV["kernel_size"]
    strides: Any = CONV["strides"]
    padding: str = PADDING
    data_format: Any = CONV["data_format"]
    dilation_rate: Any = CONV["dilation_rate"]
    depth_multiplier: int = DEPTH
    activation: Any = CONV["activation"]
    use_bias: bool = CONV["use_bias"]
    depthwise_initializer: Any = INITIALIZER
    pointwise_initializer: Any = field("glorot_uniform", get=initializers.get,
                                       help="first weights across the channels")
    bias_initializer: Any = CONV["bias_initializer"]
    depthwise_regularizer: Any = REGULARIZER
    pointwise_regularizer: Any = field(None, get=regularizers.get,
                                       help="penalty on the weights across the channels")
    bias_regularizer: Any = CONV["bias_regularizer"]
    depthwise_constraint: Any = CONSTRAINT
    pointwise_constraint: Any = field(None, get=constraints.get,
                                      help="kept by the weights across the channels")
    bias_constraint: Any = CONV["bias_constraint"]

    def build(self, input_shape: Any) -> None:
        channels, each = self.channels_of(input_shape), self.depth_multiplier
        self.depthwise_kernel = self.declared(
            "depthwise_kernel", (*self.kernel_size, channels, each), kind="depthwise")
        self.pointwise_kernel = self.declared(
            "pointwise_kernel", (*[1] * self.rank, channels * each, self.filters),
            kind="pointwise")
        self.bias = self.declared_bias(self.filters)

    def call(self, inputs: Tensor) -> Tensor:
        return self.finished(separable_conv(
            inputs, self.depthwise_kernel, self.pointwise_kernel, strides=self.strides,
            padding=self.padding, data_format=self.data_format,
            dilation_rate=self.dilation_rate))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        return self.arranged(input_shape[0], self.places(input_shape), self.filters)


class SeparableConv1D(SeparableConv):
    """A convolution of few weights over a signal: ``(batch, steps, channels)``.

    The output is ``(batch, new_steps, filters)``, the kernels ``(size, channels,
    depth_multiplier)`` and ``(1, channels · depth_multiplier, filters)``.

    >>> import numpy as np
    >>> layer = SeparableConv1D(1, 2, depthwise_initializer="ones", pointwise_initializer="ones")
    >>> layer(np.array([[[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]]])).numpy().tolist()
    [[[33.0], [66.0]]]

    Source: L. Sifre, "Rigid-motion scattering for image classification" (2014).
    """

    rank = 1


class SeparableConv2D(SeparableConv):
    """A convolution of few weights over an image: ``(batch, height, width, channels)``.

    The output is ``(batch, new_height, new_width, filters)``, the kernels ``(height, width,
    channels, depth_multiplier)`` and ``(1, 1, channels · depth_multiplier, filters)``. With 3 × 3
    windows it takes about a ninth of the weights of `Conv2D`, and often does as well.

    >>> import numpy as np
    >>> layer = SeparableConv2D(64, 3)
    >>> layer(np.ones((2, 8, 8, 32))).shape, layer.count_params()
    ((2, 6, 6, 64), 2400)

    Source: F. Chollet, "Xception: deep learning with depthwise separable convolutions" (2017).
    """

    rank = 2


SeparableConvolution1D, SeparableConvolution2D = SeparableConv1D, SeparableConv2D
