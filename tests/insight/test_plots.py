"""The pictures: what they show, that nothing in them overlaps, and what becomes of them as SVG."""

from __future__ import annotations

import re
import sys
from itertools import combinations

import numpy as np
import pytest

from pellucid.core.errors import DataError, MissingExtra, ShapeError
from pellucid.insight.answers.reliability import Bin
from pellucid.insight.plots.calibration import calibration_bins
from pellucid.insight.plots.confusion_matrix import confusion_counts, drawn_classes
from pellucid.insight.plots.label_bars import label_bars
from pellucid.insight.plots.learning_curves import curve_names, learning_curves
from pellucid.insight.plots.predicted_against_true import MOST_POINTS, predicted_against_true
from pellucid.insight.plots.style import ROLE, house_style, short, to_svg
from tests.insight.sample_runs import history

matplotlib = pytest.importorskip("matplotlib")

WIDTHS = (350, 460, 900)


def texts(figure):
    """Each visible text of a figure with the box it fills, in pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text
    with house_style():
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        # artists that were set aside (minor ticks) answer with an empty box
        return [(text.get_text(), text.get_window_extent(renderer))
                for text in figure.findobj(Text)
                if text.get_visible() and text.get_text().strip() and _on_axis(text, figure)]


def _on_axis(text, figure):
    """False for the labels of ticks outside the axis, which matplotlib keeps and never draws."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            for which in (axis.get_major_ticks(), axis.get_minor_ticks()):
                for tick in which:
                    if text in (tick.label1, tick.label2):
                        low, high = sorted(axis.get_view_interval())
                        return low - 1e-9 <= tick.get_loc() <= high + 1e-9
    return True


def assert_readable(figure):
    """No text leaves the figure, and no two texts lie on each other."""
    found = texts(figure)
    width, height = figure.bbox.width, figure.bbox.height
    for word, box in found:
        assert box.x0 >= -1, f"{word!r} sticks out on the left"
        assert box.x1 <= width + 1, f"{word!r} sticks out on the right"
        assert box.y0 >= -1, f"{word!r} sticks out below"
        assert box.y1 <= height + 1, f"{word!r} sticks out above"
    for (one, a), (other, b) in combinations(found, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        down = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= 1 or down <= 3, f"{one!r} lies on {other!r}"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("epochs", "best"), [(1, 1), (2, None), (7, 7), (62, 47), (1500, 3)])
def test_learning_curves_are_readable(width, epochs, best):
    assert_readable(learning_curves(history(epochs, 2.3, 0.02), best, width=width))


def test_learning_curves_show_the_history_and_the_best_epoch():
    told = history(30, 2.3, 0.1)
    figure = learning_curves(told, 21)
    loss = figure.axes[0]
    lines = {line.get_label(): line for line in loss.get_lines()}
    np.testing.assert_array_equal(lines["training"].get_ydata(), told["loss"])
    np.testing.assert_array_equal(lines["validation"].get_ydata(), told["val_loss"])
    assert list(lines["training"].get_xdata()) == list(range(1, 31))
    assert lines["_best"].get_xdata()[0] == 21
    assert lines["_best"].get_ydata()[0] == told["val_loss"][20]
    assert list(lines["best epoch 21"].get_xdata()) == [21, 21]
    assert [text.get_text() for text in figure.legends[0].texts] == [
        "training", "validation", "best epoch 21"]
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["loss", "accuracy"]


def test_a_loss_of_many_sizes_is_drawn_on_a_log_scale_and_says_so():
    figure = learning_curves({"loss": [100.0, 1.0, 0.1]})
    assert figure.axes[0].get_yscale() == "log"
    assert figure.axes[0].get_title(loc="left") == "loss, log scale"
    assert learning_curves({"loss": [2.0, 1.0]}).axes[0].get_yscale() == "linear"


def test_a_diverged_training_is_a_gap_in_the_curve():
    figure = learning_curves({"loss": [1.0, np.inf, np.nan], "val_loss": [np.nan] * 3}, 1)
    drawn = figure.axes[0].get_lines()[0].get_ydata()
    assert drawn[0] == 1.0
    assert np.isnan(drawn[1:]).all()
    assert_readable(figure)


def test_no_epoch_no_curves():
    with pytest.raises(DataError, match="at least one epoch"):
        learning_curves({"loss": []})


def test_curves_start_with_the_loss_and_leave_the_rate_out():
    names = curve_names({"auc": [1.0], "learning_rate": [0.1], "loss": [1.0], "val_loss": [1.0],
                         "b": [1.0], "c": [1.0], "d": [1.0]})
    assert names == ["loss", "auc", "b", "c", "d"]
    assert len(curve_names({f"metric {k}": [1.0] for k in range(20)})) == 12


def matrix(k, seed=0):
    random = np.random.default_rng(seed)
    counts = np.diag(random.integers(5, 3000, k))
    counts[random.integers(0, k, 2 * k), random.integers(0, k, 2 * k)] += 3
    return counts


@pytest.mark.parametrize(("k", "width", "letters"), [
    (2, 350, 9), (2, 460, 300), (3, 350, 300), (5, 460, 9), (10, 350, 1), (10, 460, 300),
    (24, 350, 300), (24, 900, 9), (40, 350, 9), (40, 900, 300), (75, 900, 9)])
def test_confusion_matrices_are_readable(k, width, letters):
    names = [(f"{i} " + "name of a class " * 20)[:letters] for i in range(k)]
    assert_readable(confusion_counts(matrix(k), names, width=width))


def test_confusion_matrix_writes_counts_and_shares():
    figure = confusion_counts(np.array([[30, 10], [0, 5]]), ["no", "yes"])
    written = [text.get_text().replace("\xa0", " ") for text in figure.axes[0].texts]
    assert written == ["30", "75 %", "10", "25 %", "5", "100 %"]
    wrong = figure.axes[0].texts[2]                       # true class 0, called 1: top right
    assert wrong.get_position()[0] == 1
    assert wrong.get_window_extent().y0 > figure.bbox.height / 2
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["no", "yes"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["no", "yes"]


def test_a_single_mistake_among_thousands_is_seen():
    figure = confusion_counts(np.array([[9999, 1], [0, 1000]]), ["no", "yes"])
    wrong = [patch for patch in figure.axes[0].patches if patch.get_x() > 0 and patch.get_y() < 0]
    assert len(wrong) == 1
    assert wrong[0].get_alpha() > 0.15


def test_of_many_classes_those_with_the_most_mistakes_are_drawn():
    counts = np.diag(np.full(100, 9))
    counts[70, 71] = counts[2, 99] = 4
    shown = drawn_classes(counts)
    assert len(shown) == 60
    assert {2, 70, 71, 99} <= set(shown.tolist())


def test_confusion_matrix_must_fit_its_names():
    with pytest.raises(ShapeError, match="2 classes must be square"):
        confusion_counts(np.zeros((3, 3)), ["a", "b"])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("n", [0, 1, 80, MOST_POINTS + 900])
def test_predicted_against_true_is_readable(width, n):
    random = np.random.default_rng(1)
    y = random.normal(-2e5, 9e4, n)
    assert_readable(predicted_against_true(y, y + random.normal(0, 3e4, n), "price in $ " * 30,
                                           width=width))


def test_predicted_against_true_shows_points_and_errors():
    y, said = np.array([1.0, 2.0, 4.0]), np.array([1.5, 2.0, 3.0])
    left, right = predicted_against_true(y, said, "price").axes
    np.testing.assert_array_equal(left.get_lines()[1].get_xydata(), np.c_[y, said])
    np.testing.assert_array_equal(right.get_lines()[1].get_xydata(), np.c_[said, y - said])
    assert left.get_xlim() == left.get_ylim()
    line = left.get_lines()[0].get_xydata()
    np.testing.assert_array_equal(line[:, 0], line[:, 1])


def test_many_points_become_a_density_that_counts_every_row():
    random = np.random.default_rng(2)
    y = random.normal(size=2000)
    left = predicted_against_true(y, y + 0.1).axes[0]
    assert len(left.get_lines()) == 1                                   # the diagonal alone
    assert 1 < len(left.collections[0].get_facecolor()) < 1000


def test_constant_predictions_are_drawn():
    left, _ = predicted_against_true(np.array([1.0, 3.0, 4.0]), np.full(3, 2.0)).axes
    assert len(left.get_lines()[1].get_xdata()) == 3


def test_predictions_must_fit_the_truth():
    with pytest.raises(ShapeError, match=r"of one shape.*but got \(3,\) and \(4,\)"):
        predicted_against_true(np.zeros(3), np.zeros(4))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("k", [1, 6, 55])
def test_label_bars_are_readable(width, k):
    random = np.random.default_rng(3)
    counts = random.integers(0, 400, (3, k))
    names = [f"{i}" + " a long label" * 9 for i in range(k)]
    assert_readable(label_bars(*counts, names, width=width))


def test_label_bars_have_the_lengths_of_the_counts():
    figure = label_bars(np.array([5, 1]), np.array([2, 0]), np.array([3, 4]), ["rain", "fog"])
    bars = figure.axes[0].patches
    assert [bar.get_width() for bar in bars] == [5, 1, 2, 0, 3, 4]
    assert [bar.get_x() for bar in bars] == [0, 0, 5, 1, -3, -4]


def test_label_bars_need_a_name_for_each_count():
    with pytest.raises(ShapeError, match="one number for 1 labels"):
        label_bars(np.zeros(2), np.zeros(2), np.zeros(2), ["rain"])


@pytest.mark.parametrize("width", WIDTHS)
def test_calibration_is_readable(width):
    bins = [Bin(0.41, 0.35, 0.2, 0.5, 40), Bin(0.75, 0.8, 0.7, 0.9, 40),
            Bin(0.97, 1.0, 0.9, 1.0, 80)]
    figure = calibration_bins(bins, width=width)
    assert_readable(figure)
    np.testing.assert_array_equal(figure.axes[0].get_lines()[1].get_xydata(),
                                  [[0.41, 0.35], [0.75, 0.8], [0.97, 1.0]])


def test_calibration_needs_bins():
    with pytest.raises(DataError, match="at least one bin"):
        calibration_bins([])


def svg(name="p", names=("no", "yes")):
    return to_svg(confusion_counts(np.array([[30, 10], [1, 5]]), names), name=name, alt='a "b" <c>')


def test_svg_text_is_text_in_the_colours_of_the_page():
    drawn = svg()
    assert ">30</text>" in drawn
    assert ">yes</text>" in drawn
    assert not set(re.findall(r"#[0-9a-f]{6}", drawn)) & set(ROLE)
    assert set(re.findall(r"var\(--(\w+)\)", drawn)) >= {"ink", "blue", "orange", "muted", "line"}
    assert "font-family" not in drawn
    assert "http" not in drawn
    assert "<style" not in drawn
    assert 'aria-label="a &quot;b&quot; &lt;c&gt;"' in drawn


def test_two_svgs_share_a_page():
    def ids(drawn):
        return set(re.findall(r' id="([^"]+)"', drawn))
    one, other = svg("one"), svg("other")
    assert ids(one)
    assert not ids(one) & ids(other)
    used = set(re.findall(r'(?:href="|url\()#([\w-]+)', one))
    assert used <= ids(one)


def test_the_same_figure_gives_the_same_svg():
    assert svg() == svg()


def test_names_from_data_stay_text():
    names = ["<script>alert(1)</script>", 'a"b $x^2$ #0072b2']
    drawn = svg(names=names)
    assert "<script" not in drawn
    assert "&lt;script&gt;alert(1…" in drawn or "&lt;script" in drawn
    assert "$x^2$" in drawn
    assert "#0072b2" in drawn                           # a text that looks like a colour


def test_letters_that_no_font_has_and_marks_that_no_line_has():
    drawn = svg(names=["猫\U0001f431\x00\x07\n", "ﷺ \u202e"])
    assert "猫" in drawn


def test_short_names():
    assert short("a\nb\tc") == "a b c"
    assert short("x" * 300) == "x" * 15 + "…"
    assert short("") == ""


def test_without_matplotlib_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match=r'pip install "pellucid\[plot\]"'):
        learning_curves({"loss": [1.0]})


def test_settings_of_the_user_stay_as_they_were():
    before = dict(matplotlib.rcParams)
    learning_curves({"loss": [1.0, 0.5]})
    assert dict(matplotlib.rcParams) == before
