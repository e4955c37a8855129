"""Variables: first values, assignment, and that they share memory with nobody."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.core.errors import ArgumentError, ShapeError
from pellucid.core.names import inside
from pellucid.core.tensor import convert
from pellucid.core.variable import Variable
from pellucid.engines.trace import Traced, trace


def test_first_values():
    assert Variable(3).dtype == "int32"
    assert Variable(3.0).dtype == "float32"
    assert Variable([1.0, 2.0], dtype="float64").shape == (2,)
    assert Variable(lambda shape, dtype: np.full(shape, 7, dtype), shape=(2,)).array[1] == 7
    np.testing.assert_array_equal(Variable(1.5, shape=(2, 2)), np.full((2, 2), 1.5, "float32"))
    assert Variable(Variable(2.0)).array == 2.0


def test_a_first_value_keeps_all_its_digits():
    assert Variable(0.1, dtype="float64").array == 0.1
    v = Variable(0.0, dtype="float64")
    assert v.assign(0.1).array == 0.1


def test_a_function_needs_a_shape():
    with pytest.raises(ArgumentError, match="whose initializer is a function needs a shape"):
        Variable(lambda shape, dtype: 0.0)


def test_the_callers_array_stays_the_callers():
    array = np.ones(3)
    v = Variable(array)
    w = Variable(np.zeros(3))
    w.assign(array)
    array[0] = 5
    assert v.array[0] == 1
    assert w.array[0] == 1


def test_assignment_keeps_dtype_and_shape():
    v = Variable([1.0, 2.0])
    v.assign(np.array([3, 4]))
    assert v.dtype == "float32"
    assert v.assign_add([1, 1]) is v
    assert v.assign_sub(0.5 * v).tolist() == [2.0, 2.5]
    with pytest.raises(ShapeError, match=r"'variable' has shape \(2,\), but got a value of shape "
                                         r"\(3,\) in assign"):
        v.assign([1, 2, 3])


def test_names_and_paths():
    with inside("model"), inside("dense"):
        v, w = Variable(0.0, name="kernel"), Variable(0.0)
    assert (v.name, v.path, w.path) == ("kernel", "model/dense/kernel", "model/dense/variable")


def test_it_shows_itself_and_reads_as_a_number():
    v = Variable(2.5, name="w")
    assert repr(v) == "<variable: path=w, shape=(), dtype=float32, value=2.5>"
    assert float(v) == float(v.read_value()) == v.numpy() == np.asarray(v) == 2.5


def test_an_engine_may_set_the_array_itself():
    v, new = Variable(np.zeros(2)), np.ones(2)
    v.set_array(new)
    assert v.array is new


def test_assignment_in_a_plan_is_an_output_of_it():
    v = Variable(1.0)
    compiled = trace(lambda x: (v.assign_add(x), v * 10)[1], np.float32(0))
    assert v.array == 1.0
    assert [float(compiled([np.float32(2)])) for _ in range(2)] == [30.0, 50.0]
    assert v.array == 5.0
    assert "state variable" in str(compiled.plan)


def test_a_plan_never_shares_memory_with_its_caller():
    v, x = Variable(np.zeros(3)), np.ones(3)
    same = Traced(lambda x: (v.assign(x), x)[1])(x)
    x[0] = 9
    assert v.array[0] == 1
    assert same.numpy()[0] == 1


def test_a_variable_is_not_made_of_a_traced_value():
    def careless(x):
        return Variable(x) * 2

    with pytest.raises(ArgumentError, match=r"first value of variable 'variable' must be known"):
        trace(careless, np.ones(2))


def test_reading_gives_the_value_so_far_in_a_trace():
    v = Variable(2.0)

    def step():
        first = v * 1
        v.assign(first + 1)
        second = v * 1
        v.assign_sub(0.5)
        return first, second, v

    assert [float(each) for each in Traced(step)()] == [2.0, 3.0, 2.5]
    assert v.array == 2.5


def test_a_tensor_of_an_ended_trace_cannot_be_assigned():
    kept = []
    trace(lambda x: kept.append(x * 2), np.ones(2))
    with pytest.raises(TypeError, match="not known while a function is traced"):
        Variable(np.zeros(2)).assign(convert(kept[0]))
