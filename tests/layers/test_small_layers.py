"""Layers that do little (Identity, Lambda, ActivityRegularization), and how all are named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import activations, layers, ops
from pellucid import keras as ours
from pellucid.core.errors import ArgumentError, KindError, PellucidError, PellucidWarning
from pellucid.engines.native.extension import extension
from tests.layers.beside_keras import assert_configs_cross, assert_engines_agree
from tests.parity.oracle import compile_both, live, real_keras, train_both, twins

X = np.array([[1.0, -2.0, 3.0], [0.0, 5.0, -1.0]], "float32")


# ActivityRegularization --------------------------------------------------------------------------

@live
@pytest.mark.parametrize("options", [{"l1": 0.1}, {"l2": 0.3}, {"l1": 0.2, "l2": 0.1}, {}], ids=str)
def test_the_penalty_is_that_of_keras(options):
    theirs, mine = (k.layers.ActivityRegularization(**options) for k in (real_keras(), ours))
    assert (mine(X).numpy() == X).all()
    theirs(X)
    assert [float(each) for each in mine.losses] == pytest.approx(
        [float(each) for each in theirs.losses], abs=1e-6)
    assert_configs_cross("ActivityRegularization", options)


def network(k: Any) -> Any:
    la = k.layers
    x = k.Input((3,))
    h = la.ActivityRegularization(l1=0.05, l2=0.02)(la.Dense(5, activation="tanh")(x))
    h = la.Identity()(h)
    h = la.Lambda(lambda x, scale: scale * k.ops.sin(x), arguments={"scale": 2.0})(h)
    both = la.add([la.Dense(5)(h), h])
    more = la.concatenate([both, la.maximum([h, both]), la.multiply([h, both])])
    return k.Model(x, la.Dense(1)(la.average([more, la.subtract([more, more])])))


@live
def test_five_steps_of_training_are_those_of_keras():
    pair = twins(network)
    compile_both(pair, lambda k: {"optimizer": k.optimizers.Adam(0.01), "loss": "mse"})
    random = np.random.default_rng(5)
    train_both(pair, random.normal(size=(8, 3)).astype("float32"),
               random.normal(size=(8, 1)).astype("float32"))


@pytest.mark.skipif(extension() is None, reason="the native engine is switched off")
def test_both_engines_train_alike(monkeypatch):
    random = np.random.default_rng(5)
    ours.config.set_floatx("float64")
    try:
        assert_engines_agree(lambda: network(ours), random.normal(size=(8, 3)),
                             random.normal(size=(8, 1)), monkeypatch)
    finally:
        ours.config.set_floatx("float32")


@pytest.mark.parametrize("make, said", [
    (lambda: layers.ActivityRegularization(l1=-1), "l1 must be at least 0, but got -1"),
    (lambda: layers.ActivityRegularization(l2="much"), "l2 must be at least 0"),
    (lambda: layers.ActivityRegularization(l3=1), "no argument 'l3'"),
    (lambda: layers.ActivityRegularization(activity_regularizer="l2"), "takes l1 and l2 and no")])
def test_penalties_without_a_meaning(make, said):
    with pytest.raises(PellucidError, match=said):
        make()


# Identity ----------------------------------------------------------------------------------------

def test_identity_passes_everything():
    layer = layers.Identity(name="same")
    assert layer.built
    assert (layer(X).numpy() == X).all()
    nested = layer({"a": X, "b": [X, X]})
    assert (nested["b"][1].numpy() == X).all()
    drawn = layer([ours.Input((3,)), ours.Input((4,))])
    assert [each.shape for each in drawn] == [(None, 3), (None, 4)]
    assert layer.compute_output_shape((None, 7)) == (None, 7)
    words = layers.Embedding(4, 2, mask_zero=True)(np.array([[1, 0]]))
    assert layer(words)._keras_mask.tolist() == [[True, False]]
    assert layers.Identity.from_config(layer.get_config()).name == "same"
    with pytest.raises(KindError, match="Identity has no argument 'gain'"):
        layers.Identity(gain=2)


@live
def test_the_config_of_identity_crosses_over():
    assert_configs_cross("Identity", {"trainable": False})


# Lambda ------------------------------------------------------------------------------------------

def test_lambda_is_any_function():
    layer = layers.Lambda(lambda x: ops.sum(x, axis=-1, keepdims=True) * 2)
    assert layer(X).numpy().tolist() == [[4], [8]]
    assert layer.compute_output_shape((None, 3)) == (None, 1)
    assert layer(ours.Input((3,))).shape == (None, 1)
    two = layers.Lambda(lambda pair: pair[0] - pair[1])
    assert (two([X, X]).numpy() == 0).all()
    assert layers.Lambda(ops.square)(X).numpy()[0].tolist() == [1, 4, 9]


def test_lambda_is_told_what_it_asks_for():
    def pick(x: Any, mask: Any = None, training: Any = None, factor: float = 1.0) -> Any:
        seen.append((mask is not None, training))
        return x * factor

    seen: list[Any] = []
    layer = layers.Lambda(pick, arguments={"factor": 3.0})
    words = layers.Embedding(4, 2, mask_zero=True)(np.array([[1, 0]]))
    with pytest.warns(PellucidWarning, match="does not pass masks on"):
        assert (layer(words, training=True).numpy() == 3 * words.numpy()).all()
    layer(X)
    assert seen == [(True, True), (False, None)]
    assert getattr(layer(words), "_keras_mask", None) is None


@live
def test_lambda_s_masks_and_shapes_are_those_of_keras():
    keras = real_keras()
    mask = np.array([[True, False, True], [True, True, True]])
    for k in (keras, ours):
        fixed = k.layers.Lambda(lambda x: x, mask=mask)
        assert fixed.supports_masking
        assert (np.asarray(fixed.compute_mask(X, None)) == mask).all()
        made = k.layers.Lambda(lambda x: x, mask=lambda x, before: x > 0)
        assert (np.asarray(made.compute_mask(k.ops.convert_to_tensor(X), None)) == (X > 0)).all()
        assert k.layers.Lambda(lambda x: x).compute_mask(X, mask) is None
    told = layers.Lambda(lambda x: x, mask=lambda x, before: x > 0)(X)
    assert (told._keras_mask.numpy() == (X > 0)).all()
    for shape in ((5,), (2, None), lambda given: (given[0], 9), None):
        theirs, mine = (k.layers.Lambda(lambda x: x, output_shape=shape) for k in (keras, ours))
        assert mine.compute_output_shape((4, 3)) == theirs.compute_output_shape((4, 3))
        assert mine(ours.Input((3,))).shape == theirs(keras.Input((3,))).shape
    several = layers.Lambda(lambda x: (x, x), output_shape=[(3,), (5, 2)])
    assert several.compute_output_shape((7, 3)) == [(7, 3), (7, 5, 2)]


def doubled(x: Any) -> Any:
    return 2 * x


@live
def test_only_registered_functions_can_be_saved(tmp_path):
    keras = real_keras()
    model = ours.Sequential([ours.Input((3,)), layers.Lambda(lambda x: x, name="own")])
    assert (model.predict(X, verbose=0) == X).all()
    with pytest.raises(KindError, match='Lambda "own" cannot be written to a file: its function is '
                       "a lambda.* Write the function with def and register it"):
        model.save(tmp_path / "model.keras")
    with pytest.raises(KindError, match="its output_shape is a lambda"):
        layers.Lambda(doubled, output_shape=lambda shape: shape).get_config()
    theirs = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: x, name="own")])
    theirs.save(tmp_path / "theirs.keras")
    with pytest.raises(ValueError, match="lambda"):
        keras.models.load_model(tmp_path / "theirs.keras")
    with pytest.raises(ArgumentError, match="function of Lambda 'own' is Python bytecode, and no "
                       "code from a file is ever run"):
        ours.models.load_model(tmp_path / "theirs.keras")


@live
def test_a_named_function_crosses_over(tmp_path):
    keras = real_keras()
    for k, name in ((keras, "theirs"), (ours, "mine")):
        la = k.layers
        k.Sequential([k.Input((3,)), la.Lambda(doubled, output_shape=(3,), name="own"),
                      la.Lambda(k.activations.relu)]).save(tmp_path / f"{name}.keras")
    for k in (keras, ours):
        for name in ("theirs", "mine"):
            model = k.models.load_model(tmp_path / f"{name}.keras",
                                        custom_objects={"doubled": doubled})
            np.testing.assert_allclose(model.predict(X, verbose=0), np.maximum(2 * X, 0))
    with pytest.raises(PellucidError, match="'doubled' is neither built in nor registered"):
        ours.models.load_model(tmp_path / "mine.keras")


def test_ops_are_known_by_name():
    layer = layers.Lambda(ops.square, arguments={})
    again = layers.Lambda.from_config(layer.get_config())
    assert again(X).numpy()[0].tolist() == [1, 4, 9]
    config = layer.get_config()
    config["function"] = {**config["function"], "module": "__main__"}     # someone else's square
    with pytest.raises(PellucidError, match="'square' is neither built in nor registered"):
        layers.Lambda.from_config(config)


@pytest.mark.parametrize("make, said", [
    (lambda: layers.Lambda("relu"), "Lambda's function must be a function, but got 'relu'"),
    (lambda: layers.Lambda(), "Lambda needs function"),
    (lambda: layers.Lambda(doubled, arguments=[1]), "arguments must be a dict"),
    (lambda: layers.Lambda(doubled, shape=(1,)), "no argument 'shape'.*output_shape")])
def test_lambdas_without_a_meaning(make, said):
    with pytest.raises(PellucidError, match=said):
        make()


# functions and names -----------------------------------------------------------------------------

@live
@pytest.mark.parametrize("name", ["add", "average", "concatenate", "maximum", "minimum", "multiply",
                                  "subtract", "dot"])
def test_function_forms_are_those_of_keras(name):
    random, more = np.random.default_rng(3), {"axes": 1} if name == "dot" else {}
    pair = [random.normal(size=(2, 4)).astype("float32") for _ in range(2)]
    mine, theirs = (getattr(k.layers, name)(pair, name="m", **more) for k in (ours, real_keras()))
    np.testing.assert_allclose(mine, np.asarray(theirs), atol=1e-6)
    model = ours.Model(ins := [ours.Input((4,)), ours.Input((4,))],
                       getattr(layers, name)(ins, name="m", **more))
    assert model.get_layer("m").name == "m"
    if name == "dot":
        deep = [random.normal(size=(2, 4, 4)).astype("float32") for _ in range(2)]
        np.testing.assert_allclose(layers.dot(deep, normalize=True),
                                   real_keras().layers.dot(deep, normalize=True), atol=1e-5)
    if name == "concatenate":
        assert layers.concatenate(pair, axis=0).shape == (4, 4)
    with pytest.raises(KindError, match="no argument 'axs'"):
        getattr(layers, name)(pair, axs=1)


@live
def test_layers_as_data():
    keras = real_keras()
    data = layers.serialize(layers.Dense(3, activation="relu", name="d"))
    theirs = keras.layers.deserialize(data)
    again = layers.deserialize(keras.layers.serialize(theirs))
    assert (again.units, again.activation, again.name) == (3, activations.relu, "d")
    assert layers.serialize(again) == data

    class Own(layers.Layer):
        def __init__(self, size: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.size = size

    data = layers.serialize(Own(4))
    assert layers.deserialize(data, custom_objects={"Own": Own}).size == 4
    with pytest.raises(ArgumentError, match="'Own' is neither built in nor registered"):
        layers.deserialize(data)
    with pytest.raises(KindError, match="needs the config of a layer"):
        layers.deserialize(ours.optimizers.serialize(ours.optimizers.SGD()))


def test_swish_has_both_names():
    assert ours.activations.swish is activations.silu is ours.ops.swish
    assert ours.activations.hard_swish is activations.hard_silu is ours.ops.hard_swish
    assert activations.get("swish") is activations.silu


# build, called directly --------------------------------------------------------------------------

@live
@pytest.mark.parametrize("name, options, shape", [
    ("Dense", {"units": 3}, (None, 4)),
    ("Conv2D", {"filters": 2, "kernel_size": 3}, (None, 8, 8, 3)),
    ("BatchNormalization", {}, (2, 5)), ("Add", {}, [(None, 4), (None, 4)]),
    ("LSTM", {"units": 2}, (None, 5, 3)),
    ("Embedding", {"input_dim": 4, "output_dim": 2}, (None, 5)),
    ("LayerNormalization", {}, [5, 20, 10])], ids=str)
def test_a_layer_built_directly_is_built(name, options, shape):
    theirs, mine = (getattr(k.layers, name)(**options) for k in (real_keras(), ours))
    assert not mine.built
    theirs.build(shape)
    mine.build(shape)
    assert mine.built is theirs.built is True
    assert [w.shape for w in mine.weights] == [tuple(w.shape) for w in theirs.weights]
    again = layers.deserialize({**layers.serialize(mine), "build_config": mine.get_build_config()})
    assert again.built
    assert [w.path for w in again.weights] == [w.path for w in mine.weights]


def test_own_layers_are_built_when_their_own_build_is_done():
    class Base(layers.Layer):
        def build(self, input_shape: Any) -> None:
            self.w = self.add_weight((input_shape[-1],), "ones", name="w")
            super().build(input_shape)

    class Derived(Base):
        def build(self, input_shape: Any) -> None:
            super().build(input_shape)
            seen.append(self.built)
            if input_shape[-1] > 4:
                raise ArgumentError("too wide")

        def call(self, x: Any) -> Any:
            return x * self.w

    seen: list[bool] = []
    layer = Derived()
    with pytest.raises(ArgumentError, match="too wide"):
        layer.build((None, 5))
    assert not layer.built                               # so a call builds, and says so again
    with pytest.raises(ArgumentError, match="too wide"):
        layer(np.ones((2, 5)))
    good = Derived()
    good.build((None, 3))
    assert good.built
    assert good(np.ones((2, 3))).shape == (2, 3)         # and does not build twice
    assert len(good.weights) == 1
    assert seen == [False] * 3
    plain = layers.Flatten()
    plain.build((None, 3))
    assert plain.built


def test_a_failed_merge_stays_unbuilt():
    layer = layers.Concatenate()
    for _ in range(2):
        with pytest.raises(PellucidError, match="agree in all axes"):
            layer([np.ones((2, 3)), np.ones((3, 3))])


def test_models_say_themselves_whether_they_could_build():
    model = ours.Sequential([layers.Dense(2)])
    model.build()
    assert not model.built
    model.build((None, 3))
    assert model.built
    assert model.count_params() == 8
