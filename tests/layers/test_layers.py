"""What each layer computes, for which shapes, and what it says of shapes that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras, layers
from pellucid.core.errors import ArgumentError, PellucidError, ShapeError


def test_dense_mixes_the_last_axis_only():
    layer = layers.Dense(2)
    x = np.random.default_rng(0).normal(size=(3, 4, 5)).astype("float32")
    y = layer(x).numpy()
    assert np.allclose(y, x @ layer.kernel.numpy() + layer.bias.numpy(), atol=1e-6)


def test_a_list_of_numbers_is_one_tensor():
    assert layers.Dense(2, kernel_initializer="ones")([[1.0, 2]]).numpy().tolist() == [[3, 3]]


def test_dense_says_what_does_not_fit_and_where():
    layer = layers.Dense(3, name="hidden")
    layer(np.ones((2, 4)))
    with pytest.raises(ShapeError, match=r'Dense "hidden" needs 4 features \(its kernel is 4 × 3\)'
                       r", but got shape \(2, 5\), at test_layers\.py:\d+: layer\(np\.ones"):
        layer(np.ones((2, 5)))
    with pytest.raises(ShapeError, match=r"got shape \(4, 2\).*Did you swap the axes\?"):
        layer(np.ones((4, 2)))
    with pytest.raises(ShapeError, match="needs at least 2 axes"):
        layer(np.ones(4))
    with pytest.raises(ShapeError, match="needs 4 features"):
        layer(keras.Input((5,)))


@pytest.mark.parametrize("rate", [-0.1, 1.5, float("nan"), "half", None])
def test_dropout_rates_out_of_range(rate):
    with pytest.raises(PellucidError, match="Dropout's rate must be at least 0 and at most 1"):
        layers.Dropout(rate)


def test_dropout_scales_and_is_off_at_inference():
    x = np.ones((2000, 3), "float32")
    layer = layers.Dropout(0.25, seed=1)
    y = layer(x, training=True).numpy()
    assert set(np.unique(y)) == {0.0, np.float32(1 / 0.75)}
    assert abs((y == 0).mean() - 0.25) < 0.02
    assert (layer(x, training=True).numpy() != y).any()          # its generator went on
    assert (layer(x).numpy() == x).all()
    assert (layers.Dropout(1.0)(x, training=True).numpy() == 0).all()
    assert (layers.Dropout(0.0)(x, training=True).numpy() == x).all()
    shared = layers.Dropout(0.5, noise_shape=(None, 1), seed=2)(x, training=True).numpy()
    assert (shared[:, 0] == shared[:, 1]).all()


def test_batch_normalization_follows_the_batch():
    x = np.random.default_rng(1).normal(3, 2, (200, 2)).astype("float32")
    layer = layers.BatchNormalization(momentum=0.5)
    y = layer(x, training=True).numpy()
    assert np.allclose(y.mean(0), 0, atol=1e-5)
    assert np.allclose(y.std(0), 1, atol=1e-3)
    assert np.allclose(layer.moving_mean.numpy(), 0.5 * x.mean(0), atol=1e-5)
    assert np.allclose(layer.moving_variance.numpy(), 0.5 + 0.5 * x.var(0), atol=1e-5)
    y = layer(x).numpy()
    assert np.allclose(y, (x - layer.moving_mean.numpy())
                       / np.sqrt(layer.moving_variance.numpy() + 1e-3), atol=1e-4)
    assert [w.name for w in layer.weights] == ["gamma", "beta", "moving_mean", "moving_variance"]
    with pytest.raises(ShapeError, match=r"normalizes axis 3"):
        layers.BatchNormalization(axis=3)(x)


def test_flatten_reshape_permute_repeat():
    x = np.arange(24.0).reshape(2, 3, 4).astype("float32")
    assert layers.Flatten()(np.ones(3, "float32")).shape == (3, 1)
    assert (layers.Flatten(data_format="channels_first")(x).numpy()
            == x.transpose(0, 2, 1).reshape(2, 12)).all()
    assert layers.Reshape((4, -1))(x).shape == (2, 4, 3)
    assert layers.Reshape((-1,))(keras.Input((3, 4))).shape == (None, 12)
    assert (layers.Permute((2, 1))(x).numpy() == x.transpose(0, 2, 1)).all()
    assert layers.RepeatVector(2)(x[:, 0]).shape == (2, 2, 4)
    with pytest.raises(ShapeError, match=r"makes shape \(5,\) of each sample, but got samples"):
        layers.Reshape((5,))(x)
    with pytest.raises(ArgumentError, match="one -1 and no other negative"):
        layers.Reshape((-1, -1))
    with pytest.raises(ArgumentError, match="numbers 1 … n"):
        layers.Permute((0, 1))
    with pytest.raises(ShapeError, match="needs 2 axes"):
        layers.RepeatVector(2)(x)
    with pytest.raises(ArgumentError, match="must be one of"):
        layers.Flatten(data_format="channels_middle")


@pytest.mark.parametrize("layer, expected", [
    (layers.Add(), 3.0), (layers.Subtract(), -1.0), (layers.Multiply(), 2.0),
    (layers.Average(), 1.5), (layers.Maximum(), 2.0), (layers.Minimum(), 1.0)],
    ids=lambda each: getattr(each, "name", None))
def test_merging(layer, expected):
    one, two = np.ones((2, 3, 1), "float32"), np.full((2, 4), 2.0, "float32")
    assert (layer([one, two]).numpy() == np.full((2, 3, 4), expected)).all()
    with pytest.raises(ArgumentError, match="needs a list of (at least 1 input|exactly two)"):
        type(layer)()(one)


def test_merging_refusals():
    one = np.ones((2, 3), "float32")
    with pytest.raises(ArgumentError, match="exactly two"):
        layers.Subtract()([one, one, one])
    with pytest.raises(ShapeError, match="agree in all axes but -1"):
        layers.Concatenate()([one, np.ones((3, 3), "float32")])
    with pytest.raises(ShapeError, match="agree in all axes"):
        layers.Concatenate(axis=1)([np.ones((2, 3, 4)), np.ones((2, 3, 5))])
    with pytest.raises(ShapeError):
        layers.Add()([one, np.ones((2, 4), "float32")])
    with pytest.raises(ShapeError, match=r"\(None, 3\) and \(None, 4\)"):
        layers.Add()([keras.Input((3,)), keras.Input((4,))])


def test_inputs():
    assert keras.Input((3,), batch_size=4).shape == (4, 3)
    assert keras.Input(batch_shape=(None, 2), dtype="int32").dtype == "int32"
    assert keras.Input(5).shape == (None, 5)
    assert keras.Input((), name="scalar").name == "scalar"
    with pytest.raises(ArgumentError, match="either shape or batch_shape"):
        keras.Input()
    with pytest.raises(ArgumentError, match="whole numbers or None"):
        keras.Input((2.5,))
    with pytest.raises(ArgumentError, match="sparse"):
        keras.Input((2,), sparse=True)
    with pytest.raises(ArgumentError, match="data enter through it"):
        layers.InputLayer((2,)).call()


def test_input_specs():
    class Picky(layers.Layer):
        def __init__(self, **facts: Any) -> None:
            super().__init__()
            self.input_spec = layers.InputSpec(**facts)

        def call(self, inputs: Any) -> Any:
            return inputs

    x = np.ones((2, 3), "float32")
    for facts in ({"ndim": 3}, {"max_ndim": 1}, {"min_ndim": 3}, {"shape": (None, 4)},
                  {"axes": {1: 5}}, {"shape": (None, 3, 3)}):
        with pytest.raises(ShapeError, match=r'Picky "picky.*" needs .*\(2, 3\)'):
            Picky(**facts)(x)
    for facts in ({"ndim": 2}, {"max_ndim": 2}, {"shape": (None, 3)}, {"axes": {-1: 3}}):
        assert Picky(**facts)(x).shape == (2, 3)
    two = Picky()
    two.input_spec = [layers.InputSpec(ndim=2), layers.InputSpec(ndim=2)]
    with pytest.raises(ShapeError, match="needs 2 inputs, but got 1"):
        two(x)
    assert repr(layers.InputSpec(shape=(None, 3))) == "InputSpec(shape=(None, 3), ndim=2)"
