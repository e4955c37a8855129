"""Where the generated tests try an op: each operand is drawn from one of these."""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    """Numbers drawn uniformly from [low, high], or, if given, exactly these points."""

    low: float
    high: float
    points: tuple[float, ...] = ()


def uniform(low: float, high: float) -> Sample:
    """Numbers between low and high, away from the op's kinks."""
    return Sample(low, high)


def at(*points: float) -> Sample:
    """Exactly these numbers: edges, and ±1e4 where overflow would show."""
    return Sample(min(points), max(points), points)
