"""A `Sequential` that is added to: each layer is drawn once, and the model is as if given all."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid import keras, layers
from pellucid.core import names
from pellucid.core.errors import ShapeError

X = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")


def parts() -> list[Any]:
    return [keras.Input((4,)), layers.Dense(5, "tanh"), layers.BatchNormalization(),
            layers.Dropout(0.5), layers.Dense(2)]


def fresh() -> None:
    names.reset_names()
    pellucid.set_random_seed(0)


def given() -> Any:
    fresh()
    return keras.Sequential(parts())


def added(rebuild: Any = (True,) * 5) -> Any:
    fresh()
    model, made = keras.Sequential(), parts()
    for layer, now in zip(made, rebuild, strict=True):
        model.add(layer, rebuild=now)
    return model


def same(model: Any, other: Any) -> None:
    assert model.get_config() == other.get_config()
    assert [v.path for v in model.variables] == [v.path for v in other.variables]
    assert all(np.array_equal(a, b) for a, b in zip(
        model.get_weights(), other.get_weights(), strict=True))
    assert np.array_equal(model.predict(X, verbose=0), other.predict(X, verbose=0))
    assert model.output_shape == other.output_shape == (None, 2)


@pytest.mark.parametrize("rebuild", [
    (True,) * 5, (True, True, False, True, True), (True, False, False, False, True)])
def test_layer_by_layer_is_as_all_at_once(rebuild):
    same(added(rebuild), given())


def test_each_layer_is_drawn_once():
    assert [len(each._inbound_nodes) for each in added()._chain] == [1] * 5


def test_the_output_of_a_layer_amid_stays_part_of_the_model():
    model = added()
    half = keras.Model(model.inputs, model.layers[1].output)
    fresh()
    assert np.array_equal(half(X), model.layers[1](model.layers[0](X)))


def test_what_does_not_fit_is_told_when_it_is_added():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    with pytest.raises(ShapeError):
        model.add(layers.Conv1D(2, 3))
    model.pop()
    model.add(layers.Dense(2))
    assert model.output_shape == (None, 2)


def test_a_popped_layer_makes_room():
    model = added()
    model.pop()
    model.add(layers.Dense(7))
    assert model(X).shape == (6, 7)


def test_a_copy_grows_by_itself():
    model = added()
    other = copy.deepcopy(model)
    other.add(layers.Dense(3))
    assert model.output_shape == (None, 2)
    assert other(X).shape == (6, 3)


def test_several_outputs_pass_through():
    class Both(layers.Layer):
        def call(self, x: Any) -> Any:
            return [x, 2 * x]

    class Sum(layers.Layer):
        def call(self, x: Any) -> Any:
            return x[0] + x[1]

    model = keras.Sequential([keras.Input((4,))])
    for layer in (Both(), Sum(), layers.Dense(2)):
        model.add(layer)
    assert np.allclose(model(X), X * 3 @ model.layers[-1].kernel.numpy(), atol=1e-6)


def test_words_first():
    model = keras.Sequential([keras.Input((), dtype="string")])
    model.add(layers.StringLookup(vocabulary=["a", "b"]))
    model.add(layers.Embedding(3, 2))
    model.add(layers.Dense(1))
    assert model.predict(np.array(["a", "b", "c"]), verbose=0).shape == (3, 1)
