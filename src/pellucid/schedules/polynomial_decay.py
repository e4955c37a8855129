"""A rate that goes down to an end value along a power of the time that is left."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import ceil, maximum, minimum
from pellucid.core.fields import field
from pellucid.schedules.base import LearningRateSchedule, as_float


class PolynomialDecay(LearningRateSchedule):
    r"""A rate that reaches ``end_learning_rate`` after ``decay_steps`` steps and stays there.

    .. math:: η_t = (η_0 - η_T) (1 - t / T)^p + η_T

    With ``cycle`` T becomes the next multiple of ``decay_steps``, so that the rate rises again.

    >>> round(float(PolynomialDecay(0.1, decay_steps=10, end_learning_rate=0.0)(5)), 6)
    0.05

    Use: a training of known length; with power 1 a straight line, usual for language models.
    Pros: ends at a given rate after a given time.
    Cons: the length must be known.
    """

    initial_learning_rate: float = field(at_least=0, symbol="η₀", help="the first rate")
    decay_steps: float = field(above=0, symbol="T", help="how long it falls")
    end_learning_rate: float = field(0.0001, at_least=0, symbol="η_T", help="the last rate")
    power: float = field(1.0, symbol="p", help="1: a straight line; more: faster at first")
    cycle: bool = field(False, help="rise again, to fall until the next multiple of T")
    name: str | None = field("PolynomialDecay")

    def __call__(self, step: Any) -> Any:
        t, end = as_float(step), self.decay_steps
        if self.cycle:
            end = end * maximum(ceil(t / end), 1.0)          # step 0 belongs to the first cycle
        else:
            t = minimum(t, end)
        whole = self.initial_learning_rate - self.end_learning_rate
        return whole * (1 - t / end) ** self.power + self.end_learning_rate
