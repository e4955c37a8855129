"""Functional models to files and back: ops, nests of arguments, models inside, own subclasses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras, layers, ops
from pellucid.core.errors import PellucidWarning

X = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")


def saved_and_loaded(model: Any, folder: Any, **how: Any) -> Any:
    model.save(folder / "model.keras")
    return keras.models.load_model(str(folder / "model.keras"), **how)


def assert_alike(one: Any, other: Any, x: Any = X) -> None:
    expected, found = (model.predict(x, verbose=0) for model in (one, other))
    assert np.array_equal(expected, found)
    assert [each.name for each in one.layers] == [each.name for each in other.layers]


def test_ops_with_and_without_a_class_in_keras(tmp_path):
    a = keras.Input((4,), name="a")
    h = ops.concatenate([a[:, :2], ops.clip(a, -1.0, 1.0)], axis=-1)
    h = ops.where(h > 0, h, ops.exp(h)) / 2 + ops.mean(h, axis=-1, keepdims=True)
    model = keras.Model(a, layers.Dense(2)(ops.reshape(h, (-1, 6))))
    with pytest.warns(PellucidWarning, match="not in Keras, which has no class for clip, get_item"):
        again = saved_and_loaded(model, tmp_path)
    assert_alike(model, again)
    with pytest.warns(PellucidWarning, match="opens in pellucid"):
        third = saved_and_loaded(again, tmp_path)
    assert_alike(again, third)


class Weigher(layers.Layer):
    """Takes a dict, a tuple and plain numbers by name."""

    def build(self, pair_shape: Any, more_shape: Any) -> None:
        self.w = self.add_weight((pair_shape[0][-1],), "ones")

    def call(self, pair: Any, more: Any, scale: float = 1.0, flag: Any = None) -> Any:
        return (pair[0] - pair[1]) * self.w * scale + more["x"]


def test_nests_of_arguments(tmp_path):
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    out = Weigher(name="weigher")((a, b), more={"x": a}, scale=3.0)
    model = keras.Model({"a": a, "b": b}, [out])
    again = saved_and_loaded(model, tmp_path, custom_objects={"Weigher": Weigher})
    x = {"a": X, "b": 2 * X}
    assert np.allclose(model.predict(x, verbose=0), -3 * X + X, atol=1e-6)
    assert_alike(model, again, x)


def test_a_model_called_twice_and_as_an_output(tmp_path):
    i = keras.Input((4,), name="i")
    inner = keras.Model(i, layers.Dense(4, "tanh")(i), name="inner")
    a = keras.Input((4,), name="a")
    model = keras.Model(a, inner(layers.Dense(4)(inner(a))))
    again = saved_and_loaded(model, tmp_path)
    assert_alike(model, again)
    assert again.count_params() == model.count_params() == 40


def test_an_own_functional_class_and_its_seed_free_config(tmp_path):
    class Own(keras.Model):
        def doubled(self, x: Any) -> Any:
            return 2 * self(x)

    inputs = keras.Input((4,), name="in")
    model = Own(inputs, layers.Dense(1)(inputs))
    again = saved_and_loaded(model, tmp_path, custom_objects={"Own": Own})
    assert isinstance(again, Own)
    assert np.allclose(again.doubled(X).numpy(), 2 * model(X).numpy())


def own_loss(y: Any, p: Any) -> Any:
    return ops.mean(ops.square(y - p), axis=-1)


def test_what_compile_was_given_comes_back_or_is_missed_aloud(tmp_path):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1, momentum=0.5), own_loss, metrics=["mae"])
    model.fit(X, X[:, :1], verbose=0)
    again = saved_and_loaded(model, tmp_path, custom_objects={"own_loss": own_loss})
    for each in (model, again):
        each.fit(X, X[:, :1], epochs=2, verbose=0, shuffle=False)
    assert_alike(model, again)
    assert int(again.optimizer.iterations) == 3
    bare = keras.models.load_model(tmp_path / "model.keras", compile=False)
    assert not bare.compiled
    with pytest.warns(PellucidWarning, match=r"loaded but not compiled.*'own_loss'"):
        missed = keras.models.load_model(tmp_path / "model.keras")
    assert not missed.compiled
    assert missed.predict(X, verbose=0).shape == (6, 1)


def test_weights_within_a_model_file(tmp_path):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.save(tmp_path / "m.keras")
    other = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    other.load_weights(tmp_path / "m.keras")
    assert np.array_equal(other.get_weights()[0], model.get_weights()[0])


def test_the_optimizer_goes_on_where_it_stopped(tmp_path):
    """Ten epochs at once, and five, a file, five more: the same weights."""
    results = []
    for stops in (False, True):
        keras.utils.set_random_seed(2)
        model = keras.Sequential([keras.Input((4,)), layers.Dense(5, "relu"),
                                  layers.BatchNormalization(), layers.Dense(1)])
        model.compile(keras.optimizers.Adam(0.01), "mse")
        model.fit(X, X[:, :1], epochs=5, verbose=0, shuffle=False)
        model = saved_and_loaded(model, tmp_path) if stops else model
        model.fit(X, X[:, :1], epochs=5, verbose=0, shuffle=False)
        results.append(model.get_weights())
    assert all(np.array_equal(a, b) for a, b in zip(*results, strict=True))
