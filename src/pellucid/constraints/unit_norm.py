"""Weights of length one."""

from __future__ import annotations

from typing import Any

from pellucid.constraints.base import Constraint, lengths
from pellucid.core.fields import field
from pellucid.core.settings import epsilon
from pellucid.core.tensor import convert


class UnitNorm(Constraint):
    r"""Each vector along ``axis`` has length 1: :math:`w ← w / (\lVert w \rVert + ε)`.

    >>> import numpy as np
    >>> UnitNorm()(np.array([[3.0], [4.0]])).numpy().round(6).ravel().tolist()
    [0.6, 0.8]
    """

    axis: Any = field(0, help="the axis, or axes, along which a vector lies")

    def __call__(self, w: Any) -> Any:
        w = convert(w)
        return w / (epsilon() + lengths(w, self.axis))
