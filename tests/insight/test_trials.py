"""The picture of a search: all trials, the best so far, and each parameter beside the score."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.core.errors import DataError, ShapeError
from pellucid.insight.plots.trials import trials
from tests.insight.test_plots import assert_readable

RANDOM = np.random.default_rng(0)
SCORES = np.append(RANDOM.uniform(0.8, 0.95, 20), [0.2, np.nan])
PARAMETERS = {
    "rate": (10 ** RANDOM.uniform(-5, -1, 22)).tolist(), "units": RANDOM.integers(8, 200, 22),
    "layers": [1, 2, 3, 2] * 5 + [1, 3], "solver of the name": ["adam", "sgd"] * 11,
    "dropout": RANDOM.uniform(0, 0.5, 22), "momentum": [None, 0.9] * 11}


def lines(axes):
    return {line.get_label(): line for line in axes.get_lines()}


def test_trials_and_the_best_so_far():
    found = lines(trials(SCORES, {}).axes[0])
    best = int(np.nanargmax(SCORES))
    np.testing.assert_array_equal(found["a trial"].get_ydata()[:20], SCORES[:20])
    np.testing.assert_array_equal(found["best so far"].get_ydata()[:20],
                                  np.maximum.accumulate(SCORES[:20]))
    assert found["best so far"].get_ydata()[-1] == SCORES[best]
    assert found[f"best: trial {best + 1}"].get_xydata().tolist() == [[best + 1, SCORES[best]]]
    assert found["far behind"].get_xdata().tolist() == [21]        # 0.2 lies far below the others


def test_losses_fall():
    axes = trials([3.0, 1.0, 2.0, 1.5, 90.0], {"rate": [1, 2, 3, 4, 5]}, name="loss",
                  lowest_is_best=True).axes
    assert lines(axes[0])["best so far"].get_ydata().tolist() == [3, 1, 1, 1, 1]
    assert lines(axes[0])["best: trial 2"].get_ydata().tolist() == [1.0]
    low, high = axes[0].get_ylim()
    assert low < 1
    assert 3 < high < 90
    assert lines(axes[0])["far behind"].get_ydata().tolist() == [high]
    assert axes[0].get_ylabel() == axes[1].get_ylabel() == "loss"


def test_each_parameter_stands_beside_the_score():
    panels = {axes.get_title(loc="left"): axes for axes in trials(SCORES, PARAMETERS).axes}
    rate = panels["rate"]
    assert rate.get_xscale() == "log"
    np.testing.assert_array_equal(lines(rate)["a trial"].get_xdata(), PARAMETERS["rate"])
    assert panels["units"].get_xscale() == panels["dropout"].get_xscale() == "linear"
    words = [text.get_text() for text in panels["layers"].get_xticklabels()]
    assert words == ["1", "2", "3"]
    assert [text.get_text() for text in panels["momentum"].get_xticklabels()] == ["0.9", "None"]
    best = int(np.nanargmax(SCORES))
    assert lines(rate)["_best"].get_xydata().tolist() == [[PARAMETERS["rate"][best], SCORES[best]]]


@pytest.mark.parametrize("width", [360, 800, 1600])
def test_it_is_readable(width):
    assert_readable(trials(SCORES, PARAMETERS, name="accuracy", width=width))


def test_few_and_equal_trials():
    assert_readable(trials([0.5], {"rate": [0.1]}))
    figure = trials([0.5, 0.5, 0.5], {"rate": [0.1, 0.2, 0.3]})
    low, high = figure.axes[0].get_ylim()
    assert low < 0.5 < high


def test_what_cannot_be_drawn():
    with pytest.raises(DataError, match="at least one trial with a score"):
        trials([np.nan], {})
    with pytest.raises(ShapeError, match="rate needs a value for each of 2 trials, but got 1"):
        trials([1.0, 2.0], {"rate": [1]})
