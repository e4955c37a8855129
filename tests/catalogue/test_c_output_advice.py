"""C4: which activation the output layer gets, said by name and read off the targets."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import pellucid
from pellucid import keras
from pellucid.core.errors import ArgumentError, DataError, KindError
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
    "non_negative": (np.abs(NORMAL[:, 0]), 1), "rates": (0.96 * (ROWS % 2) + 0.02, 1)}


@pytest.mark.parametrize("kind, activation", [
    ("binary", "sigmoid"), ("regression", "linear"), ("non_negative", "relu"),
    ("multiclass", "softmax"), ("one_hot", "softmax"), ("multilabel", "sigmoid"),
    ("hidden", "relu"), ("signs", "linear"), ("outliers", "linear"), ("shares", "softmax"),
    ("rates", "sigmoid"), ("sequences", "softmax")])
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


def test_C4_tokens_in_places_have_a_softmax_each():
    tokens = (ROWS[:20, None] + np.arange(7)) % 5
    advice = pellucid.output_advice(tokens)
    assert (advice.kind, advice.units, advice.activation) == ("sequences", 5, "softmax")
    assert advice.target == "class numbers 0 to 4, 7 in each row"
    assert advice.loss == "sparse_categorical_crossentropy"
    assert "(rows, 7, 5)" in advice.instead
    assert 'output_advice(y, "non_negative")' in advice.instead
    keras.utils.set_random_seed(0)
    model = keras.Sequential([
        keras.Input((20,)), keras.layers.Dense(35), keras.layers.Reshape((7, advice.units)),
        keras.layers.Softmax()])
    model.compile(keras.optimizers.Adam(0.05), advice.loss)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss = model.fit(np.eye(20), tokens, epochs=30, verbose=0).history["loss"]
    assert loss[-1] < 0.5 * loss[0]
    assert pellucid.output_advice(tokens, "non_negative").units == 7
    assert pellucid.output_advice(tokens % 2).kind == "multilabel"
    many = pellucid.output_advice(40 * tokens)
    assert many.kind == "non_negative"
    assert 'output_advice(y, "sequences")' in many.instead
    assert pellucid.output_advice(40 * tokens, "sequences").units == 5


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
    (NORMAL % 1, "rates", "numbers from 0 to 1"), (ROWS - 9, "regression", "numbers of either"),
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
    ([[1], [2, 3]], DataError, r"an array of numbers, but got \[\[1\], \[2, 3\]\]"),
    (np.array(["2026-01-01"], "datetime64[D]"), DataError, "must be numbers, but got dtype date"),
    (3.0, DataError, "an array of finite"), ([], DataError, "at least two values"),
    ([None, 1], DataError, "must be numbers, but got dtype object"),
    ([1j, 2], DataError, "dtype complex128"), (print, DataError, "dtype object"),
    (3, DataError, "one number"), ({"a": 1}, DataError, "dtype object"),
    ([7, 7, 7], DataError, "7 in every row")])
def test_C4_targets_without_advice_are_told(y, error, told):
    with pytest.raises(error, match=f"(?i){told}"):
        pellucid.output_advice(y)


def test_C4_amounts_from_0_up_are_told_of_dead_units_and_of_smooth_ends():
    for advice in (pellucid.output_advice("non_negative"), pellucid.output_advice([3.2, 0.0, 8.1])):
        assert advice.activation == "relu"
        assert str(advice).endswith(f"has no upper end. {advice.instead}.")
        for said in ("dead", "Softplus", "exponential, with poisson"):
            assert said in advice.instead
    assert 'output_advice(y, "multiclass")' in pellucid.output_advice(ROWS).instead


@pytest.mark.parametrize("draw", [
    lambda random, n: random.integers(0, 10, n), lambda random, n: random.poisson(4, n),
    lambda random, n: random.exponential(5.0, n), lambda random, n: random.uniform(size=n),
    lambda random, n: random.normal(size=n)], ids=["digits", "counts", "waits", "rates", "normal"])
def test_C4_the_answer_does_not_depend_on_the_number_of_rows(draw):
    """Of the same kind of data: few rows, many rows, the same rows again.

    Chance remains: the quartiles of 40 normal rows call one of them far out in 7 of 1000 draws.
    """
    for seed in range(5):
        targets = [draw(np.random.default_rng(seed), n) for n in (40, 300, 40_000)]
        targets.append(np.tile(targets[0], 50))
        assert len({pellucid.output_advice(y).kind for y in targets}) == 1


@pytest.mark.parametrize("y, kind, units, activation", [
    ([0, 3, 1], "non_negative", 1, "relu"), ([4, 30, 7], "multiclass", 3, "softmax"),
    ([0, 1, 1], "rates", 1, "sigmoid"), (np.eye(3), "multilabel", 3, "sigmoid"),
    ([[0.2, 5.0]], "regression", 2, "linear"), ([1, 2, 900], "outliers", 1, "linear")])
def test_C4_a_kind_that_is_named_goes_before_what_is_read(y, kind, units, activation):
    advice = pellucid.output_advice(y, kind)
    assert (advice.kind, advice.units, advice.activation) == (kind, units, activation)
    assert "ask for" not in str(advice)


@pytest.mark.parametrize("call, error, told", [
    (([0.5, 3], "multiclass"), DataError, '2 values from 0.5 to 3.*may be "non_negative" or "regr'),
    (([[1, 1], [0, 1]], "one_hot"), DataError, "in rows of 2.*may be \"multilabel"),
    (([0, 1], "hidden"), DataError, "a hidden layer has no targets"),
    (([0, 1], "rate"), ArgumentError, 'did you mean "rates"'),
    (([0, 1], 3), KindError, "must be a string, but got 3"),
    (("binary", "binary"), KindError, "the targets come first, but got 'binary'"),
    ((None, "binary"), KindError, "the targets come first")])
def test_C4_a_kind_that_cannot_be_is_told(call, error, told):
    with pytest.raises(error, match=f"(?i){told}"):
        pellucid.output_advice(*call)


@pytest.mark.parametrize("call, told", [
    (lambda: pellucid.output_advice(kinds="binary"), 'no argument \'kinds\'.*mean "kind"'),
    (lambda: pellucid.output_advice([0, 1], "binary", 2), "takes target, kind, but got 3")])
def test_C4_arguments_that_there_are_not_are_told(call, told):
    with pytest.raises(KindError, match=f"(?s){told}"):
        call()
