"""Arguments of estimators are checked when `fit` is called, as scikit-learn's are."""

from __future__ import annotations

import functools
import inspect
import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, ParamSpec, TypeVar

import numpy as np
from scipy import sparse
from sklearn.utils import check_random_state, compute_class_weight
from sklearn.utils.validation import _check_sample_weight, validate_data

from pellucid.core.calls import known_by_name
from pellucid.core.errors import (
    ArgumentError,
    KindError,
    RoomError,
    nearest,
    unknown_name,
    user_line,
)
from pellucid.core.field import check
from pellucid.core.fields import refuse_unknown
from pellucid.core.kinds import LOUDNESS, WHOLE, is_number, kind_of, shown

P = ParamSpec("P")
R = TypeVar("R")


class NamedArguments:
    """An estimator that tells the nearest name for a keyword it does not have.

    ``_instead`` holds the arguments that scikit-learn's estimator has and this one has not, each
    with what to do instead. Rows may be sparse (`validated` makes them dense), and the estimator
    says so to scikit-learn.
    """

    _instead: ClassVar[Mapping[str, str]] = {}

    def __new__(cls, *placed: Any, **given: Any) -> Any:
        refuse_theirs(cls, cls.__name__, given)
        refuse_unknown(cls, given)
        kinds = [each.kind for each in inspect.signature(cls.__init__).parameters.values()]
        if len(placed) >= (most := kinds.count(inspect.Parameter.POSITIONAL_OR_KEYWORD)):
            raise KindError(f"{cls.__name__} takes {most - 1 or 'no'} arguments without their name",
                            got=f"{len(placed)}", where=user_line(), hint="name them, as in C=1.0")
        return super().__new__(cls)

    def __sklearn_tags__(self) -> Any:
        above: Any = super()
        tags = above.__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def refuse_theirs(cls: type[NamedArguments], name: str, given: Mapping[str, Any]) -> None:
    """Raise KindError, with what to do instead, for an argument that only scikit-learn has."""
    for each in given:
        if each in cls._instead:
            raise KindError(f"{name} has no {each!r}, unlike scikit-learn's", where=user_line(),
                            hint=cls._instead[each])


def known_to_fit(method: Callable[P, R]) -> Callable[P, R]:
    """Decorator of `fit` and `partial_fit`: other arguments are told, and what to do instead."""
    checked = known_by_name(method)

    @functools.wraps(method)
    def refusing(*args: P.args, **kwargs: P.kwargs) -> R:
        refuse_theirs(type(args[0]), method.__name__, kwargs)       # pyright: ignore
        return checked(*args, **kwargs)
    return refusing


def check_kinds(estimator: Any) -> None:
    """Each argument is of the kind that its annotation names: a number, a string, a truth value."""
    owner = type(estimator).__name__
    for name, parameter in inspect.signature(type(estimator)).parameters.items():
        value = getattr(estimator, name)
        kind = LOUDNESS if name == "verbose" else kind_of(str(parameter.annotation))
        if name == "learning_rate" and is_number(value):
            raise KindError(f"{owner}'s learning_rate names how the rate falls", got=shown(value),
                            where=user_line(), hint="the rate itself is learning_rate_init")
        endless = name == "n_iter_no_change" and value == math.inf       # scikit-learn's for never
        if kind is not None and not endless:
            check(owner, name, value, kind=kind, whole=kind is WHOLE, infinite=kind is not WHOLE)
        if name == "random_state":
            _check_random_state(owner, value)
        if name == "class_weight" and not (value is None or isinstance(value, dict)):
            _check_class_weight(owner, value)
        if name == "callbacks" and not isinstance(value, list | tuple | None):
            raise KindError(f"{owner}'s callbacks must be a list", got=shown(value))


def _check_random_state(owner: str, value: Any) -> None:
    try:
        check_random_state(value)
    except ValueError:
        raise KindError(f"{owner}'s random_state must be a whole number, a RandomState or None",
                        got=shown(value)) from None


def _check_class_weight(owner: str, value: Any) -> None:
    if value != "balanced":
        raise ArgumentError(f"{owner}'s class_weight must be 'balanced', a dict of weights or None",
                            got=shown(value), hint=nearest(str(value), ["balanced"]))


def factors_of_classes(estimator: Any, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """What ``class_weight`` says of each of ``classes_``: at least 0, and above 0 for some."""
    factors = compute_class_weight(estimator.class_weight, classes=estimator.classes_, y=y,
                                   sample_weight=weight)
    if not np.all(factors >= 0):
        raise ArgumentError(f"{type(estimator).__name__}'s class_weight must be at least 0",
                            got=f"{np.min(factors)}")
    if not factors.any():
        raise ArgumentError(f"{type(estimator).__name__}'s class_weight must be above 0 for some "
                            "class in y", got="only zeros")
    return factors


def validated(estimator: Any, *data: Any, **how: Any) -> Any:
    """Rows (and targets) as dense arrays, after scikit-learn's own checks of them."""
    checked = validate_data(estimator, *data, accept_sparse=["csr", "csc", "coo"], **how)
    if isinstance(checked, tuple):
        return tuple(_dense(type(estimator).__name__, each) for each in checked)
    return _dense(type(estimator).__name__, checked)


def _dense(owner: str, values: Any) -> Any:
    """The array behind a sparse matrix; RoomError if the memory is too small for it."""
    if not sparse.issparse(values):
        return values
    try:
        return values.toarray()
    except (MemoryError, ValueError):                    # ValueError: more than an index can count
        rows, columns = values.shape
        size = rows * columns * values.dtype.itemsize / 2 ** 30
        raise RoomError(f"{owner} makes sparse data dense, and {rows} rows of {columns} columns "
                        f"need {size:,.1f} GiB", got="less from the system", where=user_line(),
                        hint="take fewer columns, or fewer rows a call (partial_fit, where there "
                             "is one)") from None


def row_weights(sample_weight: Any, x: Any) -> Any:
    """A weight of at least 0 for each row, above 0 for some; ones if none are given."""
    weight: Any = _check_sample_weight(sample_weight, x, dtype=x.dtype, ensure_non_negative=True)
    if not weight.any():
        raise ArgumentError("sample_weight must be above 0 for some row", got="only zeros")
    return weight


def at_least(estimator: Any, name: str, least: float, whole: bool = False,
             above: bool = False) -> None:
    """The estimator's argument is a number (or a whole one) of at least, or above, a least one."""
    value: Any = getattr(estimator, name)
    kind = numbers.Integral if whole else numbers.Real
    is_one = isinstance(value, kind) and not isinstance(value, bool)
    number: Any = value if is_one else float("nan")
    if not (number > least if above else number >= least):
        raise ArgumentError(f"{type(estimator).__name__}'s {name} must be a "
                            f"{'whole ' if whole else ''}number {'above' if above else 'at least'} "
                            f"{least}", got=repr(value))


def one_of(estimator: Any, name: str, names: Sequence[str]) -> None:
    """The estimator's argument is one of some names; the nearest is told if it is not."""
    value = getattr(estimator, name)
    if value not in names:
        raise unknown_name(f"{type(estimator).__name__}'s {name}", value, names)
