"""Which call of a functional model trains: what `fit` says goes before what a node was drawn with.

Keras writes ``training: false`` beside every dropout of a functional model it saves, and lets it
count only where a call says nothing of training. Ours reads such files, and does as Keras does.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from tests.parity.oracle import live, real_keras

X = np.ones((1, 400), "float32")
CALLS: list[dict[str, Any]] = [{}, {"training": True}, {"training": False}]


def drawn(k: Any, **call: Any) -> Any:
    x = k.Input((400,))
    return k.Model(x, k.layers.Dropout(0.5, seed=1)(x, **call))


def nested(k: Any, **call: Any) -> Any:
    x = k.Input((400,))
    return k.Model(x, drawn(k)(x, **call))


def drops(model: Any) -> list[bool]:
    """Whether inputs are left out: in each call, in predict, and in a step of fit."""
    found = [bool((np.asarray(model(X, **call)) == 0).any()) for call in CALLS]
    found.append(bool((np.asarray(model.predict(X, verbose=0)) == 0).any()))
    model.compile(loss="mse")
    loss = model.fit(X, X, verbose=0).history["loss"][0]       # 0 unless something is left out
    return [*found, loss > 0]


@pytest.mark.parametrize(("call", "wanted"), [
    ({}, [False, True, False, False, True]),
    ({"training": False}, [False, True, False, False, True]),
    ({"training": True}, [True, True, False, False, True])], ids=str)
@pytest.mark.parametrize("make", [drawn, nested])
@pytest.mark.filterwarnings("ignore:the model has no trainable weights")
def test_a_call_goes_before_the_node(make: Any, call: dict[str, bool], wanted: list[bool]) -> None:
    assert drops(make(ours, **call)) == wanted


@live
@pytest.mark.filterwarnings("ignore:the model has no trainable weights")
@pytest.mark.filterwarnings("ignore:.*optimizer does not have any trainable variables")
def test_the_files_of_keras_train_as_in_keras(tmp_path: Any) -> None:
    keras = real_keras()
    model = drawn(keras)
    model.save(tmp_path / "dropout.keras")
    dropout = json.loads(model.to_json())["config"]["layers"][1]
    assert dropout["inbound_nodes"][0]["kwargs"] == {"training": False}
    again = keras.models.load_model(tmp_path / "dropout.keras")
    mine = ours.models.load_model(tmp_path / "dropout.keras")
    wanted = [bool((np.asarray(again(X, **call)) == 0).any()) for call in CALLS]
    assert drops(mine)[:3] == wanted
    again.compile(loss="mse")
    assert again.fit(X, X, verbose=0).history["loss"][0] > 0
    assert drops(mine)[4]


@live
@pytest.mark.parametrize("call", CALLS[1:], ids=str)
@pytest.mark.parametrize("make", [drawn, nested])
def test_calls_are_those_of_keras(make: Any, call: dict[str, bool]) -> None:
    def zeros(k: Any) -> list[bool]:
        model = make(k, **call)
        return [bool((np.asarray(model(X, **how)) == 0).any()) for how in CALLS]
    assert zeros(ours) == zeros(real_keras())
