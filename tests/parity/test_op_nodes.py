"""Ops as nodes in the files of real Keras: those that merge masks, and those that people write."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid.core.errors import ArgumentError
from tests.parity.oracle import keras_marks, real_keras

pytestmark = keras_marks

WORDS = np.random.default_rng(0).integers(1, 9, (6, 5)).astype("float32")
WORDS[1:, 3:] = 0
WORDS[2, 1:] = 0
OTHER = np.where(np.arange(5) < 4, WORDS[::-1] + 0, 0.0).astype("float32")


def merged(layer: Any) -> Any:
    """Two branches of one masked sequence, merged and read by a layer that heeds the mask."""
    layers = real_keras().layers
    words = real_keras().Input((5,))
    rows = layers.Embedding(9, 4, mask_zero=True)(words)
    together = layer([rows, layers.Dense(4)(rows)])
    read = layers.LSTM(3, return_sequences=True)(together)
    return real_keras().Model(words, layers.GlobalAveragePooling1D()(read))


def two_masks(layer: Any) -> Any:
    layers, inputs = real_keras().layers, [real_keras().Input((5,)) for _ in "ab"]
    table = layers.Embedding(9, 4, mask_zero=True)
    return real_keras().Model(inputs, layers.GRU(3)(layer([table(each) for each in inputs])))


def assert_crosses(theirs: Any, x: Any, folder: Any) -> None:
    """Keras's file predicts the same here; saved again it does so in Keras and here."""
    theirs.save(folder / "theirs.keras")
    mine = ours.models.load_model(folder / "theirs.keras")
    mine.save(folder / "mine.keras")
    models = [mine, ours.models.load_model(folder / "mine.keras"),
              real_keras().models.load_model(folder / "mine.keras")]
    expected = [np.asarray(each) for each in as_list(theirs.predict(x, verbose=0))]
    for model in models:
        found = [np.asarray(each) for each in as_list(model.predict(x, verbose=0))]
        assert len(found) == len(expected)
        for i, (a, b) in enumerate(zip(expected, found, strict=True)):
            assert a.shape == b.shape, f"output {i}"
            assert np.allclose(a, b, atol=1e-5), f"output {i}"
    assert [each.name for each in mine.layers] == [each.name for each in theirs.layers]


def as_list(found: Any) -> list[Any]:
    return list(found) if isinstance(found, list | tuple) else [found]


@pytest.mark.parametrize("name", ["Add", "Average", "Maximum", "Multiply", "Concatenate"])
def test_a_model_that_merges_branches_of_a_masked_sequence(name, tmp_path):
    assert_crosses(merged(getattr(real_keras().layers, name)()), WORDS, tmp_path)


@pytest.mark.parametrize("name, how", [("Add", {}), ("Concatenate", {"axis": 1})])
def test_a_model_that_merges_two_masks(name, how, tmp_path):
    assert_crosses(two_masks(getattr(real_keras().layers, name)(**how)), [WORDS, OTHER], tmp_path)


def test_the_ops_that_people_write(tmp_path):
    ops, x = real_keras().ops, real_keras().Input((5,))
    a = ops.expand_dims(x, -1)
    c = ops.concatenate([a, ops.add(a, ops.exp(-a))], axis=-1)
    found = [
        ops.any(ops.logical_or(c > 3, c < 1), axis=1), ops.reshape(c, (-1, 10)),
        ops.transpose(c, (0, 2, 1)), c[:, 1:3], c[..., 0], c[:, None, 0], ops.cast(c, "int32"),
        ops.clip(c, -1, 1), ops.split(c, 2, axis=-1)[0], ops.one_hot(ops.cast(x, "int32"), 9),
        ops.matmul(c, ops.swapaxes(c, 1, 2)), ops.pad(c, ((0, 0), (1, 1), (0, 0))),
        ops.stack([a, a], axis=1), ops.repeat(c, 2, axis=1), 1 - c, ops.squeeze(a, -1),
        ops.argmax(c, axis=-1), ops.roll(c, 1, axis=1), ops.isin(c, [1.0, 2.0]),
        ops.logsumexp(c, axis=-1), ops.tile(c, (1, 2, 1)), ops.flip(c, axis=1),
        ops.full_like(c, 2.0), ops.cumsum(c, axis=1), ops.take(c, [0, 1], axis=1),
        ops.var(c, axis=(1, 2)), ops.gelu(c), ops.top_k(c, 1)[0], ops.normalize(c)]
    assert_crosses(real_keras().Model(x, found), WORDS / 4, tmp_path)


def test_an_op_that_is_not_here_is_named(tmp_path):
    x = real_keras().Input((4, 4, 3))
    real_keras().Model(x, real_keras().ops.image.rgb_to_grayscale(x)).save(tmp_path / "m.keras")
    with pytest.raises(ArgumentError, match="'RGBToGrayscale' is neither built in nor registered"):
        ours.models.load_model(tmp_path / "m.keras")
