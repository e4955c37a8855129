"""Whether a line can separate two sorts of samples, and the reason where none can."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.core.calls import known_by_name
from pellucid.core.errors import MissingExtra, PellucidWarning, advise
from pellucid.perceptron.unit import Learned, samples

LARGE = 200_000          # numbers: asking a linear program about more would outlast the training


class NotSeparableWarning(PellucidWarning):
    """No line has all samples on their sides: a single unit cannot be right everywhere."""


@dataclass(frozen=True)
class Overlap:
    """Why no line separates: a point that is a mixture of ones, and of zeros as well.

    A line that had all ones on one side would have this point on that side; one that had all zeros
    on the other would have it there. Weights are shares that add up to 1, by row.

    >>> separate([[0], [1], [2]], [0, 1, 0]).zeros
    {0: 0.5, 2: 0.5}
    """

    point: np.ndarray
    ones: dict[int, float]
    zeros: dict[int, float]

    def __str__(self) -> str:
        place = ", ".join(f"{each:.4g}" for each in self.point[:4])
        place += ", …" if self.point.size > 4 else ""
        return (f"the point ({place}) lies {_where(self.ones)} of one class and "
                f"{_where(self.zeros)} of the other, so no line has them on two sides")


def tell(overlap: Overlap, which: str = "") -> None:
    """Warn that no line separates, with the reason; ``which`` names the problem, if of several."""
    advise(f"the data are not linearly separable{which}: {overlap}. One unit cannot learn them; a "
           "hidden layer can", NotSeparableWarning)


@known_by_name
def separate(x: Any, y: Any) -> Learned | Overlap:
    r"""A line that has all ones on one side and all zeros on the other, or the reason why none has.

    Either there are w and b with :math:`w \cdot x + b \ge 1` for every one and :math:`\le -1` for
    every zero, or the convex hulls of the two sorts meet (the separating hyperplane's theorem).
    Both are questions to a linear program, which knows numbers only to a seventh digit after the
    point: each column is asked about in shares of its range.

    >>> separate([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]).point.tolist()     # XOR
    [0.5, 0.5]

    Raises MissingExtra without SciPy, which comes with scikit-learn.
    """
    x, y = samples(x, y)
    n, features = x.shape
    sign = 2.0 * y - 1
    low = x.min(0)
    span = x.max(0) - low
    span[span == 0] = 1
    share = (x - low) / span
    planes = _program(np.zeros(features + 1), upper=(-sign[:, None] * np.column_stack(
        [share, np.ones(n)]), -np.ones(n)), bounds=(None, None))
    if planes is not None:
        w = planes[:-1] / span
        return Learned(w, float(planes[-1] - low @ w), converged=True)
    ones, zeros = y == 1, y == 0
    meeting = np.vstack([(sign[:, None] * share).T, ones.astype(float), zeros.astype(float)])
    shares = _program(np.zeros(n), equal=(meeting, [0.0] * features + [1.0, 1.0]), bounds=(0, None))
    assert shares is not None, "either a line separates or the hulls meet"
    return Overlap(shares[ones] @ x[ones], _used(shares, ones), _used(shares, zeros))


def _program(cost: np.ndarray, bounds: tuple[Any, Any], upper: Any = (None, None),
             equal: Any = (None, None)) -> np.ndarray | None:
    """A point that meets the constraints, or None if there is none."""
    try:
        from scipy.optimize import linprog
    except ImportError:
        raise MissingExtra("asking whether a line can separate samples", "SciPy", "data") from None
    found = linprog(cost, A_ub=upper[0], b_ub=upper[1], A_eq=equal[0], b_eq=equal[1], bounds=bounds,
                    method="highs")
    return found.x if found.status == 0 else None


def _used(shares: np.ndarray, rows: np.ndarray) -> dict[int, float]:
    return {int(i): float(shares[i]) for i in np.flatnonzero(rows & (shares > 1e-9))}


def _where(shares: dict[int, float]) -> str:
    """Among which rows a point lies."""
    rows = list(map(str, shares))
    if len(rows) == 1:
        return f"on row {rows[0]}"
    return f"between rows {', '.join(rows[:4])}, …" if len(rows) > 4 else (
        f"between rows {', '.join(rows[:-1])} and {rows[-1]}")
