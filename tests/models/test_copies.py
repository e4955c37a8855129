"""A pickled model, and a deep copy, is the same model once more, and goes on training alike."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid import activations, atoms, layers, losses, metrics, optimizers
from pellucid.core.errors import ArgumentError
from pellucid.core.op import op
from pellucid.core.tensor import OPS
from pellucid.random import set_random_seed

RNG = np.random.default_rng(8)
X = RNG.normal(size=(24, 6)).astype("float32")
LABELS = np.arange(24) % 3


def chain() -> Any:
    model = pellucid.Sequential([
        pellucid.Input((6,)), layers.Dense(8, "relu", kernel_regularizer="l2"),
        layers.BatchNormalization(), layers.Dropout(0.4), layers.Dense(3, "softmax")])
    model.compile(optimizers.Adam(0.05, clipnorm=1.0), "sparse_categorical_crossentropy",
                  metrics=["accuracy", metrics.SparseTopKCategoricalAccuracy(k=2)])
    return model, X, LABELS


def images() -> Any:
    model = pellucid.Sequential([
        pellucid.Input((6, 1)), layers.Conv1D(4, 3, activation="gelu"), layers.MaxPooling1D(2),
        layers.LSTM(5), layers.Dense(1)])
    model.compile(optimizers.Muon(), losses.Huber(), metrics=[metrics.R2Score()])
    return model, X[..., None], X[:, :1]


def graph() -> Any:
    """Two outputs with figures of one name, a shared layer, and ops between."""
    a = pellucid.Input((6,), name="a")
    shared = layers.Dense(6, "tanh", name="shared")
    h = pellucid.ops.maximum(shared(shared(a)) * 2.0 - 1.0, -0.5)
    model = pellucid.Model(a, {"one": layers.Dense(1, name="one")(h),
                               "two": layers.Dense(3, name="two")(h + a)})
    model.compile("rmsprop", {"one": "mse", "two": losses.MeanAbsoluteError()},
                  metrics={"one": ["mae"], "two": ["mae", "cosine_similarity"]})
    return model, X, {"one": X[:, :1], "two": X[:, :3]}


class Own(pellucid.Model):
    """A model with layers in a dict and a figure of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = {"first": layers.Dense(4, activations.silu), "last": [layers.Dense(1)]}
        self.size = metrics.Mean(name="size")

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        h = self.parts["first"](inputs)
        self.size.update_state(abs(h))
        return self.parts["last"][0](h)


def subclass() -> Any:
    model = Own()
    model.compile("sgd", "mse", metrics=["mse"])
    return model, X, X[:, :1]


def several() -> Any:
    model, x, y = chain()
    model.compile(optimizers.MultiOptimizer(optimizers.OptimizerMap(
        optimizers.Lamb(0.1), {".*bias": optimizers.SGD(0.1, use_ema=True)})),
        losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return model, x, y


def through_pickle(model: Any) -> Any:
    return pickle.loads(pickle.dumps(model))


def state(model: Any) -> list[np.ndarray]:
    return [each.numpy() for each in [*model.variables, *model.optimizer.variables]]


def goes_on(model: Any, x: Any, y: Any) -> Any:
    set_random_seed(5)
    logs = model.fit(x, y, epochs=2, batch_size=8, verbose=0).history
    return logs, model.evaluate(x, y, verbose=0, return_dict=True), state(model)


@pytest.mark.parametrize("again", [through_pickle, copy.deepcopy],
                         ids=["pickle", "deepcopy"])
@pytest.mark.parametrize("make", [chain, images, graph, subclass, several])
def test_a_trained_model_goes_on_alike(make, again):
    model, x, y = make()
    model.fit(x, y, epochs=2, batch_size=8, verbose=0)
    other = again(model)
    for a, b in zip(state(model), state(other), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not {id(v) for v in model.variables} & {id(v) for v in other.variables}
    assert other.metrics_names == model.metrics_names
    before = state(model)
    found = goes_on(other, x, y)
    for a, b in zip(before, state(model), strict=True):          # nothing of it has moved
        np.testing.assert_array_equal(a, b)
    expected = goes_on(model, x, y)
    assert found[:2] == expected[:2]
    for a, b in zip(expected[2], found[2], strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_model_that_was_never_compiled_or_built():
    for model in (pellucid.Sequential([layers.Dense(2)]), Own()):
        other = through_pickle(model)
        assert not other.compiled
        assert other(X).shape == model(X).shape


def test_many_layers_are_no_deep_recursion():
    x = y = pellucid.Input((2,))
    for _ in range(150):
        y = layers.Dense(2, "tanh")(y)
    model = pellucid.Model(x, y)
    for other in (through_pickle(model), copy.deepcopy(model)):
        np.testing.assert_array_equal(other.predict(X[:, :2], verbose=0),
                                      model.predict(X[:, :2], verbose=0))


@pytest.mark.skipif("PELLUCID_SANITIZED" in os.environ, reason="the other runs another extension")
def test_another_process_reads_it(tmp_path):
    model, x, y = chain()
    model.fit(x, y, verbose=0)
    (tmp_path / "model.pickle").write_bytes(pickle.dumps(model))
    np.save(tmp_path / "x.npy", x)
    script = ("import pickle, sys, numpy as np\n"
              "model = pickle.load(open(sys.argv[1] + '/model.pickle', 'rb'))\n"
              "x = np.load(sys.argv[1] + '/x.npy')\n"
              "np.save(sys.argv[1] + '/y.npy', model.predict(x, verbose=0))\n")
    subprocess.run([sys.executable, "-c", script, tmp_path], check=True)
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), model.predict(x, verbose=0))


def test_every_op_is_found_again_by_its_name():
    """Those of the library; a copy of an op is the op itself."""
    home = [each for each in OPS.values() if each.__module__.startswith("pellucid.")]
    assert len(home) > 150
    for each in home:
        assert pickle.loads(pickle.dumps(each)) is each, each
    assert copy.deepcopy(atoms.exp) is atoms.exp is copy.copy(atoms.exp)


def test_an_op_of_ones_own():
    @op
    def in_a_function(x):
        return x * 3

    assert pickle.loads(pickle.dumps(in_a_function)) is in_a_function    # as long as it is known
    data = pickle.dumps(in_a_function)
    del OPS["in_a_function"]
    with pytest.raises(ArgumentError, match="has no op 'in_a_function'. Define an own op at the"):
        pickle.loads(data)


def test_an_array_as_an_initializer():
    layer = layers.Dense(2, kernel_initializer=np.eye(2, dtype="float32"))
    np.testing.assert_array_equal(through_pickle(layer)(X[:, :2]), X[:, :2])
