"""The run folder: where it is, and the files in it, each written whole or not at all."""

from __future__ import annotations

import csv
import json
import math
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import numpy as np

from pellucid.core.errors import ArgumentError, FileError
from pellucid.files.atomic import replacing
from pellucid.tabular.config import Config
from pellucid.tabular.job import Outcome
from pellucid.tabular.predictions import answer_columns, write_predictions

FILES = ("model.keras", "history.csv", "config.toml", "metrics.json", "predictions.csv",
         "dynamics.npz", "report.html")


def run_folder(out: str | None, name: str, force: bool = False) -> Path:
    """The folder that a run will write, not made yet: ``out``, or the next ``runs/<data>-<n>``.

    Raises ``FileError`` for a folder with something in it (unless ``force``) and for one that
    can't be made, so that no training is lost for want of a place.
    """
    if out is not None and not out.strip():
        raise ArgumentError("--out must name a folder", got="an empty name")
    folder = Path(out).expanduser() if out else _next(Path("runs"), name)
    if folder.is_dir():
        if any(folder.iterdir()) and not force:
            raise FileError(f"the run folder {folder} must be empty",
                            hint="choose another --out, or overwrite it with --force")
    elif folder.exists():
        raise FileError(f"a folder is needed for the run, but {folder} is a file")
    place = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    try:
        with TemporaryDirectory(dir=place):                  # only trying tells, for root above all
            return folder
    except OSError as error:
        raise FileError(f"the run folder {folder} cannot be made in {place}",
                        where=f"because: {error.strerror}") from None


def _next(runs: Path, name: str) -> Path:
    """``runs/<name>-<n>`` with the number after the largest that is there."""
    ends = [each.name.removeprefix(f"{name}-") for each in runs.glob("*-*")]
    taken = [int(end) for end in ends if end.isdecimal()]
    return runs / f"{name}-{max(taken, default=0) + 1}"


def write_run(folder: Path, outcome: Outcome) -> None:
    """Write all files of a run but the report."""
    folder.mkdir(parents=True, exist_ok=True)
    outcome.model.save(folder / "model.keras")
    with _text(folder / "history.csv") as file:
        history = outcome.course.history
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["epoch", *history])
        rows.writerows([epoch, *values] for epoch, values in
                       enumerate(zip(*history.values(), strict=True), 1))
    with _text(folder / "config.toml") as file:
        file.write(outcome.prepared.config.to_toml(str(folder / "config.toml")))
    with _text(folder / "metrics.json") as file:
        json.dump(_finite(metrics(outcome)), file, indent=2, allow_nan=False)
        file.write("\n")
    write_predictions(folder / "predictions.csv", [prediction_columns(outcome)])


def _text(path: Path) -> AbstractContextManager[IO[str]]:
    return replacing(path, "w", encoding="utf-8", newline="")


def metrics(outcome: Outcome) -> dict[str, object]:
    """The content of ``metrics.json``."""
    prepared, course = outcome.prepared, outcome.course
    return {"task": prepared.task.name, "rule": prepared.task.rule,
            "model": outcome.metrics, "baseline": outcome.baseline,
            "rows": {name: len(rows) for name, rows in prepared.rows.items()},
            "epochs": course.epochs, "best_epoch": course.best_epoch, "stopped": course.reason,
            "seed": prepared.config.seed, "seconds": round(course.seconds, 3),
            "warnings": list(outcome.warnings)}


def prediction_columns(outcome: Outcome) -> dict[str, np.ndarray]:
    """The content of ``predictions.csv``: row (from 0), the target or targets, the answers."""
    prepared = outcome.prepared
    rows = prepared.rows["test"]
    answers = answer_columns(prepared.encoder.target, outcome.answers)
    taken = {"row", *answers}                           # a target may itself be called "predicted"
    truth = {f"true {name}" if name in taken else name: prepared.source.table[name][rows]
             for name in prepared.encoder.target.names}
    return {"row": rows} | truth | answers


def _finite(value: object) -> object:
    """JSON has no NaN: null stands for it."""
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def find_model(path: str) -> Path:
    """The model file that a path means: the file itself, or ``model.keras`` in a run folder."""
    file = Path(path).expanduser()
    if file.is_dir():
        if not (file / "model.keras").is_file():
            raise FileError(f"{file} is no run folder: there is no model.keras in it")
        return file / "model.keras"
    if not file.exists():
        raise FileError(f"there is no model {file}", hint="give a run folder or a .keras file")
    return file


def run_config(model: Path) -> Config | None:
    """The settings that lie beside a model, if it is in a run folder."""
    beside = model.parent / "config.toml"
    return Config.from_toml(beside) if beside.is_file() else None
