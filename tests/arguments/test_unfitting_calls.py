"""Calls that do not fit: arguments that an op does not have, and weights without a size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import Input, layers
from pellucid import ops as typed
from pellucid.core.calls import known_by_name, misfit
from pellucid.core.errors import KindError, ShapeError

ops: Any = typed                         # type checkers see these mistakes themselves
X = np.ones((2, 3), "float32")
CALLS: dict[str, tuple[Any, str]] = {
    "an atom": (lambda x: ops.sum(x, axs=1), "sum has no argument 'axs'.*\"axis\""),
    "two operands": (lambda x: ops.matmul(x, b=x), "matmul has no argument 'b'.* Known: x1, x2"),
    "a rule of its own": (lambda x: ops.softmax(x, axs=1), "softmax has no argument.*\"axis\""),
    "an op over atoms": (lambda x: ops.std(x, keepdim=True), "std has no argument.*\"keepdims\""),
    "an operand's name": (lambda x: ops.clip(x, xmin=0, x_max=1), "clip has no arg.*\"x_min\""),
    "in Keras's words": (lambda x: ops.max(x, axs=1), "max has no argument 'axs'.*\"axis\""),
    "newshape": (lambda x: ops.reshape(x, shape=(3, 2)), "reshape has no arg.*\"newshape\""),
    "several": (lambda x: ops.concatenate([x, x], dim=1), "concatenate has no arg.* Known: xs, ax"),
    "none": (lambda x: ops.zeros((2,), type="int32"), "zeros has no argument 'type'"),
    "missing": (lambda x: ops.matmul(x), "matmul needs x1 and x2, but got no x2"),
    "one too many": (lambda x: ops.add(x, x, x), "add takes x1, x2, but got 3 arguments")}


@pytest.mark.parametrize("case", CALLS)
@pytest.mark.parametrize("drawn", [False, True])
def test_what_an_op_does_not_take(case: str, drawn: bool) -> None:
    call, told = CALLS[case]
    with pytest.raises(KindError, match=told) as caught:
        call(Input((3,)) if drawn else ops.convert_to_tensor(X))
    assert "at test_unfitting_calls.py:" in str(caught.value)


def test_what_a_ufunc_does_not_take() -> None:
    with pytest.raises(KindError, match="exp has no argument 'base'.* Known: x"):
        ops.exp(X, base=2.0)


def test_in_a_traced_call_too() -> None:
    class Own(layers.Layer):
        def call(self, x: Any) -> Any:
            return ops.mean(x, dim=1)

    with pytest.raises(KindError, match="mean has no argument 'dim'.*return ops.mean"):
        Own()(Input((3,)))


def test_a_call_that_fits_keeps_its_own_error() -> None:
    assert misfit(ops.sum, [X], {"axis": 1}) is None
    with pytest.raises(TypeError) as caught:
        ops.sum(X, axis="one")
    assert "no argument" not in str(caught.value)
    with pytest.raises(TypeError, match="has no len"):   # of a function that Python cannot enter
        known_by_name(len)(3)                            # pyright: ignore


@pytest.mark.parametrize("shape, told", [
    ((None, 3), r"got \(None, 3\), whose axis 0 is not.* input_shape\[-1\]"),
    ([3, None], "whose axis 1 is not"), (None, None), (3, None), (np.int64(3), None),
    ((2.5, 3), "whole numbers, but got 2.5 for axis 0"), ((3, -1), "got -1 for axis 1"),
    (("three",), "got 'three' for axis 0"), ((True,), "got True")])
def test_the_sizes_of_a_weight(shape: Any, told: str | None) -> None:
    layer = layers.Layer(name="own")
    if told is None:
        assert layer.add_weight(shape).shape == (() if shape is None else (3,))
        return
    with pytest.raises(ShapeError, match='a weight of Layer "own" needs .*' + told):
        layer.add_weight(shape)


def test_an_unknown_size_is_told_where_it_was_written() -> None:
    class Own(layers.Layer):
        def build(self, input_shape: Any) -> None:
            self.w = self.add_weight(input_shape)

        def call(self, x: Any) -> Any:
            return x * self.w

    with pytest.raises(ShapeError, match="whose axis 0 is not, at test_unfitting_calls.py:"):
        Own()(Input((3,)))
