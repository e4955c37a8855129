"""Each weight's step is measured in the recent size of its own gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pellucid.atoms import sqrt, square
from pellucid.core.fields import field
from pellucid.optimizers.base import Optimizer


class RMSprop(Optimizer):
    r"""Divide each gradient by the root of the moving mean of its square.

    .. math:: v ← ρ v + (1 - ρ) g^2, \qquad w ← w - η g / \sqrt{v + ε}

    ``centered`` divides by the standard deviation instead (:math:`v - a^2 + ε` under the root, with
    a the moving mean of g), ``momentum`` adds up the steps: :math:`m ← μ m + η g / \sqrt{v + ε}`.

    >>> from pellucid.core.tensor import convert
    >>> from pellucid.core.variable import Variable
    >>> w = Variable(1.0)
    >>> RMSprop(0.001).apply([convert(1.0)], [w])
    >>> round(float(w), 6)
    0.996838

    ε stands inside the root, as in Keras; PyTorch has it outside.
    Source: G. Hinton, lecture 6e of "Neural networks for machine learning" (2012).

    Use: recurrent networks and reinforcement learning, where gradients change their size.
    Pros: each weight has a rate of its own, which follows the recent gradients; one number of state
    for each weight.
    Cons: no correction for the start; Adam adds momentum to it.
    """

    state: ClassVar[dict[str, str]] = {"v": "velocity", "m": "momentum", "a": "average_gradient"}
    learning_rate: Any = field(0.001, at_least=0, symbol="η", help="how far to go")
    rho: float = field(0.9, at_least=0, below=1, symbol="ρ", help="memory of the mean square")
    momentum: float = field(0.0, at_least=0, at_most=1, symbol="μ", help="memory of the steps")
    epsilon: float = field(1e-7, at_least=0, symbol="ε", help="keeps the root from 0")
    centered: bool = field(False, help="whether to take the mean out of the mean square")

    def groups(self) -> Sequence[Sequence[str]]:
        return [("v",), *[("m",)] * (self.momentum > 0), *[("a",)] * self.centered]

    def update(self, w: Any, g: Any, *, v: Any, m: Any = None, a: Any = None, t: Any,
               rate: Any) -> Any:
        v = self.rho * v + (1 - self.rho) * square(g)
        spread = v
        if self.centered:
            a = self.rho * a + (1 - self.rho) * g
            spread = v - square(a)
        step = rate * g / sqrt(spread + self.epsilon)
        if self.momentum > 0:
            step = m = self.momentum * m + step
        return w - step, *(each for each in (v, m, a) if each is not None)
