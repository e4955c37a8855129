"""Fourier transforms of real and complex numbers; a complex number is a pair (real, imaginary).

One host call, `fourier`, is the sum with either sign of the exponent and no factor. It is linear,
and its gradient is itself with the other sign.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.elementwise import divide, multiply, square
from pellucid.atoms.host import host_function, like
from pellucid.atoms.indexing import take
from pellucid.atoms.making import zeros_like
from pellucid.atoms.shaping import concatenate, flip, pad, reshape
from pellucid.atoms.signal_windows import window_of
from pellucid.atoms.windows import overlap_add
from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, KindError, ShapeError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import convert, with_operators

NAMED = ("hann", "hamming")                                  # the windows that Keras's ops know


def _transform(re: Any, im: Any, *, axes: int, back: bool) -> Any:
    z = re + np.array(1j, "complex64") * im
    over = tuple(range(-axes, 0))
    y = np.fft.ifftn(z, axes=over, norm="forward") if back else np.fft.fftn(z, axes=over)
    return y.real, y.imag


def _transform_back(g: Any, y: Any, re: Any, im: Any, *, axes: int, back: bool) -> Any:
    return fourier(*g, axes=axes, back=not back)


fourier = host_function(
    "fourier", _transform, lambda re, im, **_: (like(re), like(im)), _transform_back,
    about="Σ z e^(∓2πi jk/n) over the last axes: the discrete Fourier transform, without factor.")


def pair(x: Any, owner: str) -> tuple[Any, Any]:
    """The two parts of complex numbers: floats of one shape, else KindError or ShapeError."""
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise KindError(f"{owner} needs complex numbers as a pair (real, imaginary)",
                        got=type(x).__name__, where=user_line())
    re, im = map(with_operators, x)
    if not (dtypes.is_float(re.dtype) and dtypes.is_float(im.dtype)):
        raise KindError(f"{owner} needs floats", got=f"{re.dtype} and {im.dtype}",
                        where=user_line())
    if re.shape != im.shape:
        raise ShapeError(f"{owner} needs real and imaginary parts of one shape",
                         got=f"{tuple(re.shape)} and {tuple(im.shape)}", where=user_line())
    return re, im


def fft(x: Any) -> tuple[Any, Any]:
    """The Fourier transform along the last axis: yⱼ = Σₖ xₖ e^(-2πi jk/n), x a pair. A host call.

    >>> re, im = fft(([1.0, 0.0], [0.0, 0.0]))
    >>> re.tolist(), im.tolist()
    ([1.0, 1.0], [0.0, 0.0])
    """
    return _fourier(*pair(x, "fft"), axes=1)


def fft2(x: Any) -> tuple[Any, Any]:
    """The Fourier transform over the last two axes, x a pair. A host call.

    >>> re, im = fft2((np.ones((2, 2)), np.zeros((2, 2))))
    >>> re.tolist()
    [[4.0, 0.0], [0.0, 0.0]]
    """
    return _fourier(*pair(x, "fft2"), axes=2)


def ifft2(x: Any) -> tuple[Any, Any]:
    """The inverse of `fft2`: the other sign of the exponent, and a factor 1 / n. A host call.

    >>> re, im = ifft2((np.ones((2, 2)), np.zeros((2, 2))))
    >>> re.tolist()
    [[1.0, 0.0], [0.0, 0.0]]
    """
    return _fourier(*pair(x, "ifft2"), axes=2, back=True)


@op(judge="keras")
def _fourier(re, im, axes=1, back=False):
    if len(re.shape) < axes:
        raise ShapeError(f"this Fourier transform needs {axes} axes", got=f"shape {re.shape}",
                         where=user_line())
    y = fourier(re, im, axes=axes, back=back)
    n = int(np.prod(re.shape[-axes:]))
    return tuple(each / n for each in y) if back else y


@op(judge="keras")
def rfft(x, fft_length=None):
    """The first n // 2 + 1 numbers of the transform of real numbers; the others mirror them.

    x is cut or filled with zeros to ``fft_length`` numbers. Gives a pair. A host call.

    >>> re, im = rfft([1.0, 0.0, 0.0])
    >>> re.tolist()
    [1.0, 1.0]
    """
    if not dtypes.is_float(x.dtype):
        raise KindError("rfft needs floats", got=x.dtype, where=user_line())
    n = x.shape[-1] if fft_length is None else int(fft_length)
    x = _fitted(x, n)
    return tuple(each[..., :n // 2 + 1] for each in fourier(x, zeros_like(x), axes=1, back=False))


def irfft(x: Any, fft_length: int | None = None) -> Any:
    """The inverse of `rfft`: n real numbers of a pair of n // 2 + 1 numbers. A host call.

    ``fft_length`` is n, if not the even one.

    >>> irfft(([1.0, 1.0, 1.0], [0.0, 0.0, 0.0])).tolist()
    [1.0, 0.0, 0.0, 0.0]
    """
    return _irfft(*pair(x, "irfft"), fft_length=fft_length)


@op(judge="keras")
def _irfft(re, im, fft_length=None):
    n = 2 * (re.shape[-1] - 1) if fft_length is None else int(fft_length)
    half = n // 2 + 1
    re, im = _fitted(re, half), _fitted(im, half)
    ends = np.ones(half, bool)                    # what is its own mirror must be real
    ends[0] = False
    if n % 2 == 0:
        ends[-1] = False
    im = multiply(im, ends.astype(im.dtype))
    again = re[..., 1:n - half + 1], im[..., 1:n - half + 1]
    re = concatenate([re, flip(again[0], axis=-1)], axis=-1)
    im = concatenate([im, -flip(again[1], axis=-1)], axis=-1)
    return fourier(re, im, axes=1, back=True)[0] / n


def _fitted(x: Any, n: int) -> Any:
    """x cut or filled with zeros to n numbers along the last axis."""
    width = [(0, 0)] * (len(x.shape) - 1) + [(0, int(np.maximum(n - x.shape[-1], 0)))]
    return pad(x[..., :n], pad_width=tuple(width))


@op(judge="keras")
def extract_sequences(x, sequence_length=1, sequence_stride=1):
    """Windows of x: ``sequence_length`` numbers in a row, beginning every ``sequence_stride``.

    ``(…, n) → (…, windows, sequence_length)``; what is left over at the end is not used.

    >>> extract_sequences([1, 2, 3, 4, 5], 3, 2).tolist()
    [[1, 2, 3], [3, 4, 5]]
    """
    length, stride = int(sequence_length), int(sequence_stride)
    if x.shape[-1] < length:
        raise ShapeError(f"sequences of length {length} need a longer last axis",
                         got=f"shape {tuple(x.shape)}", where=user_line())
    begins = np.arange(0, x.shape[-1] - length + 1, stride, dtype=np.int32)
    places = begins[:, None] + np.arange(length, dtype=np.int32)
    return take(x, places, axis=-1)


def _window(window: Any, length: int, fft_length: int, dtype: str) -> Any:
    """The weights of a sequence, with zeros around them up to ``fft_length``."""
    if fft_length < length:
        raise ArgumentError("fft_length must be at least sequence_length", where=user_line(),
                            got=f"{fft_length} below {length}")
    before = (fft_length - length) // 2
    if window is None:
        return np.ones(fft_length, dtype)
    if isinstance(window, str):
        if window not in NAMED:
            raise ArgumentError('a window must be "hann", "hamming", None or a tensor',
                                got=repr(window), where=user_line())
        window = window_of(window, length, periodic=True).astype(dtype)
    window = convert(window, dtype)
    if tuple(window.shape) != (length,):
        raise ShapeError(f"the window of sequences of length {length} has that many numbers",
                         got=f"shape {tuple(window.shape)}", where=user_line())
    return pad(window, pad_width=((before, fft_length - length - before),))


def _mirrored(x: Any, width: int) -> Any:
    """x with its mirror images at both ends of the last axis."""
    n = x.shape[-1]
    if width >= n:
        raise ShapeError(f"center=True mirrors {width} numbers and needs more than that",
                         got=f"{n} numbers", where=user_line())
    places = np.abs(np.arange(-width, n + width))
    return take(x, np.where(places < n, places, 2 * (n - 1) - places).astype(np.int32), axis=-1)


@op(judge="keras")
def stft(x, sequence_length=1, sequence_stride=1, fft_length=1, window="hann", center=True):
    """The Fourier transform of each window of a signal: which tones sound when.

    ``(…, n) → (…, windows, fft_length // 2 + 1)``, a pair. Each window is weighted by ``window``
    ("hann", "hamming", None, or a tensor); with ``center`` the signal is mirrored at its ends, so
    that windows are centred on it. A host call.

    >>> re, im = stft(np.ones(8, "float32"), 4, 2, 4)
    >>> re.shape
    (5, 3)
    """
    if x.dtype not in ("float32", "float64"):
        raise KindError("stft needs float32 or float64", got=x.dtype, where=user_line())
    weights = _window(window, int(sequence_length), int(fft_length), x.dtype)
    x = _mirrored(x, fft_length // 2) if center else x
    return rfft(extract_sequences(x, fft_length, sequence_stride) * weights)


def istft(x: Any, sequence_length: int, sequence_stride: int, fft_length: int,
          length: int | None = None, window: Any = "hann", center: bool = True) -> Any:
    """The signal whose windows have these transforms: the inverse of `stft`.

    Windows overlap: what they say of a number is weighed by ``window`` and divided by the sum of
    its squares there. ``length`` cuts the result; ``center`` undoes that of `stft`. A host call.

    >>> signal = np.arange(8, dtype="float32")
    >>> istft(stft(signal, 4, 2, 4), 4, 2, 4).numpy().round(3).tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    """
    return _istft(*pair(x, "istft"), sequence_length=sequence_length, fft_length=fft_length,
                  sequence_stride=sequence_stride, length=length, window=window, center=center)


@op(judge="keras")
def _istft(re, im, sequence_length=1, sequence_stride=1, fft_length=1, length=None, window="hann",
           center=True):
    if len(re.shape) < 2:
        raise ShapeError("istft needs windows and their transforms: two axes",
                         got=f"shape {tuple(re.shape)}", where=user_line())
    weights = convert(_window(window, int(sequence_length), int(fft_length), re.dtype))
    frames = _irfft(re, im, fft_length=fft_length) * weights
    total = _overlapped(frames, sequence_stride)
    shape = (1,) * (len(frames.shape) - 2) + tuple(frames.shape[-2:])
    norm = _overlapped(square(weights) + np.zeros(shape, re.dtype), sequence_stride)
    small = norm <= 1e-10
    signal = divide(total, norm + small)
    start = fft_length // 2 if center else 0
    end = start + length if length is not None else signal.shape[-1] - start
    return signal[..., start:end]


def _overlapped(frames: Any, stride: int) -> Any:
    """Windows added up where they stand: (…, windows, length) → (…, n)."""
    *lead, count, length = frames.shape
    n = stride * (count - 1) + length
    rows = reshape(frames, shape=(-1, count, length, 1))
    total = overlap_add(rows, shape=(rows.shape[0], n, 1), size=(length,), strides=(stride,),
                        dilation=(1,))
    return reshape(total, shape=(*lead, n))
