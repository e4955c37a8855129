"""What columns are like: how far they spread, and which of them depend on each other."""

from __future__ import annotations

import numpy as np


def deviation(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The root of the weighted mean of squares, of each column; no square overflows on the way.

    >>> deviation(np.array([[3e200], [-3e200]]), np.ones(2)).tolist()
    [3e+200]
    """
    largest = np.abs(values).max(axis=0, initial=0)
    shares = values / np.where(largest > 0, largest, 1)
    return largest * np.sqrt(np.average(shares ** 2, axis=0, weights=weight))


def shortest(x: np.ndarray, w: np.ndarray, spread: np.ndarray, noise: float = 1.0) -> np.ndarray:
    """Of all weights that give the rows of x · spread what w gives them, those of least norm.

    They are :math:`X^+ X w`, and w itself unless columns depend on each other or outnumber the
    rows. The columns of x are of like size, so that none passes for a rounding of another; each is
    known to ``noise`` times the precision of floats.

    >>> shortest(np.ones((1, 2)), np.array([[2.0], [0.0]]), np.ones(2)).round(6).tolist()
    [[1.0], [1.0]]
    """
    _, s, directions = np.linalg.svd(x, full_matrices=False)
    seen = directions[s > max(x.shape) * noise * np.finfo(float).eps * s.max(initial=0)]
    if len(seen) == len(w):
        return w
    rows, _ = np.linalg.qr((seen * spread).T)
    return rows @ (rows.T @ w)
