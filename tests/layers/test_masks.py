"""Masks that travel with tensors: who is given them, and what the outputs carry; as in Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid.core.errors import PellucidWarning
from tests.parity.oracle import live, real_keras

IDS = np.array([[1, 2, 0], [3, 0, 0]])
PLAIN = np.ones((2, 3, 4), "float32")
OTHER = np.array([[True, False, False], [True, True, True]])


def mask_of(value: Any) -> Any:
    """The mask of a tensor, of ours or of Keras, as a list."""
    mask = getattr(value, "_keras_mask", None)
    return None if mask is None else np.asarray(mask).tolist()


def listed(mask: Any) -> Any:
    if isinstance(mask, list | tuple):
        return [listed(each) for each in mask]
    return None if mask is None else np.asarray(mask).tolist()


def makers(k: Any) -> dict[str, Any]:
    """Layers of a user's own that note the masks they are given."""
    seen: list[Any] = []

    class Noting(k.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.supports_masking = True

    class One(Noting):
        def call(self, x: Any, mask: Any = None) -> Any:
            seen.append(listed(mask))
            return (x[0] if isinstance(x, list) else x) * 1

    class Two(Noting):
        def call(self, a: Any, b: Any = None, mask: Any = None, a_mask: Any = None,
                 b_mask: Any = None) -> Any:
            seen.append([listed(each) for each in (mask, a_mask, b_mask)])
            return a * 1

    class Dropping(k.layers.Layer):
        def call(self, x: Any) -> Any:
            return x * 1

    class Own(k.layers.Layer):
        def call(self, x: Any) -> Any:
            return x * 1

        def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
            return None if previous_mask is None else k.ops.logical_not(previous_mask)

    return {"seen": seen, "One": One, "Two": Two, "Dropping": Dropping, "Own": Own}


def masked(k: Any) -> Any:
    return k.layers.Embedding(5, 4, mask_zero=True)(IDS)


def plain(k: Any) -> Any:
    return k.ops.convert_to_tensor(PLAIN)


def other(k: Any) -> Any:
    return k.ops.convert_to_tensor(OTHER)


CASES = {
    "one": lambda k, own: own["One"]()(masked(k)),
    "one, no mask": lambda k, own: own["One"]()(plain(k)),
    "one, told": lambda k, own: own["One"]()(plain(k), mask=other(k)),
    "one, told another": lambda k, own: own["One"]()(masked(k), mask=other(k)),
    "a list": lambda k, own: own["One"]()([masked(k), plain(k)]),
    "a list, no mask": lambda k, own: own["One"]()([plain(k), plain(k)]),
    "two": lambda k, own: own["Two"]()(masked(k), masked(k)),
    "the first of two": lambda k, own: own["Two"]()(masked(k), plain(k)),
    "the second of two": lambda k, own: own["Two"]()(plain(k), masked(k)),
    "two, one is there": lambda k, own: own["Two"]()(masked(k)),
    "two, told": lambda k, own: own["Two"]()(masked(k), plain(k), b_mask=other(k)),
    "own compute_mask": lambda k, own: own["Own"]()(masked(k)),
    "attention": lambda k, own: k.layers.MultiHeadAttention(1, 4)(masked(k), masked(k)),
    "attention, query": lambda k, own: k.layers.MultiHeadAttention(1, 4)(masked(k), plain(k)),
    "attention, value": lambda k, own: k.layers.MultiHeadAttention(1, 4)(plain(k), masked(k)),
    "attention, shares": lambda k, own: k.layers.MultiHeadAttention(1, 4)(
        masked(k), masked(k), return_attention_scores=True)[0],
    "simple attention": lambda k, own: k.layers.Attention()([masked(k), masked(k)]),
    "sum": lambda k, own: k.layers.Add()([masked(k), masked(k)]),
    "sum with one": lambda k, own: k.layers.Add()([masked(k), plain(k)]),
    "joined": lambda k, own: k.layers.Concatenate(axis=1)([masked(k), plain(k)]),
    "recurrent": lambda k, own: k.layers.GRU(2, return_sequences=True)(masked(k)),
    "recurrent with a state": lambda k, own: k.layers.GRU(2, return_sequences=True)(
        masked(k), initial_state=k.ops.zeros((2, 2))),
}


def said(k: Any, case: str) -> Any:
    own = makers(k)
    return mask_of(CASES[case](k, own)), own["seen"]


@live
@pytest.mark.parametrize("case", CASES)
def test_masks_are_those_of_keras(case: str) -> None:
    assert said(ours, case) == said(real_keras(), case)


def test_the_masks_of_two_arguments() -> None:
    mask = [[True, True, False], [True, False, False]]
    assert said(ours, "two") == (mask, [[None, mask, mask]])
    assert said(ours, "the second of two") == (None, [[None, None, mask]])
    assert said(ours, "one, told another") == (OTHER.tolist(), [OTHER.tolist()])
    assert said(ours, "a list") == (mask, [[mask, None]])
    with pytest.warns(PellucidWarning, match="does not pass masks on"):
        assert mask_of(makers(ours)["Dropping"]()(masked(ours))) is None


def test_a_layer_leaves_the_masks_of_its_inputs() -> None:
    """Keras's attention takes the mask from the very tensor it is given, and so from all others
    that use the tensor later, a residual sum among them."""
    x = masked(ours)
    y = ours.layers.Add()([x, ours.layers.MultiHeadAttention(1, 4)(x, x)])
    assert mask_of(x) == mask_of(y) == [[True, True, False], [True, False, False]]


def test_a_mask_that_attention_is_told_goes_on() -> None:
    y = ours.layers.MultiHeadAttention(1, 4)(PLAIN, PLAIN, query_mask=OTHER)
    assert mask_of(y) == OTHER.tolist()


def test_a_state_does_not_take_the_mask_of_the_sequence_away() -> None:
    """In Keras it does: with an initial state, masked steps are walked like all others."""
    layer, x, state = ours.layers.GRU(2), masked(ours), np.zeros((2, 2), "float32")
    assert np.array_equal(layer(x, initial_state=state), layer(x))
