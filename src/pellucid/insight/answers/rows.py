"""What is given for n rows, one thing for each, in whichever of the usual shapes it comes."""

from __future__ import annotations

from typing import Any

import numpy as np


def labels_of_rows(y: Any) -> np.ndarray:
    """Labels ``(n,)``; of rows with several columns (one-hot, shares) the place of the greatest.

    >>> labels_of_rows([[0, 1], [1, 0]]).tolist(), labels_of_rows([["a"], ["b"]]).tolist()
    ([1, 0], ['a', 'b'])
    """
    y = np.asarray(y)
    return y.argmax(axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.ravel()


def without_lone_column(values: np.ndarray) -> np.ndarray:
    """``(n, 1)``, as `predict` gives one number a row, as ``(n,)``; other shapes stay.

    >>> without_lone_column(np.ones((3, 1))).shape, without_lone_column(np.ones((3, 2))).shape
    ((3,), (3, 2))
    """
    return values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
