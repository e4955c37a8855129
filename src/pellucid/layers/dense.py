"""The dense layer: every output sees every input."""

from __future__ import annotations

from typing import Any

from pellucid import activations, constraints, initializers, regularizers
from pellucid.atoms import matmul
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec


class Dense(Layer):
    r"""Every output sees every input: :math:`y = φ(x W + b)`.

    Shapes: ``(batch, ..., inputs)`` → ``(batch, ..., units)``; W is ``(inputs, units)``, b is
    ``(units,)``. Only the last axis is mixed, all others are carried along.

    >>> import numpy as np
    >>> layer = Dense(2, kernel_initializer="ones")
    >>> layer(np.array([[1.0, 2.0, 3.0]])).numpy()
    array([[6., 6.]], dtype=float32)

    Use: tables, and the last layers of nearly every network.
    Pros: can combine any inputs; one matrix product.
    Cons: inputs · units weights; knows nothing of order or place, so it overfits on images.
    Source: F. Rosenblatt, "The perceptron" (1958), with any activation.
    """

    units: int = field(at_least=1, whole=True, help="number of outputs")
    activation: Any = field(None, get=activations.get, symbol="φ", help="applied to each output")
    use_bias: bool = field(True, help="whether b is added")
    kernel_initializer: Any = field("glorot_uniform", get=initializers.get, help="first W")
    bias_initializer: Any = field("zeros", get=initializers.get, help="first b")
    kernel_regularizer: Any = field(None, get=regularizers.get, help="penalty on W")
    bias_regularizer: Any = field(None, get=regularizers.get, help="penalty on b")
    kernel_constraint: Any = field(None, get=constraints.get, help="kept by W after each step")
    bias_constraint: Any = field(None, get=constraints.get, help="kept by b after each step")

    supports_masking = True

    def settle(self) -> None:
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape: Any) -> None:
        inputs = input_shape[-1]
        self.kernel = self.add_weight((inputs, self.units), self.kernel_initializer, name="kernel",
                                      regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint)
        self.bias = self.add_weight((self.units,), self.bias_initializer, name="bias",
                                    regularizer=self.bias_regularizer,
                                    constraint=self.bias_constraint) if self.use_bias else None
        self.input_spec = InputSpec(min_ndim=2, axes={-1: inputs})

    def call(self, inputs: Tensor) -> Tensor:
        z = matmul(inputs, self.kernel)
        return self.activation(z if self.bias is None else z + self.bias)
