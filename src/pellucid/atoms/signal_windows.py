"""Windows: weights that let a piece of a signal fade in and out.

A window is 1 or nearly so in its middle and falls to both sides. Each is said once, as a function
of how far a number is from the middle; `window_of` makes any of them, in the names of SciPy's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, KindError, unknown_name, user_line
from pellucid.core.kinds import SEVERAL, shown
from pellucid.core.settings import floatx
from pellucid.core.tensor import Tensor

# (r, n) → weights: r is 0 in the middle and 1 at the first and the last of n numbers
Fall = Callable[[np.ndarray, int], np.ndarray]


def _cosines(*a: float) -> Fall:
    """a₀ + a₁ cos πr + a₂ cos 2πr + …"""
    return lambda r, n: sum((each * np.cos(k * np.pi * r) for k, each in enumerate(a)), 0 * r)


def _steps(r: np.ndarray, n: int) -> np.ndarray:
    """How many numbers away the middle is."""
    return r * (n - 1) / 2


def _parzen(r: np.ndarray, n: int) -> np.ndarray:
    """Four boxes blurred into one bell: two cubics that meet halfway."""
    u = _steps(r, n) / (n / 2)
    return np.where(r <= 0.5, 1 - 6 * u**2 + 6 * u**3, 2 * (1 - u)**3)


def _taylor(r: np.ndarray, n: int) -> np.ndarray:
    """Taylor's for antennas: the first 4 lobes beside the main one are 30 decibels below it."""
    lobes, below = 4, 30.0
    a2 = (math.acosh(10 ** (below / 20)) / math.pi) ** 2
    k = np.arange(1, lobes)
    width = lobes**2 / (a2 + (lobes - 0.5)**2)
    waves = [1.0]
    for m in range(1, lobes):
        others = k[k != m]
        waves.append((-1) ** (m + 1) * np.prod(1 - m**2 / width / (a2 + (k - 0.5)**2))
                     / np.prod(1 - m**2 / others**2))
    return _cosines(*np.array(waves) / sum(waves))(2 * _steps(r, n) / n, n)


WINDOWS: dict[str, Fall] = {
    "boxcar": _cosines(1.0), "hann": _cosines(0.5, 0.5), "hamming": _cosines(0.54, 0.46),
    "blackman": _cosines(0.42, 0.5, 0.08),
    "nuttall": _cosines(0.3635819, 0.4891775, 0.1365995, 0.0106411),
    "blackmanharris": _cosines(0.35875, 0.48829, 0.14128, 0.01168),
    "flattop": _cosines(0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
    "bartlett": lambda r, n: 1 - r,
    "triangle": lambda r, n: 1 - _steps(r, n) / ((n + n % 2) / 2),
    "barthann": lambda r, n: 0.62 - 0.24 * r + 0.38 * np.cos(np.pi * r),
    "bohman": lambda r, n: (1 - r) * np.cos(np.pi * r) + np.sin(np.pi * r) / np.pi,
    "cosine": lambda r, n: np.cos(np.pi * _steps(r, n) / n),
    "exponential": lambda r, n: np.exp(-_steps(r, n)),
    "lanczos": lambda r, n: np.sinc(r),
    "parzen": _parzen,
    "taylor": _taylor,
    "tukey": lambda r, n: (1 + np.cos(np.pi * np.maximum(2 * r - 1, 0))) / 2,
}
# SciPy's other names for them
ALSO = {"bart": "bartlett", "bkh": "blackmanharris", "black": "blackman",
        "blackharr": "blackmanharris", "blk": "blackman", "bman": "bohman", "bmn": "bohman",
        "box": "boxcar", "brt": "bartlett", "brthan": "barthann", "bth": "barthann",
        "flat": "flattop", "flt": "flattop", "halfcosine": "cosine", "ham": "hamming",
        "hamm": "hamming", "han": "hann", "nut": "nuttall", "nutl": "nuttall", "ones": "boxcar",
        "par": "parzen", "parz": "parzen", "poisson": "exponential", "rect": "boxcar",
        "rectangular": "boxcar", "sinc": "lanczos", "taylorwin": "taylor", "tri": "triangle",
        "triang": "triangle", "tuk": "tukey"}


def window_of(name: str, length: int, periodic: bool = False) -> np.ndarray:
    """``length`` weights of the window with a name: "hann", "hamming", "blackman", "triang", …

    A periodic one begins anew with the next piece: it is the symmetric one of a number more, cut
    short. The ends "_periodic" and "_symmetric" of a name say it too. Raises ArgumentError for a
    name that is none, or that needs numbers of its own (as "kaiser" does).

    >>> window_of("hann", 3).tolist(), window_of("hann", 2, periodic=True).tolist()
    ([0.0, 1.0, 0.0], [0.0, 1.0])

    Source: F. Harris, "On the use of windows for harmonic analysis with the discrete Fourier
    transform" (1978).
    """
    for end in ("_periodic", "_symmetric"):
        if name.endswith(end):
            name, periodic = name.removesuffix(end), end == "_periodic"
    fall = WINDOWS.get(ALSO.get(name, name))
    if fall is None:
        raise unknown_name("window", name, [*WINDOWS, *ALSO])
    if length == 1:
        return np.ones(1)
    n = length + periodic
    return fall(np.abs(np.linspace(-1, 1, n)), n)[:length]


def as_window(given: Any) -> Any:
    """A window as people give it: a name that `window_of` knows, None, or the numbers, as a list.

    Raises ArgumentError for another name, KindError for anything else.

    >>> as_window("hann"), as_window(np.array([0.5, 1.0]))
    ('hann', [0.5, 1.0])
    """
    if isinstance(given, str):
        window_of(given, 1)                              # says so if there is none of that name
        return given
    if given is None:
        return None
    if not SEVERAL.fits(given) or np.ndim(given) != 1:
        raise KindError("must be the name of a window, its numbers in a row, or None",
                        got=shown(given), where=user_line())
    return np.asarray(given, float).tolist()


def _window(name: str, values: Callable[..., np.ndarray], x: Any, *more: float) -> Tensor:
    """A window of so many numbers, in the default float type."""
    length = int(x)
    if length < 0:
        raise ArgumentError(f"{name} needs a length of at least 0", got=length, where=user_line())
    return Tensor(np.asarray(values(length, *more), floatx()))


def bartlett(x: Any) -> Tensor:
    """A triangle of x numbers, 0 at both ends.

    >>> bartlett(5).tolist()
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    return _window("bartlett", lambda n: window_of("bartlett", n), x)


def hanning(x: Any) -> Tensor:
    """A raised cosine of x numbers: 0.5 - 0.5 cos(2πn / (x - 1)).

    >>> hanning(3).tolist()
    [0.0, 1.0, 0.0]
    """
    return _window("hanning", lambda n: window_of("hann", n), x)


def hamming(x: Any) -> Tensor:
    """A raised cosine of x numbers that stops short of 0: 0.54 - 0.46 cos(2πn / (x - 1)).

    >>> hamming(3).numpy().round(2).tolist() == np.array([0.08, 1.0, 0.08], "float32").tolist()
    True
    """
    return _window("hamming", lambda n: window_of("hamming", n), x)


def blackman(x: Any) -> Tensor:
    """Two cosines of x numbers: 0.42 - 0.5 cos(2πn / (x - 1)) + 0.08 cos(4πn / (x - 1)).

    >>> abs(blackman(3).numpy().round(6)).tolist()
    [0.0, 1.0, 0.0]
    """
    return _window("blackman", lambda n: window_of("blackman", n), x)


def kaiser(x: Any, beta: Any) -> Tensor:
    """A window of x numbers with nearly the most energy in its main lobe: I₀(β √(1 - t²)) / I₀(β).

    t runs from -1 to 1; β, 0 for a rectangle, trades the width of the lobe for its neighbours.

    >>> kaiser(3, 0.0).tolist()
    [1.0, 1.0, 1.0]
    """
    return _window("kaiser", np.kaiser, x, float(beta))
