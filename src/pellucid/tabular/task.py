"""Which task the target sets: two classes, several, labels, or numbers; and the rule that says so.

The rule is one sentence that is printed, so that nobody has to guess why a column of ratings
became classes. ``--task`` overrides it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from pellucid.core.errors import DataError, unknown_name
from pellucid.data.dataset import Task as TaskName
from pellucid.data.looks import looks_like
from pellucid.data.output_advice import FEW_VALUES
from pellucid.data.readings import (
    as_numbers,
    as_texts,
    gaps_of,
    number_or_none,
    rows_named,
    spells_number,
)
from pellucid.data.target import find_column, refuse_gaps
from pellucid.tabular.wording import counted

TASKS: tuple[TaskName, ...] = ("binary", "multiclass", "multilabel", "regression")
ROWS_EACH = 5                          # of a column that holds numbers of classes, on average


@dataclass(frozen=True)
class Task:
    """The task, the sentence of the rule that chose it, and the names of the classes.

    ``classes`` has one tuple of names for each target (none for regression).
    """

    name: TaskName
    rule: str
    classes: tuple[tuple[str, ...], ...] = ()


def find_task(columns: Mapping[str, np.ndarray], targets: Sequence[str],
              wanted: str = "auto") -> Task:
    """The task that the target columns set, or the ``wanted`` one if they allow it.

    Raises ``DataError`` for an unknown or constant target, gaps in it, classes of one row, and a
    task that the values cannot be used for.

    >>> find_task({"y": np.array([0.5, 1.25, 3.75])}, ["y"]).rule
    'regression: "y" holds numbers, 3 different ones'
    """
    if wanted not in ("auto", *TASKS):
        raise unknown_name("task", wanted, ("auto", *TASKS))
    if not targets:
        raise DataError("at least one target column is needed", hint="name it with --target")
    values = {name: find_column(columns, name) for name in dict.fromkeys(targets)}
    words = {name: _words(name, cells) for name, cells in values.items()}
    chosen = cast(TaskName, wanted) if wanted != "auto" else _rule(values, words)
    _check_count(chosen, list(values))
    if chosen == "regression":
        for name, cells in values.items():
            _check_numbers(name, cells)
        return Task(chosen, _sentence(chosen, words, wanted))
    classes = tuple(_classes(name, each, chosen, wanted) for name, each in words.items())
    return Task(chosen, _sentence(chosen, words, wanted), classes)


def _words(name: str, values: np.ndarray) -> np.ndarray:
    """The target's cells as words, none missing and not all the same."""
    words = as_texts(values)
    refuse_gaps(name, gaps_of(words), what="is missing")
    infinite = np.array([word.lower().lstrip("+-") in ("inf", "infinity") for word in words])
    refuse_gaps(name, infinite)
    if len(set(words)) == 1:
        raise DataError(f'target "{name}" must have at least two values',
                        got=f'"{words[0]}" in all {len(words)} rows')
    return words


def _rule(values: Mapping[str, np.ndarray], words: Mapping[str, np.ndarray]) -> TaskName:
    if len(values) > 1:
        pairs = all(len(set(each)) == 2 for each in words.values())
        return "multilabel" if pairs else "regression"
    (cells, texts), = zip(values.values(), words.values(), strict=True)
    distinct = set(texts)
    if len(distinct) == 2:
        return "binary"
    numbers = [number_or_none(word) for word in distinct]
    if np.asarray(cells).dtype.kind == "b" or any(number is None for number in numbers):
        return "multiclass"
    whole = all(float(number).is_integer() for number in numbers if number is not None)
    few = len(distinct) <= min(FEW_VALUES, len(texts) / ROWS_EACH)
    return "multiclass" if whole and few else "regression"


def _sentence(chosen: str, words: Mapping[str, np.ndarray], wanted: str) -> str:
    names = ", ".join(f'"{name}"' for name in words)
    holds = "holds" if len(words) == 1 else "hold"
    count = len(set(next(iter(words.values()))))
    if wanted != "auto":
        return f"{chosen}: it was asked for"
    if chosen == "regression":
        tail = f", {count} different ones" if len(words) == 1 else ""
        return f"regression: {names} {holds} numbers{tail}"
    if chosen == "multilabel":
        return f"multilabel: {names} each hold two values, and there are {len(words)} targets"
    distinct = set(next(iter(words.values())))
    numbers = all(map(spells_number, distinct))
    if chosen == "binary":
        return f"binary: {names} holds two values"
    return f"multiclass: {names} holds {count} different " + (
        "whole numbers; if they are amounts, use --task regression" if numbers else
        "; ".join(filter(None, ("words", _looks(distinct)))))


def _looks(words: Iterable[str]) -> str:
    """That they are numbers to a person's eye, and what to change, or nothing."""
    looks = looks_like([word for word in words if word is not None])
    return looks and f"they look like {looks}"


def _check_count(chosen: str, names: list[str]) -> None:
    if chosen in ("binary", "multiclass") and len(names) > 1:
        raise DataError(f"task {chosen} needs one target", got=", ".join(names),
                        hint="several targets are multilabel or regression")


def _check_numbers(name: str, values: np.ndarray) -> None:
    """Refuse words where numbers are to be predicted, and numbers that float32 cannot hold."""
    try:
        numbers = as_numbers(name, values)
    except DataError as error:
        raise DataError(f'regression needs numbers, so target "{name}" must hold them',
                        got=str(error.got), hint=_looks(words := set(as_texts(values))) or (
                            "words are classes: try --task multiclass"
                            if len(words) <= len(values) / 2 else
                            "is this the column to predict?")) from None
    refuse_gaps(name, ~np.isfinite(numbers))


def _classes(name: str, words: np.ndarray, chosen: str, wanted: str) -> tuple[str, ...]:
    """The names of the classes in order: by number if all are numbers, else by the alphabet."""
    distinct, counts = np.unique(words.astype(str), return_counts=True)
    asked = "" if wanted == "auto" else f" for task {chosen}"
    if chosen in ("binary", "multilabel") and distinct.size != 2:
        raise DataError(f'target "{name}" must have two values{asked}',
                        got=f"{distinct.size} ({', '.join(distinct[:5])}"
                            f"{', …' if distinct.size > 5 else ''})",
                        hint="try --task multiclass" if chosen == "binary" else None)
    if distinct.size > max(FEW_VALUES, words.size / 2):
        raise DataError(f'target "{name}" has {distinct.size} different values in {words.size} '
                        "rows, too many to be classes", hint=_looks(distinct) or "is this the "
                        "column to predict? Numbers can be predicted with --task regression")
    if (counts == 1).any():
        _refuse_single(name, words, distinct[counts == 1])
    numbers = [number_or_none(word) for word in distinct]
    if None not in numbers:
        distinct = distinct[np.argsort(np.array(numbers, dtype=float), kind="stable")]
    return tuple(map(str, distinct))


def _refuse_single(name: str, words: np.ndarray, single: np.ndarray) -> None:
    rows = np.flatnonzero(np.isin(words.astype(str), single))
    others = counted(single.size - 1, "more class", "more classes")
    more = f" (and {others})" if single.size > 1 else ""
    raise DataError(f'class "{words[rows[0]]}" of target "{name}" has one row only, '
                    f"{rows_named(rows[:1])} counted from 1{more}, "
                    "so it cannot be both learnt and tested",
                    hint="leave the row out, join the class with another, or, for numbers, use "
                         "--task regression")
