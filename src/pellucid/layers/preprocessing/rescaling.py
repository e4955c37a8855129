"""Rescaling: known numbers to multiply by and to add, such as 1/255 for pixels."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms import cast
from pellucid.core.fields import field
from pellucid.core.kinds import VALUES
from pellucid.core.tensor import Tensor, convert
from pellucid.layers.base import Layer


class Rescaling(Layer):
    r"""Multiply by ``scale``, then add ``offset``: :math:`y = scale \cdot x + offset`.

    Integers, such as pixels, become floats. Both may be numbers, or arrays that fit the last axes.
    The shape stays.

    >>> Rescaling(1 / 255)(np.array([[0, 51, 255]])).numpy().round(1).tolist()
    [[0.0, 0.20000000298023224, 1.0]]
    >>> Rescaling(1 / 127.5, offset=-1)(np.array([[0, 255]])).numpy()
    array([[-1.,  1.]], dtype=float32)

    Use: pixels from 0 … 255 to 0 … 1 (scale 1/255) or to -1 … 1.
    Pros: nothing is learnt; saved with the model, so it cannot be forgotten.
    Cons: the range must be known beforehand.
    """

    scale: Any = field(kind=VALUES, help="what inputs are multiplied by")
    offset: Any = field(0.0, kind=VALUES, help="what is added then")
    supports_masking = True

    def settle(self) -> None:
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        dtype = self.compute_dtype
        scale, offset = (convert(np.asarray(each, dtype)) for each in (self.scale, self.offset))
        return cast(inputs, dtype=dtype) * scale + offset

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape
