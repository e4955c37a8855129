"""Interpolation: the numbers between the cells of an axis, as a product with fixed weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.atoms.choices import greater, less, less_equal, logical_and, maximum, where
from pellucid.atoms.elementwise import abs, square
from pellucid.atoms.indexing import repeat, take
from pellucid.atoms.linear_algebra import tensordot
from pellucid.atoms.reductions import sum
from pellucid.atoms.shaping import expand_dims, moveaxis
from pellucid.atoms.trigonometry import sinc
from pellucid.core import dtypes
from pellucid.core.recording import watched_by
from pellucid.core.tensor import convert, with_operators

Bump = Callable[[Any], Any]
LEAST = 1000 * float(np.finfo(np.float32).eps)       # below this the cells have no say at all


def _triangle(d: Any) -> Any:
    return maximum(1 - d, 0)


def _cubic(d: Any) -> Any:
    """Keys's piecewise cubic with a = -1/2."""
    near, far = (1.5 * d - 2.5) * square(d) + 1, ((2.5 - 0.5 * d) * d - 4) * d + 2
    return where(less(d, 1), near, where(less(d, 2), far, 0))


def _lanczos(radius: int) -> Bump:
    """A sinc under the middle of a wider one."""
    return lambda d: where(less_equal(d, radius), sinc(d) * sinc(d / radius), 0)


BUMPS: dict[str, Bump] = {"bilinear": _triangle, "bicubic": _cubic, "lanczos3": _lanczos(3),
                          "lanczos5": _lanczos(5)}
METHODS = ("nearest", *BUMPS)


def stretched(n: int, m: int, scale: Any, shift: Any, method: str, antialias: bool) -> Any:
    """The matrix (m, n) that stretches n cells by ``scale``, moves them by ``shift``, and reads m.

    Cell i of the m has its middle at (i + ½ - shift) / scale - ½; what is how far from there counts
    for how much, the method says. With ``antialias``, where cells become fewer, distances are
    measured in cells of the m, so that every one of the n counts. A middle beyond the n reads 0.
    """
    each = str(scale.dtype)
    middles = (np.arange(m, dtype=each) + 0.5 - shift) / scale - 0.5
    distance = abs(expand_dims(middles, axis=1) - np.arange(n, dtype=each))
    found = BUMPS[method](distance / maximum(1 / scale, 1) if antialias else distance)
    total = sum(found, axis=1, keepdims=True)
    said = greater(abs(total), LEAST)
    inside = logical_and(middles >= -0.5, middles <= n - 0.5)
    return where(logical_and(said, expand_dims(inside, axis=1)), found / where(said, total, 1), 0)


def weights(n: int, m: int, method: str, antialias: bool = False) -> np.ndarray:
    """The matrix that makes m cells of n: (m, n), each row a weighted mean (see `stretched`).

    >>> weights(2, 4, "bilinear").tolist()
    [[1.0, 0.0], [0.75, 0.25], [0.25, 0.75], [0.0, 1.0]]

    Source of "bicubic": R. Keys, "Cubic convolution interpolation for digital image processing"
    (1981), with a = -½; of "lanczos3" and "lanczos5": C. Duchon, "Lanczos filtering in one and two
    dimensions" (1979).
    """
    with watched_by(tapes=(), trace=None):               # known before: no part of any Plan
        scale = convert(np.asarray(m / n, "float64"))
        return stretched(n, m, scale, 0.0, method, antialias).numpy()


def resized(x: Any, m: int, axis: int, method: str = "bilinear", antialias: bool = False) -> Any:
    """x with m cells along an axis: the nearest cells, or numbers between the cells.

    >>> resized([1.0, 3.0, 5.0, 7.0], 2, axis=0, method="nearest").tolist()
    [3.0, 7.0]
    """
    x = with_operators(x)
    n = x.shape[axis]
    if method == "nearest":
        return take(x, ((np.arange(m) + 0.5) * n / m).astype(np.int32), axis=axis)
    dtype = dtypes.result_type(x.dtype, float)
    matrix = weights(n, m, method, antialias).astype(dtype)
    return moveaxis(tensordot(matrix, x, axes=((1,), (axis,))), source=0, destination=axis)


def enlarged(x: Any, times: int, axis: int, method: str = "nearest") -> Any:
    """x with an axis ``times`` as long: each cell repeated, or numbers between the cells.

    >>> enlarged([1.0, 3.0], 2, axis=0, method="bilinear").tolist()
    [1.0, 1.5, 2.5, 3.0]
    """
    x = with_operators(x)
    if times == 1:
        return x
    if method == "nearest":
        return repeat(x, times, axis=axis)
    return resized(x, times * x.shape[axis], axis, method)
