"""Dropout: during training, some inputs are left out at random."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import broadcast_to, random_uniform, where
from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.fields import field
from pellucid.core.kinds import SEED
from pellucid.core.tensor import Tensor
from pellucid.layers.noisy import Noisy
from pellucid.random import SeedGenerator


class Dropout(Noisy):
    r"""Leave out each input with probability ``rate``, and scale the others up.

    While training, :math:`y = m \, x / (1 - p)` with a mask m that is 1 with probability 1 - p;
    the expected value of y is x. Otherwise y = x. The shape stays. Typical rates: 0.1-0.5 in dense
    networks, 0.4-0.5 behind convolutions, 0.2-0.3 in recurrent ones.

    >>> import numpy as np
    >>> Dropout(0.5, seed=1)(np.ones((1, 4)), training=True).numpy().tolist()[0].count(0.0) < 4
    True

    Use: against overfitting, mostly behind dense layers. Typical rates: 10-50 % in dense networks,
    40-50 % in convolutional ones, 20-30 % in recurrent ones.
    Pros: no unit can rely on a single other; like the mean of many thinned networks; costs nothing
    when the model is used.
    Cons: training takes longer; too much of it underfits; before a batch normalization it confuses
    the moving variance.
    Source: N. Srivastava et al., "Dropout" (2014).
    """

    rate: float = field(at_least=0, at_most=1, symbol="p", help="share of inputs left out")
    noise_shape: Any = field(None, help="shape of the mask; 1 or None along an axis to share it")
    seed: Any = field(None, kind=SEED, help="a whole number makes the masks repeatable")

    def settle(self) -> None:
        self.noise_shape = mask_shape(self.noise_shape, "Dropout")
        super().settle()

    def disturbed(self, inputs: Tensor) -> Tensor:
        if self.rate >= 1:
            return inputs * 0
        kept = kept_entries(inputs, self.rate, self.noise_shape, self.seed_generator)
        return where(kept, inputs / (1 - self.rate), 0)


def mask_shape(noise_shape: Any, owner: str) -> tuple[int | None, ...] | None:
    """``noise_shape`` as a tuple; raises for what is no shape."""
    if noise_shape is None:
        return None
    told = f"{owner}'s noise_shape must be a list of whole numbers at least 1, or None for an axis"
    if not isinstance(noise_shape, (list, tuple)) or any(
            n is not None and type(n) is not int for n in noise_shape):
        raise KindError(told, got=repr(noise_shape), where=user_line())
    if any(n is not None and n < 1 for n in noise_shape):
        raise ArgumentError(told, got=repr(noise_shape), where=user_line())
    return tuple(noise_shape)


def kept_entries(inputs: Tensor, rate: float, noise_shape: Any, generator: SeedGenerator) -> Tensor:
    """Which of the inputs stay: each with probability 1 - rate, as the noise shape shares them."""
    shape = [inputs.shape[i] if n is None else n
             for i, n in enumerate(noise_shape or inputs.shape)]
    kept = random_uniform(generator.next(), shape, inputs.dtype) >= rate
    return broadcast_to(kept, inputs.shape)
