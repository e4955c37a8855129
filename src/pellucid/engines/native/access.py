"""How a step reads an array that another step made: through which offset and which steps.

Transposes, slices, stretched axes and new shapes are no work: they only change how memory is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pellucid.core.plan import Step


@dataclass(frozen=True)
class Access:
    """Element (i, j, …) of the view is number ``offset + i·steps[0] + j·steps[1] …`` of a base."""

    base: int
    offset: int
    shape: tuple[int, ...]
    steps: tuple[int, ...]

    @property
    def dense(self) -> bool:
        """Whether the view is a run of numbers in row order."""
        return self.steps == _steps_of_dense(self.shape, self.steps)

    def broadcast(self, shape: Sequence[int]) -> tuple[int, ...]:
        """The steps along each axis of a shape to which the view is stretched."""
        lead = len(shape) - len(self.shape)
        return tuple(0 if i < lead or self.shape[i - lead] == 1 else self.steps[i - lead]
                     for i in range(len(shape)))

    @property
    def turned(self) -> Access:
        """The view with its last two axes exchanged: its matrices transposed."""
        axes = range(len(self.shape))
        return _transpose(self, axes=(*axes[:-2], axes[-1], axes[-2]))

    def through(self, step: Step) -> Access | None:
        """What a view step makes of it; None if that needs a copy."""
        return _VIEWS[step.op.name](self, **step.options)


def dense(base: int, shape: tuple[int, ...]) -> Access:
    """All numbers of an array in row order."""
    return Access(base, 0, shape, dense_steps(shape))


def dense_steps(shape: Sequence[int]) -> tuple[int, ...]:
    """The steps of an array in row order.

    >>> dense_steps((2, 3, 4))
    (12, 4, 1)
    """
    steps, step = [], 1
    for n in reversed(shape):
        steps.append(step)
        step *= n
    return tuple(reversed(steps))


def _steps_of_dense(shape: tuple[int, ...], like: tuple[int, ...]) -> tuple[int, ...]:
    """Dense steps, taking over what is said of axes of length 1, where it does not matter."""
    return tuple(b if n == 1 else a for a, b, n in
                 zip(dense_steps(shape), like, shape, strict=True))


def _transpose(view: Access, *, axes: Any = None) -> Access:
    axes = tuple(reversed(range(len(view.shape)))) if axes is None else tuple(axes)
    return Access(view.base, view.offset, tuple(view.shape[i] for i in axes),
                  tuple(view.steps[i] for i in axes))


def _broadcast_to(view: Access, *, shape: Any) -> Access:
    return Access(view.base, view.offset, tuple(shape), view.broadcast(shape))


def _strided(view: Access, *, spans: Any) -> Access:
    offset = view.offset + sum(start * step for (start, _, _), step in
                               zip(spans, view.steps, strict=True))
    return Access(view.base, offset, tuple(length for _, length, _ in spans),
                  tuple(jump * step for (_, _, jump), step in zip(spans, view.steps, strict=True)))


def _reshape(view: Access, *, shape: Any) -> Access | None:
    """The same numbers under another shape, if the axes fall apart and together evenly."""
    if view.dense or 0 in shape:
        return Access(view.base, view.offset, tuple(shape), dense_steps(shape))
    runs: list[tuple[int, int]] = []                 # axes that run on into each other are one
    for n, step in zip(view.shape, view.steps, strict=True):
        if runs and runs[-1][1] == n * step:
            runs[-1] = runs[-1][0] * n, step
        elif n != 1:
            runs.append((n, step))
    steps: list[int] = []
    for n in reversed(shape):                        # and fall apart again, from the last one on
        length, step = runs.pop() if n != 1 else (1, 0)
        if length % n:
            return None
        if length > n:
            runs.append((length // n, step * n))
        steps.append(step)
    return Access(view.base, view.offset, tuple(shape), tuple(reversed(steps)))


_VIEWS = {"transpose": _transpose, "broadcast_to": _broadcast_to, "strided": _strided,
          "reshape": _reshape}
