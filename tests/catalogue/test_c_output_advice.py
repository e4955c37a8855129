"""C4: which activation the output layer gets, said by name and read off the targets."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import pellucid
from pellucid import keras
from pellucid.core.errors import ArgumentError, DataError
from pellucid.data.output_advice import KINDS
from pellucid.tabular.defaults import LOSSES
from pellucid.tabular.network import OUTPUTS

ROWS = np.arange(60)
NORMAL = np.random.default_rng(0).normal(size=(60, 2))
TARGETS = {                                     # kind → targets of that kind, and units for them
    "binary": (ROWS % 2, 1), "signs": (2 * (ROWS % 2) - 1, 1), "multiclass": (ROWS % 4, 4),
    "one_hot": (np.eye(4)[ROWS % 4], 4), "shares": (0.7 * np.eye(3)[ROWS % 3] + 0.1, 3),
    "multilabel": (np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0]])[ROWS % 3], 3),
    "regression": (NORMAL, 2), "outliers": (np.r_[NORMAL[:-1, 0], -70.0], 1),
    "non_negative": (np.abs(NORMAL[:, 0]), 1)}


@pytest.mark.parametrize("kind, activation", [
    ("binary", "sigmoid"), ("regression", "linear"), ("non_negative", "relu"),
    ("multiclass", "softmax"), ("one_hot", "softmax"), ("multilabel", "sigmoid"),
    ("hidden", "relu"), ("signs", "linear"), ("outliers", "linear"), ("shares", "softmax")])
def test_C4_the_activation_for_each_kind_of_target(kind, activation):
    asked = pellucid.output_advice(kind)
    assert asked.activation == activation
    assert asked.reason
    if kind in TARGETS:
        y, units = TARGETS[kind]
        read = pellucid.output_advice(y)
        assert (read.kind, read.activation, read.units) == (kind, activation, units)
        assert read.loss == asked.loss


@pytest.mark.parametrize("kind", TARGETS)
def test_C4_a_network_that_takes_the_advice_learns_without_a_warning(kind):
    y, _ = TARGETS[kind]
    advice = pellucid.output_advice(y)
    x = np.c_[y, y**2] if y.ndim == 2 else np.eye(60)       # enough to know the target from
    keras.utils.set_random_seed(0)
    hidden = pellucid.output_advice("hidden")
    model = keras.Sequential([
        keras.Input((x.shape[1],)), keras.layers.Dense(16, hidden.activation),
        keras.layers.Dense(advice.units, advice.activation)])
    model.compile(keras.optimizers.Adam(0.02), advice.loss)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss = model.fit(x, y, epochs=30, batch_size=60, verbose=0).history["loss"]
    assert loss[-1] < 0.9 * loss[0]


def test_C4_the_table_has_every_kind_and_prints():
    table = pellucid.output_advice()
    assert [each.kind for each in table] == list(KINDS)
    lines = str(table).splitlines()
    assert len(lines) == 1 + len(KINDS)
    assert lines[1].split("  ")[0] == "0 or 1, a yes-no answer"
    assert 'Dense(k, "softmax")' in str(table)
    assert str(pellucid.output_advice(ROWS % 4)).startswith(
        'class numbers 0 to 3: Dense(4, "softmax") with sparse_categorical_crossentropy, because')


def test_C4_tables_from_files_follow_the_same_advice():
    for task in ("binary", "multiclass", "multilabel", "regression"):
        assert OUTPUTS[task] == KINDS[task].activation
        assert LOSSES[task] == KINDS[task].loss


@pytest.mark.parametrize("y, kind, told", [
    (1 + ROWS % 2, "binary", "1 or 2, which should be numbered 0 and 1"),
    (5 * (ROWS % 3), "multiclass", "3 whole numbers, which should be numbered 0 to 2"),
    (ROWS, "non_negative", "numbers from 0 up"),                  # a value a row: amounts
    (ROWS[:, None] % 2, "binary", "0 or 1"), (ROWS % 2 == 0, "binary", "0 or 1"),
    (np.r_[np.abs(NORMAL[:, 0]), 99], "outliers", "numbers from 0 up, 1 of 61 far out")])
def test_C4_what_is_read_off_unusual_targets(y, kind, told):
    advice = pellucid.output_advice(y)
    assert advice.kind == kind
    assert advice.target.startswith(told)


@pytest.mark.parametrize("y, error, told", [
    ("multi-label", ArgumentError, 'did you mean "multilabel"'), (["a", "b"], DataError, "unique"),
    ([1.0, np.nan], DataError, "finite numbers, but got 1 that are NaN"),
    (3.0, DataError, "an array of finite"), ([], DataError, "at least two values"),
    ([7, 7, 7], DataError, "7 in every row")])
def test_C4_targets_without_advice_are_told(y, error, told):
    with pytest.raises(error, match=f"(?i){told}"):
        pellucid.output_advice(y)
