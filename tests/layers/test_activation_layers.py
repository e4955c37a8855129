"""ELU, LeakyReLU, PReLU and Softmax as layers, beside Keras's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid import keras as ours
from pellucid import layers
from pellucid.core.errors import PellucidError, PellucidWarning
from pellucid.engines.native.extension import extension
from tests.layers.beside_keras import (
    assert_alike,
    assert_configs_cross,
    assert_engines_agree,
    pair_of,
)
from tests.parity.oracle import compile_both, exchanged, live, real_keras, train_both, twins

CASES: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
    ("ELU", {}, (3, 5)), ("ELU", {"alpha": 0.5}, (2, 3, 4)),
    ("LeakyReLU", {}, (3, 5)), ("LeakyReLU", {"negative_slope": 0.0}, (2, 3, 4)),
    ("PReLU", {}, (3, 5)), ("PReLU", {"shared_axes": [1, 2]}, (2, 3, 4, 5)),
    ("PReLU", {"shared_axes": 1}, (2, 3, 4)), ("PReLU", {}, (2, 3, 4)),
    ("PReLU", {"shared_axes": [1, 2]}, (2, 3, 4)),
    ("Softmax", {}, (3, 5)), ("Softmax", {"axis": 1}, (2, 3, 4)),
    ("Softmax", {"axis": [1, 2]}, (2, 3, 4)), ("Softmax", {"axis": (-1,)}, (2, 3, 4))]

QUICK = (1, 2, 5, 6, 7, 11)             # these each time, the others in the deep run


def numbers(shape: tuple[int, ...], dtype: str = "float64") -> np.ndarray:
    return np.random.default_rng(len(shape)).normal(0, 2, size=shape).astype(dtype)


@live
@pytest.mark.parametrize("name, options, shape", [
    case if i in QUICK else pytest.param(*case, marks=pytest.mark.deep)
    for i, case in enumerate(CASES)], ids=str)
def test_values_and_gradients_are_those_of_keras(name, options, shape):
    x = numbers(shape)
    assert_alike(pair_of(name, options, x), x)


@pytest.mark.parametrize("name, options, shape", CASES, ids=str)
def test_in_single_precision_too(name, options, shape):
    x = numbers(shape)
    single, double = (getattr(layers, name)(**options, dtype=dtype)
                      for dtype in ("float32", "float64"))
    np.testing.assert_allclose(single(x.astype("float32")), double(x), rtol=0, atol=1e-6)
    assert single(x).dtype == "float32"


MASKS = [np.array([[1, 1, 0, 1, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]], bool),
         np.array([[1, 0, 1, 1, 1]], bool), np.array([True, False, True, False, False]),
         np.array([[0.9, 0.1, 0.6, 0.5, 0.4]] * 3), np.array([[True], [False], [True]])]


@live
@pytest.mark.parametrize("axis", [-1, [0, 1], 0], ids=str)
@pytest.mark.parametrize("mask", MASKS, ids=[f"{m.dtype}{m.shape}" for m in MASKS])
def test_what_a_mask_hides_gets_no_share(mask, axis):
    x = numbers((3, 5), "float32")
    theirs, mine = (k.layers.Softmax(axis) for k in (real_keras(), ours))
    y = mine(x, mask=mask).numpy()
    np.testing.assert_allclose(y, np.asarray(theirs(x, mask=np.asarray(mask))), atol=1e-6)
    assert not y[np.broadcast_to(mask <= 0.5, y.shape)].any()
    if axis == -1 and mask.dtype == bool:
        sums = np.broadcast_to(mask, y.shape).any(-1)
        np.testing.assert_allclose(y.sum(-1), sums, atol=1e-6)


def test_a_mask_that_travels_with_the_input_is_used():
    words = layers.Embedding(4, 2, mask_zero=True)(np.array([[1, 0], [2, 3]]))
    shares = layers.Softmax(axis=1)(words[..., 0], mask=words._keras_mask)
    assert float(shares[0, 1]) == 0
    assert float(shares[0, 0]) == 1
    square = layers.Softmax()(words)      # a mask of (2, 2) meets steps and features, as in Keras
    assert (square.numpy() == 0).tolist() == [[[False, True], [False, False]]] * 2
    assert square._keras_mask.tolist() == [[True, False], [True, True]]
    for layer in (layers.ELU(), layers.LeakyReLU(), layers.PReLU()):
        assert layer(words)._keras_mask.tolist() == [[True, False], [True, True]]


def network(k: Any) -> Any:
    la = k.layers
    x = k.Input((4, 4, 1))
    h = la.PReLU(shared_axes=[1, 2], alpha_initializer="ones", alpha_regularizer="l2")(
        la.Conv2D(3, 3)(x))
    h = la.PReLU(alpha_constraint="non_neg")(la.Dense(6)(la.Flatten()(la.ELU(0.7)(h))))
    return k.Model(x, la.Dense(2)(la.Softmax()(la.LeakyReLU(0.1)(la.Dense(4)(h)))))


def batch(dtype: str = "float32") -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    return random.normal(size=(8, 4, 4, 1)).astype(dtype), random.normal(size=(8, 2)).astype(dtype)


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
    pellucid.set_random_seed(5)                          # no number within a nudge of a kink
    model = network(ours)
    model.compile(loss="mse")
    report = pellucid.gradient_check(model, *(each[:3] for each in batch("float64")))
    assert report, str(report)
    assert report.error <= 1e-6


@pytest.mark.skipif(extension() is None, reason="the native engine is switched off")
def test_both_engines_train_alike(monkeypatch):
    ours.config.set_floatx("float64")
    try:
        assert_engines_agree(lambda: network(ours), *batch("float64"), monkeypatch)
    finally:
        ours.config.set_floatx("float32")


def test_alpha_is_one_for_each_number_or_shared():
    layer = layers.PReLU()
    assert layer(np.ones((2, 3, 4))).shape == (2, 3, 4)
    assert layer.alpha.shape == (3, 4)
    assert not layer.alpha.numpy().any()
    shared = layers.PReLU(shared_axes=(1, 2))
    assert shared(ours.Input((None, None, 5))).shape == (None, None, None, 5)
    assert shared.alpha.shape == (1, 1, 5)


@live
def test_the_old_name_of_a_slope():
    with pytest.warns(PellucidWarning, match="alpha is called negative_slope now"):
        mine = layers.LeakyReLU(alpha=0.1)
    with pytest.warns(UserWarning, match="alpha"):
        theirs = real_keras().layers.LeakyReLU(alpha=0.1)
    assert mine.negative_slope == theirs.negative_slope == 0.1
    assert "alpha" not in mine.get_config()
    assert (layers.LeakyReLU().name, layers.PReLU().name) == ("leaky_re_lu_1", "p_re_lu")


@live
@pytest.mark.parametrize("name, options", [
    ("ELU", {"alpha": 0.3}), ("LeakyReLU", {}), ("LeakyReLU", {"negative_slope": 1}),
    ("PReLU", {}), ("PReLU", {"shared_axes": 2, "alpha_initializer": "he_normal",
                              "alpha_regularizer": "l1", "alpha_constraint": "non_neg"}),
    ("PReLU", {"shared_axes": (1, 2), "trainable": False}),
    ("Softmax", {}), ("Softmax", {"axis": [1, 2]})], ids=str)
def test_configs_cross_over(name, options):
    assert_configs_cross(name, options)


@pytest.mark.parametrize("make, said", [
    (lambda: layers.ELU("one"), "ELU's alpha must be a number, but got 'one'"),
    (lambda: layers.ELU(slope=1), "ELU has no argument 'slope'"),
    (lambda: layers.LeakyReLU(-0.1), "negative_slope must be at least 0, but got -0.1"),
    (lambda: layers.LeakyReLU(None), "negative_slope must be at least 0"),
    (lambda: layers.PReLU(shared_axes=[0]), r"counted from 1 .*got \[0\]"),
    (lambda: layers.PReLU(shared_axes="all"), "PReLU's shared_axes must be a whole number or"),
    (lambda: layers.PReLU(shared_axes=3)(np.ones((2, 3, 4))), r"axes \[3\].*\(2, 3, 4\)"),
    (lambda: layers.PReLU()(ours.Input((None, 3))), "length of each axis that is not in shared"),
    (lambda: layers.PReLU(alpha_initializer="zeroes"), "zeroes"),
    (lambda: layers.Softmax("last"), "Softmax's axis must be a whole number or a list"),
    (lambda: layers.Softmax(axis=[]), "Softmax's axis must be"),
    (lambda: layers.Softmax()(np.ones((2, 3)), mask=np.ones((2, 4))), r"mask that broadcasts .*"
     r"\(2, 3\), but got shape \(2, 4\)"),
    (lambda: layers.Softmax()(np.ones((2, 3)), mask=np.ones((1, 2, 3))), "mask that broadcasts")])
def test_what_has_no_meaning_is_said(make, said):
    with pytest.raises(PellucidError, match=said):
        make()


def test_a_layer_of_slopes_stays_with_its_shape():
    layer = layers.PReLU()
    layer(np.ones((2, 3)))
    with pytest.raises(PellucidError, match="needs 3 entries along axis 1"):
        layer(np.ones((2, 4)))
