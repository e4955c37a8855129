"""Words that a person takes for numbers or days are told, with what to change."""

import numpy as np
import pytest

from pellucid.data.codes import code_for
from pellucid.data.encoder import TableEncoder
from pellucid.data.looks import looks_like


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
