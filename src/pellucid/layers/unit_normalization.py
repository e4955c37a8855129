"""Unit normalization: each vector is brought to length 1."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import normalize
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer
from pellucid.layers.scale_and_shift import lengths, one_or_several


class UnitNormalization(Layer):
    r"""Bring each vector to length 1: :math:`y = x / \sqrt{\sum x^2}`; the shape stays.

    The sum goes along ``axis``. Only the direction is left: usual before comparing vectors by
    their angle. A vector of length 0 stays 0.

    >>> import numpy as np
    >>> UnitNormalization()(np.array([[0.0, -4.0]])).numpy().tolist()
    [[0.0, -1.0]]

    Use: embeddings that are compared by their angle.
    Pros: inner products become cosines.
    Cons: lengths are lost.
    """

    axis: Any = field(-1, help="the axis of the vectors, or a list of axes")
    supports_masking = True

    def settle(self) -> None:
        self.axis = one_or_several(self.axis, "UnitNormalization's axis")
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        axes = self.axis if isinstance(self.axis, list) else [self.axis]
        lengths(axes, inputs.shape, self.label)
        return normalize(inputs, axis=self.axis, order=2, epsilon=1e-12)
