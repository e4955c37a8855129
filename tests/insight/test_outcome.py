"""Counts by hand, and the check of a run's shapes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pellucid.core.errors import ArgumentError, ShapeError
from pellucid.insight.answers.reliability import likely_range
from pellucid.insight.report.outcome import (
    ClassLine,
    class_line,
    class_lines,
    confidence_bins,
    confident_mistakes,
    confusion_matrix,
    found_metric,
    label_counts,
    largest_errors,
    share_right,
    worst_confusions,
)
from pellucid.insight.report.thumbnail import png
from tests.insight.sample_runs import binary, classes, multilabel, regression

TRUE, SAID = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 2, 2])
P = np.array([[.9, .1, 0], [.8, .1, .1], [.3, .6, .1], [.1, .8, .1], [0, .1, .9], [.2, .2, .6]])


def by_hand():
    return replace(classes(3, 30), y_true=TRUE, y_pred=SAID, probabilities=P,
                   class_names=["a", "b", "c"], row_numbers=[7, 8, 9, 10, 11, 12])


def test_confusion_by_hand():
    assert confusion_matrix(TRUE, SAID, 3).tolist() == [[2, 1, 0], [0, 1, 1], [0, 0, 1]]
    assert confusion_matrix(np.array([]), np.array([]), 2).tolist() == [[0, 0], [0, 0]]


def test_confusion_is_that_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    run = classes(7, 400, 0.6)
    expected = metrics.confusion_matrix(run.y_true, run.y_pred, labels=range(7))
    np.testing.assert_array_equal(confusion_matrix(run.y_true, run.y_pred, 7), expected)


def test_class_lines_by_hand():
    assert class_lines(by_hand())[:2] == [ClassLine("a", 1.0, 2 / 3, 0.8, 3),
                                          ClassLine("b", 0.5, 0.5, 0.5, 2)]


def test_a_class_that_never_appears_has_no_shares():
    assert class_line("x", 0, 0, 0) == ClassLine("x", None, None, None, 0)
    assert class_line("x", 0, 0, 4) == ClassLine("x", None, 0.0, 0.0, 4)


def test_label_counts_by_hand():
    run = replace(multilabel(3, ("a", "b")), y_true=np.array([[1, 0], [1, 1], [0, 1]]),
                  y_pred=np.array([[1, 0], [0, 1], [1, 1]]), probabilities=None)
    assert label_counts(run).tolist() == [[[0, 1], [1, 1]], [[1, 0], [0, 2]]]
    assert share_right(run) == (4, 6)


def test_confident_mistakes_by_hand():
    assert [(m.place, m.row, m.true, m.predicted, m.probability)
            for m in confident_mistakes(by_hand())] == [(4, 11, "b", "c", 0.9),
                                                        (2, 9, "a", "b", 0.6)]


def test_worst_confusions_by_hand():
    assert [(c.true, c.predicted, c.rows, c.share) for c in worst_confusions(by_hand())] == [
        ("a", "b", 1, 1 / 3), ("b", "c", 1, 1 / 2)]


def test_largest_errors_compare_targets_in_their_own_spread():
    truth = np.array([[0.0, 0.0], [1.0, 1000.0]])
    run = replace(regression(2, ("small", "large")), y_true=truth,
                  y_pred=truth + np.array([[0.4, 100.0], [0.0, 0.0]]))
    assert largest_errors(run, 2) == [(0, 0, 0.0, 0.4), (0, 1, 0.0, 100.0)]


def test_confidence_bins_hold_every_row_of_a_full_bin():
    run = classes(4, 4000, 0.7)
    bins = confidence_bins(run, least=1)
    assert sum(each.rows for each in bins) == 4000
    right = sum(round(each.right * each.rows) for each in bins)
    assert right == int((run.y_true == run.y_pred).sum())
    assert all(each.low <= each.right <= each.high for each in bins)


def test_sure_of_everything_counts_in_the_last_bin():
    run = replace(by_hand(), probabilities=np.eye(3)[SAID])
    assert [(each.confidence, each.rows) for each in confidence_bins(run, least=1)] == [(1.0, 6)]


def test_likely_range_stays_within_shares():
    assert likely_range(0, 10)[0] == 0.0
    assert likely_range(10, 10)[1] == pytest.approx(1.0)
    low, high = likely_range(50, 100)
    assert (low, high) == pytest.approx((0.4038, 0.5962), abs=1e-4)      # Wilson's, by hand


def test_metrics_are_found_under_their_other_names():
    assert found_metric(["loss", "R2"], "r2_score", "r2") == "R2"
    assert found_metric(["loss"], "accuracy") is None


def test_png_is_what_pillow_reads():
    image = pytest.importorskip("PIL.Image")
    from io import BytesIO
    grey = np.arange(6, dtype=np.uint8).reshape(2, 3) * 40
    np.testing.assert_array_equal(np.asarray(image.open(BytesIO(png(grey)))), grey)


def test_run_checks_the_shapes_it_is_given():
    run = binary(40)
    with pytest.raises(ShapeError, match=r"y_pred must have the shape of y_true, \(40,\)"):
        replace(run, y_pred=run.y_pred[:5])
    with pytest.raises(ShapeError, match=r"one column a class, shape \(40, 2\)"):
        replace(run, probabilities=np.zeros(40))
    with pytest.raises(ShapeError, match="must name all 40 test rows"):
        replace(run, row_numbers=[1, 2])
    with pytest.raises(ShapeError, match=r"one class number a row"):
        replace(run, y_true=np.zeros((40, 2)), y_pred=np.zeros((40, 2)))
    with pytest.raises(ShapeError, match=r"y_true of 6 labels must have shape"):
        replace(multilabel(40), y_true=np.zeros((40, 5)), y_pred=np.zeros((40, 5)))
    with pytest.raises(ArgumentError, match="task must be one of binary"):
        replace(run, task="ranking")


def test_a_regression_is_named_by_its_targets():
    assert regression(5).class_names == ("progression",)
