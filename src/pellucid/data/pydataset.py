"""PyDataset: a data set that makes its own batches, one call of ``dataset[i]`` each."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

from pellucid.core.errors import ArgumentError


class PyDataset:
    """Your own source of batches: write ``__len__`` (batches per epoch) and ``__getitem__``.

    ``dataset[i]`` gives batch i: ``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)``. To change the
    data between epochs write ``on_epoch_begin`` or ``on_epoch_end``. A data set without end says
    ``num_batches = None`` and needs ``steps_per_epoch``.

    Args:
        workers: how many batches are made at a time; 1 makes them one by one, in this thread.
        use_multiprocessing: make them in processes, not threads (the data set must pickle).
        max_queue_size: how many batches may wait ready.

    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, index):
    ...         return np.full((2, 1), index), np.full(2, index**2)
    >>> import numpy as np
    >>> [y.tolist() for x, y in Squares()]
    [[0, 0], [1, 1], [4, 4]]

    The names are those of Keras's ``keras.utils.PyDataset``; its instances work here as well.
    """

    # class-wide defaults, so that a subclass that forgets super().__init__() still works
    workers = 1
    use_multiprocessing = False
    max_queue_size = 10

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False,
                 max_queue_size: int = 10) -> None:
        for name, value in (("workers", workers), ("max_queue_size", max_queue_size)):
            if not isinstance(value, int) or value < 0:
                raise ArgumentError(f"{name} must be a whole number, at least 0", got=repr(value))
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__(self, index)")

    def __iter__(self) -> Iterator[Any]:
        total = self.num_batches
        yield from map(self.__getitem__, itertools.count() if total is None else range(total))

    @property
    def num_batches(self) -> int | None:
        """Batches per epoch, or None for a data set without end."""
        length = getattr(self, "__len__", None)
        if length is not None:
            return length()
        raise NotImplementedError(f"{type(self).__name__} must define __len__(self)")

    def on_epoch_begin(self) -> None:
        """Called before the first batch of every epoch."""

    def on_epoch_end(self) -> None:
        """Called after the last batch of every epoch."""


def in_order(dataset: Any, order: Iterable[int]) -> Iterator[Any]:
    """The batches of a data set in the given order, made ahead by its workers if it has several."""
    workers = getattr(dataset, "workers", 1)
    processes = getattr(dataset, "use_multiprocessing", False)
    if workers > 1 or (workers > 0 and processes):
        pool = ProcessPoolExecutor(workers, initializer=_keep, initargs=(dataset,)) \
            if processes else ThreadPoolExecutor(workers)
        work = _kept if processes else dataset.__getitem__
        queue = getattr(dataset, "max_queue_size", 10) or workers
        return _ahead(pool, work, iter(order), queue)
    return map(dataset.__getitem__, order)


def _ahead(pool: Executor, work: Any, order: Iterator[int], size: int) -> Iterator[Any]:
    """Results in order, with up to ``size`` of them begun before they are asked for."""
    waiting: deque[Future[Any]] = deque()
    try:
        for index in itertools.islice(order, size):
            waiting.append(pool.submit(work, index))
        while waiting:
            result = waiting.popleft().result()
            for index in itertools.islice(order, 1):
                waiting.append(pool.submit(work, index))
            yield result
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_dataset: Any = None                # in a worker process: the data set, sent once


def _keep(dataset: Any) -> None:
    global _dataset
    _dataset = dataset


def _kept(index: int) -> Any:
    return _dataset[index]
