"""Noise and dropout of every kind: Keras's distributions, and nothing outside of training."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid import layers
from pellucid.activations.elu import SELU_ALPHA, SELU_SCALE
from pellucid.core.errors import PellucidError
from pellucid.engines.native.extension import extension
from tests.layers.beside_keras import (
    assert_configs_cross,
    assert_engines_agree,
    our_gradients,
)
from tests.parity.oracle import live, real_keras

SPATIAL = {"SpatialDropout1D": (3, 5, 2), "SpatialDropout2D": (3, 4, 5, 2),
           "SpatialDropout3D": (3, 2, 3, 4, 2)}
EVERY: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
    ("GaussianNoise", {"stddev": 0.3}, (6, 5)), ("GaussianDropout", {"rate": 0.3}, (6, 5)),
    ("AlphaDropout", {"rate": 0.3}, (6, 5)),
    *((name, {"rate": 0.3}, shape) for name, shape in SPATIAL.items())]
every = pytest.mark.parametrize("name, options, shape", EVERY, ids=[name for name, *_ in EVERY])
MANY = 60_000
LOW = -SELU_ALPHA * SELU_SCALE


def drawn(name: str, x: np.ndarray, k: Any = ours, **options: Any) -> np.ndarray:
    return np.asarray(getattr(k.layers, name)(seed=7, **options)(x, training=True))


@every
def test_off_outside_of_training(name, options, shape):
    x = np.random.default_rng(1).normal(size=shape).astype("float32")
    layer = getattr(layers, name)(**options, seed=1)
    assert (layer(x).numpy() == x).all()
    assert (layer(x, training=False).numpy() == x).all()
    assert (layer(x, training=True).numpy() != x).any()
    none = getattr(layers, name)(0.0)
    assert (none(x, training=True).numpy() == x).all()


@every
def test_a_seed_makes_it_repeatable(name, options, shape):
    x = np.ones(shape, "float32")
    one, same, other = (getattr(layers, name)(**options, seed=seed) for seed in (3, 3, 4))
    first, second = one(x, training=True).numpy(), one(x, training=True).numpy()
    assert (first != second).any()                       # the generator went on
    assert (same(x, training=True).numpy() == first).all()
    assert (same(x, training=True).numpy() == second).all()
    assert (other(x, training=True).numpy() != first).any()
    assert [v.name for v in one.variables] == ["seed_generator_state"]
    assert one.weights == []


@every
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_shapes_dtypes_and_masks_stay(name, options, shape, dtype):
    layer = getattr(layers, name)(**options, dtype=dtype)
    y = layer(np.ones(shape, dtype), training=True)
    assert (y.shape, y.dtype) == (shape, dtype)
    assert layer(ours.Input(shape[1:])).shape == (None, *shape[1:])
    assert layer.compute_output_shape((None, *shape[1:])) == (None, *shape[1:])
    assert layer.built
    if len(shape) == 3:
        words = layers.Embedding(4, 2, mask_zero=True)(np.array([[1, 0]]))
        assert layer(words, training=True)._keras_mask.tolist() == [[True, False]]


def assert_same_distribution(a: np.ndarray, b: np.ndarray, within: float) -> None:
    """Mean, deviation, and the quantiles from 1 % to 99 %."""
    assert a.mean() == pytest.approx(b.mean(), abs=within)
    assert a.std() == pytest.approx(b.std(), abs=within)
    at = np.linspace(0.01, 0.99, 25)
    np.testing.assert_allclose(np.quantile(a, at), np.quantile(b, at), rtol=0, atol=3 * within)


@live
@pytest.mark.parametrize("name, options, mean, deviation", [
    ("GaussianNoise", {"stddev": 0.5}, 2, 0.5), ("GaussianNoise", {"stddev": 1.0}, 2, 1),
    ("GaussianDropout", {"rate": 0.5}, 2, 2),
    ("GaussianDropout", {"rate": 0.2}, 2, 2 * math.sqrt(0.2 / 0.8))], ids=str)
def test_normal_noise_has_the_distribution_of_keras(name, options, mean, deviation):
    x = np.full((MANY, 1), 2.0, "float32")
    mine, theirs = drawn(name, x, **options), drawn(name, x, real_keras(), **options)
    within = 6 * deviation / math.sqrt(MANY)
    assert mine.mean() == pytest.approx(mean, abs=within)
    assert mine.std() == pytest.approx(deviation, abs=within)
    assert_same_distribution(mine, theirs, within)


@live
@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_alpha_dropout_keeps_mean_and_variance(rate):
    x = np.random.default_rng(2).normal(size=(MANY, 1)).astype("float32")
    mine, theirs = (drawn("AlphaDropout", x, k, rate=rate) for k in (ours, real_keras()))
    assert mine.mean() == pytest.approx(0, abs=0.03)
    assert mine.std() == pytest.approx(1, abs=0.03)
    a = 1 / math.sqrt((1 - rate) * (1 + rate * LOW**2))
    lost = [np.isclose(y, a * (LOW - rate * LOW), atol=1e-6) for y in (mine, theirs)]
    assert [each.mean() for each in lost] == pytest.approx([rate, rate], abs=0.01)
    for y, gone in zip((mine, theirs), lost, strict=True):
        np.testing.assert_allclose(y[~gone], a * (x[~gone] - rate * LOW), atol=1e-5)


@live
@pytest.mark.parametrize("order", ["channels_last", "channels_first"])
@pytest.mark.parametrize("name", SPATIAL)
def test_whole_channels_are_left_out(name, order):
    options = {} if name == "SpatialDropout1D" else {"data_format": order}
    first = order == "channels_first" and options
    space = SPATIAL[name][1:-1]
    shape = (800, 6, *space) if first else (800, *space, 6)
    shares = []
    for k in (ours, real_keras()):
        y = drawn(name, np.ones(shape, "float32"), k, rate=0.25, **options)
        channels = np.moveaxis(y, 1, -1) if first else y
        flat = channels.reshape(800, -1, 6)
        assert (flat == flat[:, :1]).all()
        assert set(np.unique(y).round(5)) == {0, np.float32(4 / 3).round(5)}
        shares.append((flat[:, 0] == 0).mean())
    assert shares == pytest.approx([0.25, 0.25], abs=0.03)
    assert not drawn(name, np.ones(shape, "float32"), rate=1.0, **options).any()


@pytest.mark.parametrize("name", ["AlphaDropout", "Dropout"])
def test_a_noise_shape_shares_the_mask(name):
    y = drawn(name, np.ones((200, 3, 4), "float32"), rate=0.5, noise_shape=(None, 1, 4))
    assert (y == y[:, :1]).all()
    assert (y != y[:, :, :1]).any()
    assert 0.4 < (y == y.min()).mean() < 0.6


def test_slopes_are_those_of_what_was_drawn():
    x = np.random.default_rng(4).normal(size=(5, 4))
    for name, options, _ in EVERY[:3]:
        def layer(seed: int, name: Any = name, options: Any = options) -> Any:
            return getattr(layers, name)(**options, seed=seed, dtype="float64")
        (slope,) = our_gradients(layer(3), x, 1.0, training=True)
        ends = [layer(3)(x + d, training=True).numpy() for d in (-1e-3, 1e-3)]
        np.testing.assert_allclose(slope, (ends[1] - ends[0]) / 2e-3, atol=1e-9)


def network() -> Any:
    la = ours.layers
    return ours.Sequential([
        ours.Input((4, 4, 2)), la.Conv2D(4, 2, activation="selu"), la.SpatialDropout2D(0.3, seed=1),
        la.Flatten(), la.AlphaDropout(0.2, seed=2), la.Dense(6, activation="tanh"),
        la.GaussianNoise(0.2, seed=3), la.GaussianDropout(0.3, seed=4), la.Dense(2)])


@pytest.mark.skipif(extension() is None, reason="the native engine is switched off")
def test_both_engines_draw_alike(monkeypatch):
    random = np.random.default_rng(5)
    ours.config.set_floatx("float64")
    try:
        assert_engines_agree(network, random.normal(size=(8, 4, 4, 2)),
                             random.normal(size=(8, 2)), monkeypatch)
    finally:
        ours.config.set_floatx("float32")


@live
def test_files_cross_over(tmp_path):
    x = np.random.default_rng(6).normal(size=(3, 4, 4, 2)).astype("float32")
    mine = network()
    mine.save(tmp_path / "mine.keras")
    theirs = real_keras().models.load_model(tmp_path / "mine.keras")
    np.testing.assert_allclose(theirs.predict(x, verbose=0), mine.predict(x, verbose=0), atol=1e-5)
    theirs.save(tmp_path / "theirs.keras")
    again = ours.models.load_model(tmp_path / "theirs.keras")
    np.testing.assert_allclose(again.predict(x, verbose=0), mine.predict(x, verbose=0), atol=1e-6)
    assert [each.seed for each in again.layers if hasattr(each, "seed")] == [1, 2, 3, 4]


@live
@pytest.mark.parametrize("name, options", [
    *((name, options) for name, options, _ in EVERY), ("GaussianNoise", {"stddev": 0, "seed": 5}),
    ("GaussianDropout", {"rate": 0.5, "trainable": False}),
    ("AlphaDropout", {"rate": 0.1, "noise_shape": (None, 1), "seed": 2}),
    ("SpatialDropout2D", {"rate": 0.5, "data_format": "channels_first", "seed": 3}),
    ("SpatialDropout3D", {"rate": 0, "data_format": "channels_first"})], ids=str)
def test_configs_cross_over(name, options):
    assert_configs_cross(name, options)


@pytest.mark.parametrize("name", [name for name, *_ in EVERY])
@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan"), "half", None])
def test_strengths_without_a_meaning(name, value):
    what = "stddev" if name == "GaussianNoise" else "rate"
    with pytest.raises(PellucidError, match=f"{name}'s {what} must be at least 0 and .* 1"):
        getattr(layers, name)(value)


@pytest.mark.parametrize("make, said", [
    (lambda: layers.GaussianDropout(1.0), "rate must be at least 0 and below 1"),
    (lambda: layers.AlphaDropout(1), "rate must be at least 0 and below 1"),
    (lambda: layers.GaussianNoise(0.1, seed="x"), "seed must be a whole number"),
    (lambda: layers.GaussianNoise(sttdev=0.1), "no argument 'sttdev'.*stddev"),
    (lambda: layers.AlphaDropout(0.1, noise_shape="all"), "AlphaDropout's noise_shape must be"),
    (lambda: layers.Dropout(0.1, noise_shape=(0, 1)), r"noise_shape must be .*got \(0, 1\)"),
    (lambda: layers.Dropout(0.1, noise_shape=[1.5]), r"noise_shape must be .*got \[1.5\]"),
    (lambda: layers.SpatialDropout2D(0.1, data_format="NCHW"), "data_format must be one of"),
    (lambda: layers.SpatialDropout1D(0.1)(np.ones((2, 3))), "needs 3 axes"),
    (lambda: layers.SpatialDropout2D(0.1)(np.ones((2, 3, 4))), "needs 4 axes"),
    (lambda: layers.SpatialDropout3D(0.1)(np.ones((2, 3, 4, 4))), "needs 5 axes")])
def test_what_has_no_meaning_is_said(make, said):
    with pytest.raises(PellucidError, match=said):
        make()
