"""Axes by a picture of them: against transposition by hand, in models, and what has no sense."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import ops
from pellucid.core.errors import ArgumentError, ShapeError
from pellucid.layers import Dense, Input
from pellucid.models import Model
from tests.atoms.host_cases import has_gradient, in_every_engine

X = np.arange(2 * 6 * 4 * 3.0).reshape(2, 6, 4, 3)


def test_cut_move_and_merge():
    (patches,) = in_every_engine(
        lambda x: ops.rearrange(x, "b (h p) (w q) c -> (b h w) p q c", p=3, q=2), X)
    by_hand = X.reshape(2, 2, 3, 2, 2, 3).transpose(0, 1, 3, 2, 4, 5).reshape(8, 3, 2, 3)
    np.testing.assert_array_equal(patches, by_hand)
    has_gradient(lambda x: ops.rearrange(x, "b h w c -> c (w h) b"), X[:, :2])


@given(st.permutations("abcd"), st.permutations("abcd"))
def test_there_and_back(one, other):
    """Any order, merged any way, and undone by the picture the other way round."""
    lengths = dict(zip("abcd", X.shape, strict=True))
    there = f"a b c d -> ({one[0]} {one[1]}) ({one[2]} {one[3]})"
    x = ops.rearrange(X, there)
    back = f"({one[0]} {one[1]}) ({one[2]} {one[3]}) -> {' '.join(other)}"
    y = ops.rearrange(x, back, **{name: lengths[name] for name in one[1:4:2]})
    np.testing.assert_array_equal(y, X.transpose(["abcd".index(name) for name in other]))


def test_in_a_model_whose_batch_is_not_known():
    x = Input((6, 4))
    y = Dense(2)(ops.rearrange(x, "b (h k) c -> b h (k c)", k=2))
    assert Model(x, y).predict(X[..., 0], verbose=0).shape == (2, 3, 2)


@pytest.mark.parametrize(("pattern", "lengths", "error", "told"), [
    ("a b c d", {}, ArgumentError, "a pattern looks like"),
    ("a b c [d] -> a b c d", {}, ArgumentError, "a pattern looks like"),
    ("a b c d -> a b c", {}, ArgumentError, "the same names on both sides"),
    ("a b c c -> a b c c", {}, ArgumentError, "each once"),
    ("a b c d -> d c b a", {"e": 2}, ArgumentError, "a length for 'e', which is not in"),
    ("a b c -> c b a", {}, ShapeError, r"has 3 axes on its left, but got shape \(2, 6, 4, 3\)"),
    ("a (b e f) c d -> a b c d e f", {"e": 2}, ArgumentError, "all but one of b, e, f"),
    ("a (b e) c d -> a b c d e", {"e": 4}, ShapeError, r"cut into \(b e\) with e=4 given must div"),
    ("a (b e) c d -> a b c d e", {"e": 2, "b": 2}, ShapeError, "must divide, but got length 6"),
])
def test_pictures_without_sense(pattern, lengths, error, told):
    with pytest.raises(error, match=told):
        ops.rearrange(X, pattern, **lengths)
