"""Catalogue F9: over- and underfitting on real data, and each remedy with and without."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from pellucid import Input, Sequential, callbacks, data, layers, set_random_seed
from pellucid.insight.plots.curves_compared import curves_compared
from pellucid.insight.plots.with_and_without import with_and_without
from pellucid.regularizers import L2

DIABETES = data.load("diabetes")
X = (DIABETES.x - DIABETES.x.mean(axis=0)) / DIABETES.x.std(axis=0)
Y = (DIABETES.y - DIABETES.y.mean()) / DIABETES.y.std()      # guessing the mean has the error 1
REMEDIES = {"early stopping": {"stop": True}, "dropout": {"dropout": 0.5},
            "L2": {"penalty": 0.03}, "batch norm": {"normalized": True}}


def run(seed, penalty=0.0, dropout=0.0, normalized=False, stop=False):
    train, validation, test = np.split(np.random.default_rng(seed).permutation(len(X)), [200, 320])
    set_random_seed(seed)
    model = Sequential([Input((10,))])
    for _ in range(2):
        model.add(layers.Dense(64, kernel_regularizer=L2(penalty) if penalty else None))
        if normalized:
            model.add(layers.BatchNormalization())
        model.add(layers.Activation("relu"))
        if dropout:
            model.add(layers.Dropout(dropout))
    model.add(layers.Dense(1))
    model.compile("adam", "mse", metrics=["mse"])
    early = callbacks.EarlyStopping("val_mse", mode="min", patience=15, restore_best_weights=True)
    history = model.fit(X[train], Y[train], epochs=150, verbose=0,
                        validation_data=(X[validation], Y[validation]),
                        callbacks=[early] if stop else None).history
    return history, model.evaluate(X[test], Y[test], verbose=0)[1]


@cache
def runs(**options):
    return [run(seed, **options) for seed in range(2)]


def mean_error(**options):
    return np.mean([error for _, error in runs(**options)])


def test_F9_a_network_that_is_too_free_learns_the_rows_by_heart():
    for history, error in runs():
        assert history["mse"][-1] < 0.1
        assert history["val_mse"][-1] > 1.25 * min(history["val_mse"])
        assert error > 5 * history["mse"][-1]


def test_F9_a_network_that_is_held_too_tight_learns_neither():
    for history, error in runs(penalty=3.0):
        assert history["mse"][-1] > 0.8
        assert error > 0.7


@pytest.mark.parametrize("remedy", REMEDIES)
def test_F9_each_remedy_helps(remedy):
    assert mean_error(**REMEDIES[remedy]) < 0.93 * mean_error()
    if remedy == "early stopping":
        assert all(len(history["mse"]) < 150 for history, _ in runs(stop=True))


def test_F9_the_pictures_show_the_runs():
    pytest.importorskip("matplotlib")
    told = {"none": runs()[0][0], **{name: runs(**options)[0][0]
                                     for name, options in REMEDIES.items()}}
    figure = curves_compared(told, "mse")
    for axes, history in zip(figure.axes, told.values(), strict=True):
        drawn = {line.get_label(): line.get_ydata().tolist() for line in axes.get_lines()}
        assert drawn["training"] == history["mse"]
        assert drawn["validation"] == history["val_mse"]
    bars = with_and_without({"none": [error for _, error in runs()]},
                            {name: [error for _, error in runs(**options)]
                             for name, options in REMEDIES.items()}, "error").axes[0]
    assert [bar.get_x() for bar in bars.patches] == [
        min(error for _, error in runs(**options)) for options in ({}, *REMEDIES.values())]
