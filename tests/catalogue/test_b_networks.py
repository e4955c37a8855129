"""Catalogue B: from perceptrons to networks."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import same_color

from pellucid import Input, Sequential, activations, layers, losses
from pellucid.atoms import exp, greater_equal, matmul, mean, sin, stack, sum
from pellucid.core.errors import KindError
from pellucid.core.gradient_check import gradient_check
from pellucid.core.op import Op
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import convert
from pellucid.core.variable import Variable
from pellucid.insight.graph import graph
from pellucid.insight.plots.style import BLUE
from pellucid.insight.plots.unit_regions import unit_regions
from tests.insight.graph.drawn import read

INPUTS = convert([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def perceptron(x, weights, bias):
    """1 where w · x + b ≥ 0, else 0."""
    return greater_equal(matmul(x, convert(weights)) + bias, 0) * 1.0


def test_B3_xor_out_of_nand_or_and():
    nand = perceptron(INPUTS, [-1.0, -1.0], 1.5)
    either = perceptron(INPUTS, [1.0, 1.0], -0.5)
    both = perceptron(stack([nand, either], axis=1), [1.0, 1.0], -1.5)
    assert nand.tolist() == [1, 1, 1, 0]
    assert either.tolist() == [0, 1, 1, 1]
    assert both.tolist() == [0, 1, 1, 0]


def test_B5_lines_then_what_lines_enclose_then_regions_of_any_form():
    """NAND and OR draw a line each, AND of both a strip between; two strips meet as two spots."""
    model = Sequential([Input((2,)), layers.Dense(4, hard, name="lines"),
                        layers.Dense(2, hard, name="strips"), layers.Dense(1, hard, name="spots")])
    model.set_weights([
        np.array([[1.0, -1.0, 1.0, -1.0], [1.0, -1.0, -1.0, 1.0]]), np.array([-0.5, 1.5, 0.5, 0.5]),
        np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]), np.array([-1.5, -1.5]),
        np.array([[1.0], [-1.0]]), np.array([-0.5])])
    figure = unit_regions(model, [[-0.5, -0.5], [1.5, 1.5]], grid_resolution=81)
    panels = {axes.get_title(loc="left"): axes for axes in figure.axes}
    assert list(panels) == ["lines 1", "lines 2", "lines 3", "lines 4", "strips 1", "strips 2",
                            "spots 1"]
    w, b = model.get_weights()[:2]
    for k in range(4):                                  # the first layer: one straight line each
        line, = borders(panels[f"lines {k + 1}"])
        np.testing.assert_allclose(line @ w[:, k] + b[k], 0, atol=1e-6)
        assert is_on(panels[f"lines {k + 1}"], np.array([[0.0, 0.0], [1.0, 1.0]])).tolist() == (
            [[0, 0], [1, 1]] @ w[:, k] + b[k] > 0).tolist()
    places = np.random.default_rng(0).uniform(-0.6, 1.6, (300, 2))
    z = places @ w + b
    near = (np.abs(z) < 0.06).any(axis=1)               # within a step of the grid of some line
    on = z > 0
    strips = [on[:, 0] & on[:, 1], on[:, 2] & on[:, 3]]
    for k, expected in enumerate(strips):               # the second: what lies between two lines
        assert len(borders(panels[f"strips {k + 1}"])) == 2
        np.testing.assert_array_equal(is_on(panels[f"strips {k + 1}"], places)[~near],
                                      expected[~near])
    expected = strips[0] & ~strips[1]                   # the third: a strip cut in two, not convex
    np.testing.assert_array_equal(is_on(panels["spots 1"], places)[~near], expected[~near])
    assert is_on(panels["spots 1"], np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]])).tolist() == [
        True, False, True]


def hard(z):
    """1 where z ≥ 0, else 0: a perceptron's step."""
    return greater_equal(z, 0) * 1.0


def borders(axes):
    """The lines of a panel, each as its corners."""
    return [path.vertices for each in axes.collections if not each.filled
            for whole in each.get_paths() for path in whole._iter_connected_components()]


def is_on(axes, places):
    """Which places lie where a unit is on: in the blue of its panel."""
    blue = [path for each in axes.collections if each.filled
            and same_color(each.get_facecolor()[0][:3], BLUE) for path in each.get_paths()]
    return np.any([path.contains_points(places) for path in blue], axis=0)


@pytest.fixture
def pulled(monkeypatch):
    """The ops whose gradient was asked for, in order."""
    seen = []
    for kind in (Op, type(sum)):
        plain = kind.pull_back
        monkeypatch.setattr(kind, "pull_back", lambda self, *args, plain=plain: (
            seen.append(self.name), plain(self, *args))[1])
    return seen


def test_B10_backward_visits_each_node_once(pulled):
    """All P derivatives of a graph of N nodes cost one walk: N steps back and P answers."""
    parameters = [Variable(0.1 * i + 0.5, dtype="float64") for i in range(12)]
    with GradientTape() as tape:
        y = convert(np.array(1.0))
        for w in parameters:                             # every y is used twice
            y = sin(y) * w + y
    nodes = len(tape.applications)
    gradients = tape.gradient(y, parameters)
    assert nodes == 3 * len(parameters) - 1              # the first sine depends on no parameter
    assert len(pulled) == nodes                          # not nodes · parameters, not 2ⁿ paths
    assert all(gradient is not None for gradient in gradients)


def test_B10_what_the_target_does_not_need_is_not_visited(pulled):
    w = Variable(2.0)
    with GradientTape() as tape:
        y = w * w
        _ = exp(y) + sin(w)
    assert float(tape.gradient(y, w)) == 4.0
    assert pulled == ["multiply"]


def test_B10_the_graph_is_drawn_with_value_and_gradient_on_every_node():
    """J = 3 (a + b c) at (5, 3, 2): values 6, 11, 33 forwards, gradients 1, 3, 3 and so on back."""
    drawn = graph(lambda a, b, c: 3 * (a + b * c), a=5.0, b=3.0, c=2.0)
    shown = {box.name: box.texts for box in read(drawn.to_svg()).boxes}
    assert shown == {
        "a": ["a", "value", "5", "∂J/∂a", "3"], "b": ["b", "value", "3", "∂J/∂b", "6"],
        "c": ["c", "value", "2", "∂J/∂c", "9"],
        "v1": ["v1", "= b · c", "value", "6", "∂J/∂v1", "3"],
        "v2": ["v2", "= a + v1", "value", "11", "∂J/∂v2", "3"],
        "J": ["J", "= 3 · v2", "value", "33", "∂J/∂J", "1"]}


def test_B10_a_network_is_drawn_with_value_and_gradient_on_every_node():
    model = Sequential([Input((2,), name="x"), layers.Dense(3, "tanh", name="hidden"),
                        layers.Dense(1, name="out")])
    model.compile(loss="mse")
    drawn = model.graph(INPUTS, np.array([[0.0], [1.0], [1.0], [0.0]]))
    assert [each.name for each in drawn] == ["x", "hidden", "out", "loss"]
    assert all(each.value is not None and each.gradient is not None for each in drawn)
    styles = [{word[4] for word in box.words} for box in read(drawn.to_svg()).boxes]
    assert all({"value", "gradient"} <= each for each in styles)


SMOOTH = sorted(set(activations.FUNCTIONS) - {"threshold", "linear"})


@pytest.mark.parametrize("name", SMOOTH)
def test_B11_nudging_agrees_for_every_activation(name):
    x = Variable(np.random.default_rng(5).normal(size=(3, 4)) * 1.7, name="x")
    report = gradient_check(lambda: activations.get(name)(x) * sin(x[:, :1]), [x])
    assert report.error <= 1e-6, str(report)


LOSSES = ["mean_squared_error", "mean_absolute_error", "mean_squared_logarithmic_error", "huber",
          "log_cosh", "cosine_similarity", "hinge", "squared_hinge", "categorical_hinge",
          "kl_divergence", "poisson", "binary_crossentropy", "categorical_crossentropy"]


@pytest.mark.parametrize("name", LOSSES)
def test_B11_nudging_agrees_for_every_loss(name):
    random = np.random.default_rng(2)
    truth = np.eye(4)[random.integers(4, size=5)]
    p = Variable(random.uniform(0.1, 0.9, size=(5, 4)), name="p")
    report = gradient_check(lambda: mean(losses.get(name)(convert(truth), p)), [p])
    assert report.error <= 1e-6, str(report)


def test_B11_a_wrong_gradient_is_found_and_shown():
    from pellucid.core import op as ops
    bent = ops.Op(lambda x: x * x)
    bent.gradient(lambda g, y, x: g * x)                 # half of what it should be
    good, bad = Variable([1.0, 2.0], dtype="float64", name="good"), Variable(
        [[1.0, 3.0]], dtype="float64", name="bad")
    report = gradient_check(lambda: sum(good * good) + sum(bent(bad)), [good, bad])
    assert not report
    assert report.checks[0].error < 1e-10
    assert report.checks[1].error == pytest.approx(0.5)
    assert report.checks[1].place == (0, 1)
    assert "bad" in str(report)
    assert "taped 3, nudged 6" in str(report)
    assert "gradients DIFFER" in str(report)
    assert bad.tolist() == [[1.0, 3.0]]                  # the variable is put back
    with pytest.raises(KindError, match=r"needs float64 variables \(w is not one\), but got float"):
        gradient_check(lambda: 0.0, [Variable(1.0, name="w")])
