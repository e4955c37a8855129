"""Where variables keep their numbers, and whether anybody else holds them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from itertools import islice
from operator import attrgetter, call, is_
from typing import Any, NamedTuple
from weakref import ref

import numpy as np

from pellucid.core.tensor import Tensor
from pellucid.core.variable import Variable
from pellucid.engines.native.engine import address

_tensor, _array, _base = attrgetter("_tensor"), attrgetter("value"), attrgetter("base")


class State(NamedTuple):
    """What was found of the variables at the latest look."""

    known: list[Callable[[], Any]]                       # their tensors, by weak references
    places: list[int]                                    # where their arrays' numbers begin
    views: list[int]                                     # which arrays are views of another
    alone: tuple[list[int], ...]                         # how often each is then referred to


class Places:
    """The places of variables' numbers, looked at again before each run.

    Of the variables the first ``changing`` are those that steps change: their numbers must belong
    to them alone. An array that somebody else holds too (a copy of the weights, kept by a
    callback) is replaced by a copy: what was handed out never changes. As this is asked before
    every step, variables that are as they were are passed over in a few sweeps.
    """

    def __init__(self, variables: Sequence[Variable], changing: int) -> None:
        self.variables, self.changing, n = variables, changing, len(variables)
        self._state = State([_nobody] * n, [0] * n, [], ())

    def hold(self) -> tuple[list[np.ndarray], list[int]]:
        """The arrays, to be held while they are worked on, since others may assign meanwhile; and
        where their numbers begin: the same list as before, if nothing has moved.
        """
        state = self._state
        tensors = list(map(_tensor, self.variables))
        arrays = list(map(_array, tensors))
        if (not all(map(is_, map(call, state.known), tensors))
                or self._held(tensors, arrays, state.views) != state.alone):
            state = self._state = self._settled(tensors, arrays, state)
        return arrays, state.places

    def _held(self, tensors: list[Tensor], arrays: list[np.ndarray], views: list[int]
              ) -> tuple[list[int], ...]:
        """How often the tensors, the arrays and what these are views of are referred to."""
        n = self.changing
        bases = [arrays[i].base for i in views]
        return (list(map(sys.getrefcount, islice(tensors, n))),
                list(map(sys.getrefcount, islice(arrays, n))), list(map(sys.getrefcount, bases)))

    def _settled(self, tensors: list[Tensor], arrays: list[np.ndarray], before: State) -> State:
        """Give each variable that needs it an array that the engine can work on."""
        n, known, places = self.changing, list(before.known), list(before.places)
        views = [i for i in range(n) if isinstance(arrays[i].base, np.ndarray)]
        of_tensors, of_arrays, of_bases = self._held(tensors, arrays, views)
        of_base = dict(zip(views, of_bases, strict=True))
        for i, variable in enumerate(self.variables):
            shared = i < n and (of_tensors[i] > _ALONE[0] or of_arrays[i] > _ALONE[1]
                                or of_base.get(i, 0) > _ALONE[2])
            if not shared and known[i]() is tensors[i]:
                continue
            if shared or (i < n and not _ours(arrays[i])):
                variable.set_array(np.array(arrays[i], order="C"))
            arrays[i], tensors[i] = usable(variable), variable._tensor
            known[i], places[i] = ref(tensors[i]), address(arrays[i])
        views = [i for i in views if arrays[i].base is not None]
        alone = [_ALONE[0]] * n, [_ALONE[1]] * n, [_ALONE[2]] * len(views)
        return State(known, before.places if places == before.places else places, views, alone)


def _nobody() -> None:
    """What a weak reference to nothing would give."""


def usable(variable: Variable) -> np.ndarray:
    """A variable's array, in row order and aligned from now on."""
    if not (variable.array.flags.c_contiguous and variable.array.flags.aligned):
        variable.set_array(np.array(variable.array, order="C"))
    return variable.array


def _ours(array: np.ndarray) -> bool:
    """Whether an array is one that can be written to: a fresh one, but perhaps for its shape."""
    base, flags = array.base, array.flags
    fresh = base is None or (isinstance(base, np.ndarray) and base.flags.owndata)
    return fresh and flags.writeable and flags.c_contiguous


def _measured() -> list[int]:
    """What `_held` says of a variable that nobody else holds; it differs between Pythons."""
    variable = Variable(0.0, name="probe")
    variable._tensor = Tensor(np.zeros(2).reshape(2, 1))
    probe = Places([variable], 1)
    tensors = list(map(_tensor, probe.variables))
    arrays = list(map(_array, tensors))
    return [each for each, in probe._held(tensors, arrays, [0])]


_ALONE = _measured()
