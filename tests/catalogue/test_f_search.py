"""Catalogue F10: hyper-parameters searched by Optuna, with nothing of ours in between."""

from __future__ import annotations

import runpy
import sys

import numpy as np
import optuna
import pytest

from pellucid import keras, set_random_seed
from pellucid.data import load
from tests.house.tree import ROOT

MOONS = load("moons", rows=160, noise=0.2, seed=2)
TRAIN, CHECK = slice(0, 80), slice(80, 160)


def objective(trial: optuna.Trial) -> float:
    """The accuracy of a network whose layers, units, rate, … the trial chooses."""
    set_random_seed(0)
    model = keras.Sequential([keras.Input((2,))])
    for _ in range(trial.suggest_int("layers", 1, 2)):
        model.add(keras.layers.Dense(trial.suggest_int("units", 2, 32, log=True), "relu",
                                     kernel_regularizer=keras.regularizers.L2(
                                         trial.suggest_float("L2", 1e-6, 1e-2, log=True))))
        model.add(keras.layers.Dropout(trial.suggest_float("dropout", 0.0, 0.4)))
    model.add(keras.layers.Dense(1, "sigmoid"))
    rate = trial.suggest_float("rate", 1e-4, 0.1, log=True)
    model.compile(keras.optimizers.Adam(rate), "binary_crossentropy", metrics=["accuracy"])
    model.fit(MOONS.x[TRAIN], MOONS.y[TRAIN], verbose=0, epochs=trial.suggest_int("epochs", 2, 40),
              batch_size=trial.suggest_categorical("batch size", [8, 16, 32]))
    return model.evaluate(MOONS.x[CHECK], MOONS.y[CHECK], verbose=0)[1]


@pytest.fixture
def quiet():
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    yield
    optuna.logging.set_verbosity(before)


def searched(trials: int) -> optuna.Study:
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=1))
    study.optimize(objective, n_trials=trials)
    return study


def test_F10_optuna_searches_and_its_best_trial_can_be_had_again(quiet):
    study = searched(8)
    scores = [trial.value for trial in study.trials]
    assert study.best_value == max(scores) > 0.85
    assert max(scores) > np.median(scores)
    assert set(study.best_params) == {"layers", "units", "L2", "dropout", "rate", "epochs",
                                      "batch size"}
    assert objective(optuna.trial.FixedTrial(study.best_params)) == study.best_value
    assert [trial.value for trial in searched(3).trials] == scores[:3]


@pytest.mark.deep
def test_F10_the_example_beats_its_first_guess(quiet, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["tune_with_optuna.py", str(tmp_path / "picture.png")])
    result = runpy.run_path(str(ROOT / "examples" / "tune_with_optuna.py"))
    assert result["after"] > result["before"] + 0.01
    assert len(result["study"].trials) == 30
    assert (tmp_path / "picture.png").stat().st_size > 10_000
    assert f"to {result['after']:.4f}" in capsys.readouterr().out
