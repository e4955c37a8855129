"""Group normalization: groups of channels of each sample are brought to mean 0 and variance 1."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import cast, layer_normalization, reshape
from pellucid.atoms.normalizing import scale_and_shift
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers import scale_and_shift as shared
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec


class GroupNormalization(Layer):
    r"""Bring each group of channels of each sample to mean 0 and variance 1, then scale and shift.

    .. math:: y = γ \frac{x - μ}{\sqrt{σ^2 + ε}} + β

    μ and σ² are those of a sample's group: of its channels and of all of space. γ and β have a
    number for each channel. The shape stays. Steadier than `BatchNormalization` where batches are
    small. With one group it is layer normalization over all axes, with ``groups=-1`` (a group for
    each channel) instance normalization.

    >>> import numpy as np
    >>> y = GroupNormalization(groups=2)(np.array([[1.0, 3.0, 10.0, 30.0]]))
    >>> y.numpy().round(2).tolist()
    [[-1.0, 1.0, -1.0, 1.0]]

    Use: convolutional networks with small batches, as in detection.
    Pros: does not depend on the batch; training and use are the same.
    Cons: the number of groups has to be chosen; with large batches batch normalization is mostly
    better.
    Source: Y. Wu and K. He, "Group normalization" (2018).
    """

    groups: int = field(32, help="how many groups the channels make; -1 for one each")
    axis: int = field(-1, whole=True, help="the axis of the channels")
    epsilon: float = field(1e-3, at_least=0, symbol="ε", help="keeps the division finite")
    center: bool = shared.CENTER
    scale: bool = shared.SCALE
    beta_initializer: Any = shared.BETA_INITIALIZER
    gamma_initializer: Any = shared.GAMMA_INITIALIZER
    beta_regularizer: Any = shared.BETA_REGULARIZER
    gamma_regularizer: Any = shared.GAMMA_REGULARIZER
    beta_constraint: Any = shared.BETA_CONSTRAINT
    gamma_constraint: Any = shared.GAMMA_CONSTRAINT
    supports_masking = True

    def settle(self) -> None:
        if not isinstance(self.groups, int) or (self.groups < 1 and self.groups != -1):
            raise ArgumentError("GroupNormalization's groups must be a whole number at least 1, or "
                                "-1 for a group of each channel", got=self.groups,
                                where=user_line())
        self.autocast = False

    def build(self, input_shape: Any) -> None:
        shape = shared.lengths([self.axis], input_shape, self.label)
        self.groups = shape[0] if self.groups == -1 else self.groups
        if self.axis % len(input_shape) == 0 or shape[0] % self.groups:
            raise ShapeError(f"{self.label} needs channels along axis {self.axis} that its "
                             f"{self.groups} groups can share evenly",
                             got=f"shape {tuple(input_shape)}", where=user_line(),
                             hint="choose groups= so that it divides the channels")
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: shape[0]})
        self.gamma, self.beta = shared.weights_of(self, shape, self.scale, self.center)

    def call(self, inputs: Tensor) -> Tensor:
        axis, shape = self.axis % inputs.ndim, inputs.shape
        groups = reshape(inputs, (*shape[:axis], self.groups, shape[axis] // self.groups,
                                  *shape[axis + 1:]))
        within = [i for i in range(1, groups.ndim) if i != axis]
        y = reshape(layer_normalization(groups, axis=within, epsilon=self.epsilon), shape)
        return cast(scale_and_shift(y, self.gamma, self.beta, axis), dtype=self.compute_dtype)
