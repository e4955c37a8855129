"""The picture of points in the plane: every point, the lines, the shaded sides, and the reason."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.core.errors import DataError, ShapeError
from pellucid.insight.plots.decision_line import Plane, decision_line
from tests.insight.test_plots import assert_readable

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
AND = Plane("AND", CORNERS, np.array([0, 0, 0, 1]), [(1, 1, -0.5), (1, 1, -1.5)], note="1 move")
XOR = Plane("XOR", CORNERS, np.array([0, 1, 1, 0]), hulls=([1, 2], [0, 3]), meeting=(0.5, 0.5),
            note="no line: they cross")


def drawn(axes):
    return {line.get_label(): line.get_xydata() for line in axes.get_lines()}


def test_points_and_lines_are_where_they_belong():
    panel = decision_line([AND]).axes[0]
    lines = drawn(panel)
    np.testing.assert_array_equal(lines["1"], [[1, 1]])
    np.testing.assert_array_equal(lines["0"], CORNERS[:3])
    for x, y in lines["the line"]:
        assert x + y == pytest.approx(1.5)
    for x, y in lines["a line before"]:
        assert x + y == pytest.approx(0.5)
    assert len(lines["the line"]) == 2


def test_the_sides_of_the_last_line_are_shaded():
    blue, orange = decision_line([AND]).axes[0].patches
    assert all(x + y >= 1.5 - 1e-9 for x, y in blue.get_xy())
    assert all(x + y <= 1.5 + 1e-9 for x, y in orange.get_xy())
    assert blue.get_path().contains_point((1, 1))
    for corner in CORNERS[:3]:
        assert orange.get_path().contains_point(corner)


def test_where_no_line_can_be_the_hulls_meet():
    panel = decision_line([XOR]).axes[0]
    np.testing.assert_array_equal(drawn(panel)["between both"], [[0.5, 0.5]])
    ones, zeros = panel.patches
    assert {tuple(each) for each in ones.get_xy()} == {(0, 1), (1, 0)}
    assert {tuple(each) for each in zeros.get_xy()} == {(0, 0), (1, 1)}


@pytest.mark.parametrize("line", [(0, 1, -0.5), (1, 0, -0.5), (0, 0, 1), (1, 1, 50)])
def test_lines_of_every_direction_and_those_outside(line):
    panel = decision_line([AND._replace(lines=[line])]).axes[0]
    inside = line in ((0, 1, -0.5), (1, 0, -0.5))
    assert ("the line" in drawn(panel)) == inside
    assert len(panel.patches) == (2 if inside else 1)         # all of the frame is on one side


@pytest.mark.parametrize("width", [360, 800, 1600])
def test_it_is_readable(width):
    assert_readable(decision_line([AND, XOR, AND._replace(title="a long title " * 9), XOR, AND],
                                  names=("a", "b"), width=width))


def test_what_cannot_be_drawn():
    with pytest.raises(DataError, match="at least one plane"):
        decision_line([])
    with pytest.raises(ShapeError, match=r"shape \(n, 2\) and a label for each"):
        decision_line([Plane("x", np.zeros((3, 3)), np.zeros(3))])
