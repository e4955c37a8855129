"""What `adapt` may be given, as a row of NumPy batches."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from pellucid.core.errors import DataError, KindError


def batches_of(data: Any, label: str, limit: int | None = None) -> Iterator[np.ndarray]:
    """The batches in an array, a list, a frame, a `PyDataset`, or an iterable of batches.

    An array, a frame, or a list of plain values is one batch. Of a batch ``(x, y, ...)``, as a
    data set for training gives it, only x counts.
    """
    if is_one_array(data):
        yield np.asarray(data)
        return
    if not isinstance(data, Iterable) and not hasattr(data, "__getitem__"):
        raise KindError(f"{label}.adapt needs an array, a frame, or batches of them",
                        got=f"{type(data).__name__}")
    found = False
    for batch in itertools.islice(_each(data), limit):
        found = True
        yield _inputs_of(batch, label)
    if not found:
        raise DataError(f"{label}.adapt got no batch at all", hint="give at least one")


def is_one_array(data: Any) -> bool:
    """Whether data is an array, or a list of plain values, rather than a row of batches."""
    if hasattr(data, "__array__") or isinstance(data, (str, bytes, int, float)):
        return True
    if not isinstance(data, (list, tuple)):
        return False
    leaf = data
    while isinstance(leaf, (list, tuple)) and leaf:
        leaf = leaf[0]
    return not hasattr(leaf, "__array__")


def _each(data: Any) -> Iterator[Any]:
    """The items, for a data set those of one epoch."""
    if hasattr(data, "num_batches") and data.num_batches is not None:
        return (data[i] for i in range(data.num_batches))
    return iter(data)


def _inputs_of(batch: Any, label: str) -> np.ndarray:
    x = batch[0] if isinstance(batch, tuple) else batch
    if not hasattr(x, "__array__") and not isinstance(x, list):
        raise KindError(f"{label}.adapt needs batches that are arrays",
                        got=f"a {type(x).__name__} among them")
    return np.asarray(x)
