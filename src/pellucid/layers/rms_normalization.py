"""RMS normalization: the features of each sample are brought to mean square 1."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import rms_normalization
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers import scale_and_shift as shared
from pellucid.layers.base import Layer


class RMSNormalization(Layer):
    r"""Divide the features of each sample by their root mean square, then multiply by a scale s.

    .. math:: y = s \frac{x}{\sqrt{\frac1n \sum x^2 + ε}}

    As layer normalization, without the mean and the shift: a little cheaper, and as good in large
    transformers. s has a number for each place along ``axis``. The shape stays.

    >>> import numpy as np
    >>> RMSNormalization()(np.array([[3.0, -3.0]])).numpy().round(3).tolist()
    [[1.0, -1.0]]

    Use: large transformers.
    Pros: a little cheaper than layer normalization, and as good there.
    Cons: the mean stays as it is.
    Source: B. Zhang and R. Sennrich, "Root mean square layer normalization" (2019).
    """

    axis: Any = field(-1, help="the axis of the features, or a list of axes")
    epsilon: float = field(1e-6, at_least=0, symbol="ε", help="keeps the division finite")

    def settle(self) -> None:
        self.axis = shared.one_or_several(self.axis, "RMSNormalization's axis")

    def build(self, input_shape: Any) -> None:
        self.axis = sorted(self.axis if isinstance(self.axis, list) else [self.axis])
        shape = shared.lengths(self.axis, input_shape, self.label)
        self.scale = self.add_weight(shape, "ones", name="scale")

    def call(self, x: Tensor) -> Tensor:
        return rms_normalization(x, self.scale, axis=self.axis, epsilon=self.epsilon)
