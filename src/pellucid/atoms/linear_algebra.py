"""The matrix product, and the products that reduce to it."""

from __future__ import annotations

import numpy as np

from pellucid.atoms.samples import uniform
from pellucid.atoms.shaping import expand_dims, reshape, swapaxes, transpose
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.op import atom, op

MATRICES = [uniform(-2, 2), uniform(-2, 2)]

# C = A B:  ∂L/∂A = (∂L/∂C) Bᵀ  and  ∂L/∂B = Aᵀ (∂L/∂C)
product = atom("matrix_product", np.matmul,
               lambda g, y, a, b: product(g, swapaxes(b, axis1=-1, axis2=-2)),
               lambda g, y, a, b: product(swapaxes(a, axis1=-1, axis2=-2), g),
               meet="same", text="{0} @ {1:>}", tex=r"{0} \, {1:>}", level=2)


@op(samples=MATRICES)
def matmul(a, b):
    """The matrix product: (A B)ᵢⱼ = Σₖ Aᵢₖ Bₖⱼ, over the last two axes.

    A vector on the left is a row, on the right a column; leading axes are carried along.
    """
    left, right = len(a.shape), len(b.shape)
    if left == 0 or right == 0 or a.shape[-1] != b.shape[max(right - 2, 0)]:
        raise ShapeError(f"a matrix product needs the last axis of the left to match the "
                         f"{'next-to-last' if right > 1 else 'only'} axis of the right",
                         got=f"shapes {tuple(a.shape)} and {tuple(b.shape)}", where=user_line(),
                         hint="did you swap the axes?")
    if left > 2 and right == 2:                     # one large product instead of many small
        flat = product(reshape(a, shape=(-1, a.shape[-1])), b)
        return reshape(flat, shape=(*a.shape[:-1], b.shape[-1]))
    row = expand_dims(a, axis=0) if left == 1 else a
    column = expand_dims(b, axis=1) if right == 1 else b
    y = product(row, column)
    shape = list(y.shape)
    if right == 1:
        shape.pop(-1)
    if left == 1:
        shape.pop(-1 if right == 1 else -2)
    return reshape(y, shape=shape) if len(shape) != len(y.shape) else y


@op(samples=MATRICES)
def dot(a, b):
    """The inner product over the last axis of a and the next-to-last of b."""
    if not a.shape or not b.shape:
        return a * b
    if len(b.shape) <= 2:
        return matmul(a, b)
    return tensordot(a, b, axes=((-1,), (-2,)))


@op(samples=MATRICES)
def outer(a, b):
    """The outer product: every number of a times every number of b."""
    return reshape(a, shape=(-1, 1)) * reshape(b, shape=(1, -1))


@op(samples=MATRICES)
def tensordot(a, b, axes=2):
    """The sum of products over several axes at once."""
    if isinstance(axes, int):
        ours, theirs = list(range(len(a.shape) - axes, len(a.shape))), list(range(axes))
    else:
        ours, theirs = ([i] if isinstance(i, int) else list(i) for i in axes)
    ours = [i % len(a.shape) for i in ours]
    theirs = [i % len(b.shape) for i in theirs]
    free_a = [i for i in range(len(a.shape)) if i not in ours]
    free_b = [i for i in range(len(b.shape)) if i not in theirs]
    terms = int(np.prod([a.shape[i] for i in ours], dtype=np.int64))
    left = reshape(transpose(a, axes=free_a + ours), shape=(-1, terms))
    right = reshape(transpose(b, axes=theirs + free_b), shape=(terms, -1))
    return reshape(product(left, right),
                   shape=[a.shape[i] for i in free_a] + [b.shape[i] for i in free_b])
