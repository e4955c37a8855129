"""A rate that shrinks by the same factor over equal times."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import floor
from pellucid.core.fields import field
from pellucid.schedules.base import LearningRateSchedule, as_float


class ExponentialDecay(LearningRateSchedule):
    r"""A rate that is multiplied by ``decay_rate`` every ``decay_steps`` steps.

    .. math:: η_t = η_0 \, r^{t / T}

    With ``staircase`` the exponent is rounded down, so that the rate falls in stairs.

    >>> round(float(ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)(20)), 6)
    0.025

    Use: a steady fall of the rate, whatever the length of the training.
    Pros: simple; the length need not be known.
    Cons: falls fast at first and may be tiny too soon.
    """

    initial_learning_rate: float = field(at_least=0, symbol="η₀", help="the first rate")
    decay_steps: float = field(above=0, symbol="T",
                               help="steps after which it is r times as high")
    decay_rate: float = field(at_least=0, symbol="r", help="how fast it falls")
    staircase: bool = field(False, help="fall once every T steps, not at each")
    name: str | None = field("ExponentialDecay")

    def __call__(self, step: Any) -> Any:
        p = as_float(step) / self.decay_steps
        p = floor(p) if self.staircase else p
        return self.initial_learning_rate * self.decay_rate ** p
