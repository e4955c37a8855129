"""Everything that a report shows of one training, as plain data: numbers, strings, lists, arrays.

Training fills a ``Run``; pictures and pages read it. Nothing here knows a model, so a report can
be written again years later from a saved ``Run`` alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from pellucid.core.errors import ArgumentError, ShapeError

if TYPE_CHECKING:
    from pellucid.insight.recording.record import Record

Task = Literal["binary", "multiclass", "multilabel", "regression"]
TASKS = ("binary", "multiclass", "multilabel", "regression")


@dataclass(frozen=True, kw_only=True)
class Column:
    """What one column of the data looks like, over the rows that trained the model.

    >>> Column(name="age", kind="number", mean=41.2, std=9.5, minimum=18.0, maximum=80.0).missing
    0
    """

    name: str
    kind: str                                       # "number", "category", "target", ...
    missing: int = 0                                # how many rows have no value here
    mean: float | None = None                       # the four of a number column
    std: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    distinct: int | None = None                     # the two of a category column
    top: Sequence[tuple[str, int]] = ()             # most frequent values, each with its count


@dataclass(frozen=True, kw_only=True)
class LayerLine:
    """One line of the model's table.

    >>> LayerLine(name="hidden", kind="Dense", output_shape=(None, 64), parameters=4160).parameters
    4160
    """

    name: str
    kind: str                                       # the layer's class: "Dense"
    output_shape: Sequence[int | None] | str        # None is the batch: (None, 64)
    parameters: int
    detail: str = ""                                # "relu", "rate 0.2", ...


@dataclass(frozen=True)
class Example:
    """One test row explained: ``place`` counts the test rows from 0, ``derivation`` is HTML.

    ``note`` says why there is no derivation, where there is none.
    """

    place: int
    derivation: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One training, told in plain data.

    Shapes, with n test rows: ``y_true`` and ``y_pred`` hold class numbers ``(n,)`` for binary and
    multiclass, zeros and ones ``(n, labels)`` for multilabel, values ``(n,)`` or ``(n, targets)``
    for regression. ``probabilities`` is ``(n, classes)`` (two columns for binary), ``(n, labels)``
    for multilabel, None for regression. ``class_names`` are the classes, the labels, or the
    regression's targets (by default the names in ``targets``).

    Raises ``ArgumentError`` for an unknown task, ``ShapeError`` for arrays that do not fit.

    >>> run = Run(data_name="coins", rows=4, features=1, task="binary", rule="two values",
    ...           targets=["heads"], class_names=["no", "yes"], metrics={"accuracy": 0.5},
    ...           baseline={"accuracy": 0.5}, y_true=[0, 1], y_pred=[0, 0])
    >>> run.y_true.shape
    (2,)
    """

    # the data
    data_name: str                                  # "digits", "houses.csv"
    data_path: str | None = None                    # None for a built-in set
    rows: int                                       # of the whole data
    features: int                                   # columns of the data but the targets
    encoded: int | None = None                      # numbers that the network gets for each row
    targets: Sequence[str]                          # column names, at least one
    columns: Sequence[Column] = ()                  # features and targets
    notes: Sequence[str] = ()                       # what was mended or left out, one sentence each
    # the task and the split
    task: Task
    rule: str                                       # the sentence of the rule that chose the task
    split: Mapping[str, int] = field(default_factory=dict)     # {"train": …, "validation": …, …}
    class_names: Sequence[str] = ()
    # the model and its training
    layers: Sequence[LayerLine] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)   # {"loss", "val_loss", …}
    best_epoch: int | None = None                   # counted from 1; its weights are the model's
    stopped: str = ""                               # why training ended, one sentence
    loss_note: str = ""                             # what else the loss contains, one sentence
    dynamics: Record | None = None                  # what a Recorder saw, if one looked
    # what came out, on the test rows
    metrics: Mapping[str, float]                    # first the one that the header speaks of
    baseline: Mapping[str, float]                   # same names, of the trivial answer
    baseline_rule: str = "the trivial answer"       # "always guessing the majority class"
    y_true: np.ndarray
    y_pred: np.ndarray
    probabilities: np.ndarray | None = None
    row_numbers: Sequence[int] | None = None        # the test rows' places in the data, from 0
    test_values: Mapping[str, Sequence[object]] | None = None   # feature -> raw test values (n)
    image_shape: tuple[int, int] | None = None      # (height, width) if a row is a picture
    example: Example | None = None                  # one of the test rows, explained
    # how to do it again
    command: str = ""
    seconds: float | None = None
    seed: int | None = None
    date: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise ArgumentError(f"task must be one of {', '.join(TASKS)}", got=self.task)
        for name in ("y_true", "y_pred", "probabilities"):
            value = getattr(self, name)
            object.__setattr__(self, name, None if value is None else np.asarray(value))
        if not self.class_names:
            object.__setattr__(self, "class_names", tuple(self.targets))
        self._check_shapes()

    def _check_shapes(self) -> None:
        if self.y_true.shape != self.y_pred.shape:
            raise ShapeError(f"y_pred must have the shape of y_true, {self.y_true.shape}",
                             got=self.y_pred.shape)
        n, p = len(self.y_true), self.probabilities
        columns = len(self.class_names)
        if self.task == "multilabel" and self.y_true.shape != (n, columns):
            raise ShapeError(f"y_true of {columns} labels must have shape {(n, columns)}",
                             got=self.y_true.shape)
        if self.task in ("binary", "multiclass") and self.y_true.ndim != 1:
            raise ShapeError("y_true must hold one class number a row, shape (n,)",
                             got=self.y_true.shape)
        if p is not None and p.shape != (n, columns):
            raise ShapeError(f"probabilities need one column a class, shape {(n, columns)}",
                             got=p.shape)
        if self.row_numbers is not None and len(self.row_numbers) != n:
            raise ShapeError(f"row_numbers must name all {n} test rows", got=len(self.row_numbers))

    @property
    def classified(self) -> bool:
        """Whether each row belongs to exactly one class."""
        return self.task in ("binary", "multiclass")
