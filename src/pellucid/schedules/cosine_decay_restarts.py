"""A rate that goes down along half a wave of the cosine, again and again."""

from __future__ import annotations

import math
from typing import Any

from pellucid.atoms import floor, log
from pellucid.core.fields import field
from pellucid.schedules.base import LearningRateSchedule, as_float
from pellucid.schedules.cosine_decay import half_wave


class CosineDecayRestarts(LearningRateSchedule):
    r"""`CosineDecay` that starts afresh: cycle i is ``t_mul``ⁱ times as long as the first and
    starts at ``m_mul``ⁱ times its rate.

    .. math:: η_t = η_0 \left((1 - α) m^i \tfrac12 (1 + \cos π t_i / (T k^i)) + α\right)

    Cycle i begins at :math:`T (1 - k^i) / (1 - k)`, the sum of the lengths before it.
    Source: I. Loshchilov, F. Hutter, "SGDR" (2017).

    >>> rate = CosineDecayRestarts(0.1, first_decay_steps=10, t_mul=1.0)
    >>> [round(float(rate(t)), 4) for t in (0, 5, 10)]
    [0.1, 0.05, 0.1]

    Use: a long training that should be good at several times, or leave poor valleys.
    Pros: each end of a cycle is a usable model.
    Cons: the loss jumps at each restart; three numbers to choose.
    """

    initial_learning_rate: float = field(at_least=0, symbol="η₀", help="the first rate")
    first_decay_steps: float = field(above=0, symbol="T", help="length of the first cycle")
    t_mul: float = field(2.0, above=0, symbol="k", help="how much longer each cycle is")
    m_mul: float = field(1.0, at_least=0, symbol="m", help="how much lower each cycle starts")
    alpha: float = field(0.0, symbol="α", help="the lowest rate, as a part of the highest")
    name: str | None = field("SGDRDecay")

    def __call__(self, step: Any) -> Any:
        k, x = self.t_mul, as_float(step) / self.first_decay_steps
        if k == 1:
            cycle = floor(x)
            fraction = x - cycle
        else:
            cycle = floor(log(1 - x * (1 - k)) / math.log(k))
            fraction = (x - (1 - k ** cycle) / (1 - k)) / k ** cycle
        wave = self.m_mul ** cycle * half_wave(fraction)
        return self.initial_learning_rate * ((1 - self.alpha) * wave + self.alpha)
