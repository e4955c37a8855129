"""What any model says all over a plane: a score for each class, or one number."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.activations import sigmoid, softmax
from pellucid.core.errors import ArgumentError, DataError, KindError, ShapeError, user_line
from pellucid.insight.answers.feature_plane import FeaturePlane
from pellucid.insight.answers.rows import without_lone_column

KINDS = ("auto", "probability", "logits", "number")
SUM = 1e-3                              # how far from 1 probabilities in float16 may add up


@dataclass(frozen=True)
class Surface:
    """Sheets over a plane, ``(k, y, x)``: one for each of k classes, or a single one of numbers.

    >>> Surface(np.array([[[0.9]], [[0.1]]]), ("no", "yes")).lead.round(2).tolist()
    [[[0.8]], [[-0.8]]]
    """

    sheets: np.ndarray
    classes: tuple[Any, ...] | None = None

    @property
    def lead(self) -> np.ndarray:
        """How far each class is ahead of the best other one: above 0 where it is the answer."""
        behind = np.array([np.delete(self.sheets, k, axis=0).max(axis=0)
                           for k in range(len(self.sheets))])
        return self.sheets - behind


def surface(model: Any, plane: FeaturePlane, y: Any = None, kind: str = "auto") -> Surface:
    """Ask a model at every row of a plane.

    ``model``: an estimator in scikit-learn's manner (its ``predict_proba``, else
    ``decision_function``, else ``predict`` answers), a model in Keras's manner, or a function from
    rows to numbers. ``kind`` says what the last two give: "probability", "logits", or a plain
    "number"; "auto" looks at the numbers and at ``y``. Raises KindError for what cannot be asked,
    ShapeError, DataError and ArgumentError for answers and labels that do not fit.

    >>> from pellucid.insight.answers import feature_plane
    >>> plane = feature_plane([[0.0, 0.0], [1.0, 1.0]], count=3)
    >>> surface(lambda rows: rows.sum(axis=1), plane, kind="number").sheets[0].round(1).tolist()
    [[-0.2, 0.4, 1.0], [0.4, 1.0, 1.6], [1.0, 1.6, 2.2]]
    """
    if kind not in KINDS:
        raise ArgumentError(f"kind must be one of {', '.join(map(repr, KINDS))}", got=repr(kind),
                            where=user_line())
    if hasattr(model, "classes_"):
        classes = tuple(np.asarray(model.classes_).tolist())
        return Surface(plane.folded(_of_estimator(model, plane.rows, classes)), classes)
    values = _finite(_asked(model, plane.rows), len(plane.x) * len(plane.y))
    if kind == "auto":                                      # an estimator without classes: numbers
        kind = "number" if hasattr(model, "get_params") else _kind(model, values, y)
    if kind == "number":
        if values.shape[1] != 1:
            raise ShapeError("a surface is drawn of one number a row", where=user_line(),
                             got=f"{values.shape[1]}", hint="draw one of them: "
                             "lambda rows: model.predict(rows)[:, 0]")
        return Surface(plane.folded(values))
    if kind == "logits":
        values = np.asarray((sigmoid if values.shape[1] == 1 else softmax)(values))
    classes = (-1, 1) if kind == "sign" else tuple(range(max(2, values.shape[1])))
    if values.shape[1] == 1:
        values = np.concatenate([(0 if kind == "sign" else 1) - values, values], axis=1)
    return Surface(plane.folded(values), classes)


def labels_of(y: Any, points: np.ndarray, classes: Sequence[Any]) -> np.ndarray:
    """The place of each row's label among the classes; one-hot rows count as their class.

    Raises ShapeError unless there is a label for each row, DataError for one that is no class.

    >>> labels_of(["b", "a"], np.zeros((2, 2)), ("a", "b")).tolist()
    [1, 0]
    """
    y = without_lone_column(np.asarray(y))
    if y.ndim == 2 and y.shape == (len(points), len(classes)):
        return y.argmax(axis=1)
    if y.shape != (len(points),):
        raise ShapeError(f"y needs a label for each of {len(points)} rows", where=user_line(),
                         got=f"shape {y.shape}")
    places = {each: i for i, each in enumerate(classes)}
    if strange := [each for each in dict.fromkeys(y.tolist()) if each not in places]:
        raise DataError(f"y must hold the model's classes, {_listed(classes)}", where=user_line(),
                        got=_listed(strange))
    return np.array([places[each] for each in y.tolist()])


def _listed(values: Sequence[Any]) -> str:
    return ", ".join(repr(each) for each in values[:5]) + ", …" * (len(values) > 5)


def _of_estimator(model: Any, rows: Any, classes: tuple[Any, ...]) -> np.ndarray:
    """A column for each class: probabilities, scores, or 1 for the answer and 0 for the others."""
    if hasattr(model, "predict_proba"):
        return _finite(model.predict_proba(rows), len(rows))
    if hasattr(model, "decision_function"):
        scores = _finite(model.decision_function(rows), len(rows))
        if scores.shape[1] == 1:                            # above 0: the second class
            scores = np.concatenate([-scores, scores], axis=1) / 2
        return scores
    said = np.asarray(model.predict(rows))
    return (said[:, None] == np.array(classes)).astype(float)


def _asked(model: Any, rows: Any) -> Any:
    predict = getattr(model, "predict", model)
    if not callable(predict):
        raise KindError("a plane is asked of a model with `predict`, or of a function",
                        got=type(model).__name__, where=user_line())
    quiet = {"verbose": 0} if hasattr(model, "predict") and "verbose" in inspect.signature(
        predict).parameters else {}
    return predict(rows, **quiet)


def _finite(values: Any, rows: int) -> np.ndarray:
    try:
        values = np.asarray(values, float)
    except (TypeError, ValueError):
        raise KindError("the model must answer with numbers, one row for each it is given",
                        got=type(values).__name__, where=user_line()) from None
    if values.ndim == 0 or len(values) != rows:
        raise ShapeError(f"the model must answer each of {rows} rows", where=user_line(),
                         got=f"shape {values.shape}")
    if not np.isfinite(values).all():
        raise DataError("the model's answers must be finite numbers", where=user_line(),
                        hint="look whether its weights are NaN: model.get_weights()")
    return values.reshape(rows, -1)


def _kind(model: Any, values: np.ndarray, y: Any) -> str:
    """What numbers mean: several columns are classes, one is a probability if it can be."""
    if getattr(getattr(model, "loss", None), "from_logits", False):
        return "logits"
    inside = values.min() >= 0 and values.max() <= 1
    if values.shape[1] > 1:
        adds_up = inside and np.abs(values.sum(axis=1) - 1).max() < SUM
        return "probability" if adds_up else "logits"
    there = None if y is None else set(np.asarray(y).ravel().tolist())
    if there is not None and there <= {-1, 1} and -1 in there:
        return "sign"
    if there is None or there <= {0, 1} or any(isinstance(each, str) for each in there):
        if inside:
            return "probability"
        if there is not None:
            raise ArgumentError("y holds two classes, and the model gives neither probabilities "
                                "nor a class a column", where=user_line(),
                                got=f"numbers from {values.min():.3g} to {values.max():.3g}",
                                hint='kind="logits" or kind="number" says what they are')
    return "number"
