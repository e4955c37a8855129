"""Catalogue E: descent as it is shown: rules by hand, averages, rates, batch sizes, the race."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pellucid import Input, Sequential, layers, optimizers, set_random_seed
from pellucid.insight.dynamics import (
    curvature,
    descend,
    ewma,
    ewma_weights,
    find_learning_rate,
    gradient_noise,
    landscape,
    race,
    stationary_point,
)
from pellucid.insight.plots.descent_paths import descent_paths
from pellucid.insight.plots.descent_race import DescentRace


def saddle(x, y):
    return x * x - y * y


def bowl(x, y):
    return x * x / 20 + y * y


def slope(w):
    """The gradient of the bowl, by hand."""
    return np.array([w[0] / 10, 2 * w[1]])


START, STEPS = np.array([-7.0, 2.0]), 30


# E1: the saddle --------------------------------------------------------------------------------

def test_E1_the_path_from_2_3():
    path = descend(saddle, (2, 3), optimizers.SGD(0.1), steps=100)
    np.testing.assert_allclose(path.points[[1, 2, 100]], [
        [1.6, 3.6], [1.28, 4.32], [4.07407195e-10, 248453923.5660]], rtol=1e-9)


def test_E1_it_is_a_saddle_and_no_minimum():
    """Reported as such where Newton finds it, and where a descent along y = 0 comes to rest."""
    stuck = descend(saddle, (2, 0), optimizers.SGD(0.1), steps=100)
    for found in (stationary_point(saddle, near=(2, 3)), curvature(saddle, stuck.end)):
        np.testing.assert_allclose(found.point, [0, 0], atol=1e-9)
        assert found.kind == "saddle"
        assert found.eigenvalues.tolist() == [-2, 2]
        assert "a saddle, not a minimum" in str(found)


def test_E1_the_path_is_drawn_on_contour_and_surface():
    path = descend(saddle, (2, 3), optimizers.SGD(0.1), steps=2)
    above, surface = descent_paths(landscape(saddle, (-4, 4), (-6, 6), count=21), [path]).axes
    flat = next(line for line in above.get_lines() if line.get_label() == "SGD")
    np.testing.assert_array_equal(flat.get_xydata(), path.points)
    high = next(line for line in surface.get_lines() if line.get_label() == "SGD")
    np.testing.assert_array_equal(high.get_data_3d()[2], path.heights)


# E2: each rule, step by step, beside the formula in NumPy --------------------------------------

def momentum(w):
    v = np.zeros(2)
    for _ in range(STEPS):
        v = 0.9 * v + 0.1 * slope(w)
        w = w - v
        yield w


def nag(w):
    """The textbook's rule measures the gradient ahead, where the velocity leads; so do we: our
    weights stand at that place ahead.
    """
    v = np.zeros(2)
    for _ in range(STEPS):
        v = 0.9 * v + 0.1 * slope(w - 0.9 * v)
        w = w - v
        yield w - 0.9 * v


def adagrad(w):
    v = np.zeros(2)
    for _ in range(STEPS):
        v = v + slope(w) ** 2
        w = w - 0.5 * slope(w) / (np.sqrt(v) + 1e-12)
        yield w


def rmsprop(w):
    v = np.zeros(2)
    for _ in range(STEPS):
        v = 0.9 * v + 0.1 * slope(w) ** 2
        w = w - 0.1 * slope(w) / np.sqrt(v + 1e-7)
        yield w


def adadelta(w):
    v, s = np.zeros(2), np.zeros(2)
    for _ in range(STEPS):
        v = 0.95 * v + 0.05 * slope(w) ** 2
        step = np.sqrt(s + 1e-7) / np.sqrt(v + 1e-7) * slope(w)
        s = 0.95 * s + 0.05 * step ** 2
        w = w - step
        yield w


def adam(w):
    """Both averages divided by 1 - βᵗ, the weight that they have gathered by then."""
    m, v = np.zeros(2), np.zeros(2)
    for t in range(1, STEPS + 1):
        m = 0.9 * m + 0.1 * slope(w)
        v = 0.999 * v + 0.001 * slope(w) ** 2
        w = w - 0.1 * (m / (1 - 0.9 ** t)) / (np.sqrt(v / (1 - 0.999 ** t)) + 1e-12)
        yield w


@pytest.mark.parametrize(("rule", "optimizer", "tolerance"), [
    (momentum, optimizers.SGD(0.1, momentum=0.9), 1e-12),
    (nag, optimizers.SGD(0.1, momentum=0.9, nesterov=True), 1e-12),
    # with Keras's first v of 0.1 left out, and an ε so small that its place does not matter
    (adagrad, optimizers.Adagrad(0.5, initial_accumulator_value=0.0, epsilon=1e-24), 1e-10),
    (rmsprop, optimizers.RMSprop(0.1, rho=0.9), 1e-12),
    (adadelta, optimizers.Adadelta(1.0), 1e-12),
    (adam, optimizers.Adam(0.1, epsilon=1e-14), 1e-9)], ids=lambda each: getattr(
        each, "__name__", None))
def test_E2_every_step_is_that_of_the_formula(rule, optimizer, tolerance):
    path = descend(bowl, START, optimizer, STEPS)
    np.testing.assert_allclose(path.points[1:], list(rule(START)), rtol=0, atol=tolerance)


def test_E2_adadelta_needs_no_rate():
    """A function a hundred times steeper is walked alike; plain descent with one rate is not."""
    steep = descend(lambda x, y: 100 * bowl(x, y), START, optimizers.Adadelta(1.0), STEPS)
    gentle = descend(bowl, START, optimizers.Adadelta(1.0), STEPS)
    np.testing.assert_allclose(steep.points, gentle.points, atol=1e-3)
    plain = descend(lambda x, y: 100 * bowl(x, y), START, optimizers.SGD(0.1), STEPS)
    assert plain.heights[-1] > 1e30


def test_E2_the_first_step_of_adam_is_the_rate_and_of_its_uncorrected_form_three_times_it():
    """(1 - β₁)/√(1 - β₂) = 3.16: what the correction for the start at zero takes away."""
    first = descend(bowl, START, optimizers.Adam(0.1), 1).end - START
    np.testing.assert_allclose(first, -0.1 * np.sign(slope(START)), rtol=1e-4)
    g = slope(START)
    uncorrected = 0.1 * (0.1 * g) / np.sqrt(0.001 * g ** 2)
    np.testing.assert_allclose(uncorrected / np.abs(first), np.sign(g) * 0.1 / np.sqrt(0.001),
                               rtol=1e-4)


# E4: averages that forget ----------------------------------------------------------------------

NUMBERS = [43, 33, 25.5, 30.6]


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.98])
def test_E4_ewma_is_that_of_pandas(beta):
    row = pd.Series([*NUMBERS, *np.random.default_rng(0).normal(size=50)])
    np.testing.assert_allclose(ewma(row, beta), row.ewm(alpha=1 - beta, adjust=False).mean())
    np.testing.assert_allclose(ewma(row, beta, corrected=True),
                               row.ewm(alpha=1 - beta, adjust=True).mean())


def test_E4_the_four_numbers():
    np.testing.assert_allclose(ewma(NUMBERS, 0.9), [43, 42, 40.35, 39.375], rtol=1e-14)
    np.testing.assert_allclose(ewma(NUMBERS, 0.5), [43, 38, 31.75, 31.175], rtol=1e-14)


@pytest.mark.parametrize("beta", [0.5, 0.9])
def test_E4_the_expansion(beta):
    """V_t = (1 - β) Σ βᵏ x_(t-k), where the oldest value stands for all that came before it."""
    for t in range(len(NUMBERS)):
        newest_first = NUMBERS[t::-1]
        expanded = (1 - beta) * sum(beta ** k * x for k, x in enumerate(newest_first[:-1]))
        expanded += beta ** t * NUMBERS[0]
        assert ewma(NUMBERS, beta)[t] == pytest.approx(expanded, rel=1e-14)
        weights = ewma_weights(t + 1, beta)
        assert weights @ newest_first == pytest.approx(expanded, rel=1e-14)
        assert weights.sum() == pytest.approx(1)


def test_E4_momentum_and_the_averages_of_weights_are_ewma():
    """Adam's m is the corrected average of gradients; an optimizer's EMA is that of its weights."""
    w = optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9)
    from pellucid import Variable
    point, seen = Variable(np.array([4.0]), dtype="float64"), []
    for _ in range(5):
        w.apply([2 * point.value], [point])
        seen.append(point.numpy())
    np.testing.assert_allclose(w._averages[0].numpy(), ewma(seen, 0.9)[-1], rtol=1e-12)


# E5: too high, too low, and the finder ---------------------------------------------------------

def test_E5_a_rate_too_high_zigzags_then_diverges_and_one_too_low_does_not_arrive():
    limit = 2 / curvature(bowl, START).eigenvalues[-1]
    assert limit == 1.0
    away, zigzag, good, slow = (descend(bowl, START, optimizers.SGD(rate), 60)
                                for rate in (1.05, 0.95, 0.5, 0.01))
    for path in (away, zigzag):                                  # y changes sign at every step
        assert (path.points[1:, 1] * path.points[:-1, 1] < 0).all()
    assert away.heights[-1] > 100 * away.heights[0]
    assert zigzag.arrival((0, 0), within=0.5) is not None
    assert good.arrival((0, 0), within=0.5) is not None
    assert slow.arrival((0, 0), within=0.5) is None
    assert (np.diff(slow.heights) < 0).all()


def line(rate):
    """One weight of a line through noisy points, from 0; the loss curves by 2 · mean(x²)."""
    model = Sequential([Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(optimizers.SGD(rate), "mse")
    return model


def test_E5_the_finder_suggests_a_rate_between_too_low_and_too_high():
    random = np.random.default_rng(0)
    x = random.normal(size=(256, 1))
    y = 3 * x + random.normal(0, 0.1, x.shape)
    test = find_learning_rate(line(0.01), x, y, low=1e-5, high=100, steps=100)
    limit = 1 / np.mean(x ** 2)                                  # above it, descent diverges
    assert test.diverged
    assert limit / 300 < test.suggested < limit

    def loss(rate):
        return line(rate).fit(x, y, epochs=20, verbose=0).history["loss"][-1]
    assert loss(test.suggested) < 0.05
    assert loss(test.suggested / 1000) > 5
    assert not loss(test.suggested * 100) < 5


# E6: one row, some rows, all rows --------------------------------------------------------------

ROWS = np.random.default_rng(1).normal(size=(300, 2))
TARGETS = ROWS @ np.array([[2.0], [-1.0]]) + 0.5


def trained(batch_size, epochs=1):
    model = Sequential([Input((2,)), layers.Dense(1, use_bias=False, kernel_initializer="ones",
                                                  dtype="float64")])
    model.compile(optimizers.SGD(0.05), "mse")
    model.fit(ROWS, TARGETS, batch_size=batch_size, epochs=epochs, shuffle=False, verbose=0)
    return model


def by_hand(batch_size):
    """The same epoch in NumPy: a step after each slice of ``batch_size`` rows."""
    w = np.ones((2, 1))
    for i in range(0, len(ROWS), batch_size):
        x, y = ROWS[i:i + batch_size], TARGETS[i:i + batch_size]
        w = w - 0.05 * 2 * x.T @ (x @ w - y) / len(x)
    return w


@pytest.mark.parametrize(("batch_size", "updates"), [
    (1, 300), (32, 10), (64, 5), (128, 3), (300, 1)])
def test_E6_batch_sizes_give_stochastic_mini_batch_and_batch_descent(batch_size, updates):
    model = trained(batch_size)
    assert int(model.optimizer.iterations) == updates
    np.testing.assert_allclose(model.get_weights()[0], by_hand(batch_size), rtol=1e-6)


def test_E6_the_noise_of_the_gradient_falls_with_the_root_of_the_batch_size():
    set_random_seed(0)
    noise = gradient_noise(trained(300), ROWS, TARGETS, batch_sizes=(1, 4, 16, 64, 300), draws=400)
    assert (np.diff(noise.noise) < 0).all()
    np.testing.assert_allclose(noise.noise[:3] * np.sqrt(noise.batch_sizes[:3]), noise.single,
                               rtol=0.15)
    assert noise.noise[-1] < 1e-6 * noise.single                 # all rows: always the same step


# E7: the race ----------------------------------------------------------------------------------

def test_E7_optimizers_race_from_one_start(tmp_path):
    runners = {"SGD": optimizers.SGD(0.9), "momentum": optimizers.SGD(0.1, 0.9),
               "Adam": optimizers.Adam(0.3), "RMSprop": optimizers.RMSprop(0.2)}
    paths = race(bowl, START, runners, steps=20)
    assert [path.name for path in paths] == list(runners)
    assert all(path.points[0].tolist() == START.tolist() for path in paths)
    assert len({path.end.tobytes() for path in paths}) == 4

    ground = landscape(bowl, (-8, 3), (-3, 3), count=31)
    still = descent_paths(ground, paths).axes[0]
    drawn = {each.get_label(): each.get_xydata() for each in still.get_lines()}
    for path in paths:
        np.testing.assert_array_equal(drawn[path.name], path.points)

    DescentRace(ground, paths, width=300).save(tmp_path / "race.gif", frames=4)
    with Image.open(tmp_path / "race.gif") as film:
        assert film.n_frames == 4
