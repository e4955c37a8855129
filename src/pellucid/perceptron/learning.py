"""The perceptron's learning: sample after sample, wrong answers move the weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, DataError, ShapeError, user_line


@dataclass(frozen=True)
class Move:
    """One look at one sample: what the unit said, and what became of its weights.

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

    >>> print(learn([[2.0]], [0]))
    w = (-2), b = -1 after 2 epochs and 1 updates: every sample is right
    """

    weights: np.ndarray
    bias: float
    updates: int = 0
    epochs: int = 0
    converged: bool = False
    trace: list[Move] = field(default_factory=list)

    def __call__(self, x: Any) -> np.ndarray:
        """The answers: 1 (P) where w·x + b ≥ 0, else 0 (N)."""
        return (np.asarray(x, float) @ self.weights + self.bias >= 0).astype(int)

    def table(self) -> str:
        """The trace as a table in plain text: a line for each look at a sample."""
        head = ("epoch", "x", "y", "z", "ŷ", "", "w", "b")
        lines = [head, *((str(m.epoch), _vector(m.x), str(m.target), f"{m.z:g}", str(m.answer),
                          "right" if m.right else "wrong", _vector(m.weights), f"{m.bias:g}")
                         for m in self.trace)]
        widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
        return "\n".join("  ".join(map(str.rjust, line, widths)) for line in lines)

    def __str__(self) -> str:
        ended = "every sample is right" if self.converged else "some samples are still wrong"
        return (f"w = {_vector(self.weights)}, b = {self.bias:g} after {self.epochs} epochs and "
                f"{self.updates} updates: {ended}")


def learn(x: Any, y: Any, *, rate: float = 1.0, epochs: int = 1000, weights: Any = None,
          bias: float = 0.0, learn_bias: bool = True, shuffle: bool = True, seed: int | None = 0,
          trace: bool = False) -> Learned:
    r"""Learn a line (or hyperplane) between ones and zeros, by the perceptron's rule

    .. math:: \hat y = [w \cdot x + b \ge 0], \quad
              w \leftarrow w + \eta (y - \hat y) x, \quad b \leftarrow b + \eta (y - \hat y)

    so that right answers change nothing, a missed one adds its sample, and a missed zero takes it
    away. It ends when an epoch has been right throughout. If any line separates the two sorts, it
    does so after at most (R/γ)² updates from zero (`novikoff_bound`); if none does, it never would,
    and ends after ``epochs``.

    Args:
        x: samples, shape (n, features).
        y: 1 for P, 0 for N, shape (n,).
        rate: η, above 0. From zero weights it scales them and changes nothing else.
        epochs: looks at each sample, at most.
        weights, bias: where to begin; zero weights unless given.
        learn_bias: False keeps the bias, as in examples with a fixed threshold θ = -b.
        shuffle: look at the samples in a new random order in each epoch.
        seed: of those orders.
        trace: keep every look (`Learned.trace`, `Learned.table`).

    Raises DataError for targets other than 0 and 1, ShapeError where lengths differ.

    >>> found = learn([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    >>> found.converged, found([[1, 1], [1, 0]]).tolist()
    (True, [1, 0])

    Source: F. Rosenblatt, "Principles of Neurodynamics" (1962).
    """
    x, y = _samples(x, y)
    if not rate > 0:
        raise ArgumentError("rate must be above 0", got=repr(rate), where=user_line())
    if epochs < 1:
        raise ArgumentError("epochs must be at least 1", got=repr(epochs), where=user_line())
    w = np.zeros(x.shape[1]) if weights is None else np.array(weights, float)
    if w.shape != x.shape[1:]:
        raise ShapeError(f"weights must be {x.shape[1]} numbers, one for each feature",
                         got=f"shape {w.shape}", where=user_line())
    found = Learned(w, float(bias))
    random = np.random.default_rng(seed)
    while not found.converged and found.epochs < epochs:
        order = random.permutation(len(x)) if shuffle else np.arange(len(x))
        before = found.updates
        found.epochs += 1
        sweep(found, x, y, order, rate, learn_bias, trace)
        found.converged = found.updates == before
    return found


BLOCK = 64      # samples that are looked at together, as long as they are right


def sweep(unit: Learned, x: np.ndarray, y: np.ndarray, order: np.ndarray, rate: float,
          learn_bias: bool = True, trace: bool = False) -> None:
    """One look at every sample in order; changes ``unit``."""
    start = 0
    while start < len(order):
        rows = order[start:start + (1 if trace else BLOCK)]
        z = x[rows] @ unit.weights + unit.bias
        error = y[rows] - (z >= 0)
        wrong = np.flatnonzero(error)
        if wrong.size:
            i = rows[wrong[0]]
            step = rate * error[wrong[0]]
            unit.weights = unit.weights + step * x[i]
            unit.bias += float(step) if learn_bias else 0.0
            unit.updates += 1
        if trace:
            i = rows[0]
            unit.trace.append(Move(unit.epochs, int(i), tuple(map(float, x[i])), int(y[i]),
                                   float(z[0]), int(z[0] >= 0), tuple(map(float, unit.weights)),
                                   unit.bias))
        start += int(wrong[0]) + 1 if wrong.size else len(rows)


def mistakes(unit: Learned, x: Any, y: Any) -> int:
    """How many samples a unit gets wrong.

    >>> mistakes(Learned(np.array([1.0]), 0.0), [[1.0], [-1.0]], [0, 0])
    1
    """
    x, y = _samples(x, y)
    return int(np.sum(unit(x) != y))


def novikoff_bound(x: Any, y: Any, weights: Any, bias: float = 0.0) -> float:
    r"""(R/γ)²: the most updates that the rule can need from zero weights, on any order of samples.

    ``weights`` and ``bias`` are any line that separates the samples. With the extended samples
    (x, 1), R is the length of the longest, and γ the least distance to the plane of that line:

    .. math:: \gamma = \min_i \frac{\pm (w \cdot x_i + b)}{\sqrt{\|w\|^2 + b^2}}

    Raises DataError if the line does not separate them.

    >>> novikoff_bound([[0], [1]], [0, 1], weights=[2], bias=-1)
    10.0

    Source: A. Novikoff, "On convergence proofs on perceptrons" (1962).
    """
    x, y = _samples(x, y)
    extended, plane = np.column_stack([x, np.ones(len(x))]), np.append(np.asarray(weights, float),
                                                                       bias)
    margin = np.min((2 * y - 1) * (extended @ plane)) / np.linalg.norm(plane)
    if not margin > 0:
        raise DataError("this line does not have all ones on its positive side and all zeros on "
                        "the other", where=user_line(), hint="try learn(x, y), then its weights "
                        "and bias")
    return float((extended ** 2).sum(1).max() / margin ** 2)


def _samples(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Samples as floats of shape (n, features), targets as 0 and 1."""
    x, y = np.asarray(x, float), np.asarray(y)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or y.shape != x.shape[:1]:
        raise ShapeError("x must have a row for each of y's targets", where=user_line(),
                         got=f"shapes {x.shape} and {y.shape}")
    if not np.isin(y, (0, 1)).all():
        raise DataError("targets must be 1 (P) and 0 (N)", where=user_line(),
                        got=", ".join(map(str, np.unique(y)[:5])))
    if not np.isfinite(x).all():
        raise DataError("samples must be finite numbers", where=user_line())
    return x, y.astype(int)


def _vector(numbers: Sequence[float] | np.ndarray) -> str:
    return "(" + ", ".join(f"{each:g}" for each in numbers) + ")"
