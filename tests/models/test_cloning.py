"""A model drawn anew: which layers it has, which weights it shares, and how it is called."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras
from pellucid.core.errors import ArgumentError, FileError, KindError
from tests.parity.oracle import live, real_keras


def branches(library: Any) -> Any:
    x = library.Input((4,), name="x")
    shared = library.layers.Dense(3, name="shared")
    a, b = shared(x), shared(2 * x)
    inner = library.Sequential([library.Input((3,)), library.layers.Dense(2, name="deep")],
                               name="inner")
    return library.Model(x, inner(library.layers.Add(name="sum")([a, b])), name="whole")


def names(model: Any) -> list[str]:
    return [f"{each.name}:{type(each).__name__}" for each in model.layers
            if type(each).__name__ not in ("Multiply", "Operation", "KerasNode")]


def test_layers_called_twice_stay_one_and_weights_are_new():
    model = branches(keras)
    clone = keras.models.clone_model(model)
    assert names(clone) == names(model)
    assert clone.name == "whole"
    assert len(clone.weights) == len(model.weights) == 4
    assert not {id(each) for each in clone.weights} & {id(each) for each in model.weights}
    clone.set_weights(model.get_weights())
    x = np.ones((2, 4))
    np.testing.assert_array_equal(clone.predict(x, verbose=0), model.predict(x, verbose=0))


@live
@pytest.mark.parametrize("recursive", [False, True])
def test_what_is_asked_for_each_layer(recursive):
    def asked(library):
        met = []

        def function(layer):
            met.append(layer.name)
            return type(layer).from_config(layer.get_config())
        library.models.clone_model(branches(library), clone_function=function,
                                   recursive=recursive)
        return [each for each in met if not each.startswith("multiply")]
    assert asked(keras) == asked(real_keras())


def test_shared_layers_and_calls_of_ones_own():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="relu")])
    same = keras.models.clone_model(model, clone_function=lambda layer: layer)
    assert same.layers[0] is model.layers[0]
    x = keras.Input((3,))
    drawn = keras.Model(x, keras.layers.Dense(1)(keras.layers.Dense(4)(x)))
    noisy = keras.models.clone_model(
        drawn, clone_function=lambda layer: layer,
        call_function=lambda layer, *args, **kwargs: keras.layers.Dropout(0.5)(
            layer(*args, **kwargs)))
    assert [type(each).__name__ for each in noisy.layers[1:]] == [
        "Dense", "Dropout", "Dense", "Dropout"]
    assert noisy.layers[1] is drawn.layers[1]


def test_tensors_to_start_from():
    model, start = branches(keras), keras.Input((4,), batch_size=5, name="mine")
    assert keras.models.clone_model(model, input_tensors=start).output_shape == (5, 2)
    chain = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    assert keras.models.clone_model(chain, input_tensors=[start]).output_shape == (5, 3)


def test_a_compiled_model_is_compiled_alike():
    model = branches(keras)
    model.compile(keras.optimizers.Adam(0.25), "mae", metrics=["mse"])
    clone = keras.models.clone_model(model)
    assert clone.optimizer is not model.optimizer
    assert float(clone.optimizer.learning_rate) == 0.25
    clone.fit(np.ones((4, 4)), np.ones((4, 2)), verbose=0)


def test_a_model_of_ones_own_is_copied_whole():
    class Mine(keras.Model):
        def __init__(self, units: int = 2, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units, self.dense = units, keras.layers.Dense(units)

        def call(self, inputs: Any) -> Any:
            return self.dense(inputs)

        def get_config(self) -> dict[str, Any]:
            return {"units": self.units}

        @classmethod
        def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
            return cls(**config)

    with keras.saving.custom_object_scope({"Mine": Mine}):
        assert keras.models.clone_model(Mine(3)).units == 3
    with pytest.raises(ArgumentError, match="copied whole or not at all"):
        keras.models.clone_model(Mine(3), clone_function=lambda layer: layer)


@pytest.mark.parametrize("wrong, told", [
    ({"clone_function": 3}, "clone_function must be a function of a layer"),
    ({"clone_function": lambda layer: None}, "clone_function must give a layer for Dense"),
    ({"call_function": lambda layer, *a: layer(*a)}, "no calls for call_function"),
    ({"input_tensors": np.ones(3)}, "input_tensors must be symbolic tensors"),
    ({"input_tensors": [keras.Input((3,)), keras.Input((3,))]}, "starts from one tensor"),
    ({"clone_functions": None}, "clone_model has no argument 'clone_functions'"),
])
def test_wrong_calls(wrong, told):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    with pytest.raises((ArgumentError, KindError), match=told):
        keras.models.clone_model(model, **wrong)
    with pytest.raises(KindError, match="clone_model copies a model"):
        keras.models.clone_model(model.layers[0])
    with pytest.raises(ArgumentError, match="starts from 1 tensors"):
        keras.models.clone_model(branches(keras), input_tensors=[])


# what save and load take -------------------------------------------------------------------------

def trained() -> Any:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="a"),
                              keras.layers.Dense(1, name="b")])
    model.compile("adam", "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0)
    return model


def test_a_file_without_the_optimizers_state(tmp_path):
    model = trained()
    model.save(tmp_path / "m.keras", include_optimizer=False)
    again = keras.models.load_model(tmp_path / "m.keras")
    assert (int(model.optimizer.iterations), int(again.optimizer.iterations)) == (1, 0)


def test_layers_that_keep_their_weights(tmp_path):
    one, two = trained(), trained()
    two.set_weights([each + 1 for each in one.get_weights()])
    one.save_weights(tmp_path / "m.weights.h5")
    kept = two.layers[0].get_weights()[0]
    two.load_weights(tmp_path / "m.weights.h5", objects_to_skip=[two.layers[0]])
    np.testing.assert_array_equal(two.layers[0].get_weights()[0], kept)
    np.testing.assert_array_equal(two.layers[1].get_weights()[0], one.layers[1].get_weights()[0])


def test_arguments_that_files_do_not_know(tmp_path):
    model, path = trained(), tmp_path / "m.keras"
    for wrong in ({"zipped": False}, {"overwite": True}, {"save_format": "h5"}):
        with pytest.raises((ArgumentError, KindError)):
            model.save(path, **wrong)
    assert not path.exists()
    with pytest.raises(KindError, match='Did you mean "skip_mismatch"'):
        model.load_weights(tmp_path / "m.weights.h5", skip_mismatches=True)
    with pytest.raises(KindError, match="no argument 'by_name'"):
        model.load_weights(tmp_path / "m.weights.h5", by_name=True)
    with pytest.raises(ArgumentError, match="weights are written to one file"):
        model.save_weights(tmp_path / "m.weights.h5", max_shard_size=1)
    with pytest.raises(KindError, match="no argument 'compiled'"):
        keras.models.load_model(path, compiled=False)
    with pytest.raises(FileError):
        keras.models.load_model(path)
