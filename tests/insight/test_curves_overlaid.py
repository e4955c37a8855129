"""The picture of several runs' curves over each other."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.core.errors import DataError
from pellucid.insight.plots.curves_overlaid import curves_overlaid
from pellucid.insight.plots.style import BLUE, ORANGE
from tests.insight.sample_runs import history
from tests.insight.test_plots import assert_readable

pytest.importorskip("matplotlib")


@pytest.mark.parametrize("width", [350, 800, 1600])
@pytest.mark.parametrize("names", [("a", "b"), ("a run with a very long name of its own" * 3, "b")])
def test_overlaid_curves_are_readable(width, names):
    runs = dict(zip(names, (history(40, 2.3, 0.02), history(1, 2.0, 0.5)), strict=True))
    assert_readable(curves_overlaid(runs, best={names[0]: 31}, width=width))


def test_each_run_has_its_colour_and_validation_is_strong():
    a, b = history(30, 2.3, 0.9), history(20, 2.0, 0.9)
    del b["val_loss"]
    figure = curves_overlaid({"a": a, "b": b}, best={"a": 12, "b": None})
    loss, accuracy = figure.axes
    thin, strong, dot, alone = loss.get_lines()
    np.testing.assert_array_equal(thin.get_ydata(), a["loss"])
    np.testing.assert_array_equal(strong.get_ydata(), a["val_loss"])
    np.testing.assert_array_equal(alone.get_ydata(), b["loss"])
    assert [line.get_color() for line in (thin, strong, dot, alone)] == [BLUE] * 3 + [ORANGE]
    assert thin.get_linewidth() < strong.get_linewidth() == alone.get_linewidth()
    assert dot.get_xydata().tolist() == [[12, a["val_loss"][11]]]
    assert loss.get_xlim() == accuracy.get_xlim() == (1, 30)
    assert [text.get_text() for text in figure.legends[0].texts] == ["a", "b", "the training rows"]
    assert loss.get_xlabel() == "epoch"


def test_a_quantity_of_one_run_alone_and_gaps():
    figure = curves_overlaid({"a": {"loss": [100.0, np.nan, 0.1]}, "b": {"mae": [1.0, 2.0]}})
    loss, mae = figure.axes
    assert (loss.get_title(loc="left"), mae.get_title(loc="left")) == ("loss, log scale", "mae")
    assert len(loss.get_lines()) == len(mae.get_lines()) == 1
    assert mae.get_lines()[0].get_color() == ORANGE


def test_no_epoch_no_curves():
    with pytest.raises(DataError, match="at least one epoch"):
        curves_overlaid({"a": {}, "b": {"loss": []}})
