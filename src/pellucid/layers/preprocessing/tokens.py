"""What a text goes through on its way to words: standardizing, splitting, joining."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, KindError, nearest, user_line

SPACES = re.compile(r"[ \t\n\v\f\r]+")
SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
BARE = str.maketrans("", "", string.punctuation)


def _each(function: Callable[[str], Any], texts: np.ndarray) -> np.ndarray:
    return np.array([function(text) for text in texts.ravel().tolist()],
                    object).reshape(texts.shape)


STANDARDS: dict[str, Callable[[np.ndarray], Any]] = {
    "lower_and_strip_punctuation":
        lambda texts: _each(lambda text: text.translate(SMALL).translate(BARE), texts),
    "lower": lambda texts: _each(lambda text: text.translate(SMALL), texts),
    "strip_punctuation": lambda texts: _each(lambda text: text.translate(BARE), texts),
}
SPLITS: dict[str, Callable[[np.ndarray], Any]] = {
    "whitespace": lambda texts: [[word for word in SPACES.split(text) if word]
                                 for text in texts.tolist()],
    "character": lambda texts: [list(text) for text in texts.tolist()],
}


def step_of(given: Any, argument: str, steps: dict[str, Callable[[np.ndarray], Any]]) -> Any:
    """The step that a name, a function or None stands for; None is no step at all.

    >>> step_of("character", "split", SPLITS)(np.array(["ab"]))
    [['a', 'b']]
    """
    if given is None or callable(given):
        return given
    if not isinstance(given, str):
        raise KindError(f"{argument} must be a name, a function or None", got=repr(given),
                        where=user_line())
    if given not in steps:
        raise ArgumentError(f"{argument} must be one of {', '.join(map(repr, steps))}, a function "
                            "or None", got=repr(given), where=user_line(),
                            hint=nearest(given, steps))
    return steps[given]


def widths_of(given: Any) -> tuple[int, ...] | None:
    """How many words an n-gram may have: a number stands for all up to it."""
    if given is None:
        return None
    whole = isinstance(given, int) and not isinstance(given, bool)
    widths = tuple(range(1, given + 1)) if whole else given
    if not isinstance(widths, (tuple, list)) or not widths or not all(
            isinstance(each, int) and each > 0 for each in widths):
        raise ArgumentError("ngrams must be a whole number at least 1, or a tuple of them",
                            got=repr(given), where=user_line())
    return tuple(widths)


def ngrams_of(words: list[str], widths: tuple[int, ...]) -> list[str]:
    """Neighbouring words joined by a space: those of the first width, then of the next.

    >>> ngrams_of(["to", "be", "or"], (1, 2))
    ['to', 'be', 'or', 'to be', 'be or']
    """
    return [" ".join(words[i:i + n]) for n in widths for i in range(len(words) - n + 1)]
