"""Pictures over the plane of two features: regions of classes, surfaces of numbers, units."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from matplotlib.colors import same_color
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.svm import LinearSVC

from pellucid import Input, Sequential, layers
from pellucid.core.errors import ArgumentError, DataError, KindError, ShapeError
from pellucid.insight.answers import feature_plane, surface, unit_answers
from pellucid.insight.plots.decision_boundary import decision_boundary
from pellucid.insight.plots.style import BLUE, SERIES
from pellucid.insight.plots.unit_regions import unit_regions
from tests.insight.test_plots import assert_readable

WIDTHS = (360, 800, 1600)
RANDOM = np.random.default_rng(5)
X = RANDOM.uniform(-2, 2, (80, 2))
SIDE = X @ [1.0, -2.0] + 0.3
Y = (SIDE > 0).astype(int)
IRIS = load_iris()


def unit(rows):
    return 1 / (1 + np.exp(-3 * (np.asarray(rows) @ [1.0, -2.0] + 0.3)))


def boundaries(axes):
    """The corners of the lines between regions: contours that are not filled, at level 0."""
    return np.concatenate([path.vertices for each in axes.collections
                           if not each.filled and list(each.levels) == [0]
                           for path in each.get_paths()])


def points(axes):
    return {line.get_label(): line.get_xydata() for line in axes.get_lines()}


def regions(axes):
    """Each filled sheet: its colour and whether a point lies in it."""
    return [(each.get_facecolor()[0], each) for each in axes.collections if each.filled]


def test_the_boundary_lies_where_two_classes_are_equally_likely():
    axes = decision_boundary(unit, X, Y).axes[0]
    line = boundaries(axes)
    assert len(line) > 50
    np.testing.assert_allclose(line @ [1.0, -2.0] + 0.3, 0, atol=0.02)
    drawn = points(axes)
    np.testing.assert_array_equal(drawn["class 0"], X[Y == 0])
    np.testing.assert_array_equal(drawn["class 1"], X[Y == 1])


def test_the_boundary_separates_the_drawn_points_and_the_colours_are_those_of_their_side():
    axes = decision_boundary(unit, X, Y).axes[0]
    for k, (colour, sheet) in enumerate(regions(axes)):
        assert same_color(colour[:3], SERIES[k])
        inside = np.any([path.contains_points(X) for path in sheet.get_paths()], axis=0)
        clear = np.abs(SIDE) > 0.1
        np.testing.assert_array_equal(inside[clear], Y[clear] == k)
    depths = regions(axes)[0][1].get_facecolor()[:, 3]
    assert (np.diff(depths) > 0).all()                  # the surer, the deeper


def test_three_classes_of_four_features_of_which_two_are_chosen():
    model = LogisticRegression(max_iter=500).fit(IRIS.data, IRIS.target)
    figure = decision_boundary(model, IRIS.data, IRIS.target, features=(2, 3),
                               feature_names=IRIS.feature_names, class_names=IRIS.target_names)
    axes = figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("petal length (cm)", "petal width (cm)")
    assert [text.get_text() for text in figure.legends[0].texts] == list(IRIS.target_names)
    rows = np.tile(np.median(IRIS.data, axis=0), (len(line := boundaries(axes)), 1))
    rows[:, 2:] = line
    best = np.sort(model.predict_proba(rows), axis=1)
    np.testing.assert_allclose(best[:, 2], best[:, 1], atol=0.02)
    for frame in (pd.DataFrame, pl.DataFrame):
        data = frame(dict(zip("abcd", IRIS.data.T, strict=True)))
        fitted = LogisticRegression(max_iter=500).fit(data, IRIS.target)
        same = decision_boundary(fitted, data, IRIS.target, features=("c", "d")).axes[0]
        assert same.get_xlabel() == "c"
        np.testing.assert_allclose(boundaries(same), line, atol=1e-6)


@pytest.mark.parametrize("estimator", [Perceptron(), LinearSVC()])
def test_estimators_without_probabilities_have_an_exact_line_too(estimator):
    model = estimator.fit(X, np.where(Y == 1, "yes", "no"))
    figure = decision_boundary(model, X, np.where(Y == 1, "yes", "no"))
    np.testing.assert_allclose(model.decision_function(boundaries(figure.axes[0])), 0, atol=1e-6)
    assert [text.get_text() for text in figure.legends[0].texts] == ["no", "yes"]


class Hard:
    """A classifier that gives labels and nothing else."""

    classes_ = np.array(["no", "yes"])

    def predict(self, rows):
        return self.classes_[(np.asarray(rows)[:, 0] > 0.5).astype(int)]


def test_a_classifier_that_only_gives_labels_has_regions():
    axes = decision_boundary(Hard(), X, grid_resolution=81).axes[0]
    line = boundaries(axes)
    assert np.abs(line[:, 0] - 0.5).max() < 0.06                       # within a step of the grid
    np.testing.assert_array_equal(points(axes)["_data"], X)            # without labels, one colour
    model = Sequential([layers.Dense(3), layers.Dense(3, "relu")])     # built when it is asked
    assert len(unit_regions(model, X, np.arange(80) % 3).axes) == 6


def test_models_of_every_output_mean_the_same_classes():
    """Probabilities, logits, two columns and −1/+1 of one line have one boundary."""
    z = lambda rows: np.asarray(rows) @ [1.0, -2.0] + 0.3
    says = {"probability": unit, "logits": z, "columns": lambda rows: np.c_[1 - unit(rows),
                                                                            unit(rows)],
            "scores": lambda rows: np.c_[-z(rows), z(rows)]}
    plane = feature_plane(X)
    for name, model in says.items():
        found = surface(model, plane, Y, "logits" if name == "logits" else "auto")
        assert found.classes == (0, 1)
        np.testing.assert_array_equal(found.lead[1] > 0, plane.folded(z(plane.rows))[0] > 0)
    signs = surface(z, plane, 2 * Y - 1)
    assert signs.classes == (-1, 1)
    np.testing.assert_array_equal(signs.lead[1] > 0, plane.folded(z(plane.rows))[0] > 0)


def test_a_model_of_ours_is_asked_quietly_and_logits_are_known(capsys):
    model = Sequential([Input((2,)), layers.Dense(1)])
    model.compile(loss="mse")
    from pellucid.losses import BinaryCrossentropy
    model.compile(loss=BinaryCrossentropy(from_logits=True))
    model.set_weights([np.array([[1.0], [-2.0]]), np.array([0.3])])
    line = boundaries(decision_boundary(model, X, Y).axes[0])
    np.testing.assert_allclose(line @ [1.0, -2.0] + 0.3, 0, atol=0.02)
    assert capsys.readouterr().out == ""


def test_a_regression_is_a_surface_with_a_scale_and_true_values():
    y = X[:, 0] * 10
    axes, scale = decision_boundary(lambda rows: rows[:, 0] * 10, X, y).axes
    filled = next(each for each in axes.collections if hasattr(each, "levels") and each.filled)
    for level, path in zip(filled.levels[1:], filled.get_paths(), strict=False):
        assert path.vertices[:, 0].max() * 10 <= level + 1e-6      # bands end where they should
    points = axes.collections[-1]
    np.testing.assert_array_equal(points.get_offsets(), X)
    bands = np.searchsorted(filled.levels, y, side="right") - 1
    np.testing.assert_allclose(points.get_facecolor()[:, 3], filled.get_facecolor()[bands, 3])
    assert same_color(points.get_facecolor()[0][:3], BLUE)
    assert scale.get_ylim() == (filled.levels[0], filled.levels[-1])


@pytest.mark.parametrize("width", WIDTHS)
def test_boundaries_are_readable(width):
    names = ["a rather long name of a feature, in cm²"] * 2
    assert_readable(decision_boundary(unit, X, Y, feature_names=names, width=width))
    assert_readable(decision_boundary(lambda rows: rows[:, 0] * 1e5, X, Y * 1e5, kind="number",
                                      width=width))
    many = Y + 2 * (X[:, 0] > 0) + 4 * (X[:, 1] > 1)
    assert_readable(decision_boundary(
        lambda rows: np.exp(-np.square(rows[:, :1] - np.arange(8) / 2)), X, many,
        class_names=[f"class of number {k}" for k in range(8)], width=width))


@pytest.mark.parametrize(("given", "error", "told"), [
    ({"x": np.zeros((5, 3))}, ArgumentError, r"3 features, .* Choose two of them: features=\(0, 1"),
    ({"x": np.zeros(5)}, ShapeError, "table of shape"),
    ({"x": np.zeros((0, 2))}, DataError, "no rows"),
    ({"x": [[0, np.nan], [1, 2]]}, DataError, "finite numbers, but got others in row 0"),
    ({"features": (0, 2)}, ArgumentError, "numbered from 0 to 1, but got 2"),
    ({"features": (1, 1)}, ArgumentError, "two different features"),
    ({"features": (0,)}, ArgumentError, "name two features"),
    ({"features": ("a", "b"), "feature_names": ["a", "c"]}, ArgumentError, "'b' is not a known"),
    ({"feature_names": ["a"]}, ShapeError, "name all 2 features"),
    ({"grid_resolution": 1}, ArgumentError, "at least 2 rows"),
    ({"y": [0, 1, 1]}, ShapeError, "label for each of 80 rows"),
    ({"y": np.full(80, 2), "kind": "probability"}, DataError, "classes, 0, 1, but got 2"),
    ({"y": ["a"] * 80}, DataError, "classes, 0, 1, but got 'a'"),
    ({"y": ["a"] * 80, "kind": "number"}, KindError, "y must hold numbers"),
    ({"model": lambda rows: {"a": rows}}, KindError, "answer with numbers"),
    ({"kind": "odds"}, ArgumentError, "kind must be one of"),
    ({"class_names": ["a"]}, ShapeError, "name all 2 classes"),
    ({"model": lambda rows: rows[:3, 0]}, ShapeError, "answer each of"),
    ({"model": lambda rows: rows[:, 0] / 0}, DataError, "answers must be finite"),
    ({"model": lambda rows: rows[:, 0] * 3}, ArgumentError, 'kind="logits" or kind="number"'),
    ({"model": lambda rows: rows, "kind": "number"}, ShapeError, "one number a row, but got 2"),
    ({"model": 3}, KindError, "a model with `predict`"),
    ({"kind": "number", "y": np.full(80, np.inf)}, ShapeError, "finite number for each"),
])
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_what_cannot_be_drawn_is_said(given, error, told):
    x = given.pop("x", X)
    given.setdefault("y", None if x is not X else Y)
    with pytest.raises(error, match=told):
        decision_boundary(given.pop("model", unit), x, **given)


def network():
    model = Sequential([Input((2,)), layers.Dense(3, "relu", name="h"), layers.Dropout(0.5),
                        layers.Dense(2, "tanh", name="g"), layers.Dense(3, "softmax", name="o")])
    for each in model.weights:
        each.assign(RANDOM.normal(size=each.shape))
    return model


def test_units_are_seen_before_and_after_their_activation():
    model, plane = network(), feature_plane(X, count=9)
    before = model.layers[0].activation
    hidden, second, last = unit_answers(model, plane)
    assert [each.name for each in (hidden, second, last)] == ["h", "g", "o"]
    w, b = model.get_weights()[:2]
    np.testing.assert_allclose(hidden.sums, plane.folded(plane.rows @ w + b), atol=1e-5)
    np.testing.assert_array_equal(hidden.outputs, np.maximum(hidden.sums, 0))
    np.testing.assert_allclose(second.outputs, np.tanh(second.sums), atol=1e-6)
    assert last.competing
    np.testing.assert_array_equal((last.sides > 0).argmax(0), last.outputs.argmax(0))
    np.testing.assert_allclose(last.outputs, plane.folded(model.predict(plane.rows, verbose=0)),
                               atol=1e-6)
    assert model.layers[0].activation is before


def test_the_first_layer_draws_straight_lines():
    model = network()
    figure = unit_regions(model, X, Y)
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "h 1", "h 2", "h 3", "g 1", "g 2", "o 1", "o 2", "o 3"]
    w, b = model.get_weights()[:2]
    for k, axes in enumerate(figure.axes[:3]):
        line = boundaries(axes)
        np.testing.assert_allclose(line @ w[:, k] + b[k], 0, atol=1e-5)
        on = [path.contains_points(X) for colour, sheet in regions(axes)
              if same_color(colour[:3], BLUE) for path in sheet.get_paths()]
        z = X @ w[:, k] + b[k]
        np.testing.assert_array_equal(np.any(on, axis=0)[np.abs(z) > 0.1], (z > 0.0)[
            np.abs(z) > 0.1])
        drawn = [line.get_xydata() for line in axes.get_lines()]
        np.testing.assert_array_equal(drawn[1], X[Y == 1])


@pytest.mark.parametrize("width", WIDTHS)
def test_regions_of_units_are_readable(width):
    model = Sequential([Input((3,)), *(layers.Dense(13 if i == 3 else 2, "relu",
                                                    name=f"a_layer_of_long_name_{i}")
                                       for i in range(9)), layers.Dense(1, name="last")])
    rows = np.c_[X, X[:, 0]]
    figure = unit_regions(model, rows, SIDE, features=(0, 2), grid_resolution=8, width=width)
    assert_readable(figure)
    told = [axes.get_xlabel() for axes in figure.axes]
    assert [each for each in told if "more" in each] == (
        [f"+ {13 - width // 118} more"] if width < 1600 else [])
    assert figure.axes[-1].get_title(loc="left").startswith("last")


def test_units_without_a_line_and_what_cannot_be_looked_into():
    model = Sequential([Input((2,)), layers.Dense(1, "relu")])
    model.set_weights([np.zeros((2, 1)), np.array([-1.0])])
    assert len(unit_regions(model, X).axes[0].collections) == 0          # off everywhere
    with pytest.raises(KindError, match="a model of pellucid's"):
        unit_regions(LogisticRegression().fit(X, Y), X)
    with pytest.raises(ShapeError, match=r"rows of shape \(3,\), but got \(2,\)"):
        unit_regions(Sequential([Input((3,)), layers.Dense(1)]), X)
    with pytest.raises(DataError, match="row of units"):
        unit_regions(Sequential([Input((2,)), layers.Dropout(0.1)]), X)
    with pytest.raises(ArgumentError, match="label for each"):
        unit_regions(model, X, Y[:3])
