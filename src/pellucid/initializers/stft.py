"""Kernels that transform: the waves of a short-time Fourier transform as first values."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core import dtypes
from pellucid.core.errors import ShapeError, unknown_name, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import convert
from pellucid.initializers.base import Initializer

# Windows that are sums of cosines: a₀ - a₁ cos(2πn/N) + a₂ cos(4πn/N) - …
WINDOWS: dict[str, tuple[float, ...]] = {
    "boxcar": (1.0,), "hann": (0.5, 0.5), "hamming": (0.54, 0.46), "blackman": (0.42, 0.5, 0.08),
    "nuttall": (0.3635819, 0.4891775, 0.1365995, 0.0106411),
    "blackmanharris": (0.35875, 0.48829, 0.14128, 0.01168),
    "flattop": (0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
}


class STFT(Initializer):
    r"""Waves under a window: a convolution with them is a short-time Fourier transform.

    For a kernel of shape (T, 1, F), T the length of a frame and F the number of frequencies from 0
    to half a turn per step, with the side "real":

    .. math:: w_{t, 0, f} = \cos(2π t f / (2 F - 2)) \cdot window_t / scale

    and -sin in place of cos for the side "imag". ``scaling`` "density" divides by √Σ window²,
    "spectrum" by Σ |window|. ``window`` is a name, T numbers, or None; ``periodic`` lets a named
    one begin anew with the next frame. Raises ShapeError for another shape.

    >>> STFT(window=None)((4, 1, 3))[:, 0, 2].numpy().round(3).tolist()
    [1.0, -1.0, 1.0, -1.0]

    Use: a convolution that turns sound into a spectrogram; its kernel is mostly left untrained.
    Pros: a transform as an ordinary layer, which may go on learning.
    Cons: dearer than a fast Fourier transform for long frames; one side (cosines or sines) for each
    kernel.
    """

    side: str = field("real", one_of=("real", "imag"), help="cosines, or sines")
    window: Any = field("hann", help="a name, the numbers themselves, or None")
    scaling: str | None = field("density", one_of=("density", "spectrum", None),
                                help="what the window is divided by")
    periodic: bool = field(False, help="whether a named window ends one step before its beginning")

    def settle(self) -> None:
        if isinstance(self.window, str) and self.window not in WINDOWS:
            raise unknown_name("window", self.window, WINDOWS)

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        shape = tuple(shape)
        if len(shape) != 3 or shape[1] != 1 or shape[2] < 2:
            raise ShapeError("STFT fills kernels of shape (frame, 1, frequencies), with at least 2 "
                             "frequencies", got=f"shape {shape}", where=user_line())
        frame, _, frequencies = shape
        turns = np.outer(np.arange(frame), np.arange(frequencies)) / (2 * frequencies - 2)
        waves = np.cos(2 * np.pi * turns) if self.side == "real" else -np.sin(2 * np.pi * turns)
        if self.window is not None:
            waves = waves * self._scaled_window(frame)[:, None]
        return convert(waves[:, None, :], dtypes.standardize(dtype))

    def _scaled_window(self, frame: int) -> np.ndarray:
        if isinstance(self.window, str):
            window = window_of(self.window, frame, self.periodic)
        else:
            window = np.asarray(self.window, float)
        if window.shape != (frame,):
            raise ShapeError(f"STFT's window must have the {frame} numbers of a frame",
                             got=f"shape {window.shape}", where=user_line())
        scales = {"density": np.sqrt(np.sum(window ** 2)), "spectrum": np.sum(np.abs(window))}
        return window / scales.get(str(self.scaling), 1.0)


def window_of(name: str, length: int, periodic: bool) -> np.ndarray:
    """A window of the table; a periodic one is the symmetric one of a number more, cut short.

    >>> window_of("hann", 3, periodic=False).tolist()
    [0.0, 1.0, 0.0]
    """
    if length == 1:
        return np.ones(1)
    turn = 2 * np.pi * np.arange(length) / (length if periodic else length - 1)
    terms = [(-1) ** k * a * np.cos(k * turn) for k, a in enumerate(WINDOWS[name])]
    return np.sum(terms, axis=0)
