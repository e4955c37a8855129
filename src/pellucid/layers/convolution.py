"""Convolution: every output sees one window of the input, all through the same kernel."""

from __future__ import annotations

from typing import Any

from pellucid import activations, constraints, initializers, regularizers
from pellucid.atoms import conv, pad
from pellucid.atoms.windows import FORMATS
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.filtered import Filtered


class Conv(Filtered):
    r"""What convolutions of one, two and three axes share.

    .. math:: y_{p,f} = φ(\sum_i x_{p \cdot stride + i \cdot dilation} \cdot k_{i,f} + b_f)

    Use: signals, images and volumes, where a pattern may turn up anywhere.
    Pros: the same few weights at every place; what is near is seen together; a shifted input gives
    a shifted output.
    Cons: sees no farther than its window: that takes depth, strides or dilation; turned or scaled
    patterns must be learned anew.
    Source: K. Fukushima, "Neocognitron" (1980); Y. LeCun et al. (1989).
    """

    filters: int = field(at_least=1, whole=True, help="number of outputs at each place")
    kernel_size: Any = field(help="the window: one number, or one for each axis of space")
    strides: Any = field(1, help="how far the window moves; one number, or one for each axis")
    padding: str = field("valid", help='"valid": inside only; "same": with zeros around, as many '
                         'outputs as inputs ÷ stride; "causal" (Conv1D): zeros before only')
    data_format: Any = field(None, one_of=FORMATS, help="config.image_data_format() unless told")
    dilation_rate: Any = field(1, help="distance between the cells of a window")
    groups: int = field(1, at_least=1, whole=True, help="parts of the channels that do not mix")
    activation: Any = field(None, get=activations.get, symbol="φ", help="applied to each output")
    use_bias: bool = field(True, help="whether b is added")
    kernel_initializer: Any = field("glorot_uniform", get=initializers.get, help="first kernel")
    bias_initializer: Any = field("zeros", get=initializers.get, help="first b")
    kernel_regularizer: Any = field(None, get=regularizers.get, help="penalty on the kernel")
    bias_regularizer: Any = field(None, get=regularizers.get, help="penalty on b")
    kernel_constraint: Any = field(None, get=constraints.get, help="kept by the kernel")
    bias_constraint: Any = field(None, get=constraints.get, help="kept by b after each step")

    def settle(self) -> None:
        super().settle()
        if self.filters % self.groups:
            raise ArgumentError(f"{type(self).__name__}'s {self.groups} groups need filters that "
                                "they can share evenly", got=f"{self.filters} filters",
                                where=user_line())
        self.either_strides_or_dilation()

    def paddings(self) -> tuple[str, ...]:
        return ("valid", "same", "causal") if self.rank == 1 else ("valid", "same")

    def build(self, input_shape: Any) -> None:
        channels = input_shape[self.channel_axis]
        if channels is None or channels % self.groups:
            raise ShapeError(f"{self.label} needs a known number of channels that its "
                             f"{self.groups} groups can share evenly",
                             got=f"shape {tuple(input_shape)}", where=user_line())
        self.channels_of(input_shape)
        self.kernel = self.declared(
            "kernel", (*self.kernel_size, channels // self.groups, self.filters))
        self.bias = self.declared_bias(self.filters)

    def call(self, inputs: Tensor) -> Tensor:
        x, padding = inputs, self.padding
        if padding == "causal":                          # no output sees what comes after it
            before = self.dilation_rate[0] * (self.kernel_size[0] - 1)
            widths = [(before, 0) if axis in self.space_axes else (0, 0) for axis in range(3)]
            x, padding = pad(x, pad_width=widths), "valid"
        return self.finished(conv(x, self.kernel, strides=self.strides, padding=padding,
                                  data_format=self.data_format, dilation_rate=self.dilation_rate))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        return self.arranged(input_shape[0], self.places(input_shape), self.filters)


class Conv1D(Conv):
    """A window slides along one axis, such as time: ``(batch, steps, channels)``.

    The output is ``(batch, new_steps, filters)``, the kernel ``(size, channels / groups,
    filters)``. With padding "causal" no output depends on a later input.

    >>> import numpy as np
    >>> layer = Conv1D(1, 2, kernel_initializer="ones")
    >>> layer(np.array([[[1.0], [2.0], [4.0]]])).numpy().tolist()
    [[[3.0], [6.0]]]

    Source: A. Waibel et al., "Phoneme recognition using time-delay neural networks" (1989).
    """

    rank = 1


class Conv2D(Conv):
    """A window slides over an image: ``(batch, height, width, channels)``.

    The output is ``(batch, new_height, new_width, filters)``, the kernel ``(height, width,
    channels / groups, filters)``.

    >>> import numpy as np
    >>> Conv2D(8, 3, activation="relu")(np.ones((2, 28, 28, 1))).shape
    (2, 26, 26, 8)

    Source: Y. LeCun et al., "Backpropagation applied to handwritten zip code recognition" (1989).
    """

    rank = 2


class Conv3D(Conv):
    """A window slides through a volume: ``(batch, depth, height, width, channels)``.

    The output is ``(batch, new_depth, new_height, new_width, filters)``.

    >>> import numpy as np
    >>> Conv3D(4, 2, padding="same")(np.ones((1, 5, 5, 5, 1))).shape
    (1, 5, 5, 5, 4)
    """

    rank = 3


Convolution1D, Convolution2D, Convolution3D = Conv1D, Conv2D, Conv3D
