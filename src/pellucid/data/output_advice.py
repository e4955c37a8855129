"""Which output layer and which loss fit a target: the table, and the reading of a target's values.

The rows are the usual ones: the loss is minus the log-likelihood of what the output stands for
(C. Bishop, "Pattern Recognition and Machine Learning", 2006, 5.2), or a loss that outliers or
margins call for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, overload

import numpy as np

from pellucid.core.errors import DataError, unknown_name

FEW_VALUES = 20                        # whole numbers with at most so many values name classes
ROWS_EACH = 5                          # … if each has so many rows on average
FAR_OUT = 3.0                          # interquartile ranges beyond a quartile: J. Tukey (1977)


class OutputAdvice(NamedTuple):
    """The last layer and the loss for one kind of target; ``str`` of it is a sentence.

    ``units`` is None where only the target itself can say it, ``loss`` None for hidden layers.

    >>> print(output_advice("binary"))
    0 or 1, a yes-no answer: Dense(1, "sigmoid") with binary_crossentropy, because the sigmoid is \
the probability of a yes, and its crossentropy never stops pulling at a wrong answer.
    """

    kind: str
    target: str
    units: int | None
    activation: str
    loss: str | None
    reason: str

    @property
    def layer(self) -> str:
        """The layer as code, with k units where their number isn't known."""
        return f'Dense({self.units or "k"}, "{self.activation}")'

    def __str__(self) -> str:
        pair = self.layer + (f" with {self.loss}" if self.loss else "")
        return f"{self.target}: {pair}, because {self.reason}."


class OutputTable(tuple[OutputAdvice, ...]):
    """All rows of the advice; ``str`` of it is a table."""

    def __str__(self) -> str:
        rows = [("target", "layer", "loss"),
                *((each.target, each.layer, each.loss or "") for each in self)]
        wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(map(str.ljust, row, wide)).rstrip() for row in rows)
        return "\n".join(lines)

    __repr__ = __str__


TABLE = OutputTable(OutputAdvice(*row) for row in (
    ("binary", "0 or 1, a yes-no answer", 1, "sigmoid", "binary_crossentropy",
     "the sigmoid is the probability of a yes, and its crossentropy never stops pulling at a "
     "wrong answer"),
    ("signs", "-1 or 1, two sides", 1, "linear", "hinge",
     "the sign is the answer and the distance from 0 its margin, which no activation may bend"),
    ("multiclass", "class numbers 0 to k - 1", None, "softmax", "sparse_categorical_crossentropy",
     "a softmax shares 1 out among the classes, and the loss is -log of the right one's share"),
    ("one_hot", "rows with a single 1", None, "softmax", "categorical_crossentropy",
     "a softmax shares 1 out among the classes, and the loss is -log of the right one's share"),
    ("shares", "rows of shares that add up to 1", None, "softmax", "categorical_crossentropy",
     "a softmax gives such rows, and the loss is least where the two rows are equal"),
    ("multilabel", "rows of 0 and 1, labels that occur together", None, "sigmoid",
     "binary_crossentropy", "each label is a yes-no answer of its own, so the outputs must not "
     "share 1 out among them"),
    ("regression", "numbers of either sign", 1, "linear", "mean_squared_error",
     "a linear output reaches every number, and the squared error leads to their mean"),
    ("outliers", "numbers of either sign, a few far out", 1, "linear", "huber",
     "beyond δ an error counts by its size, not its square, so that a few wild rows do not rule "
     "(mean_absolute_error goes further: it leads to the median)"),
    ("non_negative", "numbers from 0 up", 1, "relu", "mean_squared_error",
     "a ReLU is never below 0 and has no upper end (if it dies at 0, softplus does not)"),
    ("hidden", "none: a hidden layer", None, "relu", None,
     "its slope is 1 wherever it is not 0, so gradients do not fade with depth (start it from "
     "he_normal)"),
))
KINDS = {each.kind: each for each in TABLE}


@overload
def output_advice(target: None = None) -> OutputTable: ...
@overload
def output_advice(target: Any) -> OutputAdvice: ...
def output_advice(target: Any = None) -> OutputAdvice | OutputTable:
    """Which output layer and which loss fit what is to be predicted.

    ``target`` is the targets themselves, shape ``(rows,)`` or ``(rows, columns)``, whose values are
    then read; or the name of a kind: "binary", "signs", "multiclass", "one_hot", "shares",
    "multilabel", "regression", "outliers", "non_negative", "hidden". Without it, the whole table.

    Whole numbers are taken for classes if they have at most 20 values, each in five rows on
    average; a number is far out if it lies three interquartile ranges beyond a quartile. Gives an
    `OutputAdvice` with the fields kind, target, units, activation, loss and reason, or a tuple of
    all. Raises ArgumentError for an unknown name, and DataError for targets that hold words, gaps,
    or one value only.

    >>> advice = output_advice([[1, 0, 1], [0, 0, 1], [1, 1, 0]])
    >>> advice.units, advice.activation, advice.loss
    (3, 'sigmoid', 'binary_crossentropy')
    >>> output_advice([2.5, -1.0, 0.3, 4.0]).activation, output_advice([1.5, 3.0, 0.0]).activation
    ('linear', 'relu')
    """
    if target is None:
        return TABLE
    if isinstance(target, str):
        if target not in KINDS:
            raise unknown_name("kind of target", target, KINDS)
        return KINDS[target]
    y = _numbers(target)
    columns = y.reshape(-1, y.shape[-1]) if y.ndim > 1 else y[:, None]
    return _of_column(columns[:, 0]) if columns.shape[1] == 1 else _of_rows(columns)


def _numbers(target: Any) -> np.ndarray:
    y = np.asarray(target)
    if y.dtype.kind in "OUS":
        raise DataError("targets must be numbers", got=f"dtype {y.dtype}",
                        hint="np.unique(y, return_inverse=True)[1] numbers classes that are words")
    y = y.astype(np.float64)
    if y.ndim == 0 or not np.isfinite(y).all():
        raise DataError("targets must be an array of finite numbers",
                        got="one number" if y.ndim == 0 else
                        f"{int((~np.isfinite(y)).sum())} that are NaN or infinite")
    if y.size == 0 or y.min() == y.max():
        raise DataError("targets must have at least two values, or there is nothing to learn",
                        got="no rows" if y.size == 0 else f"{y.flat[0]:g} in every row")
    return y


def _of_column(y: np.ndarray) -> OutputAdvice:
    """Two values, few whole ones, or amounts."""
    values = np.unique(y)
    if _are(values, (0, 1)):
        return KINDS["binary"]
    if _are(values, (-1, 1)):
        return KINDS["signs"]
    whole = bool((values == np.floor(values)).all())
    if len(values) == 2 and whole:
        return KINDS["binary"]._replace(
            target=f"{values[0]:g} or {values[1]:g}, which should be numbered 0 and 1")
    if whole and len(values) <= min(FEW_VALUES, len(y) / ROWS_EACH):
        numbered = _are(values, range(len(values)))
        return KINDS["multiclass"]._replace(
            units=len(values), target=f"class numbers 0 to {len(values) - 1}" if numbered else
            f"{len(values)} whole numbers, which should be numbered 0 to {len(values) - 1} (if "
            'they are amounts, ask for "regression")')
    return _of_amounts(y[:, None])


def _of_rows(y: np.ndarray) -> OutputAdvice:
    """Rows of several numbers: one class, several labels, shares, or amounts."""
    of_one = bool((y >= 0).all()) and np.allclose(y.sum(axis=1), 1, atol=1e-3)
    if _are(np.unique(y), (0, 1)):
        kind = "one_hot" if of_one else "multilabel"
    elif of_one:
        kind = "shares"
    else:
        return _of_amounts(y)
    return KINDS[kind]._replace(units=y.shape[1])


def _of_amounts(y: np.ndarray) -> OutputAdvice:
    low, high = np.quantile(y, [0.25, 0.75], axis=0)
    reach = FAR_OUT * (high - low)
    wild = int((((y < low - reach) | (y > high + reach)) & (reach > 0)).any(axis=1).sum())
    kind = KINDS["non_negative" if y.min() >= 0 else "regression"]
    if wild:
        robust = KINDS["outliers"]
        share = f"{wild} of {len(y)} far out"
        kind = kind._replace(kind="outliers", loss=robust.loss, reason=robust.reason,
                             target=f"{kind.target}, {share}")
    return kind._replace(units=y.shape[1])


def _are(values: np.ndarray, wanted: Iterable[float]) -> bool:
    return np.array_equal(values, list(wanted))
