"""Between arrays and tensors, and what a tensor is like."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core import dtypes
from pellucid.core.atom import ATOMS
from pellucid.core.tensor import OPS, Arraylike, Operators, Tensor, convert, with_operators


def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None,
                      ragged: bool | None = None) -> Any:
    """A tensor of anything array-like; Python floats take the default float type.

    >>> convert_to_tensor([1.0, 2.0]).dtype
    'float32'
    """
    if isinstance(x, Operators) and not isinstance(x, Arraylike):
        return x if dtype is None else cast(x, dtype)    # a symbol, of Input, stays one
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


def dtype(x: Any) -> str:
    """The dtype by its name.

    >>> dtype([1.0, 2.0]), dtype(np.zeros(2, "int64"))
    ('float32', 'int64')
    """
    return dtypes.standardize(x.dtype if hasattr(x, "dtype") else convert(x).dtype)


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


def get_item(x: Any, key: Any) -> Any:
    """x[key]: numbers, slices, None, ..., and one tensor or list of integers, or a mask.

    >>> get_item([[1, 2, 3], [4, 5, 6]], (0, slice(None, None, 2))).tolist()
    [1, 3]
    """
    return OPS["get_item"](x, index=key)


def array(x: Any, dtype: Any = None) -> Tensor:
    """A tensor of anything array-like, as `convert_to_tensor`.

    >>> array([[1, 2], [3, 4]]).tolist()
    [[1, 2], [3, 4]]
    """
    return convert(x, dtype)


def saturate_cast(x: Any, dtype: Any) -> Any:
    """x in another dtype; what lies beyond its range becomes its nearest end.

    >>> saturate_cast([-7.0, 200.0, 300.0], "uint8").tolist()
    [0, 200, 255]
    """
    x, name = with_operators(x), dtypes.standardize(dtype)
    (low, high), (least, most) = _ends(str(x.dtype)), _ends(name)
    low, high = max(low, least), min(high, most)
    if dtypes.is_float(x.dtype):
        kind = np.dtype(x.dtype).type
        low = _inside(low, kind, low <= float(kind(low)))
        high = _inside(high, kind, float(kind(high)) <= high)
    if str(x.dtype) == "bool":
        return ATOMS["cast"](x, dtype=name)
    result = ATOMS["cast"](OPS["clip"](x, low, high), dtype=name)
    if dtypes.is_float(x.dtype) and dtypes.is_whole(name):       # whose end may be no float
        result = OPS["where"](OPS["greater_equal"](x, float(most)), most, result)
    return result


def _inside(end: Any, kind: Any, fits: bool) -> float:
    """An end as a float, or, where that rounds outwards, the next float inside."""
    return float(kind(end) if fits else np.nextafter(kind(end), kind(0)))


def _ends(dtype: str) -> tuple[Any, Any]:
    """The least and the largest number of a dtype."""
    if dtype == "bool":
        return 0, 1
    ends = np.finfo(dtype) if dtypes.is_float(dtype) else np.iinfo(dtype)
    return (float(ends.min), float(ends.max)) if dtypes.is_float(dtype) else (ends.min, ends.max)
