"""Limits for trying out a script: epochs and batches, as Keras applies them."""

import warnings

import numpy as np
import pytest

from pellucid import Sequential, config, layers
from pellucid import keras as ours
from pellucid.callbacks import LambdaCallback
from pellucid.core.errors import PellucidWarning
from pellucid.data.pydataset import PyDataset
from tests.parity.oracle import live, real_keras

X = np.arange(20.0, dtype="float32").reshape(10, 2)
Y = X.sum(axis=1, keepdims=True)


class Rows(PyDataset):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        return X[2 * index:2 * index + 2], Y[2 * index:2 * index + 2]


def fitted(model, callback, *data, **how):
    """(epochs, batches) of a fit."""
    seen = []
    model.fit(*data, verbose=0, callbacks=[callback(on_train_batch_end=lambda i, logs: (
        seen.append(i)))], **how)
    return len(model.history.epoch), seen


def made(library):
    model = library.Sequential([library.Input((2,)), library.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


@live
@pytest.mark.parametrize("how", [{"batch_size": 2}, {"batch_size": 3, "epochs": 5},
                                 {"steps_per_epoch": 5, "batch_size": 2, "epochs": 4}])
def test_fit_keeps_to_the_limits_as_keras(how):
    found = []
    for library in (ours, real_keras()):
        library.config.set_max_epochs(3)
        library.config.set_max_steps_per_epoch(3)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")          # each says it in its own words
                found.append(fitted(made(library), library.callbacks.LambdaCallback, X, Y, **how))
        finally:
            library.config.set_max_epochs(None)
            library.config.set_max_steps_per_epoch(None)
    assert found[0] == found[1]


def test_a_limit_leaves_the_size_of_batches_alone():
    """Keras, told no batch_size, makes the rows fit into so many batches, however large."""
    config.set_max_steps_per_epoch(3)
    try:
        model = made(ours)
        assert fitted(model, LambdaCallback, X, Y) == (1, [0])
        assert model.predict(X, verbose=0).shape == (10, 1)
    finally:
        config.set_max_steps_per_epoch(None)


@pytest.fixture
def limited():
    config.set_max_steps_per_epoch(2)
    yield
    config.set_max_steps_per_epoch(None)


def batches():
    while True:
        yield X[:2], Y[:2]


class Again:
    def __iter__(self):
        return iter([(X, Y)] * 4)


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize("source", [(X, Y), (Rows(),), (batches(),), (Again(),)])
def test_every_source_is_limited(source):
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    how = {"batch_size": 2} if len(source) == 2 else {}
    with pytest.warns(PellucidWarning, match=r"after 2 batches, as set_max_steps_per_epoch\(2\)"):
        epochs, seen = fitted(model, LambdaCallback, *source, epochs=2, **how)
    assert (epochs, seen) == (2, [0, 1, 0, 1])


@pytest.mark.usefixtures("limited")
def test_evaluate_and_predict_are_limited():
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.warns(PellucidWarning, match="after 2 batches"):
        assert model.predict(X, batch_size=3, verbose=0).shape == (6, 1)
    with pytest.warns(PellucidWarning, match="after 2 batches"):
        part = model.evaluate(X, Y, batch_size=3, verbose=0)
    assert part == pytest.approx(np.mean((model(X[:6]).numpy() - Y[:6])**2), rel=1e-5)
    assert model.predict(X[:4], batch_size=2, verbose=0).shape == (4, 1)      # within the limit


def test_epochs_are_limited():
    config.set_max_epochs(2)
    try:
        model = Sequential([layers.Input((2,)), layers.Dense(1)])
        model.compile("sgd", "mse")
        with pytest.warns(PellucidWarning, match=r"after 2 epochs, as set_max_epochs\(2\) asks"):
            history = model.fit(X, Y, epochs=7, verbose=0)
        assert history.epoch == [0, 1]
        assert model.fit(X, Y, epochs=2, verbose=0).epoch == [0, 1]
    finally:
        config.set_max_epochs(None)
