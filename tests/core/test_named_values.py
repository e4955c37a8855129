"""Config, names of own objects, and tracebacks without pellucid's own lines."""

import traceback

import pytest

from pellucid import Sequential, config, layers, saving, utils
from pellucid.core.errors import ArgumentError
from pellucid.core.serialization import serialize
from pellucid.utils import Config
from tests.parity.oracle import live, real_keras


@live
@pytest.mark.parametrize("library", ["pellucid", "keras"])
def test_configs_are_dicts_with_attributes(library):
    made = (Config if library == "pellucid" else real_keras().utils.Config)(rate=0.1, seed=3)
    made.name = "a"
    made["keys of its own"] = 1
    made.update({"seed": 4}, depth=2)
    assert made.pop("depth") == 2
    del made["keys of its own"]
    assert (made.rate, made["name"], made.seed) == (0.1, "a", 4)
    assert (made.get("none"), made.get("none", 5), made.get("rate")) == (None, 5, 0.1)
    assert list(made) == ["name", "rate", "seed"]
    assert (list(made.keys()), list(made.values())) == (["rate", "seed", "name"], [0.1, 4, "a"])
    assert dict(made.items()) == made.as_dict() == {"rate": 0.1, "seed": 4, "name": "a"}
    assert made.to_json() == '{"rate": 0.1, "seed": 4, "name": "a"}'
    assert repr(made) == "<Config {'rate': 0.1, 'seed': 4, 'name': 'a'}>"
    assert (len(made), "rate" in made, "reate" in made, made.frozen) == (3, True, False, False)
    with pytest.raises(AttributeError, match=r"[Dd]id you mean .rate"):
        _ = made.rat
    made.freeze()
    assert made.frozen
    for change in (lambda: made.pop("rate"), lambda: made.update(rate=1), lambda: setattr(
            made, "rate", 1), lambda: made.__setitem__("rate", 1), lambda: made.__delitem__("rate"),
            lambda: made.pop()):
        with pytest.raises(ValueError, match="frozen"):
            change()
    made.unfreeze()
    made.rate = 0.2
    assert made.rate == 0.2


def test_methods_of_a_config_are_no_values():
    with pytest.raises(ArgumentError, match="'keys' is a method of a config"):
        Config().keys = 3


@live
def test_registered_names_as_keras():
    for library in (saving, real_keras().saving):
        class Own(layers.Layer):
            pass

        class Deeper(Own):
            pass

        library.register_keras_serializable("shop", "Thing")(Own)
        assert library.get_registered_name(Own) == "shop>Thing"
        assert library.get_registered_name(Deeper) == "Deeper"
        assert library.get_registered_object("shop>Thing") is Own
        assert library.get_registered_object("a", {"a": 1}, {"a": 2, "b": 3}) == 1
        assert library.get_registered_object("b", {"a": 1}, {"a": 2, "b": 3}) == 3
        assert library.get_registered_object("nothing") is None
        with library.custom_object_scope({"shop>Thing": Deeper}):
            assert library.get_registered_object("shop>Thing") is Deeper
        library.get_custom_objects().pop("shop>Thing")


def test_a_class_below_a_registered_one_is_not_taken_for_it():
    @saving.register_keras_serializable("shop")
    class Base(layers.Layer):
        pass

    class Below(Base):
        pass

    assert serialize(Base())["registered_name"] == "shop>Base"
    assert serialize(Below())["registered_name"] == "Below"


def frames_of_a_mistake():
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    try:
        model.fit([[1.0, 2.0]], [1.0])
    except ArgumentError as error:
        return [each.filename for each in traceback.extract_tb(error.__traceback__)]
    raise AssertionError("a model that is not compiled cannot fit")


def test_tracebacks_show_the_lines_of_the_person():
    assert frames_of_a_mistake() == [__file__]
    config.disable_traceback_filtering()
    try:
        assert len(frames_of_a_mistake()) > 1
    finally:
        config.enable_traceback_filtering()


class Careless(layers.Layer):
    def call(self, x):
        raise ArgumentError("a mistake of one's own")


def test_lines_of_own_layers_stay():
    model = Sequential([Careless()])
    model.compile("sgd", "mse")
    with pytest.raises(ArgumentError, match="of one's own") as told:
        model.fit([[1.0, 2.0]], [1.0], verbose=0)
    assert {each.path.name for each in told.traceback} == {"test_named_values.py"}
    assert told.traceback[-1].name == "call"


def test_symbolic_tensors_and_where_they_come_from():
    x, z = layers.Input((3,), name="x"), layers.Input((3,), name="z")
    y = layers.Dense(2)(layers.Add()([x, z, x]))
    assert utils.is_keras_tensor(y)
    assert not utils.is_keras_tensor([1.0])
    assert utils.get_source_inputs(y) == [x, z]
    assert utils.get_source_inputs(x) == [x]
    assert utils.get_source_inputs(3.0) == 3.0
