"""From settings to numbers: read the data, find the task, split the rows, encode the columns."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pellucid.core.errors import ArgumentError, DataError, FileError, nearest
from pellucid.data import builtin, tables
from pellucid.data.codes import CategoryCode
from pellucid.data.encoder import TableEncoder
from pellucid.data.gates import TRUTH
from pellucid.data.readings import Findings
from pellucid.data.split import split
from pellucid.tabular.config import Config
from pellucid.tabular.task import Task, find_task

PARTS = ("train", "validation", "test")
FEWEST_ROWS = 10                    # with fewer, a test part says nothing
MOST_NAMES = 40                     # of columns, in one message


@dataclass(frozen=True)
class Source:
    """A table and where it came from; ``path`` is None for a built-in set."""

    name: str
    path: Path | None
    table: tables.Table
    targets: tuple[str, ...]
    image_shape: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Prepared:
    """The data of a run, ready for a network; ``rows`` are the row numbers of each part.

    ``x`` is the encoded matrix of all rows, shape (rows, features); ``findings`` counts the gaps
    of all rows; ``changed`` says that the settings were written for other data than are there now.
    """

    config: Config
    source: Source
    task: Task
    encoder: TableEncoder
    rows: Mapping[str, np.ndarray]
    findings: Findings
    x: np.ndarray
    changed: bool = False

    def part(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Features (rows, features) and encoded target of one part."""
        rows = self.rows[name]
        target = self.source.table.select(self.encoder.target.names).take(rows)
        return self.x[rows], self.encoder.transform_target(target.columns)


def prepare(config: Config) -> Prepared:
    """Read, check, split and encode; the task in the result's settings is decided.

    Raises ``PellucidError`` for everything that is wrong with the data, before anything is
    trained or written.
    """
    source = load(config)
    name, table, targets = source.name, source.table, source.targets
    if table.rows < FEWEST_ROWS:
        raise DataError(f"{name} must have at least {FEWEST_ROWS} rows to learn from and test on",
                        got=table.rows)
    task = find_task(table.columns, targets, config.task)
    rows = split_rows(source, task.name, config)
    training = table.take(rows["train"])
    encoder = _with_words(TableEncoder.fit(training.columns, targets, task.name, task.classes),
                          training, config.text)
    findings = Findings()
    x = encoder.transform(table.columns, findings)
    now = fingerprint(table)
    settled = config.changed(targets=targets, task=task.name, sha256=now)
    return Prepared(settled, source, task, encoder, rows, findings, x,
                    changed=config.sha256 not in (None, now))


def _with_words(encoder: TableEncoder, training: tables.Table,
                names: tuple[str, ...]) -> TableEncoder:
    """The encoder with a category for each column that a person asked to be read as words.

    Left to itself it reads words that spell numbers as numbers, and leaves free text out.
    """
    codes = tuple(CategoryCode.fit(code.name, training[code.name])
                  if code.name in names and len(set(training[code.name].tolist())) > 1 else code
                  for code in encoder.codes)
    return replace(encoder, codes=codes)


def split_rows(source: Source, task: str, config: Config) -> dict[str, np.ndarray]:
    """The row numbers of each part; with classes, every part has its share of each."""
    strata = source.table[source.targets[0]] if task in ("binary", "multiclass") else None
    parts = split(source.table.rows, config.test, config.validation, config.seed, strata)
    return dict(zip(PARTS, parts, strict=True))


def load(config: Config) -> Source:
    """The data as a table, without the columns that are left out.

    Raises ``PellucidError`` for an unknown name, a damaged file, or columns that are not there.
    """
    if not config.source:
        raise ArgumentError("the data must be named", hint='a file, or a built-in set: '
                            '"pellucid data" lists them')
    source = _read(config.source, config)
    targets = config.targets or source.targets
    if not targets:
        raise ArgumentError(f"{source.table.source} needs a target column", hint="name it with "
                            f"--target; the columns are {_listed(source.table.names)}")
    for column in (*targets, *config.drop, *config.text):
        source.table[column]                                 # an unknown one is refused by name
    kept = [each for each in source.table.names if each not in config.drop]
    return replace(source, table=source.table.select(kept), targets=tuple(dict.fromkeys(targets)))


def built_in_source(name: str) -> Source | None:
    """The built-in set of that name, unless a file of that name is there."""
    key = name.lower().replace("_", "-")
    if key not in builtin.names() or Path(name).expanduser().is_file():
        return None
    # A truth table has four rows: too few to hold some back, so it is repeated and blurred.
    sizes = {"rows": 400, "noise": 0.1} if key in TRUTH else {}
    data = builtin.load(key, **sizes)
    table = tables.Table(builtin.columns(data), key)
    return Source(key, None, table, tuple(data.target_names), data.image_shape)


def _read(source: str, config: Config) -> Source:
    """A built-in set, or a file; what is neither gets the nearest name of both kinds."""
    if built_in := built_in_source(source):
        return built_in
    path = Path(source).expanduser()
    if not path.exists() and not path.suffix and len(path.parts) == 1:
        raise FileError(f'there is no file and no built-in set "{source}"',
                        hint=nearest(source, builtin.names()) or '"pellucid data" lists the sets')
    table = tables.read(path, kinds=dict.fromkeys(config.text, "text"))
    return Source(path.stem, path, table, ())


def fingerprint(table: tables.Table) -> str:
    """A hash of the names and the cells, by which a later run knows that the data changed."""
    digest = hashlib.sha256()
    for name, column in table.columns.items():
        digest.update(repr((name, str(column.dtype))).encode())
        digest.update(repr(column.tolist()).encode() if column.dtype == object
                      else np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()


def _listed(names: list[str]) -> str:
    """All names, or the first and the last: the target is usually the last column."""
    if len(names) <= MOST_NAMES:
        return ", ".join(names)
    first, last = names[:MOST_NAMES // 2], names[-MOST_NAMES // 2:]
    return f"{', '.join(first)}, … ({len(names) - MOST_NAMES} more) …, {', '.join(last)}"
