"""The perceptron trick: a point on the wrong side moves the line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pellucid.core.calls import known_by_name
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.field import check
from pellucid.core.kinds import TRUTH
from pellucid.perceptron.unit import numbers


@known_by_name
def side(line: Sequence[float], point: Sequence[float]) -> float:
    """Where a point lies: A x + B y + C is above 0 on one side, below on the other, 0 on the line.

    In n dimensions a line is a hyperplane: one number for each coordinate, and the last alone.

    >>> side((2, 3, 5), (4, 5))
    28.0
    """
    plane, extended = _extended(line, point)
    return float(plane @ extended)


@known_by_name
def move_line(line: Sequence[float], point: Sequence[float], positive: bool,
              rate: float = 1.0) -> np.ndarray:
    r"""The line after a point on its wrong side has moved it.

    .. math:: w \leftarrow w \pm \eta \, (x, 1)

    with a plus for a positive point that lies on the negative side, and a minus for a negative
    point on the positive side. A point on its right side moves nothing (a point on the line counts
    as on the positive side).

    Args:
        line: the numbers (A, B, C) of A x + B y + C = 0; n + 1 numbers in n dimensions.
        point: its n coordinates.
        positive: whether the point belongs on the positive side.
        rate: how far the line moves, above 0.

    >>> move_line((2, 3, 5), (4, 5), positive=False).tolist()
    [-2.0, -2.0, 4.0]

    Source: F. Rosenblatt, "The perceptron" (1958).
    """
    check("move_line", "rate", rate, needed=True, above=0)
    check("move_line", "positive", positive, needed=True, kind=TRUTH)
    plane, extended = _extended(line, point)
    if (plane @ extended >= 0) == bool(positive):
        return plane
    return plane + (rate if positive else -rate) * extended


def _extended(line: Sequence[float], point: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Line and (point, 1) as arrays of the same length."""
    plane, extended = numbers("line", line), np.append(numbers("point", point), 1.0)
    if plane.ndim != 1 or plane.shape != extended.shape:
        raise ShapeError("a line needs one number more than a point has coordinates",
                         got=f"{plane.size} and {extended.size - 1}", where=user_line())
    return plane, extended
