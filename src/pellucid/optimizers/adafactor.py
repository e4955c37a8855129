"""Adam's divisor kept as two thin means, one over rows and one over columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from pellucid.atoms import expand_dims, maximum, mean, minimum, sqrt, square
from pellucid.core.fields import field
from pellucid.core.names import inside
from pellucid.core.variable import Variable
from pellucid.optimizers.base import Optimizer


class Adafactor(Optimizer):
    r"""Measure each weight's step in its gradients, with little memory for what they were.

    Of a matrix only the mean squares of its rows, r, and of its columns, c, are remembered; their
    product stands for the mean square v of each number. Steps are as long as the weights are large:

    .. math::
        β = 1 - t^{\text{beta\_2\_decay}}, \qquad ρ = \min(η, 1/\sqrt t), \qquad
        α = ρ \max(ε_2, \mathrm{RMS}(w))

        r ← β r + (1 - β) \operatorname{mean}_{columns}(g^2 + ε_1), \qquad
        c ← β c + (1 - β) \operatorname{mean}_{rows}(g^2 + ε_1), \qquad
        v = \frac{r c}{\operatorname{mean}(r)}

        u = g / \sqrt v, \qquad w ← w - α \frac{u}{\max(1, \mathrm{RMS}(u) / d)}

    A vector keeps v itself: :math:`v ← β v + (1 - β)(g^2 + ε_1)`. Of more than two axes the last
    two are rows and columns.

    >>> from pellucid.core.tensor import convert
    >>> w = Variable(1.0)
    >>> Adafactor(0.001).apply([convert(1.0)], [w])
    >>> round(float(w), 6)
    0.999

    For large models, above all of language. As in Keras, v is stored as well, and the rate is held
    below :math:`1/\sqrt t` whatever ``relative_step`` says.
    Source: N. Shazeer, M. Stern, "Adafactor" (2018).

    Use: very large models, above all of language, where Adam's state does not fit into memory.
    Pros: rows and columns of squares in the place of a whole matrix; steps in proportion to the
    weights.
    Cons: a little worse than Adam where that fits; unsteady without a warm-up.
    """

    state: ClassVar[dict[str, str]] = {"r": "rows", "c": "columns", "v": "velocity"}
    learning_rate: Any = field(0.001, at_least=0, symbol="η", help="how far to go, at most")
    beta_2_decay: float = field(-0.8, at_most=0, help="how fast the memory of squares grows")
    epsilon_1: float = field(1e-30, at_least=0, symbol="ε₁", help="keeps the divisor from 0")
    epsilon_2: float = field(1e-3, at_least=0, symbol="ε₂", help="size below which no w counts")
    clip_threshold: float = field(1.0, above=0, symbol="d", help="RMS that no step exceeds")
    relative_step: bool = field(True, help="Keras's; the rate is held below 1/√t in any case")

    def groups(self) -> Sequence[Sequence[str]]:
        return []                                        # r and c are no weights' likenesses

    def build(self, variables: Iterable[Variable]) -> None:
        if not self.built:
            super().build(variables)
            rows = [self._means_of(each) for each in self._trainable_variables]
            self._slots.update(zip(self.state, map(list, zip(*rows, strict=True)), strict=True))

    def _means_of(self, w: Variable) -> tuple[Variable, Variable, Variable]:
        """r, c and v of a weight; where there are no rows and columns, two numbers of no use."""
        if len(w.shape) < 2:
            with inside(self.name):
                r, c = (Variable(0, trainable=False, name=w.name) for _ in range(2))
            self._track_variable(r)
            self._track_variable(c)
        else:
            r = self.add_variable(w.shape[:-1], dtype=w.dtype, name=w.name)
            c = self.add_variable((*w.shape[:-2], w.shape[-1]), dtype=w.dtype, name=w.name)
        return r, c, self.add_variable_from_reference(w, "velocity")

    def update(self, w: Any, g: Any, *, r: Any, c: Any, v: Any, t: Any, rate: Any) -> Any:
        beta = 1 - t ** self.beta_2_decay
        alpha = minimum(rate, 1 / sqrt(t)) * maximum(rms(w), self.epsilon_2)
        squares = square(g) + self.epsilon_1
        if len(w.shape) < 2:
            v = beta * v + (1 - beta) * squares
        else:
            r = beta * r + (1 - beta) * mean(squares, axis=-1)
            c = beta * c + (1 - beta) * mean(squares, axis=-2)
            v = expand_dims(r / mean(r, axis=-1, keepdims=True), axis=-1) * expand_dims(c, axis=-2)
        u = g / sqrt(v)
        return w - alpha * u / maximum(rms(u) / self.clip_threshold, 1), r, c, v


def rms(x: Any) -> Any:
    """The root of the mean square: the usual size of the numbers in x."""
    return sqrt(mean(square(x)))
