"""Penalties on the size of weights: `L1`, `L2` and both."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import abs, square, sum
from pellucid.core.fields import field
from pellucid.regularizers.base import Regularizer


def absolute(w: Any, λ: Any) -> Any:
    """λ Σ |w|."""
    return λ * sum(abs(w))


def squares(w: Any, λ: Any) -> Any:
    """λ Σ w²."""
    return λ * sum(square(w))


class L1(Regularizer):
    r"""The sum of absolute values, which drives weights to exactly 0: :math:`Ω = λ \sum |w|`.

    >>> import numpy as np
    >>> round(float(L1(0.1)(np.array([1.0, -2.0]))), 6)
    0.3

    Use: where few inputs matter, and the others should be left out altogether.
    Pros: weights become exactly 0, so features are selected; large weights are not punished more
    than they must.
    Cons: of inputs that tell the same it keeps one, by chance; the slope jumps at 0, so weights
    tremble there.
    Source: R. Tibshirani, "Regression shrinkage and selection via the lasso" (1996).
    """

    l1: float = field(0.01, at_least=0, optional=True, symbol="λ", help="strength")

    def settle(self) -> None:
        self.l1 = type(self).l1 if self.l1 is None else self.l1

    def __call__(self, x: Any) -> Any:
        return absolute(x, self.l1)


class L2(Regularizer):
    r"""The sum of squares, which keeps all weights small: :math:`λ \sum w^2`.

    There is no factor ½, as in Keras, so its gradient is 2λw: with :math:`\frac{λ}{2} \sum w^2`
    the step is :math:`(1 - ηλ) w - η \, ∂L/∂w`, and that λ is twice this one.

    >>> import numpy as np
    >>> round(float(L2(0.1)(np.array([1.0, -2.0]))), 6)
    0.5

    Use: against overfitting, in any network: the first penalty to try, 1e-4 to 1e-2.
    Pros: smooth; all weights shrink by a factor at each step, so none gets large.
    Cons: no weight becomes exactly 0; with Adam it is scaled away in part: there weight decay
    (`AdamW`) is better.
    Source: A. Hoerl and R. Kennard, "Ridge regression" (1970); A. Krogh and J. Hertz (1991).
    """

    l2: float = field(0.01, at_least=0, optional=True, symbol="λ", help="strength")

    def settle(self) -> None:
        self.l2 = type(self).l2 if self.l2 is None else self.l2

    def __call__(self, x: Any) -> Any:
        return squares(x, self.l2)


class L1L2(Regularizer):
    r"""Both at once: :math:`Ω = λ_1 \sum |w| + λ_2 \sum w^2` (the elastic net).

    >>> import numpy as np
    >>> round(float(L1L2(0.1, 0.1)(np.array([1.0, -2.0]))), 6)
    0.8

    Use: many inputs, some of which tell the same.
    Pros: selects as L1, and keeps groups of like inputs together as L2.
    Cons: two numbers to choose.
    Source: H. Zou and T. Hastie, "Regularization and variable selection via the elastic net"
    (2005).
    """

    l1: float = field(0.0, at_least=0, optional=True, symbol="λ₁", help="of the absolute values")
    l2: float = field(0.0, at_least=0, optional=True, symbol="λ₂", help="of the squares")

    def settle(self) -> None:
        self.l1, self.l2 = self.l1 or 0.0, self.l2 or 0.0

    def __call__(self, x: Any) -> Any:
        return absolute(x, self.l1) + squares(x, self.l2)
