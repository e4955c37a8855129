"""Every metric equals Keras's, batch after batch, with weights, eager and traced."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from pellucid import metrics
from pellucid.core.tensor import Tensor
from pellucid.engines.trace import Traced

keras = pytest.importorskip("keras")

RNG = np.random.default_rng(11)
ROWS, CLASSES = 12, 4
SHARES = RNG.dirichlet(np.ones(CLASSES), ROWS).astype("float32")
SCORES = RNG.normal(0, 2, (ROWS, CLASSES)).astype("float32")
LABELS = RNG.integers(0, CLASSES, ROWS)
ONE_HOT = np.eye(CLASSES, dtype="float32")[LABELS]
BITS = RNG.integers(0, 2, (ROWS, CLASSES)).astype("float32")
NUMBERS = RNG.normal(0, 2, (ROWS, CLASSES)).astype("float32")
ANSWERS, CHANCES = BITS[:, 0], np.round(RNG.uniform(size=ROWS), 2).astype("float32")
CHANCES[:4] = 0, 1, 0.5, 0.25
RANKED = np.argsort(-SCORES, axis=-1).astype("int32")

COUNTS = ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives")
CASES: list[tuple[str, dict[str, Any], np.ndarray, np.ndarray]] = [
    *((name, {}, NUMBERS, SCORES) for name in (
        "MeanSquaredError", "RootMeanSquaredError", "MeanAbsoluteError",
        "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "LogCoshError",
        "CosineSimilarity", "R2Score")),
    ("CosineSimilarity", {"axis": 0}, NUMBERS, SCORES),
    ("R2Score", {"class_aggregation": None}, NUMBERS, SCORES),
    ("R2Score", {"class_aggregation": "variance_weighted_average"}, NUMBERS, SCORES),
    ("R2Score", {"num_regressors": 2}, NUMBERS, SCORES),
    ("RootMeanSquaredError", {}, NUMBERS[:, 0], SCORES[:, :1]),
    ("Accuracy", {}, LABELS, RNG.integers(0, CLASSES, ROWS)),
    ("BinaryAccuracy", {}, ANSWERS, CHANCES),
    ("BinaryAccuracy", {"threshold": 0.25}, ANSWERS, CHANCES[:, None]),
    ("CategoricalAccuracy", {}, ONE_HOT, SHARES),
    ("SparseCategoricalAccuracy", {}, LABELS, SHARES),
    ("SparseCategoricalAccuracy", {}, LABELS[:, None].astype("float32"), SHARES),
    ("TopKCategoricalAccuracy", {"k": 2}, ONE_HOT, SHARES),
    ("TopKCategoricalAccuracy", {"k": 2}, ONE_HOT, np.round(SHARES, 1)),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, LABELS, SHARES),
    ("SparseTopKCategoricalAccuracy", {"k": 2, "from_sorted_ids": True},
     LABELS.astype("int32"), RANKED),
    ("BinaryCrossentropy", {"label_smoothing": 0.1}, BITS, SHARES),
    ("BinaryCrossentropy", {"from_logits": True}, BITS, SCORES),
    ("CategoricalCrossentropy", {}, ONE_HOT, SHARES),
    ("CategoricalCrossentropy", {"from_logits": True}, ONE_HOT, SCORES),
    ("SparseCategoricalCrossentropy", {}, LABELS, SHARES),
    ("SparseCategoricalCrossentropy", {"from_logits": True, "ignore_class": 1}, LABELS, SCORES),
    ("KLDivergence", {}, SHARES[::-1], SHARES),
    ("Poisson", {}, BITS, np.exp(SCORES)),
    ("Hinge", {}, BITS, SCORES),
    ("SquaredHinge", {}, 2 * BITS - 1, SCORES),
    ("CategoricalHinge", {}, ONE_HOT, SCORES),
    *((name, {}, ANSWERS, CHANCES) for name in COUNTS),
    *((name, {"thresholds": [0.25, 0.5]}, ANSWERS, CHANCES[:, None]) for name in COUNTS),
    *((name, {"thresholds": [0.0, 0.5, 1.0]}, ANSWERS, CHANCES) for name in COUNTS),
    *((name, options, y, p) for name in ("Precision", "Recall") for options, y, p in (
        ({}, ANSWERS, CHANCES), ({"thresholds": 0.3}, ANSWERS, CHANCES[:, None]),
        ({"top_k": 2}, ONE_HOT, SHARES), ({"class_id": 1}, ONE_HOT, SHARES),
        ({"top_k": 1, "class_id": 2}, ONE_HOT, np.round(SHARES, 1)),
        ({"thresholds": [0.2, 0.4, 0.9]}, BITS, SHARES))),
    ("SensitivityAtSpecificity", {"specificity": 0.5}, ANSWERS, CHANCES),
    ("SpecificityAtSensitivity", {"sensitivity": 0.5, "num_thresholds": 20}, ANSWERS, CHANCES),
    ("PrecisionAtRecall", {"recall": 0.6}, ANSWERS, CHANCES),
    ("PrecisionAtRecall", {"recall": 0.3, "num_thresholds": 1}, ANSWERS, CHANCES),
    ("RecallAtPrecision", {"precision": 0.6, "class_id": 1}, BITS, SHARES),
    *(("AUC", {"curve": curve, "summation_method": method}, ANSWERS, CHANCES)
      for curve in ("ROC", "PR", "PRGAIN") for method in ("interpolation", "minoring", "majoring")),
    ("AUC", {"num_thresholds": 7}, ANSWERS[:, None], CHANCES[:, None]),
    ("AUC", {"thresholds": [0.3, 0.5, 0.8], "curve": "PR"}, ANSWERS, CHANCES),
    ("AUC", {"from_logits": True}, BITS, SCORES),
    ("AUC", {"multi_label": True}, BITS, SHARES),
    ("AUC", {"multi_label": True, "num_labels": 4, "curve": "PR",
             "label_weights": [0.1, 0.2, 0.3, 0.4]}, BITS, SHARES),
    ("AUC", {"label_weights": [0.1, 0.2, 0.3, 0.4]}, BITS, SHARES),
    *((name, {"average": average, "threshold": threshold, **beta}, ONE_HOT, SHARES)
      for name, beta in (("F1Score", {}), ("FBetaScore", {"beta": 2.0}))
      for average in (None, "micro", "macro", "weighted") for threshold in (None, 0.4)),
]
IDS = [f"{i}-{name}-{'-'.join(f'{k}={v}' for k, v in options.items())}"
       for i, (name, options, _, _) in enumerate(CASES)]
EVERY = pytest.mark.parametrize("name, options, y, p", CASES, ids=IDS)
WEIGHTS = np.linspace(0, 2, ROWS).astype("float32")


def both(name: str, **options: Any) -> tuple[Any, Any]:
    return getattr(metrics, name)(**options), getattr(keras.metrics, name)(**options)


@EVERY
@pytest.mark.parametrize("weighted", [False, True])
def test_three_batches(name, options, y, p, weighted):
    ours, theirs = both(name, **options)
    traced = getattr(metrics, name)(**options)
    step = Traced(traced.update_state)
    for rows in (slice(0, 5), slice(5, 10), slice(10, 12)):
        w = WEIGHTS[rows] if weighted and options.get("axis") != 0 else None
        theirs.update_state(y[rows], p[rows], w)
        ours.update_state(y[rows], p[rows], w)
        step(y[rows], p[rows], w)
        if options.get("axis") == 0:
            continue
        expected = np.asarray(theirs.result())
        np.testing.assert_allclose(np.asarray(ours.result()), expected, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(np.asarray(Traced(traced.result)()), expected, rtol=1e-5,
                                   atol=1e-6)
    assert np.asarray(ours.result()).dtype == np.asarray(theirs.result()).dtype
    ours.reset_state()
    assert all(not np.any(each.numpy()) for each in ours.variables)
    if not options.get("num_regressors"):                # Keras warns about what is empty
        theirs.reset_state()
        np.testing.assert_allclose(np.asarray(ours.result()), np.asarray(theirs.result()))


@EVERY
def test_config_and_names(name, options, y, p):
    ours, theirs = both(name, **options)
    assert ours.name == re.sub(r"(_\d+)$", "", theirs.name)       # Keras counts across tests
    assert getattr(ours, "_direction", None) == getattr(theirs, "_direction", None)
    config, expected = ours.get_config(), theirs.get_config()
    for key, value in expected.items():
        if key == "label_weights" and value is not None:
            value = np.asarray(value).astype(float)
            np.testing.assert_allclose(config[key], value, rtol=1e-6)
        elif key == "thresholds":
            np.testing.assert_allclose(np.asarray(config[key], float), np.asarray(value, float))
        elif key != "name":
            assert config[key] == value, key
    again = metrics.deserialize(metrics.serialize(ours))
    np.testing.assert_array_equal(np.asarray(again(y, p)), np.asarray(ours(y, p)))
    restored = keras.metrics.deserialize(metrics.serialize(ours))
    assert restored.get_config().keys() == expected.keys()


@pytest.mark.parametrize("values, weight", [
    ([1.0, 5.0], None), (3.0, None), (3.0, 0.5), ([[1.0, 2.0], [3.0, 5.0]], [1.0, 3.0]),
    ([[1.0, 2.0], [3.0, 5.0]], [[1.0, 0.0], [2.0, 3.0]]), ([1.0, 5.0], [0.0, 0.0]),
    (np.arange(12.0).reshape(2, 3, 2), [[1.0, 0.0, 2.0], [2.0, 3.0, 1.0]]),
    ([[1.0], [4.0]], [1.0, 3.0])])
@pytest.mark.parametrize("name", ["Mean", "Sum"])
def test_mean_and_sum(name, values, weight):
    ours, theirs = both(name)
    for _ in range(2):
        np.testing.assert_allclose(float(ours(values, weight)), float(theirs(
            np.asarray(values, "float32"), weight)), rtol=1e-6)


@pytest.mark.parametrize("weight", [None, np.arange(4.0)])
def test_mask(weight):
    ours, theirs = both("MeanSquaredError")
    keep, y, p = np.array([True, False, True, True]), NUMBERS[:4], SCORES[:4]
    mine, other = Tensor(p), keras.ops.convert_to_tensor(p)
    mine._keras_mask = Tensor(keep)
    keras.src.backend.set_keras_mask(other, keras.ops.convert_to_tensor(keep))
    np.testing.assert_allclose(float(ours(y, mine, weight)), float(theirs(y, other, weight)),
                               rtol=1e-6)


def test_names_and_aliases_are_those_of_keras():
    table = keras.src.metrics.ALL_OBJECTS_DICT
    needed = {"SensitivityAtSpecificity", "SpecificityAtSensitivity", "PrecisionAtRecall",
              "RecallAtPrecision", "Metric", "MeanMetricWrapper"}
    left_out = ("IoU", "Correlation")
    for name, cls in table.items():
        if cls.__name__ in needed or cls.__name__.endswith(left_out):
            continue
        assert type(metrics.get(name)).__name__ == type(keras.metrics.get(name)).__name__
