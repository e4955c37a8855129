"""Sequential, functional and subclassed models: how they are built, named and looked into."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras, layers, ops
from pellucid.core.errors import ArgumentError, KindError, NotBuiltError, PellucidError

X = np.random.default_rng(0).normal(size=(12, 4)).astype("float32")


# Sequential ---------------------------------------------------------------------------------

def test_sequential_grows_and_shrinks():
    model = keras.Sequential(name="tower")
    model.add(keras.Input((4,)))
    model.add(layers.Dense(3))
    assert model.output_shape == (None, 3)
    model.add(layers.Dense(2, name="top"))
    assert [w.path for w in model.weights] == [
        "tower/dense/kernel", "tower/dense/bias", "tower/top/kernel", "tower/top/bias"]
    assert model.pop().name == "top"
    assert model.output_shape == (None, 3)
    assert len(model.weights) == 2
    assert len(model.layers) == 1                                # Input is none of them
    assert model.get_layer("dense") is model.get_layer(index=0)
    assert model(X).shape == (12, 3)


def test_sequential_is_built_by_its_first_data():
    model = keras.Sequential([layers.Dense(3, "relu"), layers.Dense(1)])
    assert not model.built
    assert model.weights == []
    with pytest.raises(NotBuiltError, match="has no outputs yet"):
        _ = model.outputs
    assert model(X).shape == (12, 1)
    assert model.weights[0].path == "sequential/dense/kernel"
    built = keras.Sequential([layers.Dense(3), layers.Dense(1)])
    built.build((None, 4))
    assert built.count_params() == 19
    fitted = keras.Sequential([layers.Dense(1)])
    fitted.compile("sgd", "mse")
    fitted.fit(X, X[:, :1], verbose=0)
    assert fitted.count_params() == 5


def test_sequential_refusals():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="one")])
    with pytest.raises(ArgumentError, match="two layers of the model are called 'one'"):
        model.add(layers.Dense(3, name="one"))
    with pytest.raises(ArgumentError, match="Input must come first"):
        model.add(keras.Input((3,)))
    with pytest.raises(ArgumentError, match=r"holds layers, but got.*Instantiate the class"):
        model.add(layers.Dense)
    with pytest.raises(ArgumentError, match="holds layers, but got int"):
        model.add(3)
    with pytest.raises(ArgumentError, match="takes a single input"):
        keras.Sequential([layers.Dense(1)]).build([(None, 2), (None, 3)])
    with pytest.raises(PellucidError, match=r"Did you mean \"one\"|did you mean"):
        model.get_layer("ones")


def test_a_place_that_is_not_there():
    with pytest.raises(ArgumentError, match="has 1 layers, but got 5"):
        keras.Sequential([keras.Input((4,)), layers.Dense(1)]).get_layer(index=5)


def test_sequential_in_sequential():
    inner = keras.Sequential([layers.Dense(3), layers.BatchNormalization()], name="inner")
    model = keras.Sequential([keras.Input((4,)), inner, layers.Dense(1)])
    assert model(X).shape == (12, 1)
    assert len(model.trainable_weights) == 6
    inner.trainable = False
    assert len(model.trainable_weights) == 2


# functional ---------------------------------------------------------------------------------

def test_functional_with_ops_and_unknown_sizes():
    a = keras.Input((None, 3), name="a")
    h = ops.mean(a, axis=1) * 2 + 1 - ops.max(a, axis=1)
    model = keras.Model(a, h[:, :2] @ np.ones((2, 2), "float32"))
    assert model.output_shape == (None, 2)
    x = np.random.default_rng(1).normal(size=(5, 7, 3)).astype("float32")
    expected = (x.mean(1) * 2 + 1 - x.max(1))[:, :2] @ np.ones((2, 2), "float32")
    assert np.allclose(model.predict(x, verbose=0), expected, atol=1e-6)
    assert np.allclose(model(x[:, :2]).shape, (5, 2))
    assert [type(each).__name__ for each in model.layers] == ["InputLayer"]


def test_functional_nests_of_inputs_and_outputs():
    a, b = keras.Input((4,), name="a"), keras.Input((2,), name="b")
    model = keras.Model({"left": a, "right": [b]},
                        {"sum": layers.Concatenate()([a, b]), "pair": (a * 2, b)})
    out = model({"left": X, "right": [X[:, :2]]})
    assert set(out) == {"sum", "pair"}
    assert isinstance(out["pair"], tuple)
    assert (out["pair"][0].numpy() == X * 2).all()
    assert out["sum"].shape == (12, 6)
    assert model.input_names == ["a", "b"]


def test_inputs_by_name():
    a, b = keras.Input((4,), name="a"), keras.Input((2,), name="b")
    model = keras.Model([a, b], layers.Dense(6)(layers.Concatenate()([a, b])))
    assert (model({"b": X[:, :2], "a": X}).numpy() == model([X, X[:, :2]]).numpy()).all()
    model.compile("sgd", "mse")
    model.fit({"b": X[:, :2], "a": X}, np.ones((12, 6)), verbose=0)
    with pytest.raises(ArgumentError, match=r"needs inputs \['a', 'b'\], but got a dict with"):
        model({"a": X, "c": X})
    with pytest.raises(ArgumentError, match="needs 2 inputs, but got 1"):
        model([X])


def test_part_of_a_model_shares_its_weights():
    inputs = keras.Input((4,))
    hidden = layers.Dense(3, name="hidden")(inputs)
    model = keras.Model(inputs, layers.Dense(1)(hidden))
    part = keras.Model(model.input, model.get_layer("hidden").output)
    assert part.weights == model.weights[:2]
    assert part(X).shape == (12, 3)


def test_a_model_that_starts_amid_another():
    inputs = keras.Input((4,))
    hidden = layers.Dense(3, name="hidden")(inputs)
    model = keras.Model(inputs, layers.Dense(1, name="top")(hidden * 2))
    rest = keras.Model(hidden, model.output)
    assert [each.name for each in rest.layers[1:]] == ["top"]
    assert rest.weights == model.get_layer("top").weights
    part = keras.Model(inputs, hidden)
    assert np.allclose(rest(part(X)).numpy(), model(X).numpy())
    again = keras.Model.from_config(rest.get_config())
    assert again.input_shape == (None, 3)


def test_functional_refusals():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    with pytest.raises(ArgumentError, match="outputs depend on 'b', which is not among the inputs"):
        keras.Model(a, layers.Add()([a, b]))
    with pytest.raises(ArgumentError, match="two layers of the model are called 'same'"):
        keras.Model(a, layers.Dense(2, name="same")(layers.Dense(2, name="same")(a)))
    with pytest.raises(KindError, match="goes from Inputs to what layers make of them"):
        keras.Model(a, X)
    with pytest.raises(ArgumentError, match="needs both inputs and outputs"):
        keras.Model(inputs=a)
    with pytest.raises(KindError, match="no value to branch on"):
        _ = 1 if a > 0 else 2
    with pytest.raises(KindError, match="cannot become a NumPy array"):
        np.asarray(a)
    with pytest.raises(KindError, match="cannot be iterated"):
        list(a)
    with pytest.raises(ArgumentError, match="cannot be set"):
        keras.Model(a, a * 1).layers = []


# subclassed ---------------------------------------------------------------------------------

class Tower(keras.Model):
    def __init__(self, width: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.steps = [layers.Dense(width, "relu") for _ in range(2)]
        self.drop = layers.Dropout(0.5)
        self.top = layers.Dense(1)

    def call(self, inputs: Any, training: Any = None) -> Any:
        for step in self.steps:
            inputs = step(inputs)
        return self.top(self.drop(inputs, training=training))


def test_subclassed_is_built_by_fit():
    model = Tower()
    assert not model.built
    model.compile("adam", "mse", metrics=["mae"])
    history = model.fit(X, X[:, :1], epochs=2, verbose=0)
    assert len(history.history["mae"]) == 2
    assert model.count_params() == 15 + 12 + 4
    assert model.weights[0].path == "tower/dense/kernel"
    assert len(model.layers) == 4
    assert (model.predict(X, verbose=0) == model.predict(X, verbose=0)).all()
    with pytest.raises(NotBuiltError, match="has no inputs yet"):
        _ = model.inputs


def test_subclassed_by_build_and_by_call():
    model = Tower(2)
    model.build((None, 4))
    assert model.count_params() == 10 + 6 + 3
    other = Tower(2)
    other(X)
    assert [w.shape for w in other.weights] == [w.shape for w in model.weights]
    assert other.weights[0].path == "tower_1/dense_3/kernel"


def test_subclassed_without_call():
    with pytest.raises(ArgumentError, match='Model "model" has no call method'):
        keras.Model()(X)


def test_a_model_is_a_layer():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(1)(Tower(3, name="inside")(inputs)))
    assert model(X).shape == (12, 1)
    assert len(model.weights) == 8


def test_a_functional_subclass_keeps_its_class():
    class Own(keras.Model):
        pass

    inputs = keras.Input((4,))
    model = Own(inputs, layers.Dense(1)(inputs))
    again = Own.from_config(model.get_config())
    assert type(again) is Own
    assert again.output_shape == (None, 1)


# summary ------------------------------------------------------------------------------------

def summary(model: Any, **how: Any) -> str:
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line), **how)
    return "\n".join(lines)


def test_summary_of_a_chain():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="one"),
                              layers.BatchNormalization(name="two")], name="net")
    text = summary(model)
    for part in ('Model: "net"', "one (Dense)", "(None, 3)", "15", "Total params: 27 (108.00 B)",
                 "Trainable params: 21", "Non-trainable params: 6"):
        assert part in text
    assert "Optimizer params" not in text
    assert "InputLayer" not in text
    model.get_layer("one").trainable = False
    assert "no" in summary(model, show_trainable=True)
    model.compile("adam", "mse")
    model.fit(X, X[:, :3], verbose=0)
    assert "Optimizer params" in summary(model)


def test_summary_of_a_graph_and_of_a_subclass():
    inputs = keras.Input((4,), name="in")
    inner = keras.Sequential([layers.Dense(2, name="deep")], name="inner")
    model = keras.Model(inputs, inner(inputs) * 2)
    text = summary(model, expand_nested=True)
    for part in ("in (InputLayer)", "inner (Sequential)", "deep (Dense)", "multiply"):
        assert part in text
    assert "deep" not in summary(model)
    assert "not built" in summary(Tower())
    ranged = summary(model, layer_range=("inner", "inner"))
    assert "in (InputLayer)" not in ranged


def test_summary_prints(capsys):
    keras.Sequential([keras.Input((4,)), layers.Dense(1)]).summary()
    assert "Total params: 5 (20.00 B)" in capsys.readouterr().out
