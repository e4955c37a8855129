"""The page about a run: what the job knows, handed to those who can draw it."""

from __future__ import annotations

import platform
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

from pellucid.core.errors import MissingExtra
from pellucid.insight.recording import Record, Recorder
from pellucid.insight.report.example import example_of
from pellucid.insight.report.page import write_report
from pellucid.insight.report.run import Column, LayerLine, Run
from pellucid.tabular.description import (
    column_facts,
    layer_facts,
    loss_words,
    raw_test_values,
    settings,
)
from pellucid.tabular.job import Outcome
from pellucid.tabular.predictions import class_numbers, probabilities
from pellucid.tabular.scores import RULES
from pellucid.tabular.stored import StoredRun, outcome_of

RECORDED = "dynamics.npz"               # the record of a run, in its folder


def observer() -> Recorder:
    """A recorder that costs a training little: few looks, at few rows, without the weights."""
    return Recorder(frames=16, rows=128, weights=False)


def report_outcome(folder: Path, outcome: Outcome, seen: Recorder) -> str | None:
    """Write the record and ``report.html`` of a run; without the library that draws, say what is
    missing."""
    record = seen.record
    record.save(folder / RECORDED)
    try:
        write_report(folder / "report.html", as_run(outcome, train_again(folder), record))
    except MissingExtra as missing:
        return str(missing)
    return None


def rewrite(run: StoredRun, page: Path | None = None) -> Path:
    """Write the report of a stored run anew, to its folder or to ``page``.

    Raises ``FileError`` where its data are gone or have changed, ``MissingExtra`` without
    matplotlib.
    """
    kept = run.folder / RECORDED
    record = Record.load(kept) if kept.exists() else None        # older runs have none
    return write_report(page or run.folder / "report.html",
                        as_run(outcome_of(run), train_again(run.folder), record))


def train_again(folder: Path) -> str:
    """The command that makes the same run again."""
    return f"pellucid train --config {folder}/config.toml"


def as_run(outcome: Outcome, command: str, record: Record | None) -> Run:
    """The outcome as the plain data that a report shows."""
    prepared, course = outcome.prepared, outcome.course
    target, source, config = prepared.encoder.target, prepared.source, prepared.config
    run = Run(
        data_name=source.table.source, data_path=str(source.path) if source.path else None,
        rows=source.table.rows, features=len(prepared.encoder.codes),
        encoded=len(prepared.encoder.feature_names), targets=target.names,
        columns=[Column(**facts) for facts in column_facts(prepared)],
        notes=[*outcome.warnings, *prepared.encoder.notes(),
               *prepared.findings.sentences(limit=100)],
        task=prepared.task.name, rule=prepared.task.rule,
        split={name: len(rows) for name, rows in prepared.rows.items()},
        layers=[LayerLine(**facts) for facts in layer_facts(outcome.model)],
        settings=settings(config), history=course.history, best_epoch=course.best_epoch,
        stopped=course.reason, loss_note=loss_words(config), dynamics=record,
        metrics=outcome.metrics, baseline=outcome.baseline, baseline_rule=RULES[prepared.task.name],
        row_numbers=prepared.rows["test"].tolist(),
        test_values=raw_test_values(outcome), image_shape=_image(source.image_shape),
        command=command, seconds=course.seconds, seed=config.seed,
        date=date.today().isoformat(),
        versions={"pellucid": version("pellucid"), "numpy": version("numpy"),
                  "Python": platform.python_version()}, **_answers(outcome))
    return replace(run, example=example_of(outcome, run))


def _answers(outcome: Outcome) -> dict:
    target, y, answers = outcome.prepared.encoder.target, outcome.y, outcome.answers
    if target.task == "regression":
        several = len(target.names) > 1
        return {"y_true": y if several else y[:, 0], "class_names": target.names,
                "y_pred": answers if several else answers[:, 0]}
    return {"y_true": (y[:, 0] if target.task == "binary" else y).astype(int),
            "y_pred": class_numbers(target, answers), "class_names": target.class_names,
            "probabilities": probabilities(target, answers)}


def _image(shape: tuple[int, ...] | None) -> tuple[int, int] | None:
    return (shape[0], shape[1]) if shape is not None and len(shape) == 2 else None
