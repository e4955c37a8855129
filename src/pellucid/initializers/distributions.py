"""Initializers that draw from a distribution of given width, whatever the shape."""

from __future__ import annotations

from typing import Any

from pellucid.atoms.random import WEIGHTS
from pellucid.core.fields import field
from pellucid.initializers.base import SEED, RandomInitializer
from pellucid.random import draws


class RandomNormal(RandomInitializer):
    """Numbers of a normal distribution: w ~ N(mean, stddev²).

    >>> RandomNormal(stddev=0.1, seed=1)((2, 3)).shape
    (2, 3)
    """

    mean: float = field(0.0, symbol="μ")
    stddev: float = field(0.05, at_least=0, symbol="σ")
    seed: Any = SEED

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return draws.normal(shape, self.mean, self.stddev, dtype, self.seed, stream=WEIGHTS)


class RandomUniform(RandomInitializer):
    """Numbers of which each in [minval, maxval) is equally likely: w ~ U(minval, maxval).

    >>> RandomUniform(seed=1)((2, 3)).shape
    (2, 3)
    """

    minval: float = field(-0.05, symbol="a")
    maxval: float = field(0.05, symbol="b")
    seed: Any = SEED

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return draws.uniform(shape, self.minval, self.maxval, dtype, self.seed, stream=WEIGHTS)


class TruncatedNormal(RandomInitializer):
    """As `RandomNormal`, but nothing is over two stddev from the mean.

    >>> bool((abs(TruncatedNormal(stddev=1.0, seed=1)((100,)).numpy()) <= 2).all())
    True
    """

    mean: float = field(0.0, symbol="μ")
    stddev: float = field(0.05, at_least=0, symbol="σ", help="before the truncation")
    seed: Any = SEED

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return draws.truncated_normal(shape, self.mean, self.stddev, dtype, self.seed,
                                      stream=WEIGHTS)
