"""The columns to predict: how labels become class numbers, and what the training rows held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pellucid.core.errors import DataError, a_few, nearest
from pellucid.data.readings import as_numbers, as_texts, gaps_of, rows_named


@dataclass(frozen=True)
class Target:
    """One or several target columns with the task that they set.

    ``classes`` are the names of the classes in order; for multi-label targets a pair for each
    label, the second of which counts as 1; nothing for regression. ``centre`` and ``spread`` are
    of the training rows: the share of each class, the share of ones of each label, or mean and
    standard deviation of each number. They are the trivial answer that a model has to beat.
    """

    names: tuple[str, ...]
    task: str
    classes: tuple[tuple[str, ...], ...] = ()
    centre: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()

    @classmethod
    def fit(cls, names: tuple[str, ...], task: str, columns: Mapping[str, np.ndarray],
            classes: tuple[tuple[str, ...], ...]) -> Target:
        """Learn the trivial answer from the training rows."""
        target = cls(names, task, classes)
        y = target.encode(columns)
        if task == "multiclass":
            y = np.eye(len(classes[0]))[y]
        elif task == "binary":
            y = np.hstack([1 - y, y])
        centre, spread = y.mean(axis=0, dtype=np.float64), y.std(axis=0, dtype=np.float64)
        return cls(names, task, classes, tuple(map(float, centre)), tuple(map(float, spread)))

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes, or of the labels, or of the numbers to predict."""
        return self.classes[0] if self.task in ("binary", "multiclass") else self.names

    def encode(self, columns: Mapping[str, np.ndarray], first_row: int = 0) -> np.ndarray:
        """Numbers for training, shape by task.

        binary (rows, 1) and multilabel (rows, labels) of 0 and 1; multiclass (rows,) of class
        numbers; regression (rows, targets) in the target's own units, in float64.
        """
        columns = {name: find_column(columns, name) for name in self.names}
        if self.task == "regression":
            return np.stack([_finite(name, values, first_row)
                             for name, values in columns.items()], axis=1)
        numbers = [_class_numbers(name, values, classes, first_row) for (name, values), classes
                   in zip(columns.items(), self.classes, strict=True)]
        if self.task == "multiclass":
            return numbers[0]
        return np.stack(numbers, axis=1).astype(np.float32)

    def labels(self, numbers: np.ndarray, column: int = 0) -> np.ndarray:
        """Class numbers back to labels: whole numbers if all classes are, words otherwise."""
        classes = self.classes[column]
        whole = all(name.lstrip("-").isdigit() for name in classes)
        return np.array([int(name) for name in classes] if whole else classes)[numbers]


def find_column(columns: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """The column of this name; the nearest name is the hint when there is none."""
    if name not in columns:
        raise DataError(f'column "{name}" is missing',
                        hint=nearest(name, columns) or f"the data have: {a_few(list(columns), 8)}")
    return columns[name]


def _finite(name: str, values: np.ndarray, first_row: int) -> np.ndarray:
    numbers = as_numbers(name, values, first_row)
    refuse_gaps(name, np.isnan(numbers), first_row, "is missing")
    refuse_gaps(name, np.isinf(numbers), first_row, "is infinite, or too large for float32,")
    return numbers


def refuse_gaps(name: str, gaps: np.ndarray, first_row: int = 0,
                what: str = "has no finite value") -> None:
    """Refuse a target with gaps or infinities, by their rows: nothing can be learnt from them."""
    bad = np.flatnonzero(gaps)
    if bad.size:
        raise DataError(f'target "{name}" {what} in {rows_named(bad, first_row)}',
                        hint="fill in these rows or leave them out")


def _class_numbers(name: str, values: np.ndarray, classes: tuple[str, ...],
                   first_row: int) -> np.ndarray:
    texts = as_texts(values)
    refuse_gaps(name, gaps_of(texts), first_row, "is missing")
    place = {word: number for number, word in enumerate(classes)}
    bad = np.flatnonzero([text not in place for text in texts])
    if bad.size:
        raise DataError(f'target "{name}" must be one of {_listed(classes)}',
                        got=f'"{texts[bad[0]]}" in {rows_named(bad, first_row)}')
    return np.array([place[text] for text in texts], dtype=np.int64)


def _listed(classes: tuple[str, ...]) -> str:
    return ", ".join(classes[:10]) + (f" … ({len(classes)} in all)" if len(classes) > 10 else "")
