"""A rate that goes down along half a wave of the cosine, after an optional warm-up."""

from __future__ import annotations

import math
from typing import Any

from pellucid.atoms import cos, less, minimum, where
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.fields import field
from pellucid.schedules.base import LearningRateSchedule, as_float


def half_wave(fraction: Any) -> Any:
    """From 1 at fraction 0 to 0 at fraction 1: ½ (1 + cos πx)."""
    return 0.5 * (1 + cos(math.pi * fraction))


class CosineDecay(LearningRateSchedule):
    r"""A rate that falls slowly, then fast, then slowly again, to ``alpha`` times its start.

    .. math:: η_t = η_0 \left((1 - α) \tfrac12 (1 + \cos π t / T) + α\right)

    With ``warmup_target`` it first rises in a line to that target, over ``warmup_steps`` steps.
    Source: I. Loshchilov, F. Hutter, "SGDR" (2017).

    >>> round(float(CosineDecay(0.1, decay_steps=10)(5)), 6)
    0.05

    Use: a training of known length; the usual choice for images and transformers, with a warm-up.
    Pros: one number (the length) to choose; large steps for long, then a soft landing.
    Cons: the length must be known; stopped early, the rate is still high.
    """

    initial_learning_rate: float = field(at_least=0, symbol="η₀", help="the first rate")
    decay_steps: float = field(above=0, symbol="T", help="how long it falls")
    alpha: float = field(0.0, symbol="α", help="the lowest rate, as a part of the highest")
    name: str | None = field("CosineDecay")
    warmup_target: float | None = field(None, at_least=0, help="the rate at the end of the rise")
    warmup_steps: float = field(0, at_least=0, help="how long the rate rises first")

    def settle(self) -> None:
        if self.warmup_target is not None and self.warmup_steps <= 0:
            raise ArgumentError("CosineDecay with a warmup_target needs warmup_steps above 0",
                                got=self.warmup_steps, where=user_line())

    def __call__(self, step: Any) -> Any:
        t = as_float(step)
        if self.warmup_target is None:
            return self._decayed(self.initial_learning_rate, t)
        rise = (self.warmup_target - self.initial_learning_rate) * (t / self.warmup_steps)
        return where(less(t, self.warmup_steps), self.initial_learning_rate + rise,
                     self._decayed(self.warmup_target, t - self.warmup_steps))

    def _decayed(self, start: float, t: Any) -> Any:
        wave = half_wave(minimum(t, self.decay_steps) / self.decay_steps)
        return start * ((1 - self.alpha) * wave + self.alpha)
