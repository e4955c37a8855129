"""The perceptron's learning: sample after sample, wrong answers move the weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.calls import known_by_name
from pellucid.core.errors import DataError, MissingExtra, ShapeError, user_line
from pellucid.core.field import check
from pellucid.core.kinds import NUMBER, TRUTH
from pellucid.perceptron.separability import LARGE, Overlap, separate, tell
from pellucid.perceptron.unit import Learned, Move, mistakes, numbers, samples


@known_by_name
def learn(x: Any, y: Any, *, rate: float = 1.0, epochs: int = 1000, weights: Any = None,
          bias: float = 0.0, learn_bias: bool = True, shuffle: bool = True, seed: int | None = 0,
          trace: bool = False) -> Learned:
    r"""Learn a line (or hyperplane) between ones and zeros, by the perceptron's rule

    .. math:: \hat y = [w \cdot x + b \ge 0], \quad
              w \leftarrow w + \eta (y - \hat y) x, \quad b \leftarrow b + \eta (y - \hat y)

    so that right answers change nothing, a missed one adds its sample, and a missed zero takes it
    away. It ends when an epoch has been right throughout. If any line separates the two sorts, it
    does so after at most (R/γ)² updates from zero (`novikoff_bound`); if none does, it never would:
    it ends after ``epochs``, asks `separate` for the reason, and says it in a
    `NotSeparableWarning` (with SciPy, and up to 200,000 numbers in x).

    Args:
        x: samples, shape (n, features); (n,) for one feature.
        y: 1 for P, 0 for N, shape (n,).
        rate: η, above 0. From zero weights it scales them and changes nothing else.
        epochs: looks at each sample, at most.
        weights, bias: where to begin; zero weights unless given.
        learn_bias: False keeps the bias, as in examples with a fixed threshold θ = -b.
        shuffle: look at the samples in a new random order in each epoch.
        seed: of those orders.
        trace: keep every look (`Learned.trace`, `Learned.table`).

    Raises DataError for targets other than 0 and 1, ShapeError where lengths differ, KindError and
    ArgumentError for arguments of the wrong kind or out of range.

    >>> found = learn([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    >>> found.converged, found([[1, 1], [1, 0]]).tolist()
    (True, [1, 0])

    Source: F. Rosenblatt, "Principles of Neurodynamics" (1962).
    """
    x, y = samples(x, y)
    check("learn", "rate", rate, needed=True, above=0)
    check("learn", "epochs", epochs, needed=True, at_least=1, whole=True)
    check("learn", "bias", bias, needed=True, kind=NUMBER)
    check("learn", "seed", seed, at_least=0, whole=True)
    for name, value in (("learn_bias", learn_bias), ("shuffle", shuffle), ("trace", trace)):
        check("learn", name, value, kind=TRUTH)
    w = np.zeros(x.shape[1]) if weights is None else _weights(weights, x)
    found = Learned(w, float(bias), start=(*map(float, w), float(bias)))
    random = np.random.default_rng(seed)
    while not found.converged and found.epochs < epochs:
        order = random.permutation(len(x)) if shuffle else np.arange(len(x))
        before = found.updates
        found.epochs += 1
        sweep(found, x, y, order, rate, learn_bias, trace)
        found.converged = found.updates == before
    if not found.converged:
        _say_why(found, x, y, learn_bias)
    return found


def _weights(weights: Any, x: np.ndarray) -> np.ndarray:
    w = numbers("weights", weights)
    if w.shape != x.shape[1:]:
        raise ShapeError(f"weights must be one number for each feature, and x has {x.shape[1]}",
                         got=f"shape {w.shape}", where=user_line())
    return w


def _say_why(unit: Learned, x: np.ndarray, y: np.ndarray, learn_bias: bool) -> None:
    """Count what is wrong, and name the reason if no line at all can be right."""
    unit.wrong = mistakes(unit, x, y)
    if x.size > LARGE:
        return
    try:
        found = separate(x, y)
    except MissingExtra:                                 # learning itself asks for NumPy alone
        return
    if isinstance(found, Overlap):
        unit.separable, unit.overlap = False, found
        tell(found)
    elif learn_bias:                                     # else the line may need another bias
        unit.separable = True


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


@known_by_name
def novikoff_bound(x: Any, y: Any, weights: Any, bias: float = 0.0) -> float:
    r"""(R/γ)²: the most updates that the rule can need from zero weights, on any order of samples.

    ``weights`` and ``bias`` are any line that separates the samples. With the extended samples
    (x, 1), R is the length of the longest, and γ the least distance to the plane of that line:

    .. math:: \gamma = \min_i \frac{\pm (w \cdot x_i + b)}{\sqrt{\|w\|^2 + b^2}}

    Raises DataError if the line does not separate them, ShapeError if it is of other dimensions.

    >>> novikoff_bound([[0], [1]], [0, 1], weights=[2], bias=-1)
    10.0

    Source: A. Novikoff, "On convergence proofs on perceptrons" (1962).
    """
    x, y = samples(x, y)
    check("novikoff_bound", "bias", bias, needed=True, kind=NUMBER)
    extended, plane = np.column_stack([x, np.ones(len(x))]), np.append(_weights(weights, x), bias)
    z = (2 * y - 1) * (extended @ plane)
    if not z.min() > 0:
        raise DataError("this line does not have all ones on its positive side and all zeros on "
                        "the other", where=user_line(), hint="try learn(x, y), then its weights "
                        "and bias")
    margin = z.min() / np.linalg.norm(plane)
    return float((extended ** 2).sum(1).max() / margin ** 2)
