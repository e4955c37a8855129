"""A line through a frame, a plane through a box: where it crosses the edges, and the two sides."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

Plane = Sequence[float] | np.ndarray    # (w₁, …, wₙ, b) of w·x + b = 0


def crossings(plane: Plane, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Where w·x + b = 0 meets the edges of the box from ``low`` to ``high``, in order around it.

    ``plane`` holds w and then b. In the plane (n = 2) these are the two ends of a line, in space
    the three to six corners of a polygon; shape ``(k, n)``, k = 0 where it misses the box.

    >>> crossings((1, 1, -1), np.zeros(2), np.ones(2)).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    w, b = np.asarray(plane, float)[:-1], float(plane[-1])
    box, found = np.array([low, high], float), set()
    for along in np.flatnonzero(w):
        for ends in product((0, 1), repeat=len(w) - 1):
            corner = box[np.insert(ends, along, 0), range(len(w))]
            corner[along] = 0
            corner[along] = -(w @ corner + b) / w[along]
            if box[0, along] <= corner[along] <= box[1, along]:
                found.add(tuple((corner + 0.0).tolist()))          # no -0.0
    points = np.array(sorted(found)).reshape(-1, len(w))
    if len(points) < 2:
        return points[:0]
    return _in_turn(points) if len(w) > 2 else points[[0, -1]]


def sides(line: Plane, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The parts of a frame where A x + B y + C ≥ 0 and where it is ≤ 0, as corners in turn.

    >>> [len(each) for each in sides((1, 1, -0.5), np.zeros(2), np.ones(2))]
    [5, 3]
    """
    frame = np.array([low, (high[0], low[1]), high, (low[0], high[1])], float)
    values = frame @ np.asarray(line, float)[:2] + line[2]
    cut = crossings(line, low, high)
    positive, negative = (np.concatenate([frame[sign * values >= 0], cut]) for sign in (1, -1))
    return _in_turn(positive), _in_turn(negative)


def _in_turn(points: np.ndarray) -> np.ndarray:
    """The corners of a convex polygon, in the plane or in space, in the order around its middle."""
    if not len(points):
        return points
    spokes = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(spokes, full_matrices=False)
    across = spokes @ axes[:2].T
    return points[np.argsort(np.arctan2(across[:, -1], across[:, 0]), kind="stable")]
