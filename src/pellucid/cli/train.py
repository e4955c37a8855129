"""``pellucid train``: from a table to a trained model, a verdict and a run folder."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from pellucid.insight.recording import Recorder
    from pellucid.tabular.config import Config
    from pellucid.tabular.job import Outcome
    from pellucid.tabular.preparation import Prepared

DATA, MODEL, TRAINING, RUN = "The data", "The model", "The training", "The run"


def train(
    data: Annotated[str | None, Argument(
        metavar="DATA", help="A built-in set (see: pellucid data), or a CSV, TSV, Parquet or NPZ "
                             "file.")] = None,
    target: Annotated[list[str] | None, Option(
        help="The column to predict; may repeat.", rich_help_panel=DATA)] = None,
    task: Annotated[str | None, Option(
        help="auto, binary, multiclass, multilabel or regression.", rich_help_panel=DATA)] = None,
    drop: Annotated[list[str] | None, Option(
        help="A column to leave out; may repeat.", rich_help_panel=DATA)] = None,
    text: Annotated[list[str] | None, Option(
        help="A column to take as words, one feature for each frequent one, even if it "
             "looks like numbers or free text; may repeat.", rich_help_panel=DATA)] = None,
    test: Annotated[float | None, Option(
        help="Share of the rows to test on (0.25).", rich_help_panel=DATA)] = None,
    validation: Annotated[float | None, Option(
        help="Share of the rest to validate on (0.15).", rich_help_panel=DATA)] = None,
    layers: Annotated[str | None, Option(
        help='Hidden layers, as in "64 relu, dropout 0.2, 32 relu, batchnorm".',
        rich_help_panel=MODEL)] = None,
    output: Annotated[str | None, Option(
        help="Activation of the output layer.", rich_help_panel=MODEL)] = None,
    skip: Annotated[bool | None, Option(
        help="A straight way from the features to the output.", rich_help_panel=MODEL)] = None,
    epochs: Annotated[int | None, Option(help="At most.", rich_help_panel=TRAINING)] = None,
    batch_size: Annotated[int | None, Option(
        help="Rows in one step.", rich_help_panel=TRAINING)] = None,
    rate: Annotated[float | None, Option(
        help="Learning rate.", rich_help_panel=TRAINING)] = None,
    schedule: Annotated[str | None, Option(
        help="constant or cosine.", rich_help_panel=TRAINING)] = None,
    optimizer: Annotated[str | None, Option(
        help="adam, adamw, sgd, rmsprop, adagrad.", rich_help_panel=TRAINING)] = None,
    loss: Annotated[str | None, Option(
        help="By Keras's name, such as huber.", rich_help_panel=TRAINING)] = None,
    l2: Annotated[float | None, Option(
        help="Penalty on squared weights.", rich_help_panel=TRAINING)] = None,
    decay: Annotated[float | None, Option(
        help="Decoupled weight decay.", rich_help_panel=TRAINING)] = None,
    label_smoothing: Annotated[float | None, Option(
        help="Share of certainty taken from the labels.", rich_help_panel=TRAINING)] = None,
    patience: Annotated[int | None, Option(
        help="Epochs to wait for a better one.", rich_help_panel=TRAINING)] = None,
    seed: Annotated[int | None, Option(
        help="For the split, the weights, the order (0).", rich_help_panel=RUN)] = None,
    out: Annotated[str | None, Option(
        help="The run folder (runs/DATA-1, -2 …).", rich_help_panel=RUN)] = None,
    config: Annotated[str | None, Option(
        help="Repeat the run of this config.toml.", rich_help_panel=RUN)] = None,
    force: Annotated[bool, Option(
        "--force", help="Overwrite --out; train what is unwise.", rich_help_panel=RUN)] = False,
) -> None:
    """Train a model on DATA, judge it on rows it has not seen, and keep all of it in a folder."""
    given = dict(locals())
    settings = _settings(given.pop("config"), {name: value for name, value in given.items()
                                               if name not in ("out", "force")})
    _run(settings, out, force)


def _settings(file: str | None, options: dict[str, Any]) -> Config:
    """The settings of the file, if one is given, with the options on top."""
    from pathlib import Path

    from pellucid.tabular.config import Config

    options["source"], options["targets"] = options.pop("data"), options.pop("target")
    start = Config.from_toml(Path(file).expanduser()) if file else Config()
    source, targets = options["source"] or start.source, tuple(options["targets"] or start.targets)
    if (source, targets) != (start.source, start.targets):
        start = start.for_other_data()
    return start.changed(**options)


def _run(config: Config, out: str | None, force: bool) -> None:
    from pellucid.cli.console import console
    from pellucid.cli.progress import Before, progress
    from pellucid.insight.report.telling import observer
    from pellucid.tabular.folder import run_folder
    from pellucid.tabular.job import resolved, train
    from pellucid.tabular.preparation import prepare

    screen = console()
    prepared = resolved(prepare(config))
    folder = run_folder(out, prepared.source.name, force)
    bar = progress(screen)
    # Told when the first step begins: what is refused before it is refused without a preamble.
    before, seen = Before(lambda: _tell_data(screen, prepared)), observer()
    with _ctrl_c_waits() as wait:
        try:
            outcome = train(prepared, force=force, callbacks=[before, bar, seen])
        finally:
            bar.stop()
        wait()
        _keep(screen, folder, outcome, seen)
    if outcome.course.interrupted:
        raise typer.Exit(130)


@contextmanager
def _ctrl_c_waits() -> Iterator[Callable[[], object]]:
    """From the call of what is yielded to the end, or from a Ctrl-C in training, none counts.

    A run folder is then whole or not there.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None                                  # signals reach the main thread only
        return
    before = signal.getsignal(signal.SIGINT)
    try:
        yield lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)
    finally:
        signal.signal(signal.SIGINT, before)


def _keep(screen: Console, folder: Path, outcome: Outcome, seen: Recorder) -> None:
    """Tell the outcome and write the run folder."""
    from pellucid.cli.console import say
    from pellucid.insight.report.telling import report_outcome
    from pellucid.tabular.folder import write_run

    _tell_outcome(screen, outcome)
    if outcome.course.interrupted:
        say(screen, "Writing", f"{folder}; Ctrl-C waits until it is whole")
    write_run(folder, outcome)
    _tell_folder(screen, str(folder), report_outcome(folder, outcome, seen))


def _tell_data(screen: Console, prepared: Prepared) -> None:
    from pellucid.cli.console import notes, say
    from pellucid.tabular.description import model_words
    from pellucid.tabular.wording import counted

    config, source = prepared.config, prepared.source
    parts = ", ".join(f"{len(rows):,} {name}" for name, rows in prepared.rows.items())
    encoder = prepared.encoder
    say(screen, "Data", f"{source.table.source}: {counted(source.table.rows, 'row')}, "
                        f"{counted(len(encoder.codes), 'column')}, "
                        f"{counted(len(encoder.feature_names), 'feature')}")
    if prepared.changed:
        say(screen, "Note", f"{source.table.source} has changed since that configuration was "
                            "written: these are not the data of that run")
    say(screen, "Task", prepared.task.rule)
    say(screen, "Split", f"{parts} (seed {config.seed})")
    notes(screen, "Columns", [*source.table.notes, *encoder.notes()])
    notes(screen, "Mended", prepared.findings.sentences())
    for label, line in zip(("Model", ""), model_words(config), strict=False):
        say(screen, label, line)


def _tell_outcome(screen: Console, outcome: Outcome) -> None:
    from pellucid.cli.console import say, score_table
    from pellucid.tabular.scores import RULES
    from pellucid.tabular.wording import counted

    course = outcome.course
    for warning in outcome.warnings:
        say(screen, "Warning", warning)
    best = f"; the weights are of epoch {course.best_epoch}" if course.best_epoch else ""
    say(screen, "Trained", f"{counted(course.epochs, 'epoch')} in {course.seconds:.1f} s. "
                           f"{course.reason}{best}.")
    score_table(screen, counted(len(outcome.y), "test row"), outcome.metrics, outcome.baseline,
                RULES[(task := outcome.prepared.task.name)], task)


def _tell_folder(screen: Console, folder: str, missing: str | None) -> None:
    from pellucid.cli.console import say

    say(screen, "Run", folder)
    if missing:
        say(screen, "", f"no report.html: {missing}")
