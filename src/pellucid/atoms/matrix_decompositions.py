"""Decompositions of matrices: host calls to LAPACK, with gradients written in atoms.

Over the last two axes; leading axes are carried along. What has no answer (a singular matrix where
an inverse is asked) is NaN, so that a training step goes on and `TerminateOnNaN` can see it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.atoms.choices import where
from pellucid.atoms.elementwise import cast, multiply
from pellucid.atoms.host import host_function, like
from pellucid.atoms.linear_algebra import matmul
from pellucid.atoms.reductions import sum
from pellucid.atoms.shaping import expand_dims, swapaxes
from pellucid.core import dtypes
from pellucid.core.errors import ShapeError, user_line


def matrices(x: Any, owner: str, square: bool = True) -> Any:
    """x as floats; ShapeError unless its last two axes are those of (square) matrices."""
    shape = tuple(x.shape)
    if len(shape) < 2 or (square and shape[-1] != shape[-2]):
        raise ShapeError(f"{owner} needs {'square ' * square}matrices in the last two axes",
                         got=f"shape {shape}", where=user_line())
    return cast(x, dtype=dtypes.result_type(x.dtype, float))


def transposed(x: Any) -> Any:
    """The matrices with rows and columns exchanged."""
    return swapaxes(x, axis1=-1, axis2=-2)


def symmetric(x: Any) -> Any:
    """(X + Xᵀ) / 2."""
    return (x + transposed(x)) / 2


def diagonal_of(x: Any) -> np.ndarray:
    """The identity matrix of the size of x."""
    return np.eye(x.shape[-1], dtype=x.dtype)


def lower(x: Any, k: int = 0) -> Any:
    """x with zeros above diagonal k."""
    n, m = x.shape[-2:]
    return multiply(x, np.tri(n, m, k, dtype=x.dtype))


def _each(function: Callable[..., Any], kinds: Callable[..., Any]) -> Callable[..., Any]:
    """The function of LAPACK matrix by matrix where one of them has no answer, which is NaN."""
    def value(x: Any, *others: Any, **options: Any) -> Any:
        try:
            return _tuple(function(x, *others, **options))
        except np.linalg.LinAlgError:
            pass
        outs = [np.full(kind.shape, np.nan, kind.dtype)
                for kind in _tuple(kinds(x, *others, **options))]
        for place in np.ndindex(x.shape[:-2]):
            try:
                found = _tuple(function(x[place], *(each[place] for each in others), **options))
            except np.linalg.LinAlgError:
                continue
            for out, result in zip(outs, found, strict=True):
                out[place] = result
        return tuple(outs)
    return value


def _tuple(value: Any) -> tuple[Any, ...]:
    return (value,) if hasattr(value, "dtype") else tuple(value)


def _row(name: str, function: Callable[..., Any], kinds: Callable[..., Any], gradient: Any,
         about: str) -> Any:
    return host_function(name, _each(function, kinds), kinds, gradient, about=about)


def _of_cholesky(g: Any, y: Any, x: Any) -> Any:
    """X̄ = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹ made symmetric; Φ takes the lower half and half of the diagonal."""
    factor = y[0]
    inner = matmul(transposed(factor), lower(g[0]))
    half = lower(inner) - inner * diagonal_of(inner) / 2
    back = inverse(factor)
    return [symmetric(matmul(matmul(transposed(back), half), back))]


def _of_inverse(g: Any, y: Any, x: Any) -> Any:
    """X̄ = -Yᵀ Ȳ Yᵀ."""
    back = transposed(y[0])
    return [-matmul(matmul(back, g[0]), back)]


def _of_solution(g: Any, y: Any, a: Any, b: Any) -> Any:
    """B̄ = A⁻ᵀ X̄ and Ā = -B̄ Xᵀ."""
    of_b = solution(transposed(a), g[0])
    return [-matmul(of_b, transposed(y[0])), of_b]


def _of_log_det(g: Any, y: Any, x: Any) -> Any:
    """X̄ = ḡ X⁻ᵀ; the sign is constant."""
    return [expand_dims(g[1], axis=(-2, -1)) * transposed(inverse(x))]


def _differences(w: Any) -> Any:
    """1 / (wⱼ - wᵢ), and 0 on the diagonal."""
    gap = expand_dims(w, axis=-2) - expand_dims(w, axis=-1)
    same = np.eye(w.shape[-1], dtype=bool)
    return where(same, 0, 1 / where(same, 1, gap))


def _of_eigh(g: Any, y: Any, x: Any) -> Any:
    """X̄ = V (diag(w̄) + F ∘ VᵀV̄) Vᵀ made symmetric, with Fᵢⱼ = 1 / (wⱼ - wᵢ)."""
    w, v = y
    inner = expand_dims(g[0], axis=-1) * diagonal_of(x) + _differences(w) * matmul(
        transposed(v), g[1])
    return [symmetric(matmul(matmul(v, inner), transposed(v)))]


def _of_svd(g: Any, y: Any, x: Any) -> Any:
    """J. Townsend, "Differentiating the singular value decomposition" (2016)."""
    (u, s, vt), (gu, gs, gvt) = y, g
    v, gv, f = transposed(vt), transposed(gvt), _differences(s * s)
    row, column = expand_dims(s, axis=-2), expand_dims(s, axis=-1)

    def turned(basis: Any, gradient: Any) -> Any:
        inner = matmul(transposed(basis), gradient)
        return f * (inner - transposed(inner))

    def outside(basis: Any, gradient: Any) -> Any:
        return gradient - matmul(basis, matmul(transposed(basis), gradient))

    inner = turned(u, gu) * row + column * turned(v, gv) + (
        expand_dims(gs, axis=-1) * diagonal_of(f))
    return [matmul(matmul(u, inner), vt) + matmul(outside(u, gu) / row, vt)
            + matmul(u, transposed(outside(v, gv) / row))]


def _of_qr(g: Any, y: Any, x: Any) -> Any:
    """X̄ = (Q̄ + Q (M + Mᵀ below the diagonal)) R⁻ᵀ with M = R R̄ᵀ - Q̄ᵀ Q."""
    (q, r), (gq, gr) = y, g
    if q.shape[-1] != r.shape[-1]:
        raise ShapeError("the gradient of qr needs matrices with at least as many rows as columns",
                         got=f"shape {tuple(x.shape)}", where=user_line(),
                         hint='and mode="reduced"')
    m = matmul(r, transposed(gr)) - matmul(transposed(gq), q)
    below = lower(m, -1)
    inner = below + transposed(below) + m * diagonal_of(m)
    return [matmul(gq + matmul(q, inner), transposed(inverse(r)))]


def _square(x: Any) -> Any:
    return like(x)


def _vectors(x: Any) -> Any:
    return like(x, x.shape[:-1]), like(x)


def _qr_kinds(x: Any, mode: str) -> Any:
    *lead, n, m = x.shape
    k = n if mode == "complete" else np.minimum(n, m)
    return like(x, (*lead, n, int(k))), like(x, (*lead, int(k), m))


def _svd_kinds(x: Any, full: bool) -> Any:
    *lead, n, m = x.shape
    k = int(np.minimum(n, m))
    return (like(x, (*lead, n, n if full else k)), like(x, (*lead, k)),
            like(x, (*lead, m if full else k, m)))


def _svd(x: Any, *, full: bool) -> Any:
    return np.linalg.svd(x, full_matrices=full)


def _eigenvalues(x: Any) -> Any:
    w, v = np.linalg.eig(x)
    return np.real(w), np.imag(w), np.real(v), np.imag(v)


def _gradient_of_svd(g: Any, y: Any, x: Any, full: bool) -> Any:
    if full and x.shape[-1] != x.shape[-2]:
        raise ShapeError("the gradient of svd needs full_matrices=False", where=user_line(),
                         got=f"full matrices of shape {tuple(x.shape)}")
    return _of_svd(g, y, x)


def _cofactors(x: Any) -> Any:
    """det U det V · U diag(∏ of the other singular values) Vᵀ, for singular matrices too."""
    u, s, vt = np.linalg.svd(x)
    others = np.ones_like(s)
    for i in range(s.shape[-1]):
        others[..., i] = np.prod(np.delete(s, i, axis=-1), axis=-1)
    sign = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    return sign[..., None, None] * (u * others[..., None, :]) @ vt


def _of_cofactors(g: Any, y: Any, x: Any) -> Any:
    """X̄ = (Σ Ȳ ∘ Y - Y Ȳᵀ) X⁻ᵀ; NaN where X is singular."""
    total = expand_dims(sum(g[0] * y[0], axis=(-2, -1)), axis=(-2, -1))
    inner = total * diagonal_of(x) - matmul(y[0], transposed(g[0]))
    return [matmul(inner, transposed(inverse(x)))]


def _lu(x: Any) -> Any:
    """Gauss's elimination, the largest number of each column on top; rows that were exchanged."""
    lu, (n, m) = np.array(x), x.shape[-2:]
    pivots = np.zeros((*x.shape[:-2], int(np.minimum(n, m))), np.int32)
    for place in np.ndindex(x.shape[:-2]):
        a = lu[place]
        for k in range(pivots.shape[-1]):
            pivots[(*place, k)] = top = k + int(np.argmax(np.abs(a[k:, k])))
            a[[k, top]] = a[[top, k]]
            if a[k, k] != 0:
                a[k + 1:, k] /= a[k, k]
                a[k + 1:, k + 1:] -= np.outer(a[k + 1:, k], a[k, k + 1:])
    return lu, pivots


cholesky_factor = _row("cholesky", np.linalg.cholesky, _square, _of_cholesky,
                       "The lower triangular L with L Lᵀ = X.")
inverse = _row("inv", np.linalg.inv, _square, _of_inverse, "The inverse of a square matrix.")
solution = _row("solve", np.linalg.solve, lambda a, b: like(b), _of_solution,
                "The X with A X = B, for square A.")
signed_log_det = _row("slogdet", np.linalg.slogdet,
                      lambda x: (like(x, x.shape[:-2]), like(x, x.shape[:-2])), _of_log_det,
                      "The sign of the determinant, and the logarithm of its size.")
cofactors = _row("cofactors", _cofactors, _square, _of_cofactors,
                 "How the determinant of a matrix changes with each of its numbers.")
determinant = _row("det", np.linalg.det, lambda x: like(x, x.shape[:-2]),
                   lambda g, y, x: [expand_dims(g[0], axis=(-2, -1)) * cofactors(x)],
                   "The determinant of a matrix.")
eigen_symmetric = _row("eigh", np.linalg.eigh, _vectors, _of_eigh,
                       "Eigenvalues (ascending) and eigenvectors of a symmetric matrix.")
eigen_pairs = _row("eig", _eigenvalues,
                   lambda x: (like(x, x.shape[:-1]),) * 2 + (like(x),) * 2, None,
                   "Eigenvalues and eigenvectors, real and imaginary parts apart.")
singular = _row("svd", _svd, _svd_kinds, _gradient_of_svd,
                "Singular values (descending) and vectors: X = U diag(s) Vᵀ.")
orthogonal = _row("qr", np.linalg.qr, _qr_kinds,
                  lambda g, y, x, mode: _of_qr(g, y, x), "X = Q R: orthonormal times triangular.")
eliminated = host_function(
    "lu_factor", _lu, lambda x: (like(x), like(
        x, (*x.shape[:-2], int(np.minimum(*x.shape[-2:]))), "int32")), None,
    about="Triangular factors L and U in one matrix, and the rows exchanged for pivots.")
