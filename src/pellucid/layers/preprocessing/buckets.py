"""Which bucket a word falls into: the same one in every run, and in Keras."""

from __future__ import annotations

from typing import Any

from pellucid.core.errors import ArgumentError, user_line
from pellucid.layers.preprocessing.fingerprints import farm_fingerprint, sip_hash


def salt_of(given: Any) -> list[int] | None:
    """A salt as two whole numbers: one that is given counts twice."""
    if given is None:
        return None
    pair = [given, given] if isinstance(given, int) else (
        list(given) if isinstance(given, (list, tuple)) else [given])
    if len(pair) != 2 or not all(isinstance(each, int) for each in pair):
        raise ArgumentError("a salt must be a whole number, or two", got=repr(given),
                            where=user_line())
    return pair


def bucket_of(word: Any, count: int, salt: list[int] | None) -> int:
    """One of ``count`` buckets: by FarmHash's fingerprint or, with a salt, by SipHash.

    >>> bucket_of("red", 10, None) == bucket_of(b"red", 10, None)
    True
    """
    data = word if isinstance(word, bytes) else str(word).encode()
    return (farm_fingerprint(data) if salt is None
            else sip_hash(data, (salt[0], salt[1]))) % count
