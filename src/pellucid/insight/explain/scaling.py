"""Losses that differ by a factor: with a ½ in front, or the sum over the rows in place of the mean.

All gradients have the same factor then, and the weights move as much further or less far.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from pellucid.insight.explain.worlds import Derivation

ROW = re.compile(r"\[(\d+)\]$")        # ŷ[2] is of row 2
LOSS = "L"


def factors(derivation: Derivation) -> Iterator[tuple[float, str]]:
    """The factors that a loss may have too many, each with what was done there.

    Nothing where there is no loss: in a descent on a function.
    """
    if LOSS not in derivation.by_name:
        return
    rows = rows_of(derivation)
    whole = f"the sum over the {rows} rows, not their mean"
    yield 0.5, "a factor ½ too many"
    yield 2.0, f"a factor 2 too many{f' ({whole})' if rows == 2 else ''}"
    if rows > 2:
        yield float(rows), whole
        yield 1 / rows, f"divided by the {rows} rows once too often"


def rows_of(derivation: Derivation) -> int:
    """How many rows the derivation is about."""
    outputs = [line for line in derivation.lines if line.name.startswith(("ŷ", "Ŷ"))]
    counted = [int(found[1]) for line in outputs if (found := ROW.search(line.name))]
    stacked = [np.shape(line.value)[0] for line in outputs
               if line.name.startswith("Ŷ") and np.ndim(line.value)]
    return max([1, *counted, *stacked])


def scaled(derivation: Derivation, target: int, factor: float, values: Sequence[Any]) -> Any:
    """The value of a line where the loss, and so each gradient, has one more factor."""
    if derivation.lines[target].name == LOSS:
        return factor * values[target]
    slopes = {place: factor * values[place] for place in derivation.slopes}
    return derivation.again(slopes, target, values)[target]
