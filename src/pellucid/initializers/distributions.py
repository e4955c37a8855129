"""Initializers that draw from a distribution of given width, whatever the shape."""

from __future__ import annotations

from typing import Any

from pellucid.atoms.random import WEIGHTS
from pellucid.core.fields import field
from pellucid.initializers.base import SEED, RandomInitializer
from pellucid.random import draws


class RandomNormal(RandomInitializer):
    """Numbers of a normal distribution: :math:`w ∼ N(μ, σ²)`.

    >>> RandomNormal(stddev=0.1, seed=1)((2, 3)).shape
    (2, 3)

    Use: embeddings, and small tests; for kernels the initializers that look at the shape are
    better.
    Pros: simple; one number says it all.
    Cons: the right width depends on the number of inputs: too small and signals fade, too large and
    units saturate.
    """

    mean: float = field(0.0, symbol="μ", help="the middle")
    stddev: float = field(0.05, at_least=0, symbol="σ", help="the spread")
    seed: Any = SEED

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return draws.normal(shape, self.mean, self.stddev, dtype, self.seed, stream=WEIGHTS)


class RandomUniform(RandomInitializer):
    """Numbers of which each in [minval, maxval) is equally likely: :math:`w ∼ U(a, b)`.

    >>> RandomUniform(seed=1)((2, 3)).shape
    (2, 3)

    Use: embeddings.
    Pros: no number is far out.
    Cons: the right width depends on the number of inputs, as with `RandomNormal`.
    """

    minval: float = field(-0.05, symbol="a", help="the least number")
    maxval: float = field(0.05, symbol="b", help="what all numbers are below")
    seed: Any = SEED

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return draws.uniform(shape, self.minval, self.maxval, dtype, self.seed, stream=WEIGHTS)


class TruncatedNormal(RandomInitializer):
    """As `RandomNormal`, :math:`w ∼ N(μ, σ²)`, but nothing is over two stddev from the mean.

    >>> bool((abs(TruncatedNormal(stddev=1.0, seed=1)((100,)).numpy()) <= 2).all())
    True

    Use: where a normal start is wanted without the few numbers that are far out.
    Pros: nothing is over two standard deviations from the mean, so no unit starts saturated.
    Cons: the real spread is 0.88 σ; the right width depends on the number of inputs.
    """

    mean: float = field(0.0, symbol="μ", help="the middle")
    stddev: float = field(0.05, at_least=0, symbol="σ", help="before the truncation")
    seed: Any = SEED

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return draws.truncated_normal(shape, self.mean, self.stddev, dtype, self.seed,
                                      stream=WEIGHTS)
