"""Numbers at even distances, and grids made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.elementwise import cast, floor, power
from pellucid.atoms.elementwise import identity as same
from pellucid.atoms.making import eye
from pellucid.atoms.shaping import broadcast_to, moveaxis, reshape
from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.tensor import with_operators


def _float_of(*xs: Any) -> str:
    """The float type in which they meet; Python's numbers leave the choice to the others."""
    known = (x if isinstance(x, (int, float)) else with_operators(x) for x in xs)
    return dtypes.result_type(*map(dtypes.of, known), float)


def _shares(num: int, endpoint: bool, dtype: str) -> np.ndarray:
    """From 0 on ``num`` even steps to 1, or to one step before it."""
    if num < 0:
        raise ArgumentError("num must be at least 0", got=repr(num), where=user_line())
    return (np.arange(num) / max(num - 1 if endpoint else num, 1)).astype(dtype)


def _between(start: Any, stop: Any, shares: np.ndarray) -> tuple[Any, Any, np.ndarray]:
    """Start and stop in one dtype with an axis in front, and the shares shaped along it."""
    start, stop = (cast(with_operators(x), dtype=str(shares.dtype)) for x in (start, stop))
    axes = max(len(start.shape), len(stop.shape))
    return start, stop, shares.reshape(-1, *[1] * axes)


def _finished(x: Any, dtype: Any, axis: int) -> Any:
    x = moveaxis(x, source=0, destination=axis)
    if dtype is None:
        return x
    dtype = dtypes.standardize(dtype)
    return cast(x if dtypes.is_float(dtype) else floor(x), dtype=dtype)


def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False,
             dtype: Any = None, axis: int = 0) -> Any:
    """``num`` numbers from start to stop at even distances, stop included unless told.

    ``start`` and ``stop`` may be tensors: the numbers stand along a new axis. With ``retstep`` the
    distance comes too. Raises ArgumentError for ``num`` below 0.

    >>> linspace(0.0, 1.0, 5).tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    shares = _shares(num, endpoint, _float_of(start, stop))
    first, last, t = _between(start, stop, shares)
    result = _finished((1 - t) * first + t * last, dtype, axis)
    steps = num - 1 if endpoint else num
    return (result, (last - first) / (steps or float("nan"))) if retstep else result


def logspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10,
             dtype: Any = None, axis: int = 0) -> Any:
    """``num`` numbers from base^start to base^stop, each the same multiple of the one before.

    Raises ArgumentError for ``num`` below 0.

    >>> logspace(0.0, 3.0, 4).numpy().round(2).tolist()
    [1.0, 10.0, 100.0, 1000.0]
    """
    exponents = linspace(start, stop, num, endpoint)
    return _finished(power(base, exponents), dtype, axis)


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None,
              axis: int = 0) -> Any:
    """``num`` numbers from start to stop, each the same multiple of the one before.

    Both are above 0, or both below. Raises ArgumentError for ``num`` below 0.

    >>> geomspace(1.0, 16.0, 5).numpy().round(3).tolist()
    [1.0, 2.0, 4.0, 8.0, 16.0]
    """
    first, last, t = _between(start, stop, _shares(num, endpoint, _float_of(start, stop)))
    return _finished(first * power(last / first, t), dtype, axis)


def meshgrid(*x: Any, indexing: str = "xy") -> list[Any]:
    """Coordinates of every point of a grid: each tensor repeated along the axes of the others.

    ``indexing="xy"`` puts the first tensor along the columns, ``"ij"`` along the rows. Raises
    ArgumentError for another word, ShapeError for tensors of several axes.

    >>> [each.tolist() for each in meshgrid([1, 2], [3, 4])]
    [[[1, 2], [1, 2]], [[3, 3], [4, 4]]]
    """
    if indexing not in ("xy", "ij"):
        raise ArgumentError('indexing must be "xy" or "ij"', got=repr(indexing), where=user_line())
    lines = list(map(with_operators, x))
    if any(len(line.shape) > 1 for line in lines):
        raise ShapeError("meshgrid needs tensors of one axis",
                         got=f"shapes {[tuple(line.shape) for line in lines]}", where=user_line())
    order = list(range(len(lines)))
    if indexing == "xy" and len(lines) > 1:
        order[:2] = [1, 0]
    lines = [reshape(line, shape=(-1,)) for line in lines]
    shape = [0] * len(lines)
    for line, axis in zip(lines, order, strict=True):
        shape[axis] = line.shape[0]
    return [broadcast_to(reshape(line, shape=[-1 if i == axis else 1 for i in range(len(lines))]),
                         shape=shape) for line, axis in zip(lines, order, strict=True)]


def identity(n: int, dtype: Any = None) -> Any:
    """The identity matrix of n rows.

    >>> identity(2).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return eye(n, dtype=dtype)


def copy(x: Any) -> Any:
    """x as a value of its own.

    >>> copy([1.0, 2.0]).tolist()
    [1.0, 2.0]
    """
    return same(with_operators(x))
