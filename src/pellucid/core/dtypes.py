"""Which dtype a result has: Keras's promotion, in which an int never widens a float.

| operands              | result       |
|-----------------------|--------------|
| int32 and float32     | float32 (NumPy alone would say float64) |
| float32 and float64   | float64      |
| int64 and a Python float | the default float type |
| float32 and a Python float | float32 (Python numbers are weak) |
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from pellucid.core.errors import unknown_name
from pellucid.core.settings import floatx

KNOWN = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
         "float16", "float32", "float64", "string")


def standardize(dtype: Any) -> str:
    """The name of a dtype given as a name, a NumPy dtype, a Python type, or None (the default).

    >>> standardize(np.int64), standardize(int), standardize(None)
    ('int64', 'int32', 'float32')
    """
    if dtype is None:
        return floatx()
    if isinstance(dtype, str) and dtype in KNOWN:
        return dtype
    if dtype is float:
        return floatx()
    if dtype is int:
        return "int32"
    if isinstance(dtype, str) and dtype == "int":
        return "int32"
    if isinstance(dtype, str) and dtype == "float":
        return floatx()
    try:
        name = np.dtype(getattr(dtype, "name", dtype)).name
    except TypeError:
        name = str(dtype)
    if name not in KNOWN:
        raise unknown_name("dtype", name, KNOWN)
    return name


@functools.lru_cache(maxsize=256)
def name_of(dtype: np.dtype[Any]) -> str:
    """The name of a NumPy dtype, which NumPy itself makes anew each time it is asked."""
    return dtype.name


def is_float(dtype: Any) -> bool:
    """Whether a dtype is a float, and so can carry a gradient."""
    return str(dtype).startswith("float")


def is_whole(dtype: Any) -> bool:
    """Whether a dtype is one of whole numbers, with or without sign."""
    return str(dtype).startswith(("int", "uint"))


def of(value: Any) -> Any:
    """The dtype of a tensor or array; a Python number gives its type (weak) instead."""
    if isinstance(value, (bool, int, float)):
        return type(value)
    return value.dtype


def result_type(*dtypes: Any) -> str:
    """The dtype in which operands of these dtypes (names, or Python's weak types) are combined."""
    weak = {each for each in dtypes if isinstance(each, type) and each in (bool, int, float)}
    strong = sorted({str(each) for each in dtypes if each not in weak})
    return _combined(tuple(strong), frozenset(weak), floatx())


@functools.cache
def _combined(strong: tuple[str, ...], weak: frozenset[type], default: str) -> str:
    floats = [name for name in strong if is_float(name)]
    if floats:
        return max(floats, key=lambda name: int(name[5:]))
    if float in weak:
        return default
    if not strong:
        return "int32" if int in weak else "bool"
    joined = np.dtype(functools.reduce(np.promote_types, strong)).name
    if joined == "bool" and int in weak:
        return "int32"
    return default if is_float(joined) else joined      # uint64 and int64 have no common int
