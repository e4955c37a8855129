"""A rate that is constant between given steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid.atoms import less_equal, where
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.fields import field
from pellucid.core.kinds import SEVERAL
from pellucid.core.tensor import convert
from pellucid.schedules.base import LearningRateSchedule


class PiecewiseConstantDecay(LearningRateSchedule):
    r"""``values[0]`` up to and including step ``boundaries[0]``, then ``values[1]``, and so on.

    .. math:: η_t = v_i \quad \text{for} \quad b_{i - 1} < t \le b_i

    Raises ArgumentError unless there is one value more than boundaries, in rising order.

    >>> rate = PiecewiseConstantDecay([2, 4], [0.1, 0.01, 0.001])
    >>> [round(float(rate(t)), 4) for t in (2, 3, 5)]
    [0.1, 0.01, 0.001]

    Use: recipes that say at which steps the rate falls, as those of ResNets do.
    Pros: says exactly what happens when.
    Cons: every boundary and value has to be found.
    Source: K. He et al., "Deep residual learning" (2016), as a recipe.
    """

    boundaries: Sequence[float] = field(kind=SEVERAL,
                                        help="the last step of each value but the last")
    values: Sequence[float] = field(kind=SEVERAL, help="one more than boundaries")
    name: str | None = field("PiecewiseConstant")

    def settle(self) -> None:
        if len(self.values) != len(self.boundaries) + 1:
            raise ArgumentError("PiecewiseConstantDecay needs one value more than boundaries",
                                got=f"{len(self.boundaries)} boundaries and {len(self.values)} "
                                    "values", where=user_line())
        if sorted(self.boundaries) != list(self.boundaries):
            raise ArgumentError("PiecewiseConstantDecay's boundaries must rise",
                                got=self.boundaries, where=user_line())

    def __call__(self, step: Any) -> Any:
        rate = convert(float(self.values[-1]))
        for boundary, value in zip(reversed(self.boundaries), reversed(self.values[:-1]),
                                   strict=True):
            rate = where(less_equal(step, boundary), float(value), rate)
        return rate
