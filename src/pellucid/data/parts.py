"""Two parts of one data set, by size: `split_dataset`."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from pellucid.core import nest
from pellucid.core.errors import ArgumentError, DataError, KindError, user_line
from pellucid.data.frames import row_count
from pellucid.data.pydataset import PyDataset
from pellucid.random import next_seed


class RowBatches(PyDataset):
    """Rows of a nest of arrays in batches of one size; the last may be smaller.

    >>> [each.tolist() for each in RowBatches(np.arange(5), 2)]
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, rows: Any, batch_size: int) -> None:
        super().__init__()
        self.rows, self.batch_size, self.count = rows, batch_size, row_count(x=rows)

    def __len__(self) -> int:
        return -(-self.count // self.batch_size)

    def __getitem__(self, index: int) -> Any:
        rows = slice(index * self.batch_size, (index + 1) * self.batch_size)
        return nest.map_structure(lambda each: each[rows], self.rows)


def split_dataset(dataset: Any, left_size: float | None = None, right_size: float | None = None,
                  shuffle: bool = False, seed: int | None = None,
                  preferred_backend: str | None = None) -> tuple[Any, Any]:
    """The first rows of a data set, and the last ones (say, to train and to test).

    Args:
        dataset: an array, a list or tuple of arrays with equally many rows, or a `PyDataset`.
        left_size, right_size: a number of rows, or a share of them between 0 and 1; one of them may
            be left out, and is then the rest.
        shuffle: draw an order of the rows first, the one that Keras draws for this ``seed``.
        preferred_backend: has no effect; Keras gives ``tf.data`` or torch data sets.

    Each part is of the kind of the whole: an array, a tuple of arrays, or a `PyDataset` with
    batches of the same size. Raises ArgumentError for sizes that leave a part empty or are too
    large together, and KindError for another kind of data.

    >>> left, right = split_dataset(np.arange(5), left_size=0.6)
    >>> left.tolist(), right.tolist()
    ([0, 1, 2], [3, 4])
    """
    rows, batch_size = _rows_of(dataset)
    n = row_count(x=rows)
    left, right = _sizes(left_size, right_size, n)
    order = list(range(n))
    if shuffle:
        random.Random(next_seed() if seed is None else seed).shuffle(order)
    first, last = order[:left], order[n - right:]
    parts = [nest.map_structure(lambda each, chosen=chosen: each[chosen], rows)
             for chosen in (first, last)]
    if batch_size is not None:
        parts = [RowBatches(part, batch_size) for part in parts]
    return parts[0], parts[1]


def _rows_of(dataset: Any) -> tuple[Any, int | None]:
    """All rows as arrays, and the size of a batch where they came in batches."""
    if isinstance(dataset, np.ndarray):
        return dataset, None
    if isinstance(dataset, (list, tuple)):
        if not dataset:
            raise DataError("split_dataset got no arrays at all", where=user_line())
        if not all(isinstance(each, np.ndarray) for each in dataset):
            raise KindError("split_dataset needs a list or tuple of NumPy arrays", got="a "
                            f"{type(dataset).__name__} with others in it", where=user_line())
        return tuple(dataset), None
    if hasattr(dataset, "__getitem__") and getattr(dataset, "num_batches", None):
        batches = [nest.map_structure(np.asarray, dataset[i]) for i in range(dataset.num_batches)]
        rows = nest.map_structure(lambda *each: np.concatenate(each), *batches)
        return rows, row_count(x=batches[0])
    raise KindError("split_dataset needs an array, a list or tuple of arrays, or a PyDataset with "
                    "an end", got=f"a {type(dataset).__name__}", where=user_line())


def _sizes(left: float | None, right: float | None, n: int) -> tuple[int, int]:
    """How many rows each part has."""
    if left is None and right is None:
        raise ArgumentError("split_dataset needs left_size or right_size", where=user_line())
    sizes = [_rows(name, size, n) for name, size in (("left_size", left), ("right_size", right))]
    first = n - sizes[1] if sizes[0] is None and sizes[1] is not None else sizes[0] or 0
    last = n - first if sizes[1] is None else sizes[1]
    shares = isinstance(left, float) and isinstance(right, float) and left + right > 1
    if first + last > n or shares:
        raise ArgumentError(f"left_size and right_size must be {n} rows together at most",
                            got=f"left_size={left} and right_size={right}", where=user_line())
    if first == 0 or last == 0:
        raise ArgumentError(f"each part of the {n} rows must have one at least",
                            got=f"left_size={left} and right_size={right}", where=user_line())
    return first, last


def _rows(name: str, size: float | None, n: int) -> int | None:
    """A size, given as a number of rows or a share of them, in rows."""
    if size is None:
        return None
    if isinstance(size, bool) or not isinstance(size, (int, float)):
        raise KindError(f"{name} must be a whole number of rows, or a share of them",
                        got=repr(size), where=user_line())
    if not 0 < size < (1 if isinstance(size, float) else n):
        raise ArgumentError(f"{name} must be a whole number above 0 and below {n}, or a share "
                            "between 0 and 1", got=repr(size), where=user_line())
    return round(size * n) if isinstance(size, float) else size
