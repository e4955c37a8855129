"""Transposed convolution: Keras's numbers and configs; and that it is the gradient of `conv`."""

from __future__ import annotations

import inspect
import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import keras as ours
from pellucid import layers, ops
from pellucid.atoms.convolution_transpose import grown
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Tensor
from pellucid.engines.trace import abstract_call, trace
from tests.layers.spatial_oracle import (
    FIRST,
    LAST,
    assert_configs_cross,
    assert_same_layer,
    images,
    layer_pair,
)
from tests.parity.oracle import live, real_keras

SPACE = {1: (5,), 2: (4, 3), 3: (2, 3, 2)}
SIZE = {1: 3, 2: (3, 2), 3: (2, 3, 2)}
OPTIONS: list[dict[str, Any]] = [
    {}, {"padding": "same"}, {"strides": 2}, {"strides": 2, "padding": "same"},
    {"strides": 4}, {"strides": 4, "padding": "same"}, {"strides": 2, "output_padding": 1},
    {"strides": 3, "padding": "same", "output_padding": 0},
    {"strides": 3, "padding": "same", "output_padding": 2}, {"dilation_rate": 2},
    {"dilation_rate": 2, "padding": "same"}, {"use_bias": False, "activation": "tanh"}]
CASES: list[tuple[int, str, dict[str, Any]]] = [            # all the others in the deep run
    (1, LAST, {"strides": 4}), (1, FIRST, {"strides": 2, "padding": "same"}),
    (1, LAST, {"strides": 3, "padding": "same", "output_padding": 2}),
    (1, LAST, {"dilation_rate": 2, "padding": "same"}),
    (2, LAST, {"use_bias": False, "activation": "tanh"}), (3, FIRST, {"strides": 2})]
MORE = [(rank, order, options) for rank in (1, 2, 3) for order in (LAST, FIRST)
        for options in OPTIONS if (rank, order, options) not in CASES]


@live
@pytest.mark.parametrize("rank, data_format, options", [
    *CASES, *(pytest.param(*each, marks=pytest.mark.deep) for each in MORE)], ids=str)
def test_values_and_gradients_are_those_of_keras(rank, data_format, options):
    x = images(SPACE[rank], 3, data_format)
    pair = layer_pair(f"Conv{rank}DTranspose", x, 2, SIZE[rank], data_format=data_format,
                      bias_initializer="ones", **options)
    # Keras's activations on JAX give float32, whatever the layer's dtype
    assert_same_layer(pair, x, within=1e-6 if "activation" in options else 1e-12)


@live
def test_lengths_are_those_of_keras():
    for n, size, stride, dilation, padding in itertools.product(
            (1, 2, 5), (1, 2, 3, 4), (1, 2, 3), (1, 2), ("valid", "same")):
        if stride > 1 and dilation > 1:
            continue
        for more in (None, *range(stride)):
            layer = real_keras().layers.Conv1DTranspose(
                1, size, strides=stride, dilation_rate=dilation, padding=padding,
                output_padding=more)
            told = layer.compute_output_shape((1, n, 1))[1]
            before, length = grown(n, size, stride, dilation, padding, more)
            assert length == told
            assert before >= 0


@live
@pytest.mark.parametrize("how", [
    {"strides": 2, "output_padding": 3},
    {"strides": 2, "dilation_rate": 2, "padding": "same", "output_padding": 1}], ids=str)
def test_the_op_is_that_of_keras(how):
    """It takes strides and dilation together, and any output_padding, which the layer refuses."""
    x, kernel = images((4, 3), 3), np.random.default_rng(4).normal(size=(3, 2, 4, 3))
    np.testing.assert_allclose(ops.conv_transpose(x, kernel, **how),
                               real_keras().ops.conv_transpose(x, kernel, **how),
                               rtol=0, atol=1e-12)


@given(places=st.integers(1, 4), size=st.integers(1, 4), stride=st.integers(1, 3),
       dilation=st.integers(1, 2), padding=st.sampled_from(["valid", "same"]),
       rest=st.integers(0, 2), rank=st.integers(1, 2))
def test_it_is_the_gradient_of_a_convolution(places, size, stride, dilation, padding, rest, rank):
    """Of any convolution: `output_padding` stands for the cells that no window has seen."""
    reach, rest = (size - 1) * dilation + 1, min(rest, stride - 1)
    if padding == "same" and reach < stride:
        return                                           # there Keras cuts elsewhere
    n = places * stride if padding == "same" else (places - 1) * stride + reach + rest
    random = np.random.default_rng(0)
    x, kernel = random.normal(size=(2, *[n] * rank, 3)), random.normal(size=(*[size] * rank, 3, 2))
    how: dict[str, Any] = {"strides": stride, "dilation_rate": dilation, "padding": padding}
    t = Tensor(x)
    with GradientTape() as tape:
        tape.watch(t)
        y = ops.conv(t, kernel, **how)
        g = random.normal(size=y.shape)
        total = y * g
    more = None if padding == "same" else rest
    np.testing.assert_allclose(ops.conv_transpose(g, kernel, output_padding=more, **how),
                               tape.gradient(total, t), rtol=0, atol=1e-12)


def test_a_transposed_convolution_by_hand():
    x, kernel = np.array([[[1.0], [2.0]]]), np.array([[[1.0]], [[10.0]], [[100.0]]])

    def found(**how: Any) -> list[float]:
        return ops.conv_transpose(x, kernel, **how).numpy().ravel().tolist()
    assert found() == [1, 12, 120, 200]
    assert found(strides=2) == [1, 10, 102, 20, 200]
    assert found(strides=2, padding="same") == [1, 10, 102, 20]
    assert found(padding="same") == [12, 120]
    assert found(strides=4) == [1, 10, 100, 0, 2, 20, 200, 0]
    assert found(strides=2, output_padding=1) == [1, 10, 102, 20, 200, 0]


def test_the_plan_has_the_form_that_engines_know():
    """One product, laid over each other: the form of a convolution's gradient."""
    x, kernel = np.ones((2, 5, 5, 3), "float32"), np.ones((3, 3, 4, 3), "float32")
    plan = trace(lambda x, k: ops.conv_transpose(x, k, strides=2), x, kernel).plan
    assert [step.op.name for step in plan.steps] == [
        "reshape", "reshape", "transpose", "matrix_product", "reshape", "overlap_add"]


def test_an_empty_batch():
    assert ops.conv_transpose(np.ones((0, 4, 2)), np.ones((3, 5, 2)), strides=2).shape == (0, 9, 5)


FULL: dict[str, Any] = {
    "filters": 4, "kernel_size": (2, 3), "strides": (1, 2), "padding": "SAME",
    "output_padding": (0, 1), "data_format": "channels_first", "activation": "relu",
    "use_bias": True, "kernel_initializer": "he_normal", "bias_initializer": "ones",
    "kernel_regularizer": "l2", "bias_regularizer": "l1", "activity_regularizer": "l2",
    "kernel_constraint": "max_norm", "bias_constraint": "non_neg", "name": "all_of_it",
    "trainable": False}


@live
@pytest.mark.parametrize("name, options", [
    ("Conv1DTranspose", {"filters": 2, "kernel_size": [3], "dilation_rate": 2}),
    ("Conv2DTranspose", {"filters": 2, "kernel_size": 3}), ("Conv2DTranspose", FULL),
    ("Conv3DTranspose", {"filters": 2, "kernel_size": 1, "strides": 2, "output_padding": 1})],
    ids=str)
def test_configs_are_those_of_keras_and_cross_over(name, options):
    assert_configs_cross(name, options)


@live
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_arguments_come_in_the_order_of_keras(rank):
    """In three axes of space Keras has data_format before output_padding."""
    theirs, mine = (list(inspect.signature(getattr(k.layers, f"Conv{rank}DTranspose")).parameters)
                    for k in (real_keras(), ours))
    mine = [name for name in mine if name in theirs or name == "output_padding"]
    assert mine[:15] == [name for name in theirs if name != "activity_regularizer"][:15]


def test_names_and_aliases():
    for rank in (1, 2, 3):
        layer = getattr(layers, f"Conv{rank}DTranspose")
        assert getattr(ours.layers, f"Convolution{rank}DTranspose") is layer
    layer = layers.Conv2DTranspose(2, 3)
    assert layer(np.ones((1, 5, 4, 3))).shape == (1, 7, 6, 2)
    assert [w.path for w in layer.weights] == ["conv2d_transpose/kernel", "conv2d_transpose/bias"]
    assert layer.kernel.shape == (3, 3, 2, 3)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("Conv2DTranspose", {"filters": 0}, "filters must be a whole number at least 1"),
    ("Conv2DTranspose", {"kernel_size": (3, 0)}, r"Conv2DTranspose's kernel_size .*got \(3, 0\)"),
    ("Conv1DTranspose", {"kernel_size": (3, 3)}, "Conv1DTranspose's kernel_size must be a whole"),
    ("Conv2DTranspose", {"strides": 0}, "Conv2DTranspose's strides must be"),
    ("Conv1DTranspose", {"padding": "causal"}, "padding must be one of 'valid', 'same', but got"),
    ("Conv2DTranspose", {"data_format": "NCHW"}, "must be one of None"),
    ("Conv2DTranspose", {"strides": 2, "dilation_rate": 2}, "above 1, not both, but got strides="),
    ("Conv2DTranspose", {"strides": 2, "output_padding": 2},
     r"output_padding must be below the strides .*output_padding=\(2, 2\), strides=\(2, 2\)"),
    ("Conv2DTranspose", {"strides": 2, "output_padding": -1},
     "Conv2DTranspose's output_padding must be a whole number or 2 of them, at least 0, but got -"),
]


@pytest.mark.parametrize("name, options, told", WRONG, ids=str)
def test_arguments_without_a_meaning(name, options, told):
    with pytest.raises(ArgumentError, match=f"(?i){told}"):
        getattr(layers, name)(**{"filters": 2, "kernel_size": 3, **options})


@live
@pytest.mark.parametrize("name, options, told", WRONG, ids=str)
def test_keras_refuses_them_too(name, options, told):
    with pytest.raises(ValueError):
        getattr(real_keras().layers, name)(**{"filters": 2, "kernel_size": 3, **options})


def test_a_misspelt_or_missing_argument():
    with pytest.raises(KindError, match='(?i)no argument \'filter\'.*did you mean "filters"'):
        layers.Conv2DTranspose(filter=2, kernel_size=3)
    with pytest.raises(KindError, match="needs kernel_size: the window"):
        layers.Conv1DTranspose(2)


@pytest.mark.parametrize("call, error, told", [
    (lambda x: ops.conv_transpose(x, np.ones((2, 3, 6))), ShapeError,
     r"a kernel of 4 axes with the inputs' 6 channels on the last, but got shape \(2, 3, 6\)"),
    (lambda x: ops.conv_transpose(x, np.ones((2, 2, 6, 3))), ShapeError,
     r"6 channels on the last, but got shape \(2, 2, 6, 3\).*its form is \(\*size, filters, chann"),
    (lambda x: ops.conv_transpose(x[:, :0], np.ones((2, 2, 3, 6))), ShapeError,
     r"at least one cell along each axis of space, but got shape \(2, 0, 4, 6\)"),
    (lambda x: ops.conv_transpose(x, np.ones((2, 2, 3, 6)), strides=1.5), ArgumentError,
     "conv_transpose's strides must be"),
    (lambda x: ops.conv_transpose(x, np.ones((2, 2, 3, 6)), output_padding=-1), ArgumentError,
     "conv_transpose's output_padding must be .* at least 0, but got -1"),
    (lambda x: ops.conv_transpose(x, np.ones((2, 2, 3, 6)), padding="sam"), ArgumentError,
     'conv_transpose\'s padding must be .*did you mean "same"')])
def test_what_does_not_fit_is_explained(call, error, told):
    x = np.ones((2, 4, 4, 6))
    with pytest.raises(error, match=f"(?i){told}"):
        call(Tensor(x))
    with pytest.raises(error, match=f"(?i){told}"):
        abstract_call(call, x)


def test_inputs_that_do_not_fit():
    layer = layers.Conv2DTranspose(4, 3, name="c")
    with pytest.raises(ShapeError, match=r'Conv2DTranspose "c" needs an input of the form \(batch, '
                       r'height, width, channels\), but got shape \(2, 8, 8\).*x\[\.\.\., None\]'):
        layer(np.ones((2, 8, 8)))
    with pytest.raises(ShapeError, match="a known number of channels, but got shape"):
        layer(ours.Input((4, 4, None)))
    layer(np.ones((2, 8, 8, 3)))
    with pytest.raises(ShapeError, match=r"needs 3 features \(its kernel is 3 × 3 × 4 × 3\)"):
        layer(np.ones((2, 8, 8, 1)))
    with pytest.raises(ShapeError, match="at least 1 cell along axis 1, but got"):
        layer(np.ones((2, 0, 8, 3)))
