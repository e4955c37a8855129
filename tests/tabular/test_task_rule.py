"""The rule that finds the task, its sentence, and the targets that nothing can be learnt from."""

import numpy as np
import pytest

from pellucid.core.errors import DataError
from pellucid.tabular.task import find_task


def column(*cells):
    return np.array(cells, dtype=object)


def found(cells, wanted="auto"):
    return find_task({"y": np.asarray(cells)}, ["y"], wanted)


@pytest.mark.parametrize(("cells", "task", "classes"), [
    ([0, 1] * 5, "binary", (("0", "1"),)),
    ([-1.0, 1.0] * 5, "binary", (("-1", "1"),)),
    ([True, False] * 5, "binary", (("False", "True"),)),
    (column("yes", "no", "yes", "no"), "binary", (("no", "yes"),)),
    ([10, 9, 1] * 9, "multiclass", (("1", "9", "10"),)),
    ([0.0, 1.0, 2.0] * 9, "multiclass", (("0", "1", "2"),)),
    (column(*"abc" * 3), "multiclass", (("a", "b", "c"),)),
    ([0.5, 1.5, 2.5] * 9, "regression", ()),
    (range(100), "regression", ()),
    ([1, 2, 3, 4], "regression", ()),                        # fewer than five rows for each value
])
def test_one_target(cells, task, classes):
    assert (found(cells).name, found(cells).classes) == (task, classes)
    assert found(cells).rule.startswith(f'{task}: "y" holds ')


def test_several_targets_are_labels_or_numbers():
    pairs = {"p": np.array([0, 1] * 4), "q": column(*"ny" * 4)}
    assert find_task(pairs, ["p", "q"]).classes == (("0", "1"), ("n", "y"))
    assert find_task(pairs, ["p", "q"]).name == "multilabel"
    assert find_task({"p": np.arange(9.0), "q": np.arange(9) % 2}, ["p", "q"]).name == "regression"


def test_asked_for_task_overrides_the_rule():
    assert found([1, 2, 3] * 9, "regression").name == "regression"
    assert "asked for" in found([1, 2, 3] * 9, "regression").rule
    assert found([0, 1] * 9, "multiclass").classes == (("0", "1"),)


@pytest.mark.parametrize(("cells", "wanted", "message"), [
    (["a"] * 5, "auto", 'target "y" must have at least two values, but got "a" in all 5 rows'),
    ([1.0, np.nan, 2.0, np.nan], "auto", 'target "y" is missing in rows 2, 4'),
    ([1.0, np.inf, 2.0], "auto", 'target "y" has no finite value in row 2'),
    (column("a", None, "b"), "auto", "is missing in row 2"),
    (column("a", "a", "b", "b", "c"), "auto", 'class "c" of target "y" has one row only, row 5'),
    (column("a", "a", "b", "b"), "regression", 'must hold them, but got "a" in rows 1, 2, 3 and 1'),
    ([0, 1, 2] * 5, "binary", "must have two values for task binary, but got 3 (0, 1, 2). "
                              "Try --task multiclass"),
    ([0, 1, 2] * 5, "multilabel", "must have two values for task multilabel, but got 3"),
    (np.array([f"w{i}" for i in range(50)]), "auto", "too many to be classes"),
    ([0, 1] * 5, "regresion", 'not a known task. Did you mean "regression"?'),
])
def test_targets_that_are_refused(cells, wanted, message):
    with pytest.raises(ValueError) as caught:
        found(cells, wanted)
    assert message in str(caught.value)


def test_unknown_target_and_no_target():
    with pytest.raises(DataError, match='column "prise" is missing. Did you mean "price"?'):
        find_task({"price": np.arange(9)}, ["prise"])
    with pytest.raises(DataError, match="at least one target column"):
        find_task({"price": np.arange(9)}, [])


def test_one_class_task_of_several_targets_is_refused():
    with pytest.raises(DataError, match="task binary needs one target, but got p, q"):
        find_task({"p": np.array([0, 1] * 4), "q": np.array([0, 1] * 4)}, ["p", "q"], "binary")


@pytest.mark.parametrize(("cells", "looks"), [
    ("${}", "amounts of money, read as words: remove the signs"),
    ("1,{:03d}.50", "numbers with separators between thousands, read as words: remove these"),
    ("{}%", "percentages, read as words: remove the %")])
def test_numbers_in_a_form_that_is_not_read_are_told(cells, looks):
    each = {"y": np.array([cells.format(i) for i in range(50)])}
    for wanted in ("auto", "regression"):
        with pytest.raises(DataError, match=f"[Tt]hey look like {looks}"):
            find_task(each, ["y"], wanted)
    few = {"y": np.array([cells.format(i % 10) for i in range(50)])}
    assert f"10 different words; they look like {looks}" in find_task(few, ["y"]).rule
