"""The engine: a Plan compiled to a program, and the program run on arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.core.errors import PellucidError, RoomError, no_such_entry, user_line
from pellucid.core.plan import Plan
from pellucid.engines.base import register
from pellucid.engines.native.extension import extension
from pellucid.engines.native.lowering import Constants, UnsupportedError, lowered
from pellucid.engines.passes import optimized


class NativePlan:
    """A Plan as a program of the native engine; a call gives what the Plan's own call gives."""

    def __init__(self, plan: Plan, module: Any) -> None:
        self.plan = optimized(plan)
        constants = Constants()
        self.program = lowered(self.plan, constants)
        self.loaded = module.Program(self.program.encoded(), bytes(constants.data))
        self.kinds = [plan.types[slot] for slot in plan.inputs]
        plain = len(plan.outputs) - len(plan.state)
        self.results: list[Any] = [plan.types[slot] for slot in plan.outputs[:plain]]
        self.state = [plan.inputs.index(slot) for slot in plan.state]
        self.feeds: Any = None                         # what training with it has found out:
        self.one_batch: Any = None                     # see epochs.py

    def __call__(self, values: Sequence[Any]) -> list[np.ndarray]:
        """Run on arrays that stay as they are: the state is copied, and comes back changed."""
        arrays = [_ready(value, kind) for value, kind in zip(values, self.kinds, strict=True)]
        for i in self.state:
            arrays[i] = arrays[i].copy()
        outputs = [np.empty(kind.shape, kind.dtype) for kind in self.results]
        try:
            self.loaded.run([address(each) for each in arrays], [address(each) for each in outputs])
        except (IndexError, MemoryError) as error:
            raise told(error, self.loaded) from None
        return [*outputs, *(arrays[i] for i in self.state)]


def _ready(value: Any, kind: Any) -> np.ndarray:
    """The array as the program expects it: of the Plan's dtype and in row order."""
    array = np.asarray(value, kind.dtype)
    return array if array.flags.c_contiguous and array.flags.aligned else np.array(array, order="C")


def told(error: Exception, loaded: Any) -> PellucidError:
    """What the engine could not do, in a sentence for people."""
    if isinstance(error, IndexError):
        return no_such_entry(error)
    size = f"{loaded.arena_bytes / 1e6:.0f} MB"
    return RoomError(f"one step works in {size} of memory", got="less from the system",
                     where=user_line(), hint="a smaller batch_size needs less")


def address(array: np.ndarray) -> int:
    """Where an array's numbers begin."""
    return array.__array_interface__["data"][0]


class Native:
    """Runs every Plan that the reference engine runs; where it cannot, it is not asked."""

    name = "native"

    def compile(self, plan: Plan) -> Callable[[Sequence[Any]], Sequence[Any]]:
        """A program for the Plan, or the Plan itself where this engine has no place for it.

        Without the extension, and for half precision (which this engine does not have), the
        reference engine runs the Plan.
        """
        module = extension()
        if module is None:
            return plan
        try:
            return NativePlan(plan, module)
        except UnsupportedError:
            return plan


native = register(Native())
