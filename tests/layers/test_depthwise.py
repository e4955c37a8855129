"""Depthwise and separable convolution: Keras's numbers, configs and refusals."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid import layers, ops
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.core.tensor import Tensor
from pellucid.engines.trace import abstract_call
from tests.layers.spatial_oracle import (
    FIRST,
    LAST,
    assert_configs_cross,
    assert_same_layer,
    images,
    layer_pair,
)
from tests.parity.oracle import live, real_keras

SPACE = {1: (9,), 2: (7, 6)}
SIZE = {1: 3, 2: (3, 2)}
NAMES = ["DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"]
# strides and dilation together: here Keras takes both
OPTIONS: list[dict[str, Any]] = [
    {}, {"padding": "same", "strides": 2}, {"depth_multiplier": 2}, {"dilation_rate": 2},
    {"padding": "same", "dilation_rate": 2, "depth_multiplier": 3}, {"strides": 3},
    {"strides": 2, "dilation_rate": 2}, {"use_bias": False, "activation": "tanh"}]
ALL = [(name, order, options) for name in NAMES for order in (LAST, FIRST) for options in OPTIONS]
CASES = [*ALL[2::15], ("DepthwiseConv1D", LAST, {"padding": "same", "strides": 2}),
         ("SeparableConv2D", LAST, {"strides": (1, 2), "depth_multiplier": 2}),
         ("DepthwiseConv2D", FIRST, {"strides": 2, "dilation_rate": 2})]
MORE = [each for each in ALL if each not in CASES]


def sizes(name: str) -> dict[str, Any]:
    window = {"kernel_size": SIZE[int(name[-2])]}
    return {"filters": 4, **window} if name.startswith("Separable") else window


@live
@pytest.mark.parametrize("name, data_format, options", [
    *CASES, *(pytest.param(*each, marks=pytest.mark.deep) for each in MORE)], ids=str)
def test_values_and_gradients_are_those_of_keras(name, data_format, options):
    x = images(SPACE[int(name[-2])], 3, data_format)
    pair = layer_pair(name, x, **sizes(name), data_format=data_format, bias_initializer="ones",
                      **options)
    # Keras's activations on JAX give float32, whatever the layer's dtype
    assert_same_layer(pair, x, within=1e-6 if "activation" in options else 1e-12)


@live
@pytest.mark.parametrize("rank, how", [(2, {"strides": 2, "data_format": FIRST}),
                                       (3, {"padding": "SAME"})], ids=str)
def test_the_ops_are_those_of_keras(rank, how):
    """In three axes of space too, where there is no layer."""
    theirs, random = real_keras().ops, np.random.default_rng(4)
    x = images((4, 5, 3)[:rank], 3)
    kernel, across = (random.normal(size=shape) for shape in
                      ((*[2] * rank, 3, 2), (*[1] * rank, 6, 5)))
    y = np.moveaxis(x, -1, 1) if "data_format" in how else x
    np.testing.assert_allclose(ops.depthwise_conv(y, kernel, **how),
                               theirs.depthwise_conv(y, kernel, **how), rtol=0, atol=1e-12)
    np.testing.assert_allclose(ops.separable_conv(y, kernel, across, **how),
                               theirs.separable_conv(y, kernel, across, **how),
                               rtol=0, atol=1e-12)


def test_each_channel_is_a_convolution_of_its_own():
    x, kernel = images((6, 5), 3), np.random.default_rng(4).normal(size=(2, 3, 3, 2))
    together = ops.depthwise_conv(x, kernel, padding="same")
    for c in range(3):
        alone = ops.conv(x[..., c:c + 1], kernel[:, :, c:c + 1], padding="same")
        np.testing.assert_allclose(together[..., 2 * c:2 * c + 2], alone, rtol=0, atol=1e-14)


def test_a_separable_convolution_is_a_convolution_whose_kernel_is_a_product():
    x, random = images((6, 5), 3), np.random.default_rng(4)
    d, w = random.normal(size=(2, 3, 3, 2)), random.normal(size=(1, 1, 6, 5))
    kernel = np.einsum("ijcm,cmf->ijcf", d, w.reshape(3, 2, 5))
    np.testing.assert_allclose(ops.separable_conv(x, d, w, strides=2),
                               ops.conv(x, kernel, strides=2), rtol=0, atol=1e-13)


FULL: dict[str, Any] = {
    "kernel_size": (2, 3), "strides": (1, 2), "padding": "SAME", "depth_multiplier": 2,
    "data_format": "channels_first", "activation": "relu", "use_bias": True,
    "depthwise_initializer": "he_normal", "bias_initializer": "ones",
    "depthwise_regularizer": "l2", "bias_regularizer": "l1", "activity_regularizer": "l2",
    "depthwise_constraint": "max_norm", "bias_constraint": "non_neg", "name": "all_of_it",
    "trainable": False}
ACROSS: dict[str, Any] = {
    "filters": 3, "pointwise_initializer": "he_uniform", "pointwise_regularizer": "l1",
    "pointwise_constraint": "unit_norm"}


@live
@pytest.mark.parametrize("name, options", [
    ("DepthwiseConv1D", {"kernel_size": [3], "dilation_rate": 2}), ("DepthwiseConv2D", FULL),
    ("SeparableConv1D", {"filters": 2, "kernel_size": 3}),
    ("SeparableConv2D", {**FULL, **ACROSS})], ids=str)
def test_configs_are_those_of_keras_and_cross_over(name, options):
    assert_configs_cross(name, options)


@live
@pytest.mark.parametrize("name", NAMES)
def test_arguments_come_in_the_order_of_keras(name):
    theirs, mine = (list(inspect.signature(getattr(k.layers, name)).parameters)
                    for k in (real_keras(), ours))
    theirs = [each for each in theirs if each not in ("activity_regularizer", "kwargs")]
    assert mine[:len(theirs)] == theirs


def test_names_aliases_and_weights():
    for rank in (1, 2):
        layer = getattr(layers, f"SeparableConv{rank}D")
        assert getattr(ours.layers, f"SeparableConvolution{rank}D") is layer
    layer = layers.SeparableConv1D(5, 3, depth_multiplier=2, name="s")
    assert layer(np.ones((1, 7, 4))).shape == (1, 5, 5)
    assert [(w.path, w.shape) for w in layer.weights] == [
        ("s/depthwise_kernel", (3, 4, 2)), ("s/pointwise_kernel", (1, 8, 5)), ("s/bias", (5,))]
    layer = layers.DepthwiseConv2D(3, depth_multiplier=2)
    layer(np.ones((1, 5, 5, 4)))
    assert [(w.path, w.shape) for w in layer.weights] == [
        ("depthwise_conv2d/kernel", (3, 3, 4, 2)), ("depthwise_conv2d/bias", (8,))]


def test_penalties_and_constraints_belong_to_their_kernels():
    layer = layers.SeparableConv1D(2, 2, depthwise_regularizer="l2", pointwise_constraint="non_neg",
                                   bias_regularizer="l1")
    layer(np.ones((1, 4, 2)))
    kinds = [(type(w.regularizer).__name__, type(w.constraint).__name__) for w in layer.weights]
    assert kinds == [("L2", "NoneType"), ("NoneType", "NonNeg"), ("L1", "NoneType")]


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("SeparableConv2D", {"filters": 0}, "filters must be a whole number at least 1"),
    ("DepthwiseConv1D", {"depth_multiplier": 0}, "depth_multiplier must be a whole number at le"),
    ("SeparableConv1D", {"depth_multiplier": -1}, "depth_multiplier must be a whole number at le"),
    ("DepthwiseConv2D", {"kernel_size": (3, 0)}, r"DepthwiseConv2D's kernel_size .*\(3, 0\)"),
    ("SeparableConv2D", {"strides": (1, 1, 1)}, "SeparableConv2D's strides must be a whole number"),
    ("DepthwiseConv1D", {"padding": "causal"}, "DepthwiseConv1D's padding must be one of 'valid',"),
    ("SeparableConv1D", {"padding": "sam"}, 'padding must be .*did you mean "same"'),
    ("DepthwiseConv2D", {"data_format": "first"}, "data_format must be one of None")]


@pytest.mark.parametrize("name, options, told", WRONG, ids=str)
def test_arguments_without_a_meaning(name, options, told):
    with pytest.raises(ArgumentError, match=f"(?i){told}"):
        getattr(layers, name)(**{**sizes(name), **options})


@live
@pytest.mark.parametrize("name, options, told", WRONG, ids=str)
def test_keras_refuses_them_too(name, options, told):
    with pytest.raises(ValueError):
        getattr(real_keras().layers, name)(**{**sizes(name), **options})


def test_misspelt_arguments():
    with pytest.raises(KindError, match='(?i)no argument \'depth_multipler\'.*"depth_multiplier"'):
        layers.DepthwiseConv2D(3, depth_multipler=2)
    with pytest.raises(KindError, match="no argument 'kernel_initializer'"):
        layers.SeparableConv2D(2, 3, kernel_initializer="ones")


@pytest.mark.parametrize("call, told", [
    (lambda x: ops.depthwise_conv(x, np.ones((2, 2, 3, 1))),
     r"depthwise_conv needs a kernel of 4 axes with 6 channels .* got shape \(2, 2, 3, 1\)"),
    (lambda x: ops.depthwise_conv(x, np.ones((2, 6, 1))), r"of 4 axes .* got shape \(2, 6, 1\)"),
    (lambda x: ops.depthwise_conv(x, np.ones((5, 2, 6, 1))),
     "depthwise_conv needs at least 5 × 2 cells for one window, but got 4 × 4"),
    (lambda x: ops.separable_conv(x, np.ones((2, 2, 3, 1)), np.ones((1, 1, 6, 2))),
     "separable_conv needs a kernel of 4 axes with 6 channels"),
    (lambda x: ops.separable_conv(x, np.ones((2, 2, 6, 1)), np.ones((1, 1, 7, 2))),
     "separable_conv's second step needs 7 channels")])
def test_what_does_not_fit_is_explained(call, told):
    x = np.ones((2, 4, 4, 6))
    with pytest.raises(ShapeError, match=told):
        call(Tensor(x))
    with pytest.raises(ShapeError, match=told):
        abstract_call(call, x)


def test_inputs_that_do_not_fit():
    for layer in (layers.DepthwiseConv1D(3, name="c"), layers.SeparableConv1D(2, 3, name="c")):
        with pytest.raises(ShapeError, match=r'"c" needs an input of the form \(batch, steps, cha'):
            layer(np.ones((2, 8)))
        with pytest.raises(ShapeError, match="at least 3 cells along axis 1 for one window"):
            layer(np.ones((2, 2, 8)))
        with pytest.raises(ShapeError, match="a known number of channels"):
            layer(ours.Input((4, None)))
        layer(np.ones((2, 8, 3)))
        with pytest.raises(ShapeError, match="needs 3 features"):
            layer(np.ones((2, 8, 4)))
