"""scikit-learn's own checks hold for every estimator, without exceptions; and what is ours."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pandas
import polars
import pytest
from scipy import sparse
from sklearn import datasets, linear_model, neural_network
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

from pellucid import callbacks, losses, optimizers
from pellucid.core.errors import ArgumentError, PellucidWarning, RoomError
from pellucid.sklearn import (
    LinearRegression,
    LogisticRegression,
    MLPClassifier,
    MLPRegressor,
    Perceptron,
)

pytestmark = [pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")]

ESTIMATORS = [Perceptron(), LogisticRegression(), LinearRegression(), MLPClassifier(),
              MLPRegressor()]


def checks():
    for estimator in ESTIMATORS:
        for one, check in estimator_checks_generator(estimator):
            name = getattr(check, "func", check).__name__
            slow = [pytest.mark.deep] * isinstance(one, (MLPClassifier, MLPRegressor))
            yield pytest.param(one, check, id=f"{type(one).__name__}-{name}", marks=slow)


@pytest.mark.parametrize("estimator, check", list(checks()))
def test_the_checks_of_scikit_learn(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")              # the checks fit nonsense on purpose
        check(estimator)


@pytest.fixture(scope="module")
def wine():
    x, y = datasets.load_wine(return_X_y=True)
    return train_test_split(StandardScaler().fit_transform(x), y, random_state=0, stratify=y)


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_a_classifier_scores_as_scikit_learns(wine, solver):
    x, x_test, y, y_test = wine
    how = {"solver": solver, "max_iter": 300, "random_state": 1,
           "learning_rate_init": 0.01 if solver != "adam" else 0.001}
    theirs = neural_network.MLPClassifier((20,), **how).fit(x, y).score(x_test, y_test)
    mine = MLPClassifier((20,), **how).fit(x, y)
    assert mine.score(x_test, y_test) >= theirs - 0.03
    np.testing.assert_allclose(mine.predict_proba(x_test).sum(1), 1)
    np.testing.assert_allclose(np.exp(mine.predict_log_proba(x_test)), mine.predict_proba(x_test))


def test_a_regressor_learns_as_scikit_learns():
    x, y = datasets.load_diabetes(return_X_y=True)
    x = StandardScaler().fit_transform(x)
    how = {"hidden_layer_sizes": (5,), "solver": "lbfgs", "alpha": 1.0, "max_iter": 500}
    scores = [[unit(random_state=seed, **how).fit(x, y).score(x, y) for seed in range(3)]
              for unit in (neural_network.MLPRegressor, MLPRegressor)]
    assert np.mean(scores[1]) >= np.mean(scores[0]) - 0.03
    two = MLPRegressor(hidden_layer_sizes=(5,), solver="lbfgs", random_state=0).fit(
        x, np.column_stack([y, -y]))
    assert two.predict(x).shape == (len(x), 2)


def test_what_users_asked_for(wine):
    x, x_test, y, y_test = wine
    seen = []

    class Listening(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(logs["loss"])

    unit = MLPClassifier((30, 20), activation=["tanh", "relu"], dropout=[0.1, 0.2], batch_norm=True,
                         loss=losses.CategoricalFocalCrossentropy(), class_weight="balanced",
                         solver=optimizers.Nadam(0.01), callbacks=[Listening()], max_iter=40,
                         random_state=0)
    unit.fit(x, y, sample_weight=np.linspace(0.5, 1.5, len(x)), validation_data=(x_test, y_test))
    assert seen == unit.loss_curve_
    assert len(unit.validation_scores_) == unit.n_iter_
    assert unit.score(x_test, y_test) > 0.9
    assert max(unit.validation_scores_) == pytest.approx(unit.score(x_test, y_test))


def test_frames_pipelines_searches(wine):
    x, _, y, _ = wine
    for frame in (pandas.DataFrame(x), polars.DataFrame(x, schema=[f"c{i}" for i in range(13)])):
        frame.columns = [f"c{i}" for i in range(13)]
        unit = LogisticRegression().fit(frame, y)
        assert list(unit.feature_names_in_) == [f"c{i}" for i in range(13)]
    chain = make_pipeline(StandardScaler(), MLPClassifier(solver="lbfgs", random_state=0))
    search = GridSearchCV(chain, {"mlpclassifier__hidden_layer_sizes": [(4,), (12,)]}, cv=3)
    assert search.fit(x, y).best_score_ > 0.9
    assert cross_val_score(Perceptron(), x, y, cv=3).mean() > 0.85
    assert "MLPClassifier" in MLPClassifier((3,))._repr_html_()


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_a_pickle_predicts_and_goes_on(wine, solver):
    x, x_test, y, _ = wine
    unit = MLPClassifier((8,), solver=solver, max_iter=5, random_state=0, warm_start=True).fit(x, y)
    kept = pickle.loads(pickle.dumps(unit))
    np.testing.assert_array_equal(kept.predict_proba(x_test), unit.predict_proba(x_test))
    for each in (unit, kept):
        each.partial_fit(x, y)
    np.testing.assert_array_equal(kept.predict_proba(x_test), unit.predict_proba(x_test))


def test_weights_are_repetitions_and_order_does_not_matter(wine):
    x, _, y, _ = wine
    weight = np.random.default_rng(0).integers(0, 3, len(x))
    again = np.repeat(np.arange(len(x)), weight)
    mixed = np.random.default_rng(1).permutation(again)
    for unit in (LogisticRegression(), MLPClassifier((6,), max_iter=30, random_state=0),
                 MLPClassifier((6,), solver="lbfgs", max_iter=30, random_state=0)):
        first = clone(unit).fit(x, y, sample_weight=weight).predict_proba(x)
        np.testing.assert_allclose(clone(unit).fit(x[mixed], y[mixed]).predict_proba(x), first,
                                   atol=1e-6)


def test_the_same_state_gives_the_same_network(wine):
    x, _, y, _ = wine
    how = {"dropout": 0.3, "max_iter": 8, "batch_size": 16, "random_state": 3}
    one, two = (MLPClassifier((9,), **how).fit(x, y) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one.coefs_, two.coefs_, strict=True))


@pytest.mark.parametrize("unit, wrong", [
    (LogisticRegression, {"C": 0}), (LogisticRegression, {"solver": "newton"}),
    (LinearRegression, {"loss": "mze"}), (LinearRegression, {"alpha": -1}),
    (Perceptron, {"eta0": 0}), (Perceptron, {"max_iter": 0}), (MLPClassifier, {"solver": "adm"}),
    (MLPClassifier, {"hidden_layer_sizes": (0,)}), (MLPClassifier, {"alpha": -1}),
    (MLPClassifier, {"activation": ["relu", "relu"]}), (MLPRegressor, {"validation_fraction": 1}),
    (MLPRegressor, {"learning_rate": "fast"}), (MLPRegressor, {"loss": "squared"})])
def test_wrong_arguments_are_named(unit, wrong):
    with pytest.raises((ArgumentError, ValueError), match=next(iter(wrong))):
        unit(**wrong).fit([[0.0], [1.0], [2.0]], [0, 1, 1])


def test_logistic_regression_agrees_with_scikit_learn_with_weights():
    x, y = datasets.load_breast_cancer(return_X_y=True)
    weight = np.random.default_rng(2).uniform(0.1, 3, len(x))
    for how in ({"C": 0.3}, {"C": 5.0, "class_weight": "balanced"}, {"fit_intercept": False}):
        scaled = StandardScaler().fit_transform(x)
        theirs = linear_model.LogisticRegression(**how, tol=1e-10, max_iter=10_000).fit(
            scaled, y, sample_weight=weight)
        mine = LogisticRegression(**how, tol=1e-9).fit(scaled, y, sample_weight=weight)
        np.testing.assert_allclose(mine.coef_, theirs.coef_, atol=1e-4)


def test_stopping():
    x = np.random.default_rng(0).normal(size=(60, 3))
    y = (x[:, 0] > 0).astype(int)
    with pytest.warns(ConvergenceWarning, match="max_iter=2"):
        MLPClassifier(max_iter=2, random_state=0).fit(x, y)
    unit = MLPClassifier(early_stopping=True, max_iter=400, learning_rate_init=0.05,
                         random_state=0).fit(x, y)
    assert unit.n_iter_ < 400
    assert unit.best_validation_score_ == max(unit.validation_scores_)
    slow = MLPClassifier(solver="sgd", learning_rate="adaptive", learning_rate_init=0.5, tol=0.05,
                         n_iter_no_change=2, max_iter=400, random_state=0).fit(x, y)
    assert slow.n_iter_ < 400
    assert issubclass(PellucidWarning, UserWarning)


@pytest.mark.parametrize("form", ["csr_matrix", "csc_array", "coo_array"])
@pytest.mark.parametrize("estimator", [Perceptron(), LogisticRegression(), LinearRegression()])
def test_sparse_rows_are_as_good_as_dense_ones(estimator, form):
    x = np.random.default_rng(0).normal(size=(40, 3)) * (np.arange(3) > 0)
    y, rows = (x[:, 1] > 0).astype(int), getattr(sparse, form)(x)
    dense = clone(estimator).fit(x, y).predict(x)
    np.testing.assert_allclose(clone(estimator).fit(rows, y).predict(rows), dense, atol=1e-6)


def test_sparse_rows_that_fit_no_memory_are_told():
    with pytest.raises(RoomError, match="1000000 rows of 10000000 columns need"):
        LinearRegression().fit(sparse.csr_array((10 ** 6, 10 ** 7)), np.zeros(10 ** 6))
