"""Arguments of estimators are checked when `fit` is called, as scikit-learn's are."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

from sklearn.utils.validation import _check_sample_weight, validate_data

from pellucid.core.errors import ArgumentError, unknown_name


def validated(estimator: Any, *data: Any, **how: Any) -> Any:
    """Rows (and targets) as arrays, after scikit-learn's own checks of them."""
    return validate_data(estimator, *data, **how)


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
