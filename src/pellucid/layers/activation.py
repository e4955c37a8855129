"""An activation as a layer of its own."""

from __future__ import annotations

from typing import Any

from pellucid import activations
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer


class Activation(Layer):
    r"""Apply an activation to every number: :math:`y = φ(x)`; the shape stays.

    >>> import numpy as np
    >>> Activation("relu")(np.array([[-1.0, 2.0]])).numpy()
    array([[0., 2.]], dtype=float32)
    """

    activation: Any = field(get=activations.get, symbol="φ", help="a name or a function")
    supports_masking = True

    def settle(self) -> None:
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        return self.activation(inputs)
