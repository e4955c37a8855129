"""What people hand to pictures: what `fit` returns, one column of answers, and what must not pass.

Where a number is missing, a picture says so, or leaves a gap; it never draws it as nought.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pellucid import layers, models, optimizers
from pellucid.core.errors import ArgumentError, DataError, KindError, NotBuiltError, ShapeError
from pellucid.insight import Recorder, plots
from pellucid.insight.dynamics import descend, landscape, race
from pellucid.insight.plots.style import logarithmic
from pellucid.insight.signals.unit_trace import UnitRecord
from tests.insight.test_plots import assert_readable

figure_of = pytest.importorskip("matplotlib.figure")

X = np.random.default_rng(0).normal(size=(12, 2))
Y = X[:, :1] * X[:, 1:]


@pytest.fixture(scope="module")
def trained():
    model = models.Sequential([layers.Input((2,)), layers.Dense(4, "relu", name="hidden"),
                               layers.Dense(1, name="out")])
    model.compile("sgd", "mse")
    recorder = Recorder()
    history = model.fit(X, Y, epochs=3, verbose=0, validation_split=0.25, callbacks=[recorder])
    return model, history, recorder


def drawn(figure):
    return [list(line.get_ydata()) for axes in figure.axes for line in axes.get_lines()]


# curves ------------------------------------------------------------------------------------------

def test_curves_take_what_fit_returns_and_what_was_recorded(trained):
    _, history, recorder = trained
    for draw in (plots.learning_curves, lambda logs: plots.curves_compared({"a": logs}),
                 lambda logs: plots.curves_overlaid({"a": logs})):
        expected = drawn(draw(history.history))
        assert history.history["val_loss"] in expected
        assert drawn(draw(history)) == drawn(draw(recorder.record)) == expected


def test_curves_of_anything_else(trained):
    _, history, recorder = trained
    with pytest.raises(KindError, match=r"Give it recorder\.record"):
        plots.learning_curves(recorder)
    with pytest.raises(KindError, match=r"what fit returns.*but got \[1, 2\]"):
        plots.learning_curves([1, 2])
    for draw in (plots.curves_compared, plots.curves_overlaid):
        with pytest.raises(KindError, match=r'told apart by their names.*\{"a": history\}'):
            draw([history])


def test_a_best_epoch_is_one_of_the_run(trained):
    _, history, _ = trained
    for best in (0, 4):
        with pytest.raises(ArgumentError, match=f"one of 1 to 3, but got {best}"):
            plots.learning_curves(history, best)
        with pytest.raises(ArgumentError, match="one of 1 to 3"):
            plots.curves_overlaid({"a": history}, best={"a": best})


# numbers that are none ---------------------------------------------------------------------------

def test_units_whose_answers_are_no_numbers_are_not_drawn():
    model = models.Sequential([layers.Input((2,)), layers.Dense(2, "relu", name="hidden")])
    model.set_weights([np.full((2, 2), np.nan), np.zeros(2)])
    with pytest.raises(DataError, match="finite numbers, but got others in layer 'hidden'.*NaN"):
        plots.unit_regions(model, X, Y > 0)


def test_units_that_exploded_are_neither_dead_nor_alive(trained):
    record = trained[2].record
    outputs = record.outputs.copy()
    outputs["finite"][-1], outputs["dead"][-1], outputs["zero"][0] = 0.0, 0.0, 0.5
    figure = plots.idle_units(dataclasses.replace(record, outputs=outputs))
    share = figure.axes[0].get_lines()[0].get_ydata()
    np.testing.assert_array_equal(share[:-1], outputs["dead"][:-1, 0])
    assert np.isnan(share[-1])
    exploded = np.array([[1.0, 0.0], [np.nan, np.nan]])
    figure = plots.dead_units({"a": UnitRecord(exploded, exploded, exploded == 0)})
    np.testing.assert_array_equal(figure.axes[2].get_lines()[0].get_ydata(), [0.5, np.nan])


def test_predictions_are_one_column_of_numbers(trained):
    model, _, _ = trained
    said = model.predict(X, verbose=0)
    flat, column = (plots.predicted_against_true(*given) for given in (
        (Y[:, 0], said[:, 0]), (Y, said)))
    assert drawn(flat) == drawn(column)
    with pytest.raises(DataError, match=r"finite numbers, but got others in rows \[1\]"):
        plots.predicted_against_true([1.0, np.nan], [1.0, 2.0])
    with pytest.raises(ShapeError, match=r"of one shape.*but got \(3, 2\) and \(3, 2\)"):
        plots.predicted_against_true(np.ones((3, 2)), np.ones((3, 2)))


def test_errors_have_one_sign_in_all_pictures():
    true, said = np.array([1.0, 2.0, 4.0]), np.array([1.5, 2.0, 3.0])
    panels = (plots.predicted_against_true(true, said).axes[1], plots.residuals(true, said).axes[0])
    for axes in panels:
        assert axes.get_ylabel() == "residual, true − predicted"
        np.testing.assert_array_equal(axes.get_lines()[1].get_xydata(), np.c_[said, true - said])


# labels, weights, signals ------------------------------------------------------------------------

def test_what_a_confusion_matrix_refuses():
    y = np.array([0, 1, 2])
    with pytest.raises(ShapeError, match="display_labels must name all 3 classes, but got 1"):
        plots.confusion_matrix(y, y, display_labels=["a"])
    with pytest.raises(DataError, match=r"NaN and infinity are none.*rows \[1\]"):
        plots.confusion_matrix([0.0, np.nan], [0, 1])
    with pytest.raises(DataError, match="at least 0, but got -1"):
        plots.confusion_counts(np.array([[1, -1], [0, 2]]), ["a", "b"])


def test_what_has_no_weights_and_no_seconds():
    with pytest.raises(NotBuiltError, match="Conv2D conv was never built.*Call it"):
        plots.filters(layers.Conv2D(2, 3, name="conv"))
    for rate in (0, -1, np.nan):
        with pytest.raises(ArgumentError, match="must be above 0"):
            plots.signal_examples(np.zeros((1, 9)), ["a"], ["a"], rate=rate)


# words and ticks ---------------------------------------------------------------------------------

def bowl(x, y):
    return x * x + y * y


@pytest.mark.parametrize("width", [360, 800])
def test_optimizers_of_one_class_are_told_apart(width):
    runners = [optimizers.SGD(0.1), optimizers.SGD(0.2, momentum=0.9), "adam", "adam",
               optimizers.SGD(optimizers.schedules.CosineDecay(0.1, 9), nesterov=True)]
    paths = race(bowl, (1, 1), runners, steps=3)
    assert [path.name for path in paths] == [
        "SGD, rate 0.1, momentum 0", "SGD, rate 0.2, momentum 0.9", "Adam (1)", "Adam (2)",
        "SGD, rate CosineDecay, momentum 0, nesterov"]
    figure = plots.descent_paths(landscape(bowl, (-2, 2), (-2, 2)), paths, width=width)
    assert [text.get_text() for text in figure.legends[0].texts][:2] == [
        path.name for path in paths[:2]]
    assert_readable(figure)
    assert descend(bowl, (1, 1), optimizers.SGD(0.3), steps=1).name == "SGD"


@pytest.mark.parametrize(("low", "high"), [(0.2, 9), (1.5, 7), (0.03, 0.9), (1e-6, 1e3), (3, 300)])
def test_a_logarithmic_axis_has_at_least_two_ticks(low, high):
    axes = figure_of.Figure().subplots()
    axes.plot([low, high])
    logarithmic(axes)
    bottom, top = axes.get_ylim()
    ticks = [tick for tick in axes.get_yticks() if bottom <= tick <= top]
    assert 2 <= len(ticks) <= 7


def test_the_gradient_flow_of_a_healthy_run_has_its_ticks(trained):
    axes = plots.gradient_flow(trained[2].record).axes[0]
    bottom, top = axes.get_ylim()
    assert sum(bottom <= tick <= top for tick in axes.get_yticks()) >= 2
