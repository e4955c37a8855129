"""A rate that shrinks as one over the time."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import floor
from pellucid.core.fields import field
from pellucid.schedules.base import LearningRateSchedule, as_float


class InverseTimeDecay(LearningRateSchedule):
    r"""A rate that falls fast at first and ever more slowly.

    .. math:: η_t = η_0 / (1 + r \, t / T)

    With ``staircase`` t / T is rounded down.

    >>> round(float(InverseTimeDecay(0.1, decay_steps=10, decay_rate=1.0)(10)), 6)
    0.05

    Use: plain SGD on convex problems, where 1/t has guarantees.
    Pros: sums without bound, so any distance can still be covered.
    Cons: slow at the end; seldom best for deep networks.
    Source: H. Robbins and S. Monro, "A stochastic approximation method" (1951).
    """

    initial_learning_rate: float = field(at_least=0, symbol="η₀", help="the first rate")
    decay_steps: float = field(above=0, symbol="T",
                               help="steps after which r is counted once more")
    decay_rate: float = field(at_least=0, symbol="r", help="how fast it falls")
    staircase: bool = field(False, help="fall once every T steps, not at each")
    name: str | None = field("InverseTimeDecay")

    def __call__(self, step: Any) -> Any:
        p = as_float(step) / self.decay_steps
        p = floor(p) if self.staircase else p
        return self.initial_learning_rate / (1 + self.decay_rate * p)
