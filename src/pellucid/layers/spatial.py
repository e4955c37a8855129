"""What layers over axes of space share: where space and the channels are, and what must fit."""

from __future__ import annotations

from typing import Any

from pellucid.atoms.windows import FORMATS
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.settings import image_data_format
from pellucid.layers import calling
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.symbolic import KerasTensor

DATA_FORMAT: Any = field(None, one_of=FORMATS, help="config.image_data_format() unless told")
SPACES = {1: ("steps",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class Spatial(Layer):
    """A layer over ``rank`` axes of space, with the channels last or, as told, first."""

    rank = 0
    data_format = None                  # without a type: a field of most classes below
    in_need = way_out = ""              # what a short axis has too few cells for; what to do then

    def settle(self) -> None:
        usual = image_data_format() if "data_format" in self.fields else "channels_last"
        self.data_format = self.data_format or usual
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def channel_axis(self) -> int:
        return -1 if self.data_format == "channels_last" else 1

    @property
    def space_axes(self) -> tuple[int, ...]:
        first = 1 if self.data_format == "channels_last" else 2
        return tuple(range(first, first + self.rank))

    def along(self, n: int, i: int) -> int:
        """How many places an axis of space number i, n cells long, has in the output."""
        raise ArgumentError(f"{self.label} does not say how large its output is")

    def least(self) -> tuple[int, ...]:
        """How many cells each axis of space must have."""
        return (0,) * self.rank

    def places(self, input_shape: Any) -> tuple[int | None, ...]:
        """How many places each axis of space has in the output (None where unknown).

        Raises ShapeError where there are too few cells.
        """
        for axis, least in zip(self.space_axes, self.least(), strict=True):
            if input_shape[axis] is not None and input_shape[axis] < least:
                cells = "1 cell" if least == 1 else f"{least} cells"
                raise ShapeError(f"{self.label} needs at least {cells} along axis {axis}"
                                 f"{self.in_need}", got=f"shape {tuple(input_shape)}",
                                 where=user_line(), hint=self.way_out or None)
        return tuple(None if input_shape[axis] is None else self.along(input_shape[axis], i)
                     for i, axis in enumerate(self.space_axes))

    def arranged(self, batch: Any, places: Any, channels: Any) -> tuple[Any, ...]:
        """A shape with the channels where the format has them."""
        if self.data_format == "channels_last":
            return (batch, *places, channels)
        return (batch, channels, *places)

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        shape = args[0] if args else next(iter(kwargs.values()))
        return self.arranged(shape[0], self.places(shape), shape[self.channel_axis])

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """By formula, for an axis of unknown length may prove shorter or longer than any guess."""
        (inputs,) = calling.bind(self, args, {
            key: value for key, value in kwargs.items() if key != "training"}).values()
        self._build_for({"inputs": inputs})
        shape = list(inputs.shape)
        for axis, least in zip(self.space_axes, self.least(), strict=True):
            shape[axis] = shape[axis] or max(least, 1)
        told = super().compute_output_spec(KerasTensor(shape, inputs.dtype))
        return KerasTensor(self.compute_output_shape(inputs.shape), told.dtype)

    def _check_spec(self, inputs: Any) -> None:
        shape = getattr(inputs, "shape", ())
        if len(shape) != self.rank + 2:
            missing = len(shape) == self.rank + 1 and self.data_format == "channels_last"
            axes = ", ".join(self.arranged("batch", SPACES[self.rank], "channels"))
            raise ShapeError(f"{self.label} needs an input of the form ({axes})",
                             got=f"shape {tuple(shape)}", where=user_line(),
                             hint="add the channels: x[..., None], or to a single sample "
                                  "the batch: x[None]" if missing else None)
        super()._check_spec(inputs)
        self.places(shape)
