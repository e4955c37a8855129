"""The random inputs of the suite, small and always the same, whatever is imported first."""

from __future__ import annotations

import numpy as np


def drawn(*shape: int, low: float = -2.0, high: float = 2.0, seed: int = 0) -> np.ndarray:
    """Numbers between two ends, told by their shape and a seed."""
    return np.random.default_rng([seed, *shape]).uniform(low, high, shape)


def whole(*shape: int, low: int, high: int, seed: int = 0) -> np.ndarray:
    """Whole numbers from ``low`` to below ``high``."""
    return np.random.default_rng([seed, *shape]).integers(low, high, shape).astype("int32")


X, Y = drawn(2, 3), drawn(2, 3, seed=1)
POSITIVE, ABOVE = drawn(2, 3, low=0.2, high=3.0, seed=2), drawn(2, 3, low=1.2, high=3.0, seed=3)
UNIT, SHARE = drawn(2, 3, low=-0.9, high=0.9, seed=4), drawn(2, 3, low=0.1, high=0.9, seed=5)
ROW, OTHER = drawn(4), drawn(4, seed=1)
MATRIX, MATRICES = drawn(3, 3), drawn(2, 3, 3)
SPD = np.matmul(MATRICES, MATRICES.transpose(0, 2, 1)) + np.eye(3)
CUBE = drawn(2, 3, 4)
IMAGE, VOLUME, SEQUENCE = drawn(1, 4, 5, 2), drawn(1, 3, 4, 2, 2), drawn(2, 4, 3)
GAPS = np.where([[False, True, False], [False, False, True]], np.nan, X)
WHOLE, COUNTS = whole(2, 3, low=-5, high=9), whole(2, 3, low=1, high=6)
LABELS = whole(4, low=0, high=3)
BITS = whole(2, 3, low=0, high=2, seed=1).astype(bool)
MASK = np.array([[True, True, True, False], [True, True, False, False]])

# six rows of four classes, for losses and metrics
ROWS, CLASSES = 6, 4
SCORES, TARGETS = drawn(ROWS, CLASSES), drawn(ROWS, CLASSES, seed=1)
CHANCES = np.exp(drawn(ROWS, CLASSES, seed=2))
CHANCES /= CHANCES.sum(axis=1, keepdims=True)
CLASS = whole(ROWS, low=0, high=CLASSES)
ONE_HOT = np.eye(CLASSES)[CLASS]
YES = whole(ROWS, CLASSES, low=0, high=2).astype(float)
WEIGHT = drawn(ROWS, low=0.1, high=2.0)
