"""Numbers as the machine stores them: their bits read as another dtype, and their neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.elementwise import cast
from pellucid.atoms.host import host_function, like
from pellucid.core import dtypes
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import convert


def _viewed(x: Any, *, dtype: str) -> Any:
    return np.asarray(x, order="C").view(dtype)


def _viewed_kind(x: Any, *, dtype: str) -> Any:
    """The last axis is as many times longer as the new numbers are shorter."""
    was, becomes = np.dtype(str(x.dtype)).itemsize, np.dtype(dtype).itemsize
    shape = tuple(x.shape)
    if was != becomes:
        shape = (*shape[:-1], shape[-1] * was // becomes)
    return like(x, shape, dtype)


_bits_as = host_function(
    "view", _viewed, _viewed_kind, lambda g, y, x, dtype: [None],
    about="The same bytes, read as numbers of another dtype.")
_next_float = host_function(
    "nextafter", np.nextafter, lambda a, b: like(a, np.broadcast_shapes(a.shape, b.shape)),
    lambda g, y, a, b: [None, None], about="The float next to x1 on the way to x2.")


@op(judge="keras")
def view(x, dtype=None):
    """The bits of x read as numbers of another dtype; nothing is computed. A host call.

    Where the new numbers are shorter (or longer), the last axis gets more (or fewer) of them.
    No gradient passes. Raises ShapeError if the last axis does not divide.

    >>> view(np.array([1.0], "float32"), "int32").tolist()     # sign 0, exponent 127, fraction 0
    [1065353216]
    """
    name = str(x.dtype) if dtype is None else dtypes.standardize(dtype)
    was, becomes = (np.dtype(each).itemsize for each in (str(x.dtype), name))
    if was != becomes and (not x.shape or x.shape[-1] * was % becomes):
        raise ShapeError(f"view needs a last axis whose bytes divide into numbers of {name}",
                         got=f"shape {tuple(x.shape)} of {x.dtype}", where=user_line())
    return _bits_as(x, dtype=name)


@op(judge="keras")
def nextafter(x1, x2):
    """The next number that a float can hold after x1, on the way to x2. A host call.

    No gradient passes.

    >>> (nextafter(np.array([1.0]), 2.0) - 1.0).tolist() == [np.finfo("float64").eps]
    True
    """
    common = dtypes.result_type(dtypes.of(x1), dtypes.of(x2), float)
    return _next_float(*(cast(convert(x), dtype=common) for x in (x1, x2)))
