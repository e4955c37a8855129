"""A unit with a step: what it answers, how it came to its weights, and how it says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.calls import known_by_name
from pellucid.core.errors import ArgumentError, DataError, KindError, ShapeError, user_line
from pellucid.core.kinds import shown

if TYPE_CHECKING:
    from pellucid.perceptron.separability import Overlap

WIDE = 4            # numbers of a vector that are printed


@dataclass(frozen=True)
class Move:
    """One look at one sample: what the unit said, and what became of its weights.

    >>> from pellucid.perceptron import learn
    >>> learn([[2.0]], [0], trace=True).trace[0].right           # w = 0 says 1
    False
    """

    epoch: int
    row: int
    x: tuple[float, ...]
    target: int
    z: float
    answer: int
    weights: tuple[float, ...]      # after the look
    bias: float

    @property
    def right(self) -> bool:
        return self.answer == self.target


@dataclass
class Learned:
    """What `learn` found: weights and bias, how long it took, and every look, if asked for.

    ``wrong`` counts the samples that are not right yet. Where some are, ``separable`` says whether
    a line could have all right (None if it could not be asked), and ``overlap`` why none can.

    >>> from pellucid.perceptron import learn
    >>> print(learn([[2.0]], [0]))
    w = -2, b = -1 after 2 epochs and 1 update: every sample is right
    """

    weights: np.ndarray
    bias: float
    updates: int = 0
    epochs: int = 0
    converged: bool = False
    trace: list[Move] = field(default_factory=list, repr=False)
    wrong: int = 0
    separable: bool | None = None
    overlap: Overlap | None = None
    start: tuple[float, ...] = ()       # weights and bias before the first look

    def __call__(self, x: Any) -> np.ndarray:
        """The answers: 1 (P) where w·x + b ≥ 0, else 0 (N); ShapeError for other features."""
        x, features = numbers("x", x), len(self.weights)
        if features == 1 and x.shape[-1:] != (1,):
            x = x[..., None]
        if x.shape[-1:] != (features,):
            raise ShapeError(f"the unit has learned from samples of {_counted(features, 'number')}",
                             got=f"shape {x.shape}", where=user_line())
        return (x @ self.weights + self.bias >= 0).astype(int)

    @property
    def moves(self) -> list[Move]:
        """The looks of the trace that were wrong, each of which moved the line."""
        return [each for each in self.trace if not each.right]

    @property
    def lines(self) -> np.ndarray:
        """Weights and bias at the start and after each move of the trace: ``(moves + 1, n + 1)``.

        >>> from pellucid.perceptron import learn
        >>> learn([[2.0]], [0], trace=True).lines.tolist()
        [[0.0, 0.0], [-2.0, -1.0]]
        """
        return np.array([self.start, *((*each.weights, each.bias) for each in self.moves)])

    def table(self) -> str:
        """The trace as a table in plain text: a line for each look at a sample.

        Raises ArgumentError if no trace was kept.
        """
        if not self.trace:
            raise ArgumentError("a table needs a trace, and none was kept", where=user_line(),
                                hint="try learn(x, y, trace=True)")
        head = ("epoch", "x", "y", "z", "ŷ", "", "w", "b")
        lines = [head, *((str(m.epoch), _vector(m.x), str(m.target), _short(m.z), str(m.answer),
                          "right" if m.right else "wrong", _vector(m.weights), _short(m.bias))
                         for m in self.trace)]
        widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
        return "\n".join("  ".join(map(str.rjust, line, widths)) for line in lines)

    def __str__(self) -> str:
        wrong = f"{_counted(self.wrong, 'sample')} {'is' if self.wrong == 1 else 'are'} still wrong"
        found = (f"w = {_vector(self.weights)}, b = {_short(self.bias)} after "
                 f"{_counted(self.epochs, 'epoch')} and {_counted(self.updates, 'update')}: "
                 f"{'every sample is right' if self.converged else wrong}")
        if self.overlap is not None:
            return f"{found}, since the data are not linearly separable: {self.overlap}"
        if self.separable and not self.converged:
            return f"{found}, but a line has them all right: more epochs would find it"
        return found


@known_by_name
def mistakes(unit: Learned, x: Any, y: Any) -> int:
    """How many samples a unit gets wrong.

    >>> mistakes(Learned(np.array([1.0]), 0.0), [[1.0], [-1.0]], [0, 0])
    1
    """
    if not callable(unit):
        raise KindError("the unit must be what learn(x, y) gives", got=shown(unit),
                        where=user_line())
    x, y = samples(x, y)
    return int(np.sum(unit(x) != y))


def samples(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Samples as floats of shape (n, features), targets as 0 and 1, checked.

    >>> samples([5, 7], [True, False])[0].shape
    (2, 1)
    """
    x, y = numbers("x", x), numbers("y", y)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or y.shape != x.shape[:1]:
        raise ShapeError("x must have a row for each of y's targets, and y one number a row",
                         got=f"shapes {x.shape} and {y.shape}", where=user_line())
    if not x.size:
        raise DataError("there must be samples to learn from", got=f"shape {x.shape}",
                        where=user_line())
    if not np.isin(y, (0, 1)).all():
        raise DataError("targets must be 1 (P) and 0 (N)", where=user_line(),
                        got=", ".join(f"{each:g}" for each in np.unique(y)[:5]),
                        hint="try y > 0" if np.isin(y, (-1, 1)).all() else None)
    if not np.isfinite(x).all():
        row = int(np.flatnonzero(~np.isfinite(x).all(axis=1))[0])
        raise DataError("samples must be finite numbers", got=f"{_vector(x[row])} in row {row}",
                        where=user_line())
    return x, y.astype(int)


def numbers(name: str, value: Any) -> np.ndarray:
    """An argument as an array of floats; KindError for what is none.

    >>> numbers("weights", (1, 2)).tolist()
    [1.0, 2.0]
    """
    try:
        array = np.asarray(value)
        if array.dtype.kind in "biufO" and value is not None:
            return array.astype(float)
    except (ValueError, TypeError):                      # rows of different lengths, words, ...
        pass
    raise KindError(f"{name} must be numbers, in rows of equal lengths", got=shown(value),
                    where=user_line())


def _short(number: float) -> str:
    return f"{number:.4g}"


def _vector(row: Sequence[float] | np.ndarray) -> str:
    """(1, 0), or a number alone; a long one is cut."""
    shown = ", ".join(map(_short, row[:WIDE])) + (", …" if len(row) > WIDE else "")
    return shown if len(row) == 1 else f"({shown})"


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"
