"""Arguments of fit and its kin that have no meaning, or that nobody knows."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from pellucid import keras, layers
from pellucid.core.errors import ArgumentError, KindError

X = np.zeros((8, 2), "float32")


def model() -> Any:
    made = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    made.compile("sgd", "mse")
    return made


@pytest.mark.parametrize(("options", "told"), [
    ({"epochs": -1}, "fit's epochs must be a whole number at least 0, but got -1"),
    ({"epochs": 2.5}, "fit's epochs must be a whole number at least 0, but got 2.5"),
    ({"epochs": "two"}, "fit's epochs must be a whole number at least 0, but got 'two'"),
    ({"epochs": None}, "fit's epochs must be a whole number at least 0, but got None"),
    ({"initial_epoch": -2}, "fit's initial_epoch must be a whole number at least 0, but got -2"),
    ({"validation_freq": 0}, "fit's validation_freq must be a whole number at least 1, but got 0"),
    ({"validation_freq": "1"}, "fit's validation_freq must be a whole number at least 1"),
])
def test_numbers_of_epochs(options, told):
    with pytest.raises((ArgumentError, KindError), match=told):
        model().fit(X, X[:, :1], verbose=0, **options)


def test_no_epoch_is_none():
    made = model()
    before = made.get_weights()
    assert made.fit(X, X[:, :1], epochs=0, verbose=0).history == {}
    np.testing.assert_array_equal(made.get_weights()[0], before[0])


def test_whole_numbers_of_every_kind():
    made = model()
    history = made.fit(X, X[:, :1], epochs=np.int64(4), initial_epoch=np.int32(1), verbose=0,
                       validation_data=(X, X[:, :1]), validation_freq=np.int64(2))
    assert history.epoch == [1, 2, 3]
    assert len(history.history["val_loss"]) == 2
    history = made.fit(X, X[:, :1], epochs=3, verbose=0, validation_data=(X, X[:, :1]),
                       validation_freq=[1, 3])
    assert len(history.history["val_loss"]) == 2


@pytest.mark.parametrize(("call", "told"), [
    (lambda m: m.fit(X, X[:, :1], epoch=3), "fit has no argument 'epoch', .*mean \"epochs\""),
    (lambda m: m.fit(X, X[:, :1], batchsize=3), "fit has no argument .*mean \"batch_size\""),
    (lambda m: m.predict(X, batchsize=3), "predict has no argument .*mean \"batch_size\""),
    (lambda m: m.compile(optimiser="sgd"), "compile has no argument .*mean \"optimizer\""),
    (lambda m: m.compile("sgd", "mse", metric=["mae"]), "compile has no .*mean \"metrics\""),
    (lambda m: m.compile("sgd", foo=1), "compile has no argument 'foo', .*Known: optimizer, loss"),
    (lambda m: m.evaluate(X, X[:, :1], return_dic=True), "evaluate has .*mean \"return_dict\""),
    (lambda m: m.train_on_batch(X, X[:, :1], weights=1), "train_on_batch has no .*'weights'"),
    (lambda m: m.test_on_batch(X, X[:, :1], sample_weights=None),
     "test_on_batch has no argument .*mean \"sample_weight\""),
    (lambda m: m.predict_on_batch(X, batch_size=4), "predict_on_batch has no .*Known: x"),
    (lambda m: m.predict_on_batch(), "predict_on_batch needs x"),
])
def test_unknown_names_are_told_with_the_nearest(call, told):
    with pytest.raises(TypeError, match=told) as caught:
        call(model())
    assert isinstance(caught.value, KindError)
    assert "test_arguments.py" in str(caught.value)


@pytest.mark.parametrize("share", ["half", 1.5, -0.25, True, float("nan")])
def test_shares_for_validation(share):
    with pytest.raises(ArgumentError, match=f"validation_split must lie between 0 and 1.*{share}"):
        model().fit(X, X[:, :1], validation_split=share, verbose=0)


def test_without_an_optimizer_there_is_no_training():
    made = model()
    made.compile(None, "mse")
    assert made.evaluate(X, X[:, :1], verbose=0) >= 0
    with pytest.raises(ArgumentError, match="compile the model before fit.*optimizer="):
        made.fit(X, X[:, :1], verbose=0)


def test_signatures_are_still_to_be_seen():
    assert list(inspect.signature(keras.Model.fit).parameters)[:4] == ["self", "x", "y",
                                                                       "batch_size"]
    assert "optimizer" in inspect.signature(keras.Model.compile).parameters


def test_a_loss_in_the_place_of_the_optimizer_is_told():
    with pytest.raises(ArgumentError, match="optimizer first.*'mse' is a loss.*sgd"):
        model().compile("mse", "sgd")
