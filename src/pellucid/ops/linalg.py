"""`keras.ops.linalg`: decompositions of matrices, and equations solved with them. Names alone."""

# ruff: noqa: F401

from pellucid.ops import (
    cholesky,
    cholesky_inverse,
    det,
    eig,
    eigh,
    inv,
    jvp,
    lstsq,
    lu_factor,
    matrix_rank,
    norm,
    pinv,
    qr,
    solve,
    solve_triangular,
    svd,
)

__all__ = [name for name in dir() if not name.startswith("_")]      # pyright: ignore
