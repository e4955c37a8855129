"""Descents, ground, curvature, averages: the numbers behind the pictures of descent."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pellucid import Variable, ops, optimizers, schedules
from pellucid.core.errors import ArgumentError, DataError, KindError, ShapeError
from pellucid.insight.dynamics import (
    curvature,
    descend,
    ewma,
    ewma_weights,
    landscape,
    race,
    stationary_point,
)


def bowl(x, y):
    return x * x / 20 + y * y


def himmelblau(x, y):
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2


# descent --------------------------------------------------------------------------------------

def test_a_descent_tells_points_heights_and_slopes():
    path = descend(bowl, (-7, 2), optimizers.SGD(0.1), steps=3)
    points = np.array([-7.0, 2.0]) * np.array([0.99, 0.8]) ** np.arange(4)[:, None]
    np.testing.assert_allclose(path.points, points, rtol=1e-14)
    np.testing.assert_allclose(path.heights, points[:, 0] ** 2 / 20 + points[:, 1] ** 2)
    np.testing.assert_allclose(path.slopes, np.hypot(points[:, 0] / 10, 2 * points[:, 1]))
    assert (path.name, path.steps, path.diverged) == ("SGD", 3, False)
    assert path.length == pytest.approx(np.hypot(*np.diff(points, axis=0).T).sum())


def test_a_descent_takes_a_copy_of_the_optimizer():
    adam = optimizers.Adam(0.1)
    first, second = (descend(bowl, (-7, 2), adam, steps=5) for _ in range(2))
    np.testing.assert_array_equal(first.points, second.points)
    assert not adam.built
    assert int(adam.iterations) == 0


@pytest.mark.parametrize("rate", [0.1, 1 / 3, 0.003])
def test_the_rate_of_a_descent_is_the_one_that_was_written(rate):
    """In float64, not as float32 holds it; a float64 rate keeps every digit."""
    exact = Variable(rate, dtype="float64")
    point = descend(lambda x: x, (0.0,), optimizers.SGD(exact), steps=1).end[0]
    assert point == -rate
    if rate != 1 / 3:
        assert descend(lambda x: x, (0.0,), optimizers.SGD(rate), steps=1).end[0] == -rate


@pytest.mark.parametrize("name", [each for each in optimizers.__all__ if isinstance(
    getattr(optimizers, each), type) and each not in ("Optimizer", "OptimizerMap")])
def test_every_optimizer_descends(name):
    given = getattr(optimizers, name)
    optimizer = given() if name != "MultiOptimizer" else given(
        optimizers.OptimizerMap(optimizers.SGD(0.1)))
    path = descend(bowl, (-7, 2), optimizer, steps=5)
    assert path.heights[-1] < path.heights[0]
    assert path.name == name


def test_a_descent_follows_a_schedule():
    halved = schedules.PiecewiseConstantDecay([0], [1.0, 0.5])
    path = descend(lambda x: x, (0.0,), optimizers.SGD(halved), steps=3)
    np.testing.assert_allclose(path.points[:, 0], [0, -1, -1.5, -2])


def test_clipping_sees_the_whole_point():
    path = descend(lambda x, y: 3 * x + 4 * y, (0, 0), optimizers.SGD(1.0, clipnorm=1.0), steps=1)
    np.testing.assert_allclose(path.end, [-0.6, -0.8])


def test_a_descent_ends_where_floats_end():
    path = descend(lambda x: x * x, (1.0,), optimizers.SGD(1e30), steps=10)
    assert path.diverged
    assert path.steps == 5                                       # x = 2⁵ · 10¹⁵⁰, and x² still is
    assert np.isfinite(path.points).all()
    assert path.arrival((0.0,), within=1e300) is None
    steep = descend(lambda x, y: 1e200 * (x + y), (0, 0), optimizers.SGD(1.0), steps=1)
    np.testing.assert_allclose(steep.slopes, np.sqrt(2) * 1e200)


def test_arrival_is_for_good():
    path = descend(lambda x: x * x, (1.0,), optimizers.SGD(0.75), steps=5)   # 1, -½, ¼, …
    assert path.arrival((0.25,), within=0.05) is None                        # only passed by
    assert path.arrival((0.0,), within=0.3) == 2
    assert path.arrival((0.0,), within=2.0) == 0


def test_a_function_that_does_not_depend_on_a_number():
    path = descend(lambda x, y: x * x, (1, 3), optimizers.SGD(0.25), steps=1)
    assert path.end.tolist() == [0.5, 3.0]


def test_what_descent_refuses():
    with pytest.raises(ArgumentError, match="steps must be at least 0, but got -1"):
        descend(bowl, (1, 1), steps=-1)
    with pytest.raises(DataError, match="finite numbers, but got f = inf"):
        descend(lambda x: 1 / x, (0.0,))
    with pytest.raises(ShapeError, match=r"one number, but got a result of shape \(2,\)"):
        descend(lambda x, y: np.array([1.0, 2.0]) * x, (1, 1))
    with pytest.raises(ArgumentError, match='Did you mean "adam"'):
        descend(bowl, (1, 1), "adma")


def test_runners_of_a_race_start_alike():
    paths = race(bowl, (-7, 2), ["sgd", optimizers.Adam(0.3)], steps=4)
    assert [path.name for path in paths] == ["SGD", "Adam"]
    assert [path.points[0].tolist() for path in paths] == [[-7, 2]] * 2
    assert [path.name for path in race(bowl, (1, 1), {"slow": "sgd"}, steps=1)] == ["slow"]


# ground ---------------------------------------------------------------------------------------

def test_a_landscape_holds_heights_by_row_and_column():
    land = landscape(lambda x, y: x + 10 * y, (0, 2), (0, 1), count=3)
    assert land.heights[2, 1] == land.x[1] + 10 * land.y[2] == 11
    assert land.holds(np.array([[0, 0], [2, 1], [2.1, 1]])).tolist() == [True, True, False]
    flat = landscape(lambda x, y: 3.0, (0, 1), (0, 1), count=4).heights
    np.testing.assert_array_equal(flat, np.full((4, 4), 3.0))


def test_what_a_landscape_refuses():
    with pytest.raises(ArgumentError, match=r"y must be a span .* but got \(1, 1\)"):
        landscape(bowl, (0, 1), (1, 1))
    with pytest.raises(ArgumentError, match="count must be at least 2"):
        landscape(bowl, (0, 1), (0, 1), count=1)
    with pytest.raises(ShapeError, match=r"for each point of the grid, but got shape \(5,\)"):
        landscape(lambda x, y: x[0], (0, 1), (0, 1), count=5)


# curvature ------------------------------------------------------------------------------------

@pytest.mark.parametrize(("f", "kind"), [
    (lambda x, y: x * x + y * y, "minimum"), (lambda x, y: -x * x - 2 * y * y, "maximum"),
    (lambda x, y: x * y, "saddle"), (lambda x, y: x * x + y ** 4, "undecided"),
    (lambda x, y: x + y * y, "slope"), (lambda x, y: 0 * x, "undecided")])
def test_kinds_of_points(f, kind):
    found = curvature(f, (0, 0))
    assert found.kind == kind
    assert {"minimum": "a minimum", "saddle": "a saddle, not a minimum", "slope": "no minimum",
            "maximum": "a maximum", "undecided": "undecided"}[kind] in str(found)


@pytest.mark.parametrize(("f", "bend"), [
    (abs, (-1, 1)), (lambda x: ops.maximum(x, 0), (0, 1)), (lambda x: abs(x) + x, (0, 2))])
def test_a_bend_has_two_slopes_and_no_curvature(f, bend):
    found = curvature(f, (0.0,))
    assert found.kind == "bend"
    assert found.bend == pytest.approx(bend, abs=1e-6)
    assert "a bend: f has another slope on either side" in str(found)
    assert f"(slope {bend[0]} before it, {bend[1]} after it)" in str(found)
    assert curvature(f, (3.0,)).bend is None
    assert stationary_point(abs, (0.0,)).kind == "bend"


@pytest.mark.parametrize("f", [lambda x: 1e7 * x * x, lambda x: ops.exp(20 * x),
                               lambda x: 1e9 + x * x, lambda x: ops.sin(1000 * x)])
def test_a_steep_or_high_curve_is_no_bend(f):
    assert [curvature(f, (x,)).bend for x in (0.0, 0.7)] == [None, None]


def test_the_hessian_is_that_of_the_formula():
    x, y = 1.3, -0.4
    found = curvature(himmelblau, (x, y))
    np.testing.assert_allclose(found.hessian, [
        [12 * x * x + 4 * y - 42, 4 * x + 4 * y], [4 * x + 4 * y, 12 * y * y + 4 * x - 26]])
    np.testing.assert_allclose(found.gradient, [
        4 * x * (x * x + y - 11) + 2 * (x + y * y - 7),
        2 * (x * x + y - 11) + 4 * y * (x + y * y - 7)])


@pytest.mark.parametrize(("near", "point", "kind"), [
    ((3.2, 1.8), (3, 2), "minimum"), ((-0.3, -0.9), (-0.270845, -0.923039), "maximum"),
    ((0.1, 2.9), (0.086678, 2.884255), "saddle")])
def test_newton_finds_points_of_every_kind(near, point, kind):
    found = stationary_point(himmelblau, near)
    np.testing.assert_allclose(found.point, point, atol=1e-6)
    assert found.kind == kind


def test_newton_says_when_it_finds_nothing():
    assert stationary_point(lambda x, y: x + y, (0, 0)).kind == "slope"
    assert stationary_point(lambda x: x ** 3 + x, (1.0,), steps=3).kind == "slope"
    thrown = stationary_point(lambda x: x * ops.log(x), (3.0,))      # a step of Newton's ends at
    assert (thrown.kind, thrown.point.tolist()) == ("slope", [3.0])  # -3.3, without a logarithm
    with pytest.raises(DataError, match="finite numbers, but got f = inf at"):
        curvature(lambda x: 1 / x, (0.0,))


# averages -------------------------------------------------------------------------------------

def test_ewma_of_rows_and_of_nothing():
    rows = np.arange(6.0).reshape(3, 2)
    np.testing.assert_array_equal(ewma(rows, 0.9)[:, 1], ewma(rows[:, 1], 0.9))
    assert ewma([], 0.9).shape == (0,)
    assert ewma([4.0, 8.0], 0).tolist() == [4, 8]


@pytest.mark.parametrize("beta", [-0.1, 1.0, float("nan")])
def test_ewma_needs_a_beta_below_one(beta):
    with pytest.raises(ArgumentError, match="beta must be at least 0 and below 1"):
        ewma([1.0], beta)
    with pytest.raises(ArgumentError, match="beta must be at least 0 and below 1"):
        ewma_weights(3, beta)


def test_ewma_needs_numbers_in_a_row():
    with pytest.raises(ArgumentError, match="numbers in a row"):
        ewma(3.0, 0.9)
    with pytest.raises(ArgumentError, match="count must be at least 1"):
        ewma_weights(0, 0.9)


# a gradient that nobody could follow ------------------------------------------------------------

@pytest.mark.parametrize("f", [lambda x, y: np.sin(x) + y * y, lambda x, y: math.exp(x) + y,
                               lambda x, y: x * x + np.cos(y) ** 2])
@pytest.mark.parametrize("work", [descend, curvature, stationary_point])
def test_functions_that_leave_no_trace_are_told(f, work):
    with pytest.raises(DataError, match=r"its gradient says .* pellucid\.ops"):
        work(f, (1.0, 1.0))


def test_a_point_of_another_count_is_told():
    with pytest.raises(ShapeError, match="f must take 3 numbers"):
        descend(lambda x, y: x * y, (1, 2, 3))


def test_kinks_are_no_mistakes():
    path = descend(lambda x, y: abs(x) + abs(y), (0.0, 1.0), "sgd", steps=2)
    assert path.end[0] == 0.0


def test_a_point_that_is_no_numbers_is_told():
    with pytest.raises(KindError, match="a point must be numbers"):
        descend(lambda x, y: x * y, ("a", 1))
