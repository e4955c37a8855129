"""A penalty on what flows through a network, as a layer of its own."""

from __future__ import annotations

from typing import Any

from pellucid.core.errors import KindError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer
from pellucid.regularizers import L1L2


class ActivityRegularization(Layer):
    r"""Pass everything unchanged, and add :math:`Ω = λ_1 \sum |x| + λ_2 \sum x^2` to the loss.

    The penalty is averaged over the batch. It makes the outputs of the layer before small (λ₂) or
    mostly 0 (λ₁), as in sparse autoencoders. The shape stays.

    >>> import numpy as np
    >>> layer = ActivityRegularization(l2=0.5)
    >>> y = layer(np.array([[1.0, 2.0], [0.0, 1.0]]))
    >>> [float(each) for each in layer.losses]             # 0.5 · (1 + 4 + 1) / 2 samples
    [1.5]

    Use: sparse autoencoders: most outputs should be 0.
    Pros: can stand behind any layer.
    Cons: two numbers to choose; the penalty grows with the width of the layer.
    Source: M. Ranzato et al., "Efficient learning of sparse representations with an energy-based
    model" (2007).
    """

    l1: float = field(0.0, at_least=0, symbol="λ₁", help="weight of the absolute values")
    l2: float = field(0.0, at_least=0, symbol="λ₂", help="weight of the squares")
    supports_masking = True

    def settle(self) -> None:
        if self.activity_regularizer is not None:
            raise KindError("ActivityRegularization takes l1 and l2 and no activity_regularizer",
                            where=user_line())
        self.activity_regularizer = L1L2(l1=self.l1, l2=self.l2)
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        return inputs

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["activity_regularizer"]               # l1 and l2 say it
        return config
