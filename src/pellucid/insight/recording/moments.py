"""The moments that are kept: never more than so many, spread evenly over a run of any length."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Moment:
    """All that is known of one moment of a training.

    ``epoch`` counts the epochs that are done (0 is before training, 2.5 is in the middle of the
    third), ``step`` the optimizer's steps, ``since`` those since the look before. ``outputs`` and
    ``weights`` are tables of `OUTPUT` and `WEIGHT` records; ``values`` are the weights themselves,
    as `set_weights` takes them, or None. ``logs`` is what the epoch before this moment logged.

    >>> nothing = np.zeros(0)
    >>> Moment(2.0, 64, 32, 0.1, 0.5, nothing, nothing).epoch
    2.0
    """

    epoch: float
    step: int
    since: int
    learning_rate: float
    loss: float
    outputs: np.ndarray
    weights: np.ndarray
    values: list[np.ndarray] | None = None
    logs: Mapping[str, float] = field(default_factory=dict)


class Moments:
    """At most ``most`` moments, evenly spaced, of however many there will be.

    They are counted from 0; every ``stride``-th is kept. When there is no room left the stride
    doubles, and every other one of those that are there goes. So which are kept depends on how
    many there were, and on nothing else.

    >>> kept = Moments(most=3)
    >>> for count in range(9):
    ...     if kept.wants(count):
    ...         kept.add(count, f"moment {count}")
    >>> kept.kept, kept.stride
    (['moment 0', 'moment 4', 'moment 8'], 4)
    """

    def __init__(self, most: int, stride: int = 1) -> None:
        self.most, self.stride = most, stride
        self._counts: list[int] = []
        self.kept: list[Any] = []

    def wants(self, count: int) -> bool:
        """Whether this moment is to be kept; if so, there is room for it."""
        while count % self.stride == 0 and len(self.kept) >= self.most:
            self._thin()
        return count % self.stride == 0

    def add(self, count: int, moment: Any) -> None:
        """Keep a moment: one that is wanted, or the last one of all."""
        while len(self.kept) >= self.most:
            self._thin()
        self._counts.append(count)
        self.kept.append(moment)

    def _thin(self) -> None:
        self.stride *= 2
        left = [k for k, count in enumerate(self._counts) if count % self.stride == 0]
        self._counts = [self._counts[k] for k in left]
        self.kept = [self.kept[k] for k in left]


class Logs:
    """What each epoch logged, eight bytes a number; a number that an epoch lacks is NaN.

    A metric of several numbers becomes several: ``f1[0]``, ``f1[1]``.

    >>> logs = Logs()
    >>> logs.add(1, {"loss": 0.5})
    >>> logs.add(2, {"loss": 0.25, "val_loss": 0.3})
    >>> {name: column.tolist() for name, column in logs.columns().items()}
    {'loss': [0.5, 0.25], 'val_loss': [nan, 0.3]}
    """

    def __init__(self) -> None:
        self.epochs: array[float] = array("d")
        self._columns: dict[str, array[float]] = {}

    def add(self, epoch: float, logs: Mapping[str, Any]) -> None:
        """What epoch number ``epoch`` (from 1) logged."""
        for name, value in _single(logs):
            column = self._columns.setdefault(name, array("d", [np.nan]) * len(self.epochs))
            column.append(value)
        self.epochs.append(epoch)
        for column in self._columns.values():
            if len(column) < len(self.epochs):
                column.append(np.nan)

    def columns(self) -> dict[str, np.ndarray]:
        """The numbers of all epochs by name."""
        return {name: np.array(column) for name, column in self._columns.items()}


def _single(logs: Mapping[str, Any]) -> list[tuple[str, float]]:
    found = []
    for name, value in logs.items():
        numbers = np.asarray(value, np.float64)
        if numbers.ndim == 0:
            found.append((name, float(numbers)))
        else:
            found += [(f"{name}[{k}]", float(each)) for k, each in enumerate(numbers.ravel())]
    return found
