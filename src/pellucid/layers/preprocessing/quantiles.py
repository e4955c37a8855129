"""Where to cut numbers into parts of equal size, from a summary of bounded length.

A summary is two rows: places, and how many numbers each of them stands for. Batches are summarized
and merged one by one, so the data need never be in memory at once.

Source: Q. Zhang and W. Wang, "A fast algorithm for approximate quantiles in high speed data
streams" (2007); the steps are those of Keras.
"""

from __future__ import annotations

import numpy as np

EMPTY = np.zeros((2, 0), np.float32)


def summarized(values: np.ndarray, epsilon: float) -> np.ndarray:
    """The summary of one batch: about 1 / epsilon of its numbers, at equal distances in order.

    >>> summarized(np.array([5.0, 1.0, 3.0, 4.0]), 0.5).tolist()
    [[3.0, 5.0], [2.0, 2.0]]
    """
    ordered = np.sort(values, axis=None)
    step = max(len(ordered) / (1 / epsilon), 1)
    places = ordered[int(step - 1)::int(step)]
    return np.stack([places, np.full_like(places, step)])


def merged(one: np.ndarray, other: np.ndarray, epsilon: float) -> np.ndarray:
    """The summary of the data of two."""
    both = np.concatenate([one, other], axis=1)
    return compressed(both[:, np.argsort(both[0])], epsilon)


def compressed(summary: np.ndarray, epsilon: float) -> np.ndarray:
    """The summary with a place for each share of epsilon, by interpolation."""
    places, weights = summary
    if len(places) * epsilon < 1:
        return summary
    shares = epsilon + np.arange(0.0, 1.0, epsilon)
    below = weights.cumsum()                             # how many numbers lie up to each place
    cut = np.interp(shares, below / below[-1], places)
    count = np.interp(shares, below / below[-1], below)
    return np.stack([cut, np.diff(count, prepend=0.0)]).astype(np.float32)


def boundaries(summary: np.ndarray, parts: int) -> list[float]:
    """The places between so many parts of equal size.

    >>> boundaries(summarized(np.arange(1.0, 101.0), 0.01), 4)
    [25.0, 50.0, 75.0]
    """
    return compressed(summary, 1 / parts)[0, :-1].tolist()
