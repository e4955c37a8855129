"""DataSet, and the table of built-in sets that fills itself: a set is one decorated function."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Literal

import numpy as np

from pellucid.core.errors import ArgumentError, unknown_name

Task = Literal["binary", "multiclass", "multilabel", "regression"]


@dataclass(frozen=True)
class DataSet:
    """A data set that is ready to use.

    ``x``: (rows, features) float64. ``y``: (rows,) class numbers or values, (rows, labels) of 0
    and 1 for the task "multilabel". ``image_shape`` is the shape of one row where rows are images.

    >>> from pellucid.data import load
    >>> moons = load("moons", rows=10)
    >>> moons.task, moons.rows, moons.feature_names, moons.target_name
    ('binary', 10, ('x1', 'x2'), 'class')
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    class_names: tuple[str, ...] | None
    task: Task
    description: str
    source: str
    image_shape: tuple[int, ...] | None = None

    @property
    def target_name(self) -> str:
        """The name of the target (of the first, if there are several)."""
        return self.target_names[0]

    @property
    def rows(self) -> int:
        return len(self.x)


Maker = Callable[..., DataSet]
_makers: dict[str, Maker] = {}


def builtin(name: str) -> Callable[[Maker], Maker]:
    """Enter the decorated function into the table of built-in sets."""
    def enter(make: Maker) -> Maker:
        _makers[name] = make
        return make
    return enter


def known() -> list[str]:
    return sorted(_makers)


def make(name: str, seed: int, **sizes: float) -> DataSet:
    """The set of that name; ``breast_cancer`` and ``Breast-Cancer`` are ``breast-cancer``."""
    key = str(name).lower().replace("_", "-").strip()
    if key not in _makers:
        if Path(key).suffix or os.sep in key:
            raise ArgumentError(f"load knows built-in sets by name, and {name!r} looks like a file",
                                hint=f'pellucid.data.read("{name}") reads files')
        raise unknown_name("data set", name, _makers)
    makes = _makers[key]
    takes = [each for each in signature(makes).parameters if each != "seed"]
    for size in sizes:
        if not takes:
            raise ArgumentError(f"{key} has a fixed size, so {size} has no meaning")
        if size not in takes:
            raise unknown_name(f"argument of the data set {key}", size, takes)
    return makes(seed=seed, **sizes)


def columns(data: DataSet) -> dict[str, np.ndarray]:
    """The set as a table: each feature a column, the target (or targets) last.

    Classes with names stand as text, as they would in a file; classes that are called 0, 1, 2 …
    stay numbers.

    >>> from pellucid.data import load
    >>> {name: column.tolist() for name, column in columns(load("and")).items()}
    {'a': [0.0, 0.0, 1.0, 1.0], 'b': [0.0, 1.0, 0.0, 1.0], 'a and b': [0, 0, 0, 1]}
    """
    table = {name: data.x[:, i] for i, name in enumerate(data.feature_names)}
    targets = data.y if data.y.ndim == 2 else data.y[:, None]
    for i, name in enumerate(data.target_names):
        table[name] = targets[:, i]
    if data.class_names is not None and data.task != "multilabel":
        table[data.target_name] = np.array(data.class_names, dtype=object)[data.y]
    return table


def check_sizes(seed: int, rows: int, least: int = 1, **not_negative: float) -> None:
    """Raise ArgumentError for a seed, a number of rows or a noise that has no meaning."""
    for name, value, low in (("seed", seed, 0), ("rows", rows, least)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < low:
            raise ArgumentError(f"{name} must be a whole number, at least {low}", got=repr(value))
    for name, value in not_negative.items():
        if not (np.isfinite(value) and value >= 0):
            raise ArgumentError(f"{name} must be a finite number, at least 0", got=repr(value))
