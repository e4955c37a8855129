"""Intersection over union, and correlations: batch after batch as Keras's, eager and traced."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import metrics
from pellucid.core.errors import ArgumentError, KindError, PellucidWarning, ShapeError
from pellucid.engines.native.engine import native
from pellucid.engines.trace import Traced
from pellucid.layers import Dense, Input
from pellucid.models import Sequential
from tests.parity.oracle import live, real_keras

RNG = np.random.default_rng(4)
ROWS, CLASSES = 12, 4
LABELS, GUESSES = (RNG.integers(-1, CLASSES + 1, (ROWS, 3)).astype("int32") for _ in range(2))
ONE_HOT = np.eye(CLASSES, dtype="float32")[RNG.integers(0, CLASSES - 1, ROWS)]
SCORES = RNG.normal(size=(ROWS, CLASSES)).astype("float32")
BITS = RNG.integers(0, 2, (ROWS, 3)).astype("float32")
CHANCES = np.round(RNG.uniform(size=(ROWS, 3)), 1).astype("float32")
FIRST = {"num_classes": CLASSES, "target_class_ids": [0, 2]}
WHOLE = RNG.integers(0, 4, ROWS).astype("int32")

CASES: list[tuple[str, dict[str, Any], np.ndarray, np.ndarray]] = [
    ("IoU", FIRST, LABELS, GUESSES),
    ("IoU", {**FIRST, "ignore_class": 2, "dtype": "float32"}, LABELS, GUESSES),
    ("IoU", {**FIRST, "sparse_y_true": False, "sparse_y_pred": False}, ONE_HOT, SCORES),
    ("IoU", {"num_classes": 5, "target_class_ids": (4,)}, LABELS * 0, GUESSES * 0),
    ("MeanIoU", {"num_classes": CLASSES}, LABELS, GUESSES),
    ("MeanIoU", {"num_classes": CLASSES, "ignore_class": 0, "sparse_y_pred": False},
     LABELS[:, 0], SCORES),
    ("OneHotIoU", FIRST, ONE_HOT, SCORES),
    ("OneHotIoU", {**FIRST, "sparse_y_pred": True}, ONE_HOT, GUESSES[:, 0]),
    ("OneHotMeanIoU", {"num_classes": CLASSES, "ignore_class": 1}, ONE_HOT, SCORES),
    ("BinaryIoU", {}, BITS, CHANCES),
    ("BinaryIoU", {"target_class_ids": [1], "threshold": 0.3, "dtype": "float32"}, BITS, CHANCES),
    ("PearsonCorrelation", {}, ONE_HOT + CHANCES[:, :1] * SCORES, SCORES),
    ("PearsonCorrelation", {"dtype": "float64", "axis": (0, 1)}, SCORES, SCORES ** 3),
    ("ConcordanceCorrelation", {}, ONE_HOT, SCORES),
    ("ConcordanceCorrelation", {"axis": 0}, ONE_HOT + SCORES, SCORES),
]
EVERY = pytest.mark.parametrize("name, options, y, p", CASES, ids=[
    f"{i}-{name}-{'-'.join(options)}" for i, (name, options, _, _) in enumerate(CASES)])


@live
@EVERY
def test_three_batches_equal_keras(name, options, y, p):
    """Every second case with weights, where each row can have one."""
    import jax

    weighted = "axis" not in options and bool(len(options) % 2)
    ours, theirs, traced = (getattr(module, name)(**options)
                            for module in (metrics, real_keras().metrics, metrics))
    step = Traced(traced.update_state, engine=native.name)
    state, go_on = [each.value for each in theirs.variables], jax.jit(theirs.stateless_update_state)
    for rows in (slice(0, 4), slice(4, 8), slice(8, 12)):
        w = None
        if weighted:                                     # IoU: a weight for each place
            shape = y[rows].shape if y.ndim == p.ndim and y.shape[-1] == 3 else (len(y[rows]),)
            w = np.broadcast_to(WHOLE[rows].reshape(-1, *(1,) * (len(shape) - 1)), shape).copy()
            w = w if "IoU" in name else w.astype("float32")
        state = go_on(state, y[rows], p[rows], w)
        expected = theirs.stateless_result(state)
        ours.update_state(y[rows], p[rows], w)
        step(y[rows], p[rows], w)
        for metric in (ours, traced):
            np.testing.assert_allclose(metric.result().numpy(), expected, rtol=1e-5, atol=1e-6)
        for a, b, value in zip(ours.variables, theirs.variables, state, strict=True):
            assert (a.shape, a.dtype, a.name) == (tuple(b.shape), b.dtype, b.name)
            np.testing.assert_allclose(a.numpy(), value, rtol=1e-5)
    ours.reset_state()
    assert not any(each.numpy().any() for each in ours.variables)


@live
@EVERY
def test_config_and_name_equal_keras(name, options, y, p):
    real_keras().utils.clear_session()                   # names count from nought
    ours, theirs = (getattr(module, name)(**options) for module in (metrics, real_keras().metrics))
    assert ours.name == theirs.name
    mine, other = ours.get_config(), theirs.get_config()
    assert {key: tuple(v) if isinstance(v, list) else v for key, v in mine.items()} == {
        key: tuple(v) if isinstance(v, list) else v for key, v in other.items()}
    again = metrics.deserialize(metrics.serialize(ours))
    assert again.get_config() == mine
    assert ours._direction == theirs._direction == "up"


@live
def test_functions_equal_keras():
    for name in ("pearson_correlation", "concordance_correlation"):
        ours, theirs = (getattr(module, name) for module in (metrics, real_keras().metrics))
        for axis in (-1, 0):
            np.testing.assert_allclose(ours(SCORES, ONE_HOT + SCORES, axis=axis).numpy(),
                                       theirs(SCORES, ONE_HOT + SCORES, axis=axis), rtol=1e-5)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=30))
def test_what_is_right_everywhere_covers_all(pairs):
    """Swapped roles change nothing, and perfect predictions give 1."""
    y, p = (np.array(each) for each in zip(*pairs, strict=True))
    one, other, perfect = (metrics.MeanIoU(3) for _ in range(3))
    assert float(one(y, p)) == pytest.approx(float(other(p, y)), abs=1e-6)
    assert float(perfect(y, y)) == pytest.approx(1, abs=1e-5)


def test_scores_along_another_axis():
    """Keras fails here: it sums its list of shares along the scores' axis."""
    last = metrics.MeanIoU(CLASSES, sparse_y_pred=False)
    first = metrics.MeanIoU(CLASSES, sparse_y_pred=False, axis=0)
    assert float(first(LABELS[:, 0], SCORES.T)) == float(last(LABELS[:, 0], SCORES))


def test_whole_numbers_make_little_of_weights_aloud():
    with pytest.warns(PellucidWarning, match="counts in int32, so sample weights lose"):
        metrics.MeanIoU(2)([0, 1], [0, 1], np.array([0.5, 1.5], "float32"))


@pytest.mark.parametrize(("make", "told"), [
    (lambda: metrics.IoU(0, [0]), "num_classes must be a whole number at least 1, but got 0"),
    (lambda: metrics.IoU(2, [2]), "target_class_ids must be whole numbers from 0 to 1, but got 2"),
    (lambda: metrics.IoU(2, [-1]), "target_class_ids must be whole numbers from 0 to 1, but got"),
    (lambda: metrics.IoU(2, 1), "target_class_ids must be a list of class numbers, but got 1"),
    (lambda: metrics.BinaryIoU([2]), "target_class_ids must be whole numbers from 0 to 1"),
    (lambda: metrics.MeanIoU("two"),                     # pyright: ignore
     "num_classes must be a whole number"),
    (lambda: metrics.OneHotIoU(2, [0], sparse=True),     # pyright: ignore
     "OneHotIoU has no argument 'sparse'"),
    (lambda: metrics.OneHotMeanIoU(), "OneHotMeanIoU needs num_classes"),
    (lambda: metrics.PearsonCorrelation(axes=-1), "axes"),           # pyright: ignore
    (lambda: metrics.MeanIoU(2)([0, 1], [0]), "as many labels as predictions"),
])
def test_arguments_without_meaning(make, told):
    with pytest.raises((ArgumentError, KindError, ShapeError, TypeError), match=told):
        make()


def test_they_judge_a_model_in_fit():
    """In whole epochs of the native engine, and step by step."""
    x = RNG.normal(size=(20, 3)).astype("float32")
    y = np.arange(20) % 3
    logs = []
    for eager in (False, True):
        model = Sequential([Input((3,)), Dense(3, "softmax", kernel_initializer="ones")])
        model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=eager,
                      metrics=[metrics.MeanIoU(3, sparse_y_pred=False, name="mean_iou")])
        logs.append(model.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0).history)
    assert logs[0]["mean_iou"] == pytest.approx(logs[1]["mean_iou"])
    model = Sequential([Input((3,)), Dense(3)])
    model.compile("sgd", "mse", metrics=["pearson_correlation", "ConcordanceCorrelation"])
    history = model.fit(x, x, epochs=30, verbose=0).history
    assert history["pearson_correlation"][-1] > history["pearson_correlation"][0]
    assert history["ConcordanceCorrelation"][-1] > history["ConcordanceCorrelation"][0]
