"""Words as they come (strings, bytes, columns of objects) as one array of strings."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.errors import DataError, KindError, user_line


def strings(words: np.ndarray, encoding: str, label: str) -> np.ndarray:
    """The words as an array of strings; raises KindError for numbers, DataError for gaps.

    >>> strings(np.array([b"red", b"green"]), "utf-8", "lookup").tolist()
    ['red', 'green']
    """
    if words.dtype.kind == "S":
        return np.char.decode(words, encoding)
    if words.dtype.kind == "O":
        return np.array([_string(word, encoding, label) for word in words.ravel().tolist()],
                        dtype=str).reshape(words.shape)
    if words.dtype.kind not in "UT":
        raise KindError(f"{label} needs strings", got=f"{words.dtype} values",
                        where=user_line(), hint="IntegerLookup is for whole numbers")
    return words.astype(str)


def _string(word: Any, encoding: str, label: str) -> str:
    if isinstance(word, bytes):
        return word.decode(encoding)
    if isinstance(word, str):
        return word
    if word is None or word != word:
        raise DataError(f"{label} found a missing value", where=user_line(),
                        hint='fill the gaps first, for example with ""')
    raise KindError(f"{label} needs strings", got=word, where=user_line())
