"""What convolution and pooling share: a window that slides over the axes of space."""

from __future__ import annotations

from typing import Any

from pellucid.atoms.windows import count
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.layers import calling
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.symbolic import KerasTensor

SPACES = {1: ("steps",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class Windowed(Layer):
    """A layer over ``rank`` axes of space, with the channels last or, as told, first."""

    rank = 0
    data_format = None                  # without a type: fields of the classes below
    padding = "valid"

    def settle(self) -> None:
        self.data_format = self.data_format or "channels_last"
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def channel_axis(self) -> int:
        return -1 if self.data_format == "channels_last" else 1

    @property
    def space_axes(self) -> tuple[int, ...]:
        first = 1 if self.data_format == "channels_last" else 2
        return tuple(range(first, first + self.rank))

    def window(self) -> tuple[Any, Any, Any]:
        """Size, strides and dilation of the window, each with a number per axis of space."""
        raise ArgumentError(f"{self.label} does not say what its window is")

    def places(self, input_shape: Any) -> tuple[int | None, ...]:
        """How many windows have their place along each axis of space (None where unknown).

        Raises ShapeError where there is no room for one.
        """
        return tuple(None if input_shape[axis] is None else self._along(axis, input_shape, *how)
                     for axis, *how in zip(self.space_axes, *self.window(), strict=True))

    def _along(self, axis: int, shape: Any, size: int, stride: int, dilation: int) -> int:
        n, reach = shape[axis], (size - 1) * dilation + 1
        if self.padding != "valid":
            return -(-n // stride)
        if n < reach:
            raise ShapeError(f"{self.label} needs at least {reach} cells along axis {axis} for one "
                             "window", got=f"shape {tuple(shape)}", where=user_line(),
                             hint='use a smaller window, less pooling before, or padding="same"')
        return count(n, size, stride, dilation)

    def arranged(self, batch: Any, places: Any, channels: Any) -> tuple[Any, ...]:
        """A shape with the channels where the format has them."""
        if self.data_format == "channels_last":
            return (batch, *places, channels)
        return (batch, channels, *places)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """By formula, for an axis of unknown length may prove shorter or longer than any guess."""
        (inputs,) = calling.bind(self, args, {
            key: value for key, value in kwargs.items() if key != "training"}).values()
        self._build_for({"inputs": inputs})
        shape = list(inputs.shape)
        for axis, size, _, dilation in zip(self.space_axes, *self.window(), strict=True):
            shape[axis] = shape[axis] or (size - 1) * dilation + 1
        told = super().compute_output_spec(KerasTensor(shape, inputs.dtype))
        return KerasTensor(self.compute_output_shape(inputs.shape), told.dtype)

    def _check_spec(self, inputs: Any) -> None:
        shape = getattr(inputs, "shape", ())
        if len(shape) != self.rank + 2:
            missing = len(shape) == self.rank + 1 and self.data_format == "channels_last"
            axes = ", ".join(self.arranged("batch", SPACES[self.rank], "channels"))
            raise ShapeError(f"{self.label} needs an input of the form ({axes})",
                             got=f"shape {tuple(shape)}", where=user_line(),
                             hint="add the channels: x[..., None]" if missing else None)
        super()._check_spec(inputs)
        self.places(shape)
