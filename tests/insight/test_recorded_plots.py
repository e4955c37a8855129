"""The pictures of a recorded run: the right numbers, and nothing on top of another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from pellucid import Input, Sequential, layers, optimizers, set_random_seed
from pellucid.core.errors import ArgumentError, DataError, KindError
from pellucid.insight import Recorder
from pellucid.insight.plots.activation_histograms import activation_histograms
from pellucid.insight.plots.boundary_moving import BoundaryMoving
from pellucid.insight.plots.distributions import Spread
from pellucid.insight.plots.gradient_flow import gradient_flow
from pellucid.insight.plots.histograms_moving import HistogramsMoving
from pellucid.insight.plots.idle_units import idle_units
from pellucid.insight.plots.learning_curves import learning_curves
from pellucid.insight.plots.style import to_svg
from pellucid.insight.plots.update_ratios import update_ratios
from pellucid.insight.plots.weight_histograms import weight_histograms
from tests.insight.test_plots import assert_readable

pytest.importorskip("matplotlib")

RUNS = [pytest.param(which, width, marks=() if (which, width) in (
    ("few", 800), ("many", 360)) else pytest.mark.deep)
    for which in ("few", "many", "diverged") for width in (360, 800, 1600)]
CROSSES = "not a finite number"
X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
Y = X[:, :1] * X[:, 1:2]


def run(*hidden, optimizer="adam", epochs=6):
    set_random_seed(0)
    model = Sequential([Input((4,)), *hidden, layers.Dense(1, name="out")])
    model.compile(optimizer, "mse")
    recorder = Recorder()
    model.fit(X, Y, epochs=epochs, batch_size=16, verbose=0, callbacks=[recorder])
    return recorder.record


@pytest.fixture(scope="module")
def few():
    return run(layers.Dense(8, "relu", name="first"), layers.Dense(8, "tanh", name="second"))


@pytest.fixture(scope="module")
def many():
    names = [f"{k} a name that is much longer than its place" for k in range(12)]
    return run(*(layers.Dense(4, "tanh" if k % 2 else "relu", name=name)
                 for k, name in enumerate(names)), epochs=3)


@pytest.fixture(scope="module")
def diverged():
    return run(layers.Dense(8, "relu", name="first"), optimizer=optimizers.SGD(1e9))


@pytest.fixture(scope="module")
def short():
    return run(layers.Dense(4, "relu", name="first"), epochs=1)


def lines(axes):
    return {line.get_label(): line for line in axes.get_lines()
            if not str(line.get_label()).startswith("_")}


def gradients(record, *, width=900):
    return weight_histograms(record, gradients=True, width=width)


def film(record, *, width=560):
    return HistogramsMoving(record, width=width).show(1)


PICTURES = (gradient_flow, update_ratios, idle_units, activation_histograms, weight_histograms,
            gradients, film)


@pytest.mark.parametrize(("which", "width"), RUNS)
@pytest.mark.parametrize("picture", PICTURES)
def test_pictures_of_a_run_are_readable(picture, which, width, request):
    assert_readable(picture(request.getfixturevalue(which), width=width))


def test_gradient_flow_shows_the_norms(few):
    axes, = gradient_flow(few).axes
    assert list(lines(axes)) == ["first", "second", "out"]
    for name, line in lines(axes).items():
        np.testing.assert_array_equal(line.get_xdata(), few.epochs)
        np.testing.assert_array_equal(line.get_ydata(), few.layer(name).gradient_norm)
    assert (axes.get_yscale(), axes.get_xlabel(), axes.get_ylabel()) == (
        "log", "epoch", "norm of the gradient")
    assert axes.get_xlim() == (0, 6)


def test_update_ratios_show_a_step_and_its_guide(few):
    axes, = update_ratios(few).axes
    drawn = lines(axes)
    assert set(drawn["a thousandth"].get_ydata()) == {1e-3}
    np.testing.assert_array_equal(drawn["second"].get_ydata(), few.layer("second").update)
    low, high = axes.get_ylim()
    assert low < 1e-3 < high
    assert [text.get_text() for text in axes.figure.legends[0].texts][-1] == "a thousandth"


def shades(axes):
    """The opacity of each row, the upper one first, and whether it is blue."""
    image = np.asarray(axes.images[0].get_array())[::-1]
    return image[..., 3], image[..., 2] > image[..., 0]


def test_of_many_layers_each_is_a_row_of_shades(many):
    figure = gradient_flow(many)
    axes = figure.axes[0]
    depth, _ = shades(axes)
    assert len(depth) == 13
    norms = np.array([many.layer(name).gradient_norm for name in many.layers])
    first = depth[:, 0]
    assert (np.argsort(first) == np.argsort(norms[:, 0])).all()
    named = [label.get_text() for label in axes.get_yticklabels()]
    assert named[0].startswith("0 a name")
    assert named[-1] == "out"
    assert axes.get_title(loc="left") == "norm of the gradient"
    powers = [label.get_text() for label in axes.child_axes[0].get_yticklabels()]
    assert float(powers[-1].strip("≥\u2009").replace("−", "-")) >= norms.max() / 10


def test_ratios_of_many_layers_are_orange_above_and_blue_below(many):
    axes = update_ratios(many).axes[0]
    depth, blue = shades(axes)
    ratios = np.array([many.layer(name).update[0] for name in many.layers])
    seen = depth[:, 0] > 0.02
    np.testing.assert_array_equal(blue[seen, 0], ratios[seen] < 1e-3)
    assert axes.get_title(loc="left").endswith("blank: a thousandth")


def test_idle_units_show_the_shares(few, diverged):
    dead, flat = idle_units(few).axes
    assert [each.get_title(loc="left") for each in (dead, flat)] == [
        "dead units", "saturated outputs"]
    np.testing.assert_array_equal(lines(dead)["first"].get_ydata(), few.layer("first").dead)
    np.testing.assert_array_equal(lines(flat)["second"].get_ydata(),
                                  few.layer("second").saturated)
    assert lines(dead)["first"].get_color() != lines(flat)["second"].get_color()
    assert [label.get_text() for label in dead.get_yticklabels()][-1] == "100\u00a0%"
    alone, = idle_units(diverged).axes
    first = diverged.layer("first")
    np.testing.assert_array_equal(lines(alone)["first"].get_ydata(),
                                  np.where(first.finite < 1, np.nan, first.dead))
    with pytest.raises(DataError, match="can be dead or saturated"):
        idle_units(run(epochs=1))


@pytest.mark.parametrize("picture", PICTURES[:6])
def test_what_is_not_finite_is_marked(picture, diverged, few):
    marked = [axes for axes in picture(diverged).axes if CROSSES in lines(axes)]
    assert marked
    for axes in marked:
        crosses = lines(axes)[CROSSES].get_xdata()
        assert len(crosses) >= 3
        assert crosses[-1] == 6
        assert 0 not in crosses
    assert not any(CROSSES in lines(axes) for axes in picture(few).axes)


def test_activation_histograms_show_shares_and_quantiles(few):
    figure = activation_histograms(few)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["first", "second", "out"]
    for axes in figure.axes:
        layer = few.layer(axes.get_title(loc="left"))
        low, high = axes.get_ylim()
        assert low == pytest.approx(layer.low.min(), abs=0.2 * (high - low))
        assert high == pytest.approx(layer.high.max(), abs=0.2 * (high - low))
        median = lines(axes)["median"].get_ydata()
        assert ((median >= layer.low) & (median <= layer.high)).all()
    relu = shades(figure.axes[0])[0]
    assert relu[-1].min() == pytest.approx(0.9)             # most outputs of a ReLU are 0
    assert [text.get_text() for text in figure.legends[0].texts] == ["median", "5 % and 95 %"]
    assert len(activation_histograms(few, ["out"]).axes) == 1


def test_a_spread_counts_everything_and_finds_its_quantiles():
    numbers = np.random.default_rng(0).normal(size=(2, 5000))
    counts, edges = zip(*(np.histogram(row, 48) for row in numbers), strict=True)
    spread = Spread("w", np.array(edges), np.array(counts), np.zeros(2, bool))
    for share in (0.05, 0.5, 0.95):
        np.testing.assert_allclose(spread.quantile(share), np.quantile(numbers, share, axis=1),
                                   atol=0.05)
    narrow = np.linspace(-1, 1, 21)
    density = spread.density(narrow)
    np.testing.assert_allclose(density.sum(axis=1), 1)
    np.testing.assert_allclose(density[0, 0], (numbers[0] < -0.9).mean(), atol=0.02)
    np.testing.assert_allclose(density[0, 10], ((numbers[0] > 0) & (numbers[0] < 0.1)).mean(),
                               atol=0.02)
    same = Spread("w", np.full((1, 49), 0.35), np.eye(48, dtype=int)[:1], np.zeros(1, bool))
    assert same.density(narrow)[0].argmax() == 13
    assert same.quantile(0.5)[0] == 0.35
    none = Spread("w", np.full((1, 49), np.nan), np.zeros((1, 48), int), np.ones(1, bool))
    assert not none.density(narrow).any()
    assert np.isnan(none.quantile(0.5)[0])


def test_weight_histograms_show_weights_or_gradients(few):
    figure = weight_histograms(few)
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "first/kernel", "second/kernel", "out/kernel"]
    kernel = few.at(6).values[few.weight_names.index("first/kernel")]
    assert lines(figure.axes[0])["median"].get_ydata()[-1] == pytest.approx(
        np.median(kernel), abs=0.1)
    axes, = weight_histograms(few, "first/kernel", gradients=True).axes
    median = 10 ** lines(axes)["median"].get_ydata()
    norm = few.weight("first/kernel").gradient_norm / np.sqrt(32)
    assert ((median < 2 * norm) & (median > norm / 30)).all()
    with pytest.raises(ArgumentError, match="first/kernel"):
        weight_histograms(few, ["first/kernle"])
    with pytest.raises(ArgumentError, match="at least one weight"):
        weight_histograms(few, [])


def test_histograms_move(few, tmp_path):
    animation = HistogramsMoving(few, weights=["first/kernel"])
    bars, said, shares = animation._drawn[0]
    assert animation.steps == 6
    for step in (0, 3, 99):
        axes = animation.show(step).axes[0]
        at = min(step, 6)
        assert axes.get_title(loc="right") == f"epoch {at}"
        np.testing.assert_array_equal(bars.get_data().values, shares[at])
        assert said.get_text() == ""
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    animation.save(tmp_path / "run.gif", frames=4)
    with Image.open(tmp_path / "run.gif") as image:
        assert image.n_frames == 4
    with pytest.raises(ArgumentError, match="one of them"):
        HistogramsMoving(few, "first", weights="first/kernel")


def test_a_moment_without_finite_numbers_is_said(diverged):
    animation = HistogramsMoving(diverged, ["out"])
    animation.show(6)
    assert animation._drawn[0][1].get_text() == CROSSES
    animation.show(0)
    assert animation._drawn[0][1].get_text() == ""


def classifier(optimizer, classes=2, **how):
    set_random_seed(0)
    model = Sequential([Input((4,)), layers.Dense(8, "tanh"), layers.Dense(
        classes, "softmax") if classes else layers.Dense(1)])
    model.compile(optimizer, "sparse_categorical_crossentropy" if classes else "mse")
    recorder = Recorder(**how)
    model.fit(X, Y[:, 0] > 0, epochs=4, verbose=0, callbacks=[recorder])
    return model, recorder.record


@pytest.mark.parametrize("width", [360, pytest.param(800, marks=pytest.mark.deep)])
def test_a_boundary_moves_with_the_weights(width, tmp_path):
    model, record = classifier(optimizers.Adam(0.1))
    x, y = X[:, :2] * 1.0, (Y[:, 0] > 0).astype(int)
    whole = np.median(X, axis=0)
    before = model.get_weights()
    animation = BoundaryMoving(record, model, X, y, features=(0, 1), grid_resolution=9,
                               class_names=["below", "above"], width=width)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert_readable(animation.figure)
    assert animation.figure.axes[0].get_title(loc="left") == "epoch 0"
    model.set_weights(record.at(4).values)
    corner = np.array([[animation.plane.x[2], animation.plane.y[5], *whole[2:]]])
    below, above = model.predict(corner, verbose=0)[0]
    assert animation.leads[4][0, 5, 2] == pytest.approx(below - above, abs=1e-5)
    assert [text.get_text() for text in animation.figure.legends[0].texts] == ["below", "above"]
    np.testing.assert_array_equal(animation.show(4).axes[0].get_lines()[1].get_xydata(), x[y == 1])
    assert animation.save(tmp_path / "b.gif", frames=2).stat().st_size > 1000


def test_boundaries_that_cannot_be_drawn():
    model, record = classifier("sgd", weights=False)
    with pytest.raises(DataError, match=r"Recorder\(weights=True\)"):
        BoundaryMoving(record, model, X[:, :2], Y > 0)
    numbers, run_of_numbers = classifier("sgd", classes=0)
    with pytest.raises(DataError, match="needs a classifier"):
        BoundaryMoving(run_of_numbers, numbers, X, Y[:, 0], features=(0, 1), grid_resolution=5)
    model, record = classifier("sgd")
    broken = [np.where(np.arange(5).reshape(-1, *[1] * (each.ndim - 1)) == 4, np.nan, each)
              for each in record.values]
    record = replace(record, values=broken)
    moved = BoundaryMoving(record, model, X, Y[:, 0] > 0, features=(0, 1), grid_resolution=5)
    said = [moved.show(k).axes[0].texts[0].get_text() for k in (0, 4)]
    assert said == ["", CROSSES]


def test_curves_of_a_record(few, diverged):
    loss = learning_curves(few.logs).axes[0]
    np.testing.assert_array_equal(lines(loss)["training"].get_ydata(), few.logs["loss"])
    loss = learning_curves(diverged.logs).axes[0]
    known = np.isfinite(diverged.logs["loss"])
    np.testing.assert_array_equal(lines(loss)[CROSSES].get_xdata(), np.arange(1, 7)[~known])
    sparse = {"loss": [3.0, 2.0, 1.0], "val_loss": [np.nan, 2.5, np.nan]}
    drawn = lines(learning_curves(sparse).axes[0])
    assert drawn["validation"].get_marker() == "o"           # or else nobody would see it
    assert CROSSES not in drawn


@pytest.mark.parametrize("picture", PICTURES)
def test_a_single_moment(picture, short):
    arrays = ("epochs", "steps", "since", "learning_rate", "loss", "outputs", "weights")
    once = replace(short, **{name: getattr(short, name)[:1] for name in arrays})
    assert_readable(picture(once))


@pytest.mark.parametrize("picture", PICTURES)
def test_a_single_epoch_and_what_is_no_record(picture, short):
    assert_readable(picture(short))
    with pytest.raises(KindError, match="needs a Record"):
        picture({"loss": [1.0]})
    with pytest.raises(KindError, match=r"recorder\.record"):
        picture(Recorder())


def test_shades_suit_light_and_dark_pages(many):
    drawn = to_svg(gradient_flow(many), name="flow", alt="gradient")
    assert drawn.count("data:image/png;base64,") == 2
    assert "http" not in drawn
    assert "#1c2128" not in drawn
