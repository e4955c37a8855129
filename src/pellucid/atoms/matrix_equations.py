"""Linear algebra in Keras's names: determinants, inverses, equations, decompositions."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms import matrix_decompositions as parts
from pellucid.atoms.choices import greater, where
from pellucid.atoms.elementwise import cast
from pellucid.atoms.linear_algebra import matmul
from pellucid.atoms.matrix_decompositions import lower, matrices, symmetric, transposed
from pellucid.atoms.reductions import any, max, sum
from pellucid.atoms.shaping import expand_dims, reshape
from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import Abstract, convert


@op(judge="keras")
def cholesky(x, upper=False):
    """The triangular L with L Lᵀ = X, for a symmetric positive definite X (or Lᵀ if ``upper``).

    Raises ArgumentError where X is not positive definite; in a compiled function L is NaN there.
    A host call.

    >>> cholesky([[4.0, 2.0], [2.0, 2.0]]).tolist()
    [[2.0, 0.0], [1.0, 1.0]]
    """
    factor = parts.cholesky_factor(symmetric(matrices(x, "cholesky")))
    if not isinstance(factor.value, Abstract) and bool(any(factor != factor)):
        raise ArgumentError("cholesky needs positive definite matrices", where=user_line(),
                            hint="is the matrix symmetric, and are its eigenvalues above 0?")
    return transposed(factor) if upper else factor


@op(judge="keras")
def cholesky_inverse(x, upper=False):
    """The inverse of L Lᵀ, given the triangular L (or, with ``upper``, of Uᵀ U, given U).

    >>> cholesky_inverse([[2.0, 0.0], [0.0, 4.0]]).tolist()
    [[0.25, 0.0], [0.0, 0.0625]]
    """
    x = matrices(x, "cholesky_inverse")
    back = parts.inverse(transposed(lower(transposed(x))) if upper else lower(x))
    return matmul(back, transposed(back)) if upper else matmul(transposed(back), back)


@op(judge="keras")
def det(x):
    """The determinant: by how much the matrix stretches a volume. A host call.

    A singular matrix has a gradient too, but no second one (NaN).

    >>> round(float(det([[1.0, 2.0], [3.0, 4.0]])), 5)
    -2.0
    """
    return parts.determinant(matrices(x, "det"))


@op(judge="keras")
def slogdet(x):
    """``(sign, log |det X|)``, which does not overflow where the determinant would. A host call.

    >>> sign, size = slogdet([[-2.0, 0.0], [0.0, 1.0]])
    >>> float(sign), round(float(size), 4)
    (-1.0, 0.6931)
    """
    return parts.signed_log_det(matrices(x, "slogdet"))


@op(judge="keras")
def logdet(x):
    """log |det X|: the second part of `slogdet`.

    >>> round(float(logdet([[2.0, 0.0], [0.0, 1.0]])), 4)
    0.6931
    """
    return parts.signed_log_det(matrices(x, "logdet"))[1]


@op(judge="keras")
def inv(x):
    """The inverse of a square matrix: X X⁻¹ = 1. NaN for a singular one. A host call.

    >>> inv([[2.0, 0.0], [0.0, 4.0]]).tolist()
    [[0.5, 0.0], [0.0, 0.25]]
    """
    return parts.inverse(matrices(x, "inv"))


@op(judge="keras")
def solve(a, b):
    """The x with A x = b, for square A (…, n, n) and b (…, n) or (…, n, k). A host call.

    >>> solve([[2.0, 0.0], [0.0, 4.0]], [1.0, 2.0]).tolist()
    [0.5, 0.5]
    """
    a, b, column = _equations(matrices(a, "solve"), b)
    x = parts.solution(a, b)
    return reshape(x, shape=x.shape[:-1]) if column else x


@op(judge="keras")
def solve_triangular(a, b, lower=False):
    """The x with A x = b, where of A only the upper (or ``lower``) triangle is read.

    >>> solve_triangular([[2.0, 2.0], [9.0, 4.0]], [4.0, 4.0]).tolist()
    [1.0, 1.0]
    """
    a = matrices(a, "solve_triangular")
    half = parts.lower(a) if lower else transposed(parts.lower(transposed(a)))
    return solve(half, b)


def _equations(a: Any, b: Any) -> tuple[Any, Any, bool]:
    """A and b as matrices of one dtype, and whether b was a vector."""
    common = dtypes.result_type(a.dtype, b.dtype)
    a, b = cast(a, dtype=common), cast(b, dtype=common)
    column = len(b.shape) == len(a.shape) - 1
    if column:
        b = expand_dims(b, axis=-1)
    if len(a.shape) != len(b.shape) or a.shape[:-1] != b.shape[:-1]:
        raise ShapeError("equations A x = b need as many numbers in b as A has rows",
                         got=f"shapes {tuple(a.shape)} and {tuple(b.shape)}", where=user_line())
    return a, b, column


@op(judge="keras")
def lu_factor(x):
    """``(LU, pivots)``: L (ones on its diagonal) below and U above, and the rows exchanged.

    In step k row k changed places with row ``pivots[k]``. No gradient is known. A host call.

    >>> factors, pivots = lu_factor([[1.0, 2.0], [2.0, 2.0]])
    >>> factors.tolist(), pivots.tolist()
    ([[2.0, 2.0], [0.5, 1.0]], [1, 1])
    """
    return parts.eliminated(matrices(x, "lu_factor", square=False))


@op(judge="keras")
def qr(x, mode="reduced"):
    """X = Q R: orthonormal columns times an upper triangular matrix. A host call.

    ``mode`` "reduced" gives min(n, m) columns of Q, "complete" n of them. Raises ArgumentError for
    another one.

    >>> q, r = qr([[3.0, 1.0], [4.0, 2.0]])
    >>> [round(x, 4) + 0.0 for x in matmul(q, r)[0].tolist()]
    [3.0, 1.0]
    """
    if mode not in ("reduced", "complete"):
        raise ArgumentError('qr\'s mode must be "reduced" or "complete"', got=repr(mode),
                            where=user_line())
    return parts.orthogonal(matrices(x, "qr", square=False), mode=mode)


@op(judge="keras")
def eigh(x):
    """Eigenvalues (ascending) and eigenvectors (columns) of symmetric matrices. A host call.

    >>> w, v = eigh([[2.0, 0.0], [0.0, 1.0]])
    >>> w.tolist()
    [1.0, 2.0]
    """
    return parts.eigen_symmetric(symmetric(matrices(x, "eigh")))


@op(judge="keras")
def eig(x):
    """Eigenvalues and eigenvectors (columns) of any square matrix. A host call.

    They may be complex: each comes as a pair (real, imaginary), since no tensor here is complex.
    No gradient is known.

    >>> (w, w_imaginary), v = eig([[0.0, 1.0], [-1.0, 0.0]])
    >>> sorted(w_imaginary.tolist())
    [-1.0, 1.0]
    """
    w, w_imaginary, v, v_imaginary = parts.eigen_pairs(matrices(x, "eig"))
    return (w, w_imaginary), (v, v_imaginary)


@op(judge="keras")
def svd(x, full_matrices=True, compute_uv=True):
    """X = U diag(s) Vᵀ: ``(U, s, Vᵀ)`` with s descending, or s alone. A host call.

    With ``full_matrices`` U and V are square; then only square matrices have a gradient.

    >>> svd([[3.0, 0.0], [0.0, 4.0]], compute_uv=False).tolist()
    [4.0, 3.0]
    """
    full = bool(full_matrices and compute_uv)
    u, s, vt = parts.singular(matrices(x, "svd", square=False), full=full)
    return (u, s, vt) if compute_uv else s


@op(judge="keras")
def matrix_rank(x, tol=None):
    """How many singular values are above ``tol`` times the largest one.

    ``tol`` is max(n, m) ε unless given.

    >>> int(matrix_rank([[1.0, 2.0], [2.0, 4.0]]))
    1
    """
    x = matrices(x, "matrix_rank", square=False)
    s = svd(x, compute_uv=False)
    least = _least(x, 1) if tol is None else tol
    return sum(cast(greater(s, least * max(s, axis=-1, keepdims=True)), dtype="int32"), axis=-1)


def _least(x: Any, times: float) -> float:
    return float(times * np.max(x.shape[-2:]) * np.finfo(x.dtype).eps)


@op(judge="keras")
def pinv(x, rcond=None):
    """The pseudo-inverse X⁺ = V diag(1 / s) Uᵀ, without the singular values that are nearly 0.

    Those at most ``rcond`` (10 max(n, m) ε unless given) times the largest are left out.

    >>> pinv([[2.0, 0.0], [0.0, 0.0]]).tolist()
    [[0.5, 0.0], [0.0, 0.0]]
    """
    x = matrices(x, "pinv", square=False)
    u, s, vt = svd(x, full_matrices=False)
    least = (_least(x, 10) if rcond is None else rcond) * max(s, axis=-1, keepdims=True)
    kept = greater(s, least)
    scale = where(kept, 1 / where(kept, s, 1), 0)
    return matmul(transposed(vt), expand_dims(scale, axis=-1) * transposed(u))


@pinv.gradient                        # G. Golub, V. Pereyra (1973); X⁺ of constant rank
def _(g, y, x, rcond=None):
    back, g_back = transposed(y), transposed(g)
    left = g_back - matmul(x, matmul(y, g_back))
    right = g_back - matmul(matmul(g_back, y), x)
    return (matmul(left, matmul(y, back)) + matmul(matmul(back, y), right)
            - matmul(back, matmul(g, back)))


@op(judge="keras")
def lstsq(a, b, rcond=None):
    """The shortest x for which ‖A x - b‖ is least, A (n, m), b (n,) or (n, k).

    Singular values below ``rcond`` (max(n, m) ε unless given) times the largest count as 0.

    >>> [round(x, 4) for x in lstsq([[1.0], [1.0]], [1.0, 3.0]).tolist()]
    [2.0]
    """
    a = matrices(a, "lstsq", square=False)
    a, b, column = _equations(a, convert(b))
    x = matmul(pinv(a, rcond=_least(a, 1) if rcond is None else rcond), b)
    return reshape(x, shape=x.shape[:-1]) if column else x
