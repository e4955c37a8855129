"""Padding, cropping, up-sampling and adaptive pooling: Keras's numbers, configs and refusals."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import keras as ours
from pellucid import layers, ops
from pellucid.atoms.interpolation import METHODS, enlarged, weights
from pellucid.core import settings
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from tests.layers.spatial_oracle import (
    FIRST,
    LAST,
    assert_configs_cross,
    assert_same_layer,
    images,
    layer_pair,
)
from tests.parity.oracle import compile_both, exchanged, live, real_keras, train_both, twins

SPACE = {1: (7,), 2: (5, 6), 3: (4, 3, 5)}
CASES: list[tuple[str, dict[str, Any]]] = [
    ("ZeroPadding1D", {"padding": (0, 2), "data_format": FIRST}),
    ("ZeroPadding2D", {"padding": ((1, 0), (2, 3))}),
    ("ZeroPadding3D", {"padding": (1, (0, 2), 0)}),
    ("Cropping1D", {"cropping": (0, 2)}),
    ("Cropping2D", {"cropping": ((1, 0), (2, 3)), "data_format": FIRST}),
    ("Cropping3D", {"cropping": ((1, 0), (0, 0), (2, 1)), "data_format": FIRST}),
    ("UpSampling1D", {"size": 3}), ("UpSampling2D", {"size": (1, 3), "data_format": FIRST}),
    ("UpSampling2D", {"size": (3, 2), "interpolation": "bilinear"}),
    ("UpSampling2D", {"size": (4, 1), "interpolation": "Bicubic", "data_format": FIRST}),
    ("UpSampling2D", {"size": (3, 2), "interpolation": "lanczos5"}),
    ("UpSampling3D", {"size": (2, 1, 3), "data_format": FIRST})]
MORE: list[tuple[str, dict[str, Any]]] = [
    ("ZeroPadding1D", {}), ("ZeroPadding2D", {}), ("ZeroPadding3D", {"padding": 2}),
    ("ZeroPadding2D", {"padding": (2, 0), "data_format": FIRST}),
    ("ZeroPadding3D", {"padding": ((1, 0), (2, 1), (0, 0)), "data_format": FIRST}),
    ("Cropping1D", {}), ("Cropping1D", {"cropping": 3}), ("Cropping2D", {}),
    ("Cropping2D", {"cropping": 2}), ("Cropping2D", {"cropping": (1, 2)}), ("Cropping3D", {}),
    ("UpSampling1D", {}), ("UpSampling2D", {}), ("UpSampling3D", {}),
    ("UpSampling2D", {"interpolation": "lanczos3"})]
ADAPTIVE: list[tuple[str, dict[str, Any]]] = [
    (f"Adaptive{kind}Pooling{rank}D", {"output_size": size, "data_format": order})
    for kind in ("Average", "Max") for rank, size, order in (
        (1, 3, LAST), (2, 4, FIRST), (1, [9], FIRST), (2, (5, 3), LAST), (3, (2, 3, 1), LAST))]
QUICK = [each for each in ADAPTIVE if each[1]["output_size"] in (3, 4)]
MORE += [each for each in ADAPTIVE if each not in QUICK]


@live
@pytest.mark.parametrize("name, options", [
    *CASES, *QUICK, *(pytest.param(*each, marks=pytest.mark.deep) for each in MORE)], ids=str)
def test_values_and_gradients_are_those_of_keras(name, options):
    x = images(SPACE[int(name[-2])], 3, options.get("data_format", LAST))
    assert_same_layer(layer_pair(name, x, **options), x)


@pytest.mark.deep
@live
@pytest.mark.parametrize("name, options", QUICK[2:], ids=str)
def test_of_equal_numbers_the_first_has_the_slope_as_in_keras(name, options):
    x = images(SPACE[int(name[-2])], 3, options["data_format"], ties=True)
    assert_same_layer(layer_pair(name, x, **options), x)


@live
@pytest.mark.parametrize("name, options", [
    *CASES, *QUICK, ("ZeroPadding1D", {}), ("Cropping2D", {}), ("UpSampling2D", {}),
    ("AdaptiveMaxPooling1D", {"output_size": [2]})], ids=str)
def test_configs_are_those_of_keras_and_cross_over(name, options):
    assert_configs_cross(name, options)


@live
@pytest.mark.parametrize("name", sorted({name for name, _ in [*CASES, *ADAPTIVE]}))
def test_arguments_come_in_the_order_of_keras(name):
    theirs, mine = (list(inspect.signature(getattr(k.layers, name)).parameters)
                    for k in (real_keras(), ours))
    theirs.remove("kwargs")
    assert mine[:len(theirs)] == theirs
    known = {"activity_regularizer", "trainable", "dtype", "autocast", "name"}
    assert set(mine[len(theirs):]) <= known


@live
@pytest.mark.parametrize("kind", ["average", "max"])
@pytest.mark.parametrize("n, m", [(7, 3), (3, 5), (1, 2)])
def test_adaptive_pooling_of_any_sizes(kind, n, m):
    x = images((n,), 2)
    theirs, mine = (getattr(k.ops, f"adaptive_{kind}_pool")(x, m) for k in (real_keras(), ours))
    np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-12)


@given(n=st.integers(1, 12), m=st.integers(1, 14))
def test_adaptive_pooling_by_its_definition(n, m):
    x = np.random.default_rng(n).normal(size=(1, n, 1))
    parts = [x[:, i * n // m:-(-(i + 1) * n // m)] for i in range(m)]
    for pool, by_hand in ((ops.adaptive_max_pool, np.max), (ops.adaptive_average_pool, np.mean)):
        np.testing.assert_allclose(pool(x, m).numpy().ravel(), [by_hand(part) for part in parts],
                                   rtol=1e-12, atol=1e-14)


def test_an_infinite_number_stays_in_its_part():
    x = np.array([[[1.0], [np.inf], [2.0], [3.0], [-4.0]]])
    assert ops.adaptive_average_pool(x, 3).numpy().ravel().tolist() == [np.inf, np.inf, -0.5]
    assert layers.Cropping1D(1)(x).numpy().ravel().tolist() == [np.inf, 2, 3]


def test_whole_numbers():
    x = np.array([[[1], [7], [4], [5]]], "int32")
    for layer, told in [(layers.ZeroPadding1D(1), [0, 1, 7, 4, 5, 0]),
                        (layers.Cropping1D(1), [7, 4]),
                        (layers.UpSampling1D(2), [1, 1, 7, 7, 4, 4, 5, 5]),
                        (layers.AdaptiveMaxPooling1D(2), [7, 5])]:
        assert (layer(x).dtype, layer(x).numpy().ravel().tolist()) == ("int32", told)
    assert layers.AdaptiveAveragePooling1D(2)(x).numpy().ravel().tolist() == [4.0, 4.5]
    bilinear = layers.UpSampling2D((2, 1), interpolation="bilinear")(x[..., None])
    assert bilinear.dtype == "float32"
    assert bilinear.numpy().ravel().tolist() == [1, 2.5, 5.5, 6.25, 4.75, 4.25, 4.75, 5]


@given(n=st.integers(1, 9), times=st.integers(1, 4), method=st.sampled_from(METHODS[1:]))
def test_interpolation_keeps_what_is_even_and_what_is_straight(n, times, method):
    matrix = weights(n, n * times, method)
    np.testing.assert_allclose(matrix.sum(1), 1, rtol=1e-12)
    np.testing.assert_allclose(matrix, matrix[::-1, ::-1], atol=1e-12)       # from either end
    if method in ("bilinear", "bicubic") and n > 4:                          # away from the edges
        middle, straight = slice(2 * times, -2 * times), (np.arange(n * times) + 0.5) / times - 0.5
        np.testing.assert_allclose((matrix @ np.arange(n))[middle], straight[middle], atol=1e-12)


def test_a_list_can_be_enlarged():
    assert enlarged([[1, 3]], 2, axis=1).numpy().tolist() == [[1, 1, 3, 3]]
    assert enlarged(np.float32([1, 3]), 1, axis=0, method="bicubic").numpy().tolist() == [1, 3]


def test_layers_and_ops_take_the_usual_data_format():
    settings.set_image_data_format(FIRST)
    try:
        assert layers.ZeroPadding2D()(np.ones((1, 3, 4, 4))).shape == (1, 3, 6, 6)
        assert layers.Conv2DTranspose(2, 3)(np.ones((1, 3, 4, 4))).shape == (1, 2, 6, 6)
        assert layers.UpSampling1D()(np.ones((1, 3, 4))).shape == (1, 6, 4)       # it has none
        assert ops.max_pool(np.ones((1, 3, 4, 6)), 2).shape == (1, 3, 2, 3)
        assert ops.conv_transpose(np.ones((1, 3, 4)), np.ones((2, 5, 3))).shape == (1, 5, 5)
        assert ops.depth_to_space(np.ones((1, 4, 3, 2)), data_format=None).shape == (1, 1, 6, 4)
    finally:
        settings.set_image_data_format(LAST)


def test_axes_of_unknown_length():
    x = ours.Input((None, None, 3))
    y = layers.ZeroPadding2D()(layers.Cropping2D(3)(layers.UpSampling2D(2)(x)))
    assert y.shape == (None, None, None, 3)
    y = layers.AdaptiveAveragePooling2D((2, 3))(y)
    assert y.shape == (None, 2, 3, 3)
    model = ours.Model(x, y)
    assert model.predict(np.ones((1, 5, 6, 3), "float32"), verbose=0).shape == (1, 2, 3, 3)


def decoder(k: Any) -> Any:
    la = k.layers
    x = k.Input((9, 8, 2), name="image")
    h = la.Conv2D(4, 3, strides=2, padding="same", activation="relu")(x)
    h = la.DepthwiseConv2D(3, depth_multiplier=2, depthwise_regularizer="l2")(la.ZeroPadding2D()(h))
    h = la.SeparableConv2D(5, 2, padding="same", activation="tanh")(h)
    h = la.UpSampling2D((1, 2), interpolation="bilinear")(h)
    h = la.Conv2DTranspose(3, 3, strides=2, padding="same", activation="relu")(h)
    h = la.Cropping2D(((1, 0), (2, 1)))(h)
    both = la.Concatenate(axis=1)([la.AdaptiveAveragePooling2D((4, 3))(h),
                                   la.AdaptiveMaxPooling2D((2, 3))(h)])
    return k.Model(x, la.Dense(3, activation="softmax")(la.Flatten()(both)))


def signals(k: Any) -> Any:
    la = k.layers
    return k.Sequential([
        k.Input((8, 2)), la.ZeroPadding1D((1, 0)), la.SeparableConv1D(4, 3, activation="relu"),
        la.UpSampling1D(2), la.DepthwiseConv1D(3, strides=2), la.Cropping1D((0, 1)),
        la.Conv1DTranspose(3, 4, strides=3, activation="tanh"), la.AdaptiveAveragePooling1D(5),
        la.AdaptiveMaxPooling1D(3), la.Flatten(), la.Dense(3, activation="softmax")])


def images_to_words(k: Any) -> Any:
    la = k.layers
    return k.Sequential([
        k.Input((5, 4, 2)), la.ZeroPadding2D(((1, 0), (0, 1))), la.DepthwiseConv2D(2),
        la.SeparableConv2D(3, 2, activation="tanh"), la.UpSampling2D(2),
        la.Conv2DTranspose(2, 3, strides=2, padding="same"), la.Cropping2D(2),
        la.AdaptiveMaxPooling2D(2), la.Flatten(), la.Dense(3, activation="softmax")])


def how_to_train(k: Any) -> dict[str, Any]:
    return {"optimizer": k.optimizers.Adam(0.003), "loss": "sparse_categorical_crossentropy",
            "metrics": ["accuracy"]}


@pytest.mark.deep
@live
@pytest.mark.parametrize("build, shape", [
    pytest.param(decoder, (9, 8, 2), marks=pytest.mark.deep, id="decoder"),
    pytest.param(images_to_words, (5, 4, 2), id="images"),
    pytest.param(signals, (8, 2), marks=pytest.mark.deep, id="signals")])
def test_five_steps_of_training_are_those_of_keras_and_files_cross_over(build, shape, tmp_path):
    pair = twins(build)
    compile_both(pair, how_to_train)
    before = [w.copy() for w in pair[1].get_weights()]
    random = np.random.default_rng(5)
    x, y = random.normal(size=(12, *shape)).astype("float32"), random.integers(0, 3, 12)
    train_both(pair, x, y, steps=5)                          # weights and logs to 1e-5
    changes = [np.abs(a - b).max() for a, b in zip(before, pair[1].get_weights(), strict=True)]
    assert min(changes) > 1e-4
    theirs, mine = pair
    for model in (mine, *exchanged((theirs, mine), tmp_path)):
        np.testing.assert_allclose(model.predict(x, verbose=0), theirs.predict(x, verbose=0),
                                   atol=1e-5)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("ZeroPadding1D", {"padding": (1, 2, 3)}, r"ZeroPadding1D's padding must be a whole number at "
     r"least 0, or a pair \(before, after\), but got \(1, 2, 3\)"),
    ("ZeroPadding2D", {"padding": -1}, "ZeroPadding2D's padding must be .* but got -1"),
    ("ZeroPadding2D", {"padding": ((1, 2), (3,))}, r"or 2 pairs \(before, after\), but got \(\(1,"),
    ("ZeroPadding3D", {"padding": (1, 1)}, "3 of them, or 3 pairs"),
    ("ZeroPadding3D", {"padding": "same"}, "ZeroPadding3D's padding must be .*'same'"),
    ("ZeroPadding2D", {"padding": 1.5}, "but got 1.5"),
    ("Cropping1D", {"cropping": -1}, "Cropping1D's cropping must be"),
    ("Cropping2D", {"cropping": ((0, 0, 0), 1)}, "Cropping2D's cropping must be"),
    ("Cropping3D", {"cropping": None}, "Cropping3D's cropping must be .* but got None"),
    ("Cropping2D", {"data_format": "NCHW"}, "must be one of None"),
    ("UpSampling1D", {"size": 0}, "size must be a whole number at least 1"),
    ("UpSampling2D", {"size": (2, 0)}, r"UpSampling2D's size must be .* but got \(2, 0\)"),
    ("UpSampling3D", {"size": (2, 2)}, "UpSampling3D's size must be a whole number or 3 of them"),
    ("AdaptiveMaxPooling1D", {"output_size": (2, 2)}, "AdaptiveMaxPooling1D's output_size"),
    ("AdaptiveAveragePooling2D", {"output_size": 2, "data_format": "x"}, "must be one of None")]


@pytest.mark.parametrize("name, options, told", WRONG, ids=str)
def test_arguments_without_a_meaning(name, options, told):
    with pytest.raises(ArgumentError, match=told):
        getattr(layers, name)(**options)


@live
@pytest.mark.parametrize("name, options, told", [
    each for each in WRONG if each[1] != {"padding": -1}], ids=str)
def test_keras_refuses_them_too(name, options, told):
    """But for a padding below 0, which it takes and cannot use."""
    with pytest.raises((ValueError, TypeError)):
        getattr(real_keras().layers, name)(**options)


def test_what_is_refused_at_once_and_in_keras_later():
    with pytest.raises(ArgumentError, match="(?i)UpSampling2D's interpolation must be one of "
                       "'nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5', but got 'bilinar'"
                       '.*did you mean "bilinear"'):
        layers.UpSampling2D(interpolation="bilinar")
    with pytest.raises(ArgumentError, match="interpolation must be .* but got None"):
        layers.UpSampling2D(interpolation=None)
    with pytest.raises(ArgumentError, match="AdaptiveMaxPooling2D's output_size .* at least 1"):
        layers.AdaptiveMaxPooling2D(0)
    with pytest.raises(KindError, match="UpSampling1D's size must be a whole number|size must be"):
        layers.UpSampling1D((2,))
    with pytest.raises(KindError, match="AdaptiveMaxPooling2D needs output_size|needs output_size"):
        layers.AdaptiveMaxPooling2D()
    with pytest.raises(KindError, match='(?i)no argument \'pading\'.*did you mean "padding"'):
        layers.ZeroPadding2D(pading=2)
    with pytest.raises(KindError, match="no argument 'data_format'"):
        layers.Cropping1D(1, data_format=FIRST)


def test_inputs_that_do_not_fit():
    with pytest.raises(ShapeError, match=r'Cropping2D "c" needs at least 5 cells along axis 2 for '
                       r'one to remain, but got shape \(2, 6, 4, 1\), at test_spatial.py.*Crop'):
        layers.Cropping2D((1, 2), name="c")(np.ones((2, 6, 4, 1)))
    with pytest.raises(ShapeError, match="at least 3 cells along axis 1 for one to remain"):
        layers.Cropping1D()(ours.Input((2, 1)))
    with pytest.raises(ShapeError, match=r'"p" needs an input of the form \(batch, channels, height'
                       r', width\), but got shape \(2, 3, 4\)'):
        layers.ZeroPadding2D(data_format=FIRST, name="p")(np.ones((2, 3, 4)))
    with pytest.raises(ShapeError, match="of the form .batch, depth, height, width, channels"):
        layers.UpSampling3D()(np.ones((2, 3, 4, 5)))
    with pytest.raises(ShapeError, match="needs at least 1 cell along axis 1, but got"):
        layers.AdaptiveMaxPooling1D(2)(np.ones((2, 0, 3)))
    with pytest.raises(ShapeError, match="adaptive_max_pool needs at least one cell along each"):
        ops.adaptive_max_pool(np.ones((2, 0, 3)), 2)
