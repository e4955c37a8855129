"""What a column of text cells holds: numbers, truth values or words, judged over the whole file.

A cell is stripped of blanks first; then it is *missing* (empty, ``NA``, ``NaN``, ``null``, ``?``),
a *number* (``3``, ``-1.5e3``, ``inf``) or a *word*. A column is

* ``"bool"``   if every cell is ``true`` or ``false``, none missing;
* ``"number"`` if every cell is a number or missing (int64 if all are whole, else float64);
* ``"text"``   otherwise, unless it is a column of numbers with a slip of the pen: more than half
  of its cells are numbers, and the words are at most 1 in 20 cells or at most 3 different ones.
  That is an error that names the first such cell; ``kinds={"column": "text"}`` overrules it.

Where a semicolon stands between the cells, ``3,14`` is a number too, and the table has a note that
says so. Two columns stay words: one that also holds ``3.14``, and one whose every comma stands
before three digits (``1,234``), as it may be either 1.234 or 1234.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from shlex import quote
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from pellucid.core.errors import ArgumentError, DataError, MissingExtra

if TYPE_CHECKING:
    import polars

Kind = Literal["number", "bool", "text"]
KINDS = ("number", "bool", "text")

MISSING = ("", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NAN", "null", "NULL", "Null", "?")
COMMA = r"^[+-]?[0-9]+,[0-9]+([eE][+-]?[0-9]+)?$"          # 3,14
THOUSANDS = r"^[+-]?[1-9][0-9]{0,2},[0-9]{3}$"              # 1,234: of these alone nothing is sure
WHOLE = r"^[+-]?[0-9]{1,18}$"           # 18 digits always fit into 64 bits
TRUTH = ("true", "false")
FEW_WORDS = 3                           # different words that a column of numbers may be spoilt by
FEW_CELLS = 1 / 20                      # and the share of its cells


def need_polars(feature: str) -> None:
    """Raise MissingExtra where polars is not installed."""
    if find_spec("polars") is None:
        raise MissingExtra(feature, "polars", "data")


def cleaned(cells: polars.Series) -> polars.Series:
    """The cells without surrounding blanks, every spelling of "missing" turned into null."""
    stripped = cells.str.strip_chars()
    return stripped.set(stripped.is_in(list(MISSING)).fill_null(True), None)


def numbers(cells: polars.Series) -> polars.Series:
    """Cleaned cells as float64, null where the cell is a word or missing."""
    import polars as pl

    return cells.cast(pl.Float64, strict=False)


def with_points(cells: polars.Series) -> polars.Series:
    """Cleaned cells with 3,14 written as 3.14; all others as they are."""
    commas = cells.str.contains(COMMA).fill_null(False)
    return cells.zip_with(~commas, cells.str.replace(",", ".", literal=True))


def first_true(mask: polars.Series) -> int | None:
    """The position of the first true value."""
    place = mask.arg_max() if mask.any() else None
    return None if place is None else int(place)


@dataclass
class Survey:
    """Counts over one column of cleaned text cells, block after block; ``kind`` is the verdict."""

    name: str
    source: str
    semicolon: bool = False
    rows: int = 0
    known: int = 0
    numbers: int = 0
    commas: int = 0                     # cells like 3,14
    sure: int = 0                       # those of them that can't be thousands
    points: int = 0                     # cells like 3.14
    whole: int = 0
    truths: int = 0
    words: set[str] = field(default_factory=set)
    first_word: str = ""

    def add(self, cells: polars.Series, lines: np.ndarray | None = None) -> None:
        """Count the cells of one more block; ``lines`` are their lines in the file."""
        is_number = numbers(cells).is_not_null()
        if self.semicolon:
            is_comma = cells.str.contains(COMMA).fill_null(False)
            self.commas += int(is_comma.sum())
            self.sure += int((is_comma & ~cells.str.contains(THOUSANDS).fill_null(False)).sum())
            self.points += int((is_number & cells.str.contains(".", literal=True)).sum() or 0)
            is_number = is_number | is_comma
        is_word = cells.is_not_null() & ~is_number
        if not self.words and (at := first_true(is_word)) is not None:
            self.first_word = place(cells[at], self.rows + at, lines, at)
        if len(self.words) <= FEW_WORDS:
            self.words |= set(cells.filter(is_word).unique().head(FEW_WORDS + 1).to_list())
        self.rows += len(cells)
        self.known += len(cells) - cells.null_count()
        self.numbers += int(is_number.sum())
        self.whole += int(cells.str.contains(WHOLE).sum() or 0)
        self.truths += int(cells.str.to_lowercase().is_in(list(TRUTH)).sum() or 0)

    @property
    def decimal_commas(self) -> bool:
        """Whether 3,14 is a number in this column."""
        return self.sure > 0 == self.points

    @property
    def kind(self) -> Kind:
        if self.commas and not self.decimal_commas:
            return "text"
        words = self.known - self.numbers
        if words == 0:
            return "number"
        if self.truths == self.rows:
            return "bool"
        few = len(self.words) <= FEW_WORDS or words <= FEW_CELLS * self.known
        if self.numbers > words and few:
            cells = "1 cell" if words == 1 else f"{words} cells"
            raise DataError(
                f'column "{self.name}" of {self.source} holds numbers except for {cells}: '
                f"{'the first is ' if words > 1 else ''}{self.first_word}",
                hint="correct it, leave it empty, or read the column as text (on the command line "
                     f'--text {quote(self.name)}, in Python kinds={{"{self.name}": "text"}})')
        return "text"

    @property
    def all_whole(self) -> bool:
        """Whether every row is a whole number, so that int64 holds the column exactly."""
        return self.whole == self.rows > 0


def place(cell: object, row: int, lines: np.ndarray | None, at: int) -> str:
    """``"abc" in row 3 (line 4)``: a cell and where it stands (rows count from 1)."""
    shown = str(cell) if len(str(cell)) <= 40 else f"{str(cell)[:37]}..."
    line = "" if lines is None else f" (line {lines[at]})"
    return f'"{shown}" in row {row + 1}{line}'


@dataclass(frozen=True)
class Reading:
    """How one column of cleaned cells becomes an array: its kind, and int64 or float64."""

    name: str
    source: str
    kind: Kind
    whole: bool = False
    commas: bool = False                # 3,14 is a number

    def array(self, cells: polars.Series, row: int = 0,
              lines: np.ndarray | None = None) -> np.ndarray:
        """The values; ``row`` is the first row's number from 0, for messages."""
        import polars as pl

        if self.kind == "text":
            return np.array(cells.to_list(), dtype=object)
        if self.kind == "bool":
            lower = cells.str.to_lowercase()
            self._refuse(~lower.is_in(list(TRUTH)).fill_null(False), cells, row, lines)
            return (lower == "true").to_numpy(writable=True)
        values = numbers(with_points(cells) if self.commas else cells)
        self._refuse(values.is_null() & cells.is_not_null(), cells, row, lines)
        return cells.cast(pl.Int64).to_numpy(writable=True) if self.whole else as_floats(values)

    def _refuse(self, wrong: polars.Series, cells: polars.Series, row: int,
                lines: np.ndarray | None) -> None:
        if (at := first_true(wrong)) is not None:
            wanted = "numbers" if self.kind == "number" else "true or false in every row"
            cell = "an empty cell" if cells[at] is None else ""
            where = place(cells[at], row + at, lines, at)
            raise DataError(f'column "{self.name}" of {self.source} must hold {wanted}',
                            got=where.replace('"None"', cell, 1) if cell else where)


def as_floats(values: polars.Series) -> np.ndarray:
    """float64 values, NaN where there is none."""
    return values.fill_null(float("nan")).to_numpy(writable=True)


def checked_kinds(kinds: dict[str, Kind]) -> dict[str, Kind]:
    """The given kinds, if each is one of "number", "bool", "text"."""
    for name, kind in kinds.items():
        if kind not in KINDS:
            raise ArgumentError(f'the kind of column "{name}" must be "number", "bool" or "text"',
                                got=kind)
    return kinds


def typed(values: polars.Series, source: str) -> tuple[polars.Series, Kind, bool]:
    """A typed column (of Parquet) as float, int, bool or text cells: values, kind, all whole.

    Dates and times become text as they would stand in a CSV; lists, structs and bytes are refused.
    """
    import polars as pl

    dtype = values.dtype
    if dtype == pl.Boolean and not values.null_count():
        return values, "bool", False
    if dtype.is_numeric() or dtype == pl.Null:
        whole = dtype.is_integer() and not values.null_count() and dtype != pl.UInt64
        return values.cast(pl.Int64 if whole else pl.Float64), "number", whole
    if dtype.is_nested() or dtype == pl.Binary or dtype == pl.Object:
        raise DataError(f'column "{values.name}" of {source} must hold numbers, truth values or '
                        "text", got=str(dtype))
    return cleaned(values.cast(pl.String)), "text", False


def from_typed(values: polars.Series, reading: Reading, row: int) -> np.ndarray:
    """A typed column as the array that the reading asks for."""
    import polars as pl

    cells, kind, whole = typed(values, reading.source)
    if kind == "text" or kind != reading.kind:
        return reading.array(cleaned(cells.cast(pl.String)), row)
    if kind == "bool":
        return cells.to_numpy(writable=True)
    return cells.to_numpy(writable=True) if whole and reading.whole else \
        as_floats(cast("polars.Series", cells.cast(pl.Float64)))
