"""PReLU: the leaky ReLU whose slopes are learned."""

from __future__ import annotations

from typing import Any

from pellucid import constraints, initializers, regularizers
from pellucid.activations import relu
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.scale_and_shift import one_or_several


class PReLU(Layer):
    r"""As ReLU, with learned slopes α on the left: :math:`y = \max(x, 0) + α \min(x, 0)`.

    There is an α for each number of a sample, or, with ``shared_axes``, one for all places along
    these axes: behind a `Conv2D`, ``shared_axes=[1, 2]`` has one for each filter. α starts at 0,
    as a ReLU. The shape stays.

    >>> import numpy as np
    >>> PReLU(alpha_initializer="ones")(np.array([[-2.0, 3.0]])).numpy().tolist()
    [[-2.0, 3.0]]

    Use: large networks and much data, where the slope on the left may be learned.
    Pros: the slope fits itself; no unit dies once α ≠ 0.
    Cons: a weight for each number of a sample, unless shared: may overfit.
    Source: K. He et al., "Delving deep into rectifiers" (2015).
    """

    alpha_initializer: Any = field("zeros", get=initializers.get, help="first α")
    alpha_regularizer: Any = field(None, get=regularizers.get, help="penalty on α")
    alpha_constraint: Any = field(None, get=constraints.get, help="kept by α after each step")
    shared_axes: Any = field(None, help="axes, from 1, along which all places share an α")
    supports_masking = True

    def settle(self) -> None:
        if self.shared_axes is None:
            return
        axes = one_or_several(self.shared_axes, "PReLU's shared_axes")
        self.shared_axes = axes if isinstance(axes, list) else [axes]
        if min(self.shared_axes) < 1:
            raise ArgumentError("PReLU's shared_axes are counted from 1 (0 is the batch)",
                                got=self.shared_axes, where=user_line())

    def build(self, input_shape: Any) -> None:
        shared = self.shared_axes or []
        if shared and max(shared) >= len(input_shape):
            raise ShapeError(f"{self.label} shares its α along the axes {shared}",
                             got=f"shape {tuple(input_shape)}", where=user_line())
        own = {i: n for i, n in enumerate(input_shape) if i > 0 and i not in shared}
        if None in own.values():
            raise ShapeError(f"{self.label} needs to know the length of each axis that is not in "
                             "shared_axes", got=f"shape {tuple(input_shape)}", where=user_line())
        self.alpha = self.add_weight([own.get(i, 1) for i in range(1, len(input_shape))],
                                     self.alpha_initializer, name="alpha",
                                     regularizer=self.alpha_regularizer,
                                     constraint=self.alpha_constraint)
        self.input_spec = InputSpec(ndim=len(input_shape), axes=own)

    def call(self, inputs: Tensor) -> Tensor:
        return relu(inputs) - self.alpha * relu(-inputs)
