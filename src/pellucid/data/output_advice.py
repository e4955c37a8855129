"""Which output layer and which loss fit a target: the table, and the reading of a target's values.

The rows are the usual ones: the loss is minus the log-likelihood of what the output stands for
(C. Bishop, "Pattern Recognition and Machine Learning", 2006, 5.2), or a loss that outliers or
margins call for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, overload

import numpy as np

from pellucid.core.calls import known_by_name
from pellucid.core.errors import DataError, KindError, unknown_name, user_line
from pellucid.core.kinds import shown

FEW_VALUES = 20                        # whole numbers from 0 up and below this name classes
NUMBERED = ("multiclass", "sequences")
FAR_OUT = 3.0                          # interquartile ranges beyond a quartile: J. Tukey (1977)
FAR_SHARE = 1e-3                       # of the rows; a smaller share far out rules no squared error


class OutputAdvice(NamedTuple):
    """The last layer and the loss for one kind of target; ``str`` of it is a sentence.

    ``units`` is None where only the target itself can say it, ``loss`` None for hidden layers;
    ``instead`` says what to take when the advice does not fit, if there is something to say.

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
    instead: str = ""

    @property
    def layer(self) -> str:
        """The layer as code, with k units where their number isn't known."""
        return f'Dense({self.units or "k"}, "{self.activation}")'

    def __str__(self) -> str:
        pair = self.layer + (f" with {self.loss}" if self.loss else "")
        advice = f"{self.target}: {pair}, because {self.reason}."
        return f"{advice} {self.instead}." if self.instead else advice


class OutputTable(tuple[OutputAdvice, ...]):
    """All rows of the advice; ``str`` of it is a table."""

    def __str__(self) -> str:
        rows = [("target", "layer", "loss"),
                *((each.target, each.layer, each.loss or "") for each in self)]
        wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(map(str.ljust, row, wide)).rstrip() for row in rows)
        return "\n".join(lines)

    __repr__ = __str__


INSTEAD = {"non_negative":
           "A ReLU that is 0 for every row is dead: its slope is 0 there, so it stays there. "
           "Softplus has the same ends and never dies; exponential, with poisson, suits counts "
           "and what grows by factors, such as prices"}
TABLE = OutputTable(OutputAdvice(*row, INSTEAD.get(row[0], "")) for row in (
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
    ("sequences", "rows of class numbers 0 to k - 1, one for each place", None, "softmax",
     "sparse_categorical_crossentropy", "each place has a softmax of its own, which shares 1 out "
     "among the classes there"),
    ("regression", "numbers of either sign", 1, "linear", "mean_squared_error",
     "a linear output reaches every number, and the squared error leads to their mean"),
    ("outliers", "numbers of either sign, a few far out", 1, "linear", "huber",
     "beyond δ an error counts by its size, not its square, so that a few wild rows do not rule "
     "(mean_absolute_error goes further: it leads to the median)"),
    ("rates", "numbers from 0 to 1", 1, "sigmoid", "binary_crossentropy",
     "a sigmoid stays between 0 and 1, and this loss is least where output and target are equal, "
     "rates as well as 0 and 1"),
    ("non_negative", "numbers from 0 up", 1, "relu", "mean_squared_error",
     "a ReLU is never below 0 and has no upper end"),
    ("hidden", "none: a hidden layer", None, "relu", None,
     "its slope is 1 wherever it is not 0, so gradients do not fade with depth (start it from "
     "he_normal)"),
))
KINDS = {each.kind: each for each in TABLE}


@overload
def output_advice(target: None = None, kind: str | None = None) -> OutputTable: ...
@overload
def output_advice(target: Any, kind: str | None = None) -> OutputAdvice: ...
@known_by_name
def output_advice(target: Any = None, kind: str | None = None) -> OutputAdvice | OutputTable:
    """Which output layer and which loss fit what is to be predicted.

    ``target`` is the targets themselves, shape ``(rows,)`` or ``(rows, columns)``, whose values are
    then read; or the name of a kind: "binary", "signs", "multiclass", "one_hot", "shares",
    "multilabel", "sequences", "rates", "regression", "outliers", "non_negative", "hidden". Without
    it, the whole table. Values cannot say everything, so ``kind`` may name what targets are: the
    number of units is then still read from them.

    Whole numbers from 0 to 19 are taken for classes, whatever the number of rows, in several
    columns for those of a sequence of places; a number is far
    out if it lies three interquartile ranges beyond a quartile (of square roots, where no number is
    below 0), and counts if more than one row in a thousand does. Gives an `OutputAdvice` with the
    fields kind, target, units, activation, loss, reason and instead, or a tuple of all. Raises
    ArgumentError for an unknown name, and DataError for targets that hold words, gaps, or one value
    only, or that are not of the kind named.

    >>> advice = output_advice([[1, 0, 1], [0, 0, 1], [1, 1, 0]])
    >>> advice.units, advice.activation, advice.loss
    (3, 'sigmoid', 'binary_crossentropy')
    >>> [output_advice(y).activation for y in ([2.5, -1.0, 4.0], [1.5, 3.0, 0.0], [0.1, 0.9])]
    ['linear', 'relu', 'sigmoid']
    >>> output_advice([0, 3, 1, 0, 2]).kind, output_advice([0, 3, 1, 0, 2], "non_negative").kind
    ('multiclass', 'non_negative')
    """
    if kind is not None:
        _known(kind)
        if target is None or isinstance(target, str):
            raise KindError("a kind says what targets are, so the targets come first",
                            got=shown(target), where=user_line(),
                            hint=f"output_advice(y, {kind!r}), or output_advice({kind!r}) alone")
    if target is None:
        return TABLE
    if isinstance(target, str):
        return KINDS[_known(target)]
    y = _numbers(target)
    return _told(_read(y) if kind is None else _checked(kind, y), y, asked=kind is not None)


def _known(kind: Any) -> str:
    if not isinstance(kind, str):
        raise KindError("the kind of target must be a string", got=shown(kind), where=user_line(),
                        hint=f"one of {', '.join(KINDS)}")
    if kind not in KINDS:
        raise unknown_name("kind of target", kind, KINDS)
    return kind


def _numbers(target: Any) -> np.ndarray:
    """The targets as floats, (rows, columns)."""
    try:
        y = np.asarray(target)
    except ValueError:                                   # rows of different lengths
        raise DataError("targets must be an array of numbers", got=shown(target),
                        where=user_line()) from None
    if y.dtype.kind not in "biuf":
        words = any(isinstance(each, str) for each in y.flat)
        raise DataError("targets must be numbers", got=f"dtype {y.dtype}", where=user_line(),
                        hint="np.unique(y, return_inverse=True)[1] numbers classes that are words"
                        if words else None)
    y = y.astype(np.float64)
    if y.ndim == 0 or not np.isfinite(y).all():
        raise DataError("targets must be an array of finite numbers", where=user_line(),
                        got="one number" if y.ndim == 0 else
                        f"{int((~np.isfinite(y)).sum())} that are NaN or infinite")
    if y.size == 0 or y.min() == y.max():
        raise DataError("targets must have at least two values, or there is nothing to learn",
                        got="no rows" if y.size == 0 else f"{y.flat[0]:g} in every row",
                        where=user_line())
    return y.reshape(-1, y.shape[-1]) if y.ndim > 1 else y[:, None]


# what numbers may be ------------------------------------------------------------------------------

def _one(y: np.ndarray) -> bool:
    return y.shape[1] == 1


def _whole(y: np.ndarray) -> bool:
    return bool((y == np.floor(y)).all())


def _are(values: np.ndarray, wanted: Iterable[float]) -> bool:
    return np.array_equal(np.unique(values), list(wanted))


def _rates(y: np.ndarray) -> bool:
    return bool(y.min() >= 0 and y.max() <= 1)


def _shares(y: np.ndarray) -> bool:
    return not _one(y) and _rates(y) and np.allclose(y.sum(axis=1), 1, atol=1e-3)


MAY_BE: dict[str, Callable[[np.ndarray], bool]] = {      # in the order in which targets are read
    "signs": lambda y: _one(y) and _are(y, (-1, 1)),
    "binary": lambda y: _one(y) and _whole(y) and len(np.unique(y)) == 2,
    "multiclass": lambda y: _one(y) and _whole(y) and y.min() >= 0,
    "one_hot": lambda y: _shares(y) and _are(y, (0, 1)),
    "shares": _shares,
    "multilabel": lambda y: not _one(y) and _are(y, (0, 1)),
    "sequences": lambda y: not _one(y) and _whole(y) and y.min() >= 0,
    "rates": _rates,
    "non_negative": lambda y: bool(y.min() >= 0),
    "outliers": lambda y: _far_out(y) > FAR_SHARE * len(y),
    "regression": lambda y: True,
}


def _read(y: np.ndarray) -> str:
    """The first kind that the numbers may be; of classes there are few."""
    return next(kind for kind, may_be in MAY_BE.items()
                if may_be(y) and (kind not in NUMBERED or y.max() < FEW_VALUES))


def _checked(kind: str, y: np.ndarray) -> str:
    """A kind that was named, if the numbers may be that."""
    if kind == "hidden":
        raise DataError("a hidden layer has no targets", where=user_line(),
                        hint='ask output_advice("hidden")')
    if kind != "outliers" and not MAY_BE[kind](y):
        columns = "" if _one(y) else f" in rows of {y.shape[1]}"
        raise DataError(f'"{kind}" targets are {KINDS[kind].target}', where=user_line(),
                        got=f"{len(np.unique(y))} values from {y.min():g} to {y.max():g}{columns}",
                        hint=f"they may be {' or '.join(_others(y))}")
    return kind


def _others(y: np.ndarray) -> list[str]:
    return [f'"{kind}"' for kind, may_be in MAY_BE.items() if may_be(y)]


def _far_out(y: np.ndarray) -> int:
    """How many rows lie far out: of amounts from 0 up, which spread more where they grow, roots."""
    y = np.sqrt(y) if y.min() >= 0 else y
    low, high = np.quantile(y, [0.25, 0.75], axis=0)
    reach = FAR_OUT * (high - low)
    return int((((y < low - reach) | (y > high + reach)) & (reach > 0)).any(axis=1).sum())


# the row of the table, with what the numbers add to it --------------------------------------------

def _told(kind: str, y: np.ndarray, asked: bool) -> OutputAdvice:
    values, found = np.unique(y), KINDS[kind]
    if kind == "binary":
        return found if _are(values, (0, 1)) else found._replace(
            target=f"{values[0]:g} or {values[1]:g}, which should be numbered 0 and 1")
    if kind == "multiclass":
        return _of_classes(values, asked)
    if kind == "sequences":
        return _of_places(_of_classes(values, asked), y.shape[1])
    wild = f"{_far_out(y)} of {len(y)} far out"
    if kind == "outliers":
        found = found._replace(target=f"{KINDS['regression'].target}, {wild}")
    if kind == "non_negative" and not asked:
        if MAY_BE["outliers"](y):
            robust = KINDS["outliers"]
            found = found._replace(kind="outliers", loss=robust.loss, reason=robust.reason,
                                   target=f"{found.target}, {wild}")
        for each in NUMBERED:
            if MAY_BE[each](y):
                found = found._replace(instead=f"{found.instead}. If these are numbers of classes, "
                                               f'ask for output_advice(y, "{each}")')
    return found._replace(units=y.shape[1])


def _of_places(each: OutputAdvice, places: int) -> OutputAdvice:
    """The advice for class numbers in several places of a row, each of which has its own."""
    found = KINDS["sequences"]
    shape = f"The model must end in shape (rows, {places}, {each.units}), as a layer over a " \
            f"sequence does, or Reshape(({places}, {each.units})) behind " \
            f"Dense({places * (each.units or 0)}) and before the softmax"
    return found._replace(target=f"{each.target}, {places} in each row", units=each.units,
                          instead=". ".join(filter(None, [shape, each.instead])))


def _of_classes(values: np.ndarray, asked: bool) -> OutputAdvice:
    """As many classes as there are values, and how to number them."""
    count, most = len(values), int(values[-1])
    numbered = most == count - 1
    target = f"class numbers 0 to {most}" if numbered else (
        f"{count} whole numbers, which should be numbered 0 to {count - 1}")
    instead = [] if numbered else [f"If the other classes up to {most} are only absent here, "
                                   f"Dense({most + 1}) fits them as they are"]
    if not asked:
        instead.append('If these are amounts or counts, ask for output_advice(y, "non_negative")')
    return KINDS["multiclass"]._replace(units=count, target=target, instead=". ".join(instead))
