"""Whole epochs on the native engine: it gathers batches, runs steps and keeps count by itself."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.atoms.random import ORDER
from pellucid.core import nest
from pellucid.core.tensor import Tensor
from pellucid.core.variable import Variable
from pellucid.engines.native.engine import NativePlan, _ready, address, told
from pellucid.engines.native.extension import extension

AT_TIME, AT_EPOCH, AT_STEP = range(3)
SLICE = 0.05            # seconds before Python has a look: an interrupt, a progress bar


class Epochs:
    """Steps over the rows of arrays, epoch after epoch, without Python in between.

    ``steps`` are the traced step for a full batch and, if rows are left over, for the rest:
    `Compiled` and its number of rows. ``leaves`` are the arrays in the order of the step's inputs.
    """

    def __init__(self, steps: Sequence[tuple[Any, int]], leaves: Sequence[np.ndarray],
                 reset: Sequence[Variable]) -> None:
        module: Any = extension()
        full = steps[0][0]
        rows = [_ready(leaf, kind) for leaf, kind in zip(leaves, full.run.kinds, strict=False)]
        once = {(address(leaf), leaf.nbytes): leaf for leaf in rows}   # x may be y: gathered once
        self.leaves, keys = list(once.values()), list(once)
        leaf_of = [keys.index((address(leaf), leaf.nbytes)) for leaf in rows]
        self.variables = list(dict.fromkeys(
            variable for compiled, _ in steps for variable in compiled.read))
        changed = {variable for compiled, _ in steps for variable in compiled.changed}
        self.changed = [variable in changed for variable in self.variables]
        place = {variable: i for i, variable in enumerate(self.variables)}
        parts = [(compiled.run.loaded,
                  [(True, i) for i in leaf_of] +
                  [(False, place[variable]) for variable in compiled.read], count)
                 for compiled, count in steps]
        self.rows = len(self.leaves[0])
        data = [(address(leaf), leaf.nbytes // max(len(leaf), 1)) for leaf in self.leaves]
        first = [(place[variable], np.ascontiguousarray(variable.array).tobytes())
                 for variable in reset if variable in place and changed]
        self.results, self.kinds = full.results, full.run.results
        self.loaded, self.program = full.run.loaded, full.run.program
        try:
            self.session = module.Session.make(parts, data, self.rows, first)
        except MemoryError as error:
            raise told(error, self.loaded) from None
        self.shuffles = False
        self._bound: list[int] = []

    @staticmethod
    def serve(steps: Sequence[tuple[Any, int]], leaves: Sequence[np.ndarray]) -> bool:
        """Whether the native engine runs all of these steps, and they tell something."""
        return bool(leaves) and all(isinstance(compiled.run, NativePlan)
                                    and any(nest.flatten(compiled.results))
                                    for compiled, _ in steps)

    def shuffle(self, seed: int) -> None:
        """Shuffle the rows in each epoch: a pure function of seed and epoch."""
        self.session.shuffle(seed, ORDER)
        self.shuffles = True

    def order(self, order: np.ndarray) -> None:
        """The order of the rows in the coming epoch."""
        rows = np.ascontiguousarray(order, np.int32)
        self.session.set_order(address(rows))

    def go_to(self, epoch: int) -> None:
        """Stand at the beginning of an epoch."""
        self.session.epoch, self.session.batch = epoch, 0

    def run(self, last: int, stop: int = AT_TIME) -> np.ndarray:
        """Go on, at most until epoch ``last`` begins; a row of logs for each epoch that ended."""
        held = self._bind()                            # whatever other threads assign meanwhile
        try:
            logs = self.session.run(last, SLICE, stop)
        except (IndexError, MemoryError) as error:
            raise told(error, self.loaded) from None
        finally:
            del held
        return np.frombuffer(logs).reshape(-1, sum(int(np.prod(kind.shape)) for kind in self.kinds))

    def current(self) -> dict[str, Any]:
        """The logs of the latest step."""
        return self.unpacked(np.frombuffer(self.session.current_logs()))

    def unpacked(self, row: np.ndarray) -> Any:
        """A row of logs in the form that the step gives them, as numbers and arrays."""
        values, at = [], 0
        for kind in self.kinds:
            size = int(np.prod(kind.shape))
            part = row[at:at + size].reshape(kind.shape)
            values.append(float(part) if not kind.shape else part.astype(kind.dtype))
            at += size
        leaves = iter(values)
        return nest.pack(self.results, [next(leaves) if each else None
                                        for each in nest.flatten(self.results)])

    def _bind(self) -> list[np.ndarray]:
        """Tell where the variables are. What the steps change must belong to its variable alone.

        An array that somebody else holds too (a copy of the weights, kept by a callback) is
        replaced by a copy: what was handed out never changes.
        """
        for variable, changes in zip(self.variables, self.changed, strict=True):
            if changes and not _alone(variable):
                variable.set_array(np.array(variable.array, order="C"))
        arrays = [usable(variable) for variable in self.variables]
        places = [address(array) for array in arrays]
        if places != self._bound:
            self._bound = places
            self.session.bind(places)
        return arrays


def usable(variable: Variable) -> np.ndarray:
    """A variable's array, in row order and aligned from now on."""
    if not (variable.array.flags.c_contiguous and variable.array.flags.aligned):
        variable.set_array(np.array(variable.array, order="C"))
    return variable.array


def _held(variable: Variable) -> tuple[int, int, int]:
    """How often a variable's tensor, its array and what that is a view of are referred to."""
    tensor = variable._tensor
    array = tensor.value
    base = array.base
    return sys.getrefcount(tensor), sys.getrefcount(array), sys.getrefcount(base)


def _alone(variable: Variable) -> bool:
    array, limits = variable.array, _ALONE
    if array.base is not None:                          # a fresh array, but for its shape
        if not isinstance(array.base, np.ndarray) or not array.base.flags.owndata:
            return False
    else:
        limits = _ALONE[:2]                             # nobody counts who refers to None
    plain = array.flags.writeable and array.flags.c_contiguous
    del array                                           # it would count; so would its flags
    return plain and all(
        now <= then for now, then in zip(_held(variable), limits, strict=False))


def _measured() -> tuple[int, int, int]:
    """What `_held` says of a variable that nobody else holds; it differs between Pythons."""
    variable = Variable(0.0, name="probe")
    variable._tensor = Tensor(np.zeros(2).reshape(2, 1))
    return _held(variable)


_ALONE = _measured()
