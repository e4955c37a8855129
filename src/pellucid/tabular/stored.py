"""A run folder read again: what its files say, and the whole outcome where the data are there."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, DataError, FileError
from pellucid.data.target import Target
from pellucid.tabular.config import Config
from pellucid.tabular.fitting import Course
from pellucid.tabular.job import Outcome
from pellucid.tabular.predictions import answers_of_columns
from pellucid.tabular.preparation import prepare
from pellucid.tabular.scores import baseline_scores, scores
from pellucid.tabular.use import Opened, open_model

NEEDED = ("model.keras", "config.toml", "metrics.json", "history.csv", "predictions.csv")


@dataclass(frozen=True)
class StoredRun:
    """What a run folder holds; ``rows`` are the places of the test rows in the data, from 0.

    ``y`` is the encoded target of the test rows and ``answers`` what the model gave for them, as
    in an `Outcome`, read from ``predictions.csv``.
    """

    folder: Path
    config: Config
    opened: Opened
    course: Course
    told: Mapping[str, Any]                              # the content of metrics.json
    rows: np.ndarray
    y: np.ndarray
    answers: np.ndarray

    @property
    def target(self) -> Target:
        """What is predicted."""
        return self.opened.encoder.target

    @cached_property
    def scores(self) -> dict[str, float]:
        """The scores of the answers."""
        return scores(self.target, self.y, self.answers)


def open_run(path: str) -> StoredRun:
    """Read a folder that ``pellucid train`` wrote.

    Raises FileError for what is no run folder, and for a file in it that is missing or damaged.
    """
    folder = Path(path).expanduser()
    if not folder.exists():
        raise FileError(f"there is no run folder {folder}", hint="pellucid train DATA makes one")
    if not folder.is_dir():
        raise FileError(f"{folder} is a file", hint="give the folder of a run, not a file in it")
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        what = "is no run folder" if len(missing) == len(NEEDED) else "is not whole"
        raise FileError(f"{folder} {what}: there is no {' and no '.join(missing)} in it",
                        hint="pellucid train DATA makes one")
    opened = open_model(str(folder))
    told = _metrics(folder / "metrics.json")
    columns = _columns(folder / "predictions.csv")
    rows, y, answers = _answered(folder / "predictions.csv", columns, opened.encoder.target)
    return StoredRun(folder, Config.from_toml(folder / "config.toml"), opened,
                     _course(folder / "history.csv", told), told, rows, y, answers)


def check_page(path: Path) -> None:
    """Refuse a name that is no page's."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise ArgumentError("a page is written as .html", got=path.name)


def outcome_of(run: StoredRun) -> Outcome:
    """The outcome that the training had, its data read again.

    Raises FileError where the data are not there any more, or have changed since.
    """
    prepared = prepare(run.config)
    if prepared.changed:
        raise FileError(f"{run.config.source} has changed since the model was trained, so the rows "
                        "of the run are not known any more",
                        hint="train anew: pellucid train --config "
                             f"{run.folder / 'config.toml'}")
    rule = run.told.get("rule", prepared.task.rule)      # its settings name the task that it chose
    prepared = replace(prepared, task=replace(prepared.task, rule=rule))
    model, (x, y) = run.opened.model, prepared.part("test")
    answers = np.asarray(model.predict(x, verbose=0))
    return Outcome(prepared, model, run.course, y, answers, scores(run.target, y, answers),
                   baseline_scores(run.target, y), tuple(run.told.get("warnings", ())))


def _metrics(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if {"task", "model", "baseline", "rows", "seconds"} <= set(told):
            return told
    except (json.JSONDecodeError, UnicodeDecodeError, TypeError):
        pass
    raise FileError(f"{path} is damaged: it does not hold the scores of a run",
                    hint="train anew with --config and the config.toml beside it")


def _columns(path: Path) -> dict[str, list[str]]:
    """The cells of a CSV file that a run wrote, by column."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            head, *lines = csv.reader(file)
        return dict(zip(head, map(list, zip(*lines, strict=True)), strict=True))
    except (ValueError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"{path} is damaged", got=str(error)) from None


def _course(path: Path, told: Mapping[str, Any]) -> Course:
    columns = _columns(path)
    try:
        history = {name: [float(cell) for cell in cells] for name, cells in columns.items()
                   if name != "epoch"}
    except ValueError as error:
        raise FileError(f"{path} is damaged", got=str(error)) from None
    return Course(history, told.get("best_epoch"), told.get("stopped", ""),
                  str(told.get("stopped", "")).startswith("Stopped by"), told["seconds"])


def _answered(path: Path, columns: Mapping[str, list[str]],
              target: Target) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, encoded truth and answers."""
    try:
        truth = {name: columns.get(f"true {name}", columns.get(name, []))
                 for name in target.names}
        return (np.array(columns["row"], dtype=np.int64), _encoded(target, truth),
                answers_of_columns(target, columns))
    except (KeyError, ValueError, DataError) as error:
        raise FileError(f"{path} is damaged: it does not hold the answers of this model",
                        got=str(error)) from None


def _encoded(target: Target, truth: Mapping[str, list[str]]) -> np.ndarray:
    """The truth as the target encodes it: words as they are written, or else as numbers (1.0)."""
    words = {name: np.array(cells, dtype=object) for name, cells in truth.items()}
    if target.task != "regression":
        try:
            return target.encode(words)
        except DataError:
            pass
    return target.encode({name: cells.astype(np.float64) for name, cells in words.items()})
