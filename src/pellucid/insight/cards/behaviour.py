"""How an activation behaves: its range, its mean, its flat ends, found by evaluating it.

Everything is computed in float64, on rows of two numbers: what treats the numbers of a row apart
(relu) and what does not (softmax) are looked at alike. A limit counts as reached within
`TOLERANCE`; an end of the range belongs to it if it is taken where |x| ≤ `NEAR`, since farther out
rounding makes 1 of what is only nearly 1.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from pellucid.insight.cards.record import Range

NEAR, FAR, STEEP = 15.0, 1e16, 1e3     # where ends are told apart, where limits, where slopes
TOLERANCE = 1e-6
SIDES = {(True, True): "both", (True, False): "left", (False, True): "right",
         (False, False): "no"}


class Behaviour:
    """What evaluating an activation shows.

    >>> from pellucid.activations import tanh
    >>> seen = Behaviour(tanh)
    >>> str(seen.range), seen.zero_centred, seen.saturates
    ('(-1, 1)', True, 'both')
    """

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def at(self, rows: Any) -> np.ndarray:
        """The values for rows of two numbers, overflow and all."""
        with np.errstate(all="ignore"):
            return np.asarray(self.function(np.asarray(rows, "float64")))

    @cached_property
    def pointwise(self) -> bool:
        """Whether each number of the output depends on one number of the input."""
        a, b = self.at([[0.3, -2.0]]), self.at([[0.3, 1.7]])
        return a.shape == (1, 2) and bool(a[0, 0] == b[0, 0])

    @cached_property
    def range(self) -> Range:
        """All values that the function takes."""
        near = self.at(_pairs(np.linspace(-NEAR, NEAR, 301)))
        if self.pointwise:                               # a dip between grid points counts as well
            near = self.at(np.linspace(-NEAR, NEAR, 12001).reshape(-1, 1).repeat(2, axis=1))
        limits = self.at(_pairs([-FAR, -1.0, 0.0, 1.0, FAR]))
        values = np.concatenate([near.ravel(), limits[np.isfinite(limits) | np.isinf(limits)]])
        low, high = _end(values.min()), _end(values.max())
        return Range(low, high, _taken(near.min(), low), _taken(near.max(), high))

    @cached_property
    def mean(self) -> float:
        """The mean output for standard normal inputs."""
        x = np.linspace(-10, 10, 401)
        weight = np.exp(-x ** 2 / 2)
        both = np.outer(weight, weight).ravel()
        values = self.at(_pairs(x)).reshape(len(both), -1).mean(axis=1)
        if self.pointwise:
            x = np.linspace(-10, 10, 20001)
            both, values = np.exp(-x ** 2 / 2), self.at(np.stack([x, x], axis=1))[:, 0]
        return float((both * values).sum() / both.sum())

    @property
    def zero_centred(self) -> bool:
        """Whether the mean output for standard normal inputs is 0."""
        return abs(self.mean) < TOLERANCE

    @cached_property
    def saturates(self) -> str:
        """On which side some input stops to matter: no output changes with it any more."""
        flat = [tuple(self._flat(i, side) for side in (-1, 1)) for i in (0, 1)]
        return SIDES[any(each[0] for each in flat), any(each[1] for each in flat)]

    def _flat(self, i: int, side: int) -> bool:
        row = np.ones((2, 2))
        row[:, i] = side * STEEP + np.array([-1.0, 1.0])
        before, after = self.at(row)
        with np.errstate(all="ignore"):
            return bool((np.abs(after - before) / 2 < 1e-4).all())


def _pairs(numbers: Any) -> np.ndarray:
    """Every row of two of the numbers."""
    return np.stack([each.ravel() for each in np.meshgrid(numbers, numbers)], axis=1)


def _end(value: float) -> float:
    """An end of the range: infinite if it is far out, whole if it is whole but for rounding."""
    if not abs(value) < FAR / 10:
        return float(np.copysign(np.inf, value))
    return float(round(value)) + 0.0 if abs(value - round(value)) < TOLERANCE else float(value)


def _taken(value: float, end: float) -> bool:
    """Whether the value nearest to an end is the end itself."""
    return bool(np.isfinite(end) and abs(value - end) < 1e-15 * max(1.0, abs(end)))
