"""A vocabulary: words, each with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pellucid.core.errors import ArgumentError, DataError, FileError


class Vocabulary:
    """Words in their order, and the place of each.

    >>> Vocabulary(["red", "blue"]).places["blue"]
    1
    """

    def __init__(self, words: list[Any]) -> None:
        self.words = words
        self.places = {word: place for place, word in enumerate(words)}

    def __len__(self) -> int:
        return len(self.words)


def counted(words: Iterable[Any]) -> dict[Any, int]:
    """How often each word occurs."""
    return Counter(words)


def read_vocabulary(path: str, kind: str) -> list[Any]:
    """The words of a text file, one a line; raises FileError if it cannot be read."""
    try:
        words = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"the vocabulary file {path!r} cannot be read ({error})") from None
    if kind == "string":
        return words
    try:
        return [int(word) for word in words]
    except ValueError as error:
        raise DataError(f"the vocabulary file {path!r} must hold whole numbers ({error})") from None


def without_files(config: dict[str, Any], owner: str) -> dict[str, Any]:
    """The config of a lookup without what follows from the rest; no file may be named in it."""
    if isinstance(config.get("vocabulary"), str):
        raise ArgumentError(
            f"the file names {config['vocabulary']!r} as the vocabulary of a {owner}, "
            "and a model file is never allowed to have other files of yours read",
            hint="if you trust that file, read it yourself and pass its words as a list")
    return {key: value for key, value in config.items() if key != "vocabulary_size"}
