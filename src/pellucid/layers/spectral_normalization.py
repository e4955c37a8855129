"""Spectral normalization: a layer whose weights stretch no vector by more than a factor 1."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from pellucid import initializers
from pellucid.atoms import (
    all,
    cast,
    equal,
    matmul,
    normalize,
    reshape,
    stop_gradient,
    sum,
    transpose,
    where,
)
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.wrapper import Wrapper


class SpectralNormalization(Wrapper):
    r"""While training, divide a layer's weights W by the most that they stretch a vector: W / σ.

    σ is the largest singular value of W, seen as a matrix with a column for each output. It is
    found by the power method, ``power_iterations`` rounds a step from where the last step ended:
    :math:`v = u W^T / |u W^T|, \; u = v W / |v W|, \; σ = v W u^T`. The layer may have a
    ``kernel`` (`Dense`, `Conv2D`, …) or ``embeddings``; the rest of it stays as it is. Usual in
    the judge of a generative adversarial network, whose slopes must not grow.

    The gradient goes through W / σ; W itself is left to the optimizer, and used as it is outside
    of training (Keras does so in ``fit`` on JAX, while a direct call there overwrites W).

    >>> import numpy as np
    >>> from pellucid.layers import Dense
    >>> layer = SpectralNormalization(Dense(2, kernel_initializer="ones"), power_iterations=3)
    >>> layer(np.ones((1, 2)), training=True).numpy().round(4).tolist()   # σ = 2
    [[1.0, 1.0]]

    Use: the judge of a generative adversarial network.
    Pros: bounds how fast the output can change; one matrix product more for each step.
    Cons: approximate: one round of the power method a step; can slow learning down.
    Source: T. Miyato et al., "Spectral normalization for generative adversarial networks" (2018).
    """

    power_iterations: int = field(1, at_least=1, whole=True, help="rounds of the power method")

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        names = [name for name in ("kernel", "embeddings") if hasattr(self.layer, name)]
        if not names:
            raise ArgumentError(f"{self.label} needs a layer with a kernel or embeddings",
                                got=self.layer.label, where=user_line())
        self.input_spec = InputSpec(min_ndim=1, axes={-1: input_shape[-1]})
        self._name, self.kernel = names[0], getattr(self.layer, names[0])
        self.vector_u = self.add_weight(
            (1, self.kernel.shape[-1]), initializers.TruncatedNormal(stddev=0.02),
            dtype=self.kernel.dtype, trainable=False, name="vector_u")

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training:
            return cast(self.layer(inputs), dtype=self.compute_dtype)
        u, weights = self.normalized_weights()
        self.vector_u.assign(u)
        with self._in_place(weights):
            return cast(self.layer(inputs), dtype=self.compute_dtype)

    def normalized_weights(self) -> tuple[Tensor, Tensor]:
        """u after the rounds of one step, and W / σ; weights that are all 0 stay as they are."""
        weights, first = self.kernel.value, self.vector_u.value
        w, u, v = reshape(weights, (-1, weights.shape[-1])), first, first
        for _ in range(self.power_iterations):
            v = normalize(matmul(u, transpose(w)), axis=None)
            u = normalize(matmul(v, w), axis=None)
        u, v = stop_gradient(u), stop_gradient(v)
        σ, nothing = sum(matmul(v, w) * u), all(equal(weights, 0))
        return where(nothing, first, u), weights / where(nothing, 1, σ)

    @contextlib.contextmanager
    def _in_place(self, weights: Tensor) -> Iterator[None]:
        """Inside, the layer computes with these weights."""
        setattr(self.layer, self._name, weights)
        try:
            yield
        finally:
            setattr(self.layer, self._name, self.kernel)
