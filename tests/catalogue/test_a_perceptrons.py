"""Catalogue A: perceptrons and linear models."""

from __future__ import annotations

import os
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from sklearn import datasets, linear_model

from pellucid import losses
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Tensor
from pellucid.data import load
from pellucid.insight.plots.decision_line import Plane, decision_line
from pellucid.insight.plots.decision_plane import decision_plane
from pellucid.insight.plots.line_moving import LineMoving
from pellucid.perceptron import (
    NotSeparableWarning,
    Overlap,
    learn,
    move_line,
    novikoff_bound,
    separate,
    side,
)
from pellucid.sklearn import LinearRegression, LogisticRegression, Perceptron

GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "nor": [1, 0, 0, 0]}
CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)


def test_A1_a_point_on_the_wrong_side_moves_the_line():
    assert side((2, 3, 5), (4, 5)) == 28
    assert move_line((2, 3, 5), (4, 5), positive=False).tolist() == [-2, -2, 4]
    moves = [move_line((2, 3, 5), (4, 5), False, rate) - (2, 3, 5) for rate in (1, 0.1)]
    np.testing.assert_allclose(moves[1], 0.1 * moves[0])              # the rate scales the move
    assert move_line((2, 3, 5), (4, 5), positive=True).tolist() == [2, 3, 5]


def test_A2_thresholds_in_one_dimension_and_more():
    x = [-2, 6, 7, 3, 2, -1, 0, 5, 10, 4, 9, 8]
    y = [0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 1]
    found = learn(x, y, epochs=10_000)
    threshold = -found.bias / found.weights[0]
    assert 4 < threshold <= 5
    assert found(np.array(x)[:, None]).tolist() == y                  # 12 of 12
    random = np.random.default_rng(0)
    for features in (2, 3, 7):
        points = random.normal(size=(40, features))
        labels = (points @ random.normal(size=features) + 0.3 >= 0).astype(int)
        assert learn(points, labels, epochs=100_000)(points).tolist() == labels.tolist()


@given(hnp.arrays(float, (12, 2), elements=st.floats(-5, 5)),
       hnp.arrays(float, 3, elements=st.floats(-2, 2)),
       hnp.arrays(float, 3, elements=st.floats(-3, 3)), st.integers(0, 99))
def test_A3_updates_stay_below_the_bound_of_novikoff(x, plane, start, seed):
    """k ≤ (R/γ)² from zero; from w₀, (kγ - ‖w₀‖)² ≤ ‖w₀‖² + kR² once kγ ≥ ‖w₀‖."""
    extended = np.column_stack([x, np.ones(12)])
    z = extended @ plane
    keep = np.abs(z) > 0.05 * np.linalg.norm(plane) + 1e-3
    x, y, extended = x[keep], (z[keep] >= 0).astype(int), extended[keep]
    if not len(x) or np.linalg.norm(plane) < 0.1:
        return
    bound = novikoff_bound(x, y, plane[:2], plane[2])
    found = learn(x, y, epochs=200_000, seed=seed)
    assert found.converged
    assert found.updates <= bound + 1e-9
    long = (extended ** 2).sum(1).max()
    margin = np.sqrt(long / bound)
    away = learn(x, y, epochs=200_000, weights=start[:2], bias=start[2], seed=seed)
    k, first = away.updates, np.linalg.norm(start)
    assert away.converged
    if k * margin >= first:
        assert (k * margin - first) ** 2 <= first ** 2 + k * long + 1e-6


def test_A4_the_unified_rule_is_the_rule_of_two_cases():
    truth = {(0, 0): 0, (0, 1): -1, (1, 1): 0, (1, 0): 1}
    for (y, answer), error in truth.items():
        assert y - answer == error
    random = np.random.default_rng(1)
    x = random.normal(size=(30, 2))
    y = (x @ (1.0, -2.0) + 0.2 >= 0).astype(int)
    w, b, order = np.array([0.3, 0.1]), -0.2, np.arange(30)
    found = learn(x, y, weights=w, bias=b, shuffle=False, trace=True)
    for move in found.trace:                                          # case by case, as in A3
        i = order[move.row]
        z = w @ x[i] + b
        if y[i] == 1 and z < 0:
            w, b = w + x[i], b + 1
        elif y[i] == 0 and z >= 0:
            w, b = w - x[i], b - 1
        np.testing.assert_allclose([*move.weights, move.bias], [*w, b], atol=1e-12)
    assert learn(x, y, rate=0.01, epochs=1000).converged


@pytest.mark.parametrize("gate", GATES)
def test_A5_every_gate_from_every_seed(gate):
    for seed in range(1000 if os.environ.get("PELLUCID_PROFILE") == "deep" else 100):
        unit = Perceptron(tol=1e-3, random_state=seed).fit(CORNERS, GATES[gate])
        assert unit.predict(CORNERS).tolist() == GATES[gate], seed
        assert unit.score(CORNERS, GATES[gate]) == 1
    assert unit.coef_.shape == (1, 2)
    assert unit.intercept_.shape == (1,)


def test_A5_nand_is_missed_elsewhere():
    """Where scikit-learn stops because its loss stalls, ours goes on, since there is a line."""
    theirs = linear_model.Perceptron(tol=1e-3, random_state=0).fit(CORNERS, GATES["nand"])
    assert theirs.score(CORNERS, GATES["nand"]) < 1
    mine = Perceptron(tol=1e-3, random_state=0).fit(CORNERS, GATES["nand"])
    assert mine.score(CORNERS, GATES["nand"]) == 1


def test_A5_xor_stops_with_the_reason():
    with pytest.warns(NotSeparableWarning, match=r"not linearly separable.*\(0\.5, 0\.5\).*hidden"):
        unit = Perceptron(tol=1e-3, random_state=0).fit(CORNERS, [0, 1, 1, 0])
    assert unit.n_iter_ < 20
    assert isinstance(unit.overlap_[0], Overlap)
    assert unit.overlap_[0].ones == {1: 0.5, 2: 0.5}
    assert unit.overlap_[0].zeros == {0: 0.5, 3: 0.5}
    assert unit.score(CORNERS, [0, 1, 1, 0]) >= 0.5


def test_A6_perceptron_loss_and_hinge():
    pairs = {(1, 1): 0, (1, -1): 1, (-1, 1): 1, (-1, -1): 0}
    for (y, f), loss in pairs.items():
        assert float(losses.perceptron_loss([y * 1.0], [f * 1.0])) == loss
        assert float(losses.hinge([y * 1.0], [f * 1.0])) == (2 if loss else 0)
    z = Tensor(np.array([[0.5], [-0.25]]))
    with GradientTape() as tape:
        tape.watch(z)
        value = losses.PerceptronLoss()(np.array([[-1.0], [-1.0]]), z)
    assert tape.gradient(value, z).numpy().tolist() == [[0.5], [0.0]]     # only the wrong one
    x, y = datasets.make_blobs(80, centers=[[-3, 0], [3, 1]], random_state=3)
    for loss in ("perceptron", "hinge"):
        unit = LogisticRegression(C=np.inf, loss=loss, solver="gd", max_iter=3000).fit(x, y)
        assert unit.score(x, y) == 1, loss


def test_A7_one_unit_is_logistic_softmax_and_linear_regression():
    iris, diabetes = datasets.load_iris(), datasets.load_diabetes()
    theirs = linear_model.LinearRegression().fit(diabetes.data, diabetes.target)
    mine = LinearRegression(solver="lbfgs").fit(diabetes.data, diabetes.target)
    np.testing.assert_allclose(mine.coef_, theirs.coef_, rtol=1e-3)
    np.testing.assert_allclose(mine.intercept_, theirs.intercept_, rtol=1e-3)
    two = iris.target > 0                                             # these two overlap a little
    for x, y in ((iris.data[two], iris.target[two]), (iris.data, iris.target)):
        options = {"C": np.inf} if len(set(y)) == 2 else {"C": 1.0}
        theirs = linear_model.LogisticRegression(**options, tol=1e-10, max_iter=100_000).fit(x, y)
        mine = LogisticRegression(**options, tol=1e-8, max_iter=100_000).fit(x, y)
        np.testing.assert_allclose(mine.coef_, theirs.coef_, rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(mine.predict_proba(x), theirs.predict_proba(x), atol=1e-4)


def test_A8_and_by_hand():
    trace = learn(CORNERS, GATES["and"], weights=(1, 1), bias=-2.5, learn_bias=False,
                  shuffle=False, trace=True)
    first = trace.trace[:4]
    assert [move.z for move in first] == [-2.5, -1.5, -1.5, -0.5]
    assert [move.right for move in first] == [True, True, True, False]
    assert first[3].weights == (2, 2)
    assert [move.z for move in trace.trace[4:8]] == [-2.5, -0.5, -0.5, 1.5]
    assert trace.converged
    table = trace.table().splitlines()
    assert table[0].split() == ["epoch", "x", "y", "z", "ŷ", "w", "b"]
    assert table[4].split() == ["1", "(1,", "1)", "1", "-0.5", "0", "wrong", "(2,", "2)", "-2.5"]


def test_A9_the_line_that_is_drawn_separates_the_drawn_points():
    x = np.random.default_rng(2).normal(size=(40, 2))
    y = (x @ (1.0, -2.0) + 0.3 >= 0).astype(int)
    found = learn(x, y, trace=True)
    panel = decision_line([Plane("learned", x, y, found.lines)]).axes[0]
    drawn = {each.get_label(): each.get_xydata() for each in panel.get_lines()}
    (x0, y0), (x1, y1) = drawn["the line"]
    beside = {sort: (x1 - x0) * (drawn[sort][:, 1] - y0) - (y1 - y0) * (drawn[sort][:, 0] - x0)
              for sort in ("0", "1")}                               # the sign says on which side
    assert len(beside["0"]) + len(beside["1"]) == 40
    assert beside["0"].max() < 0 < beside["1"].min() or beside["1"].max() < 0 < beside["0"].min()


def test_A9_the_plane_that_is_drawn_separates_the_drawn_points():
    x = np.random.default_rng(3).normal(size=(40, 3))
    y = (x @ (1.0, -2.0, 1.5) + 0.3 >= 0).astype(int)
    axes = decision_plane(x, y, learn(x, y, trace=True).lines).axes[0]
    corner, one, other = np.asarray(axes.collections[-1]._faces)[0][:3]
    across = np.cross(one - corner, other - corner)
    sides = {line.get_label(): (np.transpose(line.get_data_3d()) - corner) @ across
             for line in axes.get_lines() if line.get_label() in ("0", "1")}
    assert len(sides["0"]) + len(sides["1"]) == 40
    assert sides["0"].max() < 0 < sides["1"].min() or sides["1"].max() < 0 < sides["0"].min()


def test_A9_the_animation_shows_the_line_after_every_move(tmp_path):
    found = learn(CORNERS, GATES["and"], trace=True)
    film = LineMoving(CORNERS, GATES["and"], found, width=240)
    seen = []
    for step in range(film.steps + 1):
        panel = film.show(step).axes[0]
        line = next(each for each in panel.get_lines() if each.get_label() == "the line")
        np.testing.assert_allclose(line.get_xydata() @ found.lines[step, :2],
                                   -found.lines[step, 2], atol=1e-12)
        seen.append(line.get_xydata().tobytes())
    assert len(set(seen)) > 3                                       # it does move
    with Image.open(film.save(tmp_path / "and.gif")) as gif:
        assert gif.n_frames == found.updates + 1


def test_A10_the_gates_are_data_sets():
    for name, truth in {**GATES, "xor": [0, 1, 1, 0]}.items():
        gate = load(name)
        assert gate.x.tolist() == CORNERS.tolist()
        assert gate.y.tolist() == truth
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not isinstance(separate(CORNERS, GATES["nand"]), Overlap)
    assert isinstance(separate(CORNERS, [0, 1, 1, 0]), Overlap)
