"""Saturation: outputs at the flat ends of an S, where the slope, and so the gradient, is near 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, user_line


def saturation(output: Any, low: float = -1.0, high: float = 1.0, *, within: float = 0.01) -> float:
    """The share of outputs that lie at an end of their range, within that part of its width.

    ``low`` and ``high`` are the ends that the activation tends to: -1 and 1 for tanh, 0 and 1 for
    sigmoid. Raises ArgumentError unless low < high and 0 < within < ½.

    >>> saturation(np.tanh([-9.0, 0.0, 0.5, 7.0]))
    0.5
    """
    if not low < high:
        raise ArgumentError("saturation needs low < high", got=f"{low} and {high}",
                            where=user_line())
    if not 0 < within < 0.5:
        raise ArgumentError("saturation's within must lie between 0 and 0.5", got=within,
                            where=user_line())
    output, margin = np.asarray(output), within * (high - low)
    return float(((output < low + margin) | (output > high - margin)).mean())
