"""Numbers that are none, in targets, weights and rows held out: told once, and beforehand."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from pellucid.core.errors import DataError, PellucidError, PellucidWarning, ShapeError
from pellucid.keras import Input, Sequential, layers

X, Y, W = np.ones((6, 2), "float32"), np.arange(6.0, dtype="float32"), np.ones(6, "float32")


def with_gap(values, gap):
    values = values.copy()
    values.flat[1] = gap
    return values


def linear():
    model = Sequential([Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("gap", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("what, given", [
    ("inputs", lambda gap: {"x": with_gap(X, gap), "y": Y}),
    ("targets", lambda gap: {"x": X, "y": with_gap(Y, gap)}),
    ("sample weights", lambda gap: {"x": X, "y": Y, "sample_weight": with_gap(W, gap)}),
    ("validation inputs", lambda gap: {"x": X, "y": Y, "validation_data": (with_gap(X, gap), Y)}),
    ("validation targets", lambda gap: {"x": X, "y": Y, "validation_data": (X, with_gap(Y, gap))}),
    ("validation sample weights",
     lambda gap: {"x": X, "y": Y, "validation_data": (X, Y, with_gap(W, gap))}),
])
def test_gaps_are_told_once_and_nothing_else_is(gap, what, given):
    model = linear()
    with pytest.warns(PellucidWarning) as told:
        history = model.fit(**given(gap), epochs=2, verbose=0).history
    assert [str(each.message).split(" that are ")[0] for each in told] == [
        f"the {what} hold 1 numbers"]
    assert "Fill the gaps first" in str(told[0].message)
    kept = "val_loss" if what.startswith("validation") else "loss"
    assert not np.isfinite(history[kept]).any()          # as in Keras, it trains
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(**given(gap), verbose=0)


def test_batches_are_told_of_as_well():
    model = linear()
    with pytest.warns(PellucidWarning, match="the targets hold 1 numbers"):
        model.fit(iter([(X, with_gap(Y, np.nan))]), verbose=0)
    model.compile("sgd", "mse")
    with pytest.warns(PellucidWarning, match="the targets hold 1 numbers"):
        model.evaluate(X, with_gap(Y, np.nan), verbose=0)


@pytest.mark.parametrize("data, error, told", [
    ((X, Y[:4]), DataError, "in validation_data: x and y must have the same number of rows"),
    ((X, Y, W, W), DataError, "in validation_data: .*of 4"),
    ((X[:, :1], Y), ShapeError, "in validation_data: "),
    ((np.array([["a"]] * 6), Y), PellucidError, "in validation_data: x must hold numbers"),
])
def test_wrong_validation_data_are_called_so(data, error, told):
    with pytest.raises(error, match=told):
        linear().fit(X, Y, validation_data=data, verbose=0)
