"""`tf.random`: TensorFlow's argument names over `pellucid.random`."""

from __future__ import annotations

from typing import Any

from pellucid import random as _random
from pellucid.core.tensor import Tensor

__all__ = ["normal", "set_seed", "shuffle", "truncated_normal", "uniform"]

set_seed = _random.set_random_seed


def normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None,
           seed: int | None = None, name: str | None = None) -> Tensor:
    """Normal numbers."""
    return _random.normal(shape, mean=mean, stddev=stddev, dtype=dtype, seed=seed)


def truncated_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None,
                     seed: int | None = None, name: str | None = None) -> Tensor:
    """Normal numbers within two standard deviations."""
    return _random.truncated_normal(shape, mean=mean, stddev=stddev, dtype=dtype, seed=seed)


def uniform(shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = None,
            seed: int | None = None, name: str | None = None) -> Tensor:
    """Numbers uniform on [minval, maxval), whole ones for a whole-number dtype."""
    maxval = 1.0 if maxval is None else maxval
    if dtype is not None and "int" in str(dtype):
        return _random.randint(shape, minval, maxval, dtype=dtype, seed=seed)
    return _random.uniform(shape, minval=minval, maxval=maxval, dtype=dtype, seed=seed)


def shuffle(value: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """The entries along the first axis in random order."""
    return _random.shuffle(value, axis=0, seed=seed)
