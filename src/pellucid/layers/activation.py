"""Activations as layers of their own."""

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


class ReLU(Layer):
    """Pass what is positive, stop the rest: y = max(0, x); the shape stays.

    In full: ``max_value`` above it, x from the threshold on, negative_slope · (x - threshold)
    below.

    >>> import numpy as np
    >>> ReLU(max_value=3.0, negative_slope=0.5)(np.array([[-2.0, 1.0, 9.0]])).numpy()
    array([[-1.,  1.,  3.]], dtype=float32)

    Source: K. Fukushima, 1969; V. Nair and G. Hinton, 2010.
    """

    max_value: Any = field(None, at_least=0, help="a ceiling; None for none")
    negative_slope: float = field(0.0, at_least=0, help="slope below the threshold")
    threshold: float = field(0.0, at_least=0, help="where the kink is")
    supports_masking = True

    def settle(self) -> None:
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        return activations.relu(inputs, negative_slope=self.negative_slope,
                                max_value=self.max_value, threshold=self.threshold)
