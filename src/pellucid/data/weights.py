"""How much each row counts: sample weights, given as they are or by class."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, DataError, ShapeError
from pellucid.data.frames import Nest, is_nest, leaves, map_nest


def weights_of_rows(y: Nest, sample_weight: Nest, class_weight: dict[int, float] | None) -> Any:
    """What each row counts: its own weight times that of its class.

    >>> weights_of_rows(np.array([0, 1]), np.array([2.0, 2.0]), {1: 3.0})
    array([2., 6.])
    """
    if class_weight is None:
        return per_output(y, sample_weight)
    weights: Any = class_weights(y, class_weight)
    if sample_weight is None:
        return weights
    if is_nest(sample_weight):
        raise ArgumentError("class_weight needs a single sample_weight", hint="give one array",
                            got=f"{len(sample_weight)} of them")
    return sample_weight * weights.reshape(-1, *[1] * (sample_weight.ndim - 1))


def class_weights(y: Nest, class_weight: dict[int, float]) -> np.ndarray:
    """The weight of each row by its class: wᵢ = class_weight[yᵢ], 1 for a class not named.

    y: class numbers of shape (rows,) or (rows, 1), or one-hot rows (rows, classes).
    Raises ArgumentError for several outputs, and for keys or weights that are no numbers.

    >>> class_weights(np.array([0, 1, 1, 2]), {0: 5.0, 1: 0.5})
    array([5. , 0.5, 0.5, 1. ], dtype=float32)
    """
    if y is None or is_nest(y):
        raise ArgumentError("class_weight needs a single y",
                            got="none" if y is None else f"{len(y)} of them",
                            hint="use sample_weight")
    if not isinstance(class_weight, dict):
        raise ArgumentError("class_weight must be a dict from class number to weight",
                            got=repr(class_weight))
    for key, weight in class_weight.items():
        if not isinstance(key, numbers.Real) or not isinstance(weight, numbers.Real):
            raise ArgumentError("class_weight must map class numbers to weights",
                                got=f"{key!r}: {weight!r}")
    weights = np.ones(len(y), np.float32)
    numbered = _class_numbers(y)
    for key, weight in class_weight.items():
        weights[numbered == key] = weight
    return weights


def _class_numbers(y: np.ndarray) -> np.ndarray:
    if y.ndim > 2:
        raise ShapeError("class_weight needs y of shape (rows,), (rows, 1) or (rows, classes)",
                         got=str(y.shape))
    if y.ndim == 2:
        y = np.argmax(y, axis=-1) if y.shape[1] != 1 else y[:, 0]
    if not np.isfinite(y).all():
        row = int(np.flatnonzero(~np.isfinite(y))[0])
        raise DataError(f"class_weight needs a class in every row, but row {row + 1} of y is "
                        f"{y[row]}")
    return np.round(y).astype(np.int64)


def per_output(y: Nest, sample_weight: Nest) -> Nest:
    """The sample weights in the nest of y: one array of shape (rows,) serves every output.

    Raises ArgumentError where the nests differ, ShapeError for one array of another shape.

    >>> per_output({"p": np.zeros(2), "q": np.zeros(2)}, np.array([1.0, 2.0]))
    {'p': array([1., 2.]), 'q': array([1., 2.])}
    """
    if sample_weight is None or y is None or not is_nest(y):
        return sample_weight
    if is_nest(sample_weight):
        places = ([where for where, _ in leaves(nest, "")] for nest in (y, sample_weight))
        if len({tuple(each) for each in places}) > 1:
            raise ArgumentError("sample_weight must have one array per output, nested as y is")
        return sample_weight
    if sample_weight.ndim > 2 or (sample_weight.ndim == 2 and sample_weight.shape[1] != 1):
        raise ShapeError("one sample_weight for several outputs must have shape (rows,)",
                         got=str(sample_weight.shape), hint="give one array per output")
    return map_nest(lambda _: sample_weight, y)
