"""The pictures of descent: what they show, that it can be read, and the animation's frames."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image

from pellucid import ops, optimizers
from pellucid.core.errors import ArgumentError, DataError, ShapeError
from pellucid.insight.dynamics import (
    GradientNoise,
    RateTest,
    descend,
    ewma,
    ewma_weights,
    landscape,
    race,
)
from pellucid.insight.plots.descent_paths import DOTTED, descent_paths, looks
from pellucid.insight.plots.descent_race import DescentRace
from pellucid.insight.plots.gradient_noise import gradient_noise
from pellucid.insight.plots.learning_rate_finder import learning_rate_finder
from pellucid.insight.plots.moving_averages import moving_averages
from pellucid.insight.plots.style import ORANGE, ROLE, SERIES, to_svg
from tests.insight.test_plots import assert_readable

WIDTHS = (360, 800, 1600)


def bowl(x, y):
    return x * x / 20 + y * y


def saddle(x, y):
    return x * x - y * y


@pytest.fixture(scope="module")
def ground():
    return landscape(bowl, (-8.5, 5), (-3.2, 3.2), count=31)


@pytest.fixture(scope="module")
def paths():
    return race(bowl, (-7, 2), {"plain": optimizers.SGD(0.95), "Adam": optimizers.Adam(0.3)}, 12)


def named(axes, label):
    return [line for line in axes.get_lines() if line.get_label() == label]


@pytest.mark.parametrize("width", WIDTHS)
def test_paths_are_readable(width, ground, paths):
    assert_readable(descent_paths(ground, paths, width=width))


def test_paths_stand_on_contour_and_surface(ground, paths):
    above, surface = descent_paths(ground, paths).axes
    for path, colour in zip(paths, SERIES, strict=False):
        line, = named(above, path.name)
        np.testing.assert_array_equal(line.get_xydata(), path.points)
        assert line.get_color() == colour
        climbed, = named(surface, path.name)
        np.testing.assert_array_equal(np.array(climbed.get_data_3d()),
                                      np.c_[path.points, path.heights].T)
    ends = [line.get_xydata()[0].tolist() for line in named(above, "_end")]
    assert ends == [path.end.tolist() for path in paths]
    assert named(above, "_start")[0].get_xydata().tolist() == [[-7, 2]]
    assert (above.get_xlabel(), above.get_ylabel()) == ("x", "y")
    assert [text.get_text() for text in above.figure.legends[0].texts] == ["plain", "Adam"]


def test_lower_ground_is_bluer_and_bands_are_equal_shares(ground, paths):
    above = descent_paths(ground, paths).axes[0]
    filled, lines = above.collections[:2]
    shades = filled.get_facecolor()[:, 3]
    assert (np.diff(shades) < 0).all()
    np.testing.assert_allclose(
        [np.mean(ground.heights <= level) for level in lines.levels],
        np.arange(1, 16) / 16, atol=0.01)


def test_a_path_that_leaves_the_ground_ends_at_its_edge_on_the_surface():
    path = descend(saddle, (2, 3), optimizers.SGD(0.1), steps=100)
    figure = descent_paths(landscape(saddle, (-4, 4), (-6, 6), count=21), [path])
    climbed, = named(figure.axes[1], "SGD")
    assert len(climbed.get_data_3d()[0]) == 4                          # y = 3, 3.6, 4.32, 5.184
    assert figure.axes[0].get_ylim() == (-6, 6)


def test_short_paths_have_a_dot_for_each_step(ground):
    def marker(steps):
        path = descend(bowl, (1, 1), optimizers.SGD(0.1), steps)
        return named(descent_paths(ground, [path]).axes[0], "SGD")[0].get_marker()
    assert (marker(DOTTED), marker(DOTTED + 1)) == ("o", "None")


def test_flat_ground_has_no_contours(ground):
    flat = landscape(lambda x, y: 1.0, (0, 1), (0, 1), count=5)
    path = descend(lambda x, y: 0 * x + 1.0, (0.5, 0.5), steps=1)
    above = descent_paths(flat, [path]).axes[0]
    assert not above.collections


@pytest.mark.parametrize("low", [-1.0, -9.0])
def test_where_f_has_no_value_nothing_is_drawn(low):
    def rooted(x, y):
        return ops.sqrt(x) + y * y
    path = descend(rooted, (1, 1), optimizers.SGD(0.1), steps=3)
    land = landscape(rooted, (low, low + 4), (-2, 2), count=9)
    assert np.isnan(land.heights).any()
    assert_readable(descent_paths(land, [path]))


def test_eighteen_paths_look_different():
    assert len({(each["color"], str(each["linestyle"])) for each in looks(18)}) == 18


def test_paths_need_to_be_there_and_in_the_plane(ground):
    with pytest.raises(DataError, match="at least one path"):
        descent_paths(ground, [])
    with pytest.raises(ShapeError, match="over two numbers, x and y, but got points of 1"):
        descent_paths(ground, [descend(lambda x: x * x, (1.0,))])


def test_paths_follow_the_colours_of_the_page(ground, paths):
    drawn = to_svg(descent_paths(ground, paths), name="p", alt="paths")
    assert not set(re.findall(r"#[0-9a-f]{6}", drawn)) & set(ROLE)
    assert {"blue", "sky", "ink", "orange"} <= set(re.findall(r"var\(--(\w+)\)", drawn))


@pytest.mark.parametrize("width", [360, 800])
def test_a_moment_of_the_race_is_readable(width, ground, paths):
    assert_readable(DescentRace(ground, paths, width=width).show(5))


def test_a_moment_of_the_race_shows_what_was_walked_so_far(ground, paths):
    short = descend(bowl, (-7, 2), optimizers.SGD(0.1), steps=3, name="short")
    axes = DescentRace(ground, [*paths, short]).show(5).axes[0]
    for path in paths:
        np.testing.assert_array_equal(named(axes, path.name)[0].get_xydata(), path.points[:6])
    np.testing.assert_array_equal(named(axes, "short")[0].get_xydata(), short.points)
    assert named(axes, "_end")[2].get_xydata().tolist() == [short.end.tolist()]
    assert axes.get_title(loc="left") == "step 5 of 12"


def test_the_animation_is_written_frame_by_frame(tmp_path, ground, paths):
    animation = DescentRace(ground, paths, width=400)
    animation.save(tmp_path / "race.gif", frames=5, fps=10)
    with Image.open(tmp_path / "race.gif") as film:
        assert film.n_frames == 5
        assert film.size == (400, 344)
        assert film.info["loop"] == 0
        pictures, durations = [], []
        for i in range(film.n_frames):
            film.seek(i)
            durations.append(film.info["duration"])
            pictures.append(np.array(film.convert("RGB")).astype(int))
    assert durations == [100, 100, 100, 100, 1500]
    orange = [int(ORANGE[i:i + 2], 16) for i in (1, 3, 5)]
    drawn = [(np.abs(each - orange).max(axis=2) < 12).sum() for each in pictures]
    assert drawn == sorted(drawn)                                    # Adam's path only grows
    assert drawn[0] < drawn[-1]


def test_the_animation_is_a_gif_of_several_frames(tmp_path, ground, paths):
    animation = DescentRace(ground, paths)
    with pytest.raises(ArgumentError, match=r"written as .* or \.mp4, but got race\.avi"):
        animation.save("race.avi")
    with pytest.raises(ArgumentError, match="at least 2 frames"):
        animation.save(tmp_path / "race.gif", frames=1)


def rate_test(falls=True):
    rates = np.geomspace(1e-5, 10, 80)
    fall = np.clip(np.log10(rates / 0.01), 0, 1.5) - 4 * np.clip(np.log10(rates), 0, None)
    losses = 2.3 - 0.9 * fall * falls + np.random.default_rng(0).normal(0, 0.01, 80)
    return RateTest(rates, losses, losses, diverged=True)


@pytest.mark.parametrize(("width", "falls"), [*((width, True) for width in WIDTHS), (360, False)])
def test_the_finder_is_readable(width, falls):
    assert_readable(learning_rate_finder(rate_test(falls), width=width))


def test_the_finder_marks_the_suggested_rate():
    test = rate_test()
    axes = learning_rate_finder(test).axes[0]
    np.testing.assert_array_equal(named(axes, "each step")[0].get_xydata(),
                                  np.c_[test.rates, test.losses])
    np.testing.assert_array_equal(named(axes, "moving average")[0].get_ydata(), test.smoothed)
    mark, = named(axes, f"suggested: {test.suggested:.2g}")
    assert list(mark.get_xdata()) == [test.suggested] * 2
    assert axes.get_xscale() == "log"
    assert axes.get_ylim()[0] < test.losses.min()
    assert 2.4 < axes.get_ylim()[1] < test.losses.max()          # what flees is cut off


def test_without_a_fall_no_rate_is_marked():
    flat = RateTest(np.geomspace(1e-5, 1e-4, 20), np.ones(20), np.ones(20), False)
    labels = [line.get_label() for line in learning_rate_finder(flat).axes[0].get_lines()]
    assert labels == ["each step", "moving average", "_first"]


def noise_of(sizes, rows=1000):
    sizes = np.array(sizes)
    exact = 1.2 / np.sqrt(sizes) * np.sqrt((rows - sizes) / (rows - 1))
    return GradientNoise(sizes, exact, 1.2, 0.5, rows)


@pytest.mark.parametrize(("width", "sizes"), [
    *((width, (1, 8, 32, 64, 128)) for width in WIDTHS), (360, (1,)), (360, (1, 100, 1000))])
def test_gradient_noise_is_readable(width, sizes):
    assert_readable(gradient_noise(noise_of(sizes), width=width))


def test_gradient_noise_shows_dots_lines_and_no_noise_of_rounding():
    noise = noise_of((1, 4, 16, 1000))
    axes = gradient_noise(noise).axes[0]
    np.testing.assert_array_equal(named(axes, "measured")[0].get_xydata(),
                                  np.c_[noise.batch_sizes, noise.noise][:3])
    line = named(axes, "σ / √B")[0].get_xydata()
    np.testing.assert_allclose(line[:, 1] * np.sqrt(line[:, 0]), 1.2)
    curve = named(axes, "drawn from 1000 rows, none put back")[0].get_xydata()
    np.testing.assert_allclose(curve[:, 1], noise.expected(curve[:, 0]))
    own, = named(axes, "length of the gradient itself")
    assert set(own.get_ydata()) == {0.5}


@pytest.mark.parametrize(("width", "count"), [*((width, 200) for width in WIDTHS), (360, 4)])
def test_moving_averages_are_readable(width, count):
    x = np.random.default_rng(0).normal(size=count)
    assert_readable(moving_averages(x, {b: ewma(x, b) for b in (0.5, 0.9, 0.98)}, width=width))


def test_moving_averages_show_values_lines_and_weights():
    x = np.array([43, 33, 25.5, 30.6])
    left, right = moving_averages(x, {0.9: ewma(x, 0.9)}).axes
    np.testing.assert_array_equal(named(left, "values")[0].get_ydata(), x)
    np.testing.assert_array_equal(named(left, "β = 0.9")[0].get_ydata(), ewma(x, 0.9))
    np.testing.assert_array_equal(named(right, "β = 0.9")[0].get_ydata(), ewma_weights(4, 0.9))


def test_moving_averages_must_fit_their_values():
    with pytest.raises(ShapeError, match=r"β = 0\.9 must have the shape \(2,\)"):
        moving_averages([1.0, 2.0], {0.9: np.zeros(3)})
    with pytest.raises(DataError, match="at least one β"):
        moving_averages([1.0, 2.0], {})
