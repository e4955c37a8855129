"""Weights of length one."""

from __future__ import annotations

from typing import Any

from pellucid.constraints.base import Constraint, lengths
from pellucid.core.fields import field
from pellucid.core.kinds import AXES
from pellucid.core.settings import epsilon
from pellucid.core.tensor import convert


class UnitNorm(Constraint):
    r"""Each vector along ``axis`` has length 1: :math:`w ← w / (\lVert w \rVert + ε)`.

    >>> import numpy as np
    >>> UnitNorm()(np.array([[3.0], [4.0]])).numpy().round(6).ravel().tolist()
    [0.6, 0.8]

    Use: where only directions count: cosine classifiers, embeddings.
    Pros: lengths can neither vanish nor run away.
    Cons: a layer that cannot make its output larger: a factor after it has to.
    """

    axis: Any = field(0, kind=AXES, optional=True, help="axes along which a vector lies; None: all")

    def __call__(self, w: Any) -> Any:
        w = convert(w)
        return w / (epsilon() + lengths(w, self.axis))
