"""The matrix product, and the products that reduce to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.samples import uniform
from pellucid.atoms.shaping import expand_dims, reshape, swapaxes, transpose
from pellucid.core.atom import atom
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.op import op

MATRICES = [uniform(-2, 2), uniform(-2, 2)]

# C = A B:  ∂L/∂A = (∂L/∂C) Bᵀ  and  ∂L/∂B = Aᵀ (∂L/∂C)
product = atom(
    "matrix_product", np.matmul,
    lambda g, y, a, b: product(g, swapaxes(b, axis1=-1, axis2=-2)),
    lambda g, y, a, b: product(swapaxes(a, axis1=-1, axis2=-2), g),
    about="The product of matrices, (..., n, m) and (..., m, k) → (..., n, k).",
    meet="same", text="{0:>} @ {1:>}", tex=r"{0:>} \, {1:>}", level=1.5)


@op(samples=MATRICES, text="{0:>} @ {1:>}", tex=r"{0:>} \, {1:>}", level=1.5)
def matmul(x1, x2):
    """The matrix product: (A B)ᵢⱼ = Σₖ Aᵢₖ Bₖⱼ, over the last two axes.

    A vector on the left is a row, on the right a column; leading axes are carried along.
    Raises ShapeError if the axes that are summed over differ in length.

    >>> matmul([[1, 2], [3, 4]], [1, 1]).tolist()
    [3, 7]
    """
    left, right = len(np.shape(x1)), len(np.shape(x2))
    if left == 0 or right == 0 or x1.shape[-1] != x2.shape[max(right - 2, 0)]:
        raise ShapeError(f"a matrix product needs the last axis of the left to match the "
                         f"{'next-to-last' if right > 1 else 'only'} axis of the right",
                         got=f"shapes {np.shape(x1)} and {np.shape(x2)}", where=user_line(),
                         hint="did you swap the axes?")
    if left > 2 and right == 2:                     # one large product instead of many small
        flat = product(reshape(x1, shape=(-1, x1.shape[-1])), x2)
        return reshape(flat, shape=(*x1.shape[:-1], x2.shape[-1]))
    row = expand_dims(x1, axis=0) if left == 1 else x1
    column = expand_dims(x2, axis=1) if right == 1 else x2
    y = product(row, column)
    shape = list(y.shape)
    if right == 1:
        shape.pop(-1)
    if left == 1:
        shape.pop(-1 if right == 1 else -2)
    return reshape(y, shape=shape) if len(shape) != len(y.shape) else y


@op(samples=MATRICES)
def dot(x1, x2):
    """The inner product over the last axis of x1 and the next-to-last of x2.

    >>> dot([1, 2, 3], [4, 5, 6]).tolist()
    32
    """
    if not np.shape(x1) or not np.shape(x2):
        return x1 * x2
    if len(x2.shape) <= 2:
        return matmul(x1, x2)
    return tensordot(x1, x2, axes=((-1,), (-2,)))


@op(samples=MATRICES)
def outer(x1, x2):
    """The outer product: every number of x1 times every number of x2.

    (n,) and (m,) → (n, m).

    >>> outer([1, 2], [3, 4, 5]).tolist()
    [[3, 4, 5], [6, 8, 10]]
    """
    return reshape(x1, shape=(-1, 1)) * reshape(x2, shape=(1, -1))


@op(samples=MATRICES)
def tensordot(x1, x2, axes: Any = 2):
    """The sum of products over several axes at once.

    ``axes`` is how many: the last of x1 meet the first of x2; or it names the axes of each.

    >>> tensordot([[1, 2], [3, 4]], [[1, 0], [0, 1]], axes=2).tolist()
    5
    >>> tensordot([[1, 2], [3, 4]], [5, 6], axes=((0,), (0,))).tolist()
    [23, 34]
    """
    if isinstance(axes, int):
        ours, theirs = list(range(len(x1.shape) - axes, len(x1.shape))), list(range(axes))
    else:
        ours, theirs = (list(np.atleast_1d(each)) for each in axes)
    ours = [i % len(x1.shape) for i in ours]
    theirs = [i % len(x2.shape) for i in theirs]
    free_a = [i for i in range(len(x1.shape)) if i not in ours]
    free_b = [i for i in range(len(x2.shape)) if i not in theirs]
    terms = int(np.prod([x1.shape[i] for i in ours], dtype=np.int64))
    left = reshape(transpose(x1, axes=free_a + ours), shape=(-1, terms))
    right = reshape(transpose(x2, axes=theirs + free_b), shape=(terms, -1))
    return reshape(product(left, right),
                   shape=[x1.shape[i] for i in free_a] + [x2.shape[i] for i in free_b])
