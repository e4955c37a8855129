"""Gradients kept from growing too long: by value, each by its norm, or all by their common norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid.atoms import cast, clip, maximum, sqrt, square, sum


def clip_by_value(g: Any, largest: float) -> Any:
    """Each number of g kept within ±largest."""
    return clip(g, -largest, largest)


def clip_by_norm(g: Any, longest: float) -> Any:
    """g, shortened to the length ``longest`` if it is longer; the direction stays."""
    return g * longest / maximum(sqrt(sum(square(g))), longest)


def clip_by_global_norm(gradients: Sequence[Any], longest: float) -> list[Any]:
    """All gradients times one factor, so that together they are at most ``longest`` long."""
    total = sqrt(_sum_of([sum(square(g)) for g in gradients]))
    factor = longest / maximum(total, longest) + (total - total)    # ∞ must end as NaN, not as 0
    return [g * cast(factor, dtype=g.dtype) for g in gradients]


def _sum_of(terms: Sequence[Any]) -> Any:
    first, *rest = terms
    for each in rest:
        first = first + each
    return first
