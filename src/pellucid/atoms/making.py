"""Tensors made of nothing but a shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.shaping import broadcast_to
from pellucid.core import dtypes
from pellucid.core.tensor import Arraylike, Tensor, convert


def zeros(shape: Any, dtype: Any = None) -> Any:
    """A tensor of zeros."""
    return full(shape, 0, dtypes.standardize(dtype))


def ones(shape: Any, dtype: Any = None) -> Any:
    """A tensor of ones."""
    return full(shape, 1, dtypes.standardize(dtype))


def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    """A tensor of one number."""
    shape = (shape,) if isinstance(shape, int) else tuple(int(n) for n in shape)
    return broadcast_to(convert(fill_value, dtype), shape=shape)


def zeros_like(x: Any, dtype: Any = None) -> Any:
    """Zeros in the shape and dtype of x."""
    return full_like(x, 0, dtype)


def ones_like(x: Any, dtype: Any = None) -> Any:
    """Ones in the shape and dtype of x."""
    return full_like(x, 1, dtype)


def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """One number in the shape and dtype of x."""
    x = x if isinstance(x, Arraylike) else convert(x)
    return full(x.shape, fill_value, dtype or x.dtype)


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> Any:
    """The numbers start, start + step, … below stop."""
    if stop is None:
        start, stop = 0, start
    whole = all(isinstance(each, (int, np.integer)) for each in (start, stop, step))
    return Tensor(np.arange(start, stop, step).astype(
        dtypes.standardize(dtype or ("int32" if whole else None))))


def eye(n: int, m: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """The identity matrix (ones on diagonal k)."""
    return Tensor(np.eye(n, m, k, dtype=dtypes.standardize(dtype)))
