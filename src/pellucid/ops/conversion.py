"""Between arrays and tensors, and what a tensor is like."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core import dtypes
from pellucid.core.atom import ATOMS
from pellucid.core.tensor import Tensor, convert


def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None,
                      ragged: bool | None = None) -> Tensor:
    """A tensor of anything array-like; Python floats take the default float type.

    >>> convert_to_tensor([1.0, 2.0]).dtype
    'float32'
    """
    return convert(x, dtype)


def convert_to_numpy(x: Any) -> np.ndarray:
    """The value of a tensor as a NumPy array.

    >>> convert_to_numpy(convert_to_tensor([1.0, 2.0])).tolist()
    [1.0, 2.0]
    """
    return np.asarray(x)


def cast(x: Any, dtype: Any) -> Any:
    """x in another dtype.

    >>> cast([1.7], "int32").tolist()
    [1]
    """
    return ATOMS["cast"](x, dtype=dtypes.standardize(dtype))


def is_tensor(x: Any) -> bool:
    """Whether x is a tensor of this library.

    >>> is_tensor(convert_to_tensor(1.0)), is_tensor(1.0)
    (True, False)
    """
    return isinstance(x, Tensor)


def shape(x: Any) -> tuple[int | None, ...]:
    """The shape as a tuple.

    >>> shape([[1.0, 2.0]])
    (1, 2)
    """
    return tuple(x.shape) if hasattr(x, "shape") else np.shape(x)


def ndim(x: Any) -> int:
    """The number of axes.

    >>> ndim([[1.0, 2.0]])
    2
    """
    return len(shape(x))


def size(x: Any) -> int:
    """The number of entries.

    >>> size([[1.0, 2.0]])
    2
    """
    return int(np.prod(convert(x).shape, dtype=np.int64))
