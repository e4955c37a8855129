"""`EinsumDense` beside Keras's: every form of equation, shapes, training, files, messages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid import keras as ours
from pellucid import layers
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from tests.layers.recurrence import assert_same, pair_of
from tests.parity.oracle import (
    assert_same_weights,
    compile_both,
    exchanged,
    keras_marks,
    real_keras,
    train_both,
    twins,
)

pytestmark = keras_marks

RNG = np.random.default_rng(8)
CASES: list[tuple[str, Any, Any, tuple[int, ...]]] = [     # equation, output, bias, input shape
    ("ab,bc->ac", 5, "c", (2, 3)), ("ab,bc->ac", (5,), None, (2, 3)),
    ("abc,cd->abd", (None, 5), "d", (2, 4, 3)), ("abc,cd->abd", (4, 5), "bd", (2, 4, 3)),
    ("abc,cde->abde", (None, 2, 5), "de", (2, 4, 3)),
    ("abde,dec->abc", (None, 5), "c", (2, 4, 3, 2)),
    ("abc,cde->abde", (None, 2, 5), "e", (2, 4, 3)),
    ("abc,cde->abde", (None, 2, 5), "d", (2, 4, 3)),
    ("abc,bcd->ad", 5, "d", (2, 4, 3)), ("abc,bd->adc", (5, None), "d", (2, 4, 3)),
    ("ab,b->ab", (3,), "b", (2, 3)), ("abc,bcd->abd", (4, 5), "b", (2, 4, 3)),
    ("...x,xy->...y", 5, "y", (2, 3)), ("...x,xy->...y", 5, "y", (2, 4, 6, 3)),
    ("...bc,cd->...bd", (4, 5), "bd", (2, 6, 4, 3)), ("...x,x->...x", (3,), None, (2, 4, 3)),
    ("ab...,bc->ac...", 5, "c", (2, 3)), ("ab...,bc->ac...", 5, "c", (2, 3, 4, 6)),
    ("abc...,bcd->ad...", (5,), "d", (2, 4, 3, 6)),
]


@pytest.mark.parametrize("equation, output, bias, shape", [
    pytest.param(*each, id=str(each), marks=[pytest.mark.deep] if i % 2 else [])
    for i, each in enumerate(CASES)])
def test_every_form_of_equation_is_keras_s(equation, output, bias, shape):
    theirs, mine = pair_of(lambda k: k.EinsumDense(
        equation, output, activation="tanh", bias_axes=bias), *shape)
    assert [w.path.split("/")[-1] for w in mine.weights] == [w.name for w in theirs.weights]
    x = RNG.normal(size=shape).astype("float32")
    assert_same(theirs(x), y := mine(x))
    assert mine.compute_output_shape(shape) == y.shape
    fresh = layers.EinsumDense(equation, output, bias_axes=bias)
    assert fresh(ours.Input(shape[1:])).shape == (None, *y.shape[1:])
    assert [w.shape for w in fresh.weights] == [w.shape for w in mine.weights]


def test_lengths_of_weights_may_come_from_the_input():
    """Where Keras wants them told once more."""
    layer = layers.EinsumDense("...bc,cd->...bd", (None, 5), bias_axes="bd")
    assert layer(np.ones((2, 6, 4, 3))).shape == (2, 6, 4, 5)
    assert layer.bias.shape == (4, 5)


def test_lengths_that_are_not_known_stay_so():
    layer = layers.EinsumDense("abc,cd->abd", (None, 5), bias_axes="d")
    assert layer.compute_output_shape((None, None, 3)) == (None, None, 5)
    assert not layer.built
    assert layer(ours.Input((None, 3))).shape == (None, None, 5)


@pytest.mark.parametrize("name", ["glorot_uniform", "he_normal"])
@pytest.mark.parametrize("equation, shape, output", [
    ("abc,cde->abde", (2, 4, 3), (None, 20, 50)), ("abde,dec->abc", (2, 4, 50, 20), (None, 5))])
def test_first_kernels_are_as_wide_as_keras_s(name, equation, shape, output):
    """The axes that are summed count as inputs, wherever they stand."""
    pair = [k.EinsumDense(equation, output, kernel_initializer=name)
            for k in (real_keras().layers, layers)]
    for layer in pair:
        layer.build(shape)
    stds = [np.std(np.asarray(layer.kernel)) for layer in pair]
    assert stds[1] == pytest.approx(stds[0], rel=0.1)
    assert pair[1].kernel_initializer.input_axes is None         # the layer's own stays as it was


def network(k: Any) -> Any:
    return k.Sequential([
        k.Input((4, 3)),
        k.layers.EinsumDense("abc,cde->abde", (4, 2, 5), "tanh", "de", kernel_regularizer="l2",
                             kernel_constraint=k.constraints.MaxNorm(1.5), name="apart"),
        k.layers.EinsumDense("abde,dec->abc", (4, 2), bias_axes="bc", bias_regularizer="l2",
                             bias_constraint="non_neg", activity_regularizer="l2",
                             name="together")])


@pytest.mark.parametrize("optimizer", ["adam", pytest.param("sgd", marks=pytest.mark.deep)])
def test_five_steps_of_training_and_a_file(optimizer, tmp_path):
    pair = twins(network)
    compile_both(pair, lambda k: {"optimizer": optimizer, "loss": "mse"})
    x = RNG.normal(size=(6, 4, 3)).astype("float32")
    train_both(pair, x, x[..., :2])
    crossed = exchanged(pair, tmp_path)
    train_both(crossed, x, x[..., :2], steps=2)
    train_both(pair, x, x[..., :2], steps=2)
    assert_same_weights((pair[0], crossed[1]))


def test_gradients_in_float64():
    pellucid.set_random_seed(3)
    model = network(ours)
    model.compile(loss="mse")
    x = RNG.normal(size=(3, 4, 3))
    report = pellucid.gradient_check(model, x, x[..., :2])
    assert report, str(report)
    assert report.error <= 1e-6


def test_float64_is_keras_s_to_ten_digits():
    theirs, mine = (k.EinsumDense("abc,cde->abde", (None, 2, 5), bias_axes="de", dtype="float64")
                    for k in (real_keras().layers, layers))
    x = RNG.normal(size=(2, 4, 3))
    theirs(x), mine(x)
    mine.set_weights(theirs.get_weights())
    assert_same(theirs(x), mine(x), 1e-12)


def test_the_config_is_keras_s():
    how: dict[str, Any] = {"equation": "abc,cd->abd", "output_shape": (None, 5), "bias_axes": "d",
                           "activation": "relu", "name": "x"}
    theirs, mine = (k.EinsumDense(**how).get_config() for k in (real_keras().layers, layers))
    assert set(theirs) - set(mine) == {"activity_regularizer", "quantization_config"}
    assert {key: theirs[key] for key in how} == {key: mine[key] for key in how}
    assert layers.EinsumDense.from_config(theirs).get_config() == mine
    assert real_keras().layers.EinsumDense.from_config(mine).equation == "abc,cd->abd"
    assert layers.EinsumDense("ab,bc->ac", 5).get_config()["output_shape"] == (5,)


ONES = np.ones((2, 4, 3))


@pytest.mark.parametrize("make, kind, said", [
    (lambda: layers.EinsumDense("ab,bc->ac"), KindError, "needs output_shape"),
    (lambda: layers.EinsumDense("ab,bc->ac", 0), KindError, "whole number above 0.*but got 0"),
    (lambda: layers.EinsumDense("ab,bc->ac", (2.5,)), KindError, "output_shape must be"),
    (lambda: layers.EinsumDense("ab,bc->ac", 5, units=3), KindError, "no argument 'units'"),
    (lambda: layers.EinsumDense("ab,bc->ac", 5, bias_axes=1), KindError,
     "bias_axes must be letters"),
    (lambda: layers.EinsumDense("ab,bc->ac", 5, bias_axes="b"), ArgumentError,
     "no axis 'b' in its output for bias_axes"),
    *((lambda wrong=wrong: layers.EinsumDense(wrong, 5), ArgumentError,
       "must have the form x,w->y.*but got") for wrong in (
          "ab,bc", "ab->a", "...ab,bc->ac", "...ab...,bc->...ac...", "a...b,bc->ac", "a1,bc->ac")),
    (lambda: layers.EinsumDense(7, 5), KindError, "equation must be a string, but got 7"),
    (lambda: layers.EinsumDense("ab,bc->ad", 5), ArgumentError,
     "axis 'd' of the output in neither"),
    (lambda: layers.EinsumDense("ab,bcd->ac", 5), ArgumentError,
     "axis 'd' of the kernel in neither"),
    (lambda: layers.EinsumDense("ab,bc->ac", 5)(ONES), ShapeError, "needs 2 axes, but got shape"),
    (lambda: layers.EinsumDense("...abcd,de->...abce", 5)(ONES), ShapeError, "4 axes or more"),
    (lambda: layers.EinsumDense("abc,cd->abd", 5)(ONES), ArgumentError, "output_shape=.5,. for"),
    (lambda: layers.EinsumDense("abc,cd->abd", (3, 5))(ONES), ShapeError,
     r"so axis 'b' has length 3, but got 4 in the input shape \(2, 4, 3\)"),
    (lambda: layers.EinsumDense("abc,cd->abd", (None, None))(ONES), ShapeError,
     "length of every axis of its kernel"),
    (lambda: layers.EinsumDense("abc,cd->abd", (None, 2), bias_axes="b")(ours.Input((None, 3))),
     ShapeError, "length of every axis of its bias"),
])
def test_what_has_no_meaning_is_said(make, kind, said):
    with pytest.raises(kind, match=said):
        make()


def test_a_built_layer_keeps_its_rank():
    layer = layers.EinsumDense("...x,xy->...y", 5)
    layer(ONES)
    with pytest.raises(ShapeError, match="needs 3 axes"):
        layer(ONES[0])
