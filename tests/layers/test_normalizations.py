"""Normalizing layers and ops: Keras's numbers, gradients and configs; what they leave unchanged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pellucid
from pellucid import keras as ours
from pellucid import layers, ops
from pellucid.core.errors import ArgumentError, PellucidWarning, ShapeError
from pellucid.core.gradient_check import gradient_check
from pellucid.core.variable import Variable
from pellucid.engines.native.extension import extension
from tests.layers.beside_keras import (
    assert_alike,
    assert_configs_cross,
    assert_engines_agree,
    our_gradients,
    pair_of,
    their_gradients,
)
from tests.parity.oracle import compile_both, exchanged, live, real_keras, train_both, twins

LAYER, GROUP = "LayerNormalization", "GroupNormalization"
CASES: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
    (LAYER, {}, (3, 5)), (LAYER, {"axis": [1, 2]}, (2, 3, 4)), (LAYER, {"axis": 1}, (2, 3, 4)),
    (LAYER, {"axis": [-1, 1], "epsilon": 1e-5}, (2, 3, 4, 2)),
    (LAYER, {"center": False}, (2, 3, 4)),
    (LAYER, {"center": False, "scale": False}, (3, 5)),
    (GROUP, {"groups": 2}, (3, 6)), (GROUP, {"groups": 3, "axis": 1}, (2, 6, 4)),
    (GROUP, {"groups": -1, "epsilon": 1e-5}, (2, 3, 4, 4)), (GROUP, {"groups": 4}, (2, 3, 3, 4)),
    (GROUP, {"groups": 2, "axis": -2, "center": False}, (2, 4, 3)),
    (GROUP, {"groups": 1, "scale": False}, (2, 4, 3)),
    ("RMSNormalization", {}, (3, 5)), ("RMSNormalization", {"axis": [1, 2]}, (2, 3, 4)),
    ("RMSNormalization", {"epsilon": 0.1}, (2, 3, 4)),
    ("UnitNormalization", {}, (3, 5)), ("UnitNormalization", {"axis": [1, 2]}, (2, 3, 4)),
    ("UnitNormalization", {"axis": 1}, (2, 3, 4))]

QUICK = (1, 3, 7, 9, 13, 16)            # these each time, the others in the deep run


def numbers(shape: tuple[int, ...], dtype: str = "float64") -> np.ndarray:
    return np.random.default_rng(len(shape)).normal(1, 2, size=shape).astype(dtype)


@live
@pytest.mark.parametrize("name, options, shape", [
    case if i in QUICK else pytest.param(*case, marks=pytest.mark.deep)
    for i, case in enumerate(CASES)], ids=str)
def test_values_and_gradients_are_those_of_keras(name, options, shape):
    # but for lengths Keras normalizes in single precision, whatever the layer's dtype; in double
    # precision tests/agreement judges the ops with 50 digits
    x = numbers(shape)
    assert_alike(pair_of(name, options, x), x, 1e-10 if name == "UnitNormalization" else 2e-6)


@pytest.mark.parametrize("name, options, shape", CASES, ids=str)
def test_in_single_precision_too(name, options, shape):
    x = numbers(shape)
    single, double = (getattr(layers, name)(**options, dtype=dtype)
                      for dtype in ("float32", "float64"))
    np.testing.assert_allclose(single(x.astype("float32")), double(x), rtol=0, atol=1e-5)
    assert single(x).dtype == single(x.astype("int32")).dtype == "float32"


@live
def test_the_old_way_of_rms_scaling():
    x = numbers((3, 5))
    with pytest.warns(PellucidWarning, match="RMSNormalization does what the name says"):
        mine = layers.LayerNormalization(rms_scaling=True, dtype="float64")
    with pytest.warns(UserWarning, match="rms_scaling"):
        y = real_keras().layers.LayerNormalization(rms_scaling=True)(x)
    np.testing.assert_allclose(mine(x), np.asarray(y), rtol=0, atol=1e-5)
    assert [w.name for w in mine.weights] == ["gamma"]


@live
@pytest.mark.parametrize("name, options", [
    ("layer_normalization", {}), ("layer_normalization", {"axis": 1, "epsilon": 1e-3}),
    ("layer_normalization", {"axis": (0, 2)}), ("rms_normalization", {"axis": (1, 2)}),
    ("rms_normalization", {"epsilon": 1e-2}), ("normalize", {}), ("normalize", {"axis": (0, 2)}),
    ("normalize", {"order": 1}), ("normalize", {"order": 3, "axis": 1}),
    ("normalize", {"axis": None, "epsilon": 100.0})], ids=str)
def test_ops_are_those_of_keras(name, options):
    x = numbers((2, 3, 4))
    np.testing.assert_allclose(getattr(ops, name)(x, **options),
                               np.asarray(getattr(real_keras().ops, name)(x, **options)),
                               rtol=0, atol=1e-5)     # Keras: in single precision


@live
def test_ops_with_scale_shift_and_moments_are_those_of_keras():
    theirs, x, rows = real_keras().ops, numbers((2, 3, 4)), numbers((4, 3))
    for axis, shape in ((-1, (4,)), (1, (3,)), ([1, 2], (3, 4))):
        γ, β = numbers(shape), numbers((*shape, 1))[..., 0]
        np.testing.assert_allclose(ops.layer_normalization(x, γ, β, axis),
                                   theirs.layer_normalization(x, γ, β, axis), atol=1e-5)
    np.testing.assert_allclose(ops.rms_normalization(x, rows[:, 0]),
                               theirs.rms_normalization(x, rows[:, 0]), atol=1e-5)
    μ, σ2, γ, β = rows
    for more in ({}, {"offset": β}, {"scale": γ, "epsilon": 0.1}):
        np.testing.assert_allclose(ops.batch_normalization(x, μ, σ2**2, 1, **more),
                                   theirs.batch_normalization(x, μ, σ2**2, 1, **more), atol=1e-12)
    for axes, keep in ((0, False), ([0, 2], False), ((1,), True), ([-1], False)):
        for a, b in zip(ops.moments(x, axes, keep), theirs.moments(x, axes, keep), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)


def test_ops_on_an_input_make_a_graph():
    x = ours.Input((3, 4))
    μ, σ2 = ops.moments(x, axes=[1], keepdims=True)
    y = ops.normalize(ops.layer_normalization((x - μ) * ops.rsqrt(σ2 + 1.0)), axis=1)
    model = ours.Model(x, ops.rms_normalization(y, axis=[1, 2]))
    seen = numbers((2, 3, 4), "float32")
    d = seen - seen.mean(1, keepdims=True)
    z = d / np.sqrt(seen.var(1, keepdims=True) + 1)
    z = (z - z.mean(-1, keepdims=True)) / np.sqrt(z.var(-1, keepdims=True) + 1e-7)
    z /= np.sqrt((z**2).sum(1, keepdims=True))
    z /= np.sqrt((z**2).mean((1, 2), keepdims=True))
    np.testing.assert_allclose(model.predict(seen, verbose=0), z, atol=1e-4)


rows_of_numbers = st.lists(st.floats(-3, 3), min_size=3, max_size=6).map(
    lambda row: np.array([[*row, 5.0]]))


@given(x=rows_of_numbers, factor=st.floats(0.5, 4), shift=st.floats(-3, 3))
def test_neither_scale_nor_shift_of_a_sample_matters(x, factor, shift):
    one, other = (ops.layer_normalization(each, epsilon=0.0) for each in (x, factor * x + shift))
    np.testing.assert_allclose(one, other, atol=1e-9)
    one, other = (ops.rms_normalization(each, epsilon=0.0) for each in (x, factor * x))
    np.testing.assert_allclose(one, other, atol=1e-9)


@given(x=rows_of_numbers, order=st.integers(1, 4))
def test_a_normalized_vector_has_length_1(x, order):
    y = np.asarray(ops.normalize(x, order=order))
    assert np.sum(np.abs(y)**order) ** (1 / order) == pytest.approx(1)


@pytest.mark.parametrize("order", [1, 3, 4])
def test_lengths_of_other_orders_have_their_slopes(order):
    w = Variable(numbers((2, 3)), name="w")
    c = numbers((2, 3, 1))[..., 0]
    assert gradient_check(lambda: ops.normalize(w, axis=1, order=order) * c, [w])


def test_one_group_is_all_and_a_group_each_is_space():
    x = numbers((2, 3, 4, 6), "float32")
    one = layers.GroupNormalization(groups=1)(x)
    np.testing.assert_allclose(
        one, ops.layer_normalization(x, axis=(1, 2, 3), epsilon=1e-3), atol=1e-5)
    each = layers.GroupNormalization(groups=-1)
    np.testing.assert_allclose(
        each(x), ops.layer_normalization(x, axis=(1, 2), epsilon=1e-3), atol=1e-5)
    assert each.groups == 6                              # as Keras counts them when it builds


def test_a_vector_of_length_0_stays():
    assert layers.UnitNormalization()(np.zeros((1, 3))).numpy().tolist() == [[0, 0, 0]]
    assert ops.normalize([0.0, 0.0], order=1).tolist() == [0, 0]


def test_masks_go_on():
    words = layers.Embedding(4, 4, mask_zero=True)(np.array([[1, 0], [2, 3]]))
    for layer in (layers.LayerNormalization(), layers.GroupNormalization(2),
                  layers.UnitNormalization()):
        assert layer(words)._keras_mask.tolist() == [[True, False], [True, True]]
    with pytest.warns(PellucidWarning, match="does not pass masks on"):
        assert getattr(layers.RMSNormalization()(words), "_keras_mask", None) is None


def network(k: Any, rounds: int = 2) -> Any:
    la = k.layers
    return k.Sequential([
        k.Input((4, 4, 2)), la.Conv2D(4, 2, activation="tanh"),
        la.GroupNormalization(2, gamma_regularizer="l2"),
        la.LayerNormalization(axis=[1, 2, 3], beta_constraint="non_neg"), la.Flatten(),
        la.Dense(5, activation="tanh"), la.RMSNormalization(), la.UnitNormalization(),
        la.SpectralNormalization(la.Dense(4), rounds), la.LayerNormalization(), la.Dense(2)])


def batch(dtype: str = "float32") -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    return random.normal(size=(6, 4, 4, 2)).astype(dtype), random.normal(size=(6, 2)).astype(dtype)


@pytest.mark.deep
@live
def test_five_steps_of_training_are_those_of_keras(tmp_path):
    pair = twins(network)
    compile_both(pair, lambda k: {"optimizer": k.optimizers.Adam(0.01), "loss": "mse"})
    before = pair[1].get_weights()
    train_both(pair, *batch())
    assert all((a != b).any() for a, b in zip(before, pair[1].get_weights(), strict=True))
    crossed = exchanged(pair, tmp_path)
    train_both(crossed, *batch(), steps=2)


@pytest.mark.deep
def test_gradients_by_nudging():
    pellucid.set_random_seed(2)
    model = network(ours, rounds=25)                     # so many that σ is exact at each call
    model.compile(loss="mse")
    report = pellucid.gradient_check(model, *batch("float64"))
    assert report, str(report)


@pytest.mark.skipif(extension() is None, reason="the native engine is switched off")
def test_both_engines_train_alike(monkeypatch):
    ours.config.set_floatx("float64")
    assert_engines_agree(lambda: network(ours), *batch("float64"), monkeypatch)


@pytest.fixture(autouse=True)
def _floatx():
    yield
    ours.config.set_floatx("float32")


# spectral normalization --------------------------------------------------------------------------

@live
@pytest.mark.parametrize("inner, options, shape", [
    ("Dense", {"units": 3}, (2, 5, 4)),
    ("Conv2D", {"filters": 3, "kernel_size": 2}, (2, 4, 4, 2))], ids=str)
@pytest.mark.parametrize("rounds", [pytest.param(1, marks=pytest.mark.deep), 3])
def test_spectral_normalization_is_that_of_keras(inner, options, shape, rounds):
    x, random = numbers(shape), np.random.default_rng(1)
    pair = [k.layers.SpectralNormalization(getattr(k.layers, inner)(**options, dtype="float64"),
                                           rounds, dtype="float64") for k in (real_keras(), ours)]
    for layer in pair:
        layer(x)
    theirs, mine = pair
    assert [w.name for w in mine.weights] == [w.name for w in theirs.weights]
    values = [random.normal(size=w.shape) for w in mine.weights]
    theirs.set_weights(values)
    mine.set_weights(values)
    assert mine.compute_output_shape(x.shape) == theirs.compute_output_shape(x.shape)
    np.testing.assert_allclose(mine(x), np.asarray(theirs(x)), rtol=0, atol=1e-10)
    weights = random.normal(size=mine.compute_output_shape(x.shape))
    for a, b in zip(our_gradients(mine, x, weights, training=True),
                    their_gradients(theirs, x, weights, training=True), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-9)
    mine.set_weights(values)                             # that has moved u
    y, told = mine(x, training=True), mine.vector_u.numpy()
    np.testing.assert_allclose(y, np.asarray(theirs(x, training=True)), rtol=0, atol=1e-10)
    np.testing.assert_allclose(told, np.asarray(theirs.vector_u), rtol=0, atol=1e-10)
    mine.vector_u.assign(values[1])                      # W / σ, which Keras now has for W
    np.testing.assert_allclose(mine.normalized_weights()[1], np.asarray(theirs.kernel), atol=1e-10)


def test_the_largest_singular_value_becomes_1():
    layer = layers.SpectralNormalization(layers.Dense(5), power_iterations=50, dtype="float64")
    layer.build((None, 4))
    u, matrix = (np.asarray(each) for each in layer.normalized_weights())
    assert np.linalg.svd(matrix, compute_uv=False)[0] == pytest.approx(1, rel=1e-5)
    assert np.linalg.norm(u) == pytest.approx(1)


def test_the_weights_are_left_to_the_optimizer():
    layer = layers.SpectralNormalization(layers.Dense(3))
    layer.build((None, 4))
    kernel, u = layer.kernel.numpy(), layer.vector_u.numpy()
    layer(np.ones((1, 4)), training=True)
    assert layer.layer.kernel is layer.kernel
    assert (layer.kernel.numpy() == kernel).all()
    assert (layer.vector_u.numpy() != u).any()
    u = layer.vector_u.numpy()
    layer(np.ones((1, 4)))                               # only training moves it
    assert (layer.vector_u.numpy() == u).all()


def test_weights_of_nothing_but_0_stay():
    layer = layers.SpectralNormalization(layers.Dense(2, kernel_initializer="zeros"))
    layer.build((None, 3))
    u = layer.vector_u.numpy()
    assert layer(np.ones((1, 3)), training=True).numpy().tolist() == [[0, 0]]
    assert (layer.vector_u.numpy() == u).all()
    assert not layer.kernel.numpy().any()


def test_spectral_normalization_of_a_table():
    layer = layers.SpectralNormalization(layers.Embedding(5, 3), power_iterations=30)
    y = layer(np.arange(5)[None], training=True)
    assert (y.shape, y.dtype) == ((1, 5, 3), "float32")
    assert np.linalg.norm(y.numpy()[0], 2) == pytest.approx(1, rel=1e-4)


# what is written, what is refused ----------------------------------------------------------------

@live
@pytest.mark.parametrize("name, options", [
    (LAYER, {}), (LAYER, {"axis": [1, 2], "epsilon": 0.1, "center": False, "scale": False,
                          "beta_initializer": "ones", "gamma_regularizer": "l1",
                          "gamma_constraint": "max_norm", "trainable": False}),
    (GROUP, {}), (GROUP, {"groups": -1, "axis": 1, "beta_regularizer": "l2"}),
    ("RMSNormalization", {"axis": 1, "epsilon": 0.5}), ("RMSNormalization", {}),
    ("UnitNormalization", {}), ("UnitNormalization", {"axis": (1, 2)})], ids=str)
def test_configs_cross_over(name, options):
    assert_configs_cross(name, options)


@live
def test_the_config_of_a_wrapper_crosses_over():
    keras = real_keras()
    mine = layers.SpectralNormalization(layers.Dense(3, name="d"), power_iterations=2, name="s")
    theirs = keras.layers.SpectralNormalization.from_config(mine.get_config())
    assert (theirs.power_iterations, theirs.layer.units) == (2, 3)
    again = layers.SpectralNormalization.from_config(theirs.get_config())
    assert again.get_config() == mine.get_config()


WRONG = [
    (lambda: layers.LayerNormalization(axis="last"), "LayerNormalization's axis must be a whole"),
    (lambda: layers.LayerNormalization(axis=1.5), r"or a list of them, but got 1\.5"),
    (lambda: layers.LayerNormalization(epsilon=-1), "epsilon must be at least 0, but got -1"),
    (lambda: layers.LayerNormalization(axes=1), "no argument 'axes'.*did you mean \"axis\""),
    (lambda: layers.LayerNormalization(axis=2)(np.ones((2, 3))), r"axis 2, but got shape \(2, 3\)"),
    (lambda: layers.LayerNormalization(axis=1)(ours.Input((None, 3))), "the length of axis 1"),
    (lambda: layers.GroupNormalization(groups=0), "groups must be a whole number at least 1, or"),
    (lambda: layers.GroupNormalization(groups=2.5), "groups must be"),
    (lambda: layers.GroupNormalization(axis=[1]), "axis must be a whole number"),
    (lambda: layers.GroupNormalization(4)(np.ones((2, 6))), "4 groups can share evenly"),
    (lambda: layers.GroupNormalization()(np.ones((2, 6))), "32 groups can share.*got shape"),
    (lambda: layers.GroupNormalization(1, axis=0)(np.ones((2, 6))), "channels along axis 0"),
    (lambda: layers.RMSNormalization(axis=None), "RMSNormalization's axis must be"),
    (lambda: layers.RMSNormalization(epsilon="tiny"), "epsilon must be at least 0"),
    (lambda: layers.RMSNormalization(axis=-3)(np.ones((2, 3))), "normalizes axis -3"),
    (lambda: layers.UnitNormalization(axis="all"), "UnitNormalization's axis must be"),
    (lambda: layers.UnitNormalization(axis=[1, 2])(np.ones((2, 3))), "normalizes axis 2"),
    (lambda: layers.SpectralNormalization(layers.Dense), "layer must be a layer"),
    (lambda: layers.SpectralNormalization(layers.Dense(1), 0), "power_iterations must be a whole"),
    (lambda: layers.SpectralNormalization(layers.Flatten())(np.ones((2, 3))),
     'a layer with a kernel or embeddings, but got Flatten "flatten'),
    (lambda: ops.normalize([1.0], order=0), "order must be a whole number at least 1, but got 0"),
    (lambda: ops.normalize(np.ones((2, 2)), axis=None, order=1), "one axis where order=1")]


@pytest.mark.parametrize("make, said", WRONG, ids=[said for _, said in WRONG])
def test_what_has_no_meaning_is_said(make, said):
    with pytest.raises((ArgumentError, ShapeError, TypeError), match=f"(?i){said}"):
        make()


def test_a_layer_stays_with_its_channels():
    layer = layers.GroupNormalization(2)
    layer(np.ones((2, 4)))
    with pytest.raises(ShapeError, match="needs 4 features"):
        layer(np.ones((2, 6)))
