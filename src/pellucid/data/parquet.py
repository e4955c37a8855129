"""Parquet files: typed columns, read by polars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pellucid.core.errors import DataError, FileError
from pellucid.data.columns import Kind, Reading, from_typed, typed
from pellucid.data.delimited import wanted_columns
from pellucid.data.records import column_names
from pellucid.data.table import Table

if TYPE_CHECKING:
    import polars


def read_parquet(path: Path, columns: Sequence[str] | None, kinds: dict[str, Kind]) -> Table:
    """The whole file as one table."""
    scan, wanted, rows = _scan(path, columns)
    return next(_tables(scan, wanted, kinds, rows, rows, path))


def stream_parquet(path: Path, rows: int, columns: Sequence[str] | None,
                   kinds: dict[str, Kind]) -> Iterator[Table]:
    """The file in parts of ``rows`` rows."""
    scan, wanted, total = _scan(path, columns)
    return _tables(scan, wanted, kinds, rows, total, path)


def _scan(path: Path, columns: Sequence[str] | None) -> tuple[polars.LazyFrame, list[str], int]:
    """The file, not yet read: the columns to read and the number of rows."""
    import polars as pl

    try:
        scan = pl.scan_parquet(path, glob=False)
        names = scan.collect_schema().names()
        rows = int(scan.select(pl.len()).collect().item())
    except pl.exceptions.PolarsError as error:
        raise _damaged(path, error) from None
    column_names(names, path.name)
    if not rows:
        raise DataError(f"{path.name} has columns but no rows")
    return scan, wanted_columns(names, columns, path.name), rows


def _tables(scan: polars.LazyFrame, wanted: list[str], kinds: dict[str, Kind], size: int,
            total: int, path: Path) -> Iterator[Table]:
    import polars as pl

    try:
        gaps = scan.select(pl.col(wanted).null_count()).collect()
        readings = [_reading(scan, name, int(gaps[name][0]), kinds, path.name) for name in wanted]
        for row in range(0, total, size):
            part = scan.select(wanted).slice(row, size).collect()
            yield Table({each.name: from_typed(part[each.name], each, row) for each in readings},
                        path.name)
    except pl.exceptions.PolarsError as error:
        raise _damaged(path, error) from None


def _reading(scan: polars.LazyFrame, name: str, gaps: int, kinds: dict[str, Kind],
             source: str) -> Reading:
    """The kind of a column by its type and by whether the whole file has gaps in it."""
    import polars as pl

    dtype = scan.collect_schema()[name]
    sample = pl.Series(name, [None] if gaps else [], dtype=dtype)
    _, kind, whole = typed(sample, source)
    if dtype == pl.Boolean and gaps:
        kind = "text"
    return Reading(name, source, kinds.get(name, kind), whole and not gaps)


def _damaged(path: Path, error: Exception) -> FileError:
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return FileError(f"{path.name} cannot be read as Parquet", where=f"because {reason}")
