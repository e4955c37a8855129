"""A layer that does not pass on the mask it gets says so once, where Keras does."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid.core.errors import PellucidWarning
from tests.parity.oracle import live, real_keras

WORDS = np.array([[1, 2, 0], [3, 0, 0]])
TARGETS = np.zeros((2, 1))


def masked(k: Any) -> Any:
    return k.layers.Embedding(5, 4, mask_zero=True)(WORDS)


def own(k: Any, supports: bool | None = None, computes: bool = False) -> Any:
    """A layer of a person's own, with or without a word about masks."""
    class Own(k.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            if supports is not None:
                self.supports_masking = supports

        def call(self, x: Any) -> Any:
            return x * 1

    class Computing(Own):
        def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
            return previous_mask
    return Computing() if computes else Own()


def holding(k: Any, inner: Any) -> Any:
    class Holding(k.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.inner, self.supports_masking = inner, True

        def call(self, x: Any) -> Any:
            return self.inner(x)
    return Holding()


CASES: dict[str, Any] = {
    "own": lambda k: own(k)(masked(k)),
    "own, supports": lambda k: own(k, True)(masked(k)),
    "own, supports not": lambda k: own(k, False)(masked(k)),
    "own, computes": lambda k: own(k, computes=True)(masked(k)),
    "own, computes, supports not": lambda k: own(k, False, computes=True)(masked(k)),
    "own, no mask": lambda k: own(k)(np.ones((2, 3), "float32")),
    "own within own": lambda k: holding(k, own(k))(masked(k)),
    "own within TimeDistributed": lambda k: k.layers.TimeDistributed(own(k))(masked(k)),
    "Flatten": lambda k: k.layers.Flatten()(masked(k)),
    "Flatten in a model": lambda k: k.Sequential(
        [k.layers.Embedding(5, 4, mask_zero=True), k.layers.Flatten()]).predict(WORDS, verbose=0),
    "Reshape": lambda k: k.layers.Reshape((12,))(masked(k)),
    "Permute": lambda k: k.layers.Permute((2, 1))(masked(k)),
    "Conv1D": lambda k: k.layers.Conv1D(2, 2)(masked(k)),
    "AveragePooling1D": lambda k: k.layers.AveragePooling1D(2)(masked(k)),
    "GlobalMaxPooling1D": lambda k: k.layers.GlobalMaxPooling1D()(masked(k)),
    "GlobalAveragePooling1D": lambda k: k.layers.GlobalAveragePooling1D()(masked(k)),
    "EinsumDense": lambda k: k.layers.EinsumDense("abc,cd->abd", (None, 2))(masked(k)),
    "Lambda": lambda k: k.layers.Lambda(lambda x: x * 2)(masked(k)),
    "Lambda with a mask": lambda k: k.layers.Lambda(
        lambda x: x * 2, mask=lambda x, mask: mask)(masked(k)),
    "Dense": lambda k: k.layers.Dense(2)(masked(k)),
    "Dropout": lambda k: k.layers.Dropout(0.5)(masked(k)),
    "BatchNormalization": lambda k: k.layers.BatchNormalization()(masked(k)),
    "RMSNormalization": lambda k: k.layers.RMSNormalization()(masked(k)),
    "SpectralNormalization": lambda k: k.layers.SpectralNormalization(
        k.layers.Dense(2))(masked(k)),
    "LSTM": lambda k: k.layers.LSTM(2)(masked(k)),
    "Bidirectional": lambda k: k.layers.Bidirectional(k.layers.GRU(2))(masked(k)),
    "TimeDistributed": lambda k: k.layers.TimeDistributed(k.layers.Dense(2))(masked(k)),
    "MultiHeadAttention": lambda k: k.layers.MultiHeadAttention(1, 2)(masked(k), masked(k)),
    "Attention": lambda k: k.layers.Attention()([masked(k), masked(k)]),
    "Dot": lambda k: k.layers.Dot(2)([masked(k), masked(k)]),
    "Concatenate": lambda k: k.layers.Concatenate()([masked(k), masked(k)]),
    "an op": lambda k: k.ops.relu(masked(k))}


def said(act: Any) -> list[str]:
    """What is said of masks."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        act()
    return [str(each.message) for each in caught if "mask" in str(each.message)]


@live
@pytest.mark.parametrize("case", CASES)
def test_it_is_said_where_keras_says_it(case: str) -> None:
    theirs, mine = (said(lambda: CASES[case](k)) for k in (real_keras(), ours))    # noqa: B023
    assert len(mine) == bool(theirs)


def test_the_sentence() -> None:
    with pytest.warns(PellucidWarning, match=r'^Flatten "flat" got a masked input and does not pass'
                      r" masks on: the layers after it count masked entries like all others$"):
        ours.layers.Flatten(name="flat")(masked(ours))
    with pytest.warns(PellucidWarning, match="supports_masking = True in its __init__ passes the "):
        own(ours)(masked(ours))


def test_once_for_each_layer() -> None:
    embedding = ours.layers.Embedding(5, 4, mask_zero=True)
    model = ours.Sequential([embedding, ours.layers.Reshape((12,)), ours.layers.Dense(1)])
    model.compile("sgd", "mse")
    assert len(said(lambda: model.build((None, 3)))) == 1                # as it is drawn
    assert said(lambda: model.fit(WORDS, TARGETS, epochs=3, verbose=0)) == []
    assert said(lambda: (model.predict(WORDS), model.evaluate(WORDS, TARGETS, verbose=0))) == []
    assert len(said(lambda: ours.layers.Reshape((12,))(embedding(WORDS)))) == 1


@pytest.mark.parametrize("inside", [lambda k: k.layers.Dense(2), lambda k: k.layers.LSTM(2)])
def test_a_model_within_is_not_blamed_for_what_its_layers_see_to(inside: Any) -> None:
    """Keras names every model that is called on a masked input, though its layers get the mask."""
    chain = ours.Sequential([ours.Input((3, 4)), inside(ours)])
    assert said(lambda: chain(masked(ours))) == []


def test_inner_layers_of_attention_are_not_named() -> None:
    """Keras names those of GroupedQueryAttention, and nobody could do anything about them."""
    layer = ours.layers.GroupQueryAttention(2, 2, 1)
    assert said(lambda: layer(masked(ours), masked(ours))) == []

    class Derived(ours.layers.MultiHeadAttention):
        def call(self, query: Any, value: Any, query_mask: Any = None, **_: Any) -> Any:
            return super().call(query, value, query_mask=query_mask)

    assert said(lambda: Derived(1, 2)(masked(ours), masked(ours))) == []
