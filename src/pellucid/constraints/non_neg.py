"""Weights that may not be negative."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import maximum
from pellucid.constraints.base import Constraint


class NonNeg(Constraint):
    r"""Negative weights become 0: :math:`w ← \max(w, 0)`.

    >>> import numpy as np
    >>> NonNeg()(np.array([-1.0, 2.0])).tolist()
    [0.0, 2.0]

    Use: weights that mean amounts, shares or effects of known sign.
    Pros: can be read as parts of a whole; often sparse.
    Cons: what the sign forbids cannot be learned; weights that reach 0 may stay there.
    Source: D. Lee and H. Seung, "Learning the parts of objects by non-negative matrix
    factorization" (1999).
    """

    def __call__(self, w: Any) -> Any:
        return maximum(w, 0)
