"""Answers as columns, in CSV and in Parquet, whole or not at all."""

import io

import numpy as np
import polars as pl
import pytest

from pellucid.core.errors import ArgumentError
from pellucid.data.target import Target
from pellucid.tabular.predictions import answer_columns, write_csv, write_predictions

THREE = Target(("y",), "multiclass", (("a", "b", "c"),))


def as_lists(columns):
    return {name: column.tolist() for name, column in columns.items()}


def test_classes_have_a_label_and_a_probability_each():
    answers = np.array([[0.25, 0.5, 0.25], [0.5, 0.25, 0.25]])
    assert as_lists(answer_columns(THREE, answers)) == {
        "predicted": ["b", "a"], "p_a": [0.25, 0.5], "p_b": [0.5, 0.25], "p_c": [0.25, 0.25]}


def test_whole_numbers_stay_numbers():
    target = Target(("y",), "binary", (("0", "1"),))
    columns = answer_columns(target, np.array([[0.75], [0.5]]))
    assert as_lists(columns) == {"predicted": [1, 0], "p_0": [0.25, 0.5], "p_1": [0.75, 0.5]}


def test_labels_and_several_numbers_are_named():
    labels = Target(("p", "q"), "multilabel", (("0", "1"), ("n", "y")))
    assert as_lists(answer_columns(labels, np.array([[0.75, 0.25]]))) == {
        "predicted_p": [1], "predicted_q": ["n"], "p_p": [0.75], "p_q": [0.25]}
    numbers = Target(("u", "v"), "regression")
    assert as_lists(answer_columns(numbers, np.array([[1.5, 2.5]]))) == {
        "predicted_u": [1.5], "predicted_v": [2.5]}
    assert as_lists(answer_columns(Target(("u",), "regression"), np.array([[1.5]]))) == {
        "predicted": [1.5]}


def test_parts_share_one_header_and_cells_are_quoted():
    file = io.StringIO()
    parts = [{"row": np.array([0]), "predicted": np.array(["a,b"])},
             {"row": np.array([1]), "predicted": np.array(['"'])}]
    assert write_csv(file, parts) == 2
    assert file.getvalue() == 'row,predicted\n0,"a,b"\n1,""""\n'


def test_float32_has_its_seven_digits():
    file = io.StringIO()
    write_csv(file, [{"a": np.array([0.1], np.float32), "b": np.array([0.1])}])
    assert file.getvalue() == "a,b\n0.1,0.1\n"


def test_parquet_holds_the_same(tmp_path):
    parts = [{"row": np.arange(2) + 2 * part, "predicted": np.array(["x", "y,"]),
              "p_x": np.array([0.25, 0.5], np.float32)} for part in range(2)]
    assert write_predictions(tmp_path / "a.parquet", parts) == 4
    read = pl.read_parquet(tmp_path / "a.parquet")
    assert read["predicted"].to_list() == ["x", "y,", "x", "y,"]
    assert read["row"].to_list() == [0, 1, 2, 3]
    assert read["p_x"].to_list() == [0.25, 0.5] * 2
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]


def test_other_suffix_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match=r"written as .csv or .parquet, but got a.xlsx"):
        write_predictions(tmp_path / "a.xlsx", [])


def test_file_that_fails_half_way_leaves_the_old_one(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("old")

    def parts():
        yield {"a": np.array([1])}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_predictions(path, parts())
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]
    write_predictions(path, [{"a": np.array([1])}])
    assert path.read_text() == "a\n1\n"
