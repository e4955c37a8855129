"""Tables from CSV, TSV, Parquet and NPZ: what is read, whole and in parts."""

import functools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.core.errors import ArgumentError, DataError
from pellucid.data import records
from pellucid.data.tables import Table, read, stream


def same(a, b):
    """Equal columns, NaN and None included."""
    assert a.names == b.names
    for name in a.names:
        assert a[name].dtype == b[name].dtype, name
        np.testing.assert_array_equal(a[name], b[name])


def joined(parts):
    parts = list(parts)
    return Table({name: np.concatenate([part[name] for part in parts]) for name in parts[0].names})


# --- what is read ---------------------------------------------------------------------------------

def test_kinds_of_columns(write):
    table = read(write("n,f,gap,ok,word,empty\n1,1.5,1,true, red ,\n-2,2e3,?,False,NA,\n"))
    assert {name: column.dtype.str[1:] for name, column in table.columns.items()} == {
        "n": "i8", "f": "f8", "gap": "f8", "ok": "b1", "word": "O", "empty": "f8"}
    assert table["n"].tolist() == [1, -2]
    assert table["f"].tolist() == [1.5, 2000]
    assert table["ok"].tolist() == [True, False]
    assert table["word"].tolist() == ["red", None]
    assert np.isnan(table["empty"]).all()
    assert table.kind("word") == "text"
    assert table.kind("ok") == "bool"
    assert table.kind("gap") == "number"
    assert table.missing("gap") == table.missing("word") == 1
    assert table.missing("n") == 0


@pytest.mark.parametrize("gap", ["", "NA", "NaN", "nan", "null", "?", "N/A", " ? ", '""', '"NA"'])
def test_every_spelling_of_missing(write, gap):
    table = read(write(f"a,b\n1,x\n{gap},{gap}\n"))
    assert np.isnan(table["a"][1])
    assert table["b"].tolist() == ["x", None]


@pytest.mark.parametrize("text, value", [("inf", np.inf), ("-inf", -np.inf), ("Infinity", np.inf),
                                         ("+Inf", np.inf)])
def test_infinity_is_a_number(write, text, value):
    assert read(write(f"a\n1\n{text}\n"))["a"].tolist() == [1, value]


def test_quotes_bom_and_crlf(write):
    content = b'\xef\xbb\xbfname,"a, b"\r\n"Ulm, ""old""\r\ntown",1\r\n\r\nBonn,2\r\n'
    table = read(write(content))
    assert table.names == ["name", "a, b"]
    assert table["name"].tolist() == ['Ulm, "old"\r\ntown', "Bonn"]
    assert table["a, b"].tolist() == [1, 2]


@pytest.mark.parametrize("name, content", [
    ("d.tsv", "a\tb\n1\tx,y\n"), ("d.tab", "a\tb\n1\tx,y\n"), ("d.csv", "a;b\n1;x,y\n"),
    ("d.csv", "a|b\n1|x,y\n"), ("D.CSV", 'a,b\n1,"x,y"\n'), ("d.csv", 'a,b\r1,"x,y"\r'),
    ("d.csv", '\n\na,b\n\n1,"x,y"'),
])
def test_delimiters_and_line_ends(write, name, content):
    table = read(write(content, name))
    assert table["a"].tolist() == [1]
    assert table["b"].tolist() == ["x,y"]


def test_kind_comes_from_the_whole_file(write):
    rows = "\n".join(["1"] * 5000 + ["2.5"])
    column = read(write(f"a\n{rows}\n"))["a"]
    assert column.dtype == np.float64
    assert column[-1] == 2.5


def test_mostly_words_is_text_and_large_numbers_are_floats(write):
    table = read(write("a,b,c\n1,99999999999999999999,007\nx,1,1\ny,2,2\n"))
    assert table["a"].tolist() == ["1", "x", "y"]
    assert table["b"].dtype == np.float64
    assert table["c"].tolist() == [7, 1, 2]


def test_many_words_among_numbers_are_a_text_column(write):
    """Ticket numbers: most are digits, but the rest are many and all different."""
    rows = [str(i) if i % 4 else f"A/{i}" for i in range(400)]
    assert read(write("ticket\n" + "\n".join(rows)))["ticket"].dtype == object


def test_kinds_and_columns_are_obeyed(write):
    file = write("zip,n,w\n01234,1,a\n99999,2,b\n")
    table = read(file, columns=["n", "zip"], kinds={"zip": "text"})
    assert table.names == ["n", "zip"]
    assert table["zip"].tolist() == ["01234", "99999"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(allow_nan=False, width=64), min_size=1, max_size=30))
def test_floats_survive_exactly(tmp_path_factory, values):
    file = tmp_path_factory.mktemp("floats") / "f.csv"
    file.write_text("a\n" + "\n".join(map(repr, values)))
    assert read(file)["a"].astype(float).tolist() == values


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\x1c\x1d\x1e\x1f"), max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8))
def test_any_text_survives_quoting(tmp_path_factory, rows):
    import csv

    file = tmp_path_factory.mktemp("text") / "t.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerows([("a", "b"), *rows])
    table = read(file, kinds={"a": "text", "b": "text"})
    from pellucid.data.columns import MISSING
    for name, column in zip("ab", zip(*rows, strict=True), strict=True):
        got = table[name].tolist()
        for cell, value in zip(column, got, strict=True):
            assert value == cell.strip() or (value is None and cell.strip() in MISSING)


# --- in parts -------------------------------------------------------------------------------------

@pytest.mark.parametrize("rows", [1, 7, 100, 1000])
@pytest.mark.parametrize("name", ["d.csv", "d.parquet", "d.npz"])
def test_stream_is_read_in_parts(tmp_path, monkeypatch, rows, name):
    small = functools.partial(records.Records, block=256)
    monkeypatch.setattr("pellucid.data.delimited.Records", small)
    frame = pl.DataFrame({"a": range(100), "b": [i / 3 if i % 9 else None for i in range(100)],
                          "c": [f"w{i % 4}" if i % 7 else None for i in range(100)],
                          "d": [i % 2 == 0 for i in range(100)]})
    path = tmp_path / name
    match path.suffix:
        case ".csv":
            frame.write_csv(path)
        case ".parquet":
            frame.write_parquet(path)
        case _:
            np.savez(path, a=frame["a"].to_numpy(), d=frame["d"].to_numpy())
    parts = list(stream(path, rows))
    assert [part.rows for part in parts[:-1]] == [min(rows, 100)] * (len(parts) - 1)
    same(joined(parts), read(path))


def test_stream_blocks_smaller_than_a_record(write):
    file = write('a,b\n"one\nlong, quoted cell over lines",1\nx,2\n')
    small, large = records.Records(file, block=4), records.Records(file)
    assert b"".join(block.text for block in small.blocks()) == \
        b"".join(block.text for block in large.blocks())
    assert [line for block in small.blocks() for line in block.lines] == [2, 4]


def test_stream_with_all_kinds_goes_through_once(write, monkeypatch):
    from pellucid.data import delimited

    passes = []
    blocks = delimited.Records.blocks
    monkeypatch.setattr(delimited.Records, "blocks", lambda self: passes.append(1) or blocks(self))
    file = write("a,b\n1,x\n2,y\n")
    list(stream(file, kinds={"a": "number", "b": "text"}))
    assert len(passes) == 1
    list(stream(file, kinds={"a": "number"}))
    assert len(passes) == 3


def test_stream_names_the_row_in_a_later_part(write):
    file = write("a\n" + "1\n" * 10 + "oops\n")
    parts = stream(file, 4, kinds={"a": "number"})
    assert next(parts).rows == 4
    with pytest.raises(DataError, match=r'"a" of data.csv must hold numbers, but got "oops" in row '
                                        r"11 \(line 12\)"):
        list(parts)


def test_stream_needs_a_row(write):
    with pytest.raises(ArgumentError, match="rows must be at least 1, but got 0"):
        stream(write("a\n1\n"), 0)


# --- parquet and npz ------------------------------------------------------------------------------

def test_parquet_types(tmp_path):
    from datetime import date
    from decimal import Decimal

    file = tmp_path / "t.parquet"
    pl.DataFrame({"i": pl.Series([1, 2], dtype=pl.UInt8), "gap": [1, None], "b": [True, False],
                  "bgap": [True, None], "s": ["x", "?"], "day": [date(2020, 1, 2)] * 2,
                  "cat": pl.Series(["u", "v"], dtype=pl.Categorical), "none": [None, None],
                  "dec": [Decimal("1.5"), Decimal("2.5")],
                  "f": pl.Series([0.5, None], dtype=pl.Float32)}).write_parquet(file)
    table = read(file)
    assert table["i"].dtype == np.int64
    assert table["gap"].dtype == np.float64
    assert table["b"].dtype == bool
    assert table["bgap"].tolist() == ["true", None]
    assert table["s"].tolist() == ["x", None]
    assert table["day"].tolist() == ["2020-01-02"] * 2
    assert table["cat"].tolist() == ["u", "v"]
    assert np.isnan(table["none"]).all()
    assert table["dec"].tolist() == [1.5, 2.5]
    assert table["f"][0] == 0.5
    assert np.isnan(table["f"][1])
    assert read(file, kinds={"i": "text"}, columns=["i"])["i"].tolist() == ["1", "2"]


def test_npz_columns(tmp_path):
    file = tmp_path / "t.npz"
    np.savez(file, x=np.arange(6).reshape(3, 2).astype("uint8"), y=np.array(["a", "?", " b"]),
             feature_names=np.array(["u", "v"]))
    table = read(file)
    assert table.names == ["u", "v", "y"]
    assert table["u"].tolist() == [0, 2, 4]
    assert table["y"].tolist() == ["a", None, "b"]
    np.savez(file, x_train=np.ones((2, 2, 2)), y_train=[1, 2], x_test=np.zeros((1, 2, 2)),
             y_test=[3])
    table = read(file)
    assert table.names == ["x_0", "x_1", "x_2", "x_3", "y"]
    assert table["y"].tolist() == [1, 2, 3]


def test_table_methods():
    table = Table({"a": np.arange(3), "b": np.array(["x", None, "y"], object)}, "t")
    assert len(table) == table.rows == 3
    assert "a" in table
    assert "c" not in table
    assert table.select(["b"]).names == ["b"]
    assert table.take(np.array([2, 0]))["a"].tolist() == [2, 0]
    assert Table({}).rows == 0
    with pytest.raises(DataError, match='columns of t must be equally long, but got "b" with 2'):
        Table({"a": np.ones(3), "b": np.ones(2)}, "t")
