"""The average that forgets: old values count less and less."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, user_line


def ewma(x: Any, beta: float, *, corrected: bool = False) -> np.ndarray:
    r"""Exponentially weighted moving average of numbers that come one after the other.

    .. math:: V_t = β V_{t-1} + (1 - β) x_t, \qquad V_0 = x_0

    It remembers about the last 1/(1 - β) values. With ``corrected`` it starts from nothing instead
    and is divided by the weight that it has gathered so far, :math:`1 - β^{t+1}`: this is how
    `Adam` begins. The same rule keeps batch normalization's statistics, and the averages of
    weights of an optimizer with ``use_ema=True``.

    Args:
        x: shape ``(n,)`` or ``(n, ...)``, the oldest first; the result has its shape.
        beta: β, at least 0 (no memory) and below 1.
        corrected: whether to start from nothing.

    Raises ArgumentError for a β out of range or an x without an order.

    >>> ewma([1.0, 2.0, 4.0], beta=0.5).tolist()
    [1.0, 1.5, 2.75]

    pandas calls it ``ewm(alpha=1 - beta, adjust=False)``; ``adjust=True`` is the corrected one.
    Source: C. Holt, "Forecasting seasonals and trends by exponentially weighted averages" (1957).
    """
    x = np.asarray(x, float)
    _check(beta)
    if x.ndim == 0:
        raise ArgumentError("ewma needs numbers in a row", got=float(x), where=user_line())
    averages = np.empty_like(x)
    v = np.zeros(x.shape[1:]) if corrected or not len(x) else x[0]
    for t, value in enumerate(x):
        v = beta * v + (1 - beta) * value
        averages[t] = v / (1 - beta ** (t + 1)) if corrected else v
    return averages


def ewma_weights(count: int, beta: float) -> np.ndarray:
    r"""How much each of ``count`` values counts in `ewma`, the newest first; they add up to 1.

    .. math:: V_t = (1 - β) \sum_{k=0}^{t-1} β^k x_{t-k} + β^t x_0

    Raises ArgumentError for a β out of range or a count below 1.

    >>> ewma_weights(4, beta=0.5).tolist()
    [0.5, 0.25, 0.125, 0.125]
    """
    _check(beta)
    if count < 1:
        raise ArgumentError("count must be at least 1", got=count, where=user_line())
    weights = (1 - beta) * beta ** np.arange(count, dtype=float)
    weights[-1] = beta ** (count - 1)                    # the first value stands for all before it
    return weights


def _check(beta: float) -> None:
    if not 0 <= beta < 1:
        raise ArgumentError("beta must be at least 0 and below 1", got=beta, where=user_line(),
                            hint="0.9 remembers about ten values")
