"""Place: buffers that do not live at the same time share the same memory, in one arena."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ALIGNMENT = 64          # bytes: the widest vector, and a cache line


@dataclass
class Life:
    """A buffer's size in bytes, the first step that writes it and the last that reads it."""

    size: int
    born: int
    dies: int


def place(lives: Sequence[Life]) -> tuple[list[int], int]:
    """An offset in bytes for each buffer, and the size of the arena.

    Long-lived and large buffers choose first; each takes the lowest gap among those that live at
    the same time as it does.

    >>> place([Life(100, 0, 1), Life(50, 1, 2), Life(100, 2, 3)])
    ([0, 128, 0], 192)
    """
    offsets = [0] * len(lives)
    placed: list[int] = []
    for i in sorted(range(len(lives)), key=lambda i: (-_rounded(lives[i].size), lives[i].born)):
        life, at = lives[i], 0
        for j in sorted((j for j in placed if _overlap(life, lives[j])), key=offsets.__getitem__):
            if offsets[j] - at >= _rounded(life.size):
                break
            at = max(at, offsets[j] + _rounded(lives[j].size))
        offsets[i] = at
        placed.append(i)
    total = max((offsets[i] + _rounded(life.size) for i, life in enumerate(lives)), default=0)
    return offsets, total


def _rounded(size: int) -> int:
    return -(-max(size, 1) // ALIGNMENT) * ALIGNMENT


def _overlap(a: Life, b: Life) -> bool:
    return a.born <= b.dies and b.born <= a.dies
