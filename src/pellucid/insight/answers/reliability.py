"""Whether stated probabilities come true: rows gathered by their probability."""

from __future__ import annotations

from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from pellucid.core.errors import ArgumentError, DataError, ShapeError, user_line
from pellucid.data.frames import arrays
from pellucid.insight.answers.confusion import in_order
from pellucid.insight.answers.rows import labels_of_rows, without_lone_column


class Bin(NamedTuple):
    """Rows of similar confidence: their mean confidence, the share that was right, its interval.

    >>> Bin(confidence=0.82, right=0.75, low=0.51, high=0.9, rows=16).rows
    16
    """

    confidence: float
    right: float
    low: float
    high: float
    rows: int


def likely_range(right: int, of: int) -> tuple[float, float]:
    """Where the true share lies in 95 of 100 such samples: the interval of Wilson (1927).

    >>> low, high = likely_range(439, 450)
    >>> f"{low:.3f} {high:.3f}"
    '0.957 0.986'
    """
    z, p = 1.959964, right / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def bins(stated: np.ndarray, right: np.ndarray, n_bins: int = 10, least: int = 1) -> list[Bin]:
    """Rows gathered by their stated probability into bins of equal width; see `Bin`.

    Bins of fewer than ``least`` rows are left out.

    >>> bins(np.array([0.91, 0.95, 0.2]), np.array([True, False, False]))[1].right
    0.5
    """
    edges = np.linspace(0, 1, n_bins + 1)
    place = np.searchsorted(edges[1:-1], stated, side="left")
    found = []
    for k in range(n_bins):
        inside = place == k
        if (rows := int(inside.sum())) >= least:
            hits = int(right[inside].sum())
            found.append(Bin(float(stated[inside].mean()), hits / rows,
                             *likely_range(hits, rows), rows))
    return found


def reliability(y_true: Any, y_prob: Any, *, n_bins: int = 10, pos_label: Any = None) -> list[Bin]:
    """The bins of a model's answers.

    ``y_prob`` of shape ``(n,)``: the probability of the positive class (``pos_label``: 1, True or
    the greater one), and the share of rows that are so. Of shape ``(n, classes)``: that of the
    class which was answered, and the share of rows for which that is right; ``y_true`` then holds
    class numbers or one-hot rows. Raises ShapeError, DataError and ArgumentError for what does not
    fit.

    >>> reliability([0, 1, 1, 1], [0.2, 0.9, 0.95, 0.3], n_bins=2)[1].right
    1.0
    """
    y = labels_of_rows(y_true)
    p = without_lone_column(np.asarray(arrays(y_prob, "y_prob"), float))
    if p.ndim not in (1, 2) or len(p) != len(y) or not len(y):
        raise ShapeError("y_prob needs a row for each label of y_true", where=user_line(),
                         got=f"shapes {p.shape} and {np.shape(y_true)}")
    if not (np.isfinite(p).all() and p.min() >= 0 and p.max() <= 1):
        raise DataError("probabilities lie from 0 to 1", where=user_line(),
                        got=f"numbers from {p.min():.3g} to {p.max():.3g}",
                        hint="turn logits into probabilities by a sigmoid or softmax first")
    if n_bins < 1:
        raise ArgumentError("n_bins must be at least 1", got=n_bins, where=user_line())
    if p.ndim == 2:
        if y.dtype.kind not in "iub" or y.min() < 0 or y.max() >= p.shape[1]:
            raise DataError(f"y_true must hold class numbers from 0 to {p.shape[1] - 1}",
                            got=f"{np.unique(y)[:5].tolist()}", where=user_line())
        return bins(p.max(axis=1), p.argmax(axis=1) == y, n_bins)
    labels = in_order(y.tolist())
    if len(labels) > 2 or (len(labels) < 2 and pos_label is None and labels[0] not in (0, 1)):
        raise DataError("probabilities of one class need y_true of two", where=user_line(),
                        got=f"{len(labels)}: {labels[:5]}")
    positive = (1 if len(labels) < 2 else labels[1]) if pos_label is None else pos_label
    return bins(p, y == positive, n_bins)
