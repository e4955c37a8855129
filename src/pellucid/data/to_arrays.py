"""Small preparations of arrays before training."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError


def to_categorical(x: Any, num_classes: int | None = None) -> np.ndarray:
    """Class numbers as rows with a single 1.

    Raises ArgumentError for a negative or fractional number, or one beyond ``num_classes``.

    >>> to_categorical([0, 2]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    labels = np.asarray(x)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    classes = int(labels.max()) + 1 if num_classes is None and labels.size else num_classes or 0
    if labels.size and (labels.min() < 0 or labels.max() >= classes
                        or (labels != np.floor(labels)).any()):
        raise ArgumentError(f"class numbers must be whole numbers from 0 to {classes - 1}",
                            got=f"{labels.min()} to {labels.max()}")
    return np.eye(classes, dtype="float32")[labels.astype(np.int64)]


def normalize(x: Any, axis: int = -1, order: int = 2) -> np.ndarray:
    """x with rows (or another axis) of length 1; rows of zeros stay.

    >>> normalize([[3.0, 4.0]]).tolist()
    [[0.6, 0.8]]
    """
    length = np.atleast_1d(np.linalg.norm(x, order, axis))
    length[length == 0] = 1
    return np.asarray(x) / np.expand_dims(length, axis)
