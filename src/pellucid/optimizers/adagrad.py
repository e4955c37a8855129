"""Each weight's step is measured in all the gradients that it has had so far."""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid.atoms import sqrt, square
from pellucid.core.fields import field
from pellucid.initializers import Constant
from pellucid.optimizers.base import Optimizer


class Adagrad(Optimizer):
    r"""Weights that rarely have a gradient move far when they do.

    .. math:: v ← v + g^2, \qquad w ← w - η g / \sqrt{v + ε}

    >>> from pellucid.core.tensor import convert
    >>> from pellucid.core.variable import Variable
    >>> w = Variable(1.0)
    >>> Adagrad(0.001).apply([convert(1.0)], [w])
    >>> round(float(w), 6)
    0.999047

    ε stands inside the root, and v starts at 0.1, as in Keras.
    Source: J. Duchi et al., "Adaptive subgradient methods" (2011).

    Use: sparse inputs, such as words, where rare features need large steps.
    Pros: each weight has a rate of its own; rare features learn fast.
    Cons: squares only add up, so every rate sinks towards 0 and training stops by itself.
    """

    state: ClassVar[dict[str, str]] = {"v": "accumulator"}
    learning_rate: Any = field(0.001, at_least=0, symbol="η", help="how far to go")
    initial_accumulator_value: float = field(0.1, at_least=0, symbol="v₀",
                                             help="where v begins")
    epsilon: float = field(1e-7, at_least=0, symbol="ε", help="keeps the root from 0")

    def initial(self, letter: str) -> Any:
        return Constant(self.initial_accumulator_value)

    def update(self, w: Any, g: Any, *, v: Any, t: Any, rate: Any) -> Any:
        v = v + square(g)
        return w - rate * g / sqrt(v + self.epsilon), v
