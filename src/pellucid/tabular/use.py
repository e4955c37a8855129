"""A trained model at work: open it, answer the rows of a file part by part, judge it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pellucid.core.errors import ArgumentError, FileError
from pellucid.data import tables
from pellucid.data.columns import Kind
from pellucid.data.encoder import TableEncoder
from pellucid.data.readings import Findings
from pellucid.losses import SparseCategoricalCrossentropy
from pellucid.models import Model, load_model
from pellucid.tabular.config import Config
from pellucid.tabular.folder import find_model, run_config
from pellucid.tabular.network import SPARSE
from pellucid.tabular.predictions import answer_columns, check_suffix
from pellucid.tabular.preparation import built_in_source, fingerprint, load, split_rows
from pellucid.tabular.scores import baseline_scores, scores

PART = 65_536                                     # rows in memory at a time


@dataclass(frozen=True)
class Opened:
    """A model with the description of the table that it reads."""

    path: Path
    model: Model
    encoder: TableEncoder


def open_model(path: str) -> Opened:
    """Load a model that ``pellucid train`` made.

    Raises ``FileError`` for a missing or damaged file and for a model that reads no table.
    """
    file = find_model(path)
    model = load_model(file)
    encoder = getattr(model, "host_stage", None)
    if not isinstance(encoder, TableEncoder):
        raise FileError(f"{file} does not say which columns it reads",
                        hint='only models of "pellucid train" do; use model.predict in Python')
    return Opened(file, model, encoder)


def output_file(out: str | None, force: bool,
                check: Callable[[Path], None] = check_suffix) -> Path | None:
    """The file to write, which must not be there yet unless ``force``; ``check`` judges its name.

    Without a name it is None. Raises ArgumentError for an empty name, FileError for a file that is
    there already and for a folder that is not.
    """
    if out is None:
        return None
    if not out.strip():
        raise ArgumentError("--out must name a file", got="an empty name")
    path = Path(out).expanduser()
    check(path)
    if path.exists() and not force:
        raise FileError(f"{path} is there already", hint="overwrite it with --force")
    if not path.parent.is_dir():
        raise FileError(f"there is no folder {path.parent} to write {path.name} to")
    return path


def answer_file(opened: Opened, source: str,
                findings: Findings) -> Iterator[dict[str, np.ndarray]]:
    """The answers for the rows of a file or a built-in set, a part at a time."""
    row, encoder = 0, opened.encoder
    for part in _parts(source, encoder):
        x = encoder.transform(part.columns, findings, row)
        answers = np.asarray(opened.model.predict(x, batch_size=1024, verbose=0))
        yield {"row": np.arange(row, row + part.rows)} | answer_columns(encoder.target, answers)
        row += part.rows


def _parts(source: str, encoder: TableEncoder) -> Iterator[tables.Table]:
    """The columns that the encoder reads, each as the kind of cell that it was in training."""
    kinds: dict[str, Kind] = {code.name: _kind(code.kind) for code in encoder.codes if code.outputs}
    if built_in := built_in_source(source):
        return iter([built_in.table])
    if Path(source).suffix.lower() in tables.TEXT + tables.PARQUET:
        return tables.stream(source, PART, columns=encoder.columns, kinds=kinds)
    return tables.stream(source, PART, columns=encoder.columns)


def _kind(kind: str) -> Kind:
    # Truths and dates are read as words: the encoder knows how, gaps included.
    return "number" if kind == "number" else "text"


class Judgement(NamedTuple):
    """The number of rows, the model's scores and the trivial answer's.

    ``known`` says that the rows are the very table of the run, most of which it learnt from.
    """

    rows: int
    scores: dict[str, float]
    baseline: dict[str, float]
    known: bool = False


def judge(opened: Opened, source: str | None, findings: Findings) -> Judgement:
    """What the model's answers are worth.

    ``source`` None means the test rows of the model's own run, found by its ``config.toml``.
    """
    encoder, table = opened.encoder, _rows_to_judge(opened, source)
    x, y = encoder.transform(table.columns, findings), encoder.transform_target(table.columns)
    answers = np.asarray(opened.model.predict(x, batch_size=1024, verbose=0))
    known = source is not None and _trained_on(opened, table)
    return Judgement(len(y), scores(encoder.target, y, answers),
                     baseline_scores(encoder.target, y), known)


def example(opened: Opened, source: str, row: int,
            findings: Findings) -> tuple[np.ndarray, np.ndarray]:
    """A row of a table with its known answer, as the model is trained on: (1, features) and target.

    Rows count from 0, as in ``predict``. Raises ``ArgumentError`` for a row that is not there.
    """
    table = _rows_to_judge(opened, source)
    if not 0 <= row < table.rows:
        raise ArgumentError(f"--row must be a row of {source}, which has rows 0 to "
                            f"{table.rows - 1:,}", got=row)
    one, target = table.take(np.array([row])), opened.encoder.target
    y = opened.encoder.transform_target(one.columns, row)
    numbered = (isinstance(loss := opened.model.loss, SparseCategoricalCrossentropy)
                or loss in SPARSE)
    if target.task == "multiclass" and not numbered:
        y = np.eye(len(target.class_names), dtype=np.float32)[y]
    return opened.encoder.transform(one.columns, findings, row), y


def _trained_on(opened: Opened, table: tables.Table) -> bool:
    """Whether the table is the one that the run of the model was made with."""
    config = run_config(opened.path)
    if config is None or config.sha256 is None:
        return False
    kept = [name for name in table.names if name not in config.drop]
    return fingerprint(table.select(kept)) == config.sha256


def _rows_to_judge(opened: Opened, source: str | None) -> tables.Table:
    target, config = opened.encoder.target, run_config(opened.path)
    if source is not None:
        words = config.text if config else tuple(
            code.name for code in opened.encoder.codes if code.kind == "category")
        return load(Config(source=source, targets=target.names, text=words)).table
    if config is None:
        raise ArgumentError("the rows to judge the model on must be named",
                            hint=f"pellucid evaluate {opened.path} DATA")
    found = load(config)
    if config.sha256 not in (None, fingerprint(found.table)):
        raise FileError(f"{config.source} has changed since the model was trained, so its test "
                        "rows are not known any more", hint="name the rows to judge it on: "
                        f"pellucid evaluate {opened.path} DATA")
    return found.table.take(split_rows(found, target.task, config)["test"])
