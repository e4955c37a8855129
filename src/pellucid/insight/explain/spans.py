"""Where a part lies on an axis of a tensor, and where it lay before tensors were put together."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pellucid.core.op import Application
from pellucid.core.tensor import Tensor

Span = tuple[int, int]                 # where a part starts on an axis, and how long it is


def placed(made: Application) -> Iterator[tuple[Tensor, int | None, Span, int]]:
    """What `place`, `join` or `strided` puts where: a tensor, an axis, a span, 1 or -1 as a step.

    The axis is None where nothing is cut; nothing is said of what is cut along several axes.
    """
    y = made.outputs[0]
    if made.op.name == "join":
        start, axis = 0, made.options["axis"] % y.ndim
        for each in made.inputs:
            yield each, axis, (start, each.shape[axis]), 1
            start += each.shape[axis]
        return
    whole = y.shape if made.op.name == "place" else made.inputs[0].shape
    cut = [i for i, (span, n) in enumerate(zip(made.options["spans"], whole, strict=True))
           if tuple(span) != (0, n, 1)]
    if not cut:
        yield made.inputs[0], None, (0, 0), 1
    elif len(cut) == 1 and abs(made.options["spans"][cut[0]][2]) == 1:
        *span, step = made.options["spans"][cut[0]]
        yield made.inputs[0], cut[0], (span[0], span[1]), step


def filled(spans: list[Span], length: int) -> Iterator[Span]:
    """The spans, and those between them that nothing was put into."""
    at = 0
    for start, count in spans:
        if start > at:
            yield at, start - at
        yield start, count
        at = start + count
    if at < length:
        yield at, length - at


def before(given: tuple[int, ...], shape: tuple[int, ...], axis: int, span: Span
            ) -> tuple[int, Span] | None:
    """Where a part of a reshaped tensor was before: the axis, and the span on it."""
    start, count = span
    inner = math.prod(shape[axis + 1:])
    for at, n in enumerate(given):
        own = math.prod(given[at + 1:])                  # numbers of one step along that axis
        if math.prod(given[:at]) != math.prod(shape[:axis]) or (n == 1 != shape[axis]):
            continue
        if own and start * inner % own == 0 and count * inner % own == 0:
            return at, (start * inner // own, count * inner // own)
    return None
