"""What fit, evaluate and predict walk through: batches ``(x, y, sample_weight)``.

``batches(...)`` finds the right source: arrays (cut into batches here), a ``PyDataset``, or a
generator or other iterable of ready batches. All behave as in Keras: 32 rows by default, the last
batch may be smaller, the order is drawn anew for each epoch.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, DataError, KindError, PellucidWarning
from pellucid.data.frames import Nest, arrays, is_frame, is_series, leaves, map_nest, row_count
from pellucid.data.pydataset import PyDataset, in_order
from pellucid.data.split import shuffled
from pellucid.data.weights import class_weights, per_output

Batch = tuple[Nest, Nest, Nest]
Permutation = Callable[[int, int], np.ndarray]      # (n, epoch) -> the numbers 0 … n-1, reordered

DEFAULT_BATCH_SIZE = 32


def default_permutation(n: int, epoch: int) -> np.ndarray:
    """The order of n rows in an epoch, the same in every run."""
    return shuffled(n, 0, epoch)


class Batches:
    """A source of batches. Subclasses say how an epoch goes.

    ``steps``: batches per epoch, None where only the end will tell; ``batch_size``: rows of a full
    batch, None where the source decides; ``dry``: True once a generator has nothing left, so that
    training must stop.
    """

    steps: int | None = None
    batch_size: int | None = None
    dry: bool = False

    def epoch(self, epoch: int = 0) -> Iterator[Batch]:
        """The batches of one epoch (counted from 0)."""
        raise NotImplementedError

    def first(self) -> Batch:
        """One batch to learn shapes from; it is not used up."""
        raise NotImplementedError


class ArrayBatches(Batches):
    """Arrays, or nests of arrays, cut into batches; rows are gathered once per array and step.

    ``x``, ``y``, ``sample_weight`` hold all rows and ``order(epoch)`` the row numbers of an epoch
    (None: as they stand), for engines that gather by themselves. With fewer steps per epoch than
    batches, the next epoch goes on where this one stopped.
    """

    def __init__(self, x: Nest, y: Nest, sample_weight: Nest, batch_size: int | None,
                 steps: int | None, shuffle: bool | str, permutation: Permutation) -> None:
        self.rows = row_count(x=x, y=y, sample_weight=sample_weight)
        self.x, self.y, self.sample_weight = x, y, sample_weight
        if batch_size is None:
            batch_size = -(-self.rows // steps) if steps else DEFAULT_BATCH_SIZE
        self.batch_size: int = batch_size
        self.in_all = -(-self.rows // batch_size)
        self.steps: int = steps or self.in_all
        self.shuffle, self.permutation = shuffle, permutation
        self._continues = steps is not None
        self._next = 0
        self._order: np.ndarray | None = None

    def order(self, epoch: int) -> np.ndarray | None:
        """The row numbers of an epoch, or None where rows keep their order."""
        if not self.shuffle:
            return None
        order = self.permutation(self.rows, epoch)
        if self.shuffle == "batch":             # the batches stay, rows change places inside them
            order = np.lexsort((order, np.arange(self.rows) // self.batch_size))
        return order

    def epoch(self, epoch: int = 0) -> Iterator[Batch]:
        if self._next == 0 or not self._continues:
            self._order, self._next = self.order(epoch), 0
        for _ in range(self.steps):
            if self._next == self.in_all:
                _warn_short(f"{self.in_all} batches of {self.batch_size} rows", self.steps)
                break
            batch = self._batch(self._next, self._order)
            self._next += 1
            yield batch
        self._next %= self.in_all

    def first(self) -> Batch:
        return self._batch(0, None)

    def _batch(self, index: int, order: np.ndarray | None) -> Batch:
        rows = slice(index * self.batch_size, (index + 1) * self.batch_size)
        if order is None:
            return self._take(lambda array: array[rows])            # a view, nothing is copied
        chosen = order[rows]
        return self._take(lambda array: array.take(chosen, axis=0))

    def _take(self, f: Callable[[np.ndarray], np.ndarray]) -> Batch:
        return map_nest(f, self.x), map_nest(f, self.y), map_nest(f, self.sample_weight)


class ReadyBatches(Batches):
    """A generator or another iterable whose items are batches.

    An iterable that can start again does so in each epoch (with ``steps``: when it is through); a
    generator cannot, so training ends when it has run dry.
    """

    def __init__(self, source: Iterable[Any], steps: int | None, check: Callable[[Any], Batch],
                 ) -> None:
        self.source, self.check = source, check
        self.once = isinstance(source, Iterator)
        self.given = steps
        self.steps = steps or (len(source) if hasattr(source, "__len__") else None)
        self._iterator = iter(source)
        try:
            self._ahead: list[Batch] = [check(next(self._iterator))]
        except StopIteration:
            raise DataError("the generator yields no batch", hint="at least one is needed",
                            ) from None

    def first(self) -> Batch:
        if not self._ahead:
            raise DataError("the generator has no more batches")
        return self._ahead[0]

    def epoch(self, epoch: int = 0) -> Iterator[Batch]:
        done = 0
        while self._ahead and (self.given is None or done < self.given):
            batch, done = self._ahead[0], done + 1
            self._advance()
            yield batch
        if self._ahead:
            return
        if self.once:
            if done == 0 or (self.given and done < self.given):
                self.dry = True
                _warn_short(f"{done} batches in epoch {epoch + 1}", self.given)
            return
        if self.given and done < self.given:
            _warn_short(f"{done} batches in epoch {epoch + 1}", self.given)
        self._iterator = iter(self.source)
        self._advance()

    def _advance(self) -> None:
        self._ahead = [self.check(item) for item in _at_most_one(self._iterator)]


class PyDatasetBatches(Batches):
    """A ``PyDataset``, of pellucid or Keras, or an object with the same two methods."""

    def __init__(self, dataset: Any, steps: int | None, shuffle: bool | str,
                 permutation: Permutation, check: Callable[[Any], Batch]) -> None:
        self.dataset, self.shuffle, self.permutation = dataset, shuffle, permutation
        self.check, self.given = check, steps
        self.total = dataset.num_batches if hasattr(dataset, "num_batches") else len(dataset)
        if self.total == 0:
            raise DataError(f"{type(dataset).__name__} has no batches: its length is 0")
        if self.total is None and steps is None:
            raise ArgumentError(f"{type(dataset).__name__} has no end, so an epoch needs "
                                "steps_per_epoch")
        self.steps = steps or self.total
        self._running: Iterator[Any] | None = None
        self._used = 0

    def first(self) -> Batch:
        return self.check(self.dataset[0])

    def epoch(self, epoch: int = 0) -> Iterator[Batch]:
        _call(self.dataset, "on_epoch_begin")
        if self._running is None or self.given is None:
            self._running, self._used = in_order(self.dataset, self._order(epoch)), 0
        try:
            for _ in range(self.steps or 0):
                if self._used == self.total:
                    _warn_short(f"{self.total} batches", self.steps)
                    break
                self._used += 1
                yield self.check(next(self._running))
        finally:
            if self._used == self.total or self.given is None:
                _call(self._running, "close")           # ends the workers, if there are any
                self._running = None
            _call(self.dataset, "on_epoch_end")

    def _order(self, epoch: int) -> Iterable[int]:
        if self.total is None:
            return _count()
        return self.permutation(self.total, epoch).tolist() if self.shuffle else range(self.total)


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
        class_weight: dict from class number to weight; not together with sample_weight.
        permutation: ``(n, epoch)`` to the order of n rows.
        text: whether strings may pass.

    >>> data = batches(np.arange(10.0), np.arange(10), batch_size=4)
    >>> [y.tolist() for x, y, w in data.epoch(0)]
    [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    """
    if isinstance(x, Batches):
        return x
    _check_counts(batch_size, steps, shuffle)
    if sample_weight is not None and class_weight is not None:
        raise ArgumentError("give sample_weight or class_weight, not both")
    if _is_arrays(x):
        x, y = arrays(x, text=text), arrays(y, "y", text=text)
        weight = arrays(sample_weight, "sample_weight")
        if x is None:
            raise ArgumentError("x is needed, but got None")
        row_count(x=x, y=y, sample_weight=weight)
        weight = per_output(y, weight) if class_weight is None else class_weights(y, class_weight)
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


def checked_batch(item: Any, class_weight: dict[int, float] | None, text: bool = False) -> Batch:
    """One ready batch as arrays of equal length, with the weights that its classes ask for."""
    x, y, weight = unpack_x_y_sample_weight(item)
    if weight is not None and class_weight is not None:
        raise ArgumentError("class_weight cannot be given for batches that hold sample_weight")
    x, y = arrays(x, text=text), arrays(y, "y", text=text)
    weight = arrays(weight, "sample_weight")
    row_count(x=x, y=y, sample_weight=weight)
    if class_weight is not None:
        return x, y, class_weights(y, class_weight)
    return x, y, per_output(y, weight)


def validation_part(x: Any, y: Any, sample_weight: Any, share: float, *,
                    text: bool = False) -> tuple[Batch, Batch]:
    """Training and validation rows: the LAST ``share`` of the rows, before any shuffling.

    >>> train, validation = validation_part(np.arange(10), None, None, 0.25)
    >>> train[0], validation[0]
    (array([0, 1, 2, 3, 4, 5, 6]), array([7, 8, 9]))
    """
    if not 0 < share < 1:
        raise ArgumentError("validation_split must lie between 0 and 1", got=share)
    if not _is_arrays(x):
        raise ArgumentError(f"validation_split needs arrays, but x is a {type(x).__name__}",
                            hint="give validation_data")
    whole = (arrays(x, text=text), arrays(y, "y", text=text),
             arrays(sample_weight, "sample_weight"))
    rows = row_count(x=whole[0], y=whole[1], sample_weight=whole[2])
    cut = int(np.floor(rows * (1 - share)))
    if cut in (0, rows):
        raise DataError(f"{rows} rows are too few for validation_split={share}",
                        hint="give more rows or another share")
    x, y, w = (map_nest(lambda array: array[:cut], each) for each in whole)
    x_val, y_val, w_val = (map_nest(lambda array: array[cut:], each) for each in whole)
    return (x, y, w), (x_val, y_val, w_val)
