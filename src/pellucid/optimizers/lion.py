"""Steps of one length, whose sign alone the gradients decide."""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid.atoms import sign
from pellucid.core.fields import field
from pellucid.optimizers.base import Optimizer


class Lion(Optimizer):
    r"""Every weight moves by exactly η, up or down.

    .. math::
        w ← w - η \, \mathrm{sign}(β_1 m + (1 - β_1) g), \qquad m ← β_2 m + (1 - β_2) g

    >>> from pellucid.core.tensor import convert
    >>> from pellucid.core.variable import Variable
    >>> w = Variable(1.0)
    >>> Lion(0.001).apply([convert(5.0)], [w])
    >>> round(float(w), 6)
    0.999

    Use: large models and large batches, with a rate 3 to 10 times below Adam's and more decay.
    Pros: one number of state for each weight; all steps have one size.
    Cons: noisy for small batches, where signs are a matter of luck; the rate must be found anew.
    Source: X. Chen et al., "Symbolic discovery of optimization algorithms" (2023).
    """

    state: ClassVar[dict[str, str]] = {"m": "momentum"}
    learning_rate: Any = field(0.001, at_least=0, symbol="η", help="how far to go")
    beta_1: float = field(0.9, above=0, at_most=1, symbol="β₁", help="memory of the direction")
    beta_2: float = field(0.99, at_least=0, at_most=1, symbol="β₂", help="memory of the mean")

    def update(self, w: Any, g: Any, *, m: Any, t: Any, rate: Any) -> Any:
        direction = self.beta_1 * m + (1 - self.beta_1) * g
        return w - rate * sign(direction), self.beta_2 * m + (1 - self.beta_2) * g
