"""The message for every fault that a file can have."""

import contextlib
import os
import sys
import zipfile

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.core.errors import ArgumentError, DataError, FileError, MissingExtra
from pellucid.data.builtin import load
from pellucid.data.tables import Table, read


def test_missing_file(write, tmp_path):
    write("a\n1\n", "houses.csv")
    with pytest.raises(FileError, match=r'there is no file .*house.csv. Did you mean "houses.csv"'):
        read(tmp_path / "house.csv")
    with pytest.raises(FileError, match=r"there is no file .*data.csv\.$"):
        read(tmp_path / "nowhere" / "data.csv")


def test_directory_empty_and_unsupported(write, tmp_path):
    with pytest.raises(FileError, match="a file is needed, but .* is a directory"):
        read(tmp_path)
    with pytest.raises(FileError, match="data.csv is empty. A table needs a header"):
        read(write(""))
    with pytest.raises(FileError, match="data.csv holds blank lines only"):
        read(write("\n\r\n\n"))
    with pytest.raises(FileError, match=r"a .csv, .* or .npz file is needed, but got t.xlsx. Save"):
        read(write("a", "t.xlsx"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_unreadable_file(write):
    file = write("a\n1\n")
    file.chmod(0)
    with pytest.raises(FileError, match="data.csv may not be read. Check its permissions"):
        read(file)


@pytest.mark.parametrize("content, kind", [
    (b"PK\x03\x04\x00\x00", "a zip archive"), (b"\x1f\x8b\x08\x00", "a gzip archive"),
    (b"PAR1....", "a Parquet file"), (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    ("a,b\n1,2\n".encode("utf-16"), "text in UTF-16"),
])
def test_binary_with_a_csv_name(write, content, kind):
    with pytest.raises(FileError, match=f"data.csv is {kind}.*, not UTF-8 text. Save it as CSV"):
        read(write(content))


def test_nul_and_undecodable_bytes(write):
    with pytest.raises(FileError, match="data.csv holds a NUL byte in line 3. It is binary"):
        read(write(b"a,b\n1,2\n3,\0\n"))
    with pytest.raises(FileError, match=r"data.csv is not UTF-8 text \(byte 0xe9 in line 2\). Save "
                                        "it in UTF-8"):
        read(write(b"a,b\n1,caf\xe9\n"))


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=400))
def test_junk_gives_a_table_or_a_message(tmp_path_factory, junk):
    """No other exception may escape, whatever the bytes are."""
    for name in ("j.csv", "j.parquet", "j.npz"):
        file = tmp_path_factory.mktemp("junk") / name
        file.write_bytes(junk)
        with contextlib.suppress(FileError, DataError):
            read(file)


def test_random_bytes_are_refused(write):
    junk = np.random.default_rng(0).integers(0, 256, 10_000, dtype=np.uint8).tobytes()
    with pytest.raises(FileError, match="data.csv (holds a NUL byte|is not UTF-8 text)"):
        read(write(junk))


def test_header_faults(write):
    with pytest.raises(DataError, match="data.csv has a header but no rows"):
        read(write("a,b\n"))
    with pytest.raises(DataError, match=r'data.csv has two columns named "a" \(columns 1 and 3\). '
                                        "Rename one"):
        read(write("a,b, a\n1,2,3\n"))
    with pytest.raises(DataError, match="column 1 of data.csv has no name. Name it in the header"):
        read(write(",b\n1,2\n"))
    with pytest.raises(DataError, match="first line of data.csv holds numbers, not column names"):
        read(write("5.1,3.5\n4.9,3.0\n"))


def test_ragged_rows(write):
    with pytest.raises(DataError, match="each row of data.csv needs 2 cells, as its header has, "
                                        "but got 3, in line 3. A cell that holds the delimiter"):
        read(write("a,b\n1,2\n3,4,5\n"))
    with pytest.raises(DataError, match=r"2 cells, as its header has, but got 1, in line 5\.$"):
        read(write('a,b\n\n"x\ny",2\n3\n'))


def test_ragged_row_far_down(write, monkeypatch):
    from pellucid.data import delimited, records

    monkeypatch.setattr(delimited, "Records",
                        lambda path: records.Records(path, block=64))
    with pytest.raises(DataError, match="but got 3, in line 202"):
        read(write("a,b\n" + "1,2\n" * 200 + "1,2,3\n"))


def test_open_quote(write):
    with pytest.raises(DataError, match="quote opened in line 3 of data.csv is never closed"):
        read(write('a,b\n1,2\n"3,4\n5,6\n'))


def test_a_quote_that_swallows_the_file(write, monkeypatch):
    """The search for its end gives up long before the file is in memory."""
    from pellucid.data import delimited, records

    monkeypatch.setattr(records, "LONGEST_RECORD", 100)
    monkeypatch.setattr(delimited, "Records", lambda path: records.Records(path, block=16))
    with pytest.raises(DataError, match="double quote opened in line 3 of data.csv is never"):
        read(write('a,b\n1,2\n"3,4\n' + "5,6\n" * 100))


def test_quotes_that_do_not_match(write):
    rows = "1,2\n" * 100
    with pytest.raises(DataError, match="the quotes in line 102 of data.csv do not match. A quote "
                                        "inside a quoted cell must be doubled"):
        read(write(f'a,b\n{rows}x"y\n,z",1\n{rows}'))


def test_text_in_a_numeric_column(write):
    with pytest.raises(DataError, match=r'column "age" of data.csv holds numbers except for 1 '
                                        r'cell: "old" in row 3 \(line 4\). Correct it'):
        read(write("name,age\na,1\nb,2\nc,old\nd,\ne,5\n"))
    rows = "".join(f"{i}\n" for i in range(1000)) + "-\n" * 200
    with pytest.raises(DataError, match=r"except for 200 cells: the first is \"-\" in row 1001"):
        read(write("a\n" + rows))


def test_kinds_that_do_not_fit(write):
    file = write("a,b\n1,true\nx,\n")
    with pytest.raises(DataError, match=r'"a" of data.csv must hold numbers, but got "x" in row 2'):
        read(file, kinds={"a": "number"})
    with pytest.raises(DataError, match=r'"b" of data.csv must hold true or false in every row, '
                                        r"but got an empty cell in row 2 \(line 3\)"):
        read(file, kinds={"b": "bool"})
    with pytest.raises(ArgumentError, match='of column "a" must be "number", "bool" or "text"'):
        read(file, kinds={"a": "float"})


def test_unknown_column(write):
    file = write("price,size,prize\n1,2,3\n")
    with pytest.raises(DataError, match=r'no column "prise". Did you mean "(price|prize)" or "pri'):
        read(file, columns=["prise"])
    with pytest.raises(DataError, match=r'no column "qq". Its columns are price, size, prize\.'):
        read(file)["qq"]
    with pytest.raises(DataError, match=r"c0, .*, c9 and 2 more"):
        Table({f"c{i}": np.ones(1) for i in range(12)})["zzz"]


def test_without_polars(write, monkeypatch):
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingExtra, match=r"reading data.csv needs polars, which is not installed"
                                           r'. Bring it with: pip install "pellucid\[data\]"'):
        read(write("a\n1\n"))


def test_parquet_faults(tmp_path):
    file = tmp_path / "t.parquet"
    file.write_bytes(b"PAR1 and then nothing of the kind")
    with pytest.raises(FileError, match="t.parquet cannot be read as Parquet, because"):
        read(file)
    pl.DataFrame({"a": range(5000)}).write_parquet(file, compression="zstd")
    whole = bytearray(file.read_bytes())
    whole[4:400] = bytes(396)
    file.write_bytes(whole)
    with pytest.raises(FileError, match="t.parquet cannot be read as Parquet, because"):
        read(file)
    pl.DataFrame({"a": []}).write_parquet(file)
    with pytest.raises(DataError, match="t.parquet has columns but no rows"):
        read(file)
    pl.DataFrame({"a": [[1, 2]]}).write_parquet(file)
    with pytest.raises(DataError, match=r'column "a" of t.parquet must hold numbers, truth values '
                                        r"or text, but got List"):
        read(file)
    pl.DataFrame({"size": [1]}).write_parquet(file)
    with pytest.raises(DataError, match=r't.parquet has no column "sise". Did you mean "size"\?'):
        read(file, columns=["sise"])


def test_npz_faults(tmp_path):
    file = tmp_path / "t.npz"
    np.savez(file, a=np.array([{"no": 1}], dtype=object))
    with pytest.raises(DataError, match=r'array "a" of t.npz holds Python objects, which are never '
                                        "unpickled"):
        read(file)
    np.savez(file, a=np.ones(3), b=np.ones(2))
    with pytest.raises(DataError, match=r'columns of t.npz must be equally long, but got "b" with '
                                        '2 and "a" with 3 rows'):
        read(file)
    np.savez(file, a=np.float64(1))
    with pytest.raises(DataError, match='array "a" of t.npz is a single value, not a column'):
        read(file)
    np.savez(file, a=np.ones(2, complex))
    with pytest.raises(DataError, match='"a" of t.npz must hold numbers.*complex128'):
        read(file)
    np.savez(file, x=np.ones((2, 2)), x_1=np.ones(2))
    with pytest.raises(DataError, match='t.npz has two columns named "x_1"'):
        read(file)
    np.savez(file, a=np.ones(0))
    with pytest.raises(DataError, match="t.npz holds no rows"):
        read(file)
    np.savez(file, x_train=np.ones((2, 3)), y_train=[1, 2], x_test=np.ones((1, 4)), y_test=[1])
    with pytest.raises(DataError, match=r"x_train and x_test of t.npz must have rows of one shape, "
                                        r"but got \(2, 3\) and \(1, 4\)"):
        read(file)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.npy", b"\x93NUMPY\x01\x00 no header")
    with pytest.raises(FileError, match="t.npz is not an NPZ archive, or it is damaged"):
        read(file)
    file.write_bytes(b"PK\x03\x04 not really a zip")
    with pytest.raises(FileError, match="t.npz is not an NPZ archive, or it is damaged"):
        read(file)
    np.save(tmp_path / "a.npy", np.ones(2))
    os.rename(tmp_path / "a.npy", file)
    with pytest.raises(FileError, match=r"t.npz is a single .npy array"):
        read(file)


def test_a_link_to_nothing(tmp_path):
    link = tmp_path / "broken.csv"
    link.symlink_to(tmp_path / "gone.csv")
    with pytest.raises(FileError, match=r"broken.csv is a link to .*gone.csv, which is not there"):
        read(link)


def test_a_missing_file_is_told_before_a_missing_polars(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(FileError, match="there is no file"):
        read(tmp_path / "x.csv")


def test_the_way_out_of_a_spoilt_column_is_named(write):
    with pytest.raises(DataError, match=r"--text 'my age', in Python kinds=\{\"my age\": "
                                        r'"text"\}\)'):
        read(write("my age,b\n1,1\n2,1\nold,1\n"))


@pytest.mark.parametrize(("header", "noted"), [
    ("5,3,7", True), ("5.1,3.5,setosa", True), ("country,2019,2020", False), ("0,1,2", False),
    ("1,2,3", False), ("2019,2020,2021", False), ("a,b,7", False)])
def test_a_header_that_looks_like_data_is_noted(write, header, noted):
    table = read(write(f"{header}\n4.9,3.0,1\n"))
    assert any("looks like data" in note for note in table.notes) is noted
    with pytest.raises(DataError) as error:
        table["qqqq"]
    assert ("add a header line" in str(error.value)) is noted


def test_load_points_to_read_for_a_file():
    with pytest.raises(ArgumentError, match=r"pellucid.data.read\(\"my.csv\"\) reads files"):
        load("my.csv")
    with pytest.raises(ArgumentError, match="is not a known data set"):
        load("mycsv")
