"""Data that hardly anybody means to pass: other shapes at a second call, one class, wild scales."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning

from pellucid import callbacks
from pellucid.core.errors import ArgumentError, DataError, KindError, PellucidError, PellucidWarning
from pellucid.perceptron import Overlap, separate
from pellucid.sklearn import (
    LinearRegression,
    LogisticRegression,
    MLPClassifier,
    MLPRegressor,
    Perceptron,
)

pytestmark = [pytest.mark.filterwarnings("ignore:after max_iter"),
              pytest.mark.filterwarnings("ignore:lbfgs stopped")]

X = np.random.default_rng(0).normal(size=(40, 3))
Y, T = (X[:, 0] > 0).astype(int), X @ [1.0, -2.0, 0.5] + 3
TWO = np.column_stack([T, -T])
FEW = {"hidden_layer_sizes": (4,), "max_iter": 3, "random_state": 0}


# a second call ----------------------------------------------------------------------------------
@pytest.mark.parametrize(("again", "told"), [
    (lambda: MLPRegressor(**FEW).partial_fit(X, T).partial_fit(X, TWO), "y must have 1 column"),
    (lambda: MLPRegressor(**FEW).partial_fit(X, TWO).partial_fit(X, T), "y must have 2 columns"),
    (lambda: MLPRegressor(**FEW, warm_start=True).fit(X, T).fit(X, TWO), "must have 1 .*got 2"),
    (lambda: MLPClassifier(**FEW, warm_start=True).fit(X, Y).fit(X[:, :2], Y), "2 features, but"),
    (lambda: MLPClassifier(**FEW).partial_fit(X, Y, [0, 1]).partial_fit(X, Y, [0, 1, 2]),
     r"classes of the first call, \[0, 1\], but got \[0, 1, 2\]"),
    (lambda: Perceptron().partial_fit(X, Y, [0, 1]).partial_fit(X, Y, [0, 2]), "first call"),
    (lambda: Perceptron().partial_fit(X, Y), "needs classes"),
    (lambda: Perceptron().partial_fit(X, Y * 0, classes=[0]), "at least 2 classes")])
def test_a_second_call_with_other_columns_or_classes_is_told(again, told):
    with pytest.raises(ValueError, match=told):
        again()


def test_classes_may_be_named_again_in_any_order():
    for unit in (MLPClassifier(**FEW), Perceptron()):
        unit.partial_fit(X, Y, classes=[1, 0]).partial_fit(X, Y, classes=[0, 1])
        assert unit.classes_.tolist() == [0, 1]


def test_a_column_of_numbers_is_taken_for_a_list_as_in_scikit_learn():
    with pytest.warns(DataConversionWarning):
        column = MLPRegressor(**FEW).fit(X, T[:, None])
    assert column.predict(X).shape == (40,)
    np.testing.assert_array_equal(column.predict(X), MLPRegressor(**FEW).fit(X, T).predict(X))


# one class --------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", [{}, {"solver": "lbfgs"}, {"class_weight": "balanced"},
                                 {"early_stopping": True}])
def test_one_class_is_the_answer_everywhere(how):
    with pytest.warns(PellucidWarning, match="one class, 'no': every answer will be it"):
        unit = MLPClassifier(**FEW, **how).fit(X, ["no"] * 40)
    assert set(unit.predict(10 * X)) == {"no"}
    np.testing.assert_array_equal(unit.predict_proba(X), np.ones((40, 1)))
    np.testing.assert_array_equal(unit.predict_log_proba(X), np.zeros((40, 1)))
    assert unit.score(X, ["no"] * 40) == 1


# rows to judge by -------------------------------------------------------------------------------
@pytest.mark.parametrize(("rows", "error", "told"), [
    (X, KindError, r"validation_data must be \(X, y\) or \(X, y, sample_weight\), but got"),
    (0.2, KindError, r"must be \(X, y\)"), ((X,), ArgumentError, "but got 1 part"),
    ((X, T, None, None), ArgumentError, "but got 4 parts"),
    ((X[:1], T[:1]), ArgumentError, "at least 2 rows to judge by, but got 1")])
def test_validation_data_of_another_form_are_told(rows, error, told):
    with pytest.raises(error, match=told):
        MLPRegressor(**FEW).fit(X, T, validation_data=rows)


def test_rows_held_out_must_be_enough_for_a_score():
    with pytest.raises(ArgumentError, match="at least 2 rows to judge by, but got 1"):
        MLPRegressor(**FEW, early_stopping=True).fit(X[:8], T[:8])


# weights of classes, losses ---------------------------------------------------------------------
@pytest.mark.parametrize("unit", [MLPClassifier, LogisticRegression])
def test_class_weights_are_at_least_0_and_some_above(unit):
    with pytest.raises(ArgumentError, match="class_weight must be at least 0, but got -2.0"):
        unit(class_weight={0: -2.0}).fit(X, Y)
    with pytest.raises(ArgumentError, match="class_weight must be above 0 for some class in y"):
        unit(class_weight={0: 0, 1: 0}).fit(X, Y)


@pytest.mark.parametrize("loss", [None, 3])
def test_a_loss_that_is_none_is_told(loss):
    with pytest.raises(KindError, match="MLPClassifier's loss must be a name, a loss of ours or a"):
        MLPClassifier(loss=loss).fit(X, Y)


def test_only_a_likelihood_gives_probabilities():
    unit = LogisticRegression(loss="hinge", solver="gd").fit(X, Y)
    assert hasattr(LogisticRegression(), "predict_proba")
    for name in ("predict_proba", "predict_log_proba"):
        assert not hasattr(unit, name)
        with pytest.raises(AttributeError):
            getattr(unit, name)(X)


# the end of the training ------------------------------------------------------------------------
def test_n_iter_no_change_may_be_infinite_as_in_scikit_learn():
    unit = MLPClassifier(**{**FEW, "max_iter": 25}, tol=1.0, n_iter_no_change=np.inf).fit(X, Y)
    assert unit.n_iter_ == 25


def test_ctrl_c_keeps_what_was_learned_as_in_scikit_learn():
    def interrupt(epoch, logs=None):
        if epoch == 2:
            raise KeyboardInterrupt

    how = {**FEW, "callbacks": [callbacks.LambdaCallback(on_epoch_end=interrupt)]}
    with pytest.warns(UserWarning, match="interrupted after 3 epochs"):
        unit = MLPClassifier(**{**how, "max_iter": 50}).fit(X, Y)
    np.testing.assert_array_equal(unit.predict_proba(X),
                                  MLPClassifier(**FEW).fit(X, Y).predict_proba(X))
    how["callbacks"] = [callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: interrupt(2))]
    with pytest.raises(KeyboardInterrupt):               # nothing learned yet
        MLPClassifier(**how).fit(X, Y)


def test_verbose_tells_scores_rates_and_the_end(capsys):
    how = {**FEW, "max_iter": 40, "verbose": True, "tol": 1.0, "n_iter_no_change": 2}
    MLPClassifier(**how, early_stopping=True).fit(X, Y)
    told = capsys.readouterr().out
    assert "Iteration 1, loss = " in told
    assert "validation score = " in told.splitlines()[0]
    assert told.splitlines()[-1] == ("The validation score has not risen by more than tol=1.0 for "
                                     "2 epochs: stopped.")
    MLPClassifier(**how, solver="sgd", learning_rate="adaptive").fit(X, Y)
    told = capsys.readouterr().out
    assert ("The loss has not fallen by more than tol=1.0 for 2 epochs: the rate is now "
            "0.0002.") in told
    assert told.endswith("stopped.\n")


@pytest.mark.parametrize("how", [{}, {"solver": "sgd", "learning_rate_init": 1e30}])
def test_a_loss_that_is_no_number_is_an_error(how):
    with pytest.raises(DataError, match="the training diverged.*lower learning_rate_init"):
        MLPRegressor(**FEW, **how).fit(X * (1 if how else 1e30), T)


def test_a_diverged_training_comes_back_to_its_best_epoch():
    def leap(epoch, rate):
        return 1e30 if epoch == 3 else rate

    unit = MLPRegressor(**{**FEW, "max_iter": 20}, solver="sgd", early_stopping=True,
                        callbacks=[callbacks.LearningRateScheduler(leap)])
    with pytest.warns(ConvergenceWarning, match="diverged in epoch [4-6]; the weights are of"):
        unit.fit(X, T)
    assert np.isfinite(unit.predict(X)).all()
    assert unit.n_iter_ < 20


def test_fits_in_threads_draw_as_fits_in_turn():
    def weights(seed):
        return MLPClassifier(**{**FEW, "random_state": seed}).fit(X, Y).coefs_[0]

    alone = [weights(seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(weights, range(4)))
    np.testing.assert_array_equal(together, alone)


# scales -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("scale", [1e-100, 1e-12, 1e6, 1e100])
def test_separability_does_not_depend_on_the_scale(scale):
    assert Perceptron(tol=0.5, n_iter_no_change=1).fit(X * scale, Y).score(X * scale, Y) == 1
    line = separate(X * scale, Y)
    assert not isinstance(line, Overlap)
    assert np.array_equal(line(X * scale), Y)
    mixed = np.arange(40) % 2
    overlap = separate(X * scale, mixed)
    assert isinstance(overlap, Overlap)
    for shares in (overlap.ones, overlap.zeros):
        where = sum(share * X[row] * scale for row, share in shares.items())
        np.testing.assert_allclose(overlap.point, where, atol=1e-6 * scale)


def test_separability_does_not_depend_on_the_offset():
    y = (X[:, 0] > 0.2).astype(int)
    assert not isinstance(separate(X + 1e7, y), Overlap)


@pytest.mark.parametrize("rows, scales", [
    (40, [1e8, 1.0, 1e-8]), (40, [1e150, 1.0, 1e-150]), (40, [1e200, 1.0, 1e-200]),
    (20_000, [1e7, 1.0, 1e-6])])
def test_columns_of_far_apart_scales_have_the_same_line(rows, scales):
    x = np.random.default_rng(1).normal(size=(rows, 3))
    found = LinearRegression().fit(x * scales, x @ [1.0, -2.0, 0.5])
    np.testing.assert_allclose(found.coef_ * scales, [1.0, -2.0, 0.5], rtol=1e-6)


def test_columns_that_depend_on_each_other_share_whatever_their_scales():
    x = np.column_stack([X, X[:, 0] * 3]) * [1e3, 1.0, 1e-3, 1e3]
    np.testing.assert_allclose(LinearRegression().fit(x, T).coef_ * [1e3, 1.0, 1e-3, 1e3],
                               [0.1, -2.0, 0.5, 0.3], atol=1e-3)      # scikit-learn's drop one


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_targets_of_any_scale_are_learned(scale):
    found = LinearRegression().fit(X, T * scale)
    np.testing.assert_allclose(found.coef_ / scale, [1.0, -2.0, 0.5], rtol=1e-6)


def test_a_search_that_leaves_the_finite_numbers_is_an_error():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(PellucidError, match="finite numbers"):
            LinearRegression().fit(np.abs(X) * 5e307, T)
