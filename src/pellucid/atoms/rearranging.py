"""Axes cut, moved and merged by a picture of them: `rearrange`."""

from __future__ import annotations

import math
import re
from typing import Any

from pellucid.atoms.shaping import reshape, transpose
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.tensor import with_operators

_PART = re.compile(r"\(\s*([^()]*)\)|(\w+)|(\S)")


def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Any:
    """The axes of a tensor cut, moved and merged as a picture says: ``"b (h k) -> k b h"``.

    Left of the arrow each axis has a name; names in brackets are one axis cut into parts, whose
    lengths, but for one, are given by name. Right of it the same names stand in their new order;
    there brackets merge. Raises ArgumentError for a picture without sense and ShapeError where
    lengths do not fit.

    >>> rearrange([0, 1, 2, 3, 4, 5], "(a b) -> b a", a=2).tolist()
    [[0, 3], [1, 4], [2, 5]]
    """
    x: Any = with_operators(tensor)
    before, after = _sides(pattern)
    names, wanted = _flat(before), _flat(after)
    if sorted(names) != sorted(wanted) or len(set(names)) != len(names):
        raise ArgumentError("rearrange needs the same names on both sides of ->, each once",
                            got=repr(pattern), where=user_line())
    if unknown := sorted(set(axes_lengths) - set(names)):
        raise ArgumentError(f"rearrange has a length for {unknown[0]!r}, which is not in the "
                            "pattern", got=repr(pattern), where=user_line())
    if len(before) != len(x.shape):
        raise ShapeError(f"the pattern {pattern!r} has {len(before)} axes on its left",
                         got=f"shape {tuple(x.shape)}", where=user_line())
    lengths: dict[str, Any] = {}
    for group, length in zip(before, x.shape, strict=True):
        lengths |= _cut(group, length, axes_lengths)
    cut = reshape(x, shape=_shape([[name] for name in names], lengths))
    moved = transpose(cut, axes=[names.index(name) for name in wanted])
    return reshape(moved, shape=_shape(after, lengths))


def _sides(pattern: str) -> list[list[list[str]]]:
    """Each side as a list of axes, each axis as a list of names."""
    sides = str(pattern).split("->")
    parts = [_PART.findall(side) for side in sides]
    if len(sides) != 2 or any(odd for side in parts for *_, odd in side):
        raise ArgumentError('a pattern looks like "b (h k) -> k b h"', got=repr(pattern),
                            where=user_line())
    return [[[name] if name else inside.split() for inside, name, _ in side] for side in parts]


def _flat(groups: list[list[str]]) -> list[str]:
    return [name for group in groups for name in group]


def _cut(group: list[str], length: Any, given: dict[str, int]) -> dict[str, Any]:
    """The lengths of an axis' parts; one that was not given is what remains."""
    open_names = [name for name in group if name not in given]
    found: dict[str, Any] = {name: int(given[name]) for name in group if name in given}
    known = math.prod(found.values())
    if len(open_names) > 1:
        raise ArgumentError(f"rearrange needs the lengths of all but one of {', '.join(group)}",
                            got="none for " + " and ".join(open_names), where=user_line())
    if length is not None and (length % max(known, 1) or not (open_names or length == known)):
        raise ShapeError(f"an axis cut into ({' '.join(group)}) with "
                         f"{', '.join(f'{name}={n}' for name, n in found.items()) or 'nothing'} "
                         "given must divide", got=f"length {length}", where=user_line())
    return found | dict.fromkeys(open_names, None if length is None else length // known)


def _shape(groups: list[list[str]], lengths: dict[str, Any]) -> tuple[int, ...]:
    """The lengths of merged axes; -1 for the one that is not known yet (the rows of a batch)."""
    sizes = [[lengths[name] for name in group] for group in groups]
    return tuple(-1 if None in each else math.prod(each) for each in sizes)
