"""A table: named columns of equal length, each a NumPy array."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from pellucid.core.errors import DataError, a_few
from pellucid.data.columns import Kind
from pellucid.data.records import seems_data


def unknown_column(name: str, names: Iterable[str], source: str) -> DataError:
    """The error for a column that is not there, with the nearest names.

    >>> print(unknown_column("prise", ["price", "size"], "houses.csv"))
    houses.csv has no column "prise". Did you mean "price"?
    """
    names = [str(each) for each in names]
    lower = {each.lower(): each for each in names}
    close = difflib.get_close_matches(str(name).lower(), lower, n=3, cutoff=0.6)
    shown = " or ".join(f'"{lower[each]}"' for each in close)
    listed = f"its columns are {a_few(names, 10)}"
    if seems_data(names):
        listed += ": if these are data, add a header line"
    return DataError(f'{source} has no column "{name}"',
                     hint=f"did you mean {shown}?" if close else listed)


@dataclass(frozen=True)
class Table:
    """Columns in order: float64 or int64 for numbers, bool, or object (str | None) for text.

    A missing number is NaN, a missing text None. Raises DataError for columns of different
    lengths and, on ``table[name]``, for a name that is not there.

    >>> table = Table({"size": np.array([1.0, np.nan]), "kind": np.array(["a", None], object)})
    >>> table.rows, table.names, table.kind("kind"), table.missing("size")
    (2, ['size', 'kind'], 'text', 1)
    """

    columns: Mapping[str, np.ndarray]
    source: str = "the table"
    notes: tuple[str, ...] = ()                       # what a person should know of the reading

    def __post_init__(self) -> None:
        lengths = {name: len(column) for name, column in self.columns.items()}
        if len(set(lengths.values())) > 1:
            (a, n), (b, m) = min(lengths.items(), key=_second), max(lengths.items(), key=_second)
            raise DataError(f"the columns of {self.source} must be equally long",
                            got=f'"{a}" with {n} and "{b}" with {m} rows')

    @property
    def names(self) -> list[str]:
        return list(self.columns)

    @property
    def rows(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __len__(self) -> int:
        return self.rows

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.columns:
            raise unknown_column(name, self.columns, self.source)
        return self.columns[name]

    def kind(self, name: str) -> Kind:
        """What a column holds: "number", "bool" or "text"."""
        code = self[name].dtype.kind
        return "text" if code == "O" else "bool" if code == "b" else "number"

    def missing(self, name: str) -> int:
        """How many rows of a column are NaN or None."""
        column = self[name]
        if column.dtype.kind == "O":
            return sum(cell is None for cell in column)
        return int(np.isnan(column).sum()) if column.dtype.kind == "f" else 0

    def select(self, names: Iterable[str]) -> Table:
        """The named columns, in the given order."""
        return Table({name: self[name] for name in names}, self.source, self.notes)

    def take(self, rows: np.ndarray | slice) -> Table:
        """The given rows, in the given order."""
        return Table({name: column[rows] for name, column in self.columns.items()}, self.source,
                     self.notes)


def _second(pair: tuple[str, int]) -> int:
    return pair[1]
