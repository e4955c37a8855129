"""The moving mean of the gradient, measured in the moving mean of its square."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pellucid.atoms import maximum, sqrt, square
from pellucid.core.fields import field
from pellucid.optimizers.base import Optimizer


class Adam(Optimizer):
    r"""Momentum and `RMSprop` in one, corrected for their start at zero.

    .. math::
        m ← β_1 m + (1 - β_1) g, \qquad v ← β_2 v + (1 - β_2) g^2

        w ← w - η \frac{\sqrt{1 - β_2^t}}{1 - β_1^t} \frac{m}{\sqrt v + ε}

    With ``amsgrad`` the largest v so far stands under the root.

    >>> from pellucid.core.tensor import convert
    >>> from pellucid.core.variable import Variable
    >>> w = Variable(1.0)
    >>> Adam(0.001).apply([convert(1.0)], [w])
    >>> round(float(w), 6)
    0.999

    This is the form with "ε-hat", as in Keras: ε is added to the root of the uncorrected v.
    PyTorch adds it to the root of the corrected one. Source: D. Kingma, J. Ba, "Adam" (2014);
    S. Reddi et al., "On the convergence of Adam and beyond" (2018).

    Use: the first choice for nearly every network.
    Pros: each weight has a rate of its own, and the default rate mostly works; momentum carries it
    over flat places; corrected for the start, as lecture notes often leave out.
    Cons: two numbers of state for each weight; SGD with momentum may do better on new data; decay
    through L2 is spoilt by its scaling: take `AdamW`.
    """

    state: ClassVar[dict[str, str]] = {"m": "momentum", "v": "velocity", "v_max": "velocity_hat"}
    learning_rate: Any = field(0.001, at_least=0, symbol="η", help="how far to go")
    beta_1: float = field(0.9, at_least=0, below=1, symbol="β₁", help="memory of the mean gradient")
    beta_2: float = field(0.999, at_least=0, below=1, symbol="β₂", help="memory of the mean square")
    epsilon: float = field(1e-7, at_least=0, symbol="ε", help="keeps the divisor from 0")
    amsgrad: bool = field(False, help="whether the divisor may never shrink")

    def groups(self) -> Sequence[Sequence[str]]:
        return [("m", "v"), *[("v_max",)] * self.amsgrad]

    def update(self, w: Any, g: Any, *, m: Any, v: Any, v_max: Any = None, t: Any,
               rate: Any) -> Any:
        m = self.beta_1 * m + (1 - self.beta_1) * g
        v = self.beta_2 * v + (1 - self.beta_2) * square(g)
        rate = rate * sqrt(1 - self.beta_2 ** t) / (1 - self.beta_1 ** t)
        if self.amsgrad:
            v_max = maximum(v_max, v)
            return w - rate * m / (sqrt(v_max) + self.epsilon), m, v, v_max
        return w - rate * m / (sqrt(v) + self.epsilon), m, v


class AdamW(Adam):
    r"""`Adam` with weight decay apart from the gradient: first :math:`w ← w - η λ w`, then Adam.

    >>> from pellucid.core.tensor import convert
    >>> from pellucid.core.variable import Variable
    >>> w = Variable(1.0)
    >>> AdamW(0.001).apply([convert(1.0)], [w])
    >>> round(float(w), 6)
    0.998996

    Use: the first choice where weights should decay: transformers, and most large networks.
    Pros: decay that the scaling of Adam does not spoil; otherwise as Adam.
    Cons: two numbers of state for each weight; the decay has to be chosen and depends on the rate.
    Source: I. Loshchilov, F. Hutter, "Decoupled weight decay regularization" (2019).
    """

    weight_decay: Any = field(0.004, at_least=0, symbol="λ", help="how much of w is lost")
    beta_1: float = Adam.fields["beta_1"]                # pyright: ignore
    beta_2: float = Adam.fields["beta_2"]                # pyright: ignore
    epsilon: float = Adam.fields["epsilon"]              # pyright: ignore
    amsgrad: bool = Adam.fields["amsgrad"]               # pyright: ignore
