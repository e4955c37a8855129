"""Catalogue F8: the metrics, each against scikit-learn, batch by batch and with weights."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as theirs

from pellucid import keras, layers, metrics

RANDOM = np.random.default_rng(4)
ROWS, CLASSES = 300, 5
Y = RANDOM.integers(0, CLASSES, ROWS)
SCORES = RANDOM.dirichlet(np.ones(CLASSES), ROWS) + 0.3 * np.eye(CLASSES)[Y]
P = SCORES / SCORES.sum(axis=1, keepdims=True)
HOT, NAMED = np.eye(CLASSES)[Y], P.argmax(axis=1)
LABEL = (Y > 2).astype(int)
# Shares on a grid, so that AUC with thresholds on the same grid leaves nothing out between them.
GRID = 1000
SHARE = np.clip(RANDOM.integers(0, GRID, ROWS) + 250 * LABEL, 0, GRID - 1) / GRID + 0.5 / GRID
TARGET = RANDOM.normal(size=(ROWS, 2))
GUESS = TARGET + 0.5 * RANDOM.normal(size=(ROWS, 2))
WEIGHT = RANDOM.uniform(0.1, 3, ROWS)


def measured(metric, y, p, weight):
    """The metric over three batches."""
    for rows in np.array_split(np.arange(ROWS), 3):
        metric.update_state(y[rows], p[rows], None if weight is None else weight[rows])
    return np.asarray(metric.result())


def yes(p):
    return (p > 0.5).astype(int)


CASES = {
    "accuracy": (metrics.Accuracy, Y, NAMED, theirs.accuracy_score),
    "binary accuracy": (metrics.BinaryAccuracy, LABEL[:, None], SHARE[:, None],
                        lambda y, p, **w: theirs.accuracy_score(y, yes(p), **w)),
    "binary accuracy above 0.7": (lambda: metrics.BinaryAccuracy(threshold=0.7), LABEL[:, None],
                                  SHARE[:, None],
                                  lambda y, p, **w: theirs.accuracy_score(y, p > 0.7, **w)),
    "categorical accuracy": (metrics.CategoricalAccuracy, HOT, P, lambda y, p, **w:
                             theirs.accuracy_score(y.argmax(1), p.argmax(1), **w)),
    "sparse accuracy": (metrics.SparseCategoricalAccuracy, Y, P, lambda y, p, **w:
                        theirs.accuracy_score(y, p.argmax(1), **w)),
    "top 3": (lambda: metrics.TopKCategoricalAccuracy(3), HOT, P, lambda y, p, **w:
              theirs.top_k_accuracy_score(y.argmax(1), p, k=3, **w)),
    "sparse top 2": (lambda: metrics.SparseTopKCategoricalAccuracy(2), Y, P, lambda y, p, **w:
                     theirs.top_k_accuracy_score(y, p, k=2, **w)),
    "precision": (metrics.Precision, LABEL, SHARE, lambda y, p, **w:
                  theirs.precision_score(y, yes(p), **w)),
    "recall": (metrics.Recall, LABEL, SHARE, lambda y, p, **w:
               theirs.recall_score(y, yes(p), **w)),
    "precision of class 2": (lambda: metrics.Precision(class_id=2, top_k=1), HOT, P,
                             lambda y, p, **w: theirs.precision_score(
                                 y[:, 2], p.argmax(1) == 2, **w)),
    **{f"F1, {average}": (lambda average=average: metrics.F1Score(average), HOT, P,
                          lambda y, p, average=average, **w: theirs.f1_score(
                              y.argmax(1), p.argmax(1), average=average, **w))
       for average in (None, "micro", "macro", "weighted")},
    "F1 of a label": (lambda: metrics.F1Score("micro", threshold=0.5), LABEL[:, None],
                      SHARE[:, None], lambda y, p, **w: theirs.f1_score(y, yes(p), **w)),
    "F2": (lambda: metrics.FBetaScore("macro", beta=2.0), HOT, P, lambda y, p, **w:
           theirs.fbeta_score(y.argmax(1), p.argmax(1), beta=2, average="macro", **w)),
    "AUC": (lambda: metrics.AUC(num_thresholds=GRID + 1), LABEL, SHARE, theirs.roc_auc_score),
    "confusion matrix": (lambda: Table(), Y, NAMED, theirs.confusion_matrix),
    "mean overlap": (lambda: metrics.MeanIoU(CLASSES, dtype="float64"), Y, NAMED, lambda y, p, **w:
                     theirs.jaccard_score(y, p, average="macro", **w)),
    "MSE": (metrics.MeanSquaredError, TARGET, GUESS, theirs.mean_squared_error),
    "MAE": (metrics.MeanAbsoluteError, TARGET, GUESS, theirs.mean_absolute_error),
    "MAPE": (metrics.MeanAbsolutePercentageError, TARGET + 5, GUESS, lambda y, p, **w:
             100 * theirs.mean_absolute_percentage_error(y, p, **w)),
    "MSLE": (metrics.MeanSquaredLogarithmicError, abs(TARGET), abs(GUESS),
             theirs.mean_squared_log_error),
    "RMSE": (metrics.RootMeanSquaredError, TARGET[:, :1], GUESS[:, :1],
             theirs.root_mean_squared_error),
    "R²": (metrics.R2Score, TARGET, GUESS, theirs.r2_score),
    "R², each": (lambda: metrics.R2Score(class_aggregation=None), TARGET, GUESS,
                 lambda y, p, **w: theirs.r2_score(y, p, multioutput="raw_values", **w)),
    "log loss": (metrics.SparseCategoricalCrossentropy, Y, P, theirs.log_loss),
}


class Table(metrics.MeanIoU):
    """The confusion matrix itself, which the metrics of overlap count."""

    def __init__(self):
        super().__init__(CLASSES, dtype="float64")

    def result(self):
        return self.total_cm.value


@pytest.mark.parametrize("weighted", [False, True], ids=["rows", "weights"])
@pytest.mark.parametrize("case", CASES)
def test_F8_metrics_agree_with_scikit_learn(case, weighted):
    make, y, p, expected = CASES[case]
    weight = WEIGHT if weighted else None
    metric = make()
    found = measured(metric, y, p, weight)
    asked = expected(y, p, **({"sample_weight": weight} if weighted else {}))
    np.testing.assert_allclose(found, asked, rtol=2e-5)
    metric.reset_state()
    np.testing.assert_allclose(measured(metric, y, p, weight), found)


def test_F8_a_name_means_the_accuracy_that_fits():
    """compile(metrics=["accuracy"]) looks at targets and outputs."""
    for units, activation, loss, y, right in (
            (1, "sigmoid", "binary_crossentropy", LABEL, lambda p: yes(p[:, 0]) == LABEL),
            (CLASSES, "softmax", "sparse_categorical_crossentropy", Y, lambda p: p.argmax(1) == Y),
            (CLASSES, "softmax", "categorical_crossentropy", HOT, lambda p: p.argmax(1) == Y)):
        model = keras.Sequential([keras.Input((CLASSES,)), layers.Dense(units, activation)])
        model.compile("sgd", loss, metrics=["accuracy"])
        found = model.evaluate(P, y, verbose=0)[1]
        assert found == pytest.approx(np.mean(right(model.predict(P, verbose=0))), abs=1e-6)
