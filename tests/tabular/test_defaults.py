"""The default settings: valid for every size of table, smooth in it, and explained."""

import dataclasses
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.core.errors import ArgumentError
from pellucid.tabular.config import Config
from pellucid.tabular.defaults import Recipe, recipe
from pellucid.tabular.layers import read_layers
from pellucid.tabular.task import TASKS

TASK = st.sampled_from(TASKS)
ROWS, FEATURES = st.integers(1, 10**7), st.integers(1, 10**5)
SIZES = [round(10 * 1.2**step) for step in range(60)]                   # 10 … 470 000 rows


@given(TASK, ROWS, FEATURES, st.integers(1, 1000))
def test_every_table_gets_settings_that_a_run_accepts(task, rows, features, classes):
    chosen = recipe(task, rows, features, classes)
    assert read_layers(chosen.layers)
    settled = Config().changed(**dataclasses.asdict(chosen))            # checks kinds and ranges
    assert dataclasses.asdict(chosen).items() <= dataclasses.asdict(settled).items()
    assert chosen.patience < chosen.epochs
    assert chosen.batch_size & (chosen.batch_size - 1) == 0


@given(TASK, ROWS, ROWS, FEATURES)
def test_more_rows_never_mean_more_restraint(task, rows, others, features):
    few, many = (recipe(task, n, features) for n in sorted((rows, others)))
    assert many.l2 <= few.l2
    assert many.batch_size >= few.batch_size
    assert many.patience <= few.patience
    assert many.epochs <= few.epochs
    assert _dropped(many) <= _dropped(few)
    assert _units(many) >= _units(few)


@given(TASK, ROWS, FEATURES, FEATURES)
def test_more_features_never_mean_less_restraint(task, rows, features, others):
    narrow, wide = (recipe(task, rows, d) for d in sorted((features, others)))
    assert narrow.l2 <= wide.l2


@pytest.mark.parametrize("task", TASKS)
def test_a_fifth_more_rows_changes_no_setting_by_more_than_a_factor_of_two(task):
    for fewer, more in pairwise(recipe(task, n, 10) for n in SIZES):
        for name in ("l2", "batch_size", "epochs", "patience"):
            ratio = getattr(more, name) / getattr(fewer, name)
            assert 0.5 <= ratio <= 2, (name, fewer, more)
        assert 0.5 <= _units(more) / _units(fewer) <= 2


@pytest.mark.parametrize("task", TASKS)
def test_a_pass_over_many_rows_is_short_and_there_are_few_of_them(task):
    chosen = recipe(task, 50_000, 40, 5)
    assert -(-50_000 // chosen.batch_size) <= 400
    assert chosen.epochs <= 100


def test_labels_are_smoothed_where_there_are_labels():
    assert recipe("regression", 300, 10).label_smoothing == 0
    assert all(recipe(task, 300, 10).label_smoothing > 0 for task in TASKS if task != "regression")


def test_every_setting_has_its_reason():
    chosen = recipe("binary", 300, 10)
    reasons = chosen.reasons()
    assert list(reasons) == [each.name for each in dataclasses.fields(Recipe)]
    assert all(len(reason) > 20 and not reason.endswith(".") for reason in reasons.values())
    assert set(reasons) <= {each.name for each in dataclasses.fields(Config)}


def test_the_same_table_always_gets_the_same_settings():
    assert recipe("multiclass", 1146, 60, 10) == recipe("multiclass", 1146, 60, 10)


@pytest.mark.parametrize(("task", "rows", "features", "said"), [
    ("regresion", 9, 9, r'did you mean "regression"\?'),
    ("binary", 0, 9, "rows must be at least 1, but got 0"),
    ("binary", 9, 0, "features must be at least 1, but got 0"),
])
def test_a_table_that_cannot_be_is_refused(task, rows, features, said):
    with pytest.raises(ArgumentError, match=f"(?i){said}"):
        recipe(task, rows, features)


def _units(chosen):
    return sum(layer.units for layer in read_layers(chosen.layers))


def _dropped(chosen):
    return max(layer.rate for layer in read_layers(chosen.layers))
