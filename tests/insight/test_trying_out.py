"""The learning-rate finder and the noise of gradients: a model is tried out and left as it was."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import Input, Sequential, layers, optimizers, schedules
from pellucid.core.errors import ArgumentError
from pellucid.insight.dynamics import (
    RateTest,
    find_learning_rate,
    gradient_noise,
    unchanged,
)
from pellucid.random.seed import next_seed, stream_state

RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=(200, 3))
Y = X @ np.array([[1.0], [-2.0], [0.5]]) + RANDOM.normal(0, 0.3, (200, 1))


def model(optimizer="sgd", **how):
    made = Sequential([Input((3,)), layers.Dense(4, "tanh"), layers.Dropout(0.2, seed=3),
                       layers.BatchNormalization(), layers.Dense(1)])
    made.compile(optimizer, "mse", **how)
    return made


def everything(made):
    return [each.numpy() for each in (*made.variables, *made.optimizer.variables)]


def assert_same(before, after):
    assert len(before) == len(after)
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a, b)


# trying out and leaving as it was -----------------------------------------------------------------

def test_unchanged_puts_everything_back():
    made = model(optimizers.Adam(0.1), metrics=["mae"])
    made.fit(X, Y, epochs=1, verbose=0)
    before, stream = everything(made), stream_state()
    with unchanged(made):
        made.optimizer.learning_rate = 3.0
        made.fit(X, Y, epochs=1, verbose=0)
        next_seed()
        made.stop_training = True
        assert any((a != b).any() for a, b in zip(before, everything(made), strict=True))
    assert_same(before, everything(made))
    assert stream_state() == stream
    assert not made.stop_training


def test_unchanged_puts_back_after_a_mistake_too():
    made = model()
    made.fit(X, Y, epochs=1, verbose=0)
    before = everything(made)
    def stumble():
        with unchanged(made):
            made.fit(X, Y, epochs=1, verbose=0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()
    assert_same(before, everything(made))


# the learning-rate finder -------------------------------------------------------------------------

@pytest.mark.parametrize("eagerly", [False, True])
def test_the_finder_leaves_the_model_as_it_was(eagerly):
    made = model(optimizers.Adam(0.01), run_eagerly=eagerly)
    made.fit(X, Y, epochs=1, verbose=0)
    before, stream = everything(made), stream_state()
    found = find_learning_rate(made, X, Y, steps=12)
    assert len(found.losses) == len(found.rates) <= 12
    assert_same(before, everything(made))
    assert stream_state() == stream
    assert float(made.optimizer.learning_rate) == pytest.approx(0.01)


def test_training_after_the_finder_is_as_without_it():
    runs = []
    for tried in (False, True):
        made = Sequential([Input((3,)), layers.Dense(1, kernel_initializer="ones")])
        made.compile(optimizers.SGD(0.01, momentum=0.9), "mse")
        if tried:
            find_learning_rate(made, X, Y, steps=20)
        made.fit(X, Y, epochs=2, verbose=0, shuffle=False)
        runs.append(made.get_weights())
    assert_same(*runs)


def test_the_finder_pairs_a_rate_with_the_loss_after_its_step():
    """One weight, one row, f = (w - 1)²: the loss after a step with rate η is f · (1 - 2η)²."""
    made = Sequential([Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    made.compile("sgd", "mse")
    one = np.ones((1, 1))
    found = find_learning_rate(made, one, one, low=1e-3, high=2.0, steps=30)
    losses = np.cumprod((1 - 2 * found.rates) ** 2)
    np.testing.assert_allclose(found.losses, losses, rtol=2e-4, atol=1e-6)


def test_the_finder_is_the_same_from_the_same_seed():
    made = model()
    one, two, other = (find_learning_rate(made, X, Y, steps=12, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.losses, two.losses)
    assert (one.losses[:5] != other.losses[:5]).any()


def test_the_finder_stops_where_the_loss_flees():
    found = find_learning_rate(model(), X, Y, low=1e-4, high=1e8, steps=60)
    assert found.diverged
    assert len(found.rates) < 60
    assert np.isfinite(found.losses).all()
    assert found.suggested < found.largest < 10
    assert "then it fled" in str(found)


def test_rates_too_small_give_no_suggestion():
    found = find_learning_rate(model(), X, Y, low=1e-9, high=1e-8, steps=40)
    assert found.suggested is None
    assert found.largest is None
    assert "the loss did not fall at any" in str(found)


def test_a_fall_that_goes_on_to_the_highest_rate_is_told():
    rates = np.geomspace(1e-4, 1e-2, 20)
    falling = np.linspace(2, 1, 20)
    assert "might have fallen further" in str(RateTest(rates, falling, falling, False))


@pytest.mark.parametrize(("how", "told"), [
    ({"low": 0.0}, "0 < low < high, but got low=0.0"), ({"low": 1.0, "high": 0.1}, "low < high"),
    ({"high": float("inf")}, "low < high"), ({"steps": 3}, "steps must be at least 10")])
def test_what_the_finder_refuses(how, told):
    with pytest.raises(ArgumentError, match=told):
        find_learning_rate(model(), X, Y, **how)


def test_the_finder_needs_a_compiled_model_and_a_rate_that_it_may_set():
    with pytest.raises(ArgumentError, match="compile the model before find_learning_rate"):
        find_learning_rate(Sequential([layers.Dense(1)]), X, Y)
    scheduled = optimizers.SGD(schedules.ExponentialDecay(0.1, 10, 0.9))
    several = optimizers.MultiOptimizer(optimizers.OptimizerMap(optimizers.SGD(0.1)))
    for optimizer in (scheduled, several):
        with pytest.raises(ArgumentError, match="one rate, a number, that it may set, but got"):
            find_learning_rate(model(optimizer), X, Y)


def test_the_finder_needs_a_first_step():
    with pytest.raises(ArgumentError, match="no finite number after the first steps"):
        find_learning_rate(model(), X * 1e30, Y * 1e30, low=1e30, high=1e31)


# the noise of gradients ---------------------------------------------------------------------------

def linear():
    made = Sequential([Input((3,)), layers.Dense(1, kernel_initializer="ones")])
    made.compile("sgd", "mse")
    return made


def row_gradients():
    """Of (x·w + b - y)² at w = 1, b = 0, for each row; shape (200, 4)."""
    error = X.sum(axis=1, keepdims=True) - Y
    return 2 * error * np.column_stack([X, np.ones(len(X))])


def test_noise_of_single_rows_and_slope_are_those_of_the_formula():
    each = row_gradients()
    found = gradient_noise(linear(), X, Y, batch_sizes=(1, 200), draws=2000)
    spread = np.sqrt(np.sum((each - each.mean(axis=0)) ** 2, axis=1).mean())
    assert found.slope == pytest.approx(np.linalg.norm(each.mean(axis=0)), rel=1e-5)
    assert found.single == pytest.approx(spread, rel=0.06)
    assert found.noise[0] == pytest.approx(spread, rel=0.06)
    assert found.noise[1] < 1e-5 * spread
    assert found.scale == pytest.approx((found.single / found.slope) ** 2)
    assert found.rows == 200


def test_noise_falls_as_theory_expects():
    found = gradient_noise(linear(), X, Y, batch_sizes=(1, 4, 16, 64, 128), draws=600)
    np.testing.assert_allclose(found.noise, found.expected(found.batch_sizes), rtol=0.12)


def test_measuring_noise_changes_nothing_and_masks_are_off():
    made = model(optimizers.Adam(0.01), metrics=["mae"])
    made.fit(X, Y, epochs=1, verbose=0)
    before = everything(made)
    one, two = (gradient_noise(made, X, Y, batch_sizes=(200,), draws=3) for _ in range(2))
    assert_same(before, everything(made))
    assert one.noise[0] < 1e-5 * one.slope           # no dropout, no batch statistics
    assert one.slope == two.slope


def test_more_rows_than_fit_at_once_give_the_same_gradient():
    """Seven copies of the rows are gathered in two parts, and have the gradient of one copy."""
    few = gradient_noise(linear(), X, Y, batch_sizes=(1,), draws=2)
    many = gradient_noise(linear(), np.tile(X, (7, 1)), np.tile(Y, (7, 1)), batch_sizes=(1,),
                          draws=2)
    assert many.slope == pytest.approx(few.slope, rel=1e-5)


def test_noise_of_a_model_that_runs_eagerly():
    made = linear()
    made.run_eagerly = True
    found = gradient_noise(made, X, Y, batch_sizes=(8,), draws=5)
    same = gradient_noise(linear(), X, Y, batch_sizes=(8,), draws=5)
    np.testing.assert_allclose(found.noise, same.noise, rtol=1e-5)


def test_no_slope_has_an_endless_noise_scale():
    zeros = np.zeros((10, 3))
    assert gradient_noise(linear(), zeros, zeros[:, :1], batch_sizes=(1,), draws=2).scale == np.inf


def test_what_gradient_noise_refuses():
    with pytest.raises(ArgumentError, match="between 1 and the 200 rows, but got 201"):
        gradient_noise(linear(), X, Y, batch_sizes=(201,))
    with pytest.raises(ArgumentError, match="draws must be at least 2"):
        gradient_noise(linear(), X, Y, draws=1)
    with pytest.raises(ArgumentError, match="needs arrays, but got generator"):
        gradient_noise(linear(), ((X, Y) for _ in range(3)))
    with pytest.raises(ArgumentError, match="compile the model before gradient_noise"):
        gradient_noise(Sequential([layers.Dense(1)]), X, Y)
    frozen = linear()
    frozen.trainable = False
    with pytest.raises(ArgumentError, match="with trainable weights"):
        gradient_noise(frozen, X, Y)


def test_batch_sizes_of_few_rows_are_those_that_there_can_be():
    assert gradient_noise(model(), X[:20], Y[:20], draws=2).batch_sizes.tolist() == [1, 2, 4, 8, 16]
