"""Weights that are exactly 0 unless their gradients insist."""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid.atoms import clip, square
from pellucid.core.fields import field
from pellucid.initializers import Constant
from pellucid.optimizers.base import Optimizer


class Ftrl(Optimizer):
    r"""Follow the regularized leader: the weight that would have been best so far, held small.

    z adds up the gradients, n their squares. The weight follows from both anew at each step, and
    stays 0 until :math:`|z| > λ_1`:

    .. math::
        n' = n + g^2, \qquad
        z ← z + g + 2 s w - \frac{n'^{-p} - n^{-p}}{η} w, \qquad n ← n'

        w = \frac{\operatorname{clip}(z, -λ_1, λ_1) - z}{(β + n^{-p}) / η + 2 λ_2}

    with p the ``learning_rate_power`` (-½: the divisor grows as the root of n).

    >>> from pellucid.core.tensor import convert
    >>> from pellucid.core.variable import Variable
    >>> w = Variable(1.0)
    >>> Ftrl(0.1).apply([convert(1.0)], [w])
    >>> round(float(w), 6)
    0.603142

    For shallow models with very many inputs, few of which are there at a time: λ₁ then leaves most
    weights 0. Source: H. McMahan et al., "Ad click prediction" (2013).

    Use: shallow models with very many sparse inputs, such as clicks on advertisements.
    Pros: weights that are exactly 0 (λ₁), so the model stays small; learns sample by sample.
    Cons: made for convex losses: a poor choice for deep networks; two numbers of state for each
    weight.
    """

    state: ClassVar[dict[str, str]] = {"n": "accumulator", "z": "linear"}
    learning_rate: Any = field(0.001, at_least=0, symbol="η", help="how far to go")
    learning_rate_power: float = field(-0.5, at_most=0, symbol="p",
                                       help="how fast steps shrink; 0 keeps the rate")
    initial_accumulator_value: float = field(0.1, at_least=0, symbol="n₀",
                                             help="where n begins")
    l1_regularization_strength: float = field(0.0, at_least=0, symbol="λ₁",
                                              help="how far z must go before w leaves 0")
    l2_regularization_strength: float = field(0.0, at_least=0, symbol="λ₂",
                                              help="how strongly w is held near 0")
    l2_shrinkage_regularization_strength: float = field(
        0.0, at_least=0, symbol="s", help="a penalty s w² in the loss, on top")
    beta: float = field(0.0, at_least=0, symbol="β", help="shortens the first steps")

    def initial(self, letter: str) -> Any:
        return Constant(self.initial_accumulator_value) if letter == "n" else "zeros"

    def update(self, w: Any, g: Any, *, n: Any, z: Any, t: Any, rate: Any) -> Any:
        power, lambda_1 = -self.learning_rate_power, self.l1_regularization_strength
        before, n = n, n + square(g)
        shrinking = 2 * self.l2_shrinkage_regularization_strength * w
        z = z + g + shrinking - (n ** power - before ** power) / rate * w
        divisor = (self.beta + n ** power) / rate + 2 * self.l2_regularization_strength
        return (clip(z, -lambda_1, lambda_1) - z) / divisor, n, z
