"""The pictures that the applications draw: what they show, and nothing on top of another."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.core.errors import DataError, ShapeError
from pellucid.insight.plots.embedding_map import embedding_map, two_directions
from pellucid.insight.plots.error_by_logit import LEAST, error_by_logit
from pellucid.insight.plots.image_grid import image_grid
from pellucid.insight.plots.score_bars import score_bars
from pellucid.insight.plots.signal_examples import MOST_SIGNALS, signal_examples
from pellucid.insight.plots.style import BLUE, ORANGE, to_svg
from tests.insight.test_plots import assert_readable

pytest.importorskip("matplotlib")

WIDTHS = (360, 800, 1600)
LONG = "a name that is much longer than its place "


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("n", [1, 14])
def test_image_grid_is_readable(width, n):
    images = np.random.default_rng(0).random((n, 8, 12, 1))
    said = [f"{k} {LONG}" for k in range(n)]
    true = [said[k] if k % 3 else LONG for k in range(n)]
    assert_readable(image_grid(images, said, true, width=width))


def test_image_grid_shows_the_images_and_marks_what_is_wrong():
    images = np.arange(3 * 4).reshape(3, 2, 2)
    figure = image_grid(images, [1, 7, 3], [1, 2, 3])
    assert [axes.get_xlabel() for axes in figure.axes] == ["1", "7, not 2", "3"]
    assert [axes.xaxis.label.get_color() for axes in figure.axes] == [BLUE, ORANGE, BLUE]
    for axes, image in zip(figure.axes, images, strict=True):
        shown, = axes.get_images()
        np.testing.assert_array_equal(shown.get_array(), image)
        assert shown.get_clim() == (0, 11)                       # one scale of grey for all


@pytest.mark.parametrize("images, said", [
    (np.zeros((2, 3)), [1, 2]), (np.zeros((2, 3, 3)), [1]), (np.zeros((0, 3, 3)), [])])
def test_image_grid_needs_an_answer_for_each_image(images, said):
    with pytest.raises(ShapeError, match="n answers"):
        image_grid(images, said, said)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("n", [1, 5])
def test_signal_examples_are_readable(width, n):
    signals = 1e3 * np.random.default_rng(1).normal(size=(n, 300))
    assert_readable(signal_examples(signals, [LONG] * n, [f"{LONG}{k % 2}" for k in range(n)],
                                    rate=64, unit="millivolts", width=width))


def test_signal_examples_are_drawn_over_seconds():
    signals = np.random.default_rng(2).normal(size=(2, 100, 1))
    figure = signal_examples(signals, ["a", "b"], ["a", "a"], rate=50, unit="volts")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["a", "b, not a"]
    lines = [axes.get_lines()[0] for axes in figure.axes]
    assert [line.get_color() for line in lines] == [BLUE, ORANGE]
    for line, signal in zip(lines, signals[..., 0], strict=True):
        np.testing.assert_array_equal(line.get_ydata(), signal)
        np.testing.assert_allclose(line.get_xdata(), np.arange(100) / 50)
    assert figure.axes[-1].get_xlabel() == "seconds"
    assert figure._supylabel.get_text() == "volts"
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim()


def test_signal_examples_are_not_endless_and_need_answers():
    assert len(signal_examples(np.zeros((40, 9)), [0] * 40, [0] * 40, rate=1).axes) == MOST_SIGNALS
    with pytest.raises(ShapeError, match="n answers"):
        signal_examples(np.zeros((2, 9)), [0], [0], rate=1)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scale", [1.0, 4e4])
def test_score_bars_are_readable(width, scale):
    scores = {f"{k} {LONG}": [scale * k / 7, scale * (k + 0.5) / 7] for k in range(1, 7)}
    assert_readable(score_bars(scores, {LONG: [scale / 9]}, "share of what is right", width=width))


def test_score_bars_have_the_lengths_of_the_means():
    figure = score_bars({"GRU": [0.9, 0.8], "LSTM": [0.7]}, {"majority": [0.5]}, "test accuracy")
    axes, = figure.axes
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([0.5, 0.85, 0.7])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["majority", "GRU", "LSTM"]
    assert [text.get_text().strip() for text in axes.texts] == ["0.500", "0.850", "0.700"]
    assert axes.get_xlabel() == "test accuracy"
    runs, = axes.get_lines()                                     # dots, where there are several
    assert list(runs.get_xdata()) == [0.9, 0.8]
    assert axes.patches[1].get_facecolor() != axes.patches[0].get_facecolor()


@pytest.mark.parametrize("models, told", [
    ({}, "one model"), ({"a": []}, "finite scores"), ({"a": [np.nan]}, "finite scores")])
def test_score_bars_need_scores(models, told):
    with pytest.raises(DataError, match=told):
        score_bars(models, {"mean": [1.0]}, "error")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("groups", [1, 4, 9])
def test_embedding_map_is_readable(width, groups):
    vectors = np.random.default_rng(3).normal(size=(60, 5))
    assert_readable(embedding_map(vectors, [f"{k % groups} {LONG}" for k in range(60)],
                                  width=width))


def test_embedding_map_shows_the_directions_of_most_spread():
    random = np.random.default_rng(4)
    vectors = random.normal(size=(50, 4)) * [0.1, 5.0, 0.1, 2.0] + 7
    where, share = two_directions(vectors)
    centred = vectors - vectors.mean(axis=0)
    assert np.allclose(where, centred[:, [1, 3]], atol=0.6)
    spread = np.sort(np.linalg.eigvalsh(centred.T @ centred))[::-1]
    assert share == pytest.approx(spread[:2] / spread.sum())
    axes, = embedding_map(vectors, ["odd", "even"] * 25).axes
    named = {line.get_label(): line for line in axes.get_lines()}
    np.testing.assert_array_equal(named["odd"].get_xydata(), where[::2])
    np.testing.assert_array_equal(named["even"].get_xydata(), where[1::2])
    assert named["odd"].get_marker() != named["even"].get_marker()
    assert f"{100 * share[0]:.0f}" in axes.get_xlabel()


def test_of_many_groups_the_last_are_others():
    figure = embedding_map(np.random.default_rng(5).normal(size=(40, 3)), list(range(8)) * 5)
    names = [text.get_text() for text in figure.legends[0].texts]
    assert names == ["0", "1", "2", "3", "4", "others"]
    last = figure.axes[0].get_lines()[5]
    assert len(last.get_xdata()) == 15


def test_embedding_map_needs_a_group_for_each_vector():
    for vectors, groups in ((np.zeros((3, 2)), "ab"), (np.zeros((3, 1)), "abc")):
        with pytest.raises(ShapeError, match="n groups"):
            embedding_map(vectors, list(groups))


@pytest.mark.parametrize("width", WIDTHS)
def test_error_by_logit_is_readable(width):
    logits = np.linspace(0, 40, 81)
    curves = {f"{k} {LONG}": 10.0 ** (logits / (4 + k) - 9) for k in range(3)}
    assert_readable(error_by_logit(logits, {LONG: curves, "softmax": curves}, width=width))


def test_error_by_logit_shows_each_error_on_a_scale_of_powers():
    logits = np.arange(4.0)
    figure = error_by_logit(logits, {"BCE": {"direct": np.array([0, 1e-7, 1e-6, np.inf])}})
    line, = figure.axes[0].get_lines()
    np.testing.assert_array_equal(line.get_ydata(), [LEAST, 1e-7, 1e-6, np.nan])
    assert figure.axes[0].get_yscale() == "log"
    assert figure.axes[0].get_ylabel() == "error of the loss"
    with pytest.raises(ShapeError, match="shape of the logits"):
        error_by_logit(logits, {"BCE": {"direct": np.zeros(3)}})


def test_they_follow_a_dark_page():
    """No colour is left that a page could not change, but for the greys of an image."""
    for figure in (score_bars({"a": [1.0, 2.0]}, {"b": [1.0]}, "error"),
                   embedding_map(np.eye(4), list("abcd")),
                   signal_examples(np.eye(3), [1, 2, 3], [1, 1, 3], rate=2.0),
                   error_by_logit(np.arange(3.0), {"BCE": {"way": np.arange(3.0)}})):
        drawn = to_svg(figure, name="p", alt="a picture")
        assert "#" not in drawn.replace('"#p-', "").replace("(#p-", "")
