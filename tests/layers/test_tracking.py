"""What belongs to a layer, wherever it stands in its attributes and whenever it comes there."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np

from pellucid import keras, layers, metrics
from pellucid.core.variable import Variable
from pellucid.layers.tracking import _Sorts, members


class Holder:
    """An object of no house's class."""


def holder(**attributes: Any) -> Any:
    made = Holder()
    vars(made).update(attributes)
    return made


def test_lists_are_opened_and_each_member_comes_once():
    a, b, c = (Variable(float(i), name=str(i)) for i in range(3))
    knot: list[Any] = [a]
    knot.append(knot)                                      # a list that holds itself
    owner = holder(first=[a, {"x": (b, 1)}], again=b, knot=knot, plain=3, last={"c": c})
    assert [id(each) for each in members(owner)] == [id(each) for each in (a, b, c)]


def test_names_that_are_no_members_are_passed_over():
    a, b = Variable(1.0), Variable(2.0)
    assert members(holder(input_spec=a, mine=b))[0] is b
    assert [id(each) for each in members(holder(x=a, y=b), skip=frozenset("x"))] == [id(b)]


def test_an_object_may_get_variables_later():
    state, layer = holder(), layers.Layer()
    vars(layer)["state_of_mine"] = state
    assert layer.variables == []
    state.variables = [Variable(1.0, name="late")]
    assert [each.name for each in layer.variables] == ["late"]


def test_a_persons_own_class_is_not_kept():
    sorts = _Sorts()

    class Own:
        variables = ()

    assert sorts[Own] == sorts[Variable] != sorts[float]
    assert set(sorts) == {Variable, float}


class Nested(layers.Layer):
    """Layers in lists and dicts, one of them twice, and a metric."""

    def __init__(self) -> None:
        super().__init__()
        self.shared = layers.Dense(2, name="shared")
        self.blocks = [layers.Dense(2, name="a"), {"in": self.shared}]
        self.inner = keras.Sequential([layers.Dense(2, name="b"), layers.Dense(2, name="c")])
        self.seen = metrics.Mean(name="seen")

    def call(self, x: Any) -> Any:
        return self.inner(self.blocks[1]["in"](self.blocks[0](self.shared(x))))


def test_layers_within_come_depth_first_and_once():
    layer = Nested()
    layer(np.ones((1, 2)))
    found = [each.name for each in layer._flatten_layers()[1:]]
    assert [each for each in found if not each.startswith(("input", "sequential"))] == [
        "shared", "a", "b", "c"]
    assert len(layer.weights) == 8
    assert [each.name for each in layer._metrics_within()] == ["seen"]
    assert len(layer.variables) == 10


def test_a_layer_put_into_a_list_is_found():
    layer = Nested()
    layer.blocks.append(layers.Dense(3, name="late"))
    assert "late" in [each.name for each in layer._flatten_layers()]


def test_freezing_counts_only_where_something_freezes():
    layer = Nested()
    before = layers.Layer.freezings
    layer.trainable = True
    assert layers.Layer.freezings == before
    layer.trainable = False
    assert layers.Layer.freezings > before
    assert not any(each.trainable for each in layer._flatten_layers())


def test_what_a_call_holds_lives_no_longer_than_its_layer():
    def own(held: Any) -> Any:
        class Own(layers.Layer):
            def call(self, inputs: Any, training: bool = False) -> Any:
                return held(inputs)
        return Own()

    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    layer = own(model)
    x = np.ones((3, 2), "float32")
    np.testing.assert_array_equal(layer(x), model(x))
    layer(keras.Input((2,)))
    assert layer in keras.Sequential([layer]).layers
    alive = weakref.ref(model)
    del layer, model
    gc.collect()
    assert alive() is None
