"""Normal noise, added or multiplied during training."""

from __future__ import annotations

import math
from typing import Any

from pellucid.core import kinds
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.noisy import Noisy
from pellucid.random import normal

SEED: Any = field(None, kind=kinds.SEED, help="a whole number makes the noise repeatable")


class GaussianNoise(Noisy):
    r"""Add normal noise to each input: :math:`y = x + σ z` with z of mean 0 and variance 1.

    Only while training; otherwise y = x. The shape stays. It makes more of few data: the network
    must give the same answer for all neighbours of a sample. Inputs should be of one scale.

    >>> import numpy as np
    >>> y = GaussianNoise(0.1, seed=1)(np.zeros((1000, 1)), training=True).numpy()
    >>> bool(abs(y.std() - 0.1) < 0.01)
    True

    Use: few measured data, at the input.
    Pros: as if there were more data; smooths what is learned.
    Cons: the width has to fit the scale of the data.
    Source: C. Bishop, "Training with noise is equivalent to Tikhonov regularization" (1995).
    """

    stddev: float = field(at_least=0, at_most=1, symbol="σ", help="deviation of the noise")
    seed: Any = SEED
    strength = "stddev"

    def disturbed(self, inputs: Tensor) -> Tensor:
        return inputs + normal(inputs.shape, stddev=self.stddev, dtype=self.compute_dtype,
                               seed=self.seed_generator)


class GaussianDropout(Noisy):
    r"""Multiply each input by normal noise of mean 1: :math:`y = x (1 + z \sqrt{p / (1 - p)})`.

    The noise has the variance of `Dropout`'s mask at the same rate p, but no input is lost
    altogether. Only while training; otherwise y = x. The shape stays.

    >>> import numpy as np
    >>> y = GaussianDropout(0.2, seed=1)(np.ones((1000, 1)), training=True).numpy()
    >>> bool(abs(y.std() - 0.5) < 0.05)
    True

    Use: as dropout, where no number should be lost altogether.
    Pros: nothing to rescale when the model is used.
    Cons: seldom better than dropout.
    Source: N. Srivastava et al., "Dropout" (2014), section 10.
    """

    rate: float = field(at_least=0, below=1, symbol="p", help="strength, as in Dropout")
    seed: Any = SEED

    def disturbed(self, inputs: Tensor) -> Tensor:
        σ = math.sqrt(self.rate / (1 - self.rate))
        return inputs * normal(inputs.shape, mean=1.0, stddev=σ, dtype=self.compute_dtype,
                               seed=self.seed_generator)
