"""Tables from files: CSV, TSV, Parquet and NPZ, whole or in parts.

``read`` and ``stream`` see the same columns with the same kinds: what a column holds is judged
over the whole file, never over its first rows, so ``stream`` goes through the file twice unless
``kinds`` says what every column holds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from pellucid.core.errors import ArgumentError
from pellucid.data.columns import Kind, checked_kinds, need_polars
from pellucid.data.delimited import read_text, stream_text
from pellucid.data.parquet import read_parquet, stream_parquet
from pellucid.data.paths import existing_file, suffix_of
from pellucid.data.stored_arrays import read_arrays
from pellucid.data.table import Table, unknown_column

__all__ = ["SUFFIXES", "Table", "read", "stream", "unknown_column"]

TEXT, PARQUET, ARRAYS = (".csv", ".tsv", ".tab"), (".parquet", ".pq"), (".npz",)
SUFFIXES = TEXT + PARQUET + ARRAYS

Columns = Sequence[str] | None
Kinds = dict[str, Kind]


def read(path: str | os.PathLike[str], *, columns: Columns = None,
         kinds: Kinds | None = None) -> Table:
    """Read a table from a .csv, .tsv, .parquet or .npz file.

    Args:
        path: the file; its suffix says the format.
        columns: the names to read, in this order (default: all).
        kinds: what a column holds, "number", "bool" or "text", where the file should not decide.

    Raises FileError for a file that cannot be read as its suffix says, DataError for a table with
    a fault in it, MissingExtra without polars (NPZ needs none).

    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "houses.csv"
    >>> _ = file.write_text("size,town\\n100,Ulm\\n?,Bonn\\n")
    >>> read(file).columns
    {'size': array([100.,  nan]), 'town': array(['Ulm', 'Bonn'], dtype=object)}
    """
    file, suffix, kinds = _opened(path, kinds)
    if suffix in ARRAYS:
        return _chosen(read_arrays(file), columns)
    reader: Callable[[Path, Columns, Kinds], Table] = \
        read_text if suffix in TEXT else read_parquet
    return reader(file, columns, kinds)


def stream(path: str | os.PathLike[str], rows: int = 65_536, *, columns: Columns = None,
           kinds: Kinds | None = None) -> Iterator[Table]:
    """The same table as from ``read``, in parts of at most ``rows`` rows, for files of any size.

    With ``kinds`` for every column that is read, the file is gone through once, and numbers are
    float64; otherwise a first pass finds the kinds. (An NPZ file is held in memory whole.)
    The checks of ``read`` apply; faults in later rows show when they are reached.

    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "long.csv"
    >>> _ = file.write_text("a\\n" + "7\\n" * 10)
    >>> [part.rows for part in stream(file, rows=4)]
    [4, 4, 2]
    """
    if rows < 1:
        raise ArgumentError("rows must be at least 1", got=rows)
    file, suffix, kinds = _opened(path, kinds)
    if suffix in ARRAYS:
        whole = _chosen(read_arrays(file), columns)
        return (whole.take(np.s_[i:i + rows]) for i in range(0, whole.rows, rows))
    streamer = stream_text if suffix in TEXT else stream_parquet
    return streamer(file, rows, columns, kinds)


def _opened(path: str | os.PathLike[str], kinds: Kinds | None) -> tuple[Path, str, Kinds]:
    suffix = suffix_of(Path(path), SUFFIXES) if not Path(path).is_dir() else ""
    file = existing_file(path)
    if suffix not in ARRAYS:
        need_polars(f"reading {file.name}")
    return file, suffix, checked_kinds(kinds or {})


def _chosen(table: Table, columns: Columns) -> Table:
    return table if columns is None else table.select(columns)
