"""Interpolation: the numbers between the cells of an axis, as a product with fixed weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.atoms.indexing import repeat, take
from pellucid.atoms.linear_algebra import tensordot
from pellucid.atoms.shaping import moveaxis
from pellucid.core import dtypes
from pellucid.core.tensor import Operators, convert

Bump = Callable[[np.ndarray], np.ndarray]


def _triangle(d: np.ndarray) -> np.ndarray:
    return np.maximum(1 - d, 0)


def _cubic(d: np.ndarray) -> np.ndarray:
    """Keys's piecewise cubic with a = -1/2."""
    near, far = (1.5 * d - 2.5) * d**2 + 1, ((2.5 - 0.5 * d) * d - 4) * d + 2
    return np.where(d < 1, near, np.where(d < 2, far, 0))


def _lanczos(radius: int) -> Bump:
    """A sinc under the middle of a wider one."""
    return lambda d: np.where(d <= radius, np.sinc(d) * np.sinc(d / radius), 0)


BUMPS: dict[str, Bump] = {"bilinear": _triangle, "bicubic": _cubic, "lanczos3": _lanczos(3),
                          "lanczos5": _lanczos(5)}
METHODS = ("nearest", *BUMPS)


def weights(n: int, m: int, method: str, antialias: bool = False) -> np.ndarray:
    """The matrix that makes m cells of n: (m, n), each row a weighted mean.

    Cell i of the m has its middle at (i + ½) n / m - ½; what is how far from there counts for how
    much, the method says. With ``antialias``, where cells become fewer, distances are measured in
    cells of the m, so that every one of the n counts.

    >>> weights(2, 4, "bilinear").tolist()
    [[1.0, 0.0], [0.75, 0.25], [0.25, 0.75], [0.0, 1.0]]

    Source of "bicubic": R. Keys, "Cubic convolution interpolation for digital image processing"
    (1981), with a = -½; of "lanczos3" and "lanczos5": C. Duchon, "Lanczos filtering in one and two
    dimensions" (1979).
    """
    middles = (np.arange(m) + 0.5) * n / m - 0.5
    unit = max(n / m, 1) if antialias else 1
    found = BUMPS[method](np.abs(middles[:, None] - np.arange(n)) / unit)
    return found / found.sum(1, keepdims=True)


def resized(x: Any, m: int, axis: int, method: str = "bilinear", antialias: bool = False) -> Any:
    """x with m cells along an axis: the nearest cells, or numbers between the cells.

    >>> resized([1.0, 3.0, 5.0, 7.0], 2, axis=0, method="nearest").tolist()
    [3.0, 7.0]
    """
    x = x if isinstance(x, Operators) else convert(x)
    n = x.shape[axis]
    if method == "nearest":
        return take(x, ((np.arange(m) + 0.5) * n / m).astype(np.int32), axis=axis)
    dtype = str(x.dtype) if dtypes.is_float(x.dtype) else dtypes.floatx()
    matrix = weights(n, m, method, antialias).astype(dtype)
    return moveaxis(tensordot(matrix, x, axes=((1,), (axis,))), source=0, destination=axis)


def enlarged(x: Any, times: int, axis: int, method: str = "nearest") -> Any:
    """x with an axis ``times`` as long: each cell repeated, or numbers between the cells.

    >>> enlarged([1.0, 3.0], 2, axis=0, method="bilinear").tolist()
    [1.0, 1.5, 2.5, 3.0]
    """
    x = x if isinstance(x, Operators) else convert(x)
    if times == 1:
        return x
    if method == "nearest":
        return repeat(x, times, axis=axis)
    return resized(x, times * x.shape[axis], axis, method)
