"""How good the answers are, beside those of the trivial answer that any model has to beat."""

from __future__ import annotations

import numpy as np

from pellucid.data.target import Target
from pellucid.losses import BinaryCrossentropy, SparseCategoricalCrossentropy
from pellucid.metrics import (
    AUC,
    BinaryAccuracy,
    MeanAbsoluteError,
    Metric,
    R2Score,
    RootMeanSquaredError,
    SparseCategoricalAccuracy,
)

RULES = {
    "binary": "always guessing the majority class",
    "multiclass": "always guessing the majority class",
    "multilabel": "always giving each label's more frequent answer",
    "regression": "always answering the mean",
}
MEANINGS = {
    "accuracy": "share of rows that are right", "auc": "area under the ROC curve",
    "log_loss": "crossentropy, lower is better", "r2": "share of the variance explained",
    "rmse": "typical error", "mae": "mean absolute error",
}


def scores(target: Target, y: np.ndarray, answers: np.ndarray) -> dict[str, float]:
    """The scores of a model's answers, the one that matters most first.

    ``y`` is encoded by the target, ``answers`` is what the model gives: probabilities
    (rows, 1), (rows, classes) or (rows, labels), or numbers (rows, targets) in the target's units.
    """
    if target.task == "multiclass":
        return {"accuracy": _value(SparseCategoricalAccuracy(), y, answers),
                "log_loss": float(np.asarray(SparseCategoricalCrossentropy()(y, answers)))}
    if target.task == "regression":
        return _of_numbers(target, y, answers)
    found = {"accuracy": _value(BinaryAccuracy(), y, answers)}
    if target.task == "binary":
        found["auc"] = _value(AUC(num_thresholds=1000), y, answers)
    return found | {"log_loss": float(np.asarray(BinaryCrossentropy()(y, answers)))}


def baseline_scores(target: Target, y: np.ndarray) -> dict[str, float]:
    """The scores of the trivial answer: the training rows' shares, or their mean, for every row."""
    answer = target.centre[1:] if target.task == "binary" else target.centre
    return scores(target, y, np.tile(np.array(answer), (len(y), 1)))


def _of_numbers(target: Target, y: np.ndarray, answers: np.ndarray) -> dict[str, float]:
    # In units of the training rows' spread, so that float32 sums lose nothing to a large mean.
    centre, spread = np.array(target.centre), np.array(target.spread)
    spread = np.where(spread > 0, spread, 1.0)
    true, answer = (y - centre) / spread, (answers - centre) / spread
    found = {"r2": _value(R2Score(), true, answer)}
    for column, name in enumerate(target.names):
        which, tail = [column], f" of {name}" if len(target.names) > 1 else ""
        error = {"rmse": RootMeanSquaredError(), "mae": MeanAbsoluteError()}
        found |= {key + tail: _value(metric, true[:, which], answer[:, which]) * spread[column]
                  for key, metric in error.items()}
    return {name: float(value) for name, value in found.items()}


def _value(metric: Metric, y: np.ndarray, answers: np.ndarray) -> float:
    metric.update_state(y, answers)
    return float(np.asarray(metric.result()))
