"""A table becomes a matrix, the same way in training and for ever after."""

import json
import warnings
from datetime import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

from pellucid.core.errors import DataError, FileError, PellucidWarning
from pellucid.data.codes import CategoryCode, LeftOut, NumberCode, code_for
from pellucid.data.encoder import TableEncoder
from pellucid.data.readings import Findings, as_days, as_numbers, as_texts, as_truths


def column(*cells):
    return np.array(cells, dtype=object)


def fitted(**columns):
    rows = len(next(iter(columns.values())))
    y = np.arange(rows, dtype=float)
    return TableEncoder.fit({**columns, "y": y}, ["y"], "regression")


def test_gap_takes_the_training_median_and_a_flag():
    encoder = fitted(age=np.array([10.0, 20.0, 60.0, np.nan]))
    assert encoder.feature_names == ["age", "age missing"]
    x = encoder.transform({"age": np.array([np.nan, 5.0])})
    assert x.tolist() == [[20.0, 1.0], [5.0, 0.0]]
    assert x.dtype == np.float32


def test_infinity_is_filled_and_counted_apart():
    encoder, found = fitted(age=np.array([1.0, 2.0, np.inf, np.nan])), Findings()
    x = encoder.transform({"age": np.array([-np.inf, np.nan, 3.0])}, found)
    assert np.isfinite(x).all()
    assert (found.infinite["age"], found.missing["age"]) == (1, 1)
    assert found.sentences() == ["age: 1 missing value, 1 infinite value"]


def test_number_beyond_float32_is_filled_and_counted_apart_from_infinity():
    encoder, found = fitted(big=np.array([1.0, 2.0, 3.0])), Findings()
    x = encoder.transform({"big": column("1e300", "-1e39", "inf", "2", None)}, found)
    assert x[:, 0].tolist() == [2] * 5
    assert found.sentences() == [
        "big: 1 missing value, 1 infinite value, 2 values too large for float32"]


def test_number_far_from_all_is_cut_so_that_no_answer_is_nan():
    encoder = fitted(a=np.array([1.0, 2.0, 3.0]))
    x = encoder.transform({"a": np.array([1e38, -1e38, 1000.0])})[:, 0]
    assert x[0] == -x[1] + 4 == pytest.approx(2 + 1e6 * np.std([1, 2, 3]))
    assert x[2] == 1000


def test_plain_numbers_pass_unchanged():
    x = np.array([1.5, -2.0, 300.25])
    assert fitted(a=x).transform({"a": x})[:, 0].tolist() == x.tolist()


@pytest.mark.parametrize("numbers", [
    np.array([1e-9, 2e-9, 5e-9]), np.array([1e20, 2e20, 4e20]),
    np.array([1.7e9, 1.7e9 + 1, 1.7e9 + 2])])
def test_numbers_that_float32_would_lose_stay_apart(numbers):
    x = fitted(a=numbers).transform({"a": numbers})[:, 0]
    assert np.diff(x).min() > 0.1
    assert np.abs(x).max() < 100


def test_words_have_a_slot_each_the_frequent_ones_first():
    encoder = fitted(town=column("Ulm", "Bonn", "Ulm", "Bonn", "Ulm"))
    assert encoder.feature_names == ["town=Ulm", "town=Bonn"]
    assert encoder.transform({"town": ["Bonn", "Ulm"]}).tolist() == [[0, 1], [1, 0]]


def test_rare_words_share_a_slot_with_unseen_ones():
    encoder, found = fitted(town=column(*"aaabbbbcd")), Findings()
    assert encoder.feature_names == ["town=b", "town=a", "town=(other)"]
    assert encoder.transform({"town": ["c", "new"]}, found).tolist() == [[0, 0, 1], [0, 0, 1]]
    assert "2 rare or unseen categories" in found.sentences()[0]


def test_unseen_word_without_a_slot_is_the_average_row():
    encoder, found = fitted(town=column(*"aaab" "bbbb")), Findings()
    assert encoder.transform({"town": ["new", None]}, found).tolist() == [[5 / 8, 3 / 8]] * 2
    assert found.unseen["town"] == {"new": 1}
    assert found.missing["town"] == 1


def test_gap_in_words_has_a_slot_where_training_had_gaps():
    encoder = fitted(town=column("a", "b", None, "a", "b"))
    assert encoder.transform({"town": [None, "b"]}).tolist() == [[0, 0, 1], [0, 1, 0]]


def test_unseen_word_warns_where_nobody_counts():
    encoder = fitted(town=column(*"abab"))
    with pytest.warns(PellucidWarning, match=r'town: 1 rare or unseen category \("new"\)'):
        encoder.transform({"town": ["new"]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        encoder.transform({"town": ["a"]})


def test_many_words_keep_the_64_most_frequent():
    words = [f"w{i % 100}" for i in range(1000)] + [f"w{i}" for i in range(64)]
    encoder = fitted(town=np.array(words, dtype=object))
    assert len(encoder.feature_names) == 65
    assert encoder.feature_names[-1] == "town=(other)"


@pytest.mark.parametrize(("cells", "why"), [
    (np.array([3.0, 3.0, 3.0]), "same value"),
    (column("a", "a", "a"), "same value"),
    (column(None, None, None), "no value"),
    (np.array([np.nan, np.inf, np.nan]), "no finite value"),
    (np.array([f"name {i}" for i in range(100)], dtype=object), "names or free text"),
])
def test_column_that_says_nothing_is_left_out(cells, why):
    code = code_for("a", cells)
    assert isinstance(code, LeftOut)
    assert why in code.says()


@pytest.mark.parametrize(("name", "left_out"), [("id", True), ("Customer ID", True),
                                                ("year", False)])
def test_row_numbers_are_left_out_by_name_and_by_values(name, left_out):
    assert isinstance(code_for(name, np.arange(30)), LeftOut) is left_out
    assert isinstance(code_for(name, np.arange(30) // 2), NumberCode)


def test_one_value_or_nothing_is_its_flag():
    encoder = fitted(pool=np.array([1.0, np.nan, 1.0, np.nan]))
    assert encoder.transform({"pool": np.array([np.nan, 1.0, 7.0])}).tolist() == [[1], [0], [0]]


def test_truths_are_one_and_zero_from_any_spelling():
    encoder = fitted(ok=np.array([True, False, True]))
    for cells in (np.array([True, False]), column("TRUE", "false"), np.array([1, 0])):
        assert encoder.transform({"ok": cells})[:, 0].tolist() == [1, 0]


def test_dates_are_days_since_the_first_training_row():
    encoder = fitted(day=column("2026-01-01", "2026-01-03", "2026-02-01"))
    assert encoder.transform({"day": ["2026-01-02", "2026-01-01 12:00"]})[:, 0].tolist() == [1, .5]
    assert "date" in encoder.notes()[0]
    moments = np.array(["2026-01-02"], dtype="datetime64[ns]")
    assert encoder.transform({"day": moments})[0, 0] == 1
    assert encoder.transform({"day": column(datetime(2026, 1, 2))})[0, 0] == 1


def test_dates_that_could_be_two_days_stay_words():
    assert isinstance(code_for("day", column("03/04/2026", "05/04/2026", "03/04/2026")),
                      CategoryCode)


@pytest.mark.parametrize("make", [
    lambda columns: columns, pd.DataFrame, pl.DataFrame,
    lambda columns: {name: list(cells) for name, cells in columns.items()}])
def test_any_frame_with_columns_in_any_order(make):
    encoder = fitted(a=np.array([1.0, 2.0, 4.0]), b=column("u", "v", "u"))
    rows = make({"extra": np.zeros(2), "b": column("v", "u"), "a": np.array([5, 6])})
    assert encoder.transform(rows).tolist() == [[5, 0, 1], [6, 1, 0]]


def test_missing_column_is_named_with_the_nearest():
    encoder = fitted(price=np.array([1.0, 2.0, 3.0]))
    with pytest.raises(DataError, match='column "price" is missing. Did you mean "prize"?'):
        encoder.transform({"prize": [1.0]})


def test_word_in_a_number_column_is_named_by_row():
    encoder = fitted(price=np.array([1.0, 2.0, 3.0]))
    with pytest.raises(DataError, match=r"\"price\" must hold numbers, but got \"dear\" in row 2"):
        encoder.transform({"price": column("1", "dear")})
    with pytest.raises(DataError, match="row 12"):
        encoder.transform({"price": column("1", "dear")}, first_row=10)


def test_columns_of_unequal_length_are_refused():
    encoder = fitted(a=np.arange(4.0), b=np.arange(4.0) ** 2)
    with pytest.raises(DataError, match=r"same length, but got a 2, b 3"):
        encoder.transform({"a": [1.0, 2.0], "b": [1.0, 2.0, 3.0]})


def test_nothing_left_to_learn_from_is_refused():
    with pytest.raises(DataError, match=r"must have a column to learn from.*same value"):
        fitted(a=np.ones(5))


def test_json_and_back_gives_the_same_encoder_and_matrix():
    columns = {"a": np.array([1.0, np.nan, 3.0, 4.0]), "b": column("x", None, "y", "x"),
               "c": np.array([True, False, True, True]), "d": np.ones(4),
               "e": column("2026-01-01", "2026-01-02", None, "2026-02-01"),
               "y": column("no", "yes", "no", "yes")}
    encoder = TableEncoder.fit(columns, ["y"], "binary", (("no", "yes"),))
    again = TableEncoder.from_dict(json.loads(json.dumps(encoder.to_dict(), allow_nan=False)))
    assert again == encoder
    assert (again.transform(columns) == encoder.transform(columns)).all()


def test_description_that_cannot_be_read_is_a_file_error():
    with pytest.raises(FileError, match="cannot be read"):
        TableEncoder.from_dict({"columns": [{"kind": "star"}]})


@pytest.mark.parametrize(("task", "cells", "classes", "expected"), [
    ("binary", column("yes", "no"), (("no", "yes"),), [[1], [0]]),
    ("multiclass", np.array([10, 2]), (("2", "9", "10"),), [2, 0]),
    ("regression", np.array([1.5, 2.0]), (), [[1.5], [2.0]])])
def test_target_becomes_numbers(task, cells, classes, expected):
    encoder = TableEncoder.fit({"a": np.arange(2.0), "y": cells}, ["y"], task, classes)
    assert encoder.transform_target({"y": cells}).tolist() == expected


def test_several_labels_are_one_column_each():
    columns = {"a": np.arange(4.0), "p": np.array([0, 1, 1, 0]), "q": column(*"nyyn")}
    encoder = TableEncoder.fit(columns, ["p", "q"], "multilabel", (("0", "1"), ("n", "y")))
    assert encoder.transform_target(columns).tolist() == [[0, 0], [1, 1], [1, 1], [0, 0]]


def test_label_that_is_no_class_is_named_by_row():
    encoder = TableEncoder.fit({"a": np.arange(2.0), "y": column("b", "a")}, ["y"], "binary",
                               (("a", "b"),))
    with pytest.raises(DataError, match='"y" must be one of a, b, but got "c" in row 2'):
        encoder.transform_target({"y": column("a", "c")})


def test_a_file_may_change_its_mind_about_whole_numbers():
    assert as_texts(np.array([3.0, np.nan])).tolist() == ["3", None]
    assert as_texts(np.array([3])).tolist() == as_texts(column("3 ")).tolist() == ["3"]
    assert as_texts(column(pd.NA, None, b"x", "NA")).tolist() == [None, None, "x", None]


def test_readers_refuse_what_they_cannot_read():
    with pytest.raises(DataError, match="must hold numbers, but got dates"):
        as_numbers("a", np.array(["2026-01-01"], dtype="datetime64[D]"))
    with pytest.raises(DataError, match="must hold numbers"):
        as_numbers("a", column("1_000"))
    with pytest.raises(DataError, match="must hold true or false"):
        as_truths("a", column("maybe"))
    with pytest.raises(DataError, match="must hold dates"):
        as_days("a", column("2026-13-01"))


@pytest.mark.parametrize(("task", "cells", "classes", "fault"), [
    ("binary", column("a", None), (("a", "b"),), "is missing in row 2"),
    ("regression", np.array([1.0, np.nan]), (), "is missing in row 2"),
    ("regression", np.array([1e300, 1.0]), (), "is infinite, or too large for float32, in row 1")])
def test_target_that_cannot_be_learnt_is_told_by_its_fault(task, cells, classes, fault):
    with pytest.raises(DataError, match=f'target "y" {fault}'):
        TableEncoder.fit({"a": np.arange(2.0), "y": cells}, ["y"], task, classes)


def test_equal_cells_of_different_kinds_are_read_apart():
    """True == 1 == 1.0: reading equal cells once must not make them one word."""
    assert as_texts(column(True, 1, 1.0, "1", " 1 ")).tolist() == ["True", "1", "1", "1", "1"]
    assert as_texts(column(" a", "a ", None, " ? ", "a")).tolist() == ["a", "a", None, None, "a"]
    assert as_texts(np.array([0.5, -0.0, np.nan, 1e300])).tolist() == ["0.5", "0", None, "1e+300"]


def test_days_are_read_alike_one_by_one_and_together():
    cells = ["2026-01-02", "2026-01-02T12:00Z", "1969-12-31 06:00:00.0", "2026-01-02"]
    together = as_days("d", column(*cells, None))
    alone = [as_days("d", column(cell))[0] for cell in cells]
    assert together[:4].tolist() == alone == [20455, 20455.5, -0.75, 20455]
    assert np.isnan(together[4])
    with pytest.raises(DataError, match='"2026-02-30" in rows 2, 4'):
        as_days("d", column("2026-01-02", "2026-02-30", None, "2026-02-30"))
