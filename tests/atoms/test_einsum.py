"""Sums of products in Einstein's notation, held against NumPy's, Keras's and their own slopes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pellucid
from pellucid import keras as ours
from pellucid import ops
from pellucid.core.errors import ArgumentError, KindError, PellucidError, ShapeError
from pellucid.core.tensor import convert
from pellucid.engines.trace import Traced, trace
from tests.engines.comparison import assert_engines_agree
from tests.parity.oracle import exchanged, live, real_keras

SIZES = {"a": 2, "b": 3, "c": 4, "d": 1, "e": 2}
EQUATIONS = [                                        # with the shapes of the operands
    ("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ij,kj->ki", (2, 3), (4, 3)),
    ("bij,bjk->bik", (5, 2, 3), (5, 3, 4)), ("bij,jk->bik", (5, 2, 3), (3, 4)),
    ("btnh,bsnh->bnts", (2, 3, 4, 5), (2, 6, 4, 5)),
    ("bnts,bsnh->btnh", (2, 4, 3, 6), (2, 6, 4, 5)),
    ("abc,cde->abde", (2, 3, 4), (4, 5, 2)), ("abde,dec->abc", (2, 3, 5, 2), (5, 2, 4)),
    ("i,j->ij", (2,), (3,)), ("i,i", (3,), (3,)), ("i,i->i", (3,), (3,)),
    ("ij,ij->i", (2, 3), (2, 3)),
    ("ij,ij->", (2, 3), (2, 3)), ("bi,bj->bij", (2, 3), (2, 4)), ("ij,j->i", (2, 3), (3,)),
    ("j,ij->i", (3,), (2, 3)), ("ij,kl->", (2, 3), (4, 5)), ("ij,k->ik", (2, 3), (4,)),
    ("ii", (3, 3)), ("ii->i", (3, 3)), ("iji->j", (3, 2, 3)), ("iii->i", (2, 2, 2)),
    ("iijj->ij", (2, 2, 3, 3)), ("ij->ji", (2, 3)), ("ij->", (2, 3)), ("ba", (2, 3)), ("->", ()),
    (",ij->ij", (), (2, 3)), (",->", (), ()), ("ii,ij->j", (3, 3), (3, 2)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)), ("a,b,c,d->dcba", (2,), (3,), (4,), (5,)),
    ("ij,ik,il->jkl", (4, 2), (4, 3), (4, 5)), ("ab,bc,cd,da->", (2, 3), (3, 4), (4, 5), (5, 2)),
    ("...ij,...jk->...ik", (5, 1, 2, 3), (4, 3, 4)), ("...i->...", (2, 3)), ("i...->...", (2, 3)),
    ("...", (2, 3)), ("...,...", (2, 3), (3,)), ("i...j,j->...i", (2, 5, 3), (3,)),
    ("...ii->...i", (4, 3, 3)), ("ij,jk->ik", (2, 1), (3, 4)), ("ij,ij->ij", (2, 1), (1, 3)),
    (" i j , j -> i ", (2, 3), (3,)), ("Ab,bA->A", (2, 3), (3, 2)), ("ij,jk->ik", (2, 0), (0, 3)),
]


def operands(*shapes: Any, dtype: str = "float64", seed: int = 0) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    return [np.asarray(random.uniform(-2, 2, shape).astype(dtype)) for shape in shapes]


@pytest.mark.parametrize("equation, shapes", [(each[0], each[1:]) for each in EQUATIONS],
                         ids=lambda each: each if isinstance(each, str) else "")
def test_values_are_numpy_s(equation, shapes):
    xs = operands(*shapes)
    want = np.einsum(equation, *xs)
    eager, plan = ops.einsum(equation, *xs), Traced(lambda *xs: ops.einsum(equation, *xs))(*xs)
    np.testing.assert_allclose(eager, want, rtol=1e-13, atol=1e-13)
    np.testing.assert_array_equal(plan, eager, strict=True)


@live
@pytest.mark.parametrize("dtype", [
    "float32", *(pytest.param(each, marks=pytest.mark.deep) for each in ("float64", "int32"))])
@pytest.mark.parametrize("equation, shapes", [(each[0], each[1:]) for each in EQUATIONS[::4]],
                         ids=lambda each: each if isinstance(each, str) else "")
def test_values_and_dtypes_are_keras_s(equation, shapes, dtype):
    xs = operands(*shapes, dtype=dtype)
    theirs, mine = np.asarray(real_keras().ops.einsum(equation, *xs)), ops.einsum(equation, *xs)
    assert (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype.name)
    np.testing.assert_allclose(mine, theirs, rtol=1e-5 if dtype == "float32" else 1e-12, atol=1e-5)


@live
def test_an_ellipsis_that_the_output_leaves_out_is_summed_as_in_keras():
    x, y = operands((5, 2, 3), (3, 4))
    theirs = np.asarray(real_keras().ops.einsum("...ij,jk->ik", x, y))
    np.testing.assert_allclose(ops.einsum("...ij,jk->ik", x, y), theirs, rtol=1e-12)


@st.composite
def sums(draw: Any) -> tuple[str, list[tuple[int, ...]]]:
    """An equation over up to four tensors, with letters once or twice, and shapes that fit."""
    words = draw(st.lists(st.text("abcde", max_size=4), min_size=1, max_size=4))
    words = [word for word in words if all(word.count(each) < 3 for each in word)] or ["ab"]
    there = sorted({*"".join(words)})
    output = draw(st.lists(st.sampled_from(there), unique=True)) if there else []
    dots = [draw(st.sampled_from(["", "..."])) for _ in words]
    more = [draw(st.sampled_from([(), (1,), (2,), (3, 1)])) if each else () for each in dots]
    more = [(2,) if len({n for shape in more for n in shape} - {1}) > 1 and shape else shape
            for shape in more]
    shapes = [(*extra, *(SIZES[each] for each in word))
              for extra, word in zip(more, words, strict=True)]
    words = [dot + word for dot, word in zip(dots, words, strict=True)]
    return ",".join(words) + "->" + ("..." if any(dots) else "") + "".join(output), shapes


@given(sums())
def test_any_equation_gives_numpy_s_values(case):
    equation, shapes = case
    xs = operands(*shapes)
    np.testing.assert_allclose(ops.einsum(equation, *xs), np.einsum(equation, *xs),
                               rtol=1e-11, atol=1e-11)


@given(sums())
def test_gradients_follow_since_the_sum_is_linear_in_each_tensor(case):
    """⟨∂L/∂xᵢ, d⟩ is the same sum of products with d in the place of xᵢ."""
    equation, shapes = case
    xs, ways = map(convert, operands(*shapes)), operands(*shapes, seed=1)
    xs = list(xs)
    with pellucid.GradientTape() as tape:
        tape.watch(xs)
        y = ops.einsum(equation, *xs)
        loss = ops.sum(y * (w := np.random.default_rng(2).normal(size=y.shape)))
    for i, (slope, way) in enumerate(zip(tape.gradient(loss, xs), ways, strict=True)):
        moved = [way if i == j else x for j, x in enumerate(xs)]
        want = float(ops.sum(ops.einsum(equation, *moved) * w))
        assert float(np.sum(slope.numpy() * way)) == pytest.approx(want, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("dtype", ["float64", pytest.param("float32", marks=pytest.mark.deep)])
@pytest.mark.parametrize("equation, shapes", [
    (each[0], each[1:]) for each in EQUATIONS if () not in each and (2, 0) not in each],
    ids=lambda each: each if isinstance(each, str) else "")
def test_engines_agree_on_values_and_gradients(equation, shapes, dtype):
    def value_and_slopes(*arrays: Any) -> Any:
        xs = [convert(each) for each in arrays]
        with pellucid.GradientTape() as tape:
            tape.watch(xs)
            y = ops.sum(ops.square(z := ops.einsum(equation, *xs)))
        return [z, *tape.gradient(y, xs)]

    xs = operands(*shapes, dtype=dtype)
    assert_engines_agree(trace(value_and_slopes, *xs).plan, xs, 8)


def test_shapes_are_told_before_there_are_numbers():
    x, y = ours.Input((None, 3)), ours.Input((4, 3))
    assert ops.einsum("bsi,bti->bst", x, y).shape == (None, None, 4)
    assert ops.einsum("...i->...", x).shape == (None, None)
    with pytest.raises(ShapeError, match="needs one length for all axes 'i', but got 3 and 4"):
        ops.einsum("bsi,bit->bst", x, y)


@live
def test_a_model_with_einsum_in_it_crosses_over(tmp_path):
    def model(k: Any) -> Any:
        x = k.Input((5, 3))
        return k.Model(x, k.ops.einsum("bti,bsi->bts", x, k.layers.Dense(3)(x)))
    keras = real_keras()
    theirs, mine = model(keras), model(ours)
    mine.set_weights(theirs.get_weights())
    x = operands((2, 5, 3), dtype="float32")[0]
    want = theirs.predict(x, verbose=0)
    for again in exchanged((theirs, mine), tmp_path):
        np.testing.assert_allclose(again.predict(x, verbose=0), want, atol=1e-5)


X, Y = np.ones((2, 3)), np.ones((3, 4))


@pytest.mark.parametrize("arguments, kind, said", [
    ((X, Y), KindError, 'a text such as "ij,jk->ik" before the tensors'),
    (("ij,jk->ik", X), ArgumentError, r"einsum\('ij,jk->ik'\) takes 2 tensors, but got 1"),
    (("ij->ij",), ArgumentError, "takes 1 tensors, but got 0"),
    (("ij,jk->ik", X, Y[0]), ShapeError, "has 2 letters for tensor number 2, but got 1 axes"),
    (("i,jk->ik", X, Y), ShapeError, "has 1 letters for tensor number 1, but got 2 axes"),
    (("...ijk->i", X), ShapeError, "has 3 letters for tensor number 1, but got 2 axes"),
    (("ij,jk->ik", X, X), ShapeError, "one length for all axes 'j', but got 3 and 2"),
    (("...i,...j->...", X, Y.T), ShapeError, r"all axes '\.\.\.', but got 2 and 4"),
    (("ij,jk->il", X, Y), ArgumentError, "each letter of the operands once, but got 'l'"),
    (("ij,jk->ii", X, Y), ArgumentError, "each letter of the operands once, but got 'i'"),
    (("i1,jk->ik", X, Y), ArgumentError, "must consist of letters.*but got 'i1'"),
    (("ij..->i", X), ArgumentError, "must consist of letters"),
    (("...ij...->i", X), ArgumentError, r"one \.\.\. a word"),
    (("ij->i->j", X), ArgumentError, "must consist of letters.*but got 'i->j'"),
])
def test_what_has_no_meaning_is_said(arguments, kind, said):
    with pytest.raises(kind, match=said) as told:
        ops.einsum(*arguments)
    assert isinstance(told.value, PellucidError)
