"""Batch normalization: each feature is brought to mean 0 and variance 1 over the batch."""

from __future__ import annotations

from math import inf
from typing import Any

from pellucid import constraints, initializers, regularizers
from pellucid.atoms import (
    batch_normalization,
    cast,
    clip,
    maximum,
    moments,
    reshape,
    sqrt,
    square,
    stop_gradient,
    sum,
)
from pellucid.core.errors import ArgumentError, KindError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.kinds import shown
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

    With ``renorm`` training uses what use will use, up to bounds: the normalized x is corrected to
    :math:`r \hat{x} + d`, where :math:`r = σ / \bar{σ}` and :math:`d = (μ - \bar{μ}) / \bar{σ}`
    lead from the batch's to the moving averages. They are not differentiated; ``renorm_clipping``
    holds r within ``rmin`` … ``rmax`` and d within ±``dmax`` (S. Ioffe, "Batch renormalization",
    2017).

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
    moving_mean_initializer: Any = field("zeros", get=initializers.get, help="first moving mean")
    moving_variance_initializer: Any = field("ones", get=initializers.get,
                                             help="first moving variance")
    beta_regularizer: Any = field(None, get=regularizers.get, help="penalty on β")
    gamma_regularizer: Any = field(None, get=regularizers.get, help="penalty on γ")
    beta_constraint: Any = field(None, get=constraints.get, help="kept by β after each step")
    gamma_constraint: Any = field(None, get=constraints.get, help="kept by γ after each step")
    renorm: bool = field(False, help="whether batches are corrected by moving averages in training")
    renorm_clipping: Any = field(None, help="bounds of the correction: rmin, rmax, dmax; or None")
    renorm_momentum: float = field(0.99, at_least=0, at_most=1,
                                   help="memory of the averages that correct")
    synchronized: bool = field(False, help="kept for Keras; one device has nothing to synchronise")
    supports_masking = True

    def settle(self) -> None:
        bounds = {} if self.renorm_clipping is None else self.renorm_clipping
        if not isinstance(bounds, dict) or not set(bounds) <= {"rmin", "rmax", "dmax"} or any(
                isinstance(each, bool) or not isinstance(each, int | float)
                for each in bounds.values()):
            raise KindError("BatchNormalization's renorm_clipping must be a dict of numbers for "
                            "rmin, rmax and dmax, or some of them", got=shown(bounds),
                            where=user_line())
        if bounds.get("rmin", 0) > bounds.get("rmax", inf) or bounds.get("dmax", 0) < 0:
            raise ArgumentError("BatchNormalization's renorm_clipping needs rmin up to rmax, and a "
                                "dmax of at least 0", got=shown(bounds), where=user_line())
        self.renorm_clipping = bounds if self.renorm else self.renorm_clipping

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
        if self.renorm:
            def deviation(shape: Any, dtype: Any = None) -> Tensor:
                return sqrt(self.moving_variance_initializer(shape, dtype=dtype))

            def average(name: str, initializer: Any) -> Any:
                return self.add_weight(shape, initializer, name=name, trainable=False)

            self.moving_stddev = average("moving_stddev", deviation)
            self.renorm_mean = average("renorm_mean", self.moving_mean_initializer)
            self.renorm_stddev = average("renorm_stddev", deviation)

    def call(self, inputs: Tensor, training: bool | None = None, mask: Any = None) -> Tensor:
        γ, β = self.gamma, self.beta
        if not (training and self.trainable):
            μ, σ2 = self.moving_mean.value, self.moving_variance.value
        else:
            μ, σ2 = self._moments(inputs, mask)
            if self.renorm:
                γ, β = self._corrected(γ, β, μ, sqrt(σ2 + self.epsilon))
                self._follow_deviation(μ, sqrt(σ2 + self.epsilon))
            else:
                self._follow(self.moving_mean, μ)
                self._follow(self.moving_variance, σ2)
        return batch_normalization(inputs, μ, σ2, self.axis, offset=β, scale=γ,
                                   epsilon=self.epsilon)

    def _corrected(self, γ: Any, β: Any, μ: Tensor, σ: Tensor) -> tuple[Tensor, Tensor]:
        """γ and β with the correction in them: γ (r x + d) + β = (γ r) x + (γ d + β)."""
        least = self.epsilon ** 0.5                      # as the first averages may be 0
        mean, deviation = self.renorm_mean.value, maximum(self.renorm_stddev.value, least)
        r, d = σ / deviation, (μ - mean) / deviation
        r = clip(r, self.renorm_clipping.get("rmin", 0), self.renorm_clipping.get("rmax", inf))
        if (most := self.renorm_clipping.get("dmax")) is not None:
            d = clip(d, -most, most)
        r, d = stop_gradient(r), stop_gradient(d)
        γr, γd = (r, d) if γ is None else (γ * r, γ * d)
        return γr, γd if β is None else γd + β

    def _follow_deviation(self, μ: Tensor, σ: Tensor) -> None:
        """With ``renorm`` it is the deviation that is averaged, and the variance made of it."""
        self._follow(self.renorm_mean, μ, self.renorm_momentum)
        self._follow(self.renorm_stddev, σ, self.renorm_momentum)
        self._follow(self.moving_mean, μ)
        self._follow(self.moving_stddev, σ)
        self.moving_variance.assign(
            maximum(square(self.moving_stddev.value) - self.epsilon, 0))

    def _moments(self, x: Tensor, mask: Any) -> tuple[Tensor, Tensor]:
        """Mean and variance of each feature, over the entries that the mask lets through."""
        axes = [i for i in range(x.ndim) if i != self.axis % x.ndim]
        if mask is None:
            return moments(x, axes)
        counts = cast(mask, dtype=x.dtype)
        counts = reshape(counts, (*counts.shape, *[1] * (x.ndim - counts.ndim)))
        total = maximum(sum(counts * (x * 0 + 1), axis=axes, keepdims=True), 1)
        μ = sum(counts * x, axis=axes, keepdims=True) / total
        σ2 = sum(counts * square(x - μ), axis=axes, keepdims=True) / total
        return reshape(μ, (-1,)), reshape(σ2, (-1,))

    def _follow(self, moving: Any, batch: Tensor, momentum: float | None = None) -> None:
        memory = self.momentum if momentum is None else momentum
        moving.assign(moving * memory + stop_gradient(batch) * (1 - memory))
