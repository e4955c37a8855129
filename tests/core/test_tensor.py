"""Tensors: Python's operators, NumPy's view of them, and conversion."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from pellucid.core.errors import KindError
from pellucid.core.op import op
from pellucid.core.recording import recording, watched_by
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import OPS, Abstract, Tensor, convert
from pellucid.core.variable import Variable
from pellucid.engines.trace import abstract_call

A = np.array([7.0, -2.0, 3.5])


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "eq",
                                  "ne", "lt", "le", "gt", "ge"])
@pytest.mark.parametrize("other", [2.0, np.array([2.0, 1.0, 3.5])])
def test_operators_are_those_of_numpy_from_both_sides(name, other):
    do = getattr(operator, name)
    a = np.abs(A) if name == "pow" else A
    for x in (convert(a), Variable(a)):
        np.testing.assert_allclose(do(x, other), do(a, other))
        np.testing.assert_allclose(do(other, x), do(other, a))


def test_unary_and_logical_operators():
    x, yes, no = convert(A), convert([True, False]), convert([True, True])
    np.testing.assert_array_equal(-x, -A)
    np.testing.assert_array_equal(abs(x), np.abs(A))
    assert (+x) is x
    assert (~yes).tolist() == [False, True]
    assert (yes & no).tolist() == (np.array([True, False]) & no).tolist() == [True, False]
    assert (yes | no).tolist() == (np.array([True, False]) | no).tolist() == [True, True]
    assert float(x @ x) == float(A @ x) == A @ A
    np.testing.assert_array_equal(convert([[1, 2]]).T, [[1], [2]])


def test_a_tensor_is_read_as_a_number():
    x = convert(2.5)
    assert (float(x), int(x), bool(x), x.item(), f"{x:.2f}") == (2.5, 2, True, 2.5, "2.50")
    assert [10, 20, 30][convert(1)] == 20
    assert f"{convert([1])}" == "<tensor: shape=(1,), dtype=int32, value=[1]>"
    assert f"{convert([1.0]):.2f}" == "<tensor: shape=(1,), dtype=float32, value=[1.]>"
    assert hash(x) != hash(convert(2.5))


def test_a_tensor_has_a_length_and_can_be_walked():
    x = convert([[1, 2], [3, 4]])
    assert (len(x), x.ndim, x.size, x.get_shape()) == (2, 2, 4, (2, 2))
    assert [row.tolist() for row in x] == [[1, 2], [3, 4]]
    with pytest.raises(KindError, match="a tensor with one number has no length"):
        len(convert(1.0))


def test_numpy_gets_an_array_of_its_own():
    x = convert([1.0, 2.0])
    x.numpy()[0] = 9
    assert x.tolist() == [1.0, 2.0]
    assert np.asarray(x, dtype="float64").dtype == "float64"


def test_an_abstract_value_shows_itself():
    shown = []
    told = abstract_call(lambda x: shown.append(repr(x)) or x, Abstract((2,), "int32"))
    assert shown == ["<tensor: shape=(2,), dtype=int32, being traced>"]
    assert told.ndim == 1


@pytest.mark.parametrize("value, dtype", [
    (1.5, "float32"), (3, "int32"), (True, "bool"), ([1, 2], "int32"), ([1.0], "float32"),
    (np.float64(1), "float64"), (np.array([1]), "int64"), ([np.float64(1), 2.0], "float64"),
    ([], "float32"), (range(3), "int32")])
def test_conversion_keeps_array_dtypes_and_gives_numbers_the_default(value, dtype):
    assert convert(value).dtype == dtype


def test_lists_of_tensors_are_stacked_and_differentiable():
    x = Variable(2.0)
    with GradientTape() as tape:
        y = convert([x, 1.0, x * x])
    assert y.tolist() == [2.0, 1.0, 4.0]
    assert float(tape.gradient(y, x)) == 5.0


@pytest.mark.parametrize("wrong", ["text", ["a", "b"], None, object()])
def test_a_tensor_needs_numbers(wrong):
    with pytest.raises(KindError, match="a tensor needs numbers, but got"):
        convert(wrong)


def test_numbers_meet_tensors_weakly():
    assert (convert(np.array([1, 2], "int8")) + 1).dtype == "int8"
    assert (convert([1, 2]) + 1.5).dtype == "float32"
    assert (convert(np.array(1.0, "float16")) * 2.5).dtype == "float16"
    assert OPS["add"](1, 2).dtype == "int32"
    assert (convert([1, 2]) / 2).dtype == "float32"
    assert (convert([True]) - True).dtype == "int32"


def test_an_op_of_ones_own_is_known_by_its_name():
    @op(symbol="q")
    def quadruple(x, times=4):
        return x * times

    try:
        assert repr(quadruple) == "<op quadruple>"
        assert repr(OPS["exp"]) == "<atom exp>"
        assert OPS["quadruple"] is quadruple
        assert float(quadruple(1.5)) == float(quadruple(x=1.5)) == 6.0
        assert float(quadruple(1.5, 2)) == 3.0
        with pytest.raises(KindError, match="quadruple takes x, times, but got 3 arguments"):
            quadruple(1, 2, 3)
    finally:
        del OPS["quadruple"]


def test_an_op_that_returns_what_it_was_given_makes_another_tensor():
    @op
    def passing(x):
        return x

    passing.gradient(lambda g, y, x: g * np.array(7.0))  # float64: the sweep narrows it
    try:
        x = Variable(2.0)
        with GradientTape() as tape:
            y = passing(x)
        gradient = tape.gradient(y, x)
        assert (float(gradient), gradient.dtype) == (7.0, "float32")
        assert y is not x.value
    finally:
        del OPS["passing"]


def test_watchers_can_be_replaced_one_by_one():
    with GradientTape() as tape:
        with watched_by(trace=None):
            assert recording.tapes == (tape,)
        with watched_by(tapes=()):
            assert recording.tapes == ()
    assert isinstance(convert(1), Tensor)
