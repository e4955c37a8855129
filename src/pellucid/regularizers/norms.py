"""Penalties on the size of weights: `L1`, `L2` and both."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import abs, square, sum
from pellucid.core.fields import field
from pellucid.core.tensor import convert
from pellucid.regularizers.base import Regularizer


class L1(Regularizer):
    r"""The sum of absolute values, which drives weights to exactly 0: :math:`λ \sum |w|`.

    >>> import numpy as np
    >>> round(float(L1(0.1)(np.array([1.0, -2.0]))), 6)
    0.3
    """

    l1: Any = field(0.01, at_least=0, symbol="λ")

    def __call__(self, x: Any) -> Any:
        return self.l1 * sum(abs(convert(x)))


class L2(Regularizer):
    r"""The sum of squares, which keeps all weights small: :math:`λ \sum w^2`.

    There is no factor ½, as in Keras, so its gradient is 2λw: with :math:`\frac{λ}{2} \sum w^2`
    the step is :math:`(1 - ηλ) w - η \, ∂L/∂w`, and that λ is twice this one.

    >>> import numpy as np
    >>> round(float(L2(0.1)(np.array([1.0, -2.0]))), 6)
    0.5
    """

    l2: Any = field(0.01, at_least=0, symbol="λ")

    def __call__(self, x: Any) -> Any:
        return self.l2 * sum(square(convert(x)))


class L1L2(Regularizer):
    r"""Both at once: :math:`λ_1 \sum |w| + λ_2 \sum w^2` (the elastic net).

    >>> import numpy as np
    >>> round(float(L1L2(0.1, 0.1)(np.array([1.0, -2.0]))), 6)
    0.8
    """

    l1: Any = field(0.0, at_least=0, symbol="λ₁")
    l2: Any = field(0.0, at_least=0, symbol="λ₂")

    def __call__(self, x: Any) -> Any:
        return L1(self.l1)(x) + L2(self.l2)(x)
