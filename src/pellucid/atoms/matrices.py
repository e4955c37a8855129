"""Ops on matrices made of atoms: their diagonals and triangles, and products of several kinds."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.choices import where
from pellucid.atoms.indexing import get_item
from pellucid.atoms.linear_algebra import MATRICES, matmul, tensordot
from pellucid.atoms.reductions import sum
from pellucid.atoms.shaping import (
    LINE,
    expand_dims,
    moveaxis,
    pad,
    place,
    reshape,
    stack,
    strided,
)
from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, KindError, ShapeError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import Tensor


def _axis(axis: int, shape: Any, name: str) -> int:
    """An axis counted from 0; raises ShapeError if there is no such axis."""
    if not -len(shape) <= axis < len(shape):
        raise ShapeError(f"{name} has no axis {axis} to work along", got=f"shape {tuple(shape)}",
                         where=user_line())
    return axis % len(shape)


def _line(n: int, m: int, k: int) -> tuple[int, int]:
    """Where diagonal k begins among the numbers of an n × m matrix in a row, and its length."""
    length = min(n + min(k, 0), m - max(k, 0))
    return (k if k >= 0 else -k * m, length) if length > 0 else (0, 0)


@op(samples=LINE)
def diagonal(x, offset=0, axis1=0, axis2=1):
    """The diagonal of the matrices that two axes of x make: xᵢᵢ, or xᵢ,ᵢ₊ₖ with ``offset`` k.

    (n, m, ...) → (..., length of the diagonal): the two axes go, the diagonal is the last.
    Raises ShapeError where there are no two such axes.

    >>> diagonal([[1, 2, 3], [4, 5, 6]]).tolist(), diagonal([[1, 2], [3, 4]], offset=-1).tolist()
    ([1, 5], [3])
    """
    pair = _axis(axis1, x.shape, "diagonal"), _axis(axis2, x.shape, "diagonal")
    if pair[0] == pair[1]:
        raise ShapeError("diagonal needs two different axes", got=f"axis {axis1} twice",
                         where=user_line())
    *lead, n, m = (x := moveaxis(x, source=pair, destination=(-2, -1))).shape
    start, length = _line(n, m, offset)
    row = reshape(x, shape=(*lead, n * m))
    return strided(row, spans=(*((0, each, 1) for each in lead), (start, length, m + 1)))


@op(samples=LINE)
def trace(x, offset=0, axis1=0, axis2=1):
    """The sum of a diagonal: tr x = Σᵢ xᵢᵢ, as `diagonal` finds it.

    >>> trace([[1, 2], [3, 4]]).tolist()
    5
    """
    return sum(diagonal(x, offset=offset, axis1=axis1, axis2=axis2), axis=-1)


@op(samples=LINE)
def diag(x, k=0):
    """The matrix with the vector x on its diagonal k, zeros elsewhere; of a matrix, its diagonal.

    Raises ShapeError if x is neither a vector nor a matrix.

    >>> diag([1, 2]).tolist(), diag([[1, 2], [3, 4]]).tolist()
    ([[1, 0], [0, 2]], [1, 4])
    """
    if len(x.shape) == 2:
        return diagonal(x, offset=k)
    if len(x.shape) != 1:
        raise ShapeError("diag needs a vector or a matrix", got=f"shape {tuple(x.shape)}",
                         where=user_line(), hint="diagonal takes more axes, diagflat any shape")
    n = x.shape[0] + abs(k)
    start, _ = _line(n, n, k)
    row = place(x, shape=(n * n,), spans=((start, x.shape[0], n + 1),))
    return reshape(row, shape=(n, n))


@op(samples=LINE)
def diagflat(x, k=0):
    """The matrix with all numbers of x, in a row, on its diagonal k.

    >>> diagflat([[1], [2]], k=1).tolist()
    [[0, 1, 0], [0, 0, 2], [0, 0, 0]]
    """
    return diag(reshape(x, shape=(-1,)), k=k)


def _below(x: Any, k: int, name: str) -> np.ndarray:
    """Which numbers of the matrices in x stand on diagonal k or below."""
    if len(x.shape) < 2:
        raise ShapeError(f"{name} needs at least two axes", got=f"shape {tuple(x.shape)}",
                         where=user_line())
    n, m = x.shape[-2:]
    return np.tri(n, m, k, dtype=bool)


# False is the 0 of every dtype: with it the dtype of x stays.
@op(samples=LINE)
def tril(x, k=0):
    """The lower triangle: x on diagonal k and below, zeros above (over the last two axes).

    >>> tril([[1, 2], [3, 4]]).tolist()
    [[1, 0], [3, 4]]
    """
    return where(_below(x, k, "tril"), x, False)


@op(samples=LINE)
def triu(x, k=0):
    """The upper triangle: x on diagonal k and above, zeros below (over the last two axes).

    >>> triu([[1, 2], [3, 4]], k=1).tolist()
    [[0, 2], [0, 0]]
    """
    return where(_below(x, k - 1, "triu"), False, x)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """An N × M matrix with ones on diagonal k and below, zeros above.

    >>> tri(2, 3, dtype="int32").tolist()
    [[1, 0, 0], [1, 1, 0]]
    """
    return Tensor(np.tri(N, M, k, dtype=dtypes.standardize(dtype)))


@op(samples=MATRICES)
def inner(x1, x2):
    """The inner product over the last axis of both: Σₖ x1ᵢₖ x2ⱼₖ; of numbers, their product.

    (..., n) and (*, n) → (..., *). Raises ShapeError if the last axes differ in length.

    >>> inner([1, 2, 3], [4, 5, 6]).tolist(), inner([[1, 2], [3, 4]], [[1, 0], [0, 1]]).tolist()
    (32, [[1, 2], [3, 4]])
    """
    one, other = np.shape(x1), np.shape(x2)
    if not one or not other:
        return x1 * x2
    if one[-1] != other[-1]:
        raise ShapeError("an inner product needs last axes of one length",
                         got=f"shapes {one} and {other}", where=user_line())
    return tensordot(x1, x2, axes=((-1,), (-1,)))


@op(samples=MATRICES)
def vdot(x1, x2):
    """The inner product of all numbers of x1 and all of x2, each in a row.

    >>> vdot([[1, 2], [3, 4]], [[1, 0], [0, 1]]).tolist()
    5
    """
    return matmul(reshape(x1, shape=(-1,)), reshape(x2, shape=(-1,)))


@op(samples=MATRICES)
def kron(x1, x2):
    """The Kronecker product: every number of x1 times the whole of x2, as one block matrix.

    (n, m) and (k, l) → (n·k, m·l); a missing axis counts as one of length 1.

    >>> kron([[1, 2]], [[1, 1], [0, 1]]).tolist()
    [[1, 1, 2, 2], [0, 1, 0, 2]]
    """
    rank = max(len(np.shape(x1)), len(np.shape(x2)))
    one, other = ((1,) * (rank - len(shape)) + tuple(shape)
                  for shape in (np.shape(x1), np.shape(x2)))
    blocks = reshape(x1, shape=[n for each in one for n in (each, 1)])
    within = reshape(x2, shape=[n for each in other for n in (1, each)])
    return reshape(blocks * within, shape=[n * m for n, m in zip(one, other, strict=True)])


@op(samples=MATRICES)
def cross(x1, x2, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """The cross product: a vector at right angles to x1 and x2, as long as their parallelogram.

    In space (x₂y₃ - x₃y₂, x₃y₁ - x₁y₃, x₁y₂ - x₂y₁); of two vectors in the plane only the last
    number, without an axis. ``axisa``, ``axisb``, ``axisc`` say along which axis the vectors of
    x1, x2 and of the result lie; ``axis`` says it for all three.
    Raises ShapeError for vectors that have neither 2 nor 3 numbers.

    >>> cross([1, 0, 0], [0, 1, 0]).tolist(), cross([1, 2], [3, 4]).tolist()
    ([0, 0, 1], -2)
    """
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    a = moveaxis(x1, source=_axis(axisa, x1.shape, "cross"), destination=-1)
    b = moveaxis(x2, source=_axis(axisb, x2.shape, "cross"), destination=-1)
    lengths = a.shape[-1], b.shape[-1]
    if not {*lengths} <= {2, 3}:
        raise ShapeError("a cross product needs vectors of 2 or 3 numbers",
                         got=f"{lengths[0]} and {lengths[1]}", where=user_line())
    (x, y, z), (u, v, w) = map(_in_space, (a, b))
    last = x * v - y * u
    if lengths == (2, 2):
        return last
    result = stack([y * w - z * v, z * u - x * w, last], axis=-1)
    return moveaxis(result, source=-1, destination=_axis(axisc, result.shape, "cross"))


def _in_space(x: Any) -> list[Any]:
    """The three coordinates of vectors along the last axis; in the plane the third is 0."""
    rank, n = len(x.shape), x.shape[-1]
    x = pad(x, pad_width=((0, 0),) * (rank - 1) + ((0, 3 - n),)) if n < 3 else x
    return [get_item(x, index=(..., i)) for i in range(3)]


@op(samples=LINE)
def vander(x, N=None, increasing=False):
    """Vandermonde's matrix: the powers of each number of x, the highest first.

    (n,) → (n, N): row i is xᵢᴺ⁻¹, …, xᵢ², xᵢ, 1 (the other way round if ``increasing``); N is n
    unless told. Raises ShapeError if x is no vector.

    >>> vander([1, 2, 3]).tolist(), vander([2, 3], N=3, increasing=True).tolist()
    ([[1, 1, 1], [4, 2, 1], [9, 3, 1]], [[1, 2, 4], [1, 3, 9]])
    """
    if len(x.shape) != 1:
        raise ShapeError("vander needs a vector", got=f"shape {tuple(x.shape)}", where=user_line())
    count = x.shape[0] if N is None else N
    if type(count) is not int:
        raise KindError("vander's N must be a whole number, or None", got=N, where=user_line())
    if count < 0:
        raise ArgumentError("vander's N must be at least 0", got=N, where=user_line())
    if count == 0:
        return strided(expand_dims(x, axis=1), spans=((0, x.shape[0], 1), (0, 0, 1)))
    powers = [where(np.ones(x.shape, bool), True, x)]    # ones in the dtype of x
    while len(powers) < count:
        powers.append(powers[-1] * x)
    return stack(powers if increasing else powers[::-1], axis=1)
