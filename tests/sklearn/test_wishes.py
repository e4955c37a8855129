"""What users of scikit-learn's networks asked for, each wish by what it must do."""

from __future__ import annotations

import pickle

import numpy as np
import pandas
import polars
import pytest
from sklearn import datasets
from sklearn.base import clone
from sklearn.multioutput import MultiOutputClassifier
from sklearn.preprocessing import StandardScaler

from pellucid import callbacks, losses, optimizers, schedules
from pellucid.atoms import mean
from pellucid.core.errors import ArgumentError, ShapeError
from pellucid.sklearn import MLPClassifier, MLPRegressor

pytestmark = [pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")]

X, Y = datasets.load_wine(return_X_y=True)
X = StandardScaler().fit_transform(X)
SMALL = {"hidden_layer_sizes": (6,), "max_iter": 12, "random_state": 0}


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one.coefs_, other.coefs_, strict=True))


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@pytest.mark.parametrize("loss", [
    losses.CategoricalFocalCrossentropy(), losses.CategoricalCrossentropy(label_smoothing=0.1),
    lambda y, p: (y - p) ** 2], ids=["focal", "smoothed", "a function"])
def test_weights_are_repetitions_under_any_loss(loss, solver):
    weight = np.random.default_rng(0).integers(0, 3, len(X))
    again = np.repeat(np.arange(len(X)), weight)
    how = {**SMALL, "loss": loss, "solver": solver}
    weighted = MLPClassifier(**how).fit(X, Y, sample_weight=weight)
    repeated = MLPClassifier(**how).fit(X[again], Y[again])
    np.testing.assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), atol=1e-6)
    plain = MLPClassifier(**how).fit(X, Y)
    assert np.abs(weighted.predict_proba(X) - plain.predict_proba(X)).max() > 1e-3


def test_a_loss_must_speak_of_each_row():
    with pytest.raises(ShapeError, match="a number for each row.*Leave the mean"):
        MLPClassifier(**SMALL, loss=lambda y, p: mean((y - p) ** 2)).fit(X, Y)


def test_class_weights_multiply_sample_weights():
    weight, factors = np.linspace(0.5, 2, len(X)), {0: 3.0, 1: 1.0, 2: 0.25}
    one = MLPClassifier(**SMALL, class_weight=factors).fit(X, Y, sample_weight=weight)
    other = MLPClassifier(**SMALL).fit(X, Y, sample_weight=weight * [factors[y] for y in Y])
    assert same(one, other)
    judged = MLPClassifier(**SMALL, class_weight="balanced").fit(
        X, Y, validation_data=(X[Y == 1], Y[Y == 1]))            # a class alone may judge
    assert len(judged.validation_scores_) == 12


def test_rows_of_ones_own_judge_and_callbacks_hear_it():
    stop = callbacks.EarlyStopping("val_score", mode="max", patience=2, min_delta=0.01)
    train, check = np.arange(len(X)) % 2 == 0, np.arange(len(X)) % 2 == 1
    unit = MLPClassifier((8,), max_iter=200, learning_rate_init=0.02, random_state=1,
                         callbacks=[stop])
    unit.fit(X[train], Y[train], validation_data=(X[check], Y[check]))
    assert unit.n_iter_ == len(unit.validation_scores_) < 200
    assert unit.best_validation_score_ == max(unit.validation_scores_)
    assert unit.score(X[check], Y[check]) == pytest.approx(unit.best_validation_score_)
    weight = np.where(Y[check] == 0, 1.0, 0.0)
    weight[:2] = 0.5
    weighted = clone(unit).fit(X[train], Y[train], validation_data=(X[check], Y[check], weight))
    assert weighted.score(X[check], Y[check], sample_weight=weight) == pytest.approx(
        weighted.best_validation_score_)


def test_the_rate_may_be_a_schedule():
    rates = []

    class Rates(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            optimizer = self.model.optimizer
            rates.append(float(optimizer.learning_rate))

    fall = schedules.ExponentialDecay(0.1, decay_steps=1, decay_rate=0.5)
    MLPClassifier((4,), max_iter=4, batch_size=len(X), learning_rate_init=fall,
                  callbacks=[Rates()], random_state=0).fit(X, Y)
    assert rates == pytest.approx([0.1 * 0.5 ** step for step in (1, 2, 3, 4)])
    with pytest.raises(ArgumentError, match='needs learning_rate="constant"'):
        MLPClassifier(**SMALL, solver="sgd", learning_rate="adaptive",
                      learning_rate_init=fall).fit(X, Y)


def test_an_optimizer_is_copied_so_that_fits_repeat():
    unit = MLPClassifier(**SMALL, solver=optimizers.RMSprop(0.01))
    first = unit.fit(X, Y).coefs_
    assert not unit.solver.built
    again = unit.fit(X, Y).coefs_
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert same(clone(unit).fit(X, Y), unit)


@pytest.mark.parametrize("solver", ["adam", "lbfgs", optimizers.Nadam(0.01)], ids=str)
def test_a_warm_start_goes_on_also_after_a_pickle(solver):
    unit = MLPClassifier((6,), max_iter=3, solver=solver, warm_start=True, random_state=0)
    unit.fit(X, Y)
    loss = unit.loss_
    kept = pickle.loads(pickle.dumps(unit))
    assert unit.fit(X, Y).loss_ < loss
    assert unit.n_iter_ == 3
    assert same(kept.fit(X, Y), unit)


def test_each_layer_has_its_activation_and_dropout():
    how = {"max_iter": 3, "random_state": 0}
    unit = MLPClassifier((5, 4), activation=["tanh", "gelu"], dropout=[0.0, 0.3], batch_norm=True,
                         **how).fit(X, Y)
    names = [type(layer).__name__ for layer in unit._network.layers]
    assert names == ["Dense", "BatchNormalization", "Activation", "Dense", "BatchNormalization",
                     "Activation", "Dropout", "Dense"]
    acts = [layer.activation.__name__ for layer in unit._network.layers
            if type(layer).__name__ == "Activation"]
    assert acts == ["tanh", "gelu"]
    with pytest.raises(ArgumentError, match="dropout must be one for all hidden layers or one"):
        MLPClassifier((5, 4), dropout=[0.1, 0.2, 0.3], **how).fit(X, Y)


def test_several_outputs():
    targets = np.column_stack([X[:, 0] + X[:, 1], X[:, 2] * X[:, 3], X[:, 4]])
    unit = MLPRegressor(hidden_layer_sizes=(30,), solver="lbfgs", max_iter=400, random_state=0)
    assert unit.fit(X, targets).predict(X).shape == targets.shape
    assert unit.score(X, targets) > 0.9
    labels = np.column_stack([Y == 0, Y != 1]).astype(int)
    unit = MLPClassifier(**SMALL | {"solver": "lbfgs", "max_iter": 60})
    assert unit.fit(X, labels).score(X, labels) > 0.9
    several = MultiOutputClassifier(MLPClassifier(**SMALL)).fit(X, np.column_stack([Y, Y % 2]))
    assert several.predict(X[:3]).shape == (3, 2)


@pytest.mark.parametrize("library", [pandas, polars])
def test_frames_give_names_and_are_held_to_them(library):
    names = [f"column {i}" for i in range(X.shape[1])]
    frame = library.DataFrame(dict(zip(names, X.T, strict=True)))
    unit = MLPClassifier(**SMALL).fit(frame, Y)
    assert unit.feature_names_in_.tolist() == names
    assert same(unit, MLPClassifier(**SMALL).fit(X, Y))
    np.testing.assert_array_equal(unit.predict(frame), unit.predict(frame[names]))
    with pytest.raises(ValueError, match="feature names should match"):
        unit.predict(frame[names[::-1]])


def test_a_bar_is_shown_when_asked_for(capsys):
    MLPClassifier(**SMALL, progress_bar=True).fit(X, Y)
    assert "12/12" in capsys.readouterr().out
    MLPClassifier(**SMALL).fit(X, Y)
    assert capsys.readouterr().out == ""


def test_lbfgs_holds_no_rows_out():
    how = {**SMALL, "solver": "lbfgs"}
    assert same(MLPClassifier(**how, early_stopping=True).fit(X, Y), MLPClassifier(**how).fit(X, Y))


@pytest.mark.parametrize(("how", "call", "told"), [
    ({"solver": "lbfgs", "callbacks": [callbacks.History()], "batch_norm": True},
     lambda unit: unit.fit(X, Y), "it takes no batch_norm, callbacks"),
    ({"solver": "lbfgs"}, lambda unit: unit.fit(X, Y, validation_data=(X, Y)),
     "it takes no validation_data"),
    ({"solver": "lbfgs"}, lambda unit: unit.partial_fit(X, Y, [0, 1, 2]), "goes in steps"),
    ({"early_stopping": True}, lambda unit: unit.partial_fit(X, Y, [0, 1, 2]), "early_stopping"),
    ({"class_weight": "balanced"}, lambda unit: unit.partial_fit(X, Y, [0, 1, 2]),
     "needs to see all rows"),
    ({"class_weight": {0: 2.0}}, lambda unit: unit.fit(X, np.column_stack([Y == 0, Y == 1]) * 1),
     "class_weight is for one class a row"),
    ({"learning_rate_init": 0}, lambda unit: unit.fit(X, Y), "learning_rate_init must be"),
    ({}, lambda unit: unit.partial_fit(X, Y), "needs classes")])
def test_what_cannot_be_is_said(how, call, told):
    with pytest.raises(ArgumentError, match=told):
        call(MLPClassifier(**SMALL | how))


def test_a_chunk_may_hold_some_of_the_classes():
    unit = MLPClassifier(**SMALL, class_weight={2: 3.0})
    for chunk in (Y == 0, Y == 1, Y == 2):
        unit.partial_fit(X[chunk], Y[chunk], classes=[0, 1, 2])
    assert unit.predict_proba(X).shape == (len(X), 3)
