"""Rows that a network is judged by while it learns: given by hand, or held out."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.kinds import shown

FORMS = "(X, y) or (X, y, sample_weight)"


def judges(given: Any) -> tuple[Any, ...]:
    """The parts of ``validation_data``.

    >>> judges([[[1.0]], [1]])
    ([[1.0]], [1])
    """
    if not isinstance(given, tuple | list):
        raise KindError(f"validation_data must be {FORMS}", got=shown(given), where=user_line())
    if len(given) not in (2, 3):
        raise ArgumentError(f"validation_data must be {FORMS}", where=user_line(),
                            got=f"{len(given)} part{'s' * (len(given) != 1)}")
    return tuple(given)


def enough(x: np.ndarray, hint: str) -> np.ndarray:
    """The rows themselves, if a score can be computed from so many: R² needs two."""
    if len(x) < 2:
        raise ArgumentError("there must be at least 2 rows to judge by", got=f"{len(x)}", hint=hint)
    return x


def held_out(arrays: tuple[np.ndarray, ...], share: float, seed: int, strata: Any) -> Any:
    """((x, y, weight), (x, y, weight)): rows to train on, and those to judge by."""
    from sklearn.model_selection import train_test_split

    parts: list[Any] = train_test_split(*arrays, test_size=share, random_state=seed,
                                        stratify=strata)
    enough(parts[1], "raise validation_fraction, or give validation_data")
    return tuple(parts[0::2]), tuple(parts[1::2])
