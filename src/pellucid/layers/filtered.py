"""What layers with a kernel share: the weights, and what is done to a product with them."""

from __future__ import annotations

from typing import Any, cast

from pellucid.atoms import reshape
from pellucid.atoms.windows import padding_name, per_axis
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.tensor import Tensor
from pellucid.core.variable import Variable
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.windowed import Windowed

LATER = cast(Any, None)                 # the fields of the classes below


class Filtered(Windowed):
    """A window whose numbers are multiplied with a kernel: then come b and the activation φ."""

    kernel_size = strides = dilation_rate = LATER
    activation = use_bias = kernel = bias = LATER

    def settle(self) -> None:
        super().settle()
        owner = type(self).__name__
        self.kernel_size = per_axis(self.kernel_size, self.rank, "kernel_size", owner)
        self.strides = per_axis(self.strides, self.rank, "strides", owner)
        self.dilation_rate = per_axis(self.dilation_rate, self.rank, "dilation_rate", owner)
        self.padding = padding_name(self.padding, owner, self.paddings())

    def paddings(self) -> tuple[str, ...]:
        """The paddings that have a meaning here."""
        return ("valid", "same")

    def either_strides_or_dilation(self) -> None:
        """Raise ArgumentError if the window both jumps and is spread."""
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ArgumentError(f"{type(self).__name__} takes strides or a dilation_rate above 1, "
                                "not both", got=f"strides={self.strides}, "
                                f"dilation_rate={self.dilation_rate}", where=user_line())

    def window(self) -> tuple[Any, Any, Any]:
        return self.kernel_size, self.strides, self.dilation_rate

    def channels_of(self, input_shape: Any) -> int:
        """The channels of an input, which are remembered; raises ShapeError if unknown."""
        channels = input_shape[self.channel_axis]
        if channels is None:
            raise ShapeError(f"{self.label} needs a known number of channels",
                             got=f"shape {tuple(input_shape)}", where=user_line())
        self.places(input_shape)                         # is there room for a window?
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={self.channel_axis: channels})
        return channels

    def declared(self, name: str, shape: tuple[int, ...], kind: str | None = None) -> Variable:
        """A weight with the initializer, the penalty and the constraint of its fields."""
        kind = kind or name
        return self.add_weight(shape, getattr(self, f"{kind}_initializer"), name=name,
                               regularizer=getattr(self, f"{kind}_regularizer"),
                               constraint=getattr(self, f"{kind}_constraint"))

    def declared_bias(self, count: int) -> Variable | None:
        """b, a number for each output channel, if there is to be one."""
        return self.declared("bias", (count,)) if self.use_bias else None

    def finished(self, z: Tensor) -> Tensor:
        """φ(z + b)."""
        if self.bias is not None:
            last = self.data_format == "channels_last"
            z = z + (self.bias if last else reshape(self.bias, (-1, *[1] * self.rank)))
        return self.activation(z)
