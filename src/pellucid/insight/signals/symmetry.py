"""Symmetry: units that start alike get the same gradients, so they stay alike for ever."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.errors import ShapeError, user_line


def distinct_units(kernel: Any, *, tolerance: float = 1e-5) -> int:
    """How many units of a layer differ: those whose incoming weights no unit before them has.

    ``kernel`` has shape ``(..., units)``, as in `Dense` and the convolutions. Two units count as
    alike where no weight differs by more than ``tolerance`` times the largest of the kernel, or
    of 32 units that all compute the same thing rounding would make 32. Raises ShapeError for a
    kernel with less than two axes.

    >>> distinct_units([[1.0, 1.0, 2.0], [0.5, 0.5, 0.5]])
    2
    """
    kernel = np.asarray(kernel, np.float64)
    if kernel.ndim < 2:
        raise ShapeError("distinct_units needs a kernel of shape (..., units)",
                         got=f"shape {kernel.shape}", where=user_line())
    units = kernel.reshape(-1, kernel.shape[-1]).T
    nearest = tolerance * np.abs(units).max(initial=0)
    return sum(not any(np.abs(unit - other).max() <= nearest for other in units[:k])
               for k, unit in enumerate(units))
