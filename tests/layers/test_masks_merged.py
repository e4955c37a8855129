"""Merging layers on masked inputs, beside Keras: the numbers, and the mask that goes on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from tests.parity.oracle import live, real_keras

WORDS = {"a": np.array([[1, 2, 0], [3, 0, 0], [0, 0, 0], [1, 2, 3]]),
         "b": np.array([[1, 0, 3], [0, 2, 0], [0, 0, 0], [1, 0, 2]])}
LAYERS: dict[str, Any] = {
    "Add": lambda k: k.layers.Add(), "Subtract": lambda k: k.layers.Subtract(),
    "Multiply": lambda k: k.layers.Multiply(), "Average": lambda k: k.layers.Average(),
    "Maximum": lambda k: k.layers.Maximum(), "Minimum": lambda k: k.layers.Minimum(),
    "Concatenate": lambda k: k.layers.Concatenate(),
    "Concatenate steps": lambda k: k.layers.Concatenate(axis=1),
    "Concatenate steps, from the end": lambda k: k.layers.Concatenate(axis=-2),
    "Dot": lambda k: k.layers.Dot(axes=2)}
CASES = [(name, which) for name in LAYERS for which in ("ab", "aa", "ap", "pa", "pp", "aba", "apb",
                                                        "pab", "a")
         if len(which) == 2 or name not in ("Subtract", "Dot")]


def inputs(k: Any, which: str) -> list[Any]:
    """Sequences of four features: "a" and "b" are masked, "p" is plain."""
    numbers = np.random.default_rng(0)
    table, plain = numbers.normal(size=(4, 4)), numbers.normal(size=(4, 3, 4))
    embedding = k.layers.Embedding(4, 4, mask_zero=True)
    embedding.build((None, 3))
    embedding.set_weights([table])
    return [k.ops.convert_to_tensor(plain, dtype="float32") if each == "p"
            else embedding(WORDS[each]) for each in which]


def merged(k: Any, name: str, which: str) -> tuple[np.ndarray, Any]:
    y = LAYERS[name](k)(inputs(k, which))
    mask = getattr(y, "_keras_mask", None)
    return np.asarray(y), None if mask is None else np.asarray(mask).tolist()


@live
@pytest.mark.parametrize("name, which", CASES)
def test_numbers_and_masks_are_those_of_keras(name: str, which: str) -> None:
    (theirs, mask), (mine, own) = merged(real_keras(), name, which), merged(ours, name, which)
    assert mask == own
    assert np.allclose(theirs, mine, atol=1e-6)


def reading(k: Any) -> Any:
    class Mask(k.layers.Layer):
        """The mask of its input, as numbers; ones where there is none."""

        def __init__(self) -> None:
            super().__init__()
            self.supports_masking = True

        def call(self, x: Any, mask: Any = None) -> Any:
            y = k.ops.ones_like(x[..., 0])
            return y if mask is None else y * k.ops.cast(mask, "float32")
    return Mask()


def compiled(k: Any, name: str) -> Any:
    """Trained through the merging layer: the table that both inputs share, then what it gives."""
    words = [k.Input((3,), dtype="int32") for _ in "ab"]
    table = k.layers.Embedding(4, 4, mask_zero=True,
                               embeddings_initializer=k.initializers.Constant(0.5))
    y = LAYERS[name](k)([table(each) for each in words])
    model = k.Model(words, [y, reading(k)(y)])
    model.compile(k.optimizers.SGD(0.1), ["mse", None])
    x = list(WORDS.values())
    table.set_weights([np.random.default_rng(0).normal(size=(4, 4))])
    target = np.random.default_rng(1).normal(size=np.shape(model.predict(x, verbose=0)[0]))
    model.fit(x, [target, np.zeros((4, 1))], epochs=2, verbose=0, shuffle=False)
    return [np.asarray(table.embeddings), *model.predict(x, verbose=0)]


@live
@pytest.mark.parametrize("name", LAYERS)
def test_training_through_a_merge_of_masked_inputs(name: str) -> None:
    for theirs, mine in zip(compiled(real_keras(), name), compiled(ours, name), strict=True):
        assert np.allclose(theirs, mine, atol=1e-5)


def test_what_a_mask_leaves_out_is_no_factor_and_does_not_compete() -> None:
    a, b = (ours.ops.convert_to_tensor([[[each]]] * 2) for each in (3.0, 5.0))
    a._keras_mask = ours.ops.convert_to_tensor([[True], [False]])
    b._keras_mask = ours.ops.convert_to_tensor([[False], [False]])
    assert np.ravel(ours.layers.Multiply()([a, b])).tolist() == [3, 0]
    assert np.ravel(ours.layers.Maximum()([a, b])).tolist() == [3, 3]
    assert np.ravel(ours.layers.Minimum()([b, a])).tolist() == [3, 5]
