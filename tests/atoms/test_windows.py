"""Windows, convolution and pooling: by hand, by their definition, and what does not fit."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import ops
from pellucid.atoms.windows import count, margins, overlap_add, per_axis, windows
from pellucid.core.errors import ArgumentError, ShapeError
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Tensor, convert
from pellucid.engines.trace import abstract_call, trace
from pellucid.spaces import notation


def seen(x: np.ndarray, size: Any, strides: Any, dilation: Any) -> np.ndarray:
    """The definition of `windows`, cell by cell."""
    places = [range(0, n - (k - 1) * d, s)
              for n, k, s, d in zip(x.shape[1:-1], size, strides, dilation, strict=True)]
    out = np.zeros((x.shape[0], *map(len, places), *size, x.shape[-1]), x.dtype)
    for at in np.ndindex(*map(len, places)):
        for of in np.ndindex(*size):
            cell = [i * s + j * d for i, s, j, d in zip(at, strides, of, dilation, strict=True)]
            out[(slice(None), *at, *of)] = x[(slice(None), *cell)]
    return out


@st.composite
def slides(draw: Any) -> tuple[Any, dict[str, Any]]:
    """A shape of one to three axes of space, and a window that fits."""
    rank = draw(st.integers(1, 3))
    each = st.tuples(*[st.integers(1, 3)] * rank)
    size, strides, dilation = draw(each), draw(each), draw(each)
    more = draw(st.tuples(*[st.integers(0, 3)] * rank))
    space = [(k - 1) * d + 1 + m for k, d, m in zip(size, dilation, more, strict=True)]
    return (2, *space, draw(st.integers(1, 2))), {
        "size": size, "strides": strides, "dilation": dilation}


@given(slides())
def test_windows_are_what_their_definition_says(case):
    shape, how = case
    x = np.random.default_rng(0).normal(size=shape)
    y = windows(x, **how).numpy()
    np.testing.assert_array_equal(y, seen(x, **how), strict=True)
    assert abstract_call(lambda x: windows(x, **how), x).shape == y.shape
    assert y.shape[1:len(shape) - 1] == tuple(
        count(*axis) for axis in zip(shape[1:-1], *how.values(), strict=True))


@given(slides())
def test_each_is_the_other_transposed(case):
    """⟨windows(x), g⟩ = ⟨x, overlap_add(g)⟩, which makes each the gradient of the other."""
    shape, how = case
    random = np.random.default_rng(1)
    x = random.normal(size=shape)
    g = random.normal(size=windows(x, **how).shape)
    back = overlap_add(g, shape=shape, **how)
    assert back.shape == shape
    assert np.sum(windows(x, **how).numpy() * g) == pytest.approx(np.sum(x * back.numpy()))
    t = Tensor(x)
    with GradientTape() as tape:
        tape.watch(t)
        y = windows(t, **how) * g
    np.testing.assert_allclose(tape.gradient(y, t), back, atol=1e-12)


def test_windows_are_copies():
    x = np.arange(4.0).reshape(1, 4, 1)
    y = windows(convert(x), size=(2,), strides=(1,), dilation=(1,)).numpy()
    assert y.flags.c_contiguous
    assert not np.shares_memory(x, y)


def test_a_window_that_does_not_fit():
    how: dict[str, Any] = {"size": (3,), "strides": (1,), "dilation": (2,)}
    with pytest.raises(ShapeError, match="windows cannot combine shapes"):
        windows(np.ones((1, 4, 1)), **how)
    with pytest.raises(ShapeError, match=r"no window of size \(3,\) fits, but got shape \(1, 4"):
        abstract_call(lambda x: windows(x, **how), np.ones((1, 4, 1)))


@pytest.mark.parametrize("n, size, stride, dilation", list(itertools.product(
    range(1, 8), (1, 2, 3), (1, 2, 3), (1, 2))))
def test_same_gives_a_window_for_each_stride(n, size, stride, dilation):
    before, after = margins(n, size, stride, dilation, "same")
    assert 0 <= after - before <= 1
    assert count(n + before + after, size, stride, dilation) == -(-n // stride)
    assert margins(n, size, stride, dilation, "valid") == (0, 0)


def test_a_convolution_by_hand():
    x = np.array([[[1.0], [2.0], [4.0], [7.0]]])
    difference = np.array([[[-1.0]], [[1.0]]])
    assert ops.conv(x, difference).numpy().ravel().tolist() == [1, 2, 3]
    assert ops.conv(x, difference, strides=2).numpy().ravel().tolist() == [1, 3]
    assert ops.conv(x, difference, padding="SAME").numpy().ravel().tolist() == [1, 2, 3, -7]
    assert ops.conv(x, difference, dilation_rate=3).numpy().ravel().tolist() == [6]


def test_the_whole_plan_of_a_convolution_is_windows_and_one_product():
    """The form that an engine may recognise and do without the copies."""
    x, kernel = np.ones((2, 6, 6, 3), "float32"), np.ones((3, 3, 3, 4), "float32")
    plan = trace(lambda x, k: ops.conv(x, k), x, kernel).plan
    assert [step.op.name for step in plan.steps] == [
        "windows", "reshape", "reshape", "matrix_product", "reshape"]


def test_pooling_without_overlap_needs_no_windows():
    x = np.random.default_rng(2).normal(size=(2, 4, 6, 3))
    for pool, by_hand in ((ops.max_pool, np.max), (ops.average_pool, np.mean)):
        plan = trace(lambda x, pool=pool: pool(x, (2, 3)), x).plan
        assert "windows" not in {step.op.name for step in plan.steps}
        parts = x.reshape(2, 2, 2, 2, 3, 3)
        np.testing.assert_allclose(pool(x, (2, 3)), by_hand(parts, axis=(2, 4)), rtol=1e-12)


def slope(function: Any, x: np.ndarray) -> list[float]:
    t = Tensor(x)
    with GradientTape() as tape:
        tape.watch(t)
        y = function(t)
    return tape.gradient(y, t).numpy().ravel().tolist()


@pytest.mark.parametrize("strides", [2, 1])
def test_the_first_of_equal_numbers_has_the_slope(strides):
    x = np.array([[1.0, 5, 5, 5], [5, 5, 2, 5]]).reshape(1, 2, 4, 1)
    found = slope(lambda t: ops.max_pool(t, 2, strides=strides), x)
    assert found == ([0, 1, 1, 0, 0, 0, 0, 0] if strides == 2 else [0, 2, 1, 0, 0, 0, 0, 0])


def test_what_padding_adds_is_never_the_largest_and_does_not_count():
    x = np.full((1, 3, 1), -2.0)
    assert ops.max_pool(x, 2, padding="same").numpy().ravel().tolist() == [-2, -2]
    assert ops.average_pool(x, 2, padding="same").numpy().ravel().tolist() == [-2, -2]
    whole = ops.max_pool(np.array([[[-3], [-4], [-5]]], "int32"), 2, padding="same")
    assert (whole.dtype, whole.numpy().ravel().tolist()) == ("int32", [-3, -5])
    assert ops.average_pool(x.astype("float32"), 2, padding="same").dtype == "float32"
    infinite = np.array([[[-np.inf], [-np.inf], [-np.inf]]])
    assert np.isneginf(ops.max_pool(infinite, 2, padding="same")).all()


def test_an_empty_batch():
    none = np.ones((0, 5, 5, 2))
    assert ops.conv(none, np.ones((3, 3, 2, 4))).shape == (0, 3, 3, 4)
    assert ops.max_pool(none, 2).shape == (0, 2, 2, 2)
    assert ops.average_pool(none, 2, strides=1, padding="same").shape == (0, 5, 5, 2)


@pytest.mark.parametrize("call, error, told", [
    (lambda x: ops.conv(x, np.ones((2, 1, 3))), ShapeError,
     r"a kernel with as many axes as the inputs, but got shapes \(2, 4, 4, 6\) and \(2, 1, 3\)"),
    (lambda x: ops.conv(x, np.ones((2, 2, 5, 3))), ShapeError,
     r"conv needs 5 channels, or groups of so many .* 3 filters evenly, but got 6 channels"),
    (lambda x: ops.conv(x, np.ones((2, 2, 3, 3))), ShapeError, "share the 3 filters evenly"),
    (lambda x: ops.conv(x, np.ones((2, 2, 7, 3))), ShapeError, "conv needs 7 channels"),
    (lambda x: ops.conv(x, np.ones((5, 2, 6, 3))), ShapeError,
     r"conv needs at least 5 × 2 cells for one window, but got 4 × 4, at .*padding=\"same\""),
    (lambda x: ops.conv(x, np.ones((2, 2, 6, 3)), strides=0), ArgumentError,
     "conv's strides must be a whole number or 2 of them, at least 1, but got 0"),
    (lambda x: ops.conv(x, np.ones((2, 2, 6, 3)), dilation_rate=(1, 1, 1)), ArgumentError,
     r"conv's dilation_rate must be .* but got \(1, 1, 1\)"),
    (lambda x: ops.conv(x, np.ones((2, 2, 6, 3)), padding="sam"), ArgumentError,
     'conv\'s padding must be one of .valid., .same., but got .sam.*did you mean "same"'),
    (lambda x: ops.conv(x, np.ones((2, 2, 6, 3)), data_format="NHWC"), ArgumentError,
     "conv's data_format must be one of None, 'channels_last', 'channels_first', but got 'NHWC'"),
    (lambda x: ops.max_pool(x[0, 0], 2), ShapeError,
     r"max_pool needs a batch, one to three axes of space, and channels, but got shape \(4, 6\)"),
    (lambda x: ops.max_pool(x, 5), ShapeError, "max_pool needs at least 5 × 5 cells"),
    (lambda x: ops.average_pool(x, 2.5), ArgumentError, "average_pool's pool_size .*got 2.5"),
    (lambda x: ops.average_pool(x, 2, strides=True), ArgumentError, "strides .*got True"),
])
def test_what_does_not_fit_is_explained(call, error, told):
    x = np.ones((2, 4, 4, 6))
    with pytest.raises(error, match=f"(?i){told}"):
        call(x)
    with pytest.raises(error, match=f"(?i){told}"):
        abstract_call(call, x)


def test_one_number_stands_for_all_axes():
    assert per_axis(np.int64(2), 2, "strides", "conv") == (2, 2)
    assert per_axis([1, 2], 2, "strides", "conv") == (1, 2)
    with pytest.raises(ArgumentError, match="conv's strides must be a whole number, at least 1"):
        per_axis("one", 1, "strides", "conv")


def test_how_they_are_written():
    assert notation.tex(ops.conv, "x", "k") == r"x \ast k"
    assert notation.text(ops.conv, "x", "k", strides=2) == "conv(x, k, strides=2)"
    assert notation.text(ops.max_pool, "x", pool_size=3) == "max_pool(x, pool_size=3)"
