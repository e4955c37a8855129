"""What every constraint is: a function that puts a weight back where it is allowed to be."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import sqrt, square, sum
from pellucid.core.serialization import Configurable
from pellucid.core.settings import epsilon


class Constraint(Configurable):
    """Puts a weight back where it is allowed to be, after each step: ``w ← constraint(w)``.

    Own constraints override ``__call__``:

    >>> from pellucid.ops import minimum
    >>> class AtMostOne(Constraint):
    ...     def __call__(self, w):
    ...         return minimum(w, 1.0)
    >>> AtMostOne()([0.5, 3.0]).tolist()
    [0.5, 1.0]
    """

    family = "keras.constraints"

    def __init__(self) -> None:
        pass

    def __call__(self, w: Any) -> Any:
        return w


def lengths(w: Any, axis: Any) -> Any:
    """The lengths of the vectors along an axis, which stays with length 1."""
    return sqrt(sum(square(w), axis=axis, keepdims=True))


def stretched(w: Any, length: Any, wanted: Any) -> Any:
    """The vectors of w, brought from their length to the one wanted."""
    return w * (wanted / (epsilon() + length))
