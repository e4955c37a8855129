"""A spectrogram by convolution: which tones sound when, with waves that may go on learning."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms import (
    cast,
    concatenate,
    conv,
    log,
    maximum,
    reshape,
    split,
    sqrt,
    square,
    transpose,
)
from pellucid.atoms.signal_windows import as_window
from pellucid.atoms.trigonometry import arctan2
from pellucid.atoms.windows import FORMATS, count
from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, KindError, advise, user_line
from pellucid.core.fields import field
from pellucid.core.settings import epsilon
from pellucid.core.tensor import Tensor
from pellucid.core.variable import Variable
from pellucid.initializers import STFT
from pellucid.layers.spatial import Spatial

MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")
# (batch, channels, frames, frequencies) in the order asked for, with expand_dims and without
ORDERS = {("channels_last", True): (0, 2, 3, 1), ("channels_last", False): (0, 2, 1, 3),
          ("channels_first", True): (0, 1, 2, 3), ("channels_first", False): (0, 1, 3, 2)}


class STFTSpectrogram(Spatial):
    r"""Which tones sound when: every frame of a signal compared with waves of all frequencies.

    .. math:: X_{t,f} = \sum_n x_{t \cdot step + n} w_n e^{-2πi n f / N}

    with w the window, and N = ``fft_length`` (or one less, if that is odd). The waves under their
    window are kernels of a convolution: ``real_kernel`` (cosines) and ``imag_kernel`` (sines) begin
    as those of the transform, and are trained with the rest of a model unless ``trainable=False``.
    ``mode`` says what comes out: "real", "imag", both after each other ("stft"), "angle", |X|
    ("magnitude"), its logarithm ("log"), or the power |X|² in which each frequency but the first
    and the last counts twice ("psd"). Magnitudes below √ε count as √ε.

    Shapes: ``(batch, steps, channels)`` → ``(batch, frames, channels · frequencies)`` with
    N / 2 + 1 frequencies (twice as many for "stft"), every channel by itself; with ``expand_dims``
    an image, ``(batch, frames, frequencies, channels)``. With channels first: ``(batch, channels ·
    frequencies, frames)`` and ``(batch, channels, frames, frequencies)``.

    Raises ArgumentError where the lengths do not fit each other, KindError for signals that are no
    floats, ShapeError for signals shorter than a frame; warns where N is no power of two.

    >>> layer = STFTSpectrogram("magnitude", 8, 4, scaling=None, window=None)
    >>> wave = np.cos(2 * np.pi * np.arange(16) / 4)          # a turn in 4 steps: 2 in a frame
    >>> layer(wave.reshape(1, 16, 1)).numpy()[0, 0].round(2).tolist()
    [0.0, 0.0, 4.0, 0.0, 0.0]

    Use: sound or another vibration, as the first layer of a network that reads images or sequences.
    Pros: on every engine, with gradients; may go on learning with the model; any window.
    Cons: dearer than a fast Fourier transform for long frames; frames trade resolution in time for
    resolution in frequency.
    Source: D. Gabor, "Theory of communication" (1946); K. Cheuk et al., "nnAudio" (2020).
    """

    rank = 1
    in_need, way_out = " for one frame", 'use a shorter frame, or padding="same"'

    mode: str = field("log", one_of=MODES, help="what is shown of the transform")
    frame_length: int = field(256, at_least=1, whole=True, help="steps of the signal in a frame")
    frame_step: int | None = field(None, at_least=1, whole=True,
                                   help="steps from frame to frame; half a frame unless told")
    fft_length: int | None = field(None, at_least=2, whole=True, help="N; the next power of two "
                                   "after frame_length unless told")
    window: Any = field("hann", get=as_window, help="a name, the numbers themselves, or None")
    periodic: bool = field(False, help="whether a named window ends one step before its beginning")
    scaling: str | None = field("density", one_of=("density", "spectrum", None),
                                help="whether the window's squares sum to 1, or its numbers")
    padding: str = field("valid", one_of=("valid", "same"), help='"valid": whole frames only; '
                         '"same": with zeros around, steps ÷ frame_step frames')
    expand_dims: bool = field(False, help="whether frequencies have an axis of their own")
    data_format: Any = field(None, one_of=FORMATS, help="config.image_data_format() unless told")

    def settle(self) -> None:
        super().settle()
        self.step = self.frame_step or max(self.frame_length // 2, 1)
        self.turn = self.fft_length or max(1 << (self.frame_length - 1).bit_length(), 2)
        self.frequencies = self.turn // 2 + 1
        self._check_lengths()

    def _check_lengths(self) -> None:
        frame = f"frame_length ({self.frame_length})"
        if self.step > self.frame_length:
            raise ArgumentError(f"STFTSpectrogram's frame_step must be at most its {frame}",
                                got=f"frame_step={self.frame_step}", where=user_line())
        if self.turn < self.frame_length:
            raise ArgumentError(f"STFTSpectrogram's fft_length must be at least its {frame}",
                                got=f"fft_length={self.fft_length}", where=user_line())
        if isinstance(self.window, list) and len(self.window) != self.frame_length:
            raise ArgumentError("STFTSpectrogram's window must have as many numbers as its "
                                f"{frame}", got=f"{len(self.window)} numbers", where=user_line())
        if self.turn & (self.turn - 1):
            advise(f"STFTSpectrogram's fft_length should be a power of two, but is {self.turn}")

    def build(self, input_shape: Any) -> None:
        self.real_kernel = self._waves("real") if self.mode != "imag" else None
        self.imag_kernel = self._waves("imag") if self.mode != "real" else None

    def _waves(self, side: str) -> Variable:
        return self.add_weight((self.frame_length, 1, self.frequencies), STFT(
            side, self.window, self.scaling, self.periodic), name=f"{side}_kernel")

    def call(self, inputs: Tensor) -> Tensor:
        if not dtypes.is_float(inputs.dtype):
            raise KindError(f"{self.label} needs a signal of floats", got=inputs.dtype,
                            where=user_line(), hint='ops.cast(x, "float32")')
        x = inputs if self.data_format == "channels_first" else transpose(inputs, (0, 2, 1))
        batch, channels, steps = x.shape
        waves = [each for each in (self.real_kernel, self.imag_kernel) if each is not None]
        y = conv(reshape(x, (batch * channels, steps, 1)),
                 cast(concatenate(waves, axis=-1), dtype=str(x.dtype)), strides=self.step,
                 padding=self.padding, data_format="channels_last")
        y = self._shown(y)
        y = transpose(reshape(y, (batch, channels, *y.shape[1:])),
                      ORDERS[self.data_format, self.expand_dims])
        if self.expand_dims:
            return y
        if self.data_format == "channels_first":
            return reshape(y, (batch, -1, y.shape[-1]))
        return reshape(y, (batch, y.shape[1], -1))

    def _shown(self, y: Tensor) -> Tensor:
        """What the mode asks for, of the real and the imaginary part after each other."""
        if self.mode in ("real", "imag", "stft"):
            return y
        re, im = split(y, 2, axis=-1)
        if self.mode == "angle":
            return arctan2(im, re)
        power = square(re) + square(im)
        if self.mode == "psd":
            mirrored = (np.arange(self.frequencies) % (self.frequencies - 1)) > 0
            return power * (1 + mirrored).astype(str(power.dtype))
        magnitude = sqrt(maximum(power, epsilon()))
        return magnitude if self.mode == "magnitude" else log(maximum(magnitude, epsilon()))

    def least(self) -> tuple[int, ...]:
        return (self.frame_length,) if self.padding == "valid" else super().least()

    def along(self, n: int, i: int) -> int:
        return count(n, self.frame_length, self.step) if self.padding == "valid" else (
            -(-n // self.step))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        (frames,), channels = self.places(input_shape), input_shape[self.channel_axis]
        frequencies = self.frequencies * (2 if self.mode == "stft" else 1)
        if not self.expand_dims:
            return self.arranged(input_shape[0], (frames,),
                                 None if channels is None else channels * frequencies)
        return self.arranged(input_shape[0], (frames, frequencies), channels)
