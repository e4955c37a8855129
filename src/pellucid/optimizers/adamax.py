"""Adam, measured in the largest recent gradient instead of the mean square."""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid.atoms import abs, maximum
from pellucid.core.fields import field
from pellucid.optimizers.base import Optimizer


class Adamax(Optimizer):
    r"""`Adam` with a fading maximum in place of the mean square.

    .. math::
        m ← β_1 m + (1 - β_1) g, \qquad u ← \max(β_2 u, |g|), \qquad
        w ← w - \frac{η}{1 - β_1^t} \frac{m}{u + ε}

    >>> from pellucid.core.tensor import convert
    >>> from pellucid.core.variable import Variable
    >>> w = Variable(1.0)
    >>> Adamax(0.001).apply([convert(1.0)], [w])
    >>> round(float(w), 6)
    0.999

    Use: sparse gradients, such as those of embeddings, where Adam's mean square is unsteady.
    Pros: steps of at most about the rate, whatever the gradients; needs no correction of u.
    Cons: one huge gradient makes steps small for long; two numbers of state for each weight.
    Source: D. Kingma, J. Ba, "Adam" (2014), section 7.
    """

    state: ClassVar[dict[str, str]] = {"m": "momentum", "u": "norm"}
    learning_rate: Any = field(0.001, at_least=0, symbol="η", help="how far to go")
    beta_1: float = field(0.9, at_least=0, below=1, symbol="β₁", help="memory of the mean gradient")
    beta_2: float = field(0.999, at_least=0, below=1, symbol="β₂", help="memory of the maximum")
    epsilon: float = field(1e-7, at_least=0, symbol="ε", help="keeps the divisor from 0")

    def update(self, w: Any, g: Any, *, m: Any, u: Any, t: Any, rate: Any) -> Any:
        m = self.beta_1 * m + (1 - self.beta_1) * g
        u = maximum(self.beta_2 * u, abs(g))
        return w - rate / (1 - self.beta_1 ** t) * m / (u + self.epsilon), m, u
