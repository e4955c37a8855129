"""What each threshold trades: hits against false alarms (ROC), precision against recall (PR)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, DataError, ShapeError, user_line
from pellucid.data.frames import arrays
from pellucid.insight.answers.confusion import in_order
from pellucid.insight.answers.rows import labels_of_rows, without_lone_column
from pellucid.metrics import curve
from pellucid.metrics.confusion import Confusion


@dataclass(frozen=True)
class Tradeoff:
    """A curve that thresholds trace out: ``x`` and ``y`` at each of ``thresholds``, and its area.

    ``positives`` is the share of rows that are so, which guessing reaches as precision.

    >>> found = roc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> found.x.tolist(), found.y.tolist(), found.area
    ([0.0, 0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0, 1.0], 0.75)
    """

    x: np.ndarray
    y: np.ndarray
    thresholds: np.ndarray
    area: float
    positives: float


def roc(y_true: Any, y_score: Any, *, pos_label: Any = None,
        sample_weight: Any = None) -> Tradeoff:
    """True positive rate against false positive rate, from the highest threshold to the lowest.

    ``y_true``: two classes, of which ``pos_label`` (1, True or the greater one) is the positive;
    ``y_score``: the higher, the more likely it is. Both ``(n,)``. The area is the chance that a
    positive row is scored above a negative one. Raises DataError where one class is missing.

    >>> roc(["no", "yes"], [0.2, 0.9]).area
    1.0
    """
    positive, score, weight = _checked(y_true, y_score, pos_label, sample_weight)
    counts, thresholds = _counts(positive, score, weight)
    x, y = (np.append(0.0, each) for each in curve.roc(counts))
    return Tradeoff(x, y, np.append(np.inf, thresholds), float(np.trapezoid(y, x)),
                    _share(positive, weight))


def precision_recall(y_true: Any, y_score: Any, *, pos_label: Any = None,
                     sample_weight: Any = None) -> Tradeoff:
    """Precision against recall, from the lowest threshold to the highest, then (0, 1).

    Arguments and errors as in `roc`. The area is the average precision, Σ (Rₙ - Rₙ₋₁) Pₙ.

    >>> found = precision_recall([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> found.x.tolist(), round(found.area, 4)
    ([1.0, 1.0, 0.5, 0.5, 0.0], 0.8333)
    """
    positive, score, weight = _checked(y_true, y_score, pos_label, sample_weight)
    counts, thresholds = _counts(positive, score, weight)
    recall, precision = (np.asarray(each)[::-1] for each in curve.precision_recall(counts))
    x, y = np.append(recall, 0.0), np.append(precision, 1.0)
    return Tradeoff(x, y, thresholds[::-1], float(-np.sum(np.diff(x) * y[:-1])),
                    _share(positive, weight))


def one_by_one(y_true: Any, y_score: Any, classes: Any = None) -> list[tuple[Any, Any, Any]]:
    """Each class against the rest: triples (class, rows of it, their scores).

    ``y_score``: ``(n, classes)``, a column a class, in the order of ``classes`` (the sorted labels
    of ``y_true`` unless given). Scores ``(n,)``, or of two columns, are a single question: whether
    it is the second class. One-hot ``y_true`` count as their class. Raises ShapeError and DataError
    where they do not fit.

    >>> [(name, of.tolist()) for name, of, _ in one_by_one([0, 2, 1], np.eye(3))]
    [(0, [True, False, False]), (1, [False, False, True]), (2, [False, True, False])]
    """
    y = labels_of_rows(y_true)
    score = without_lone_column(np.asarray(arrays(y_score, "y_score"), float))
    if score.ndim not in (1, 2) or len(score) != len(y):
        raise ShapeError("y_score needs a row for each label of y_true", where=user_line(),
                         got=f"shapes {score.shape} and {np.shape(y_true)}")
    names = in_order(y.tolist()) if classes is None else list(classes)
    columns = score.shape[1] if score.ndim == 2 else 2
    if classes is None and all(isinstance(each, int) and 0 <= each < columns for each in names):
        names = list(range(columns))                        # a class may have no row
    if len(names) != columns:
        raise DataError(f"y_score has {columns} columns, so y_true must hold {columns} classes",
                        where=user_line(), got=f"{len(names)}: {names[:6]}")
    if strange := sorted(set(y.tolist()) - set(names), key=str):
        raise DataError(f"y_true must hold the classes {names[:6]}", got=f"{strange[:6]}",
                        where=user_line())
    if columns == 2:
        return [(names[1], y == names[1], score[:, 1] if score.ndim == 2 else score)]
    return [(name, y == name, score[:, k]) for k, name in enumerate(names)]


def _checked(y_true: Any, y_score: Any, pos_label: Any,
             sample_weight: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    y, score = np.asarray(y_true).ravel(), np.asarray(arrays(y_score, "y_score"), float).ravel()
    weight = np.ones(len(y)) if sample_weight is None else np.asarray(
        arrays(sample_weight, "sample_weight"), float)
    if not y.shape == score.shape == weight.shape:
        raise ShapeError("y_true, y_score (and sample_weight) must be equally long",
                         where=user_line(), got=f"{len(y)}, {len(score)} and {len(weight)}")
    if not (np.isfinite(score).all() and np.isfinite(weight).all()):
        raise DataError("scores and weights must be finite numbers", where=user_line())
    labels = in_order(y.tolist())
    if len(labels) != 2:
        raise DataError("a threshold parts two classes, and y_true must hold both",
                        where=user_line(), got=f"{len(labels)}: {labels[:5]}")
    if pos_label is None:
        pos_label = labels[1]
    elif pos_label not in labels:
        raise ArgumentError(f"pos_label must be one of {labels}", got=repr(pos_label),
                            where=user_line())
    return y == pos_label, score, weight


def _counts(positive: np.ndarray, score: np.ndarray,
            weight: np.ndarray) -> tuple[Confusion, np.ndarray]:
    """Weights of the rows at or above each score that occurs, highest first, and these scores."""
    order = np.argsort(-score, kind="stable")
    last = np.flatnonzero(np.append(np.diff(score[order]), 1))      # of rows of the same score
    tp, fp = (np.cumsum((weight * of)[order])[last] for of in (positive, ~positive))
    return Confusion(tp, fp, fp[-1] - fp, tp[-1] - tp), score[order][last]


def _share(positive: np.ndarray, weight: np.ndarray) -> float:
    return float(weight[positive].sum() / weight.sum())
