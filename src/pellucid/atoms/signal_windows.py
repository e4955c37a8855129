"""Windows: weights that let a piece of a signal fade in and out."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.settings import floatx
from pellucid.core.tensor import Tensor


def _window(name: str, values: Any, x: Any, *more: float) -> Tensor:
    """NumPy's window of so many numbers, in the default float type."""
    length = int(x)
    if length < 0:
        raise ArgumentError(f"{name} needs a length of at least 0", got=length, where=user_line())
    return Tensor(np.asarray(values(length, *more), floatx()))


def bartlett(x: Any) -> Tensor:
    """A triangle of x numbers, 0 at both ends.

    >>> bartlett(5).tolist()
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    return _window("bartlett", np.bartlett, x)


def hanning(x: Any) -> Tensor:
    """A raised cosine of x numbers: 0.5 - 0.5 cos(2πn / (x - 1)).

    >>> hanning(3).tolist()
    [0.0, 1.0, 0.0]
    """
    return _window("hanning", np.hanning, x)


def hamming(x: Any) -> Tensor:
    """A raised cosine of x numbers that stops short of 0: 0.54 - 0.46 cos(2πn / (x - 1)).

    >>> hamming(3).numpy().round(2).tolist() == np.array([0.08, 1.0, 0.08], "float32").tolist()
    True
    """
    return _window("hamming", np.hamming, x)


def blackman(x: Any) -> Tensor:
    """Two cosines of x numbers: 0.42 - 0.5 cos(2πn / (x - 1)) + 0.08 cos(4πn / (x - 1)).

    >>> abs(blackman(3).numpy().round(6)).tolist()
    [0.0, 1.0, 0.0]
    """
    return _window("blackman", np.blackman, x)


def kaiser(x: Any, beta: Any) -> Tensor:
    """A window of x numbers with nearly the most energy in its main lobe: I₀(β √(1 - t²)) / I₀(β).

    t runs from -1 to 1; β, 0 for a rectangle, trades the width of the lobe for its neighbours.

    >>> kaiser(3, 0.0).tolist()
    [1.0, 1.0, 1.0]
    """
    return _window("kaiser", np.kaiser, x, float(beta))
