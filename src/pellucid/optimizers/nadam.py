"""Adam that looks ahead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from pellucid.atoms import cast, sqrt, square
from pellucid.core.fields import field
from pellucid.core.names import inside
from pellucid.core.settings import floatx
from pellucid.core.variable import Variable
from pellucid.optimizers.base import Optimizer


class Nadam(Optimizer):
    r"""`Adam` whose mean gradient looks one step ahead, as Nesterov's momentum does.

    Its memory grows with time, :math:`u_t = β_1 (1 - \tfrac12 0.96^t)`, so the correction for the
    start at zero divides by the product :math:`U_t = u_1 u_2 … u_t`:

    .. math::
        m ← β_1 m + (1 - β_1) g, \qquad v ← β_2 v + (1 - β_2) g^2

        \hat m = \frac{u_{t+1} m}{1 - U_{t+1}} + \frac{(1 - u_t) g}{1 - U_t}, \qquad
        w ← w - η \frac{\hat m}{\sqrt{v / (1 - β_2^t)} + ε}

    >>> from pellucid.core.tensor import convert
    >>> w = Variable(1.0)
    >>> Nadam(0.001).apply([convert(1.0)], [w])
    >>> round(float(w), 6)
    0.998937

    Use: Adam where a little more speed at the start is wanted.
    Pros: looks one step ahead, as Nesterov's momentum does.
    Cons: seldom clearly better than Adam; two numbers of state for each weight.
    Source: T. Dozat, "Incorporating Nesterov momentum into Adam" (2016).
    """

    state: ClassVar[dict[str, str]] = {"m": "momentum", "v": "velocity"}
    learning_rate: Any = field(0.001, at_least=0, symbol="η", help="how far to go")
    beta_1: float = field(0.9, at_least=0, below=1, symbol="β₁", help="memory of the mean gradient")
    beta_2: float = field(0.999, at_least=0, below=1, symbol="β₂", help="memory of the mean square")
    epsilon: float = field(1e-7, at_least=0, symbol="ε", help="keeps the divisor from 0")

    def build(self, variables: Iterable[Variable]) -> None:
        if not self.built:
            super().build(variables)
            dtype = next((each.dtype for each in self._trainable_variables), floatx())
            with inside(self.name):
                self.product = Variable(1.0, dtype=dtype, trainable=False, name="u_product")

    def memory(self, t: Any) -> Any:
        """How much of the mean gradient step t keeps: u_t."""
        return self.beta_1 * (1 - 0.5 * 0.96 ** t)

    def prepare(self) -> None:
        t = cast(self.iterations + 1, dtype=self.product.dtype)
        self.product.assign(self.product * self.memory(t))

    def update(self, w: Any, g: Any, *, m: Any, v: Any, t: Any, rate: Any) -> Any:
        now, ahead = self.memory(t), self.memory(t + 1)
        product = cast(self.product, dtype=w.dtype)
        m = self.beta_1 * m + (1 - self.beta_1) * g
        v = self.beta_2 * v + (1 - self.beta_2) * square(g)
        m_hat = ahead * m / (1 - product * ahead) + (1 - now) * g / (1 - product)
        v_hat = v / (1 - self.beta_2 ** t)
        return w - rate * m_hat / (sqrt(v_hat) + self.epsilon), m, v
