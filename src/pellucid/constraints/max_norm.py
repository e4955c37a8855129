"""Weights that may not grow too long."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import clip
from pellucid.constraints.base import Constraint, lengths, stretched
from pellucid.core.fields import field
from pellucid.core.kinds import AXES
from pellucid.core.tensor import convert


class MaxNorm(Constraint):
    r"""Each vector along ``axis`` is at most ``max_value`` long.

    .. math:: w ← w \min(\lVert w \rVert, c) / (\lVert w \rVert + ε)

    For a Dense kernel axis 0 means the weights of one unit; for a Conv2D kernel take (0, 1, 2).
    Source: N. Srivastava et al., "Dropout" (2014).

    >>> import numpy as np
    >>> MaxNorm(1.0)(np.array([[3.0], [4.0]])).numpy().round(6).ravel().tolist()
    [0.6, 0.8]

    Use: with dropout and high rates, where weights would else run away; 2 to 4 is usual.
    Pros: a hard bound, whatever the rate; directions stay as they are.
    Cons: no pull below the bound; one more number to choose.
    """

    max_value: float = field(2, at_least=0, infinite=True, symbol="c",
                             help="the longest that is allowed")
    axis: Any = field(0, kind=AXES, optional=True, help="axes along which a vector lies; None: all")

    def __call__(self, w: Any) -> Any:
        w = convert(w)
        length = lengths(w, self.axis)
        return stretched(w, length, clip(length, 0, self.max_value))
