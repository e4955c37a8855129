"""Pictures for dark pages: each colour becomes that of its role, and nothing light is left."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex

from pellucid.insight import plots
from pellucid.insight.dynamics import descend, landscape
from pellucid.insight.plots.dark import DARK, darkened
from pellucid.insight.plots.style import COLOURS, house_style
from tests.house.tree import SOURCE

X = np.random.default_rng(0).normal(size=(30, 2))
Y = (X[:, 0] > 0).astype(int)


def sides(rows):
    return 1 / (1 + np.exp(-np.asarray(rows)[:, 0]))


def bowl(x, y):
    return x * x + y * y


def pixels(figure):
    with house_style():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba(), float)[..., :3]


FIGURES = {
    "lines": lambda: plots.roc_curve(Y, X[:, 0] + X[:, 1]),
    "regions": lambda: plots.decision_boundary(sides, X, Y, grid_resolution=30),
    "space": lambda: plots.descent_paths(landscape(bowl, (-1, 1), (-1, 1), count=9),
                                         [descend(bowl, (1, 1), steps=4)]),
    "cells": lambda: plots.confusion_matrix(Y, X[:, 1] > 0),
}


@pytest.mark.parametrize("name", FIGURES)
def test_light_and_dark_change_places(name):
    light, dark = pixels(FIGURES[name]()), pixels(darkened(FIGURES[name]()))
    assert light.shape == dark.shape
    assert np.median(light) > 200
    assert np.median(dark) < 120
    paper = np.array([int(DARK["#ffffff"][k:k + 2], 16) for k in (1, 3, 5)])
    np.testing.assert_array_equal(dark[1, 1], paper)
    left = (np.abs(dark - 255).max(axis=2) < 3).mean()                 # of the light page
    assert left < 0.001


def test_what_is_see_through_stays_so():
    figure = FIGURES["regions"]()
    depths = [each.get_facecolor()[:, 3] for each in figure.axes[0].collections if each.filled]
    darkened(figure)
    after = [each for each in figure.axes[0].collections if each.filled]
    for each, before in zip(after, depths, strict=True):
        np.testing.assert_allclose(each.get_facecolor()[:, 3], before)
        assert to_hex(each.get_facecolor()[0][:3]) in (DARK[COLOURS["blue"]],
                                                       DARK[COLOURS["orange"]])


def test_the_dark_colours_are_those_of_the_pages():
    style = (SOURCE / "insight" / "report" / "style.css").read_text()
    dark = re.search(r"prefers-color-scheme: dark\)(.*?)}", style, re.S)[1]
    told = dict(re.findall(r"--(\w+): (#\w+)", dark))
    assert {role: DARK[colour] for role, colour in COLOURS.items()} == {
        role: told[role] for role in COLOURS}
