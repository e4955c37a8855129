"""`Dot` and `ReLU` beside Keras's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid import keras as ours
from pellucid import layers
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from tests.parity.oracle import compile_both, exchanged, keras_marks, real_keras, train_both, twins

pytestmark = keras_marks

RNG = np.random.default_rng(8)

CASES = [                                            # axes, shapes of the two inputs
    (1, (3, 4), (3, 4)), (-1, (3, 4), (3, 4)), ((1, 1), (3, 4), (3, 4)),
    (2, (3, 5, 4), (3, 2, 4)), ((2, 1), (3, 5, 4), (3, 4, 2)), ((1, 2), (3, 4, 5), (3, 2, 4)),
    (-1, (3, 5, 4), (3, 2, 4)), ((-2, -1), (3, 4, 5), (3, 2, 4)),
    ((1, 2), (3, 4), (3, 5, 4)), ((2, 1), (3, 5, 4), (3, 4)),
    ((3, 1), (3, 2, 5, 4), (3, 4, 2)), ((2, 3), (3, 2, 4, 5), (3, 2, 2, 4)),
]


@pytest.mark.parametrize("normalize", [False, True], ids=["lengths", "cosines"])
@pytest.mark.parametrize("axes, one, other", CASES, ids=str)
def test_dot_is_keras_s(axes, one, other, normalize):
    pair = [RNG.normal(size=shape).astype("float32") for shape in (one, other)]
    theirs = np.asarray(real_keras().layers.Dot(axes, normalize=normalize)(
        [real_keras().ops.convert_to_tensor(each) for each in pair]))
    layer = layers.Dot(axes, normalize=normalize)
    mine = layer(pair).numpy()
    assert mine.shape == theirs.shape
    assert mine.dtype == theirs.dtype
    assert np.abs(theirs - mine).max() <= 1e-5
    symbolic = layer([ours.Input(each.shape[1:]) for each in pair])
    assert symbolic.shape == (None, *mine.shape[1:])
    assert layer.compute_output_shape([one, other]) == mine.shape


def test_a_vector_of_length_0_has_cosine_0():
    zero, one = np.zeros((1, 2), "float32"), np.ones((1, 2), "float32")
    assert layers.Dot(1, normalize=True)([zero, one]).tolist() == [[0.0]]


def attention(k: Any) -> Any:
    """Steps that look at each other: the softmax of inner products weighs the steps."""
    x = k.Input((5, 4))
    queries, keys = k.layers.Dense(3)(x), k.layers.Dense(3)(x)
    shares = k.layers.Activation("softmax")(k.layers.Dot(2, normalize=True)([queries, keys]))
    y = k.layers.ReLU(max_value=2.0, negative_slope=0.1)(k.layers.Dot((2, 1))([shares, x]))
    return k.Model(x, k.layers.Dense(1)(k.layers.Flatten()(y)))


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_five_steps_of_training(optimizer, tmp_path):
    pair = twins(attention)
    compile_both(pair, lambda k: {"optimizer": optimizer, "loss": "mse"})
    x = RNG.normal(size=(6, 5, 4)).astype("float32")
    train_both(pair, x, x[:, 0, :1])
    crossed = exchanged(pair, tmp_path)
    train_both(crossed, x, x[:, 0, :1], steps=2)


def test_gradients_in_float64():
    pellucid.set_random_seed(3)
    model = attention(ours)
    model.compile(loss="mse")
    x = RNG.normal(size=(3, 5, 4))
    report = pellucid.gradient_check(model, x, x[:, 0, :1])
    assert report, str(report)
    assert report.error <= 1e-6


@pytest.mark.parametrize("make, kind, said", [
    (lambda: layers.Dot("last"), KindError, "whole number or a pair"),
    (lambda: layers.Dot((1, 2, 3)), KindError, "whole number or a pair"),
    (lambda: layers.Dot((1.0, 2)), KindError, "whole number or a pair"),
    (lambda: layers.Dot(), KindError, "Dot needs axes"),
    (lambda: layers.Dot(1)(np.ones((2, 3))), ArgumentError, "exactly two inputs"),
    (lambda: layers.Dot(1)([np.ones((2, 3))] * 3), ArgumentError, "exactly two inputs"),
    (lambda: layers.Dot(0)([np.ones((2, 3))] * 2), ShapeError, "axis 0 .0 is the batch"),
    (lambda: layers.Dot(2)([np.ones((2, 3))] * 2), ShapeError, "cannot sum over axis 2"),
    (lambda: layers.Dot(-2)([np.ones((2, 3))] * 2), ShapeError, "cannot sum over axis -2"),
    (lambda: layers.Dot(1)([np.ones((2, 3)), np.ones((2, 4))]), ShapeError,
     r"axis 1 of the first as long as axis 1 of the second, but got shapes \(2, 3\) and \(2, 4\)"),
    (lambda: layers.Dot(1)([np.ones((2, 3)), np.ones((3, 3))]), ShapeError, "equal batches"),
    (lambda: layers.ReLU(-1), ArgumentError, "max_value must be at least 0"),
    (lambda: layers.ReLU(negative_slope=-0.1), ArgumentError, "negative_slope must be at least 0"),
    (lambda: layers.ReLU(threshold=None), KindError, "threshold must be at least 0"),
])
def test_what_has_no_meaning_is_said(make, kind, said):
    with pytest.raises(kind, match=said):
        make()


def test_dot_keeps_no_mask():
    words = layers.Embedding(4, 3, mask_zero=True)(np.array([[1, 0], [2, 3]]))
    assert getattr(layers.Dot(2)([words, words]), "_keras_mask", None) is None
    assert layers.ReLU()(words)._keras_mask.tolist() == [[True, False], [True, True]]


@pytest.mark.parametrize("how", [
    {}, {"max_value": 1.0}, {"negative_slope": 0.25}, {"threshold": 0.5},
    {"max_value": 1.5, "negative_slope": 0.1, "threshold": 1.0}, {"max_value": 0}], ids=str)
def test_relu_is_keras_s(how):
    x = np.array([[-3.0, -0.5, 0.0, 0.3, 0.5, 0.9, 1.0, 1.2, 1.5, 7.0]], "float32")
    theirs, mine = real_keras().layers.ReLU(**how), layers.ReLU(**how)
    assert np.abs(np.asarray(theirs(x)) - mine(x).numpy()).max() <= 1e-6
    config, known = mine.get_config(), theirs.get_config()
    assert mine.name.startswith("re_lu")
    assert {key: config[key] for key in ("max_value", "negative_slope", "threshold")} == {
        key: known[key] for key in ("max_value", "negative_slope", "threshold")}
    assert layers.ReLU.from_config(known).get_config() == {**config, "name": known["name"]}


@pytest.mark.parametrize("how", [{"axes": 2}, {"axes": [1, -1], "normalize": True}], ids=str)
def test_the_config_of_dot_is_keras_s(how):
    theirs, mine = real_keras().layers.Dot(**how), layers.Dot(**how)
    config, known = mine.get_config(), theirs.get_config()
    assert (config["axes"], config["normalize"]) == (known["axes"], known["normalize"])
    assert layers.Dot.from_config(known).get_config() == {**config, "name": known["name"]}
