"""ROC and PR curves, calibration, confusion, residuals: the numbers of scikit-learn, drawn."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import metrics
from sklearn.calibration import calibration_curve

from pellucid import layers
from pellucid.core.errors import ArgumentError, DataError, KindError, ShapeError
from pellucid.insight.answers import confusion, precision_recall, reliability, roc
from pellucid.insight.plots.calibration import calibration
from pellucid.insight.plots.confusion_matrix import confusion_matrix
from pellucid.insight.plots.filters import filters
from pellucid.insight.plots.precision_recall_curve import precision_recall_curve
from pellucid.insight.plots.residuals import residuals
from pellucid.insight.plots.roc_curve import roc_curve
from tests.insight.test_plots import assert_readable

WIDTHS = (360, 800, 1600)
RANDOM = np.random.default_rng(8)
Y = RANDOM.integers(0, 2, 120)
SCORE = np.clip(0.4 * Y + RANDOM.normal(0.3, 0.25, 120), 0, 1)
KINDS = RANDOM.integers(0, 3, 90)
SHARES = RANDOM.dirichlet((1, 1, 1), 90) + 0.8 * np.eye(3)[KINDS]
SHARES /= SHARES.sum(axis=1, keepdims=True)


def named(axes, label):
    return next(line for line in axes.get_lines() if line.get_label() == label)


def told(figure):
    return [text.get_text() for text in figure.legends[0].texts]


@given(hnp.arrays(int, 25, elements=st.integers(0, 1)),
       hnp.arrays(float, 25, elements=st.sampled_from(np.linspace(-1, 1, 9).tolist())),
       hnp.arrays(float, 25, elements=st.floats(0.1, 3)))
def test_curves_and_areas_are_those_of_scikit_learn(y, score, weight):
    if len(set(y.tolist())) < 2:
        return
    for given_weight in (None, weight):
        found = roc(y, score, sample_weight=given_weight)
        fpr, tpr, thresholds = metrics.roc_curve(y, score, sample_weight=given_weight,
                                                 drop_intermediate=False)
        np.testing.assert_allclose(found.x, fpr, atol=1e-12)
        np.testing.assert_allclose(found.y, tpr, atol=1e-12)
        np.testing.assert_array_equal(found.thresholds, thresholds)
        assert found.area == pytest.approx(metrics.roc_auc_score(y, score,
                                                                 sample_weight=given_weight))
        found = precision_recall(y, score, sample_weight=given_weight)
        precision, recall, thresholds = metrics.precision_recall_curve(
            y, score, sample_weight=given_weight)
        np.testing.assert_allclose(found.x, recall, atol=1e-12)
        np.testing.assert_allclose(found.y, precision, atol=1e-12)
        np.testing.assert_array_equal(found.thresholds, thresholds)
        assert found.area == pytest.approx(metrics.average_precision_score(
            y, score, sample_weight=given_weight))


def test_a_roc_curve_is_drawn_with_its_area():
    figure = roc_curve(Y, SCORE)
    axes = figure.axes[0]
    fpr, tpr, _ = metrics.roc_curve(Y, SCORE, drop_intermediate=False)
    np.testing.assert_allclose(named(axes, "the curve").get_xydata(), np.c_[fpr, tpr])
    np.testing.assert_array_equal(named(axes, "by chance").get_xydata(), [[0, 0], [1, 1]])
    assert told(figure) == [f"AUC {metrics.roc_auc_score(Y, SCORE):.3f}", "by chance"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("false positive rate", "true positive rate")
    words = np.where(Y == 1, "no", "yes")
    assert told(roc_curve(words, -SCORE)) == told(figure)
    assert told(roc_curve(words, SCORE, pos_label="no")) == told(figure)
    assert told(roc_curve(Y[:, None], SCORE[:, None])) == told(figure)
    assert told(roc_curve(Y, np.c_[1 - SCORE, SCORE])) == told(figure)


def test_precision_and_recall_are_steps_above_chance():
    figure = precision_recall_curve(Y, SCORE)
    axes = figure.axes[0]
    precision, recall, _ = metrics.precision_recall_curve(Y, SCORE)
    np.testing.assert_allclose(named(axes, "the curve").get_xydata(), np.c_[recall, precision])
    assert named(axes, "the curve").get_drawstyle() == "steps-post"
    assert set(named(axes, "by chance").get_ydata()) == {Y.mean()}
    assert told(figure)[0] == f"AP {metrics.average_precision_score(Y, SCORE):.3f}"


def test_several_classes_are_judged_one_against_the_rest():
    names = ["setosa", "versicolor", "virginica"]
    figure = roc_curve(KINDS, SHARES, display_labels=names)
    for k, name in enumerate(names):
        area = metrics.roc_auc_score(k == KINDS, SHARES[:, k])
        assert told(figure)[k] == f"{name}: AUC {area:.3f}"
        fpr, tpr, _ = metrics.roc_curve(k == KINDS, SHARES[:, k], drop_intermediate=False)
        np.testing.assert_allclose(named(figure.axes[0], name).get_xydata(), np.c_[fpr, tpr])
    assert told(roc_curve(np.eye(3)[KINDS], SHARES, display_labels=names)) == told(figure)
    words = np.array(names)[KINDS]
    assert told(roc_curve(words, SHARES)) == told(figure)
    assert told(roc_curve(words, SHARES[:, ::-1], classes=names[::-1]))[:3] == told(figure)[2::-1]
    assert len(told(precision_recall_curve(words, SHARES))) == 3


def test_of_many_classes_the_hardest_are_drawn():
    y = np.arange(200) % 20
    scores = np.eye(20)[y] * np.linspace(0, 1, 20) + RANDOM.random((200, 20))
    areas = [metrics.roc_auc_score(y == k, scores[:, k]) for k in range(20)]
    hardest = sorted(np.argsort(areas)[:9].tolist())
    assert told(roc_curve(y, scores)) == [*(f"{k}: AUC {areas[k]:.3f}" for k in hardest),
                                          "by chance"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("picture", [roc_curve, precision_recall_curve])
def test_curves_are_readable(picture, width):
    assert_readable(picture(Y, SCORE, width=width))
    names = [f"{k} is a class of a very long name" for k in range(3)]
    assert_readable(picture(KINDS, SHARES, display_labels=names, width=width))


@pytest.mark.parametrize("picture", [roc_curve, precision_recall_curve])
@pytest.mark.parametrize(("y", "score", "more", "error", "said"), [
    ([1, 1], [0.1, 0.2], {}, DataError, r"must hold both, but got 1: \[1\]"),
    ([0, 1], [0.1, np.nan], {}, DataError, "finite numbers"),
    ([0, None], [0.1, 0.2], {}, DataError, "None and NaN are none"),
    ([0, np.nan], [0.1, 0.2], {}, DataError, "None and NaN are none"),
    ([0, 1], ["a", "b"], {}, KindError, "y_score must hold numbers"),
    ([0, 1], [0.1, 0.2, 0.3], {}, ShapeError, "equally long"),
    ([0, 1], [0.1, 0.2], {"pos_label": 2}, ArgumentError, r"one of \[0, 1\], but got 2"),
    ([0, 1, 2], [0.1, 0.2, 0.3], {}, DataError, "parts two classes"),
    ([0, 1], np.eye(3), {}, ShapeError, "row for each label"),
    ([0, 1, 2, 7], np.ones((4, 3)), {}, DataError, "must hold 3 classes, but got 4"),
    ([0, 1, 7], np.eye(3), {"classes": [0, 1, 2]}, DataError, r"\[0, 1, 2\], but got \[7\]"),
    ([0, 1, 1], np.eye(3), {}, DataError, "class '2' with 0 of 3 rows"),
    ([0, 1, 2], np.eye(3), {"display_labels": ["a"]}, ShapeError, "name all 3 classes"),
    (["a", "b", "b"], np.eye(3), {}, DataError, "hold 3 classes"),
])
def test_what_cannot_be_judged_is_said(picture, y, score, more, error, said):
    with pytest.raises(error, match=said):
        picture(np.array(y), np.array(score), **more)


def test_calibration_is_that_of_scikit_learn():
    true, stated = calibration_curve(Y, SCORE, n_bins=7)
    figure = calibration(Y, SCORE, n_bins=7)
    dots = figure.axes[0].get_lines()[1]
    np.testing.assert_allclose(dots.get_xydata(), np.c_[stated, true])
    assert figure.axes[0].get_ylabel() == "share of positives"
    sure = calibration(KINDS, SHARES).axes[0]
    assert sure.get_ylabel() == "share that is right"
    bins = reliability(KINDS, SHARES)
    assert sum(each.rows for each in bins) == 90
    assert sum(each.rows * each.right for each in bins) == pytest.approx(
        (SHARES.argmax(1) == KINDS).sum())
    words = np.where(Y == 1, "no", "yes")
    assert reliability(words, 1 - SCORE) == reliability(1 - Y, 1 - SCORE)
    assert reliability(words, SCORE, pos_label="no") == reliability(Y, SCORE)
    for y, p, error, said in (([0, 1], [2.0, 0.1], DataError, "from 0 to 1.*sigmoid"),
                              ([0, 1, 2], [0.1, 0.2, 0.3], DataError, "y_true of two"),
                              ([0], [0.1, 0.2], ShapeError, "row for each"),
                              ([0, 5], np.eye(2), DataError, "class numbers from 0 to 1")):
        with pytest.raises(error, match=said):
            calibration(y, np.array(p))
    with pytest.raises(ArgumentError, match="n_bins"):
        calibration(Y, SCORE, n_bins=0)


def test_confusion_takes_labels_of_every_kind():
    said = SHARES.argmax(axis=1)
    expected = metrics.confusion_matrix(KINDS, said)
    names = np.array(["cat", "dog", "eel"])
    for y, p in ((KINDS, said), (np.eye(3)[KINDS], SHARES), (names[KINDS], names[said]),
                 (KINDS.astype(float), said[:, None])):
        np.testing.assert_array_equal(confusion(y, p).counts, expected)
    assert confusion(names[KINDS], names[said]).classes == ["cat", "dog", "eel"]
    chosen = confusion(KINDS, said, labels=[2, 0])
    np.testing.assert_array_equal(chosen.counts, metrics.confusion_matrix(KINDS, said,
                                                                          labels=[2, 0]))
    figure = confusion_matrix(KINDS, said, display_labels=names)
    assert [each.get_text() for each in figure.axes[0].get_xticklabels()] == names.tolist()
    written = [text.get_text() for text in figure.axes[0].texts][::2]
    assert written == [str(each) for each in expected.ravel() if each]
    for y, p, error, match in ((Y, SCORE, DataError, "look like probabilities.*> 0.5"),
                               (Y, Y[:3], ShapeError, "equally long"),
                               ([], [], DataError, "at least one row")):
        with pytest.raises(error, match=match):
            confusion_matrix(y, p)
    with pytest.raises(DataError, match="no row has one of the labels"):
        confusion_matrix(Y, Y, labels=[7, 8])


TRUE = RANDOM.normal(50, 12, 300)
SAID = TRUE + RANDOM.normal(-2, 5, 300)


def test_residuals_are_true_minus_predicted_and_their_spread_is_counted():
    figure = residuals(TRUE, SAID, target="price in $")
    left, right = figure.axes
    left_over = TRUE - SAID
    dots = left.get_lines()[1]
    np.testing.assert_array_equal(dots.get_xydata(), np.c_[SAID, left_over])
    assert (left.get_xlabel(), left.get_ylabel()) == (
        "predicted price in $", "residual, true − predicted")
    bars = right.patches
    assert sum(bar.get_width() for bar in bars) == 300
    for bar in bars:
        low = bar.get_y() - 0.04 / 0.92 * bar.get_height()
        inside = (left_over >= low) & (left_over < low + bar.get_height() / 0.92)
        assert inside.sum() == bar.get_width()
    assert set(named(right, "mean").get_ydata()) == {left_over.mean()}
    bell = named(right, "normal").get_xydata()                  # over the same area as the bars
    assert np.trapezoid(bell[:, 0], bell[:, 1]) == pytest.approx(
        300 * bars[0].get_height() / 0.92, rel=0.02)
    assert told(figure) == [f"mean {left_over.mean():.3g}",
                            f"normal curve, spread {left_over.std():.3g}"]
    assert left.get_ylim() == right.get_ylim()


@pytest.mark.parametrize("width", WIDTHS)
def test_residuals_are_readable(width):
    assert_readable(residuals(TRUE * 1e5, SAID * 1e5, target="price " * 20, width=width))
    assert_readable(residuals([1.0, 1.0], [1.0, 1.0], width=width))      # nothing is left over


def test_what_leaves_no_residuals():
    with pytest.raises(ShapeError, match="n at least 2"):
        residuals([1.0], [1.0])
    with pytest.raises(ShapeError, match="shape"):
        residuals(np.zeros((3, 2)), np.zeros((3, 2)))
    with pytest.raises(DataError, match=r"rows \[1\]"):
        residuals([1.0, np.nan], [1.0, 2.0])


def test_filters_share_one_symmetric_scale():
    kernel = RANDOM.normal(size=(3, 4, 1, 5))
    figure = filters(kernel)
    largest = np.abs(kernel).max()
    assert len(figure.axes) == 5
    for k, axes in enumerate(figure.axes):
        drawn = axes.images[0].get_array()
        assert drawn.shape == (3, 4, 4)
        np.testing.assert_allclose(drawn[..., 3], np.abs(kernel[..., 0, k]) / largest, atol=1e-6)
        blue = drawn[..., 2] > drawn[..., 0]
        np.testing.assert_array_equal(blue, kernel[..., 0, k] >= 0)
        assert axes.get_title() == str(k + 1)
    assert figure._supxlabel.get_text() == f"scale ±{largest:.3g}"


def test_filters_of_every_layer_with_a_kernel(monkeypatch):
    two, one = layers.Conv2D(3, 2), layers.Conv1D(4, 5)
    two.build((None, 8, 8, 2))
    one.build((None, 30, 2))
    figure = filters(two)
    assert len(figure.axes) == 3 * 2
    np.testing.assert_allclose(
        figure.axes[3].images[0].get_array()[..., 3] * np.abs(two.kernel.numpy()).max(),
        np.abs(two.kernel.numpy()[:, :, 1, 1]), atol=1e-6)
    assert [axes.get_ylabel() for axes in figure.axes[::2]] == ["1", "2", "3"]
    assert filters(one).axes[0].images[0].get_array().shape == (5, 2, 4)
    monkeypatch.setattr(sys.modules[filters.__module__], "MOST_FILTERS", 7)
    many = filters(np.ones((4, 10)), shape=(2, 2))
    assert len(many.axes) == 7
    assert many._supxlabel.get_text() == "scale ±1, 3 more not drawn"


@pytest.mark.parametrize("width", WIDTHS)
def test_filters_are_readable(width):
    assert_readable(filters(RANDOM.normal(size=(3, 3, 1, 14)), width=width))
    assert_readable(filters(RANDOM.normal(size=(5, 3, 4, 5)), width=width))
    assert_readable(filters(np.zeros((9, 2, 3)), width=width))


def test_what_has_no_filters():
    for kernel, error, said in ((layers.Dropout(0.1), KindError, "layer with a kernel"),
                                ("x", KindError, "layer with a kernel"),
                                (np.zeros(3), ShapeError, r"\(height, width, in, out\)"),
                                (np.zeros((784, 3)), ShapeError, r"784 inputs.*shape=\(28, 28\)"),
                                (np.zeros((3, 3, 1, 0)), DataError, "none at all"),
                                (np.full((2, 2, 1, 1), np.nan), DataError, "finite")):
        with pytest.raises(error, match=said):
            filters(kernel)
    with pytest.raises(ShapeError, match="shape='x'"):
        filters(np.zeros((4, 2)), shape="x")
    for width in (0, -1, np.nan, 1e9):
        with pytest.raises(ArgumentError, match="wider than 0"):
            roc_curve(Y, SCORE, width=width)
