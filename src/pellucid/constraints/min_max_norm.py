"""Weights that are neither too short nor too long."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import clip
from pellucid.constraints.base import Constraint, lengths, stretched
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.fields import field
from pellucid.core.kinds import AXES
from pellucid.core.tensor import convert


class MinMaxNorm(Constraint):
    r"""The length of each vector along ``axis`` moves towards [min_value, max_value].

    .. math:: w ← w \frac{r \min(\max(‖w‖, a), b) + (1 - r) ‖w‖}{‖w‖ + ε}

    With ``rate`` 1 it is there at once, with less it goes that part of the way at each step.
    Raises ArgumentError if min_value is above max_value.

    >>> import numpy as np
    >>> MinMaxNorm(1.0, 2.0)(np.array([[0.3], [0.4]])).numpy().round(5).ravel().tolist()
    [0.6, 0.8]

    Use: where weights may neither vanish nor run away.
    Pros: two hard bounds; with rate below 1 they are reached softly.
    Cons: three numbers to choose.
    """

    min_value: float = field(0.0, at_least=0, help="the shortest that is allowed")
    max_value: float = field(1.0, at_least=0, infinite=True, help="the longest that is allowed")
    rate: float = field(1.0, at_least=0, at_most=1, help="how much of the way is gone at a step")
    axis: Any = field(0, kind=AXES, optional=True, help="axes along which a vector lies; None: all")

    def settle(self) -> None:
        if self.min_value > self.max_value:
            raise ArgumentError("MinMaxNorm's min_value must not be above its max_value",
                                got=f"{self.min_value} and {self.max_value}", where=user_line())

    def __call__(self, w: Any) -> Any:
        w = convert(w)
        length = lengths(w, self.axis)
        inside = clip(length, self.min_value, self.max_value)
        return stretched(w, length, self.rate * inside + (1 - self.rate) * length)
