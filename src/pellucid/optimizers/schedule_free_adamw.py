"""Adam that averages its path as it goes, so that no schedule need say when to slow down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from pellucid.atoms import minimum, sqrt, square
from pellucid.core.fields import field
from pellucid.core.variable import Variable
from pellucid.optimizers.base import Optimizer


class ScheduleFreeAdamW(Optimizer):
    r"""A fast point z, the mean x of all its places, and the weight y between the two.

    Gradients are taken at y, z moves against them in `Adam`'s way, and x follows:

    .. math::
        v ← β_2 v + (1 - β_2) g^2, \qquad
        z ← z - η \frac{g}{\sqrt{v / (1 - β_2^t)} + ε}

        x ← (1 - \tfrac1t) x + \tfrac1t z, \qquad y ← (1 - β_1) z + β_1 x

    Only z and v are stored, since :math:`x = (y - (1 - β_1) z) / β_1`. During the first
    ``warmup_steps`` the rate grows from 0 to η.

    >>> from pellucid.core.tensor import convert
    >>> w = Variable(1.0)
    >>> ScheduleFreeAdamW(0.1).apply([convert(1.0)], [w])
    >>> round(float(w), 4)
    0.9

    As good as a rate that falls, without knowing beforehand how long training will be.
    Source: A. Defazio et al., "The road less scheduled" (2024).

    Use: training whose length is not known beforehand.
    Pros: no schedule to choose, and as good as one; the average of the path comes for free.
    Cons: the weights are a mixture: batch-normalization statistics should be renewed before use;
    wants a warm-up.
    """

    state: ClassVar[dict[str, str]] = {"z": "momentum", "v": "velocity"}
    learning_rate: Any = field(0.0025, at_least=0, symbol="η", help="how far to go")
    beta_1: float = field(0.9, above=0, at_most=1, symbol="β₁", help="how near y is to the mean x")
    beta_2: float = field(0.999, at_least=0, below=1, symbol="β₂", help="memory of the mean square")
    epsilon: float = field(1e-8, at_least=0, symbol="ε", help="keeps the divisor from 0")
    warmup_steps: int = field(0, at_least=0, whole=True, help="steps in which the rate grows")

    def build(self, variables: Iterable[Variable]) -> None:
        if not self.built:
            super().build(variables)
            for z, y in zip(self._slots["z"], self._trainable_variables, strict=True):
                z.assign(y)

    def update(self, w: Any, g: Any, *, z: Any, v: Any, t: Any, rate: Any) -> Any:
        if self.warmup_steps:
            rate = rate * minimum(t / self.warmup_steps, 1)
        v = self.beta_2 * v + (1 - self.beta_2) * square(g)
        x = (w - (1 - self.beta_1) * z) / self.beta_1
        z = z - rate * g / (sqrt(v / (1 - self.beta_2 ** t)) + self.epsilon)
        x = (1 - 1 / t) * x + z / t
        return (1 - self.beta_1) * z + self.beta_1 * x, z, v
