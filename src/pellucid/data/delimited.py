"""CSV and TSV files: the checked records of ``records.py``, read by polars, as columns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import a_few
from pellucid.data.columns import Kind, Reading, Survey, cleaned
from pellucid.data.records import Block, Records, seems_data
from pellucid.data.table import Table, unknown_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars


def read_text(path: Path, columns: Sequence[str] | None, kinds: dict[str, Kind]) -> Table:
    """The whole file as one table."""
    import polars as pl

    records = Records(path)
    wanted = wanted_columns(records.names, columns, path.name)
    surveys = _surveys(wanted, kinds, records)
    frames, lines = [], []
    for block in records.blocks():
        frames.append(_add(surveys, _cells(records, block, wanted), block))
        lines.append(block.lines)
    cells, line = pl.concat(frames), np.concatenate(lines)
    readings = _readings(wanted, surveys, kinds, records)
    return Table({each.name: each.array(cells[each.name], 0, line) for each in readings}, path.name,
                 _notes(records.names, surveys))


def stream_text(path: Path, rows: int, columns: Sequence[str] | None,
                kinds: dict[str, Kind]) -> Iterator[Table]:
    """The file in parts of ``rows`` rows, after a first pass where a kind is not known."""
    records = Records(path)
    wanted = wanted_columns(records.names, columns, path.name)
    surveys = _surveys(wanted, kinds, records)
    if surveys:
        for block in records.blocks():
            _add(surveys, _cells(records, block, list(surveys)), block)
    readings = _readings(wanted, surveys, kinds, records)
    row = 0
    for cells, lines in _parts(records, wanted, rows):
        yield Table({each.name: each.array(cells[each.name], row, lines) for each in readings},
                    path.name)
        row += len(lines)


def wanted_columns(names: list[str], columns: Sequence[str] | None, source: str) -> list[str]:
    """The columns to read, each of which must be there."""
    for name in columns or ():
        if name not in names:
            raise unknown_column(name, names, source)
    return names if columns is None else list(dict.fromkeys(columns))


def _surveys(wanted: list[str], kinds: dict[str, Kind], records: Records) -> dict[str, Survey]:
    return {name: Survey(name, records.path.name, records.delimiter == ";")
            for name in wanted if name not in kinds}


def _add(surveys: dict[str, Survey], cells: polars.DataFrame, block: Block) -> polars.DataFrame:
    for name, survey in surveys.items():
        survey.add(cells[name], block.lines)
    return cells


def _readings(wanted: list[str], surveys: dict[str, Survey], kinds: dict[str, Kind],
              records: Records) -> list[Reading]:
    """How each column is read; one that is called a number may have decimal commas, too."""
    source, semicolon = records.path.name, records.delimiter == ";"
    return [Reading(name, source, kinds[name], commas=semicolon) if name in kinds else
            Reading(name, source, surveys[name].kind, surveys[name].all_whole,
                    surveys[name].decimal_commas) for name in wanted]


def _notes(names: list[str], surveys: dict[str, Survey]) -> tuple[str, ...]:
    """What a person should know: a header that seems to be a row, and columns of decimal commas."""
    numbers = [name for name, survey in surveys.items()
               if survey.decimal_commas and survey.kind == "number"]
    notes = []
    if seems_data(names):
        notes.append(f"the first line, read as the names of the columns, looks like data "
                     f"({a_few(names)}): if it is, add a header line")
    if numbers:
        notes.append(f"{a_few(numbers)}: decimal commas, as in 3,14, are read as numbers")
    return tuple(notes)


def _cells(records: Records, block: Block, wanted: list[str]) -> polars.DataFrame:
    """The wanted columns of a block as cleaned text cells."""
    frame = records.cells(block)
    frame.columns = records.names
    return frame.select(cleaned(frame[name]) for name in wanted)


def _parts(records: Records, wanted: list[str],
           rows: int) -> Iterator[tuple[polars.DataFrame, np.ndarray]]:
    """The cells in parts of exactly ``rows`` rows (the last may be shorter), with their lines."""
    import polars as pl

    rest, rest_lines = None, np.zeros(0, np.int64)
    for block in records.blocks():
        cells = _cells(records, block, wanted)
        cells = cells if rest is None else pl.concat([rest, cells])
        lines = np.concatenate([rest_lines, block.lines])
        whole = len(lines) // rows * rows
        for start in range(0, whole, rows):
            yield cells.slice(start, rows), lines[start:start + rows]
        rest, rest_lines = cells.slice(whole), lines[whole:]
    if rest is not None and len(rest_lines):
        yield rest, rest_lines
