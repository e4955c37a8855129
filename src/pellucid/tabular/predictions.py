"""A model's answers as columns that people read, and the files that hold them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

import numpy as np

from pellucid.core.errors import ArgumentError
from pellucid.data.columns import need_polars
from pellucid.data.target import Target
from pellucid.files.atomic import replacing

Columns = Mapping[str, np.ndarray]
SUFFIXES = (".csv", ".parquet")


def answer_columns(target: Target, answers: np.ndarray) -> dict[str, np.ndarray]:
    """``predicted`` and, for classes, one ``p_<class>`` each; several targets are named.

    ``answers``, shape (rows, outputs), is what the model gives.

    >>> answer_columns(Target(("y",), "binary", (("no", "yes"),)), np.array([[0.75]]))
    {'predicted': array(['yes'], dtype='<U3'), 'p_no': array([0.25]), 'p_yes': array([0.75])}
    """
    if target.task == "regression":
        names = [f"predicted_{name}" for name in target.names]
        names = names if len(names) > 1 else ["predicted"]
        return dict(zip(names, answers.T, strict=True))
    numbers, p = class_numbers(target, answers), probabilities(target, answers)
    if target.task == "multilabel":
        found = {f"predicted_{name}": target.labels(numbers[:, column], column)
                 for column, name in enumerate(target.names)}
    else:
        found = {"predicted": target.labels(numbers)}
    return found | {f"p_{name}": p[:, column] for column, name in enumerate(target.class_names)}


def answers_of_columns(target: Target, columns: Mapping[str, Sequence[str]]) -> np.ndarray:
    """What the model gave, shape (rows, outputs), from the columns that `answer_columns` made.

    Raises KeyError for a column that is missing, ValueError for a cell that is no number.

    >>> answers_of_columns(Target(("y",), "binary", (("no", "yes"),)), {"p_yes": ["0.75"]})
    array([[0.75]])
    """
    if target.task == "regression":
        several = len(target.names) > 1
        names = [f"predicted_{name}" if several else "predicted" for name in target.names]
    else:
        names = [f"p_{name}" for name in target.class_names[target.task == "binary":]]
    return np.stack([np.array(columns[name], dtype=np.float64) for name in names], axis=1)


def class_numbers(target: Target, answers: np.ndarray) -> np.ndarray:
    """The class of each row (rows,), or 0 and 1 for each label (rows, labels)."""
    if target.task == "multiclass":
        return answers.argmax(axis=1)
    numbers = (answers > 0.5).astype(np.int64)
    return numbers[:, 0] if target.task == "binary" else numbers


def probabilities(target: Target, answers: np.ndarray) -> np.ndarray:
    """One column a class (two for binary) or a label."""
    return np.hstack([1 - answers, answers]) if target.task == "binary" else answers


def write_predictions(path: Path, parts: Iterable[Columns]) -> int:
    """Write the parts below each other as CSV or, by the suffix, Parquet; returns the rows.

    One part is in memory at a time. The file appears when all of it is written.
    Raises ``ArgumentError`` for another suffix.
    """
    check_suffix(path)
    if path.suffix == ".csv":
        with replacing(path, "w", encoding="utf-8", newline="") as file:
            return write_csv(file, parts)
    return _write_parquet(path, parts)


def check_suffix(path: Path) -> None:
    """Refuse a file that could not be written in the end, before the work begins."""
    if path.suffix not in SUFFIXES:
        raise ArgumentError(f"predictions are written as {' or '.join(SUFFIXES)}", got=path.name)
    if path.suffix == ".parquet":
        need_polars("writing Parquet")


def write_csv(file: IO[str], parts: Iterable[Columns]) -> int:
    """Write the parts as CSV with one header; returns the rows."""
    writer, rows, header = csv.writer(file, lineterminator="\n"), 0, True
    for part in parts:
        if header:
            writer.writerow(part)
            header = False
        writer.writerows(zip(*map(_cells, part.values()), strict=True))
        rows += len(next(iter(part.values())))
    return rows


def _cells(column: np.ndarray) -> Iterator[object]:
    """The cells as they are written: float32 in its seven digits, None as an empty cell."""
    if column.dtype == np.float32:
        return (f"{value:.7g}" for value in column.tolist())
    return iter(column.tolist())


def _write_parquet(path: Path, parts: Iterable[Columns]) -> int:
    # polars cannot append to a Parquet file, but it turns a CSV into one without holding either
    # in memory; the kinds of the columns are those of the first part.
    import polars as pl

    schema: dict[str, Any] = {}
    rows = 0

    def noted() -> Iterator[Columns]:
        nonlocal rows
        for part in parts:
            if not schema:
                kinds = {"f": pl.Float32, "i": pl.Int64}
                schema.update({name: kinds.get(column.dtype.kind, pl.String)
                               for name, column in part.items()})
            rows += len(next(iter(part.values())))
            yield part

    with replacing(path) as file, NamedTemporaryFile(
            "w", dir=path.parent, suffix=".csv", encoding="utf-8", newline="") as text:
        write_csv(text, noted())
        text.flush()
        pl.scan_csv(text.name, schema=schema).sink_parquet(file)
    return rows
