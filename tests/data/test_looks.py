"""Words that a person takes for numbers or days are told, with what to change."""

import numpy as np
import pytest

from pellucid.core.errors import DataError
from pellucid.data.codes import code_for
from pellucid.data.encoder import TableEncoder
from pellucid.data.looks import looks_like
from pellucid.data.tables import read, stream


@pytest.mark.parametrize(("words", "looks"), [
    (["$1,234.50", "$7.00", "-$3", "($12)"], "amounts of money"),
    (["12 €", "1.234,50 €"], "amounts of money"),
    (["EUR 12", "USD 7.5"], "amounts of money"),
    (["12%", "3.5 %", "-1,5%"], "percentages"),
    (["1,234", "12,345,678.9"], "numbers with separators between thousands"),
    (["1'234", "12'345"], "numbers with separators between thousands"),
    (["1.234,5", "12.345,67"], "numbers with separators between thousands"),
    (["3,14", "-2,5", "7"], "numbers with decimal commas"),
    (["21/11/2026 18:30", "1/2/2026 9:05"], "dates"),
    (["21.11.2026", "1.12.26"], "dates"),
    (["2026-11-21T18:30:00+01:00", "2026-11-22T08:30:00+01:00"], "dates"),
    (["21 Nov 2026", "November 3, 2026"], "dates"),
    (["9:05 pm", "18:30:10"], "times of day"),
])
def test_what_words_look_like(words, looks):
    assert looks_like(words).startswith(f"{looks}, read as words: ")


@pytest.mark.parametrize("words", [
    [], ["red", "blue"], ["3a", "4b"], ["$", "€"], ["A/12", "B/7"], ["1-2", "3-4"], ["v1.2.3"],
    ["12 kg", "7 kg"], ["May", "June"], ["12:5"]])
def test_ordinary_words_look_like_nothing(words):
    assert looks_like(words) == ""


def test_one_odd_cell_in_ten_is_overlooked_and_more_are_not():
    assert looks_like([*(f"${i}" for i in range(9)), "free"])
    assert not looks_like([*(f"${i}" for i in range(8)), "free", "gift"])


def test_the_note_names_the_column_whether_it_is_kept_or_left_out():
    prices = np.array([f"${i % 3 + 1},000.50" for i in range(30)], dtype=object)
    moments = np.array([f"{i % 28 + 1:02}/11/2026 {i % 24:02}:30" for i in range(100)], object)
    encoder = TableEncoder.fit({"price": prices, "y": np.arange(30.0)}, ["y"], "regression")
    assert encoder.notes() == ["price: category with 3 slots; looks like amounts of money, read as "
                               "words: remove the signs to use them as numbers"]
    assert TableEncoder.from_dict(encoder.to_dict()) == encoder
    assert code_for("when", moments).says().startswith(
        "left out: its 100 different texts look like dates, read as words: write them as 2026-11")


# --- decimal commas in a file of semicolons -------------------------------------------------------

def test_decimal_commas_of_a_semicolon_file_are_numbers(write):
    file = write("a;b;town\n3,14;1;Ulm\n-2;2;a,b\n;3;1,5\n1,5e3;4;x\n")
    table = read(file)
    np.testing.assert_array_equal(table["a"], [3.14, -2, np.nan, 1500])
    assert table["b"].dtype == np.int64
    assert table["town"].tolist() == ["Ulm", "a,b", "1,5", "x"]
    assert table.notes == ("a: decimal commas, as in 3,14, are read as numbers",)
    assert table.take(np.array([0])).select(["b"]).notes == table.notes
    parts = [part["a"] for part in stream(file, 2)]
    np.testing.assert_array_equal(np.concatenate(parts), table["a"])


def test_commas_that_may_be_thousands_stay_words_and_are_told(write):
    table = read(write("a;b\n1,234;1.5\n12,345;2,5\n"))
    assert table["a"].tolist() == ["1,234", "12,345"]
    assert table["b"].tolist() == ["1.5", "2,5"]
    assert table.notes == ()
    assert "separators between thousands" in code_for("a", table["a"]).says()


def test_kinds_overrule_what_a_comma_means(write):
    file = write("a;b\n1,234;3,14\n2;2\n")
    table = read(file, kinds={"a": "number", "b": "text"})
    assert table["a"].tolist() == [1.234, 2.0]
    assert table["b"].tolist() == ["3,14", "2"]


def test_a_slip_among_decimal_commas_is_an_error_by_row(write):
    with pytest.raises(DataError, match=r'"a" of data.csv holds numbers except for 1 cell: "x" in '
                                        r"row 3 \(line 4\)"):
        read(write("a;b\n3,14;1\n2,5;2\nx;3\n1,5;4\n"))


def test_commas_of_a_comma_file_stay_words_and_are_told(write):
    table = read(write('a,b\n"3,14",1\n"2,5",2\n'))
    assert table["a"].tolist() == ["3,14", "2,5"]
    assert "numbers with decimal commas, read as words" in code_for("a", table["a"]).says()
