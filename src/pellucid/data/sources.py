"""The sources that batches come from: arrays, ready-made batches, and a ``PyDataset``."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, DataError, PellucidWarning, advise
from pellucid.data.frames import Nest, map_nest, row_count
from pellucid.data.pydataset import in_order
from pellucid.data.split import shuffled

Batch = tuple[Nest, Nest, Nest]
Permutation = Callable[[int, int], np.ndarray]      # (n, epoch) -> the numbers 0 … n-1, reordered

DEFAULT_BATCH_SIZE = 32


def default_permutation(n: int, epoch: int) -> np.ndarray:
    """The order of n rows in an epoch, the same in every run."""
    return shuffled(n, 0, epoch)


class Batches:
    """A source of batches. Subclasses say how an epoch goes.

    ``steps``: batches per epoch, None where only the end will tell; ``batch_size``: rows of a full
    batch, None where the source decides.
    """

    steps: int | None = None
    batch_size: int | None = None
    given: int | None = None             # batches per epoch, where a person said how many

    def limit(self, most: int) -> None:
        """Let no epoch have more batches than this, and say so."""
        if self.steps is None or self.steps > most:
            advise(f"every epoch ends after {most} batches, as "
                   f"set_max_steps_per_epoch({most}) asks")
            self.steps = self.given = most

    def more(self) -> bool:
        """Whether another epoch can begin; if not, a PellucidWarning has said why."""
        return True

    def epoch(self, epoch: int = 0) -> Iterator[Batch]:
        """The batches of one epoch (counted from 0)."""
        raise NotImplementedError

    def first(self) -> Batch:
        """One batch to learn shapes from; it is not used up."""
        raise NotImplementedError

    def play(self, epochs: range) -> None:
        """Stand where these epochs would have led to."""
        for epoch in epochs:
            for _ in self.epoch(epoch):
                pass


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
        self.batch_size = self.size = batch_size
        self.in_all = -(-self.rows // batch_size)
        self.steps = steps or self.in_all
        self.shuffle, self.permutation = shuffle, permutation
        self.given = steps
        self._next = 0
        self._order: np.ndarray | None = None

    def order(self, epoch: int) -> np.ndarray | None:
        """The row numbers of an epoch, or None where rows keep their order."""
        if not self.shuffle:
            return None
        order = self.permutation(self.rows, epoch)
        if self.shuffle == "batch":             # the batches stay, rows change places inside them
            order = np.lexsort((order, np.arange(self.rows) // self.size))
        return order

    def epoch(self, epoch: int = 0) -> Iterator[Batch]:
        if self._next == 0 or self.given is None:
            self._order, self._next = self.order(epoch), 0
        for _ in range(self.steps or self.in_all):
            if self._next == self.in_all:
                _warn_short(f"there are {self.in_all} of {self.size} rows", self.steps)
                break
            batch = self._batch(self._next, self._order)
            self._next += 1
            yield batch
        self._next %= self.in_all

    def first(self) -> Batch:
        return self._batch(0, None)

    def play(self, epochs: range) -> None:
        if self.given is not None:                       # else each epoch begins anew
            super().play(epochs)

    @property
    def sizes(self) -> list[int]:
        """How many rows a batch may have: a full one, and the last one if it has fewer."""
        rest = self.rows % self.size
        return [self.size, rest] if rest and self.rows > self.size else [min(self.size, self.rows)]

    @property
    def whole(self) -> bool:
        """Whether an epoch is all rows once, and the next one begins anew."""
        return self.given is None

    def part(self, rows: int) -> Batch:
        """The first ``rows`` rows, as they stand."""
        return self._take(lambda array: array[:rows])

    def _batch(self, index: int, order: np.ndarray | None) -> Batch:
        rows = slice(index * self.size, (index + 1) * self.size)
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

    def __init__(self, source: Iterable[Any], steps: int | None,
                 check: Callable[[Any], Batch]) -> None:
        self.source, self.check, self.given = source, check, steps
        self.once = isinstance(source, Iterator)
        self.steps = steps or (len(source) if isinstance(source, Sized) else None)
        self._restart()
        if not self._ahead:
            raise DataError("x yields no batch", hint="at least one is needed")

    def first(self) -> Batch:
        if not self._ahead:
            raise DataError("x has no more batches")
        return self._ahead[0]

    def more(self) -> bool:
        if self._ahead or not self.once:
            return True
        if not self._warned:
            _warn_short("none is left", self.given)
            self._warned = True
        return False

    def epoch(self, epoch: int = 0) -> Iterator[Batch]:
        if self._used and self.given is None and not self.once:
            self._restart()
        done = 0
        while self._ahead and done != self.given:
            batch, done, self._used = self._ahead.pop(), done + 1, True
            self._look_ahead()
            yield batch
        if self._ahead or self.given is None:
            return
        if done < self.given:
            _warn_short(f"{done} came in epoch {epoch + 1}", self.given)
            self._warned = True
        if not self.once:
            self._restart()

    def _restart(self) -> None:
        self._iterator = iter(self.source)
        self._used = self._warned = False
        self._look_ahead()

    def _look_ahead(self) -> None:
        self._ahead = [self.check(item) for item in itertools.islice(self._iterator, 1)]


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
        self._used, self._first = 0, None

    def first(self) -> Batch:
        if self._first is None:                          # a dataset may draw at random: asked once
            self._first = self.check(self.dataset[0])
        return self._first

    def play(self, epochs: range) -> None:
        if self.given is not None:
            return super().play(epochs)
        for _ in epochs:                                 # each begins anew, but for what it changes
            _call(self.dataset, "on_epoch_begin")
            _call(self.dataset, "on_epoch_end")
        return None

    def epoch(self, epoch: int = 0) -> Iterator[Batch]:
        _call(self.dataset, "on_epoch_begin")
        if self._running is None or self.given is None:
            self._running, self._used = in_order(self.dataset, self._order(epoch)), 0
        try:
            for _ in range(self.steps or 0):
                if self._used == self.total:
                    _warn_short(f"there are {self.total}", self.steps)
                    break
                self._used += 1
                yield self.check(next(self._running))
        finally:
            if self._used == self.total or self.given is None:
                self.close()
            _call(self.dataset, "on_epoch_end")

    def close(self) -> None:
        """End the workers, if there are any, and begin anew in the next epoch."""
        _call(self._running, "close")
        self._running = None

    def _order(self, epoch: int) -> Iterable[int]:
        if self.total is None:
            return itertools.count()
        return self.permutation(self.total, epoch).tolist() if self.shuffle else range(self.total)


def _call(thing: object, method: str) -> None:
    """Call a method that the object may lack."""
    getattr(thing, method, lambda: None)()


def _warn_short(there: str, wanted: int | None) -> None:
    needed = "another epoch" if wanted is None else f"an epoch of {wanted} batches"
    warnings.warn(f"x ran out of batches: {needed} was asked for, but {there}. Give fewer "
                  "steps_per_epoch or epochs, or more data.", PellucidWarning, stacklevel=3)
