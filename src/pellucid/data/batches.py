"""What fit, evaluate and predict walk through: batches ``(x, y, sample_weight)``.

``batches(...)`` finds the right source: arrays (cut into batches here), a ``PyDataset``, or a
generator or other iterable of ready batches. All behave as in Keras: 32 rows by default, the last
batch may be smaller, the order is drawn anew for each epoch.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, DataError, PellucidWarning
from pellucid.core.kinds import is_number
from pellucid.data.frames import arrays, is_frame, is_series, map_nest, row_count
from pellucid.data.pydataset import PyDataset
from pellucid.data.sources import (
    ArrayBatches,
    Batch,
    Batches,
    Permutation,
    PyDatasetBatches,
    ReadyBatches,
    default_permutation,
)
from pellucid.data.weights import weights_of_rows

__all__ = ["ArrayBatches", "Batch", "Batches", "Permutation", "PyDataset", "PyDatasetBatches",
           "ReadyBatches", "batches", "checked_batch", "pack_x_y_sample_weight",
           "unpack_x_y_sample_weight", "validation_part"]


def batches(x: Any, y: Any = None, sample_weight: Any = None, *, batch_size: int | None = None,
            steps: int | None = None, shuffle: bool | str = False,
            class_weight: dict[int, float] | None = None,
            permutation: Permutation = default_permutation, text: bool = False) -> Batches:
    """The batches of x (and y and weights), whatever x is.

    Args:
        x, y, sample_weight: arrays, lists, frames or nests of them; or x alone a ``PyDataset``, a
            generator or an iterable of ``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)``.
        batch_size: rows per batch, 32 by default; for arrays only.
        steps: batches per epoch; by default all there are.
        shuffle: True draws a new order each epoch, "batch" reorders inside each batch only.
            Generators keep theirs; the batches of a ``PyDataset`` change places.
        class_weight: dict from class number to weight; multiplies sample_weight.
        permutation: ``(n, epoch)`` to the order of n rows.
        text: whether strings may pass in x.

    >>> data = batches(np.arange(10.0), np.arange(10), batch_size=4)
    >>> [y.tolist() for x, y, w in data.epoch(0)]
    [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    """
    if isinstance(x, Batches):
        return x
    _check_counts(batch_size, steps, shuffle)
    if _is_arrays(x):
        x, y = arrays(x, text=text), arrays(y, "y")
        weight = arrays(sample_weight, "sample_weight")
        if x is None:
            raise ArgumentError("x is needed, but got None")
        row_count(x=x, y=y, sample_weight=weight)
        weight = weights_of_rows(y, weight, class_weight)
        return ArrayBatches(x, y, weight, batch_size, steps, shuffle, permutation)
    kind = type(x).__name__
    for name, given in (("y", y), ("sample_weight", sample_weight)):
        if given is not None:
            raise ArgumentError(f"{name} must come with the batches of x, since x is a {kind}",
                                hint=f"leave {name} out")
    if batch_size is not None:
        warnings.warn(f"batch_size={batch_size} has no effect: x is a {kind}, which makes its own "
                      "batches.", PellucidWarning, stacklevel=2)

    def check(item: Any) -> Batch:
        return checked_batch(item, class_weight, text)

    if _is_dataset(x):
        return PyDatasetBatches(x, steps, shuffle, permutation, check)
    return ReadyBatches(x, steps, check)


def unpack_x_y_sample_weight(data: Any) -> Batch:
    """``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)`` as three parts, None where one is absent.

    >>> unpack_x_y_sample_weight(("inputs", "targets"))
    ('inputs', 'targets', None)
    """
    if not isinstance(data, list | tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise DataError("a batch must be x, (x,), (x, y) or (x, y, sample_weight)",
                        got=f"a {type(data).__name__} of {len(data)}")
    x, y, sample_weight = (*data, None, None)[:3]
    return x, y, sample_weight


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """The other way: the shortest of ``x``, ``(x, y)``, ``(x, y, sample_weight)``.

    An x that is itself a list or tuple becomes ``(x,)``, so that it is not taken for a batch.

    >>> pack_x_y_sample_weight("inputs"), pack_x_y_sample_weight("inputs", "targets")
    ('inputs', ('inputs', 'targets'))
    """
    if sample_weight is not None:
        return x, y, sample_weight
    if y is not None:
        return x, y
    return (x,) if isinstance(x, list | tuple) else x


def checked_batch(item: Any, class_weight: dict[int, float] | None, text: bool = False) -> Batch:
    """One ready batch as arrays of equal length, with the weights that its classes ask for."""
    x, y, weight = unpack_x_y_sample_weight(item)
    x, y = arrays(x, text=text), arrays(y, "y")
    weight = arrays(weight, "sample_weight")
    row_count(x=x, y=y, sample_weight=weight)
    return x, y, weights_of_rows(y, weight, class_weight)


def validation_part(x: Any, y: Any, sample_weight: Any, share: float, *,
                    text: bool = False) -> tuple[Batch, Batch]:
    """Training and validation rows: the LAST ``share`` of the rows, before any shuffling.

    >>> train, validation = validation_part(np.arange(10), None, None, 0.25)
    >>> train[0], validation[0]
    (array([0, 1, 2, 3, 4, 5, 6]), array([7, 8, 9]))
    """
    if not (is_number(share) and 0 < share < 1):
        raise ArgumentError("validation_split must lie between 0 and 1", got=repr(share))
    if not _is_arrays(x):
        raise ArgumentError(f"validation_split needs arrays, but x is a {type(x).__name__}",
                            hint="give validation_data")
    whole = (arrays(x, text=text), arrays(y, "y"),
             arrays(sample_weight, "sample_weight"))
    rows = row_count(x=whole[0], y=whole[1], sample_weight=whole[2])
    cut = int(np.floor(rows * (1 - share)))
    if cut in (0, rows):
        raise DataError(f"{rows} rows are too few for validation_split={share}",
                        hint="give more rows or another share")
    x, y, w = (map_nest(lambda array: array[:cut], each) for each in whole)
    x_val, y_val, w_val = (map_nest(lambda array: array[cut:], each) for each in whole)
    return (x, y, w), (x_val, y_val, w_val)


def _is_arrays(x: Any) -> bool:
    """Whether x holds the rows themselves, rather than making batches."""
    if isinstance(x, np.ndarray | list | tuple | dict | str | bytes) or is_frame(x) or is_series(x):
        return True
    return hasattr(x, "__array__") or hasattr(x, "tocsr") or not (
        isinstance(x, Iterable) or _is_dataset(x))


def _is_dataset(x: Any) -> bool:
    """Whether x is a PyDataset, of any library: it makes batch i by x[i] and knows how many."""
    return hasattr(x, "__getitem__") and (hasattr(x, "num_batches") or hasattr(x, "__len__"))


def _check_counts(batch_size: Any, steps: Any, shuffle: Any) -> None:
    for name, count in (("batch_size", batch_size), ("steps", steps)):
        whole = isinstance(count, int | np.integer) and not isinstance(count, bool)
        if count is not None and (not whole or count < 1):
            raise ArgumentError(f"{name} must be a whole number, at least 1", got=repr(count))
    if shuffle not in (True, False, "batch"):
        raise ArgumentError('shuffle must be True, False or "batch"', got=repr(shuffle))
