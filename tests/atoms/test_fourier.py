"""Fourier transforms of pairs, windows of signals, pieces of images: Keras's numbers."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import ops
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from tests.atoms.host_cases import as_keras, assert_alike, has_gradient, in_every_engine
from tests.parity.oracle import live

RANDOM = np.random.default_rng(0)
RE, IM = RANDOM.normal(size=(2, 2, 4, 6))
SIGNAL = RANDOM.normal(size=(2, 23))


def halves(x):
    return ops.convert_to_tensor(x), ops.convert_to_tensor(x * 2)


@live
@pytest.mark.parametrize("name", ["fft", "fft2", "ifft2"])
def test_transforms_are_those_of_keras(name):
    as_keras(name, (RE, IM), tolerance=1e-10)
    as_keras(name, (RE.astype("float32"), IM.astype("float32")), tolerance=1e-4)
    function = getattr(ops, name)
    in_every_engine(lambda re, im: function((re, im)), RE, IM)
    has_gradient(lambda re, im: function((re, im)), RE[0], IM[0])


@live
@pytest.mark.parametrize("length", [5, *(pytest.param(each, marks=pytest.mark.deep)
                                       for each in (None, 4, 9))])
def test_transforms_of_real_numbers_are_those_of_keras(length):
    as_keras("rfft", RE, fft_length=length, tolerance=1e-10)
    as_keras("irfft", (RE, IM), fft_length=length, tolerance=1e-10)
    in_every_engine(lambda x: ops.rfft(x, length), RE)
    in_every_engine(lambda re, im: ops.irfft((re, im), length), RE, IM)
    has_gradient(lambda x: ops.rfft(x, length), RE[0])
    has_gradient(lambda re, im: ops.irfft((re, im), length), RE[0], IM[0])


WINDOWS = ["hann", "hamming", None, RANDOM.random(5)]


@pytest.mark.parametrize("window", WINDOWS, ids=["hann", "hamming", "none", "own"])
def test_short_transforms_on_every_engine(window):
    shape = {"sequence_length": 5, "sequence_stride": 2, "fft_length": 8, "window": window}
    for center in (False, True):
        pair = in_every_engine(lambda x, center=center: ops.stft(x, **shape, center=center), SIGNAL)
        again = ops.istft(tuple(pair), **shape, length=18 - 4 * center, center=center)
        np.testing.assert_allclose(again[:, 4:], SIGNAL[:, 4:18 - 4 * center], atol=1e-9)
    for length in (None, 4, 9):
        in_every_engine(lambda x, n=length: ops.irfft(ops.rfft(x, n), n), SIGNAL)


@live
@pytest.mark.deep
@pytest.mark.parametrize("window", WINDOWS, ids=["hann", "hamming", "none", "own"])
@pytest.mark.parametrize("center", [False, True])
def test_short_transforms_are_those_of_keras(window, center):
    shape = {"sequence_length": 5, "sequence_stride": 2, "fft_length": 8}
    pair = as_keras("stft", SIGNAL, **shape, window=window, center=center, tolerance=1e-9)
    back = [each.numpy() for each in pair]
    # where no window says anything the two libraries guess: the middle is compared
    import keras

    theirs = np.asarray(keras.ops.istft(back, **shape, window=window, center=center))
    ours = np.asarray(ops.istft(tuple(back), **shape, window=window, center=center))
    assert ours.shape == theirs.shape
    if window is None:                   # there Keras on JAX forgets that windows have a length
        theirs = theirs * 2 / 8
    np.testing.assert_allclose(ours[:, 4:-4], theirs[:, 4:-4], atol=1e-9)
    assert ops.istft(pair, **shape, length=11, window=window, center=center).shape == (2, 11)
    in_every_engine(lambda x: ops.stft(x, **shape, window=window, center=center), SIGNAL)


def test_a_signal_comes_back():
    shape = {"sequence_length": 6, "sequence_stride": 2, "fft_length": 6}
    np.testing.assert_allclose(ops.istft(ops.stft(SIGNAL, **shape), **shape, length=22),
                               SIGNAL[:, :22], atol=1e-12)
    has_gradient(lambda x: ops.stft(x, **shape), SIGNAL[0])
    has_gradient(lambda re, im: ops.istft((re, im), **shape), RE[0, :, :4], IM[0, :, :4])


@live
@pytest.mark.parametrize("length, stride", [(3, 2), pytest.param(23, 1, marks=pytest.mark.deep),
                                            pytest.param(1, 5, marks=pytest.mark.deep)])
def test_sequences_are_those_of_keras(length, stride):
    as_keras("extract_sequences", SIGNAL.astype("float32"), length, stride)


@pytest.mark.parametrize("call, error, told", [
    (lambda: ops.fft(RE), KindError, "a pair \\(real, imaginary\\)"),
    (lambda: ops.fft(([1], [2])), KindError, "fft needs floats, but got int32"),
    (lambda: ops.fft((RE, IM[0])), ShapeError, "parts of one shape"),
    (lambda: ops.fft2(([1.0], [2.0])), ShapeError, "needs 2 axes"),
    (lambda: ops.rfft([1, 2]), KindError, "rfft needs floats"),
    (lambda: ops.stft([1, 2], 1, 1, 1), KindError, "stft needs float32 or float64, but got int32"),
    (lambda: ops.stft(SIGNAL, 5, 2, 4), ArgumentError, "sequence_length, but got 4 below 5"),
    (lambda: ops.stft(SIGNAL, 5, 2, 8, window="han"), ArgumentError, "'han'"),
    (lambda: ops.stft(SIGNAL, 5, 2, 8, window=np.ones(4)), ShapeError, "that many numbers"),
    (lambda: ops.stft(SIGNAL[:, :3], 5, 2, 8), ShapeError, "mirrors 4 numbers"),
    (lambda: ops.istft(([1.0], [2.0]), 1, 1, 1), ShapeError, "two axes"),
    (lambda: ops.extract_sequences([1.0], 2, 1), ShapeError, "need a longer last axis"),
    (lambda: ops.view_as_complex([1.0]), ShapeError, "a last axis of length 2"),
])
def test_what_cannot_be_transformed_is_told(call, error, told):
    with pytest.raises(error, match=told):
        call()


@live
def test_pairs_are_complex_numbers():
    import keras

    z = RE + 1j * IM
    pair = (RE, IM)
    for name in ("real", "imag", "conj", "conjugate", "angle"):
        theirs = np.asarray(getattr(keras.ops, name)(z))
        ours = getattr(ops, name)(pair)
        parts = (theirs.real, theirs.imag) if np.iscomplexobj(theirs) else theirs
        assert_alike(ours, parts, 1e-6)
        as_keras(name, RE)
    as_keras("angle", np.array([-2, 0, 3], "int32"))
    assert np.isnan(float(ops.angle(float("nan"))))
    polar = np.asarray(keras.ops.polar(RE, IM))
    assert_alike(ops.polar(*halves(RE)), (RE * np.cos(RE * 2), RE * np.sin(RE * 2)))
    assert_alike(ops.polar(RE, IM), (polar.real, polar.imag), 1e-6)
    as_complex = np.asarray(keras.ops.view_as_complex(RE[..., :2]))
    assert_alike(ops.view_as_complex(RE[..., :2]), (as_complex.real, as_complex.imag), 1e-6)
    as_keras("view_as_real", RE)
    assert ops.view_as_real(pair).shape == (*RE.shape, 2)


@pytest.mark.parametrize("mode", ["valid", "same", "full"])
@pytest.mark.parametrize("n, m", [(7, 3), (7, 4), (3, 7), (4, 7), (5, 5), (6, 1)])
def test_correlation_is_that_of_numpy(mode, n, m):
    x, y = SIGNAL[0, :n], SIGNAL[1, :m]
    np.testing.assert_allclose(ops.correlate(x, y, mode), np.correlate(x, y, mode), rtol=1e-10)


@live
@pytest.mark.deep
@pytest.mark.parametrize("mode", ["valid", "same", "full"])
@pytest.mark.parametrize("n, m", [(7, 3), (7, 4), (3, 7), (4, 7), (5, 5), (6, 1)])
def test_correlation_is_that_of_keras(mode, n, m):
    x, y = SIGNAL[0, :n], SIGNAL[1, :m]
    as_keras("correlate", x, y, mode=mode, tolerance=1e-10)


@live
def test_correlations_and_distances_are_those_of_keras():
    as_keras("corrcoef", RE[0], tolerance=1e-10)
    as_keras("corrcoef", SIGNAL[0], tolerance=1e-10)
    as_keras("cdist", RE, RE[:, :2] + 1, tolerance=1e-10)
    as_keras("cdist", RE[0], RE[0, :1] + 1, tolerance=1e-10)
    has_gradient(ops.corrcoef, RE[0])
    has_gradient(ops.cdist, RE[0], IM[0])
    has_gradient(lambda x, y: ops.correlate(x, y, "same"), SIGNAL[0, :6], SIGNAL[1, :3])
    with pytest.raises(ArgumentError, match="mode must be one of"):
        ops.correlate(SIGNAL[0], SIGNAL[1], mode="half")
    with pytest.raises(ShapeError, match="two rows of numbers"):
        ops.correlate(SIGNAL, SIGNAL)
    with pytest.raises(ShapeError, match="rows of samples"):
        ops.corrcoef(RE)
    with pytest.raises(ShapeError, match="rows of one length"):
        ops.cdist(RE, SIGNAL)


@live
@pytest.mark.parametrize("how", [
    {"kernel_size": 2, "dilation": (2, 1), "padding": (1, 0), "stride": (1, 2)},
    pytest.param({"kernel_size": 2, "stride": 2}, marks=pytest.mark.deep),
    pytest.param({"kernel_size": (3, 2), "padding": 1}, marks=pytest.mark.deep)])
def test_folding_is_that_of_keras(how):
    image = RANDOM.normal(size=(2, 3, 6, 4)).astype("float32")
    pieces = ops.unfold(image, **how).numpy()
    as_keras("fold", pieces, output_size=(6, 4), **how)
    in_every_engine(lambda x: ops.fold(x, (6, 4), **how), pieces, tolerance=1e-5)
    has_gradient(lambda x: ops.fold(x, (6, 4), **how), pieces)
    with pytest.raises(ShapeError, match=r"fold needs pieces \(batch, channels · "):
        ops.fold(pieces[:, :, :-1], (6, 4), **how)
