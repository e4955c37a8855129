"""Objects to plain data and back; names from a table only."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pellucid import activations
from pellucid.core import serialization
from pellucid.core.custom_objects import (
    custom_object_scope,
    find_custom,
    get_custom_objects,
    register_keras_serializable,
)
from pellucid.core.errors import ArgumentError, KindError
from pellucid.core.fields import field
from pellucid.core.identifiers import Identifiers
from pellucid.core.serialization import BUILT_IN, Configurable, deserialize, serialize


class Own(Configurable):
    """A user's class with fields."""

    size: int = field(1, at_least=0)
    inner: object = field(None)


class Plain(Configurable):
    """A user's class written by hand."""

    def __init__(self, size, inner=None):
        self.size, self.inner = size, inner


class Half(Plain):
    """With a get_config of its own, which asks the class above."""

    def get_config(self):
        return {**super().get_config(), "size": self.size, "inner": serialize(self.inner)}


def activation(x):
    return x


@pytest.fixture
def built_in(monkeypatch):
    """As if the library itself had defined the class."""
    monkeypatch.setattr(serialization, "BUILT_IN", {**BUILT_IN})
    made = type("Unit", (Own,), {"family": "keras.units", "__module__": "pellucid.units"})
    yield made
    BUILT_IN.pop("keras.units", None)


@pytest.mark.parametrize("value", [
    None, True, 3, 2.5, "text", [1, [2.0]], {"a": [1], "b": [None]}])
def test_plain_values_survive_json(value):
    assert deserialize(json.loads(json.dumps(serialize(value)))) == value


def test_tuples_stay_tuples_until_json_makes_lists_of_them():
    assert deserialize(serialize((1, (2, "a")))) == (1, (2, "a"))
    assert deserialize({"class_name": "__tuple__", "items": [1, [2]]}) == (1, [2])


def test_numpy_values_survive():
    assert serialize(np.float32(1.5)) == 1.5
    back = deserialize(json.loads(json.dumps(serialize(np.array([[1, 2]], "int8")))))
    np.testing.assert_array_equal(back, np.array([[1, 2]], "int8"), strict=True)


@pytest.mark.parametrize("kind", [Own, Plain, Half])
def test_own_classes_survive(kind):
    data = json.loads(json.dumps(serialize(kind(3, inner=kind(2)))))
    assert data["class_name"] == kind.__name__
    back = deserialize(data, custom_objects={kind.__name__: kind})
    assert (type(back), back.size, type(back.inner), back.inner.size) == (kind, 3, kind, 2)
    with pytest.raises(ArgumentError, match=f"'{kind.__name__}' is neither built in nor"):
        deserialize(data)


def test_a_field_may_be_left_unwritten():
    class Quick(Own):
        kernel: str = field("auto", written=False)

    assert Quick(3, kernel="fast").get_config() == {"size": 3, "inner": None}


def test_registered_classes_and_functions_are_found():
    assert register_keras_serializable("mine", "Thing")(Own) is Own
    try:
        data = serialize(Own(4))
        assert data["registered_name"] == "mine>Thing"
        assert deserialize(data).size == 4
        register_keras_serializable()(activation)
        assert deserialize(serialize(activation)) is activation
        assert find_custom("activation") is activation
        assert get_custom_objects()["Custom>activation"] is activation
    finally:
        del Own._registered_name, activation._registered_name


def test_functions():
    assert serialize(activations.relu) == "relu"
    data = serialize(activation)
    assert data["class_name"] == "function"
    with custom_object_scope({"activation": activation}):
        assert deserialize(data) is activation
    assert serialization.find("relu", "functions") is activations.relu
    with pytest.raises(ArgumentError, match="'activation' is neither built in nor registered"):
        deserialize(data)
    with pytest.raises(KindError, match="a lambda cannot be written to a file. Give it a name"):
        serialize(lambda x: x)


def test_what_cannot_be_written_is_named():
    with pytest.raises(KindError, match="a value of type object cannot be written to a file"):
        serialize(object())


def test_a_value_may_have_a_form_of_its_own():
    class Odd:
        def keras_config(self):
            return {"odd": 1}

    assert serialize(Odd()) == {"odd": 1}


def test_built_in_classes_are_found_by_family(built_in):
    data = serialize(built_in(5))
    assert (data["module"], data["registered_name"]) == ("keras.units", None)
    for module in ("keras.units", "keras.src.units.unit", ""):
        assert deserialize({**data, "module": module}).size == 5
    with pytest.raises(ArgumentError, match="'Unti' is neither built in nor registered. Did you"):
        deserialize({**data, "class_name": "Unti"})
    with pytest.raises(ArgumentError, match="the config of Unit must be a dict, but got 3"):
        deserialize({**data, "config": 3})
    assert deserialize({**data, "config": None}).size == 1


def test_a_built_object_is_built_again():
    class Buildable(Own):
        def build_from_config(self, config):
            self.built_with = config["input_shape"]

    data = {**serialize(Buildable(1)), "build_config": {"input_shape": [None, 3]}}
    made = deserialize(data, custom_objects={"Buildable": Buildable})
    assert made.built_with == [None, 3]
    data = {**serialize(Own(1)), "build_config": {"input_shape": [None, 3]}}
    assert deserialize(data, custom_objects={"Own": Own}).size == 1


# names where an object belongs
@pytest.fixture
def units(built_in):
    return Identifiers("keras.units", "unit", short=built_in)


def test_an_object_is_named_in_many_ways(units, built_in):
    unit = built_in(7)
    assert units.get(None) is None
    assert units.get(unit) is unit
    assert units.get(activation) is activation
    for name in ("Unit", "unit", "short", built_in):
        assert type(units.get(name)) is built_in
    assert units.get(serialize(unit)).size == 7
    assert units.get({"class_name": "short", "config": {"size": 3}}).size == 3
    assert units.deserialize("unit").size == 1


def test_own_objects_go_first(units):
    with custom_object_scope({"unit": Plain(9), "Unit": Own}):
        assert units.get("unit").size == 9
        assert type(units.get({"class_name": "Unit", "config": {"size": 2}})) is Own


@pytest.mark.parametrize("wrong, error, told", [
    ("unti", ArgumentError, """'unti' is not a known unit. Did you mean "unit"?"""),
    (3, KindError, "unit is named by a string, or is a class, an object, a function or a config"),
])
def test_what_names_nothing_is_explained(units, wrong, error, told):
    with pytest.raises(error, match=told):
        units.get(wrong)
