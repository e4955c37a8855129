"""Numbers for which an `Embedding` has no row are an error before the first step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras, layers
from pellucid.core.errors import ArgumentError, DataError

Y = np.zeros((6, 1))
GOOD = np.array([[0, 1, 2]] * 6)
HIGH, LOW = GOOD.copy(), GOOD.copy()
HIGH[4, 1], LOW[3, 2] = 5, -1


def chain() -> Any:
    return keras.Sequential([keras.Input((3,)), layers.Embedding(5, 2, name="words"),
                             layers.Flatten(), layers.Dense(1)])


def chain_without_input() -> Any:
    return keras.Sequential([layers.Embedding(5, 2, name="words"), layers.Flatten(),
                             layers.Dense(1)])


def model_in_a_model() -> Any:
    x = keras.Input((3,))
    inner = keras.Sequential([keras.Input((3,)), layers.Embedding(5, 2, name="words")])
    return keras.Model(x, layers.Dense(1)(layers.Flatten()(inner(x))))


WAYS = {
    "fit": lambda model, x: model.fit(x, Y, verbose=0),
    "validation": lambda model, x: model.fit(GOOD, Y, validation_data=(x, Y), verbose=0),
    "generator": lambda model, x: model.fit(iter([(x, Y)]), steps_per_epoch=1, verbose=0),
    "evaluate": lambda model, x: model.evaluate(x, Y, verbose=0),
    "predict": lambda model, x: model.predict(x, verbose=0),
    "predict on batches": lambda model, x: model.predict(iter([x]), steps=1, verbose=0),
    "train_on_batch": lambda model, x: model.train_on_batch(x, Y),
    "test_on_batch": lambda model, x: model.test_on_batch(x, Y),
    "predict_on_batch": lambda model, x: model.predict_on_batch(x)}


@pytest.mark.parametrize("make", [chain, chain_without_input, model_in_a_model])
@pytest.mark.parametrize("way", WAYS)
def test_every_door_says_layer_range_value_and_row(make, way):
    model = make()
    model.compile("sgd", "mse")
    with pytest.raises(DataError, match=r'Embedding "words" has rows for the numbers 0 to 4 '
                       r"\(input_dim=5\), but got 5 in row 4\. input_dim=6 would have a row"):
        WAYS[way](model, HIGH)
    with pytest.raises(DataError, match=r"but got -1 in row 3\. Numbers are counted from 0"):
        WAYS[way](model, LOW.astype("float32"))
    WAYS[way](model, GOOD)


def test_the_second_predict_of_the_same_shape_looks_as_well():
    model, x = chain(), GOOD.astype("float32")
    for _ in range(3):
        model.predict(x, verbose=0)
    x[2, 0] = 7
    with pytest.raises(DataError, match="got 7 in row 2"):
        model.predict(x, verbose=0)


def test_one_of_two_inputs_by_name():
    a, b = keras.Input((2,), name="a"), keras.Input((3,), name="b")
    rows = layers.Flatten()(layers.Embedding(5, 2)(b))
    model = keras.Model([a, b], layers.Dense(1)(layers.Concatenate()([a, rows])))
    x = {"a": -9.0 * np.ones((6, 2)), "b": GOOD}
    assert model.predict(x, verbose=0).shape == (6, 1)
    with pytest.raises(DataError, match="got 5 in row 4"):
        model.predict(x | {"b": HIGH}, verbose=0)


def test_a_layer_that_says_itself_what_a_number_means_is_let_be():
    class Hashed(layers.Embedding):
        def call(self, inputs: Any) -> Any:
            return super().call(inputs % self.input_dim)

    model = keras.Sequential([keras.Input((3,), dtype="int32"), Hashed(5, 2)])
    assert np.isfinite(model.predict(HIGH, verbose=0)).all()


class Wrapping(keras.Model):
    """A call of a person's own."""

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        return super().call(inputs % 5)


class Unpacking(keras.Model):
    """Steps of a person's own."""

    def predict_step(self, data: Any) -> Any:
        return self(data[0]["ids"] % 5 if isinstance(data, tuple) else data["ids"] % 5)


@pytest.mark.parametrize("kind, x", [(Wrapping, HIGH), (Unpacking, {"ids": HIGH, "more": Y})])
def test_what_a_person_makes_of_the_numbers_is_not_judged(kind, x):
    inputs = keras.Input((3,), dtype="int32")
    model = kind(inputs, layers.Embedding(5, 2)(inputs))
    for _ in range(2):
        assert np.isfinite(model.predict(x, verbose=0)).all()


def test_step_by_step_the_layer_says_so_itself():
    for numbers in (HIGH, LOW):
        with pytest.raises(ArgumentError, match="has rows for the numbers 0 … 4"):
            layers.Embedding(5, 2)(numbers)
