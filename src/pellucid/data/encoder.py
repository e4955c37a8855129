"""The host stage: a table with words, dates and gaps in, a matrix of float32 numbers out.

It runs on NumPy before the model's own layers and is saved with the model, so that the model reads
raw rows forever after. Whatever it must know is learnt from the training rows.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pellucid.core.errors import DataError, FileError, PellucidWarning, a_few
from pellucid.data.codes import CategoryCode, Code, LeftOut, NumberCode, code_for
from pellucid.data.readings import Findings
from pellucid.data.target import Target, find_column

CODES = {"number": NumberCode, "boolean": NumberCode, "date": NumberCode,
         "category": CategoryCode, "left out": LeftOut}


@dataclass(frozen=True)
class TableEncoder:
    """Turn the columns of a table into the matrix a network reads, the same way every time.

    Numbers pass; gaps and infinities are filled with the training median and flagged in a column
    of their own; words become one slot each; dates become days; what says nothing is left out.

    >>> columns = {"size": np.array([1.0, 2.0, np.nan, 4.0]), "kind": np.array(list("abab")),
    ...            "y": np.array([1.0, 2.0, 3.0, 4.0])}
    >>> encoder = TableEncoder.fit(columns, ["y"], "regression")
    >>> encoder.feature_names
    ['size', 'size missing', 'kind=a', 'kind=b']
    >>> encoder.transform({"kind": ["b"], "size": [3.0]})
    array([[3., 0., 0., 1.]], dtype=float32)
    """

    codes: tuple[Code, ...]
    target: Target

    @classmethod
    def fit(cls, columns: Mapping[str, np.ndarray], targets: Sequence[str], task: str,
            classes: tuple[tuple[str, ...], ...] = ()) -> TableEncoder:
        """Learn from the training rows.

        ``classes`` are the names of the classes of each target (none for regression); they come
        from all rows, as a class must not vanish by the luck of the split.
        Raises ``DataError`` if no column is left to learn from.
        """
        target = Target.fit(tuple(targets), task, columns, classes)
        codes = tuple(code_for(name, np.asarray(values))
                      for name, values in columns.items() if name not in targets)
        if not any(code.outputs for code in codes):
            reasons = "; ".join(f'"{code.name}": {code.says()}' for code in codes[:3])
            raise DataError("the data must have a column to learn from",
                            got=reasons or "nothing but the target")
        return cls(codes, target)

    @property
    def columns(self) -> list[str]:
        """The names of the columns that must be there, in the order of the training data."""
        return [code.name for code in self.codes if code.outputs]

    @property
    def feature_names(self) -> list[str]:
        """One name for each column of the matrix."""
        return [name for code in self.codes for name in code.outputs]

    def transform(self, columns: object, findings: Findings | None = None,
                  first_row: int = 0) -> np.ndarray:
        """The matrix of these rows, shape (rows, features), float32.

        ``columns`` is a mapping of name to values or any frame that narwhals knows; the order of
        the columns doesn't matter and others are ignored. What is mended is counted in
        ``findings``; without one, a category that training never saw gives a warning.
        Raises ``DataError`` for a missing column or a cell of the wrong kind.
        """
        table = columns_of(columns)
        noted = Findings() if findings is None else findings
        codes = [code for code in self.codes if not isinstance(code, LeftOut)]
        lengths = {code.name: len(find_column(table, code.name)) for code in codes}
        if len(set(lengths.values())) > 1:
            raise DataError("all columns must have the same length",
                            got=", ".join(f"{name} {rows}" for name, rows in lengths.items()))
        x = np.empty((next(iter(lengths.values())), len(self.feature_names)), np.float32)
        end = 0
        for code in codes:
            start, end = end, end + len(code.outputs)
            x[:, start:end] = code.encode(table[code.name], noted, first_row)
        if findings is None and noted.unseen:
            lines = Findings(unseen=noted.unseen).sentences()
            warnings.warn("; ".join(lines), PellucidWarning, stacklevel=2)
        return x

    def transform_target(self, columns: object, first_row: int = 0) -> np.ndarray:
        """The targets as numbers for training; the shapes are those of ``Target.encode``."""
        return self.target.encode(columns_of(columns), first_row)

    def notes(self) -> list[str]:
        """What was decided about the columns that are not plain numbers, one line a decision."""
        plain, decided = NumberCode("", "number", 0.0).says(), {}
        for code in self.codes:
            if code.says() != plain:
                decided.setdefault(code.says(), []).append(code.name)
        return [f"{a_few(names)}: {text}" for text, names in decided.items()]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain JSON."""
        return {"stage": "table", "columns": [asdict(code) for code in self.codes],
                "target": asdict(self.target)}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> TableEncoder:
        """Build the encoder that ``to_dict`` described."""
        try:
            codes = tuple(CODES[each["kind"]](**_tuples(each)) for each in saved["columns"])
            return cls(codes, Target(**_tuples(saved["target"])))
        except (KeyError, TypeError) as error:
            raise FileError("the saved description of the table cannot be read",
                            got=repr(error)) from error


def columns_of(table: Any) -> dict[str, np.ndarray]:
    """The columns of a mapping or of a frame (pandas, polars, Arrow …) as arrays, by name."""
    if isinstance(table, Mapping):
        return {str(name): np.asarray(values) for name, values in table.items()}
    import narwhals

    frame = narwhals.from_native(table, eager_only=True)
    return {name: frame[name].to_numpy() for name in frame.columns}


def _tuples(saved: Mapping[str, Any]) -> dict[str, Any]:
    """JSON knows only lists; the codes hold tuples."""
    return {name: _tuple(value) for name, value in saved.items()}


def _tuple(value: Any) -> Any:
    return tuple(_tuple(each) for each in value) if isinstance(value, list) else value
