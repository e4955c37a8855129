"""Where each number comes from: the tape read number by number.

Every number of a recorded step has an id. What only moves numbers (a reshape, a transpose, a
window) gives ids and no new numbers: its definition is run on ids in place of numbers. What
computes is read as a formula over the ids that it takes in.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

import numpy as np

from pellucid.core import dtypes
from pellucid.core.atom import Atom
from pellucid.core.op import Application
from pellucid.core.tensor import Tensor, convert
from pellucid.engines.passes.loop import ELEMENTWISE
from pellucid.insight.explain.record import FullTape

Ids = np.ndarray
ZERO = 0                               # the id of a number that is 0 because nothing was put there
MOVED = frozenset(("reshape", "transpose", "broadcast_to", "strided", "place", "join", "windows"))
SAME = frozenset(("identity", "stop_gradient", "cast"))
SUMS = frozenset(("sum", "scatter_add", "overlap_add"))      # their gradient rules only move


class Cells:
    """The numbers of a recorded step by id, and which numbers each was made of."""

    def __init__(self, applications: Iterable[Application], same: dict[Tensor, Tensor]) -> None:
        self.makers: dict[Tensor, Application] = {}
        self.same = same
        self._ids: dict[Tensor, Ids] = {}
        self._starts, self._owners = [ZERO + 1], [Tensor(np.zeros(()))]
        self._next = ZERO + 1
        self._inside: dict[int, Tensor] = {}
        self.learn(applications)

    def learn(self, applications: Iterable[Application]) -> None:
        """Take in more of what was recorded; the last maker of a tensor is its maker."""
        for each in applications:
            for output in each.outputs:
                self.makers[output] = each

    # ids ---------------------------------------------------------------------------------------

    def ids(self, value: Any) -> Ids:
        """The id of each number of a tensor, in its shape."""
        tensor = value if isinstance(value, Tensor) else Tensor(np.asarray(value))
        if isinstance(value, Tensor) and tensor in self._ids:
            return self._ids[tensor]
        if not isinstance(value, Tensor) and not np.any(tensor.value):
            return np.full(tensor.shape, ZERO)
        found = self._moved(tensor)
        if found is None:
            found = np.arange(self._next, self._next + tensor.size).reshape(tensor.shape)
            self._starts.append(self._next)
            self._owners.append(tensor)
            self._next += tensor.size
        self._ids[tensor] = found
        return found

    def _moved(self, tensor: Tensor) -> Ids | None:
        """The ids of a tensor that is other tensors' numbers at other places; else None."""
        if tensor in self.same:
            return self.ids(self.same[tensor])
        made = self.makers.get(tensor)
        if made is None or not isinstance(made.op, Atom):
            return None
        name = made.op.name
        if name in SAME and _keeps(made):
            return self.ids(made.inputs[0])
        if name in MOVED:
            return np.asarray(made.op.body(*map(self.ids, made.inputs), **made.options))
        if name == "where":                              # what chooses is known, the rest moves
            condition, *branches = made.inputs
            return np.asarray(made.op.body(np.asarray(condition), *map(self.ids, branches)))
        if name == "gather":
            x, places = made.inputs
            return np.asarray(made.op.body(self.ids(x), np.asarray(places), **made.options))
        return None

    def place(self, cell: int) -> tuple[Tensor, tuple[int, ...]]:
        """The tensor that a number was first seen in, and where there."""
        at = bisect_right(self._starts, cell) - 1
        owner = self._owners[at]
        return owner, tuple(map(int, np.unravel_index(cell - self._starts[at], owner.shape)))

    def value(self, cell: int) -> float:
        """The number itself."""
        if cell == ZERO:
            return 0.0
        owner, where = self.place(cell)
        return float(np.asarray(owner)[where])

    def array(self, ids: Ids) -> np.ndarray:
        """The numbers of many ids, in their shape."""
        flat = ids.ravel()
        found = np.zeros(flat.shape)
        at = np.searchsorted(self._starts, flat, side="right") - 1
        for owner in np.unique(at[flat != ZERO]):
            here = (at == owner) & (flat != ZERO)
            found[here] = np.ravel(np.asarray(self._owners[owner]))[
                flat[here] - self._starts[owner]]
        return found.reshape(ids.shape)

    # what a number is made of --------------------------------------------------------------------

    def operands(self, made: Application, where: tuple[int, ...]) -> list[int]:
        """The ids that an elementwise application takes in at one place of its output."""
        shape = made.outputs[0].shape
        return [int(np.broadcast_to(self.ids(each), shape)[where]) for each in made.inputs]

    def addends(self, made: Application, cell: int) -> Ids:
        """The ids that a sum adds up to one number of its output.

        Its gradient rule says to which output each input goes, if it is run on the outputs' ids.
        """
        x, y = made.inputs[0], made.outputs[0]
        assert isinstance(made.op, Atom)
        goes = made.op.rules[0](Tensor(self.ids(y)), y, *made.inputs, **made.options)
        to = np.broadcast_to(np.asarray(goes), np.shape(x))
        return self.ids(x)[to == cell]

    def pairs(self, made: Application, where: tuple[int, ...]) -> tuple[Ids, Ids]:
        """The ids of the row and the column that make one number of a matrix product."""
        left, right = (self.ids(each) for each in made.inputs)
        *lead, i, j = where
        rows = np.broadcast_to(left, (*made.outputs[0].shape[:-2], *left.shape[-2:]))
        columns = np.broadcast_to(right, (*made.outputs[0].shape[:-2], *right.shape[-2:]))
        return rows[(*lead, i)], columns[(*lead, slice(None), j)]

    def along(self, made: Application, where: tuple[int, ...]) -> Ids:
        """The ids that a reduction along axes takes in for one number of its output."""
        x, axis = self.ids(made.inputs[0]), made.options.get("axis")
        axes = range(x.ndim) if axis is None else [each % x.ndim for each in np.atleast_1d(axis)]
        left = iter(where)
        index = []
        for i in range(x.ndim):
            if i in axes:
                index.append(slice(None))
                if made.options.get("keepdims"):
                    next(left)
            else:
                index.append(next(left))
        return np.ravel(x[tuple(index)])

    def inside(self, made: Application) -> Any:
        """The output of an op's textbook body, run on the same inputs; its cells are learnt."""
        if id(made) not in self._inside:
            inputs = [Tensor(np.asarray(each)) if isinstance(each, Tensor) else each
                      for each in made.inputs]
            with FullTape() as tape:
                self._inside[id(made)] = convert(made.op.body(*inputs, **made.options))
            self.learn(tape.applications)
            self.same |= {new: old for new, old in zip(inputs, made.inputs, strict=True)
                          if isinstance(new, Tensor)}
        return self._inside[id(made)]


def _keeps(made: Application) -> bool:
    """Whether a number stays the number it is: a cast that cuts nothing off."""
    before, after = dtypes.of(made.inputs[0]), made.outputs[0].dtype
    return made.op.name != "cast" or (dtypes.is_float(after) and before != "bool")


def elementwise(made: Application) -> bool:
    """Whether an application works number by number."""
    return isinstance(made.op, Atom) and made.op.name in ELEMENTWISE
