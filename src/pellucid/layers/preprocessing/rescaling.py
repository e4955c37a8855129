"""Rescaling: known numbers to multiply by and to add, such as 1/255 for pixels."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms import cast
from pellucid.core.errors import KindError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor, convert
from pellucid.layers.base import Layer


class Rescaling(Layer):
    """Multiply by ``scale``, then add ``offset``: y = scale · x + offset.

    Integers, such as pixels, become floats. Both may be numbers, or arrays that fit the last axes.
    The shape stays.

    >>> Rescaling(1 / 255)(np.array([[0, 51, 255]])).numpy().round(1).tolist()
    [[0.0, 0.20000000298023224, 1.0]]
    >>> Rescaling(1 / 127.5, offset=-1)(np.array([[0, 255]])).numpy()
    array([[-1.,  1.]], dtype=float32)
    """

    scale: Any = field(help="what inputs are multiplied by")
    offset: Any = field(0.0, help="what is added then")
    supports_masking = True

    def settle(self) -> None:
        for name in ("scale", "offset"):
            if np.asarray(getattr(self, name)).dtype.kind not in "biuf":
                raise KindError(f"Rescaling's {name} must be a number, or an array of numbers",
                                got=getattr(self, name), where=user_line())
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        dtype = self.compute_dtype
        scale, offset = (convert(np.asarray(each, dtype)) for each in (self.scale, self.offset))
        return cast(inputs, dtype=dtype) * scale + offset

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape
