"""Dropout: during training, some inputs are left out at random."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import broadcast_to, random_uniform, where
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer
from pellucid.random import SeedGenerator


class Dropout(Layer):
    r"""Leave out each input with probability ``rate``, and scale the others up.

    While training, :math:`y = m \, x / (1 - p)` with a mask m that is 1 with probability 1 - p;
    the expected value of y is x. Otherwise y = x. The shape stays. Typical rates: 0.1-0.5 in dense
    networks, 0.4-0.5 behind convolutions, 0.2-0.3 in recurrent ones.

    >>> import numpy as np
    >>> Dropout(0.5, seed=1)(np.ones((1, 4)), training=True).numpy().tolist()[0].count(0.0) < 4
    True

    Source: N. Srivastava et al., "Dropout" (2014).
    """

    rate: float = field(at_least=0, at_most=1, symbol="p", help="share of inputs left out")
    noise_shape: Any = field(None, help="shape of the mask; 1 or None along an axis to share it")
    seed: Any = field(None, help="a whole number makes the masks repeatable")
    supports_masking = True

    def settle(self) -> None:
        self.seed_generator = SeedGenerator(self.seed) if self.rate > 0 else None
        self.built = True

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training or self.seed_generator is None:
            return inputs
        if self.rate >= 1:
            return inputs * 0
        shape = [inputs.shape[i] if n is None else n
                 for i, n in enumerate(self.noise_shape or inputs.shape)]
        kept = random_uniform(self.seed_generator.next(), shape, inputs.dtype) >= self.rate
        return where(broadcast_to(kept, inputs.shape), inputs / (1 - self.rate), 0)
