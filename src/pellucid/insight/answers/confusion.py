"""Which class was taken for which, counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.core.errors import DataError, ShapeError, user_line
from pellucid.insight.answers.rows import labels_of_rows


class ConfusionCounts(NamedTuple):
    """``counts[i, j]``: rows of the i-th of ``classes`` that were called the j-th.

    >>> ConfusionCounts(np.array([[5, 1], [0, 4]]), ["no", "yes"]).counts.trace()
    np.int64(9)
    """

    counts: np.ndarray
    classes: list[Any]


def confusion_matrix(y_true: np.ndarray, y_pred: np.ndarray, classes: int) -> np.ndarray:
    """``counts[i, j]``: how many rows of class i were called j. Shape ``(classes, classes)``.

    ``y_true``, ``y_pred``: class numbers, shape ``(n,)``.

    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    pairs = y_true.astype(int) * classes + y_pred.astype(int)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def confusion(y_true: Any, y_pred: Any, labels: Sequence[Any] | None = None) -> ConfusionCounts:
    """Count the pairs of labels: those that are, and those that were given. Both ``(n,)``.

    Rows of probabilities or one-hot rows, ``(n, classes)``, count as their greatest entry.
    ``labels`` chooses and orders the classes; rows of others are left out, as in scikit-learn.
    Raises ShapeError for other lengths, DataError without rows, and for numbers that are no labels.

    >>> confusion(["a", "b", "b"], ["a", "a", "b"])
    ConfusionCounts(counts=array([[1, 0],
           [1, 1]]), classes=['a', 'b'])
    """
    true, said = (_labels(each) for each in (y_true, y_pred))
    if len(true) != len(said):
        raise ShapeError("y_true and y_pred must be equally long", where=user_line(),
                         got=f"{len(true)} and {len(said)}")
    if not len(true):
        raise DataError("a confusion matrix needs at least one row", where=user_line())
    found = list(labels) if labels is not None else in_order([*true, *said])
    places = {each: i for i, each in enumerate(found)}
    pairs = np.array([(places[a], places[b]) for a, b in zip(true, said, strict=True)
                      if a in places and b in places]).reshape(-1, 2)
    if not len(pairs):
        raise DataError("no row has one of the labels", got=f"{found[:6]}", where=user_line())
    return ConfusionCounts(confusion_matrix(pairs[:, 0], pairs[:, 1], len(found)), found)


def in_order(labels: Iterable[Any]) -> list[Any]:
    """The different labels, numbers before words, each in their order; DataError if one is missing.

    >>> in_order([10, 2, "b", "a", 2])
    [2, 10, 'a', 'b']
    """
    found = set(labels)
    if any(each is None or each != each for each in found):
        raise DataError("every row needs a label, and None and NaN are none", where=user_line())
    return sorted(found, key=lambda each: (isinstance(each, str), each))


def _labels(y: Any) -> list[Any]:
    """Labels as plain values; a label that is no whole number is most likely a probability."""
    y = labels_of_rows(y)
    if y.dtype.kind == "f":
        if bad := np.flatnonzero(~np.isfinite(y)).tolist():
            raise DataError("every row needs a label, and NaN and infinity are none",
                            got=f"some in rows {bad[:5]}", where=user_line())
        if not (y == np.round(y)).all():
            raise DataError("labels must be whole numbers or words, and these look like "
                            "probabilities", got=f"{y[:4].tolist()}", where=user_line(),
                            hint="answers are probabilities > 0.5")
        y = y.astype(int)
    return y.tolist()
