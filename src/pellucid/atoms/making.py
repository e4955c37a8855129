"""Tensors made of nothing but a shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.shaping import broadcast_to
from pellucid.core import dtypes
from pellucid.core.calls import known_by_name
from pellucid.core.op import op
from pellucid.core.tensor import Arraylike, Tensor, convert, with_operators


@known_by_name
def zeros(shape: Any, dtype: Any = None) -> Any:
    """A tensor of zeros.

    >>> zeros((2, 2)).tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """
    return full(shape, 0, dtype)


@known_by_name
def ones(shape: Any, dtype: Any = None) -> Any:
    """A tensor of ones.

    >>> ones(3, dtype="int32").tolist()
    [1, 1, 1]
    """
    return full(shape, 1, dtype)


@known_by_name
def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    """A tensor of one number, in the default float type unless another is named.

    >>> full((2,), 0.5).tolist(), full((1,), 3).tolist()
    ([0.5, 0.5], [3.0])
    """
    shape = (shape,) if isinstance(shape, int) else tuple(int(n) for n in shape)
    return broadcast_to(convert(fill_value, dtypes.standardize(dtype)), shape=shape)


@known_by_name
def zeros_like(x: Any, dtype: Any = None) -> Any:
    """Zeros in the shape and dtype of x.

    >>> zeros_like([1, 2]).tolist()
    [0, 0]
    """
    return full_like(x, 0, dtype)


@known_by_name
def ones_like(x: Any, dtype: Any = None) -> Any:
    """Ones in the shape and dtype of x.

    >>> ones_like([0.5, 2.0]).tolist()
    [1.0, 1.0]
    """
    return full_like(x, 1, dtype)


@known_by_name
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """One number in the shape and dtype of x.

    >>> full_like([1, 2, 3], 7).tolist()
    [7, 7, 7]
    """
    x = with_operators(x)
    if not isinstance(x, Arraylike):                     # a symbol: its shape comes with its value
        return filled_like(x, fill_value, dtype=dtype)
    return full(x.shape, fill_value, dtype or x.dtype)


@op
def filled_like(x, fill_value, dtype=None):
    """`full_like` as an op: a node of a functional model, where the shape is not known yet.

    >>> filled_like([1, 2, 3], 7).tolist()
    [7, 7, 7]
    """
    return full(x.shape, fill_value, dtype or x.dtype)


@known_by_name
def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> Any:
    """The numbers start, start + step, … below stop.

    Given one number alone, it is the stop and the start is 0.

    >>> arange(3).tolist(), arange(1, 2, 0.25).tolist()
    ([0, 1, 2], [1.0, 1.25, 1.5, 1.75])
    """
    if stop is None:
        start, stop = 0, start
    whole = all(isinstance(each, (int, np.integer)) for each in (start, stop, step))
    return Tensor(np.arange(start, stop, step).astype(
        dtypes.standardize(dtype or ("int32" if whole else None))))


@known_by_name
def eye(n: int, m: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """The identity matrix (ones on diagonal k).

    >>> eye(2).tolist(), eye(2, 3, k=1).tolist()
    ([[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    """
    return Tensor(np.eye(n, m, k, dtype=dtypes.standardize(dtype)))
