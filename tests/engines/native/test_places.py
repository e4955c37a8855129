"""Where variables keep their numbers: told once, looked at each time, never shared."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid.core.tensor import Tensor
from pellucid.core.variable import Variable
from pellucid.engines.native.engine import address
from pellucid.engines.native.places import Places


def variables(*shapes: tuple[int, ...]) -> list[Variable]:
    return [Variable(np.arange(np.prod(shape), dtype="float32").reshape(shape), name=f"v{i}")
            for i, shape in enumerate(shapes)]


def held(places: Places) -> list[int]:
    arrays, found = places.hold()
    assert found == [address(each.array) for each in places.variables]
    assert all(a is b.array for a, b in zip(arrays, places.variables, strict=True))
    return found


def test_what_nobody_touches_stays_and_is_told_once():
    places = Places(variables((2, 3), (4,), ()), 3)
    first = held(places)
    assert all(held(places) is first for _ in range(3))


def test_an_assigned_variable_has_a_new_place_the_others_stay():
    places = Places(variables((2, 3), (4,)), 2)
    first = held(places)
    kept = places.variables[0].array                       # so that memory is not used again
    places.variables[0].assign(np.ones((2, 3)))
    second = held(places)
    assert second[0] != first[0]
    assert second[1] == first[1]
    assert held(places) is second
    assert kept.sum() == 15


@pytest.mark.parametrize("hold", [
    lambda v: v.array, lambda v: v.value, lambda v: v.array[:1], lambda v: v.array.T,
    lambda v: memoryview(v.array)], ids=["array", "tensor", "row", "turned", "memory"])
@pytest.mark.parametrize("shaped", [False, True])
def test_what_somebody_holds_is_left_to_them(hold: Any, shaped: bool):
    variable, = variables((2, 3))
    if shaped:                                             # an array that is a view of another
        variable.set_array(np.zeros(6, "float32").reshape(2, 3))
    places = Places([variable], 1)
    first = held(places)
    assert held(places) is first
    kept = hold(variable)
    second = held(places)
    assert second != first
    assert held(places) is second                          # copied once, and then its own again
    variable.array[:] = 7.0                                # as the engine would
    assert not (np.asarray(kept) == 7.0).any()


def test_what_steps_only_read_may_be_held():
    places = Places(variables((2, 3), (4,)), 1)
    first = held(places)
    kept = places.variables[1].array
    assert held(places) is first
    assert kept is places.variables[1].array


@pytest.mark.parametrize("array", [
    np.arange(6.0).reshape(3, 2).T, np.broadcast_to(np.float64(1.0), (2, 3)),
    np.frombuffer(np.arange(6.0).tobytes()).reshape(2, 3)], ids=["turned", "stretched", "bytes"])
def test_arrays_that_cannot_be_worked_on_are_replaced(array: Any):
    variable = Variable(np.zeros((2, 3)), dtype="float64", name="v")
    variable._tensor = Tensor(array)
    places = Places([variable], 1)
    first = held(places)
    assert variable.array.flags.c_contiguous
    assert variable.array.flags.writeable
    assert np.array_equal(variable.array, array)
    assert held(places) is first
