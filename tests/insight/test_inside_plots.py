"""The pictures of what happens inside networks: the right curves, and nothing on top of another."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.core.errors import ArgumentError, DataError
from pellucid.insight.plots.curves_compared import curves_compared
from pellucid.insight.plots.dead_units import dead_units
from pellucid.insight.plots.gradient_by_depth import gradient_by_depth
from pellucid.insight.plots.signal_propagation import signal_propagation
from pellucid.insight.plots.style import ORANGE, SERIES, stroke, to_svg
from pellucid.insight.plots.with_and_without import with_and_without
from pellucid.insight.signals import Propagation, UnitRecord
from tests.insight.sample_runs import history
from tests.insight.test_plots import assert_readable

pytest.importorskip("matplotlib")

WIDTHS = (360, 800, pytest.param(1600, marks=pytest.mark.deep))
DEEP = pytest.mark.deep
LONG = "a name that is much longer than its place "


def lines(axes):
    """The curves of a panel by name; those without one are left out."""
    return {line.get_label(): line for line in axes.get_lines()
            if not str(line.get_label()).startswith("_")}


def propagations(starts, depth=50):
    layers = np.arange(depth)
    return {name: Propagation(0.6 ** (k * layers), 1.5 ** (k * layers[::-1]))
            for k, name in enumerate(starts)}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("starts", "activations", "depth"), [
    (6, 2, 50), pytest.param(1, 1, 1, marks=DEEP), pytest.param(8, 5, 7, marks=DEEP)])
def test_signal_propagation_is_readable(width, starts, activations, depth):
    told = propagations([f"{k} {LONG}" for k in range(starts)], depth)
    assert_readable(signal_propagation({f"{k} {LONG}": told for k in range(activations)},
                                       width=width))


def test_signal_propagation_shows_outputs_and_gradients():
    told = {"relu": propagations(["he", "small"]), "tanh": propagations(["small"])}
    figure = signal_propagation(told)
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "outputs →", "← gradients", "", ""]
    assert [axes.get_ylabel() for axes in figure.axes] == ["relu: spread", "", "tanh: spread", ""]
    for axes, (activation, what) in zip(figure.axes, (
            (a, w) for a in told for w in ("outputs", "gradients")), strict=True):
        assert set(lines(axes)) == set(told[activation])
        for name, line in lines(axes).items():
            np.testing.assert_array_equal(line.get_xdata(), np.arange(1, 51))
            np.testing.assert_array_equal(line.get_ydata(), getattr(told[activation][name], what))
        assert axes.get_yscale() == "log"
    assert [text.get_text() for text in figure.legends[0].texts] == ["he", "small"]
    colours = {lines(axes)["small"].get_color() for axes in figure.axes if "small" in lines(axes)}
    assert len(colours) <= 2                             # the same start, the same colour
    assert lines(figure.axes[0])["small"].get_color() == lines(figure.axes[2])["small"].get_color()


def test_a_spread_of_zero_is_a_gap():
    figure = signal_propagation({"relu": {"zeros": Propagation(np.zeros(3), np.zeros(3))}})
    assert np.isnan(lines(figure.axes[0])["zeros"].get_ydata()).all()
    with pytest.raises(DataError, match="at least one activation"):
        signal_propagation({"relu": {}})


def record(moments, units, seed=0):
    random = np.random.default_rng(seed)
    output = np.maximum(random.normal(size=(moments, units)), 0)
    return UnitRecord(output, random.uniform(size=(moments, units)), output == 0)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("curves", "moments"), [
    (7, 1001), pytest.param(1, 1, marks=DEEP), pytest.param(4, 61, marks=DEEP)])
def test_dead_units_is_readable(width, curves, moments):
    assert_readable(dead_units({f"{k} {LONG}": record(moments, 6, k) for k in range(curves)},
                               width=width))


def test_dead_units_shows_output_gradient_and_share():
    told = {"relu": record(5, 8), "elu": record(5, 8, 1)}
    output, gradient, share = dead_units(told).axes
    for k, each in enumerate(told.values()):
        np.testing.assert_allclose(output.get_lines()[k].get_ydata(), each.output.mean(axis=1))
        np.testing.assert_allclose(gradient.get_lines()[k].get_ydata(),
                                   each.gradient.mean(axis=1))
        np.testing.assert_allclose(share.get_lines()[k].get_ydata(), each.dead.mean(axis=1))
        band = output.collections[k].get_paths()[0].vertices[:, 1]
        assert band.max() == pytest.approx(each.output.max())
    assert [text.get_text() for text in share.figure.legends[0].texts] == ["relu", "elu"]
    with pytest.raises(DataError, match="at least one layer"):
        dead_units({})


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("nets", [8, pytest.param(1, marks=DEEP)])
def test_gradient_by_depth_is_readable(width, nets):
    assert_readable(gradient_by_depth({f"{k} {LONG}": 0.2 ** np.arange(12.0) * k
                                       for k in range(nets)}, width=width))


def test_gradient_by_depth_shows_the_norms():
    figure = gradient_by_depth({"deep": [1e-8, 1e-4, 1.0], "flat": [0.5, np.inf], "none": [0.0]})
    axes = figure.axes[0]
    assert axes.get_yscale() == "log"
    np.testing.assert_array_equal(lines(axes)["deep"].get_xydata(),
                                  [[1, 1e-8], [2, 1e-4], [3, 1.0]])
    assert np.isnan(lines(axes)["flat"].get_ydata()[1])
    assert np.isnan(lines(axes)["none"].get_ydata()[0])
    assert axes.get_xlabel() == "layer, from the input"
    with pytest.raises(DataError, match="at least one network"):
        gradient_by_depth({"empty": []})


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("runs", "epochs", "notes"), [
    (4, 60, True), pytest.param(1, 1, False, marks=DEEP), pytest.param(7, 3, True, marks=DEEP)])
def test_curves_compared_is_readable(width, runs, epochs, notes):
    told = {f"{k} {LONG}": history(epochs, 2.3, 0.1) for k in range(runs)}
    assert_readable(curves_compared(told, notes=dict.fromkeys(told, LONG) if notes else None,
                                    width=width))


def test_curves_compared_on_one_scale():
    told = {"plain": {"loss": [1.0, 0.5, 0.2], "val_loss": [1.1, 0.7, 0.9]},
            "short": {"loss": [1.0, np.inf]}, "other": {"accuracy": [0.1]}}
    figure = curves_compared(told, notes={"plain": "grows again"})
    plain, short = figure.axes
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["plain", "short"]
    np.testing.assert_array_equal(lines(plain)["training"].get_ydata(), told["plain"]["loss"])
    np.testing.assert_array_equal(lines(plain)["validation"].get_ydata(),
                                  told["plain"]["val_loss"])
    assert plain.get_lines()[2].get_xydata().tolist() == [[2, 0.7]]
    assert plain.get_ylim() == short.get_ylim()
    assert plain.get_xlim() == short.get_xlim() == (1, 3)
    assert [text.get_text() for text in plain.texts] == ["grows again"]
    assert plain.get_ylabel() == "loss"
    accuracy = {"plain": {"accuracy": [0.5, 0.9], "val_accuracy": [0.8, 0.6]}}
    best = curves_compared(accuracy, "accuracy", mode="max").axes[0].get_lines()[2]
    assert best.get_xydata().tolist() == [[1, 0.8]]


def test_a_run_that_diverges_does_not_flatten_the_others():
    figure = curves_compared({"a": {"loss": [1.0, 0.5]}, "b": {"loss": [1.0, 1e9]}})
    assert figure.axes[0].get_ylim()[1] < 2.2
    with pytest.raises(DataError, match="no run has a curve of 'loss'. There are accuracy"):
        curves_compared({"a": {"accuracy": [1.0]}})
    with pytest.raises(ArgumentError, match="mode must be"):
        curves_compared({"a": {"loss": [1.0]}}, mode="best")
    with pytest.raises(DataError, match="Train before plotting"):
        curves_compared({})


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("remedies", [9, pytest.param(0, marks=DEEP)])
def test_with_and_without_is_readable(width, remedies):
    told = {f"{k} {LONG}": [0.91 + k / 100, np.nan, 0.95] for k in range(remedies)}
    assert_readable(with_and_without({"plain": [0.9, 0.8]}, told, width=width))


def test_with_and_without_shows_seeds_mean_and_range():
    axes = with_and_without({"plain": [0.8, 0.9]}, {"cure": [0.9, np.nan, 0.96]}, "score").axes[0]
    dots = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert [line.get_xdata().tolist() for line in dots] == [[0.8, 0.9], [0.9, 0.96]]
    assert [line.get_ydata().tolist() for line in dots] == [[0, 0], [1, 1]]
    assert [(bar.get_x(), round(bar.get_width(), 9)) for bar in axes.patches] == [
        (0.8, 0.1), (0.9, 0.06)]
    dashed = next(line for line in axes.get_lines() if line.get_marker() != "o")
    assert dashed.get_color() == ORANGE
    assert dashed.get_xdata() == pytest.approx([0.85, 0.85])
    assert [text.get_text() for text in axes.texts] == ["0.850", "0.930 (1 diverged)"]
    assert axes.get_xlabel() == "score"
    for wrong in ({}, {"a": [1.0], "b": [1.0]}, {"cure": [1.0]}, {"a": []}):
        with pytest.raises(DataError, match="one row without a remedy"):
            with_and_without(wrong, {"cure": [1.0]})


def test_curves_differ_by_colour_then_by_dashes():
    drawn = [tuple(map(str, stroke(k).values())) for k in range(3 * len(SERIES))]
    assert len(set(drawn)) == 3 * len(SERIES)


def test_series_have_a_colour_on_dark_pages_too():
    drawn = to_svg(gradient_by_depth({str(k): [1.0, 2.0] for k in range(6)}), name="g", alt="")
    assert {"--blue", "--orange", "--green", "--purple", "--ink", "--amber"} <= {
        word.rstrip(")") for word in drawn.replace("var(", " ").replace(";", " ").split()
        for word in [word.split(")")[0]]}


def test_a_measure_that_should_be_large_is_shown_to_its_top():
    figure = curves_compared({"a": {"accuracy": [0.1, 1.0]}}, "accuracy", mode="max")
    assert figure.axes[0].get_ylim()[1] > 1
