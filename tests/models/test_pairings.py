"""Outputs, losses and targets that do not go together: said once, before the first step."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from pellucid import activations, keras, layers
from pellucid.core.errors import DataError, PellucidError, PellucidWarning, ShapeError
from pellucid.core.serialization import BUILT_IN
from pellucid.models.pairings import OUTPUT_RULES, TARGET_RULES, Output, limits, wrong_pairs

X = np.random.default_rng(0).normal(size=(12, 4)).astype("float32")
LABELS = np.arange(12) % 3
ONE_HOT = np.eye(3, dtype="float32")[LABELS]
YES_NO = (LABELS > 0).astype("float32")
AMOUNTS = np.linspace(-2, 5, 12).astype("float32")
losses = keras.losses


def compiled(units: int, activation: Any, loss: Any) -> keras.Model:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(units, activation, name="answer")])
    model.compile("sgd", loss)
    return model


def said(model: keras.Model, y: np.ndarray) -> list[str]:
    """What a fit warns of; it trains all the same."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, y, epochs=2, verbose=0)
    assert all(each.category is PellucidWarning for each in caught)
    return [str(each.message) for each in caught]


# rule → units, activation, loss, targets, and the sentence whole
WRONG = {
    "squashed_twice": (
        3, "softmax", losses.SparseCategoricalCrossentropy(from_logits=True), LABELS,
        'SparseCategoricalCrossentropy(from_logits=True) squashes its input itself, but Dense '
        '"answer" ends in a softmax already. Leave one of the two out'),
    "softmax_for_labels": (
        3, "softmax", losses.BinaryFocalCrossentropy(), ONE_HOT,
        'Dense "answer" ends in a softmax over 3 classes, but BinaryFocalCrossentropy takes each '
        "unit for a yes-no answer of its own. Use CategoricalCrossentropy, or a sigmoid"),
    "sigmoids_for_classes": (
        3, "sigmoid", "categorical_crossentropy", ONE_HOT,
        'Dense "answer" ends in sigmoids, but CategoricalCrossentropy takes the outputs for shares '
        "that add up to 1. Use a softmax, or BinaryCrossentropy for labels that may occur "
        "together"),
    "no_probabilities": (
        1, None, "binary_crossentropy", YES_NO,
        'BinaryCrossentropy takes the output of Dense "answer" for probabilities, but its '
        "activation is linear. Use a sigmoid, or from_logits=True"),
    "no_probabilities of an overlap": (
        3, "tanh", "kl_divergence", ONE_HOT,
        'KLDivergence takes the output of Dense "answer" for numbers between 0 and 1, but its '
        "activation is tanh. Use a softmax, or a sigmoid"),
    "one_unit_for_classes": (
        1, "softmax", "categorical_crossentropy", YES_NO,
        'CategoricalCrossentropy compares classes, but Dense "answer" has a single unit, so '
        "nothing can be learned. Use one unit per class, or BinaryCrossentropy with a sigmoid"),
    "one_side_only": (
        1, "sigmoid", "hinge", YES_NO,
        'Hinge reads the answer from the sign of the output, but Dense "answer" ends in sigmoid, '
        "which is never negative, so the side -1 cannot be answered. Use no activation"),
    "one_side_only of scores": (
        1, "relu", losses.BinaryCrossentropy(from_logits=True), YES_NO,
        'BinaryCrossentropy reads the answer from the sign of the output, but Dense "answer" ends '
        "in relu, which is never negative, so no probability is below ½. Use no activation"),
    "logarithm_of_negatives": (
        1, None, "poisson", YES_NO,
        'Poisson takes the logarithm of the output, but Dense "answer" ends in linear, which may '
        "be negative: the loss is then NaN. Use exponential or softplus"),
    "beyond_yes_and_no, signs": (
        1, "sigmoid", "binary_crossentropy", 2 * YES_NO - 1,
        "binary crossentropy compares with targets between 0 and 1, but they reach from -1 to 1. "
        "Number them 0 and 1, as (y + 1) / 2 does, or use Hinge without an activation"),
    "beyond_yes_and_no, classes": (
        1, "sigmoid", "binary_crossentropy", LABELS,
        "binary crossentropy compares with targets between 0 and 1, but they reach from 0 to 2. "
        "Class numbers go with SparseCategoricalCrossentropy and a unit for each class, amounts "
        "with MeanSquaredError"),
    "beyond_yes_and_no, amounts": (
        1, "sigmoid", "binary_crossentropy", AMOUNTS,
        "binary crossentropy compares with targets between 0 and 1, but they reach from -2 to 5. "
        "Amounts go with MeanSquaredError and no activation"),
    "rows_that_are_no_shares": (
        3, "softmax", "categorical_crossentropy", np.roll(ONE_HOT, 1, axis=1) + ONE_HOT,
        "CategoricalCrossentropy takes each row of targets for shares that add up to 1, but row 0 "
        "is 1 1 0. Labels that may occur together need sigmoids and BinaryCrossentropy"),
    "rows_that_are_no_shares, signs": (
        3, "softmax", losses.CategoricalFocalCrossentropy(), 2 * ONE_HOT - 1,
        "CategoricalFocalCrossentropy takes each row of targets for shares that add up to 1, but "
        "row 0 is 1 -1 -1. Labels that may occur together need sigmoids and BinaryCrossentropy"),
    "more_than_two_sides": (
        1, "tanh", "squared_hinge", LABELS,
        "SquaredHinge knows two sides, -1 and 1 (or 0 and 1), but the targets reach from 0 to 2. "
        "Several classes go with CategoricalHinge or a crossentropy, amounts with "
        "MeanSquaredError"),
    "counts_below_zero": (
        1, "exponential", "poisson", AMOUNTS,
        "Poisson is for targets from 0 up, but they reach down to -2. Use MeanSquaredError or "
        "Huber"),
    "out_of_reach": (
        1, "relu", "mse", AMOUNTS,
        'Dense "answer" ends in relu, which gives numbers from 0 up, but the targets reach from -2 '
        "to 5, so MeanSquaredError asks for what it cannot give. Use no activation, or scale the "
        "targets"),
    "out_of_reach, between": (
        1, "tanh", "huber", AMOUNTS,
        'Dense "answer" ends in tanh, which gives numbers from -1 to 1, but the targets reach from '
        "-2 to 5, so Huber asks for what it cannot give. Use no activation, or scale the targets"),
    "out_of_reach, from below": (
        1, "log_sigmoid", "mae", AMOUNTS,
        'Dense "answer" ends in log_sigmoid, which gives numbers up to 0, but the targets reach '
        "from -2 to 5, so MeanAbsoluteError asks for what it cannot give. Use no activation, or "
        "scale the targets"),
    "columns_against_units": (
        1, None, "mse", ONE_HOT,
        'the targets have 3 columns and Dense "answer" has 1 unit, so MeanSquaredError compares '
        "all with the same one. Use as many units as there are columns"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_pair_is_said_once_with_reason_and_cure(case):
    units, activation, loss, y, sentence = WRONG[case]
    model = compiled(units, activation, loss)
    assert said(model, y).count(sentence) == 1
    assert said(model, y) == []                                  # once is enough
    model.compile("sgd", loss)
    assert sentence in said(model, y)                            # compiled anew, said anew


def test_every_rule_has_a_case():
    rules = {rule.__name__ for rule in (*OUTPUT_RULES, *TARGET_RULES)}
    assert rules == {case.split()[0].rstrip(",") for case in WRONG}


RIGHT = [
    (3, "softmax", "sparse_categorical_crossentropy", LABELS),
    (3, "softmax", "categorical_crossentropy", ONE_HOT),
    (3, "softmax", "categorical_crossentropy", 0.9 * ONE_HOT + 0.1 / 3),
    (3, "softmax", "categorical_crossentropy", ONE_HOT * YES_NO[:, None]),   # rows left out
    (3, None, losses.CategoricalCrossentropy(from_logits=True), ONE_HOT),
    (3, "sigmoid", "binary_crossentropy", ONE_HOT), (1, "sigmoid", "binary_crossentropy", YES_NO),
    (1, None, losses.BinaryCrossentropy(from_logits=True), YES_NO),
    (1, None, "hinge", YES_NO), (1, "tanh", "hinge", 2 * YES_NO - 1),
    (3, None, "categorical_hinge", ONE_HOT), (1, None, "mse", AMOUNTS), (1, None, "mse", YES_NO),
    (1, "tanh", "mse", AMOUNTS / 5), (1, "relu", "huber", abs(AMOUNTS)),
    (1, "sigmoid", "mse", YES_NO), (1, "exponential", "poisson", LABELS),
    (1, "softplus", "poisson", abs(AMOUNTS)), (3, "softmax", "kl_divergence", ONE_HOT),
    (2, None, "mae", np.c_[AMOUNTS, AMOUNTS]), (1, lambda x: x, "binary_crossentropy", YES_NO)]


@pytest.mark.parametrize("units, activation, loss, y", RIGHT)
def test_a_right_pair_is_not_warned(units, activation, loss, y):
    assert said(compiled(units, activation, loss), y) == []


@pytest.mark.filterwarnings("ignore:Dense")                      # some are unwise as well
@pytest.mark.parametrize("units, loss, y, error, told", [
    (3, "sparse_categorical_crossentropy", ONE_HOT, ShapeError, "One-hot labels go with cat"),
    (3, "categorical_crossentropy", LABELS, ShapeError, "lass numbers go with sparse_cat"),
    (2, "sparse_categorical_crossentropy", LABELS, DataError, "0 to 1, but got 2 in row 2"),
    (3, "sparse_categorical_crossentropy", LABELS - 1, DataError, "0 to 2, but got -1 in row 0"),
    (3, "binary_crossentropy", YES_NO, ShapeError, "as many units as y has columns")])
def test_what_has_no_meaning_raises(units, loss, y, error, told):
    model = compiled(units, "softmax", loss)
    before = model.get_weights()
    with pytest.raises(error, match=told) as caught:
        model.fit(X, y, verbose=0)
    assert isinstance(caught.value, PellucidError)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)                  # before the first step


def test_each_output_is_held_against_its_own_loss_and_target():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, {"kind": layers.Dense(3, "softmax", name="kind")(inputs),
                                 "size": layers.Dense(1, "relu", name="size")(inputs)})
    model.compile("sgd", {"kind": "sparse_categorical_crossentropy", "size": "mse"})
    told, = said(model, {"kind": LABELS, "size": AMOUNTS})
    assert told.startswith('Dense "size" ends in relu')
    model.compile("sgd", {"kind": "sparse_categorical_crossentropy", "size": "mse"})
    assert said(model, {"kind": LABELS, "size": abs(AMOUNTS)}) == []


def test_a_generator_is_judged_by_its_first_batch():
    model = compiled(1, "tanh", "mse")
    with pytest.warns(PellucidWarning, match="from -1 to 1, but the targets reach from -2 to 5"):
        model.fit(((X, AMOUNTS) for _ in range(3)), steps_per_epoch=3, verbose=0)


def test_what_is_not_known_is_not_judged():
    unknown = Output("Dense", None, units=0, axes=2)
    for loss in BUILT_IN["keras.losses"].values():
        if loss.__name__ in ("Loss", "FormulaLoss", "LossFunctionWrapper", "Circle", "CTC"):
            continue
        assert list(wrong_pairs(loss(), unknown, None)) == []
        assert list(wrong_pairs(loss(), unknown, np.array(["a", "b"]))) == []


def test_limits_are_those_of_the_definition():
    inf = float("inf")
    assert limits("linear") == (-inf, inf)
    assert limits("relu6") == (0.0, 6.0)
    assert limits("softmax") == pytest.approx((0.0, 1.0))
    assert limits("exponential") == (0.0, inf)
    assert limits("elu") == (-1.0, inf)
    assert limits("glu") == (-inf, inf)
    low, high = limits("silu")
    assert low == pytest.approx(-0.2784645, abs=1e-5)
    assert high == inf
    known = [name for name in activations.FUNCTIONS if name != "threshold"]
    assert all(limits(name)[0] < limits(name)[1] for name in known)
