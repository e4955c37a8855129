"""Pictures of what people really have: one epoch, many runs, long names, numbers far from 1."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from pellucid.core.errors import DataError, ShapeError
from pellucid.insight import plots
from pellucid.insight.dynamics import GradientNoise, Landscape, descend
from pellucid.insight.graph.numbers import array_lines
from pellucid.insight.plots.by_layer import Rates, draw_layers
from pellucid.insight.plots.decision_line import Plane
from pellucid.insight.plots.distributions import Spread, draw_spreads
from pellucid.insight.plots.style import STEPS, house_style, picture, shorts
from pellucid.layers import Dense, Input
from pellucid.models import Sequential
from tests.insight.test_plots import assert_readable

LONG = "a name that goes on and on, and further than any picture is wide on a phone or a wall"


def legend(figure):
    return [text.get_text() for text in figure.legends[0].texts]


def ticks(axis):
    """The numbers that stand at an axis."""
    low, high = sorted(axis.get_view_interval())
    found = sorted(zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True), key=lambda t: t[0])
    return [text.get_text() for place, text in found if low - 1e-9 <= place <= high + 1e-9]


def test_ticks_stand_at_round_numbers():
    runs = {"plain": {"loss": np.linspace(0.7, 0.02, 30), "accuracy": np.linspace(0.7, 0.98, 30)}}
    panels = [plots.learning_curves(runs["plain"]).axes[1], plots.curves_overlaid(runs).axes[1],
              plots.curves_compared(runs).axes[0],
              plots.predicted_against_true([40.0, 320.0], [35.0, 330.0]).axes[0]]
    for axes in panels:
        places = axes.get_yticks()
        step = np.diff(places).mean()
        assert len(places) > 2
        assert np.isclose(step / 10 ** np.floor(np.log10(step * 1.0001)), STEPS).any(), places
        assert isinstance(axes.yaxis.get_major_locator(), MaxNLocator)


@pytest.mark.parametrize("width", [390, 800])
def test_the_numbers_of_a_table_stay_whole_and_in_their_box(width):
    model = Sequential([Input((2,)), Dense(4, "tanh", name="four"), Dense(1)])
    model.set_weights([np.linspace(-0.3, 0.3, each.size).reshape(each.shape)
                       for each in model.get_weights()])
    model.compile("sgd", "mse")
    drawn = model.graph(np.array([[1.0, -2], [0.5, 0.1], [3, 3], [-1, 2]]), np.ones(4))
    figure = plots.computation_graph(drawn, width=width)
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [each.get_window_extent(renderer) for each in figure.axes[0].patches
             if isinstance(each, Rectangle) and each.get_facecolor()[3] > 0]
    told = [each for each in figure.axes[0].texts if "." in each.get_text()]
    assert len(told) >= 20
    with house_style():
        for each in told:
            words = each.get_window_extent(renderer)
            assert not each.get_text().endswith("…"), each.get_text()
            assert any(box.x0 <= words.x0 and words.x1 <= box.x1 and
                       box.y0 <= words.y0 and words.y1 <= box.y1 for box in boxes), each.get_text()


def test_a_table_without_room_says_less_of_each_number_and_then_only_their_sum():
    table = np.linspace(-0.04321, 0.08765, 16).reshape(4, 4)
    whole = array_lines(table)
    short = array_lines(table, 4, lambda line: len(line) < len(whole[0]))
    assert len(short) == len(whole) == 4
    assert all(len(a) < len(b) for a, b in zip(short, whole, strict=True))
    assert " ± " in array_lines(table, 4, lambda line: len(line) < 20)[0]
    far = np.array([[0.04, -0.0001], [0.02, 0.03]])      # 0.000 would be said of what is not 0
    assert array_lines(far, 4, lambda line: len(line) < 17)[0] == "0.04   −0.0001"


def test_one_epoch_is_a_dot_in_the_middle():
    figure = plots.curves_compared({"a": {"loss": [2.0], "val_loss": [2.5]}, "b": {"loss": [1.0]}})
    axes = figure.axes[0]
    train, validation, best = axes.get_lines()
    assert train.get_marker() == "o"
    assert (list(train.get_ydata()), list(validation.get_ydata())) == ([2.0], [2.5])
    assert list(best.get_xdata()) == [1]
    assert axes.get_xlim() == (0.5, 1.5)
    assert ticks(axes.xaxis) == ["1"]
    assert legend(figure) == ["training", "validation", "best of validation"]


def test_more_runs_than_colours_are_told_apart():
    runs = {f"run {k}": {"loss": [1.0, 0.1 * k], "val_loss": [1.0, 0.2 * k]} for k in range(9)}
    figure = plots.curves_overlaid(runs)
    lines = figure.axes[0].get_lines()
    looks = {(line.get_color(), str(line.get_linestyle())) for line in lines}
    assert len(lines) == len(looks) == 9
    assert [line.get_ydata()[1] for line in lines] == pytest.approx([0.2 * k for k in range(9)])
    assert legend(figure) == list(runs)
    assert legend(plots.curves_overlaid({"a": {"loss": [1.0, 0.5]}})) == ["a"]


def test_scores_below_zero_are_all_there():
    figure = plots.score_bars({"good": [0.5], "bad": [-3.0, 0.4]}, {"mean": [0.0]}, "R²")
    axes = figure.axes[0]
    low, high = axes.get_xlim()
    for line in axes.get_lines():
        assert ((low <= line.get_xdata()) & (line.get_xdata() <= high)).all()
    assert [text.get_text().strip() for text in axes.texts] == ["0.00", "0.50", "−1.30"]
    tiny = plots.score_bars({"a": [2e-8]}, {"b": [1e-6]}, "error").axes[0]
    assert [text.get_text().strip() for text in tiny.texts] == ["1e−06", "2e−08"]


@pytest.mark.parametrize("width", [390, 800, 1600])
def test_long_names_stay_in_their_place(width):
    random = np.random.default_rng(0)
    words = [f"kind {k % 7}" for k in range(40)]
    assert_readable(plots.trials(random.random(40), {LONG: random.random(40), "kind": words,
                                                     "rate": 10 ** random.uniform(-6, 0, 40)},
                                 name=LONG, width=width))
    plane = Plane("AND", np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 0, 0, 1]))
    assert_readable(plots.decision_line([plane] * 3, names=(LONG, LONG), width=width))


@pytest.mark.parametrize("seed", range(4))
def test_names_in_space_stay_in_the_picture(seed):
    random = np.random.default_rng(seed)
    corners, plane = random.normal(size=(6, 3)), random.normal(size=4)
    assert_readable(plots.decision_plane(corners, [0, 1] * 3, [plane], width=350))
    long = plots.decision_plane(corners, [0, 1] * 3, [plane], names=[LONG] * 3)
    assert long.axes[0].get_xlabel() == "a name that…"


def test_shortened_names_still_differ():
    names = [f"encoder_block_of_attention_{k}" for k in range(9)]
    told = shorts(names, 12)
    assert len(set(told)) == 9
    assert max(map(len, told)) <= 12
    assert shorts(["same", "same"]) == ["same", "same"]
    assert shorts(["a name like others", "b name like others"], 8) == ["a name…", "b name…"]
    values = {name: np.array([0.1, 0.2]) for name in names}
    figure = picture(draw_layers)(np.array([0.0, 1.0]), {"": values}, np.zeros(2, bool),
                                  Rates("norm"), 390)
    assert len(set(ticks(figure.axes[0].yaxis))) == 9
    counts = plots.confusion_counts(np.eye(9, dtype=int), names, width=390)
    assert len(set(ticks(counts.axes[0].yaxis))) == 9


def test_an_axis_of_whole_epochs_has_no_parts_of_one():
    values = {"a": np.array([0.1, 0.2])}
    for last, said in ((1.0, ["0", "1"]), (0.5, ["0", "0.1", "0.2", "0.3", "0.4", "0.5"])):
        figure = picture(draw_layers)(np.array([0.0, last]), {"": values}, np.zeros(2, bool),
                                      Rates("norm"), 800)
        assert ticks(figure.axes[0].xaxis) == said


def test_less_than_a_power_of_ten_has_readable_numbers():
    edges = np.log10(np.array([[0.03, 0.1, 0.4]] * 2))
    spread = Spread("w", edges, np.array([[1, 2]] * 2), np.zeros(2, bool))
    figure = picture(draw_spreads)(np.array([0.0, 1.0]), [spread], 800, powers=True)
    assert ticks(figure.axes[0].yaxis) == ["0.05", "0.1", "0.2"]


def test_ticks_of_large_numbers_do_not_touch():
    land = Landscape(np.linspace(-2e3, 2e3, 5), np.linspace(-1e3, 3e3, 5), np.eye(5))
    path = descend(lambda x, y: x * x + y * y, (0, 0), steps=1)
    assert_readable(figure := plots.descent_paths(land, [path], width=390))
    boxes = [each.get_window_extent() for each in figure.axes[0].get_xticklabels()]
    assert all(a.x1 + 4 < b.x0 for a, b in pairwise(boxes))


def test_counts_are_whole_and_maps_have_plain_numbers():
    nothing = np.zeros(2, int)
    bars = plots.label_bars(np.array([0, 3]), nothing, nothing, ["a", "b"]).axes[0]
    assert ticks(bars.xaxis) == ["0", "1", "2", "3"]
    vectors = np.random.default_rng(0).normal(size=(20, 3)) * 1e-5
    tiny = plots.embedding_map(vectors, ["a"] * 20).axes[0]
    assert not tiny.xaxis.get_offset_text().get_text()
    assert any(said.endswith("e−05") for said in ticks(tiny.xaxis))
    with pytest.raises(ShapeError, match="n and d ≥ 2"):
        plots.embedding_map(np.ones((1, 8)), ["a"])


def test_no_noise_is_said_and_not_drawn():
    with pytest.raises(DataError, match="no noise to draw"):
        plots.gradient_noise(GradientNoise(np.array([1]), np.array([0.0]), 0.0, 1.8, rows=1))
