"""Pooling layers: Keras's numbers, gradients (ties too), configs and masks; what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid import layers, ops
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Tensor
from tests.parity.oracle import exchanged, live, real_keras, twins

SPACE = {1: (9,), 2: (7, 6), 3: (5, 4, 6)}
LAST, FIRST = "channels_last", "channels_first"
OPTIONS: list[dict[str, Any]] = [
    {"pool_size": 2}, {"pool_size": 3, "strides": 1}, {"pool_size": 3, "padding": "same"},
    {"pool_size": 2, "strides": 3}, {"pool_size": 3, "strides": 2, "padding": "same"},
    {"pool_size": 2, "strides": 1, "padding": "same"}]
ALL = [(kind, rank, order, options) for kind in ("Max", "Average") for rank in (1, 2, 3)
       for order in (LAST, FIRST) for options in OPTIONS]
CASES = ALL[::5]                                         # of each kind some; all in the deep run
MORE = [each for each in ALL if each not in CASES]
CASES += [("Max", 2, LAST, {"pool_size": (3, 2), "strides": (2, 1)}),
          ("Average", 2, LAST, {"pool_size": (3, 2), "strides": (1, 2), "padding": "same"}),
          ("Max", 2, LAST, {"pool_size": (1, 6)}), ("Average", 1, FIRST, {"pool_size": 2})]


def images(rank: int, data_format: str, ties: bool = False) -> np.ndarray:
    random = np.random.default_rng(rank)
    shape = (2, *SPACE[rank], 3)
    x = random.integers(0, 3, shape).astype(float) if ties else random.normal(size=shape)
    return np.moveaxis(x, -1, 1) if data_format == FIRST else x


def our_gradient(function: Any, x: np.ndarray, weights: Any) -> np.ndarray:
    t = Tensor(x)
    with GradientTape() as tape:
        tape.watch(t)
        y = function(t) * weights
    return tape.gradient(y, t).numpy()


def assert_alike(theirs: Any, mine: Any, x: np.ndarray, within: float = 1e-12) -> None:
    import jax
    y = np.asarray(theirs(x))
    np.testing.assert_allclose(mine(x), y, rtol=0, atol=within)
    weights = np.random.default_rng(8).normal(size=y.shape)
    found = jax.grad(lambda x: (theirs(x) * weights).sum())(x)
    np.testing.assert_allclose(our_gradient(mine, x, weights), found, rtol=0, atol=within)


@live
@pytest.mark.parametrize("kind, rank, data_format, options", [
    *CASES, *(pytest.param(*each, marks=pytest.mark.deep) for each in MORE)], ids=str)
def test_values_and_gradients_are_those_of_keras(kind, rank, data_format, options):
    theirs, mine = (getattr(k.layers, f"{kind}Pooling{rank}D")(
        **options, data_format=data_format, dtype="float64") for k in (real_keras(), ours))
    x = images(rank, data_format)
    assert_alike(theirs, mine, x)
    assert mine.compute_output_shape(x.shape) == theirs.compute_output_shape(x.shape)
    unknown = (None, *[None if i in mine.space_axes else n for i, n in enumerate(x.shape)][1:])
    assert mine.compute_output_shape(unknown) == theirs.compute_output_shape(unknown)
    assert mine(ours.Input(unknown[1:])).shape == mine.compute_output_shape(unknown)


@live
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_equal_numbers_share_nothing_just_as_in_keras(rank, options):
    """The first of them, row by row, takes the whole gradient."""
    theirs, mine = (getattr(k.layers, f"MaxPooling{rank}D")(**options, dtype="float64")
                    for k in (real_keras(), ours))
    assert_alike(theirs, mine, images(rank, LAST, ties=True))


@live
@pytest.mark.parametrize("data_format", [LAST, FIRST])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("kind", ["Max", "Average"])
def test_global_pooling_is_that_of_keras(kind, rank, keepdims, data_format):
    theirs, mine = (getattr(k.layers, f"Global{kind}Pooling{rank}D")(
        data_format=data_format, keepdims=keepdims, dtype="float64") for k in (real_keras(), ours))
    for ties in (False, True):                           # here Keras shares among equal numbers
        x = images(rank, data_format, ties)
        assert_alike(theirs, mine, x, within=1e-6)       # and its means are float32
        assert mine.compute_output_shape(x.shape) == theirs.compute_output_shape(x.shape)


@live
@pytest.mark.parametrize("name, options", [
    ("MaxPooling1D", {}), ("MaxPooling2D", {}), ("MaxPooling3D", {"pool_size": [1, 2, 3]}),
    ("AveragePooling2D", {"pool_size": 2, "strides": (1, 2), "padding": "same", "name": "a",
                          "data_format": "channels_first", "trainable": False}),
    ("AveragePooling1D", {"pool_size": 3}), ("AveragePooling3D", {"pool_size": 2}),
    ("GlobalMaxPooling1D", {}), ("GlobalAveragePooling2D", {"keepdims": True}),
    ("GlobalAveragePooling1D", {"data_format": "channels_first"})], ids=str)
def test_configs_are_those_of_keras_and_cross_over(name, options):
    theirs, mine = (getattr(k.layers, name)(**{"name": "p", **options})
                    for k in (real_keras(), ours))
    written, expected = mine.get_config(), theirs.get_config()
    assert {k: v for k, v in written.items() if k != "dtype"} == {
        k: tuple(v) if isinstance(v, list) else v for k, v in expected.items() if k != "dtype"}
    assert type(theirs).from_config(written).get_config() == theirs.get_config()
    assert type(mine).from_config(expected).get_config() == written


@live
def test_a_file_with_all_of_them_crosses_over(tmp_path):
    def build(k: Any) -> Any:
        la = k.layers
        x = k.Input((8, 8, 2))
        h = la.MaxPooling2D(2, strides=1, padding="same")(x)
        h = la.AveragePooling2D((2, 2))(h)
        rows = la.Reshape((16, 2))(h)
        return k.Model(x, la.Concatenate()([
            la.GlobalMaxPooling2D()(h), la.GlobalAveragePooling2D()(h),
            la.GlobalAveragePooling1D()(la.MaxPooling1D(3)(rows)),
            la.GlobalMaxPooling1D()(la.AveragePooling1D(3)(rows))]))
    theirs, mine = twins(build)
    x = np.random.default_rng(3).normal(size=(2, 8, 8, 2)).astype("float32")
    for model in (mine, *exchanged((theirs, mine), tmp_path)):
        np.testing.assert_allclose(model.predict(x, verbose=0), theirs.predict(x, verbose=0),
                                   atol=1e-6)


@live
@pytest.mark.parametrize("data_format", [LAST, FIRST])
@pytest.mark.parametrize("keepdims", [False, True])
def test_a_mean_over_steps_leaves_out_what_the_mask_does(data_format, keepdims):
    x = np.random.default_rng(4).normal(size=(2, 5, 3)).astype("float32")
    x = np.moveaxis(x, -1, 1) if data_format == FIRST else x
    mask = np.array([[1, 1, 0, 1, 0], [0, 0, 1, 0, 0]], bool)
    theirs, mine = (k.layers.GlobalAveragePooling1D(data_format, keepdims)
                    for k in (real_keras(), ours))
    np.testing.assert_allclose(mine(x, mask=mask), theirs(x, mask=mask), atol=1e-6)


def test_a_mean_over_steps_with_a_mask_on_its_input():
    class Positive(layers.Layer):
        def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
            return ops.greater(inputs[..., 0], 0.0)

        def call(self, inputs: Any) -> Any:
            return inputs

    y = layers.GlobalAveragePooling1D()(Positive()(np.array([[[1.0], [-5.0], [3.0]]])))
    assert y.numpy().tolist() == [[2.0]]
    assert getattr(y, "_keras_mask", None) is None


def test_names_and_aliases():
    for name in ("Max", "Average", "GlobalMax", "GlobalAverage"):
        for rank in (1, 2, 3):
            short = name.replace("Average", "Avg")
            layer = getattr(layers, f"{name}Pooling{rank}D")
            assert getattr(layers, f"{short}Pool{rank}D") is layer
    assert layers.MaxPool2D().name == "max_pooling2d"
    assert layers.GlobalAvgPool1D().name == "global_average_pooling1d"
    assert layers.MaxPooling2D(3).strides == (3, 3)
    assert layers.MaxPooling1D().weights == []


def test_whole_numbers_stay_whole():
    x = np.array([[[1], [7], [3], [5]]], "int32")
    assert layers.MaxPooling1D(2)(x).dtype == "int32"
    assert layers.MaxPooling1D(2)(x).numpy().tolist() == [[[7], [5]]]
    assert layers.AveragePooling1D(2)(x).numpy().tolist() == [[[4.0], [4.0]]]


def test_arguments_without_a_meaning():
    for options, told in [
            ({"pool_size": 0}, "MaxPooling2D's pool_size must be a whole number or 2 of them"),
            ({"pool_size": (2, 2, 2)}, r"pool_size .* but got \(2, 2, 2\)"),
            ({"strides": 0}, "MaxPooling2D's strides must be a whole number"),
            ({"padding": "causal"}, "padding must be one of 'valid', 'same', but got 'causal'"),
            ({"data_format": "channels"}, "must be one of None, 'channels_last'")]:
        with pytest.raises(ArgumentError, match=told):
            layers.MaxPooling2D(**options)
    with pytest.raises(KindError, match="needs pool_size"):
        layers.AveragePooling1D()


def test_inputs_that_do_not_fit():
    with pytest.raises(ShapeError, match=r'MaxPooling2D "p" needs an input of the form \(batch, '
                       r'height, width, channels\), but got shape \(2, 8, 8\)'):
        layers.MaxPooling2D(name="p")(np.ones((2, 8, 8)))
    with pytest.raises(ShapeError, match=r'AveragePooling1D "p" needs at least 4 cells along axis '
                       r'1 for one window, but got shape \(2, 3, 1\), at test_pooling.py'):
        layers.AveragePooling1D(4, name="p")(np.ones((2, 3, 1)))
    with pytest.raises(ShapeError, match=r'"p" needs 4 axes, but got shape \(2, 3, 1\)'):
        layers.GlobalMaxPooling2D(name="p")(np.ones((2, 3, 1)))
