"""What an argument may be: a word for messages, and the check that goes with it.

Most arguments need no more than their annotation (``rate: float``). The others name a kind:
``axis: Any = field(-1, kind=AXES)``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.core.errors import ShapeError, user_line


@dataclass(frozen=True)
class Kind:
    """One kind of value: ``words`` follow "must be" in a message, ``fits`` knows one when it sees
    it.

    >>> TEXT.words, TEXT.fits("same"), TEXT.fits(3)
    ('a string', True, False)
    """

    words: str
    fits: Callable[[Any], bool]


def is_number(value: Any) -> bool:
    """Whether a value is one number, of Python, NumPy or a tensor; True and False are none.

    >>> is_number(np.float32(2)), is_number(True), is_number("2"), is_number([2])
    (True, False, False, False)
    """
    if isinstance(value, (int, float, np.number, np.ndarray)) or hasattr(value, "__array__"):
        return np.ndim(value) == 0 and _letter(value) in "iuf"
    return False


def _letter(value: Any) -> str:
    return np.asarray(value).dtype.kind


def _is_index(value: Any) -> bool:
    return is_number(value) and _letter(value) in "iu"


def _is_truth(value: Any) -> bool:
    """None and the numbers 0 and 1 mean what they mean in Keras."""
    return value is None or isinstance(value, (bool, np.bool_)) or (
        is_number(value) and float(value) in (0, 1))


def _are_indices(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return len(value) > 0 and all(map(_is_index, value))
    return _is_index(value)


def _is_seed(value: Any) -> bool:
    """A number, or what gives states: a generator, or the config of one."""
    return _is_index(value) or hasattr(value, "next") or isinstance(value, dict)


def _is_loudness(value: Any) -> bool:
    return isinstance(value, (bool, np.bool_)) or _is_index(value)


def _are_values(value: Any) -> bool:
    try:
        return np.asarray(value).dtype.kind in "biuf"
    except (ValueError, TypeError):                      # rows of different lengths
        return False


def _are_numbers(value: Any) -> bool:
    alone = isinstance(value, (bool, np.bool_))
    return not alone and _are_values(value) and bool(np.all(np.isfinite(np.asarray(value))))


NUMBER = Kind("a number", is_number)
WHOLE = Kind("a whole number", is_number)                # a range says whether it is whole
TRUTH = Kind("True or False", _is_truth)
TEXT = Kind("a string", lambda value: isinstance(value, str))
AXES = Kind("a whole number, or a list of them", _are_indices)
SEED = Kind("a whole number, a SeedGenerator or None", _is_seed)
VALUES = Kind("a number, or an array of numbers", _are_values)
NUMBERS = Kind("a number or several, all finite", _are_numbers)
SEVERAL = Kind("a list of finite numbers",
               lambda value: not is_number(value) and _are_numbers(value))
LOUDNESS = Kind("0, 1 or 2", _is_loudness)
FUNCTION = Kind("a function", callable)
PATH = Kind("a path", lambda value: isinstance(value, str | os.PathLike))

ANNOTATED = {"int": WHOLE, "float": NUMBER, "bool": TRUTH, "str": TEXT}


def kind_of(annotation: str) -> Kind | None:
    """The kind that an annotation says, None where it says nothing or several.

    >>> kind_of("float | None").words, kind_of("Any")
    ('a number', None)
    """
    parts = [each for each in annotation.split(" | ") if each != "None"]
    return ANNOTATED.get(parts[0]) if len(parts) == 1 else None


def shown(value: Any) -> str:
    """A value as a message shows it: on one line, a string in quotes, not longer than one can read.

    >>> print(shown("3"), shown(3), shown(None))
    '3' 3 None
    """
    text = " ".join(repr(value).split()) if not isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def as_array(value: Any) -> np.ndarray:
    """A NumPy array of anything; raises ShapeError for rows of different lengths.

    >>> as_array([[1, 2], [3, 4]]).shape
    (2, 2)
    """
    try:
        return np.asarray(value)
    except ValueError:
        raise ShapeError("a tensor needs rows of equal lengths", got=shown(value),
                         where=user_line()) from None
