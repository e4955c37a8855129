"""Acceptance 5: a model file written on one side is read, predicts and trains on at the other."""

from __future__ import annotations

import json
import zipfile
from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid.core.errors import PellucidError
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


@pytest.fixture
def x() -> np.ndarray:
    return np.random.default_rng(5).normal(size=(20, 4)).astype("float32")


def outputs(model: Any, x: Any) -> list[np.ndarray]:
    found = model.predict(x, verbose=0)
    found = list(found.values()) if isinstance(found, dict) else found
    return found if isinstance(found, list) else [found]


def assert_same_outputs(one: Any, other: Any, x: Any) -> None:
    for a, b in zip(outputs(one, x), outputs(other, x), strict=True):
        assert np.allclose(a, b, atol=1e-5)


def chain(k: Any) -> Any:
    layers = k.layers
    return k.Sequential([
        k.Input((4,)),
        layers.Normalization(mean=[0.0, 0.5, 0.1, 0.2], variance=[1.0, 2.0, 1.5, 1.0]),
        layers.Dense(6, kernel_regularizer=k.regularizers.L1L2(1e-3, 1e-3),
                     kernel_initializer="he_normal", use_bias=False),
        layers.BatchNormalization(momentum=0.9), layers.Activation("relu"), layers.Dropout(0.0),
        layers.Dense(3, activation="softmax", bias_constraint="non_neg")])


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_a_chain_with_its_optimizer_trains_on_alike(optimizer, x, tmp_path):
    """Weights, optimizer state, loss and metrics cross over: the next steps are the same."""
    y = np.random.default_rng(6).integers(0, 3, 20)
    pair = twins(chain)
    compile_both(pair, lambda k: {
        "optimizer": k.optimizers.Adam(k.optimizers.schedules.ExponentialDecay(0.01, 5, 0.9))
        if optimizer == "adam" else k.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
        "loss": k.losses.SparseCategoricalCrossentropy(), "metrics": ["accuracy"]})
    train_both(pair, x, y, steps=3)
    crossed = exchanged(pair, tmp_path)
    assert_same_outputs(*crossed, x)
    for model in crossed:
        assert int(np.asarray(model.optimizer.iterations)) == 3
    train_both(crossed, x, y, steps=3)
    assert_same_weights(pair[:1] + crossed[1:], tolerance=1)     # they went on from there,
    train_both(pair, x, y, steps=3)
    assert_same_weights((pair[0], crossed[1]))                   # and as the original does


def graph(k: Any) -> Any:
    """Two inputs, two outputs, a shared layer, a model in the model, and plain ops between."""
    layers = k.layers
    inner_input = k.Input((4,), name="inner_input")
    inner = k.Model(inner_input, layers.Dense(4, "tanh", name="inside")(inner_input), name="inner")
    stack = k.Sequential([k.Input((4,)), layers.Dense(3, "relu", name="low"),
                          layers.BatchNormalization(name="norm")], name="stack")
    a, b = k.Input((4,), name="a"), k.Input((2,), name="b")
    deep = layers.Dense(4, name="second")(layers.Dense(5, name="first")(b))
    h = layers.Add(name="sum")([inner(inner(a)), deep])
    h = k.ops.maximum(h * 2.0 - deep, -1.0)
    return k.Model({"a": a, "b": b}, {"one": layers.Dense(1, name="one")(stack(h)),
                                      "two": inner(h) + k.ops.mean(h, axis=1, keepdims=True)})


def test_a_graph_with_a_model_inside(x, tmp_path):
    pair = twins(graph)
    data = {"a": x, "b": x[:, :2]}
    assert [layer.name for layer in pair[0].layers] == [layer.name for layer in pair[1].layers]
    compile_both(pair, lambda k: {"optimizer": "rmsprop", "loss": {"one": "mse", "two": "mae"},
                                  "loss_weights": {"one": 1.0, "two": 0.3}})
    y = {"one": x[:, :1], "two": x}
    train_both(pair, data, y, steps=2)
    crossed = exchanged(pair, tmp_path)
    assert_same_outputs(pair[0], crossed[1], data)
    assert_same_outputs(crossed[0], pair[1], data)
    train_both(crossed, data, y, steps=2)


def own_classes(k: Any) -> dict[str, Any]:
    """A subclassed model with layers in lists and dicts, written once for both libraries."""
    class Scale(k.layers.Layer):
        def __init__(self, start=1.0, **kwargs):
            super().__init__(**kwargs)
            self.start = start

        def build(self, input_shape):
            self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones")

        def call(self, inputs):
            return inputs * self.factor * self.start

        def get_config(self):
            return {**super().get_config(), "start": self.start}

    class Tower(k.Model):
        def __init__(self, width=3, **kwargs):
            super().__init__(**kwargs)
            self.width = width
            self.blocks = [k.layers.Dense(width, "tanh"), [k.layers.Dense(width), Scale(0.5)]]
            self.heads = {"z": k.layers.Dense(2), "a": k.layers.Dense(1)}
            self._first = k.layers.BatchNormalization()
            self.top = k.layers.Dense(2)

        def call(self, inputs, training=None):
            h = self.blocks[0](self._first(inputs, training=training))
            h = self.blocks[1][1](self.blocks[1][0](h))
            return self.top(self.heads["z"](h) + self.heads["a"](h))

        def get_config(self):
            return {**super().get_config(), "width": self.width}

    return {"Scale": Scale, "Tower": Tower}


def test_a_subclassed_model_with_own_layers(x, tmp_path):
    keras = real_keras()
    classes = {k: own_classes(k) for k in (keras, ours)}
    pair = twins(lambda k: classes[k]["Tower"](width=4), x)
    compile_both(pair, lambda k: {"optimizer": "adam", "loss": "mse"})
    train_both(pair, x, x[:, :2], steps=2)
    theirs, mine = pair
    mine.save(tmp_path / "mine.keras")
    theirs.save(tmp_path / "theirs.keras")
    crossed = (
        keras.models.load_model(tmp_path / "mine.keras", custom_objects=classes[keras]),
        ours.models.load_model(tmp_path / "theirs.keras", custom_objects=classes[ours]))
    assert crossed[1].width == 4
    assert_same_outputs(*crossed, x)
    train_both(crossed, x, x[:, :2], steps=2)
    with pytest.raises(PellucidError, match=r"'Tower'.*custom_objects"):
        ours.models.load_model(tmp_path / "theirs.keras")


@pytest.mark.parametrize("build", [chain, graph], ids=["chain", "graph"])
def test_weights_alone(build, x, tmp_path):
    """`.weights.h5` files in both directions."""
    theirs, mine = twins(build)
    data = x if build is chain else {"a": x, "b": x[:, :2]}
    other_theirs, other_mine = build(real_keras()), build(ours)
    mine.save_weights(tmp_path / "mine.weights.h5")
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    other_theirs.load_weights(tmp_path / "mine.weights.h5")
    other_mine.load_weights(tmp_path / "theirs.weights.h5")
    assert_same_outputs(theirs, other_mine, data)
    assert_same_outputs(other_theirs, mine, data)


def rewritten(source: Any, target: Any, change: Any) -> None:
    """A copy of a model file with a changed config."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                config = json.loads(data)
                change(config)
                data = json.dumps(config).encode()
            new.writestr(name, data)


def test_what_keras_can_and_we_cannot_is_refused(tmp_path):
    """Low-rank adaptation is not here: unset it is ignored, set it is no silent difference."""
    keras = real_keras()
    layer = keras.layers.Dense(3, lora_rank=2)
    keras.Sequential([keras.Input((4,)), layer]).save(tmp_path / "adapted.keras")
    with pytest.raises(PellucidError, match="Dense has no argument 'lora_rank': there is no low-"):
        ours.models.load_model(tmp_path / "adapted.keras")


def test_an_extra_member_and_an_extra_key_are_ignored_by_keras(x, tmp_path):
    """Ours holds `pellucid.json` beside Keras's members."""
    model = chain(ours)
    model.save(tmp_path / "plain.keras")
    with zipfile.ZipFile(tmp_path / "plain.keras", "a") as file:
        file.writestr("pellucid.json", "{}")
    again = real_keras().models.load_model(tmp_path / "plain.keras")
    assert_same_outputs(again, model, x)
    metadata = json.loads(zipfile.ZipFile(tmp_path / "plain.keras").read("metadata.json"))
    assert metadata["keras_version"] == real_keras().__version__
