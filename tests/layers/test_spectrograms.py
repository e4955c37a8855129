"""`STFTSpectrogram` and `MelSpectrogram`: Keras's numbers, files, shapes; silence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid import layers, ops
from pellucid.core.errors import ArgumentError, KindError, PellucidWarning, ShapeError
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import convert
from tests.layers.beside_keras import (
    assert_alike,
    assert_configs_cross,
    assert_engines_agree,
    pair_of,
)
from tests.parity.oracle import compile_both, live, real_keras, train_both, twins

RANDOM = np.random.default_rng(0)
SOUND = RANDOM.normal(size=(2, 45, 3))
SMALL: dict[str, Any] = {"frame_length": 8, "frame_step": 3}
STFT: dict[str, dict[str, Any]] = {
    "log": {**SMALL}, "stft": {**SMALL, "mode": "stft", "scaling": None, "window": None},
    "psd": {**SMALL, "mode": "psd", "scaling": "spectrum", "periodic": True, "padding": "same",
            "data_format": "channels_first"},
    "magnitude": {"frame_length": 9, "mode": "magnitude", "window": "blackman", "padding": "same",
                  "expand_dims": True},
    "real": {**SMALL, "mode": "real", "fft_length": 32, "expand_dims": True,
             "data_format": "channels_first"},
    "imag": {**SMALL, "mode": "imag", "window": [0.1, 0.2, 0.4, 0.8, 0.9, 0.7, 0.3, 0.2],
             "expand_dims": True, "data_format": "channels_last"},
    "angle": {**SMALL, "mode": "angle", "window": "triang"}}
MEL: dict[str, dict[str, Any]] = {
    "usual": {"fft_length": 64, "sequence_stride": 16, "num_mel_bins": 6},
    "magnitudes": {"fft_length": 63, "sequence_stride": 20, "sequence_length": 50, "mag_exp": 1.0,
                   "window": "hamming", "num_mel_bins": 5, "power_to_db": False},
    "quiet": {"fft_length": 64, "num_mel_bins": 4, "window": None, "sampling_rate": 11025,
              "max_freq": 4000.0, "top_db": 6.0, "mag_exp": 1.5, "ref_power": -0.1}}
LONG = RANDOM.normal(size=(2, 330))
each_stft, each_mel = (pytest.mark.parametrize("how", each) for each in (STFT, MEL))


def sound_for(how: dict[str, Any]) -> np.ndarray:
    return SOUND.transpose(0, 2, 1) if how.get("data_format") == "channels_first" else SOUND


@live
@pytest.mark.deep
@each_stft
def test_stft_is_keras_s(how):
    options, x = STFT[how], sound_for(STFT[how])
    assert_configs_cross("STFTSpectrogram", options)
    theirs, mine = (k.layers.STFTSpectrogram(**options, dtype="float64")
                    for k in (real_keras(), ours))
    theirs(x), mine(x)
    for a, b in zip(theirs.get_weights(), mine.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-6)      # Keras takes waves in float32
    dtype = "float32" if how == "angle" else "float64"   # and angles too
    assert_alike(pair_of("STFTSpectrogram", options, x.astype(dtype), dtype), x.astype(dtype),
                 1e-5 if how == "angle" else 1e-10)


@live
@pytest.mark.deep
@each_mel
def test_mel_is_keras_s(how):
    assert_configs_cross("MelSpectrogram", MEL[how])
    for dtype in ("float32", "float64"):                 # Keras takes bands in float32
        x = LONG.astype(dtype)
        pair = pair_of("MelSpectrogram", MEL[how], x, dtype)
        for each in (x, x[0]):
            y = np.asarray(pair[0](each))
            mine = pair[1](each)
            np.testing.assert_allclose(mine, y, rtol=2e-5, atol=2e-5)
            assert mine.dtype == y.dtype
            assert mine.shape == y.shape == tuple(pair[1].compute_output_shape(each.shape))
    np.testing.assert_allclose(pair[1].linear_to_mel_weight_matrix(),
                               np.asarray(pair[0].linear_to_mel_weight_matrix()), atol=1e-5)


def heard(k: Any) -> Any:
    """A signal that is learned, seen in both ways."""
    x = k.Input((70,))
    h = k.layers.Dense(80, "tanh")(x)
    mel = k.layers.MelSpectrogram(16, 8, sampling_rate=100, num_mel_bins=3)(h)
    seen = k.layers.STFTSpectrogram("magnitude", 16, 8)(k.layers.Reshape((80, 1))(h))
    both = [k.layers.Flatten()(each) for each in (k.layers.Rescaling(0.02)(mel), seen)]
    return k.Model(x, k.layers.Dense(2)(k.layers.Concatenate()(both)))


X, Y = RANDOM.normal(size=(6, 70)).astype("float32"), RANDOM.normal(size=(6, 2)).astype("float32")


def test_files(tmp_path):
    model = heard(ours)
    model.save(tmp_path / "model.keras")
    again = ours.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    assert again.get_config() == model.get_config()


@live
@pytest.mark.deep
def test_training_and_files_are_keras_s(tmp_path):
    pair = twins(heard)
    compile_both(pair, lambda k: {"optimizer": k.optimizers.SGD(1e-3), "loss": "mse"})
    train_both(pair, X, Y, steps=3)
    theirs, mine = pair
    theirs.save(tmp_path / "theirs.keras")
    mine.save(tmp_path / "mine.keras")
    expected = theirs.predict(X, verbose=0)
    for k, name in ((ours, "theirs"), (ours, "mine"), (real_keras(), "mine")):
        again = k.models.load_model(tmp_path / f"{name}.keras")
        np.testing.assert_allclose(again.predict(X, verbose=0), expected, rtol=1e-4, atol=1e-4)


def test_both_engines_learn_alike(monkeypatch):
    ours.config.set_floatx("float64")
    try:
        assert_engines_agree(lambda: heard(ours), X.astype("float64"), Y.astype("float64"),
                             monkeypatch)
    finally:
        ours.config.set_floatx("float32")


def test_the_layer_is_the_transform():
    """Without scaling, and with the window of the op, the kernels are those of ops.stft."""
    layer = layers.STFTSpectrogram("stft", 16, 5, scaling=None, periodic=True, expand_dims=True,
                                   dtype="float64")
    both = np.concatenate(ops.stft(np.moveaxis(SOUND, 2, 1), 16, 5, 16, center=False), axis=-1)
    np.testing.assert_allclose(layer(SOUND), np.moveaxis(both, 1, 3), atol=1e-12)


def test_a_tone_is_where_it_belongs():
    wave = np.sin(2 * np.pi * 1000 * np.arange(4000) / 8000)
    layer = layers.MelSpectrogram(512, 128, sampling_rate=8000, num_mel_bins=30)
    edges = np.linspace(*(1127 * np.log1p(f / 700) for f in (20.0, 4000.0)), 32)
    nearest = int(abs(edges[1:-1] - 1127 * np.log1p(1000 / 700)).argmin())
    assert (layer(wave).numpy()[:, 3:-3].argmax(0) == nearest).all()
    tones = layers.STFTSpectrogram("psd", 512, 128)(wave[None, :, None]).numpy()
    assert (tones.argmax(-1) == 1000 * 512 // 8000).all()


def test_silence_has_a_floor_and_no_slope():
    for power in (0.5, 1.0, 2.0):
        for db in (True, False):
            layer = layers.MelSpectrogram(16, 8, sampling_rate=100, num_mel_bins=3, mag_exp=power,
                                          power_to_db=db)
            x = convert(np.zeros((1, 40), "float32"))
            with GradientTape() as tape:
                tape.watch(x)
                y = layer(x)
            np.testing.assert_allclose(y, -100.0 if db else 0.0, atol=1e-4)
            assert (tape.gradient(y, x).numpy() == 0).all()


def test_shapes_are_foretold():
    unknown = ours.Input((None, None))
    assert layers.STFTSpectrogram()(unknown).shape == (None, None, None)
    assert layers.STFTSpectrogram(expand_dims=True)(unknown).shape == (None, None, 129, None)
    first = layers.STFTSpectrogram("stft", 8, data_format="channels_first")
    assert first(ours.Input((3, 45))).shape == (None, 30, 10)
    assert layers.MelSpectrogram()(ours.Input((None,))).shape == (None, 128, None)
    for n in range(9, 26):                               # Keras foretells a frame too much where
        for fft in (15, 16):                             # n + 1 is a whole number of strides
            layer = layers.MelSpectrogram(fft, 8, sampling_rate=100, num_mel_bins=3)
            assert layer(np.ones(n)).shape == layer.compute_output_shape((n,))
            assert layer(ours.Input((n,))).shape[1:] == layer.compute_output_shape((n,))


def test_whole_numbers_can_be_heard():
    x = RANDOM.integers(-99, 99, (2, 100))
    layer = layers.MelSpectrogram(16, 8, sampling_rate=100, num_mel_bins=3)
    assert (layer(x).numpy() == layer(x.astype("float32")).numpy()).all()
    with pytest.raises(KindError, match=r"needs a signal of floats, but got int64.*ops\.cast"):
        layers.STFTSpectrogram(frame_length=8)(x[..., None])


@pytest.mark.parametrize("name, how, error, told", [
    ("STFT", {"frame_step": 300}, ArgumentError, r"at most its frame_length \(256\), but got "
     "frame_step=300"),
    ("STFT", {"fft_length": 128}, ArgumentError, r"at least its frame_length \(256\), but got "
     "fft_length=128"),
    ("STFT", {"mode": "lgo"}, ArgumentError, 'mode must be one of .*"log"'),
    ("STFT", {"window": "hnan"}, ArgumentError, 'window: \'hnan\' is not a known.*"hann"'),
    ("STFT", {"window": [[1.0]]}, KindError, "window: must be the name of a window, its numbers"),
    ("STFT", {"window": [1.0, 2.0]}, ArgumentError, r"as many numbers .* \(256\), but got 2"),
    ("Mel", {"window": [1.0, 2.0]}, ArgumentError, r"as many numbers .* \(2048\), but got 2"),
    ("Mel", {"sequence_length": 4096}, ArgumentError, r"sequence_length \(4096\), but got "
     "fft_length=2048"),
    ("Mel", {"max_freq": 10.0}, ArgumentError, r"below its max_freq \(10.0\), but got "
     "min_freq=20.0"),
    ("Mel", {"mag_exp": 0}, ArgumentError, "mag_exp must be above 0"),
    ("Mel", {"window": "kaiser"}, ArgumentError, "window: 'kaiser' is not a known window")])
def test_what_is_refused(name, how, error, told):
    with pytest.raises(error, match=told):
        getattr(layers, f"{name}Spectrogram")(**how)


def test_what_cannot_be_heard():
    with pytest.raises(ShapeError, match=r"at least 256 cells along axis 1 for one frame, but got "
                       r"shape \(1, 20, 1\).*shorter frame"):
        layers.STFTSpectrogram()(np.ones((1, 20, 1)))
    with pytest.raises(ShapeError, match=r"signals of more than 1024 steps.*shape \(1, 20\).*Pad"):
        layers.MelSpectrogram()(np.ones((1, 20)))
    with pytest.raises(ShapeError, match="a number"):
        layers.MelSpectrogram()(np.float32(1))
    with pytest.raises(ArgumentError, match="window of 2 numbers is 0 everywhere.*longer frames"):
        layers.STFTSpectrogram(frame_length=2)(np.ones((1, 20, 1)))
    with pytest.warns(PellucidWarning, match="power of two, but is 12"):
        layers.STFTSpectrogram(frame_length=8, fft_length=12)
    with pytest.warns(PellucidWarning, match=r"\d+ of MelSpectrogram's 40 bands hold none"):
        layers.MelSpectrogram(64, num_mel_bins=40)
