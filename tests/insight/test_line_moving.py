"""Lines and planes through a frame, the pictures of them moving, and how films are saved."""

from __future__ import annotations

import base64
import io
import json
import re
import stat
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from pellucid.core.errors import ArgumentError, DataError, FileError, KindError, ShapeError
from pellucid.insight.answers.hyperplane import crossings, sides
from pellucid.insight.plots.decision_plane import decision_plane
from pellucid.insight.plots.line_moving import LineMoving
from pellucid.perceptron import learn
from tests.insight.test_plots import assert_readable

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
CUBE = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)], float)
AND = [0, 0, 0, 1]
NUMBERS = st.floats(-3, 3).map(lambda each: round(each, 3))


@given(hnp.arrays(float, 4, elements=NUMBERS), st.sampled_from([2, 3]))
def test_crossings_lie_on_the_plane_and_on_the_edges(plane, n):
    plane, low, high = plane[-n - 1:], np.full(n, -1.0), np.full(n, 2.0)
    found = crossings(plane, low, high)
    np.testing.assert_allclose(found @ plane[:-1] + plane[-1], 0, atol=1e-9)
    on_edge = ((found == low) | (found == high)).sum(axis=1)
    assert (on_edge >= n - 1).all()
    corners = np.array(np.meshgrid(*[(-1.0, 2.0)] * n)).reshape(n, -1).T @ plane[:-1] + plane[-1]
    if corners.min() < -1e-6 and corners.max() > 1e-6:
        assert len(found) >= n
    if corners.min() > 0 or corners.max() < 0:
        assert not len(found)


@given(hnp.arrays(float, 3, elements=NUMBERS))
def test_the_two_sides_of_a_line_make_up_the_frame(line):
    def area(corners):
        x, y = corners.T if len(corners) else np.zeros((2, 1))
        return abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2
    found = sides(line, np.zeros(2), np.ones(2) * 2)
    if np.abs(line[:2]).max() > 0.01:
        assert sum(map(area, found)) == pytest.approx(4)
    for sign, corners in zip((1, -1), found, strict=True):
        assert (sign * (corners @ line[:2] + line[2]) >= -1e-9).all()


def test_every_move_is_a_moment_of_the_film():
    found = learn(CORNERS, AND, trace=True)
    film = LineMoving(CORNERS, AND, found, names=("a", "b"))
    axes = film.figure.axes[0]
    assert film.steps == found.updates == len(found.lines) - 1
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("a", "b")
    for step, (a, b, c) in enumerate(found.lines):
        film.show(step)
        line = next(each for each in axes.get_lines() if each.get_label() == "the line")
        np.testing.assert_allclose(line.get_xydata() @ [a, b] + c, 0, atol=1e-12)
        assert axes.get_title(loc="left").startswith(f"move {step} of {film.steps}")
        ring = next(each for each in axes.get_lines() if each.get_label() == "made this move")
        if step:
            np.testing.assert_array_equal(ring.get_xydata()[0], found.moves[step - 1].x)
    blue, orange = axes.patches
    assert blue.get_path().contains_point((1, 1))
    assert all(orange.get_path().contains_point(each) for each in CORNERS[:3])


@pytest.mark.parametrize("points", [CORNERS, CUBE])
@pytest.mark.parametrize("width", [360, 800, 1600])
def test_moments_are_readable(points, width):
    labels = (points.sum(axis=1) > points.shape[1] - 1.5).astype(int)
    found = learn(points * 123.456, labels, trace=True)
    film = LineMoving(points * 123.456, labels, found, width=width)
    assert_readable(film.show(film.steps // 2))
    if points is CUBE:
        assert_readable(decision_plane(points, labels, found.lines[-3:], names=("a", "b", "c"),
                                       width=width))


def test_a_plane_in_space_moves():
    labels = CUBE.all(axis=1).astype(int)
    found = learn(CUBE, labels, trace=True)
    film = LineMoving(CUBE, labels, found)
    plane = film.figure.axes[0].collections[-1]
    for step, line in enumerate(found.lines):
        film.show(step)
        drawn = corners_of(plane)
        np.testing.assert_allclose(drawn @ line[:3] + line[3], 0, atol=1e-9)
    side = CUBE @ found.weights + found.bias
    assert len(drawn) >= 3
    assert ((side >= 0) == labels).all()


def corners_of(surface):
    """The corners of a surface in space, as it was given them."""
    faces = np.asarray(surface._faces, float)
    return faces.reshape(-1, 3)


def test_what_cannot_move():
    with pytest.raises(DataError, match=r"learn\(x, y, trace=True\)"):
        LineMoving(CORNERS, AND, learn(CORNERS, AND))
    with pytest.raises(DataError, match=r"learn\(x, y, trace=True\)"):
        LineMoving(CORNERS, AND, None)
    with pytest.raises(KindError, match="points must"):
        decision_plane("abc", AND, [])
    found = learn(CORNERS, AND, trace=True)
    for points, labels, error in ((CUBE, AND, ShapeError), (CORNERS, [0, 0, 0, 2], DataError),
                                  (CORNERS * np.nan, AND, DataError)):
        with pytest.raises(error):
            LineMoving(points, labels, found)
    with pytest.raises(ShapeError, match="has 4 numbers"):
        decision_plane(CUBE, CUBE.all(axis=1), [(1, 1, 1)])
    with pytest.raises(ShapeError, match=r"points of shape \(n, 3\)"):
        decision_plane(CORNERS, AND, [])


@pytest.fixture(scope="module")
def film():
    return LineMoving(CORNERS, AND, learn(CORNERS, AND, trace=True), width=300)


def test_a_gif_and_a_page_have_the_same_moments(tmp_path, film):
    film.save(tmp_path / "line.gif", frames=4)
    path = film.save(tmp_path / "line.html", frames=4, fps=5)
    page = path.read_text()
    frames = json.loads(re.search(r"frames = (\[.*?\])", page)[1])
    assert len(frames) == 4
    first, *_, last = (Image.open(io.BytesIO(base64.b64decode(each))) for each in frames)
    with Image.open(tmp_path / "line.gif") as gif:
        assert gif.n_frames == 4
        assert gif.size == first.size
        difference = np.abs(np.array(gif.convert("RGB"), int) - np.array(first.convert("RGB")))
        assert difference.mean() < 2
    assert (np.array(first.convert("RGB")) != np.array(last.convert("RGB"))).any()
    assert "http" not in page
    assert "200" in page                                           # five a second


def test_a_notebook_shows_figures_and_films(film):
    data, size = film.figure._repr_png_()
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (2 * size["width"], 2 * size["height"])
    assert size["width"] == 300
    source = re.search(r'src="data:image/gif;base64,([^"]+)"', film._repr_html_())
    with Image.open(io.BytesIO(base64.b64decode(source[1]))) as gif:
        assert gif.n_frames == film.steps + 1


def test_a_film_is_written_whole_or_not_at_all(tmp_path, film):
    (tmp_path / "line.gif").write_bytes(b"old")
    with pytest.raises(FileError, match="does not exist"):
        film.save(tmp_path / "nowhere" / "line.gif")
    for wrong in ({"frames": 1}, {"fps": 0}):
        with pytest.raises(ArgumentError, match="at least 2 frames"):
            film.save(tmp_path / "line.gif", **wrong)
    with pytest.raises(ArgumentError, match=r"\.gif, \.html or \.mp4, but got line\.webm"):
        film.save(tmp_path / "line.webm")
    assert (tmp_path / "line.gif").read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["line.gif"]


def test_a_video_needs_ffmpeg(tmp_path, film, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileError, match=r"needs the program ffmpeg.*Install it, or save as \.gif"):
        film.save(tmp_path / "line.mp4")


def test_a_video_gets_every_moment(tmp_path, film, monkeypatch):
    """A stand-in for ffmpeg that keeps the raw frames it is given."""
    stand_in = tmp_path / "ffmpeg"
    stand_in.write_text(f"#!{sys.executable}\nimport sys\n"
                        "open(sys.argv[-1], 'wb').write(sys.stdin.buffer.read())\n")
    stand_in.chmod(stand_in.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    path = film.save(tmp_path / "line.mp4", frames=3, fps=4)
    width, height = (round(2 * each * 72) for each in film.figure.get_size_inches())
    frames = len(path.read_bytes()) / (4 * width * height)
    assert frames == 3 + 6                                  # the last one stands for 1.5 seconds
