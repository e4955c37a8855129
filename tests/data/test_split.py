"""Training, validation and test rows: sizes, shares, and that nothing is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.core.errors import ArgumentError, DataError
from pellucid.data.split import shuffled, split


def test_the_default_is_a_quarter_and_15_percent_of_the_rest():
    assert [len(rows) for rows in split(1000)] == [637, 113, 250]
    assert [len(rows) for rows in split(150, classes=np.repeat([0, 1, 2], 50))] == [95, 17, 38]


def test_stratified_test_rows_have_the_shares_of_the_whole():
    classes = np.repeat([0, 1, 2], [600, 300, 100])
    parts = split(1000, classes=classes)
    assert np.bincount(classes[parts[2]]).tolist() == [150, 75, 25]
    assert np.bincount(classes[parts[1]]).tolist() in ([68, 34, 11], [67, 34, 12], [68, 33, 12],
                                                       [67, 35, 11])


def test_the_seed_decides():
    first, again, other = (split(100, seed=seed)[2].tolist() for seed in (3, 3, 4))
    assert first == again != other
    assert shuffled(8, 0).tolist() == [4, 1, 0, 7, 6, 3, 5, 2]       # the same on every machine


def test_rows_made_with_the_same_seed_are_split_at_random():
    for seed in range(5):
        made = np.random.default_rng(seed).uniform(size=2000)
        order = made[shuffled(2000, seed)]
        assert abs(np.corrcoef(order, np.arange(2000))[0, 1]) < 0.1


def test_every_row_is_as_likely_in_the_test_part():
    times = sum(np.isin(np.arange(40), split(40, seed=seed)[2]) for seed in range(800))
    assert abs(times / 800 - 0.25).max() < 0.07


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.floats(0, 0.9), st.floats(0, 0.9),
       st.integers(0, 5))
def test_properties(labels, test, validation, seed):
    labels = [label for label in labels if labels.count(label) > 1]
    if not labels:
        return
    n, classes = len(labels), np.array([f"c{label}" for label in labels])
    for given_classes in (None, classes):
        train, valid, tested = split(n, test, validation, seed, given_classes)
        assert sorted([*train, *valid, *tested]) == list(range(n))
        assert all((np.diff(part) > 0).all() for part in (train, valid, tested))
        kinds = 1 if given_classes is None else len(set(classes))
        spare = n - kinds                                # a class keeps one row for training
        assert len(tested) == 0 if test == 0 else len(tested) >= min(1, spare)
        assert abs(len(tested) - test * n) <= 1 or len(tested) == spare
        if given_classes is not None:
            assert set(classes[train]) == set(classes)
            for name in set(classes):
                exact = len(tested) * np.mean(classes == name)
                mine = np.sum(classes[tested] == name)
                assert abs(mine - exact) <= 1 or len(train) + len(valid) < 2 * kinds


def test_tiny_sets():
    assert [len(part) for part in split(1)] == [1, 0, 0]
    assert [len(part) for part in split(2)] == [1, 0, 1]
    assert [len(part) for part in split(3)] == [1, 1, 1]
    assert [len(part) for part in split(4, classes=[0, 0, 1, 1])] == [2, 1, 1]
    assert [len(part) for part in split(5, test=0, validation=0)] == [5, 0, 0]


def test_a_class_with_one_row():
    with pytest.raises(DataError, match=r'each class needs at least 2 rows, but got 1 row of class '
                                        r'"b" \(row 3\). Leave it out or merge it'):
        split(4, classes=np.array(["a", "a", "b", "a"], dtype=object))
    with pytest.raises(DataError, match=r"1 row of class 7 \(row 1\)"):
        split(3, classes=[7, 1, 1])


def test_other_faults():
    with pytest.raises(DataError, match="there are no rows to split"):
        split(0)
    with pytest.raises(ArgumentError, match=r"the test share must lie in \[0, 1\), but got 1.5"):
        split(10, test=1.5)
    with pytest.raises(ArgumentError, match=r"the validation share must lie in .* but got -0.1"):
        split(10, validation=-0.1)
    with pytest.raises(DataError, match=r"one class for each of the 3 rows, but got shape \(2,\)"):
        split(3, classes=[0, 0])
