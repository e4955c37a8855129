"""Metrics: their results after each of two batches, with weights; and the functions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tests.parity.cases.inputs import (
    CHANCES,
    CLASS,
    ONE_HOT,
    SCORES,
    TARGETS,
    WEIGHT,
    YES,
)
from tests.parity.cases.losses import FUNCTIONS, MEANS
from tests.parity.judge import Case, constant, of, resolve

YES_OR_NO, RIGHT = constant(YES), constant(ONE_HOT)
ANSWER, CHANCE = YES[:, 0], CHANCES[:, 0]
BATCHES = (slice(0, 4), slice(4, 6))
GUESS = np.array([0, 2, 2, 1, 3, 0], "int32")


def batches(options: dict[str, Any], *given: np.ndarray, weights: bool = True) -> Case:
    """A metric told of two batches; its result after each."""
    def make(k: Any, name: str) -> Any:
        return resolve(k, name)(**options)

    def run(k: Any, name: str, /, *given: Any, weight: Any = None) -> list[Any]:
        metric, found = make(k, name), []
        for rows in BATCHES:
            how = {} if weight is None else {"sample_weight": weight[rows]}
            metric.update_state(*(each[rows] for each in given), **how)
            found.append(metric.result())
        return found

    return Case(run, tuple(constant(x) if x.dtype.kind == "f" else x for x in given),
                {"weight": constant(WEIGHT)} if weights else {}, make)


def twice(options: dict[str, Any], *given: np.ndarray) -> list[Case]:
    """With weights and without."""
    return [batches(options, *given), batches(options, *given, weights=False)]


PLAIN: dict[str, list[Case]] = {
    "AUC": [*twice({}, ANSWER, CHANCE), batches({"curve": "PR", "num_thresholds": 9}, ANSWER,
                                                CHANCE)],
    "Accuracy": twice({}, CLASS[:, None], GUESS[:, None]),
    "BinaryAccuracy": twice({"threshold": 0.3}, YES, CHANCES),
    "BinaryCrossentropy": twice({}, YES, CHANCES),
    "BinaryIoU": [batches({"target_class_ids": [0, 1], "threshold": 0.3}, ANSWER, CHANCE,
                          weights=False)],
    "CategoricalAccuracy": twice({}, ONE_HOT, SCORES),
    "CategoricalCrossentropy": twice({"from_logits": True}, ONE_HOT, SCORES),
    "CategoricalHinge": twice({}, ONE_HOT, SCORES),
    "ConcordanceCorrelation": twice({}, TARGETS, SCORES),
    "CosineSimilarity": twice({}, TARGETS, SCORES),
    "F1Score": [batches({"average": average}, ONE_HOT, CHANCES) for average in (None, "micro")],
    "FBetaScore": [batches({"beta": 2.0, "average": "macro", "threshold": 0.3}, ONE_HOT, CHANCES)],
    "FalseNegatives": twice({"thresholds": [0.2, 0.6]}, ANSWER, CHANCE),
    "FalsePositives": twice({}, ANSWER, CHANCE),
    "TrueNegatives": twice({}, ANSWER, CHANCE), "TruePositives": twice({}, ANSWER, CHANCE),
    "Hinge": twice({}, YES, SCORES), "SquaredHinge": twice({}, YES, SCORES),
    "IoU": [batches({"num_classes": 4, "target_class_ids": [0, 2]}, CLASS, GUESS, weights=False)],
    "MeanIoU": [batches({"num_classes": 4}, CLASS, GUESS, weights=False)],
    "OneHotIoU": [batches({"num_classes": 4, "target_class_ids": [1, 3]}, ONE_HOT, SCORES,
                          weights=False)],
    "OneHotMeanIoU": [batches({"num_classes": 4}, ONE_HOT, SCORES, weights=False)],
    "KLDivergence": twice({}, CHANCES[::-1], CHANCES),
    "LogCoshError": twice({}, TARGETS, SCORES), "Mean": twice({}, ANSWER),
    "MeanAbsoluteError": twice({}, TARGETS, SCORES),
    "MeanAbsolutePercentageError": twice({}, TARGETS, SCORES),
    "MeanSquaredError": twice({}, TARGETS, SCORES),
    "MeanSquaredLogarithmicError": twice({}, TARGETS, SCORES + 3.0),
    "PearsonCorrelation": twice({}, TARGETS, SCORES), "Poisson": twice({}, YES, CHANCES),
    "Precision": [*twice({"thresholds": 0.3}, ANSWER, CHANCE),
                  batches({"top_k": 2, "class_id": 1}, ONE_HOT, CHANCES)],
    "PrecisionAtRecall": twice({"recall": 0.5}, ANSWER, CHANCE),
    "R2Score": twice({}, TARGETS, SCORES), "Recall": twice({"thresholds": 0.3}, ANSWER, CHANCE),
    "RecallAtPrecision": twice({"precision": 0.5}, ANSWER, CHANCE),
    "RootMeanSquaredError": twice({}, TARGETS, SCORES),
    "SensitivityAtSpecificity": twice({"specificity": 0.5}, ANSWER, CHANCE),
    "SparseCategoricalAccuracy": twice({}, CLASS, SCORES),
    "SparseCategoricalCrossentropy": twice({"from_logits": True}, CLASS, SCORES),
    "SparseTopKCategoricalAccuracy": twice({"k": 2}, CLASS, SCORES),
    "SpecificityAtSensitivity": twice({"sensitivity": 0.5}, ANSWER, CHANCE),
    "Sum": twice({}, ANSWER), "TopKCategoricalAccuracy": twice({"k": 2}, ONE_HOT, SCORES),
}
ALONE: dict[str, list[Case]] = {
    "binary_accuracy": [of(YES_OR_NO, constant(CHANCES), threshold=0.3)],
    "categorical_accuracy": [of(RIGHT, constant(SCORES))],
    "sparse_categorical_accuracy": [of(CLASS, constant(SCORES))],
    "sparse_top_k_categorical_accuracy": [of(CLASS, constant(SCORES), k=2)],
    "top_k_categorical_accuracy": [of(RIGHT, constant(SCORES), k=2)],
    "concordance_correlation": [of(constant(TARGETS), constant(SCORES))],
    "pearson_correlation": [of(constant(TARGETS), constant(SCORES))],
    **{name: FUNCTIONS[name] for name in (
        "binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy",
        "categorical_focal_crossentropy", "categorical_hinge", "hinge", "huber", "kl_divergence",
        "log_cosh", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error",
        "mean_squared_logarithmic_error", "poisson", "sparse_categorical_crossentropy",
        "squared_hinge")},
}
CASES: dict[str, list[Case]] = {
    f"metrics.{name}": [replace(each, close=MEANS) for each in cases]
    for name, cases in {**PLAIN, **ALONE}.items()}
