r"""The rows of a delimited text file, as blocks of whole records, checked before any is parsed.

A *record* is one row of the table; a quoted cell may hold line ends, so a record may span several
*lines*. Blocks keep memory small for files of any size, and every message names the line that an
editor shows. The scan is one rule, vectorised: a byte lies outside quotes when an even number of
quote characters came before it (a doubled quote inside a cell counts twice and changes nothing).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from pellucid.core.errors import DataError, FileError
from pellucid.data.paths import kind_of_content
from pellucid.data.readings import spells_number

if TYPE_CHECKING:
    import polars

BLOCK = 1 << 23                  # bytes read at a time: 8 MiB
LONGEST_RECORD = 1 << 26         # beyond this a record is no row but a quote that was never closed
NEWLINE, RETURN, QUOTE = ord("\n"), ord("\r"), ord('"')


@dataclass(frozen=True)
class Block:
    """Whole records: their ``text``, and the ``lines`` of the file on which they start (from 1)."""

    text: bytes
    lines: np.ndarray


@dataclass(frozen=True)
class Records:
    """The header and the records of one CSV or TSV file, every row as wide as the header.

    ``Records(path)`` finds the delimiter (a comma or, if the header has none, a semicolon, tab or
    bar); ``names`` are the column names, ``blocks()`` the records below the header.
    Raises FileError for what is not UTF-8 text, DataError for duplicate or blank names, a header
    without rows, rows of another width, and a quote that is never closed.
    """

    path: Path
    block: int = BLOCK

    @cached_property
    def header(self) -> str:
        with self.path.open("rb") as file:
            first = next(_records(file, self.path, self.block), None)
        if first is None:
            raise FileError(f"{self.path.name} holds blank lines only",
                            hint="a table needs a header and at least one row")
        text, ends = first.text, _outside_quotes(first.text, NEWLINE)
        return text[: ends[0]].decode().rstrip("\r")

    @cached_property
    def delimiter(self) -> str:
        if self.path.suffix.lower() in (".tsv", ".tab"):
            return "\t"
        return next((mark for mark in ",;\t|" if mark in self.header), ",")

    @cached_property
    def names(self) -> list[str]:
        cells = self.cells(Block(self.header.encode() + b"\n", np.ones(1, np.int64))).row(0)
        return column_names([(cell or "").strip() for cell in cells], self.path.name)

    def cells(self, block: Block) -> polars.DataFrame:
        """The text cells of a block. Raises DataError where quotes do not match."""
        frame = self._parsed(block.text, len(block.lines))
        if frame is None:
            raise DataError(f"the quotes in line {self._mismatched(block)} of {self.path.name} do "
                            "not match",
                            hint='a quote inside a quoted cell must be doubled ("")')
        return frame

    def _parsed(self, text: bytes, rows: int) -> polars.DataFrame | None:
        """The cells as polars reads them, or None if it sees other records than the scan did."""
        import polars as pl

        width = len(_outside_quotes(self.header.encode(), ord(self.delimiter))) + 1
        try:
            frame = pl.read_csv(text, has_header=False, infer_schema=False,
                                separator=self.delimiter)
        except pl.exceptions.PolarsError:
            return None
        return frame if frame.shape == (rows, width) else None

    def _mismatched(self, block: Block) -> int:
        """The line of the first record that is read otherwise, found by halving."""
        ends = _outside_quotes(block.text, NEWLINE) + 1
        good, bad = 0, len(ends)                # so many records from the first one
        while bad - good > 1:
            middle = (good + bad) // 2
            if self._parsed(block.text[:ends[middle - 1]], middle) is None:
                bad = middle
            else:
                good = middle
        return int(block.lines[bad - 1])

    def blocks(self) -> Iterator[Block]:
        """The records below the header, block by block, each exactly as wide as the header."""
        width, header, any_row = len(self.names), True, False
        with self.path.open("rb") as file:
            for block in _records(file, self.path, self.block):
                if header:
                    block, header = _without_first(block), False
                if len(block.lines):
                    any_row = True
                    _check_width(block, width, self.delimiter, self.path.name)
                    yield block
        if not any_row:
            raise DataError(f"{self.path.name} has a header but no rows")


def column_names(names: list[str], source: str) -> list[str]:
    """The names themselves, if each is there, once, and a name rather than a measurement.

    >>> column_names(["age", "age"], "people.csv")
    Traceback (most recent call last):
    pellucid.core.errors.DataError: people.csv has two columns named "age" (columns 1 and 2). Rename one.
    """  # noqa: E501 - a message is one line
    first: dict[str, int] = {}
    for place, name in enumerate(names, 1):
        if not name:
            raise DataError(f"column {place} of {source} has no name", hint="name it in the header "
                            "(pandas leaves the name of its row numbers blank: use index=False)")
        if name in first:
            raise DataError(f'{source} has two columns named "{name}" '
                            f"(columns {first[name]} and {place})", hint="rename one")
        first[name] = place
    if all(spells_number(name) for name in names) and any("." in name for name in names):
        raise DataError(f"the first line of {source} holds numbers, not column names",
                        hint="add a header line")
    return names


def seems_data(names: Collection[str]) -> bool:
    """Whether most of a header are measurements: numbers, but neither years nor 0, 1, 2 …

    >>> seems_data(["5.1", "3.5", "setosa"]), seems_data(["country", "2019", "2020"])
    (True, False)
    """
    numbers = [name for name in names if spells_number(name)]
    years = all(re.fullmatch(r"[12]\d{3}", name) for name in numbers)
    counted = [str(first + place) for first in (0, 1) for place in range(len(numbers))]
    listed = numbers in (counted[:len(numbers)], counted[len(numbers):])
    return bool(numbers) and 2 * len(numbers) >= len(names) and not years and not listed


def _records(file: BinaryIO, path: Path, size: int) -> Iterator[Block]:
    """All records of a file, the header among them, blank lines left out."""
    rest, line, first, old_mac = b"", 1, True, False
    while chunk := file.read(size):
        if first:
            chunk, first = _checked_start(chunk, path), False
            old_mac = b"\r" in chunk and b"\n" not in chunk
        text = rest + (chunk.replace(b"\r", b"\n") if old_mac else chunk)
        ends = _outside_quotes(text, NEWLINE)
        cut = int(ends[-1]) + 1 if len(ends) else 0
        if len(text) - cut > max(LONGEST_RECORD, 4 * size):
            raise _open_quote(path, line + text.count(b"\n", 0, cut))
        rest = text[cut:]
        if cut:
            block = _block(text[:cut], ends, line, path)
            line += text.count(b"\n", 0, cut)
            if len(block.lines):
                yield block
    if rest:
        text = rest if rest.endswith(b"\n") else rest + b"\n"
        ends = _outside_quotes(text, NEWLINE)
        if not len(ends):
            raise _open_quote(path, line)
        block = _block(text, ends, line, path)
        if len(block.lines):
            yield block


def _checked_start(chunk: bytes, path: Path) -> bytes:
    """The first bytes without a byte order mark; a file that is no text is refused here."""
    if kind := kind_of_content(chunk):
        raise FileError(f"{path.name} is {kind}, not UTF-8 text", hint="save it as CSV in UTF-8")
    return chunk.removeprefix(b"\xef\xbb\xbf")


def _block(text: bytes, ends: np.ndarray, line: int, path: Path) -> Block:
    """A block of checked text whose blank lines are gone but still counted."""
    _check_text(text, line, path)
    starts = np.concatenate([[0], ends[:-1] + 1])
    data = np.frombuffer(text, np.uint8)
    newlines = np.flatnonzero(data == NEWLINE)
    lines = line + np.searchsorted(newlines, starts)
    length = ends - starts
    blank = (length == 0) | ((length == 1) & (data[starts] == RETURN))
    if blank.any():
        rows = zip(starts[~blank], ends[~blank] + 1, strict=True)
        text, lines = b"".join(text[start:end] for start, end in rows), lines[~blank]
    return Block(text, lines)


def _check_text(text: bytes, line: int, path: Path) -> None:
    """Refuse bytes that are no text: NUL (text never has it) and what is not UTF-8."""
    if (nul := text.find(b"\0")) >= 0:
        at = line + text.count(b"\n", 0, nul)
        raise FileError(f"{path.name} holds a NUL byte in line {at}",
                        hint="it is binary, or text in UTF-16: save it as CSV in UTF-8")
    try:
        if not text.isascii():
            text.decode()
    except UnicodeDecodeError as error:
        at = line + text.count(b"\n", 0, error.start)
        raise FileError(f"{path.name} is not UTF-8 text (byte 0x{text[error.start]:02x} in line "
                        f"{at})", hint="save it in UTF-8") from None


def _outside_quotes(text: bytes, mark: int) -> np.ndarray:
    """The positions of a character where it stands outside quotes."""
    data = np.frombuffer(text, np.uint8)
    found = data == mark
    if b'"' in text:
        # 8 bits may overflow: only the parity is read, and 256 is even
        found &= np.cumsum(data == QUOTE, dtype=np.uint8) % 2 == 0
    return np.flatnonzero(found)


def _without_first(block: Block) -> Block:
    return Block(block.text[int(_outside_quotes(block.text, NEWLINE)[0]) + 1:], block.lines[1:])


def _check_width(block: Block, width: int, delimiter: str, source: str) -> None:
    """Refuse the first record that has more or fewer cells than the header."""
    ends = _outside_quotes(block.text, NEWLINE)
    marks = _outside_quotes(block.text, ord(delimiter))
    cells = np.diff(np.searchsorted(marks, ends), prepend=0) + 1
    ragged = np.flatnonzero(cells != width)
    if len(ragged):
        row = ragged[0]
        raise DataError(f"each row of {source} needs {width} cells, as its header has",
                        got=str(cells[row]), where=f"in line {block.lines[row]}",
                        hint="a cell that holds the delimiter must stand in double quotes"
                        if cells[row] > width else None)


def _open_quote(path: Path, line: int) -> DataError:
    return DataError(f"a double quote opened in line {line} of {path.name} is never closed")
