"""What scikit-learn's users pass to estimators: the same meaning here, or what to do instead."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import numpy as np
import pytest
from sklearn import linear_model, neural_network

from pellucid import sklearn as ours
from pellucid.core.errors import ArgumentError, KindError, PellucidError
from pellucid.sklearn import (
    LinearRegression,
    LogisticRegression,
    MLPClassifier,
    MLPRegressor,
    Perceptron,
)

X = np.random.default_rng(0).normal(size=(40, 3))
Y, T = (X[:, 0] > 0).astype(int), X @ [1.0, -2.0, 0.5] + 3
THEIRS = {name: getattr(linear_model, name, getattr(neural_network, name, None))
          for name in ours.__all__ if name != "LinearUnit"}
PAGE = Path(__file__).parents[2] / "docs" / "sklearn.md"


def arguments(function):
    return {name: each.default for name, each in inspect.signature(function).parameters.items()}


@pytest.mark.parametrize("name", THEIRS)
def test_every_argument_of_theirs_is_here_or_is_told(name):
    """... and the page names it; defaults that differ are named there too."""
    mine, theirs = getattr(ours, name), THEIRS[name]
    for method in ("__init__", "fit", "partial_fit"):
        if not hasattr(theirs, method):
            continue
        here, there = arguments(getattr(mine, method)), arguments(getattr(theirs, method))
        for each in set(there) - set(here):
            assert each in mine._instead, (name, each)
        for each in set(there) & set(here):
            if here[each] != there[each]:
                assert re.search(rf"{name}.*`{each}={here[each]}`", PAGE.read_text()), each
    assert not set(mine._instead) & set(arguments(mine))
    section = PAGE.read_text().partition("## What is different")[2]
    for each in mine._instead:
        assert f"`{each}`" in section, each


@pytest.mark.parametrize("name, each", [(name, each) for name in THEIRS
                                        for each in getattr(ours, name)._instead])
def test_what_only_they_have_says_what_to_do_instead(name, each):
    unit = getattr(ours, name)
    told = re.escape(unit._instead[each][1:])
    with pytest.raises(KindError, match=f"has no '{each}', unlike scikit-learn's.*{told}"):
        unit(**{each: None})
    with pytest.raises(KindError, match=f"fit has no '{each}', unlike scikit-learn's"):
        unit().fit(X, Y, **{each: None})


@pytest.mark.parametrize("how", [{}, {"fit_intercept": False}])
def test_positive_coefficients_are_scikit_learns(how):
    theirs = linear_model.LinearRegression(positive=True, **how).fit(X, T)
    mine = LinearRegression(positive=True, **how).fit(X, T)
    np.testing.assert_allclose(mine.coef_, theirs.coef_, atol=1e-7)
    np.testing.assert_allclose(mine.intercept_, theirs.intercept_, atol=1e-7)
    assert mine.coef_[1] == 0
    both = LinearRegression(positive=True, **how).fit(X, np.c_[T, -T])
    assert both.coef_.min() == 0
    gd = LinearRegression(positive=True, solver="gd", max_iter=3000, **how).fit(X, T)
    np.testing.assert_allclose(gd.coef_, theirs.coef_, atol=1e-4)


def test_a_warm_start_begins_where_the_last_fit_ended():
    unit = LogisticRegression(warm_start=True).fit(X, Y)
    kept, steps = unit.coef_, unit.n_iter_
    assert unit.fit(X, Y).n_iter_ < steps
    np.testing.assert_allclose(unit.coef_, kept, atol=1e-6)
    np.testing.assert_allclose(LogisticRegression().fit(X, Y).coef_, kept, atol=1e-6)
    assert unit.fit(X, np.arange(40) % 3).coef_.shape == (3, 3)       # more classes: from the start


def test_verbose_says_a_line(capsys):
    LogisticRegression(verbose=1).fit(X, Y)
    assert re.match(r"LogisticRegression: loss 0\.\d+ after \d+ steps$", capsys.readouterr().out)


@pytest.mark.parametrize("y, unit", [
    (Y, Perceptron), (Y, LogisticRegression), (T, LinearRegression), (Y, MLPClassifier),
    (T, MLPRegressor)])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_attributes_are_of_scikit_learns_kinds(y, unit):
    """Theirs are there (but rank_ and singular_), of the same types and shapes."""
    few = {"max_iter": 3} if unit in (MLPClassifier, MLPRegressor) else {}
    mine, theirs = unit(**few).fit(X, y), THEIRS[unit.__name__](**few).fit(X, y)
    for name, value in vars(theirs).items():
        if name.startswith("_") or not name.endswith("_") or name in ("rank_", "singular_"):
            continue
        own = getattr(mine, name)
        assert isinstance(own, type(value)) or isinstance(value, float | np.floating), name
        if isinstance(value, np.ndarray):
            assert (own.shape, own.dtype.kind) == (value.shape, value.dtype.kind), name
    public = {name for name in dir(mine) if not name.startswith("_")}
    assert public - set(dir(theirs)) - set(arguments(unit)) <= {"loss_", "n_iter_", "overlap_"}


@pytest.mark.parametrize(("call", "error", "told"), [
    (lambda: LogisticRegression(3), KindError, "takes no arguments without their name, but got 1"),
    (lambda: MLPClassifier((3,), "relu", "adam"), KindError, "takes 2 arguments without"),
    (lambda: LogisticRegression(c=1), KindError, 'mean "C"'),
    (lambda: LogisticRegression(solver="liblinear").fit(X, Y), ArgumentError, "penalises the inte"),
    (lambda: LogisticRegression(solver="lbgfs").fit(X, Y), ArgumentError, 'mean "lbfgs"'),
    (lambda: LogisticRegression(C="a").fit(X, Y), KindError, "C must be a number, but got 'a'"),
    (lambda: LogisticRegression(warm_start="x").fit(X, Y), KindError, "True or False"),
    (lambda: LinearRegression(positive="yes").fit(X, T), KindError, "positive must be True or"),
    (lambda: LinearRegression(fit_intercpt=True), KindError, 'mean "fit_intercept"'),
    (lambda: LinearRegression().fit(X, T, weights=1), KindError, 'mean "sample_weight"'),
    (lambda: LinearRegression(alpha="a").fit(X, T), KindError, "alpha must be a number"),
    (lambda: Perceptron().fit(X), KindError, "fit needs X and y, but got no y"),
    (lambda: Perceptron(eta=1), KindError, 'mean "eta0"'),
    (lambda: MLPClassifier(hidden_layers=(3,)), KindError, 'mean "hidden_layer_sizes"'),
    (lambda: MLPClassifier().fit(X, Y, epochs=3), KindError, "no argument 'epochs'"),
    (lambda: MLPClassifier().partial_fit(X, Y, clases=[0, 1]), KindError, 'mean "classes"'),
    (lambda: MLPClassifier(learning_rate=0.1).fit(X, Y), KindError, "is learning_rate_init"),
    (lambda: MLPClassifier(early_stopping="yes").fit(X, Y), KindError, "True or False"),
    (lambda: MLPClassifier(hidden_layer_sizes="9").fit(X, Y), ArgumentError, "whole numbers above"),
    (lambda: MLPRegressor(solver="adma").fit(X, T), ArgumentError, 'mean "adam"')])
def test_wrong_calls_are_told(call, error, told):
    with pytest.raises(error, match=told) as caught:
        call()
    assert isinstance(caught.value, PellucidError)
