"""A spectrogram as ears have it: fine steps between low tones, coarse ones between high tones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid.atoms import cast, matmul, max, maximum, power, square, swapaxes, where
from pellucid.atoms.fourier import stft
from pellucid.atoms.logarithms import log10
from pellucid.atoms.signal_windows import as_window, window_of
from pellucid.core.errors import ArgumentError, ShapeError, advise, user_line
from pellucid.core.fields import field
from pellucid.core.kinds import NUMBER
from pellucid.core.tensor import Tensor, convert
from pellucid.layers import calling
from pellucid.layers.base import Layer
from pellucid.layers.symbolic import KerasTensor


class MelSpectrogram(Layer):
    r"""Which tones sound when, as ears have it: powers in mel bands, in decibels.

    .. math:: y_{b,t} = 10 \log_{10} \sum_f m_{b,f} |X_{t,f}|^p - 10 \log_{10} ref

    X is the short-time Fourier transform of the signal (`ops.stft`, frames of ``sequence_length``
    every ``sequence_stride`` steps, centred on the signal, which is mirrored at its ends), p is
    ``mag_exp``. The rows of m are triangles that overlap; on the scale mel(f) = 1127 ln(1 + f/700),
    on which equal steps sound equal, they are equally wide, from ``min_freq`` to ``max_freq``
    hertz. With ``power_to_db=False`` the sums themselves come out. Sums and ref are at least
    ``min_power``; what is more than ``top_db`` below the loudest sum of the whole batch is lifted
    to there.

    Shapes: ``(steps,)`` → ``(num_mel_bins, frames)``, and with axes before: ``(batch, steps)`` →
    ``(batch, num_mel_bins, frames)`` with 1 + steps // sequence_stride frames. Nothing is learned;
    gradients reach the signal. A host call.

    Raises ArgumentError where lengths or frequencies do not fit each other, ShapeError for signals
    of no more than half an ``fft_length``; warns of bands that are too narrow to hold a frequency.

    >>> layer = MelSpectrogram(fft_length=256, sequence_stride=64, sampling_rate=8000,
    ...                        num_mel_bins=20)
    >>> low, high = (np.sin(2 * np.pi * f * np.arange(800) / 8000) for f in (300, 2000))
    >>> loudest = layer(np.stack([low, high])).numpy()[:, :, 6].argmax(axis=1)
    >>> loudest.tolist()
    [3, 14]

    Use: speech, music and other sounds that people tell apart, before a convolutional network.
    Pros: far fewer numbers than the signal; the resolution of ears; saved with the model.
    Cons: phases are lost; a batch's loudest sound moves the floor of all others; made for ears, not
    for machines or animals.
    Source: S. Stevens, J. Volkmann and E. Newman, "A scale for the measurement of the psychological
    magnitude pitch" (1937); S. Young et al., "The HTK book" (2006).
    """

    fft_length: int = field(2048, at_least=2, whole=True, help="steps that are transformed at once")
    sequence_stride: int = field(512, at_least=1, whole=True, help="steps from frame to frame")
    sequence_length: int | None = field(None, at_least=1, whole=True,
                                        help="steps under the window; fft_length unless told")
    window: Any = field("hann", get=as_window, help="a name, the numbers themselves, or None")
    sampling_rate: float = field(16000, above=0, help="steps of the signal in a second")
    num_mel_bins: int = field(128, at_least=1, whole=True, help="how many bands")
    min_freq: float = field(20.0, at_least=0, help="where the lowest band begins, in hertz")
    max_freq: float | None = field(None, above=0, help="where the highest band ends; half the "
                                   "sampling rate unless told")
    power_to_db: bool = field(True, help="whether sums become decibels")
    top_db: float = field(80.0, at_least=0, help="decibels from the loudest sum to the floor")
    mag_exp: float = field(2.0, above=0, symbol="p", help="2 for power, 1 for magnitude")
    min_power: float = field(1e-10, above=0, help="what is less counts as this")
    ref_power: float = field(1.0, kind=NUMBER, symbol="ref", help="the power of 0 decibels")

    def settle(self) -> None:
        length = self.sequence_length or self.fft_length
        highest = self.max_freq or int(self.sampling_rate / 2)
        self._check_lengths(length, highest)
        self.sequence_length, self.max_freq = length, highest
        named = isinstance(self.window, str)
        self.fading = window_of(self.window, length, periodic=True) if named else self.window
        self.bands = mel_bands(self.num_mel_bins, self.fft_length // 2 + 1, self.sampling_rate,
                               self.min_freq, highest)
        if empty := int((self.bands.sum(0) == 0).sum()):
            advise(f"{empty} of MelSpectrogram's {self.num_mel_bins} bands hold none of the "
                   f"{len(self.bands)} frequencies: use a longer fft_length, fewer num_mel_bins, "
                   "or a max_freq of at most half the sampling_rate")
        self.built = True

    def _check_lengths(self, length: int, highest: float) -> None:
        if length > self.fft_length:
            raise ArgumentError("MelSpectrogram's fft_length must be at least its sequence_length "
                                f"({length})", got=f"fft_length={self.fft_length}",
                                where=user_line())
        if isinstance(self.window, list) and len(self.window) != length:
            raise ArgumentError("MelSpectrogram's window must have as many numbers as its "
                                f"sequence_length ({length})", got=f"{len(self.window)} numbers",
                                where=user_line())
        if self.min_freq >= highest:
            raise ArgumentError(f"MelSpectrogram's min_freq must be below its max_freq ({highest})",
                                got=f"min_freq={self.min_freq}", where=user_line())

    def call(self, inputs: Tensor) -> Tensor:
        dtype = "float64" if self.compute_dtype == "float64" else "float32"
        self.frames(inputs.shape)
        re, im = stft(cast(inputs, dtype=dtype), self.sequence_length, self.sequence_stride,
                      self.fft_length, self.fading, center=True)
        p = square(re) + square(im)                      # silence has no slope, whatever the power
        p = where(p > 0, power(maximum(p, np.finfo(dtype).tiny), self.mag_exp / 2), 0)
        y = matmul(p, self.bands.astype(dtype))
        y = swapaxes(self._decibels(y) if self.power_to_db else y, -1, -2)
        return cast(y, dtype=self.compute_dtype)

    def _decibels(self, y: Tensor) -> Tensor:
        ref = 10 * math.log10(np.maximum(abs(self.ref_power), self.min_power))
        y = 10 * log10(maximum(y, self.min_power)) - ref
        return maximum(y, max(y) - self.top_db)

    def frames(self, shape: Any) -> int | None:
        """How many frames a signal has; raises ShapeError for one too short to be mirrored."""
        if not shape:
            raise ShapeError(f"{self.label} needs a signal: (steps,) or (batch, steps)",
                             got="a number", where=user_line())
        half, n = self.fft_length // 2, shape[-1]
        if n is None:
            return None
        if n <= half:
            raise ShapeError(f"{self.label} needs signals of more than {half} steps, half its "
                             "fft_length, which it mirrors at both ends",
                             got=f"shape {tuple(shape)}", where=user_line(),
                             hint="pad the signal with zeros, or use a shorter fft_length")
        return 1 + (n + 2 * half - self.fft_length) // self.sequence_stride

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        frames = self.frames(tuple(input_shape))
        return (*input_shape[:-1], self.num_mel_bins, frames)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """By formula: no guess at an unknown length is long enough for every ``fft_length``."""
        (inputs,) = calling.bind(self, args, {
            key: value for key, value in kwargs.items() if key != "training"}).values()
        return KerasTensor(self.compute_output_shape(inputs.shape), self.compute_dtype)

    def linear_to_mel_weight_matrix(self, num_mel_bins: int = 20, num_spectrogram_bins: int = 129,
                                    sampling_rate: float = 8000, lower_edge_hertz: float = 125.0,
                                    upper_edge_hertz: float = 3800.0, dtype: Any = "float32"
                                    ) -> Tensor:
        """The matrix (num_spectrogram_bins, num_mel_bins) that turns frequencies into mel bands."""
        return convert(mel_bands(num_mel_bins, num_spectrogram_bins, sampling_rate,
                                 lower_edge_hertz, upper_edge_hertz), dtype)


def mel(f: Any) -> Any:
    """Hertz on the scale on which equal steps sound equal.

    >>> round(float(mel(1000.0)))
    1000
    """
    return 1127 * np.log1p(np.asarray(f) / 700)


def mel_bands(count: int, frequencies: int, rate: float, low: float, high: float) -> np.ndarray:
    """Triangles of height 1 over the frequencies from 0 to rate / 2: (frequencies, count).

    Each begins in the middle of the one before and ends in the middle of the next. What does not
    oscillate is in none of them, as in HTK.

    >>> mel_bands(3, 9, 4000, 0, 2000).argmax(0).tolist()    # the highest of 0, 250, …, 2000 hertz
    [1, 3, 5]
    """
    f = mel(np.linspace(0, rate / 2, frequencies))[:, None]
    edges = np.linspace(mel(low), mel(high), count + 2)
    rising = (f - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - f) / (edges[2:] - edges[1:-1])
    bands = np.maximum(0, np.minimum(rising, falling))
    bands[0] = 0
    return bands
