"""Batch normalization: each feature is brought to mean 0 and variance 1 over the batch."""

from __future__ import annotations

from typing import Any

from pellucid import constraints, initializers, regularizers
from pellucid.atoms import batch_normalization, cast, moments, reshape, square, stop_gradient, sum
from pellucid.core.errors import ShapeError
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.scale_and_shift import weights_of


class BatchNormalization(Layer):
    r"""Bring each feature to mean 0 and variance 1, then scale by γ and shift by β.

    .. math:: y = γ \frac{x - μ}{\sqrt{σ^2 + ε}} + β

    While training, μ and σ² are those of the batch (σ² with n, not n - 1, below) and the moving
    averages follow: ``moving = momentum · moving + (1 - momentum) · batch``. Otherwise, or when
    the layer is frozen (``trainable=False``), the moving averages are used. The shape stays.
    Note that ``momentum`` is the reverse of PyTorch's.

    >>> import numpy as np
    >>> y = BatchNormalization()(np.array([[1.0], [3.0]]), training=True)
    >>> y.numpy().round(2).tolist()
    [[-1.0], [1.0]]

    Use: between a convolution (or dense layer) and its activation, in deep networks with batches of
    16 and more.
    Pros: allows higher rates and careless initialization; gradients vanish less; noise of the batch
    regularizes a little.
    Cons: training and use differ; unsteady for small batches; batches of other data spoil the
    moving averages.
    Source: S. Ioffe and C. Szegedy, "Batch normalization" (2015).
    """

    axis: int = field(-1, help="the axis of the features")
    momentum: float = field(0.99, at_least=0, at_most=1, help="memory of the moving averages")
    epsilon: float = field(1e-3, at_least=0, symbol="ε", help="keeps the division finite")
    center: bool = field(True, help="whether β is added")
    scale: bool = field(True, help="whether γ multiplies")
    beta_initializer: Any = field("zeros", get=initializers.get, help="first β")
    gamma_initializer: Any = field("ones", get=initializers.get, help="first γ")
    moving_mean_initializer: Any = field("zeros", get=initializers.get)
    moving_variance_initializer: Any = field("ones", get=initializers.get)
    beta_regularizer: Any = field(None, get=regularizers.get, help="penalty on β")
    gamma_regularizer: Any = field(None, get=regularizers.get, help="penalty on γ")
    beta_constraint: Any = field(None, get=constraints.get)
    gamma_constraint: Any = field(None, get=constraints.get)
    synchronized: bool = field(False, help="kept for Keras; one device has nothing to synchronise")
    supports_masking = True

    def build(self, input_shape: Any) -> None:
        if not -len(input_shape) <= self.axis < len(input_shape):
            raise ShapeError(f"{self.label} normalizes axis {self.axis}",
                             got=f"shape {input_shape}")
        shape = (input_shape[self.axis],)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: shape[0]})
        self.gamma, self.beta = weights_of(self, shape, self.scale, self.center)
        self.moving_mean = self.add_weight(shape, self.moving_mean_initializer,
                                           name="moving_mean", trainable=False)
        self.moving_variance = self.add_weight(shape, self.moving_variance_initializer,
                                               name="moving_variance", trainable=False)

    def call(self, inputs: Tensor, training: bool | None = None, mask: Any = None) -> Tensor:
        if training and self.trainable:
            μ, σ2 = self._moments(inputs, mask)
            self._follow(self.moving_mean, μ)
            self._follow(self.moving_variance, σ2)
        else:
            μ, σ2 = self.moving_mean.value, self.moving_variance.value
        return batch_normalization(inputs, μ, σ2, self.axis, offset=self.beta, scale=self.gamma,
                                   epsilon=self.epsilon)

    def _moments(self, x: Tensor, mask: Any) -> tuple[Tensor, Tensor]:
        """Mean and variance of each feature, over the entries that the mask lets through."""
        axes = [i for i in range(x.ndim) if i != self.axis % x.ndim]
        if mask is None:
            return moments(x, axes)
        counts = cast(mask, dtype=x.dtype)
        counts = reshape(counts, (*counts.shape, *[1] * (x.ndim - counts.ndim)))
        total = sum(counts * (x * 0 + 1), axis=axes, keepdims=True)
        μ = sum(counts * x, axis=axes, keepdims=True) / total
        σ2 = sum(counts * square(x - μ), axis=axes, keepdims=True) / total
        return reshape(μ, (-1,)), reshape(σ2, (-1,))

    def _follow(self, moving: Any, batch: Tensor) -> None:
        batch = stop_gradient(batch)
        moving.assign(moving * self.momentum + batch * (1 - self.momentum))
