"""A layer of one's own gets its mask while the graph is drawn, as in Keras's guide to masking."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid.core.errors import PellucidWarning
from tests.parity.oracle import live, real_keras

WORDS = np.array([[1, 2, 0, 4], [3, 0, 0, 0]], "int32")
TARGETS = np.array([[1.0], [0.0]], "float32")


def summing(k: Any) -> Any:
    """The sum over the steps that count; it cannot do without a mask."""
    @k.saving.register_keras_serializable(package="masks_drawn")
    class Summing(k.layers.Layer):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.supports_masking = True

        def call(self, x: Any, mask: Any = None) -> Any:
            kept = k.ops.expand_dims(k.ops.cast(mask, "float32"), -1)
            return k.ops.sum(x * kept, axis=1)

        def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
            return None
    return Summing()


def graph(k: Any, steps: int | None) -> Any:
    words = k.Input((steps,), dtype="int32")
    embedded = k.layers.Embedding(10, 3, mask_zero=True)(words)
    return k.Model(words, k.layers.Dense(1)(summing(k)(k.layers.Dropout(0.0)(embedded))))


def chain(k: Any, steps: int | None) -> Any:
    return k.Sequential([k.Input((steps,), dtype="int32"),
                         k.layers.Embedding(10, 3, mask_zero=True), summing(k),
                         k.layers.Dense(1)])


def explicit(k: Any, steps: int | None) -> Any:
    words = k.Input((steps,), dtype="int32")
    mask = k.ops.equal(words, 1)
    return k.Model(words, summing(k)(k.layers.Embedding(10, 3, mask_zero=True)(words), mask=mask))


def two_inputs(k: Any, steps: int | None) -> Any:
    words = k.Input((steps,), dtype="int32")
    one, two = (k.layers.Embedding(10, 3, mask_zero=True)(words) for _ in range(2))
    return k.Model(words, summing(k)(k.layers.Add()([one, k.layers.LSTM(
        3, return_sequences=True)(two)])))


@live
@pytest.mark.parametrize("steps", [4, None])
@pytest.mark.parametrize("build", [graph, chain, explicit, two_inputs])
def test_drawn_and_computed_as_in_keras(build: Any, steps: int | None) -> None:
    theirs, mine = build(real_keras(), steps), build(ours, steps)
    mine.set_weights(theirs.get_weights())
    assert mine.output_shape == theirs.output_shape
    assert np.allclose(mine.predict(WORDS, verbose=0), theirs.predict(WORDS, verbose=0), atol=1e-6)
    if build is not two_inputs:
        for model in (theirs, mine):
            model.compile("sgd", "mse")
            model.fit(WORDS, np.zeros_like(theirs(WORDS)), epochs=2, verbose=0)
        for a, b in zip(theirs.get_weights(), mine.get_weights(), strict=True):
            assert np.allclose(a, b, atol=1e-6)


@live
@pytest.mark.parametrize("build", [graph, chain])
def test_files_go_both_ways(build: Any, tmp_path: Path) -> None:
    keras = real_keras()
    theirs, mine = build(keras, None), build(ours, None)
    mine.save(tmp_path / "mine.keras")
    theirs.save(tmp_path / "theirs.keras")
    for path, written in ((tmp_path / "mine.keras", mine), (tmp_path / "theirs.keras", theirs)):
        expected = np.asarray(written.predict(WORDS, verbose=0))
        for k in (keras, ours):
            read = k.saving.load_model(path)
            assert np.allclose(read.predict(WORDS, verbose=0), expected, atol=1e-6)


def test_a_chain_without_an_input_is_drawn_by_its_first_data() -> None:
    model = ours.Sequential([ours.layers.Embedding(10, 3, mask_zero=True), summing(ours)])
    assert model.predict(WORDS, verbose=0).shape == (2, 3)


def test_the_mask_is_symbolic_and_of_no_node() -> None:
    words = ours.Input((None,), dtype="int32")
    embedded = ours.layers.Embedding(10, 3, mask_zero=True)(words)
    mask: Any = embedded._keras_mask
    assert mask.shape == (None, None)
    assert mask.dtype == "bool"
    passed = ours.layers.LSTM(2, return_sequences=True)(ours.layers.Dropout(0.5)(embedded))
    assert passed._keras_mask.shape == (None, None)
    assert ours.layers.LSTM(2)(embedded)._keras_mask is None
    model = ours.Model(words, summing(ours)(embedded))
    assert [type(each).__name__ for each in model.layers] == ["InputLayer", "Embedding", "Summing"]
    config = model.get_config()
    assert [list(node["kwargs"]) for each in config["layers"]
            for node in each["inbound_nodes"]] == [[], []]


def test_a_lost_mask_is_told_as_the_model_is_drawn() -> None:
    with pytest.warns(PellucidWarning, match='Flatten "flat" got a masked input') as told:
        model = ours.Sequential([
            ours.Input((4,)), ours.layers.Embedding(10, 3, mask_zero=True),
            ours.layers.Flatten(name="flat"), ours.layers.Dense(1)])
    assert len(told) == 1
    assert told[0].filename == __file__
    model.predict(WORDS, verbose=0)
