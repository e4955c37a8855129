"""Sequences of different lengths as one array."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, KindError, ShapeError, unknown_name, user_line

ENDS = ("pre", "post")


def pad_sequences(sequences: Any, maxlen: int | None = None, dtype: Any = "int32",
                  padding: str = "pre", truncating: str = "pre", value: Any = 0.0) -> np.ndarray:
    """Sequences of different lengths as an array of one length, filled up with ``value``.

    Args:
        sequences: a list of sequences, of numbers or of arrays of one shape.
        maxlen: the length; that of the longest by default.
        dtype: of the result; ``object`` for strings of any length.
        padding: fill up before ("pre") or after ("post") what is there.
        truncating: cut what is too long at its beginning ("pre") or its end ("post").
        value: what to fill up with.

    Shapes: n sequences give ``(n, maxlen, ...)``. Raises KindError for what is no sequence,
    ShapeError where their entries differ in shape, ArgumentError for a value that no array of this
    dtype can hold.

    >>> pad_sequences([[1], [2, 3], [4, 5, 6]]).tolist()
    [[0, 0, 1], [0, 2, 3], [4, 5, 6]]
    >>> pad_sequences([[1], [4, 5, 6]], maxlen=2, padding="post", value=-1).tolist()
    [[1, -1], [5, 6]]
    """
    for name, end in (("padding", padding), ("truncating", truncating)):
        if end not in ENDS:
            raise unknown_name(f"way of {name}", end, ENDS)
    if not hasattr(sequences, "__len__"):
        raise KindError("sequences must be a list", got=f"a {type(sequences).__name__}",
                        where=user_line())
    lengths = [_length(each, place) for place, each in enumerate(sequences)]
    width = max(lengths, default=0) if maxlen is None else maxlen
    shape = next((np.shape(each)[1:] for each in sequences if len(each)), ())
    padded = np.full((len(lengths), width, *shape), _filling(value, dtype), dtype)
    for place, each in enumerate(sequences):
        kept = each[max(len(each) - width, 0):] if truncating == "pre" else each[:width]
        kept = np.asarray(kept, dtype)
        if not len(kept):
            continue
        if kept.shape[1:] != shape:
            raise ShapeError(f"the entries of all sequences must have shape {shape}",
                             got=f"{kept.shape[1:]} in sequence {place}", where=user_line())
        start = width - len(kept) if padding == "pre" else 0
        padded[place, start:start + len(kept)] = kept
    return padded


def _length(sequence: Any, place: int) -> int:
    if not hasattr(sequence, "__len__"):
        raise KindError("each of the sequences must be a list", where=user_line(),
                        got=f"{sequence!r:.40} as number {place}")
    return len(sequence)


def _filling(value: Any, dtype: Any) -> Any:
    """The value to fill up with; raises ArgumentError for text among numbers."""
    if isinstance(value, str) and np.dtype(dtype).kind not in "OUS":
        raise ArgumentError(f"an array of {np.dtype(dtype)} cannot be filled up with text",
                            got=repr(value), where=user_line(), hint="dtype=object holds strings")
    return value
