"""Kernels that transform: the waves of a short-time Fourier transform as first values."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.signal_windows import as_window, window_of
from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import convert
from pellucid.initializers.base import Initializer


class STFT(Initializer):
    r"""Waves under a window: a convolution with them is a short-time Fourier transform.

    For a kernel of shape (T, 1, F), T the length of a frame and F the number of frequencies from 0
    to half a turn per step, with the side "real":

    .. math:: w_{t, 0, f} = \cos(2π t f / (2 F - 2)) \cdot window_t / scale

    and -sin in place of cos for the side "imag". ``scaling`` "density" divides by √Σ window²,
    "spectrum" by Σ |window|. ``window`` is a name (see `pellucid.atoms.signal_windows`), T numbers,
    or None; ``periodic`` lets a named one begin anew with the next frame. Raises ArgumentError for
    an unknown name, ShapeError for another shape.

    >>> STFT(window=None)((4, 1, 3))[:, 0, 2].numpy().round(3).tolist()
    [1.0, -1.0, 1.0, -1.0]

    Use: a convolution that turns sound into a spectrogram; its kernel is mostly left untrained.
    Pros: a transform as an ordinary layer, which may go on learning.
    Cons: dearer than a fast Fourier transform for long frames; one side (cosines or sines) for each
    kernel.
    """

    side: str = field("real", one_of=("real", "imag"), help="cosines, or sines")
    window: Any = field("hann", get=as_window, help="a name, the numbers themselves, or None")
    scaling: str | None = field("density", one_of=("density", "spectrum", None),
                                help="what the window is divided by")
    periodic: bool = field(False, help="whether a named window ends one step before its beginning")

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
        scale = {"density": np.sqrt(np.sum(window ** 2)), "spectrum": np.sum(np.abs(window))}.get(
            str(self.scaling), 1.0)
        if scale == 0:
            raise ArgumentError(f"STFT's window of {frame} numbers is 0 everywhere",
                                got=f"window={self.window!r}", where=user_line(),
                                hint="use longer frames, or periodic=True")
        return window / scale
