"""A penalty on rows, or columns, that point the same way."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import abs, eye, matmul, maximum, sqrt, square, sum, transpose
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.settings import epsilon
from pellucid.core.tensor import convert
from pellucid.regularizers.base import Regularizer


class OrthogonalRegularizer(Regularizer):
    r"""λ times the mean of \|cos\| of the angles between each two rows (or columns).

    .. math:: Ω = \frac{λ}{n (n - 1)} \sum_{i ≠ j} \frac{|w_i \cdot w_j|}{|w_i| |w_j|}

    It is 0 for rows at right angles and λ for parallel ones. Raises ShapeError unless the weight
    is a matrix.

    >>> import numpy as np
    >>> round(float(OrthogonalRegularizer(0.1)(np.array([[1.0, 0.0], [2.0, 0.0]]))), 6)
    0.1

    Use: kernels whose units should learn different things.
    Pros: units that point the same way are pulled apart; blind to their lengths.
    Cons: matrices only; a matrix product for each step; more units than inputs cannot all be at
    right angles.
    Source: N. Bansal et al., "Can we gain more from orthogonality regularizations in training deep
    networks?" (2018).
    """

    factor: float = field(0.01, at_least=0, symbol="λ", help="strength")
    mode: str = field("rows", one_of=("rows", "columns"),
                      help="what is kept apart")

    def __call__(self, x: Any) -> Any:
        x = convert(x)
        if x.ndim != 2:
            raise ShapeError("OrthogonalRegularizer needs a matrix", got=f"shape {x.shape}",
                             where=user_line())
        rows = x if self.mode == "rows" else transpose(x)
        n = rows.shape[0]
        longest = maximum(sum(square(rows), axis=1, keepdims=True), epsilon() ** 2)
        unit = rows / sqrt(longest)                  # the floor keeps a row of zeros finite
        cosines = matmul(unit, transpose(unit)) * (1 - eye(n, dtype=x.dtype))
        return self.factor * sum(abs(cosines)) / (n * (n - 1))
