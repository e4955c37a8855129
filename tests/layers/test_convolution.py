"""Convolution layers: Keras's numbers, gradients, configs and files; and what does not fit."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid import layers, ops
from pellucid.core.errors import ArgumentError, PellucidError, ShapeError
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Tensor
from tests.parity.oracle import (
    assert_same_weights,
    compile_both,
    exchanged,
    live,
    real_keras,
    train_both,
    twins,
)

SPACE = {1: (9,), 2: (7, 6), 3: (5, 5, 6)}
SIZE = {1: 3, 2: (3, 2), 3: (2, 3, 2)}
# how · rank: strides and dilation exclude each other
OPTIONS: list[dict[str, Any]] = [
    {}, {"padding": "same"}, {"strides": 2}, {"strides": 2, "padding": "same"},
    {"strides": 3, "padding": "same"}, {"dilation_rate": 2},
    {"dilation_rate": 2, "padding": "same"}, {"groups": 2}, {"groups": 2, "dilation_rate": 2},
    {"groups": 4, "padding": "same", "strides": 2}, {"use_bias": False, "activation": "tanh"}]
LAST, FIRST = "channels_last", "channels_first"
CASES: list[tuple[int, str, dict[str, Any]]] = [
    (1, LAST, {"padding": "causal", "dilation_rate": 3}), (1, FIRST, {"padding": "causal"}),
    (1, LAST, {"padding": "same", "strides": 2}), (2, LAST, {}), (2, LAST, {"strides": (1, 3)}),
    (2, LAST, {"strides": 2, "padding": "same"}), (2, LAST, {"groups": 2, "dilation_rate": 2}),
    (2, LAST, {"dilation_rate": (1, 3), "padding": "same"}), (2, FIRST, {"groups": 2}),
    (2, LAST, {"use_bias": False, "activation": "tanh"}),
    (3, FIRST, {"strides": 2, "padding": "same"})]
CAUSAL = [{"padding": "causal", **more} for more in ({}, {"strides": 2}, {"groups": 2})]
MORE = [(rank, order, options) for rank in (1, 2, 3) for order in (LAST, FIRST)
        for options in [*OPTIONS, *(CAUSAL if rank == 1 else [])]
        if (rank, order, options) not in CASES]


def layer_of(k: Any, rank: int, options: dict[str, Any], **more: Any) -> Any:
    return getattr(k.layers, f"Conv{rank}D")(8, SIZE[rank], **options, **more)


def images(rank: int, data_format: str = "channels_last", dtype: str = "float64") -> np.ndarray:
    x = np.random.default_rng(rank).normal(size=(2, *SPACE[rank], 4)).astype(dtype)
    return np.moveaxis(x, -1, 1) if data_format == "channels_first" else x


def our_gradients(layer: Any, x: np.ndarray, weights: Any) -> list[np.ndarray]:
    t = Tensor(x)
    with GradientTape() as tape:
        tape.watch(t)
        y = layer(t) * weights
    return [np.asarray(g) for g in tape.gradient(y, [t, *layer.trainable_variables])]


def their_gradients(layer: Any, x: np.ndarray, weights: Any) -> list[np.ndarray]:
    import jax

    def total(x: Any, variables: Any) -> Any:
        return (layer.stateless_call(variables, [], x)[0] * weights).sum()

    found = jax.grad(total, argnums=(0, 1))(x, [v.value for v in layer.trainable_variables])
    return [np.asarray(found[0]), *map(np.asarray, found[1])]


def assert_alike(theirs: Any, mine: Any, x: np.ndarray, within: float) -> None:
    """Values, foretold shapes, and the gradients of the input and of each weight."""
    y = np.asarray(theirs(x))
    np.testing.assert_allclose(mine(x), y, rtol=0, atol=within)
    assert mine.compute_output_shape(x.shape) == theirs.compute_output_shape(x.shape) == y.shape
    open_shape = (None, *[None if i in mine.space_axes else n for i, n in enumerate(x.shape)][1:])
    assert mine.compute_output_shape(open_shape) == theirs.compute_output_shape(open_shape)
    weights = np.random.default_rng(9).normal(size=y.shape)
    for a, b in zip(our_gradients(mine, x, weights), their_gradients(theirs, x, weights),
                    strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=10 * within)


@live
@pytest.mark.parametrize("rank, data_format, options", [
    *CASES, *(pytest.param(*each, marks=pytest.mark.deep) for each in MORE)], ids=str)
def test_values_and_gradients_are_those_of_keras(rank, data_format, options):
    x = images(rank, data_format)
    pair = [layer_of(k, rank, options, data_format=data_format, dtype="float64",
                     bias_initializer="ones")
            for k in (real_keras(), ours)]
    for layer in pair:
        layer(x)
    theirs, mine = pair
    mine.set_weights([np.asarray(w) for w in theirs.get_weights()])
    assert [(w.name, w.shape) for w in mine.weights] == [
        (w.name, w.shape) for w in theirs.weights]
    # Keras's activations on JAX give float32, whatever the layer's dtype
    assert_alike(theirs, mine, x, within=1e-6 if "activation" in options else 1e-12)


@live
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_the_op_is_that_of_keras(rank):
    theirs = real_keras().ops
    x = images(rank)
    kernel = np.random.default_rng(4).normal(size=(*[2] * rank, 4, 6))
    for padding, strides, dilation in itertools.product(("valid", "SAME"), (1, 2), (1, 2)):
        how = {"padding": padding, "strides": strides, "dilation_rate": dilation}
        np.testing.assert_allclose(ops.conv(x, kernel, **how), theirs.conv(x, kernel, **how),
                                   rtol=0, atol=1e-12)


FULL: dict[str, Any] = {
    "filters": 4, "kernel_size": (2, 3), "strides": (1, 2), "padding": "same",
    "data_format": "channels_first", "groups": 2, "activation": "relu", "use_bias": True,
    "kernel_initializer": "he_normal", "bias_initializer": "ones", "kernel_regularizer": "l2",
    "bias_regularizer": "l1", "activity_regularizer": "l2", "kernel_constraint": "max_norm",
    "bias_constraint": "non_neg", "name": "all_of_it", "trainable": False}
WRITTEN: list[tuple[str, dict[str, Any]]] = [
    ("Conv1D", {"filters": 2, "kernel_size": 3, "padding": "causal", "dilation_rate": 2}),
    ("Conv1D", {"filters": 2, "kernel_size": [3]}), ("Conv2D", {"filters": 2, "kernel_size": 3}),
    ("Conv2D", FULL), ("Conv3D", {"filters": 2, "kernel_size": 1, "padding": "SAME"})]


@live
@pytest.mark.parametrize("name, options", WRITTEN, ids=str)
def test_configs_are_those_of_keras_and_cross_over(name, options):
    keras = real_keras()
    theirs, mine = (getattr(k.layers, name)(**{"name": "c", **options}) for k in (keras, ours))
    written, expected = mine.get_config(), theirs.get_config()
    for key in set(expected) - {"dtype", "quantization_config"}:
        one, other = written.get(key), expected[key]     # a seed apart, objects are alike too
        if isinstance(other, dict):
            one, other = one["class_name"], other["class_name"]
        assert one == other, key
    again = type(theirs).from_config(written)
    assert again.get_config().keys() == expected.keys()
    assert type(mine).from_config(expected).get_config() == written
    assert type(mine).from_config(written).get_config() == written


def lenet(k: Any) -> Any:
    la = k.layers
    return k.Sequential([
        k.Input((14, 14, 1)), la.Conv2D(4, 5, padding="same", activation="relu"),
        la.MaxPooling2D(), la.Conv2D(6, 3, activation="tanh", kernel_regularizer="l2"),
        la.AveragePooling2D(2), la.Conv2D(8, 2), la.Flatten(), la.Dense(10, activation="relu"),
        la.Dense(3, activation="softmax")])


def signals(k: Any) -> Any:
    la = k.layers
    x = k.Input((16, 2), name="signal")
    h = la.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu")(x)
    h = la.BatchNormalization()(la.MaxPooling1D(3, strides=2, padding="same")(h))
    h = la.Conv1D(6, 3, strides=2, groups=2)(h)
    h = la.AveragePooling1D(2, strides=1, padding="same")(h)
    both = la.Concatenate()([la.GlobalAveragePooling1D()(h), la.GlobalMaxPooling1D()(h)])
    return k.Model(x, la.Dense(3, activation="softmax")(both))


MODELS = pytest.mark.parametrize("build, shape", [(lenet, (14, 14, 1)), (signals, (16, 2))],
                                 ids=["lenet", "signals"])


def batch(shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    return random.normal(size=(12, *shape)).astype("float32"), random.integers(0, 3, 12)


def how_to_train(k: Any) -> dict[str, Any]:
    return {"optimizer": k.optimizers.Adam(0.003), "loss": "sparse_categorical_crossentropy",
            "metrics": ["accuracy"]}


@live
@MODELS
def test_five_steps_of_training_are_those_of_keras(build, shape):
    pair = twins(build)
    compile_both(pair, how_to_train)
    before = [w.copy() for w in pair[1].get_weights()]
    train_both(pair, *batch(shape), steps=5)                 # weights and logs to 1e-5
    changes = [np.abs(a - b).max() for a, b in zip(before, pair[1].get_weights(), strict=True)]
    assert min(changes) > 1e-4


@live
@MODELS
def test_files_cross_over_and_train_on(build, shape, tmp_path):
    theirs, mine = pair = twins(build)
    x, y = batch(shape)
    compile_both(pair, how_to_train)
    train_both(pair, x, y, steps=1)
    crossed = exchanged((theirs, mine), tmp_path)
    np.testing.assert_allclose(crossed[0].predict(x, verbose=0), crossed[1].predict(x, verbose=0),
                               atol=1e-5)
    train_both(crossed, x, y, steps=2)
    train_both(pair, x, y, steps=2)
    assert_same_weights((pair[0], crossed[1]))


@live
def test_ops_of_a_graph_cross_over(tmp_path):
    """`ops.max_pool` and `ops.average_pool` on an Input are nodes that Keras reads, and we read."""
    def build(k: Any) -> Any:
        x = k.Input((6, 6, 2))
        h = k.ops.max_pool(k.layers.Conv2D(3, 3)(x), 2, strides=1, padding="same")
        return k.Model(x, k.ops.average_pool(h, 2, strides=2))
    theirs, mine = twins(build)
    x = np.random.default_rng(6).normal(size=(3, 6, 6, 2)).astype("float32")
    for model in (mine, *exchanged((theirs, mine), tmp_path)):
        np.testing.assert_allclose(model.predict(x, verbose=0), theirs.predict(x, verbose=0),
                                   atol=1e-5)


@live
def test_initializers_count_the_window():
    keras = real_keras()
    for name in ("glorot_uniform", "he_normal", "lecun_uniform"):
        spread = []
        for k in (keras, ours):
            layer = k.layers.Conv2D(64, 5, kernel_initializer=name)
            layer(np.ones((1, 8, 8, 16)))
            spread.append(float(np.std(np.asarray(layer.get_weights()[0]))))
        assert spread[0] == pytest.approx(spread[1], rel=0.03)


def test_causal_outputs_see_nothing_that_comes_later():
    layer = layers.Conv1D(3, 3, padding="causal", dilation_rate=2)
    x = np.random.default_rng(7).normal(size=(1, 10, 2)).astype("float32")
    later = x.copy()
    later[:, 6:] += 1
    changed = np.any(layer(x).numpy() != layer(later).numpy(), axis=(0, 2))
    assert changed.tolist() == [False] * 6 + [True] * 4


def test_names_and_aliases():
    assert layers.Convolution2D is layers.Conv2D is ours.layers.Conv2D
    assert [layers.Conv2D(1, 1).name, layers.Conv2D(1, 1).name, layers.Conv1D(1, 1).name] == [
        "conv2d", "conv2d_1", "conv1d"]
    layer = layers.Conv2D(2, 3, name="c")
    layer(np.ones((1, 5, 5, 1)))
    assert [w.path for w in layer.weights] == ["c/kernel", "c/bias"]
    assert layer.count_params() == 3 * 3 * 1 * 2 + 2


def test_an_axis_of_unknown_length():
    """Even a window longer than any guess, and steps so wide that two guesses look the same."""
    x = ours.Input((None, 1))
    model = ours.Model(x, layers.Conv1D(2, 200)(x))
    assert model.output_shape == (None, None, 2)
    assert model.predict(np.ones((1, 201, 1), "float32"), verbose=0).shape == (1, 2, 2)
    assert layers.Conv1D(2, 1, strides=100)(x).shape == (None, None, 2)
    assert layers.Conv2D(2, 3)(ours.Input((None, 9, 1))).shape == (None, None, 7, 2)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("Conv2D", {"filters": 0, "kernel_size": 3}, "filters must be a whole number at least 1"),
    ("Conv2D", {"filters": 2, "kernel_size": (3, 0)}, r"Conv2D's kernel_size .*got \(3, 0\)"),
    ("Conv2D", {"filters": 2, "kernel_size": (3, 3, 3)}, "a whole number or 2 of them"),
    ("Conv1D", {"filters": 2, "kernel_size": "3"}, "Conv1D's kernel_size must be a whole number,"),
    ("Conv2D", {"filters": 2, "kernel_size": 3, "strides": -1}, "Conv2D's strides"),
    ("Conv2D", {"filters": 2, "kernel_size": 3, "padding": "causal"},
     "padding must be one of 'valid', 'same', but got 'causal'"),
    ("Conv1D", {"filters": 2, "kernel_size": 3, "padding": "casual"}, 'did you mean "causal"'),
    ("Conv2D", {"filters": 2, "kernel_size": 3, "data_format": "NCHW"}, "must be one of None"),
    ("Conv2D", {"filters": 3, "kernel_size": 3, "groups": 2},
     "2 groups need filters that they can share evenly, but got 3 filters"),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "groups": 0}, "groups must be a whole number at"),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "strides": 2, "dilation_rate": 2},
     r"strides or a dilation_rate above 1, not both, but got strides=\(2, 2\)")]


@pytest.mark.parametrize("name, options, told", WRONG, ids=str)
def test_arguments_without_a_meaning(name, options, told):
    with pytest.raises(ArgumentError, match=f"(?i){told}"):
        getattr(layers, name)(**options)


@live
@pytest.mark.parametrize("name, options, told", WRONG, ids=str)
def test_keras_refuses_them_too(name, options, told):
    with pytest.raises((ValueError, TypeError)):
        getattr(real_keras().layers, name)(**options)


def test_inputs_that_do_not_fit():
    layer = layers.Conv2D(4, 3, name="c")
    with pytest.raises(ShapeError, match=r'Conv2D "c" needs an input of the form \(batch, height, '
                       r'width, channels\), but got shape \(2, 8, 8\).*Add the channels: x\['):
        layer(np.ones((2, 8, 8)))
    with pytest.raises(ShapeError, match=r'needs at least 3 cells along axis 2 for one window, '
                       r'but got shape \(2, 8, 2, 1\), at test_convolution.py.*padding="same"'):
        layer(np.ones((2, 8, 2, 1)))
    layer(np.ones((2, 8, 8, 3)))
    with pytest.raises(ShapeError, match=r'Conv2D "c" needs 3 features \(its kernel is 3 × 3 × 3 × '
                       r'4\), but got shape \(2, 8, 8, 1\)'):
        layer(np.ones((2, 8, 8, 1)))
    with pytest.raises(ShapeError, match="at least 3 cells along axis 1"):
        layer(np.ones((2, 1, 8, 3)))
    with pytest.raises(ShapeError, match=r"at least 5 cells along axis 1 .*got shape \(None, 4, 1"):
        layers.Conv1D(2, 3, dilation_rate=2)(ours.Input((4, 1)))
    with pytest.raises(ShapeError, match="a known number of channels that its 2 groups can share"):
        layers.Conv1D(2, 3, groups=2)(np.ones((1, 4, 3)))
    with pytest.raises(ShapeError, match="a known number of channels"):
        layers.Conv1D(2, 3)(ours.Input((4, None)))
    first = layers.Conv1D(2, 3, data_format="channels_first")
    with pytest.raises(ShapeError, match=r"of the form \(batch, channels, steps\)"):
        first(np.ones((2, 3)))
    first(np.ones((2, 3, 5)))
    with pytest.raises(ShapeError, match="needs 3 entries along axis 1"):
        first(np.ones((2, 4, 5)))


def test_what_keras_can_and_we_cannot_is_refused():
    with pytest.raises(PellucidError, match="no argument 'lora_rank'"):
        layers.Conv2D.from_config({"filters": 2, "kernel_size": 3, "lora_rank": 2})
