"""Adam whose steps are as long as the weights are, layer by layer."""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid.atoms import greater, logical_and, sqrt, square, sum, where
from pellucid.core.fields import field
from pellucid.optimizers.base import Optimizer


class Lamb(Optimizer):
    r"""`Adam`'s direction, with a length in proportion to the weight as a whole.

    .. math::
        m ← β_1 m + (1 - β_1) g, \qquad v ← β_2 v + (1 - β_2) g^2

        u = \frac{m / (1 - β_1^t)}{\sqrt{v / (1 - β_2^t)} + ε}, \qquad
        w ← w - η \frac{‖w‖}{‖u‖} u

    Where w or u is 0, the ratio is 1.

    >>> from pellucid.core.tensor import convert
    >>> from pellucid.core.variable import Variable
    >>> w = Variable([3.0, 4.0])
    >>> Lamb(0.1).apply([convert([1.0, 1.0])], [w])
    >>> [round(float(each), 4) for each in w]
    [2.6464, 3.6464]

    For very large batches, where one rate does not suit all layers.
    Source: Y. You et al., "Large batch optimization for deep learning" (2019).

    Use: very large batches, of thousands of samples.
    Pros: each layer's step is in proportion to its weights, so one rate suits all layers.
    Cons: no better than AdamW for usual batches; two numbers of state for each weight.
    """

    state: ClassVar[dict[str, str]] = {"m": "momentum", "v": "velocity"}
    learning_rate: Any = field(0.001, at_least=0, symbol="η", help="how far to go")
    beta_1: float = field(0.9, at_least=0, below=1, symbol="β₁", help="memory of the mean gradient")
    beta_2: float = field(0.999, at_least=0, below=1, symbol="β₂", help="memory of the mean square")
    epsilon: float = field(1e-7, at_least=0, symbol="ε", help="keeps the divisor from 0")

    def update(self, w: Any, g: Any, *, m: Any, v: Any, t: Any, rate: Any) -> Any:
        m = self.beta_1 * m + (1 - self.beta_1) * g
        v = self.beta_2 * v + (1 - self.beta_2) * square(g)
        u = m / (1 - self.beta_1 ** t) / (sqrt(v / (1 - self.beta_2 ** t)) + self.epsilon)
        w_norm, u_norm = norm(w), norm(u)
        both = logical_and(greater(w_norm, 0), greater(u_norm, 0))
        return w - rate * where(both, w_norm / u_norm, 1) * u, m, v


def norm(x: Any) -> Any:
    """‖x‖, the length of all numbers of x as one vector."""
    return sqrt(sum(square(x)))
