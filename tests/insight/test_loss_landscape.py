"""The loss around a model's weights: directions as long as the weights, the run's way, pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import Input, Sequential, layers
from pellucid.callbacks import LambdaCallback
from pellucid.core.errors import ArgumentError, DataError, KindError, ShapeError
from pellucid.insight import Recorder
from pellucid.insight.dynamics import LossLandscape, landscape, loss_landscape, random_directions
from pellucid.insight.plots.loss_landscape import loss_landscape as picture
from tests.insight.test_plots import assert_readable

RANDOM = np.random.default_rng(4)
X = RANDOM.normal(size=(40, 3))
Y = np.tanh(X @ [[1.0], [-1.0], [0.5]])


@pytest.fixture(scope="module")
def trained():
    model = Sequential([Input((3,)), layers.Dense(4, "tanh", kernel_regularizer="l2"),
                        layers.BatchNormalization(), layers.Dropout(0.3), layers.Dense(1)])
    model.compile("adam", "mse")
    model.optimizer.learning_rate = 0.02
    snapshots = [model.get_weights()]
    model.fit(X, Y, epochs=12, verbose=0, callbacks=[LambdaCallback(
        on_epoch_end=lambda epoch, logs: snapshots.append(model.get_weights()))])
    return model, snapshots


@pytest.fixture(scope="module")
def way(trained):
    model, snapshots = trained
    return loss_landscape(model, X, Y, snapshots=snapshots, count=7)


@given(st.lists(st.sampled_from([(3, 5), (2, 2, 3, 4), (4,), (1, 1)]), min_size=1, max_size=4),
       st.integers(0, 9))
def test_directions_are_as_long_as_the_weights_filter_by_filter(shapes, seed):
    weights = [np.random.default_rng(k).normal(size=shape) for k, shape in enumerate(shapes)]
    first, second = random_directions(weights, "filter", seed)
    for w, one, two in zip(weights, first, second, strict=True):
        over = tuple(range(w.ndim - 1))
        for d in (one, two):
            if w.ndim == 1:
                assert not d.any()
            else:
                np.testing.assert_allclose(np.sqrt((d ** 2).sum(over)), np.sqrt((w ** 2).sum(over)))
    for w, d in zip(weights, random_directions(weights, "layer", seed)[0], strict=True):
        assert w.ndim == 1 or np.linalg.norm(d) == pytest.approx(np.linalg.norm(w))
    assert random_directions(weights, None, seed)[0][0].any()


def test_heights_are_the_loss_at_those_weights(trained):
    model, _ = trained
    before = model.get_weights()
    found = loss_landscape(model, X, Y, count=5, span=0.5, seed=3)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert found.loss == pytest.approx(model.evaluate(X, Y, verbose=0), rel=1e-5)
    assert found.land.heights[2, 2] == pytest.approx(found.loss, rel=1e-6)
    assert found.land.x.tolist() == found.land.y.tolist() == [-0.5, -0.25, 0, 0.25, 0.5]
    here = [each.numpy() for each in model.trainable_variables]
    d1, d2 = random_directions([each.astype(float) for each in here], seed=3)
    try:
        for variable, w, one, two in zip(model.trainable_variables, here, d1, d2, strict=True):
            variable.assign(w + 0.25 * one - 0.5 * two)
        assert found.land.heights[0, 3] == pytest.approx(model.evaluate(X, Y, verbose=0), rel=1e-5)
    finally:
        model.set_weights(before)


def test_the_way_of_a_run_lies_in_its_principal_plane(trained, way):
    model, snapshots = trained
    own = [i for i, each in enumerate(model.weights)
           if any(each is other for other in model.trainable_variables)]
    flat = np.array([np.concatenate([each[i].ravel() for i in own]) for each in snapshots], float)
    moves = flat - flat[-1]
    assert way.path.points.shape == (13, 2)
    np.testing.assert_allclose(way.path.points[-1], 0, atol=1e-6)
    inside = (way.path.points ** 2).sum()
    assert inside / (moves ** 2).sum() == pytest.approx(sum(way.shares))
    assert sum(way.shares) > 0.8                            # random ones would hold next to nothing
    assert way.path.heights[-1] == pytest.approx(way.loss, rel=1e-6)
    assert way.land.holds(way.path.points).all()
    only = [[each[i] for i in own] for each in snapshots]
    again = loss_landscape(model, X, Y, snapshots=only, count=2)
    np.testing.assert_allclose(again.path.points, way.path.points)


def test_a_run_along_a_line_has_a_plane_too():
    model = Sequential([Input((1,)), layers.Dense(1, use_bias=False)])
    model.compile("sgd", "mse")
    model.set_weights([[[1.0]]])
    found = loss_landscape(model, np.ones((4, 1)), np.zeros((4, 1)), count=3,
                           snapshots=[[[[3.0]]], [[[2.0]]], [[[1.0]]]])
    assert found.shares == (1.0, 0.0)
    np.testing.assert_allclose(np.abs(found.path.points[:, 0]), [2, 1, 0], atol=1e-9)
    np.testing.assert_allclose(found.path.heights, [9, 4, 1])


def test_a_recorded_run_is_a_way_too():
    model = Sequential([Input((3,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    kept, bare, snapshots = Recorder(weights=True), Recorder(weights=False), [model.get_weights()]
    model.fit(X, Y, epochs=4, verbose=0, callbacks=[kept, bare, LambdaCallback(
        on_epoch_end=lambda epoch, logs: snapshots.append(model.get_weights()))])
    found = loss_landscape(model, X, Y, snapshots=kept.record, count=2)
    same = loss_landscape(model, X, Y, snapshots=snapshots, count=2)
    np.testing.assert_allclose(found.path.points, same.path.points, atol=1e-6)
    with pytest.raises(DataError, match=r"Recorder\(weights=True\)"):
        loss_landscape(model, X, Y, snapshots=bare.record)


def test_the_picture_shows_heights_and_way(way):
    figure = picture(way)
    above, surface = figure.axes
    lines = {line.get_label(): line for line in above.get_lines()}
    np.testing.assert_array_equal(lines["the run"].get_xydata(), way.path.points)
    np.testing.assert_array_equal(lines["the model"].get_xydata(), [[0, 0]])
    assert above.get_xlabel() == f"direction d₁: {100 * way.shares[0]:.0f}\u00a0% of the way"
    assert above.get_xlim() == (way.land.x[0], way.land.x[-1])
    assert figure.legends[0].texts[0].get_text() == f"the model: loss {way.loss:.4g}"
    climbed = next(line for line in surface.get_lines() if line.get_label() == "the run")
    np.testing.assert_allclose(climbed.get_data_3d()[2], way.path.heights)


def test_losses_of_many_sizes_become_logarithms():
    def steep(x, y): return 1 + 1000 * (x * x + y * y)
    figure = picture(LossLandscape(landscape(steep, (-1, 1), (-1, 1), count=9), 1.0))
    surface = figure.axes[1]
    assert surface.get_title(loc="left") == "loss as a surface, log scale"
    assert surface.get_zlim()[1] == pytest.approx(np.log10(2001))
    assert surface.zaxis.get_major_formatter()(-2, 0) == "10⁻²"
    assert figure.axes[0].get_xlabel() == "random direction d₁"


@pytest.mark.parametrize("width", [360, 800, 1600])
def test_it_is_readable(width, way):
    assert_readable(picture(way, width=width))
    def steep(x, y): return 1e-3 + 1e4 * (x * x + y * y)
    assert_readable(picture(LossLandscape(landscape(steep, (-1, 1), (-1, 1), count=9), 1.0),
                            width=width))


def test_what_has_no_landscape(trained):
    model, snapshots = trained
    for given_, error, told in (
            ({"count": 1}, ArgumentError, "count must be at least 2"),
            ({"span": 0}, ArgumentError, "span above 0"),
            ({"normalization": "unit"}, ArgumentError, '"filter", "layer" or None'),
            ({"snapshots": snapshots[:2]}, DataError, "three snapshots or more"),
            ({"snapshots": [snapshots[0]] * 4}, DataError, "which differ"),
            ({"snapshots": [[np.zeros(2)]] * 3}, ShapeError, "weights of this model"),
            ({"snapshots": [[each * np.nan for each in snapshots[0]]] * 3}, DataError, "finite")):
        with pytest.raises(error, match=told):
            loss_landscape(model, X, Y, **given_)
    with pytest.raises(ArgumentError, match="compile"):
        loss_landscape(Sequential([Input((3,)), layers.Dense(1)]), X, Y)
    bare = Sequential([Input((3,)), layers.Dropout(0.5)])
    bare.compile("sgd", "mse")
    with pytest.raises(ArgumentError, match="trainable weights"):
        loss_landscape(bare, X, X)
    with pytest.raises(ArgumentError, match="needs arrays"):
        loss_landscape(model, iter([(X, Y)]))
    with pytest.raises(KindError, match="loss_landscape gives, but got NoneType"):
        picture(None)
    nowhere = landscape(lambda x, y: x * np.nan, (-1, 1), (-1, 1), count=3)
    with pytest.raises(DataError, match="somewhere"):
        picture(LossLandscape(nowhere, np.nan))
