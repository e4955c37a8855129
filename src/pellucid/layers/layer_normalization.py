"""Layer normalization: the features of each sample are brought to mean 0 and variance 1."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import cast, layer_normalization
from pellucid.core.errors import advise
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers import scale_and_shift as shared
from pellucid.layers.base import Layer


class LayerNormalization(Layer):
    r"""Bring the features of each sample to mean 0 and variance 1, then scale by γ, shift by β.

    .. math:: y = γ \frac{x - μ}{\sqrt{σ^2 + ε}} + β

    μ and σ² are taken along ``axis``, for each sample alone, so training and use are the same
    and the size of the batch does not matter: usual in recurrent networks and transformers. γ and
    β have a number for each place along ``axis``. The shape stays.

    >>> import numpy as np
    >>> y = LayerNormalization()(np.array([[1.0, 3.0], [10.0, 30.0]]))
    >>> y.numpy().round(2).tolist()
    [[-1.0, 1.0], [-1.0, 1.0]]

    Use: recurrent networks and transformers.
    Pros: does not depend on the batch; training and use are the same.
    Cons: in convolutional networks batch normalization is mostly better.
    Source: J. Ba, J. Kiros and G. Hinton, "Layer normalization" (2016).
    """

    axis: Any = field(-1, help="the axis of the features, or a list of axes")
    epsilon: float = field(1e-3, at_least=0, symbol="ε", help="keeps the division finite")
    center: bool = shared.CENTER
    scale: bool = shared.SCALE
    beta_initializer: Any = shared.BETA_INITIALIZER
    gamma_initializer: Any = shared.GAMMA_INITIALIZER
    beta_regularizer: Any = shared.BETA_REGULARIZER
    gamma_regularizer: Any = shared.GAMMA_REGULARIZER
    beta_constraint: Any = shared.BETA_CONSTRAINT
    gamma_constraint: Any = shared.GAMMA_CONSTRAINT
    rms_scaling: bool = field(False, help="for old models: x itself is divided, and β left out")
    supports_masking = True

    def settle(self) -> None:
        self.axis = shared.one_or_several(self.axis, "LayerNormalization's axis")
        self.autocast = False
        if self.rms_scaling:
            advise("rms_scaling=True divides by the standard deviation, not by the root mean "
                   "square: RMSNormalization does what the name says")

    def build(self, input_shape: Any) -> None:
        self.axis = sorted(self.axis if isinstance(self.axis, list) else [self.axis])
        shape = shared.lengths(self.axis, input_shape, self.label)
        self.gamma, self.beta = shared.weights_of(
            self, shape, self.scale or self.rms_scaling, self.center and not self.rms_scaling)

    def call(self, inputs: Tensor) -> Tensor:
        y = layer_normalization(inputs, self.gamma, self.beta, axis=self.axis,
                                epsilon=self.epsilon, rms_scaling=self.rms_scaling)
        return cast(y, dtype=self.compute_dtype)
