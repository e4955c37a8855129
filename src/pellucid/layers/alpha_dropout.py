"""Alpha dropout: dropout that keeps mean and variance, for networks of SELUs."""

from __future__ import annotations

from typing import Any

from pellucid.activations.elu import SELU_ALPHA, SELU_SCALE
from pellucid.atoms import where
from pellucid.core.fields import field
from pellucid.core.kinds import SEED
from pellucid.core.tensor import Tensor
from pellucid.layers.dropout import kept_entries, mask_shape
from pellucid.layers.noisy import Noisy

LOWEST = -SELU_ALPHA * SELU_SCALE       # where the SELU levels off


class AlphaDropout(Noisy):
    r"""Set inputs to the SELU's lowest value with probability ``rate``; keep mean and variance.

    With α' = -1.7581, where the SELU levels off, and a mask m that is 1 with probability 1 - p:

    .. math:: y = a (m x + (1 - m) α') + b, \quad
              a = \frac{1}{\sqrt{(1 - p)(1 + p α'^2)}}, \quad b = -a p α'

    If x has mean 0 and variance 1, y has too. Only while training; otherwise y = x. The shape
    stays. To be used behind the activation ``"selu"``, where `Dropout` would spoil both.

    >>> import numpy as np
    >>> x = np.random.default_rng(1).normal(size=(10000, 1))
    >>> y = AlphaDropout(0.3, seed=1)(x, training=True).numpy()
    >>> bool(abs(y.mean()) < 0.05), bool(abs(y.std() - 1) < 0.05)
    (True, True)

    Use: dropout behind SELU layers.
    Pros: keeps mean 0 and variance 1, on which SELU relies.
    Cons: of no use behind other activations.
    Source: G. Klambauer et al., "Self-normalizing neural networks" (2017).
    """

    rate: float = field(at_least=0, below=1, symbol="p", help="share of inputs left out")
    noise_shape: Any = field(None, help="shape of the mask; 1 along an axis to share it")
    seed: Any = field(None, kind=SEED, help="a whole number makes the masks repeatable")

    def settle(self) -> None:
        self.noise_shape = mask_shape(self.noise_shape, "AlphaDropout")
        super().settle()

    def disturbed(self, inputs: Tensor) -> Tensor:
        p = self.rate
        a = ((1 - p) * (1 + p * LOWEST**2)) ** -0.5
        b = -a * p * LOWEST
        kept = kept_entries(inputs, p, self.noise_shape, self.seed_generator)
        return a * where(kept, inputs, LOWEST) + b
