"""Weights that may not be negative."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import maximum
from pellucid.constraints.base import Constraint
from pellucid.core.tensor import convert


class NonNeg(Constraint):
    """Negative weights become 0.

    >>> import numpy as np
    >>> NonNeg()(np.array([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """

    def __call__(self, w: Any) -> Any:
        return maximum(convert(w), 0)
