"""Steps measured in the steps before: a rule that needs no rate."""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid.atoms import sqrt, square
from pellucid.core.fields import field
from pellucid.optimizers.base import Optimizer


class Adadelta(Optimizer):
    r"""Each step has the size of recent steps, divided by the size of recent gradients.

    .. math::
        v ← ρ v + (1 - ρ) g^2, \qquad
        d = -\frac{\sqrt{s + ε}}{\sqrt{v + ε}} g, \qquad
        s ← ρ s + (1 - ρ) d^2, \qquad w ← w + η d

    >>> from pellucid.core.tensor import convert
    >>> from pellucid.core.variable import Variable
    >>> w = Variable(1.0)
    >>> Adadelta(1.0).apply([convert(1.0)], [w])
    >>> round(float(w), 6)
    0.998586

    With η = 1 it is the paper's rule; Keras's default 0.001 makes it very slow.
    Source: M. Zeiler, "ADADELTA" (2012).

    Use: where no rate can be tried; then with learning_rate=1, as in the paper.
    Pros: the unit of the step is right by itself; hardly anything to choose.
    Cons: slow at Keras's default rate of 0.001; mostly behind Adam.
    """

    state: ClassVar[dict[str, str]] = {"v": "accumulated_grad", "s": "accumulated_delta_var"}
    learning_rate: Any = field(0.001, at_least=0, symbol="η", help="a factor on the step")
    rho: float = field(0.95, at_least=0, below=1, symbol="ρ", help="memory of both means")
    epsilon: float = field(1e-7, at_least=0, symbol="ε", help="lets the first step start")

    def update(self, w: Any, g: Any, *, v: Any, s: Any, t: Any, rate: Any) -> Any:
        v = self.rho * v + (1 - self.rho) * square(g)
        step = -sqrt(s + self.epsilon) / sqrt(v + self.epsilon) * g
        s = self.rho * s + (1 - self.rho) * square(step)
        return w + rate * step, v, s
