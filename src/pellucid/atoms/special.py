"""NumPy values of functions that NumPy lacks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_erf = np.frompyfunc(math.erf, 1, 1)
_KNOTS = np.arange(-96, 97) / 16                # erf is ±1 to the last bit beyond ±6
_TERMS = 14


def _derivatives() -> np.ndarray:
    """Taylor coefficients of erf at each knot: erf⁽ⁿ⁺¹⁾(c) = 2/√π (-1)ⁿ Hₙ(c) e^(-c²)."""
    c = _KNOTS
    hermite, before = np.ones_like(c), np.zeros_like(c)
    rows = [np.asarray(_erf(c), float)]
    factor = 2 / math.sqrt(math.pi) * np.exp(-c * c)
    for n in range(_TERMS):
        rows.append((-1) ** n * hermite * factor / math.factorial(n + 1))
        hermite, before = 2 * c * hermite - 2 * n * before, hermite
    return np.stack(rows)


_SERIES = _derivatives()


def erf(x: Any) -> np.ndarray:
    """The error function 2/√π ∫₀ˣ e^(-t²) dt, to 2 ulp in float64.

    A Taylor polynomial about the nearest of 193 knots, whose value there is the C library's.
    Near zero the knot is zero itself, so the relative error stays small.

    >>> erf([0.0, 6.0]).tolist()
    [0.0, 1.0]
    """
    x = np.asarray(x)
    z = np.clip(x.astype(np.float64), -6, 6)
    place = np.rint(np.nan_to_num(z) * 16).astype(np.int64)
    coefficients = _SERIES[:, place + 96]
    h = z - place / 16
    total = coefficients[_TERMS]
    for row in coefficients[_TERMS - 1::-1]:
        total = total * h + row
    return total.astype(x.dtype if x.dtype.kind == "f" else np.float64)
