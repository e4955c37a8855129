"""`keras.ops` of linear algebra and Fourier transforms, and those that take functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.parity.cases.inputs import (
    CUBE,
    MATRICES,
    MATRIX,
    OTHER,
    ROW,
    SPD,
    X,
    Y,
)
from tests.parity.judge import Case, constant, of, told

TALL, LINE = np.concatenate([MATRIX, X], 0), np.concatenate([ROW, OTHER])
PAIR = (np.stack([ROW, OTHER]), np.stack([OTHER, ROW]))
HALF = ROW[:3] * np.eye(3) + np.tri(3)


def eigenvalues(k: Any, x: Any) -> Any:
    """Sizes of the eigenvalues, in order."""
    found = k.ops.eig(x)[0]
    parts = found if isinstance(found, tuple) else (found.real, found.imag)
    return k.ops.sort(k.ops.sqrt(parts[0] ** 2 + parts[1] ** 2))


def with_rule(k: Any, x: Any) -> Any:
    """x² with a gradient of its own, three times too large."""
    @k.ops.custom_gradient
    def thrice(x: Any) -> Any:
        def rule(*args: Any, upstream: Any = None) -> Any:
            g = args[0] if upstream is None else upstream
            return 6 * g * x
        return x * x, rule

    return thrice(x)


CASES: dict[str, list[Case]] = {f"ops.{name}": cases for name, cases in {
    # products
    "cdist": [of(X, Y), of(MATRICES, MATRICES[:, :2] + 1.0)],
    "cross": [of(X, Y), of(MATRIX, X[0])],
    "dot": [of(X, MATRIX), of(ROW, OTHER), of(CUBE, ROW)],
    "einsum": [of("ij,kj->ik", X, Y), of("aij,ajk->ik", MATRICES, MATRICES),
               of("ii", MATRIX), of("abc->cb", CUBE), of("ij,jk,kl->il", X, MATRIX, MATRIX)],
    "inner": [of(X, Y)], "kron": [of(X, MATRIX)],
    "matmul": [of(X, MATRIX), of(MATRICES, MATRIX), of(CUBE, ROW)],
    "outer": [of(ROW, OTHER)], "vdot": [of(X, Y)],
    "tensordot": [of(CUBE, CUBE, axes=[[0, 1], [0, 1]]), of(MATRICES, MATRIX, axes=1)],
    "trace": [of(MATRICES, axis1=1, axis2=2), of(MATRIX, offset=1)],
    # equations and decompositions
    "cholesky": [of(SPD)], "cholesky_inverse": [of(np.tril(SPD[0]))],
    "det": [of(MATRICES), of(np.stack([SPD[0], SPD[1]])), of(np.outer(X[0], Y[0]))],
    "eig": [told(eigenvalues, constant(MATRIX))],
    "eigh": [told(lambda k, x: k.ops.eigh(x)[0], SPD),
             told(lambda k, x: abs(k.ops.eigh(x)[1]), SPD[0])],
    "inv": [of(SPD)], "logdet": [of(SPD)], "slogdet": [of(SPD), of(-SPD[0])],
    "lstsq": [of(TALL, np.concatenate([ROW, ROW[:1]]), slopes=False)],
    "lu_factor": [of(MATRIX, slopes=False)],
    "matrix_rank": [of(MATRIX), of(np.outer(X[0], Y[0]))],
    "pinv": [of(TALL), of(X)],
    "qr": [told(lambda k, x: [abs(each) for each in k.ops.qr(x)], TALL, close=1e-9)],
    "solve": [of(SPD, MATRICES), of(MATRIX, X[0])],
    "solve_triangular": [of(HALF, X.T, lower=True), of(HALF.T, X[0])],
    "svd": [told(lambda k, x: k.ops.svd(x, compute_uv=False), X),
            told(lambda k, x: [abs(each) for each in k.ops.svd(x, full_matrices=False)], X)],
    # Fourier transforms
    "extract_sequences": [of(LINE, 4, 2)],
    "fft": [of(PAIR)], "fft2": [of(PAIR)], "ifft2": [of(PAIR)],
    "irfft": [of((LINE[:5], np.array([0.0, *LINE[:3], 0.0]))), of(PAIR, fft_length=6)],
    "rfft": [of(LINE), of(LINE, fft_length=6)],
    "stft": [of(LINE, 4, 2, 4), of(np.tile(LINE, 2), 4, 2, 8, window="hamming", center=False)],
    "istft": [told(lambda k, x: k.ops.istft(k.ops.stft(x, 4, 2, 4), 4, 2, 4), LINE)],
    # functions of functions
    "associative_scan": [told(lambda k, x: k.ops.associative_scan(lambda a, b: a * b, x), X),
                         told(lambda k, x: k.ops.associative_scan(
                             lambda a, b: a + b, x, reverse=True, axis=1), X)],
    "cond": [told(lambda k, x: k.ops.cond(k.ops.sum(x) > 0, lambda: x * 2, lambda: x - 1), X)],
    "custom_gradient": [told(with_rule, X)],
    "fori_loop": [told(lambda k, x: k.ops.fori_loop(0, 3, lambda i, y: y * y + x, x / 4), X)],
    "jvp": [told(lambda k, x, v: k.ops.jvp(lambda z: k.ops.sin(z) * z, (x,), (v,)), X, Y,
                 close=1e-6)],                           # Keras takes the sine in float32
    "map": [told(lambda k, x: k.ops.map(lambda row: k.ops.sum(row * row), x), X)],
    "scan": [told(lambda k, x: k.ops.scan(lambda c, row: (c * 0.5 + row, c), x[0], x), CUBE),
             told(lambda k, x: k.ops.scan(lambda c, row: (c + row, c * row), x[0], x,
                                          reverse=True), X)],
    "switch": [told(lambda k, x: k.ops.switch(1, [lambda z: z, lambda z: 3 * z], x), X)],
    "vectorize": [told(lambda k, x: k.ops.vectorize(lambda z: z * z + 1)(x), X)],
    "vectorized_map": [told(lambda k, x: k.ops.vectorized_map(
        lambda row: k.ops.sum(row) * row, x), X)],
    "while_loop": [told(lambda k, x: k.ops.while_loop(
        lambda i, y: i < 3, lambda i, y: (i + 1, y * x), (0, x))[1], X, slopes=False)],
}.items()}
