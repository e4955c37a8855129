"""A Plan as a program of the native engine: buffers with a place, instructions over them.

Views are no instructions, state is changed where it stands, and what does not live at the same
time shares memory. What an atom's instruction looks like is said in `structures.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.plan import Plan, Step
from pellucid.core.tensor import Abstract
from pellucid.engines.native import loops, structures
from pellucid.engines.native.access import Access, dense, dense_steps
from pellucid.engines.native.encoding import CODES, CONSTANT, INPUT, Buffer, Instruction, Program
from pellucid.engines.native.layout import orders
from pellucid.engines.native.memory import settle
from pellucid.engines.passes.loop import VIEWS


class UnsupportedError(Exception):
    """A Plan with something that this engine has no place for: half precision, say."""


class Constants:
    """The constant arrays of a program and its bodies, one after the other as bytes."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._known: dict[bytes, int] = {}

    def add(self, value: Any) -> int:
        """Where the array's bytes begin."""
        array = np.ascontiguousarray(value)
        key = array.tobytes()
        if key not in self._known or not key:
            self.data.extend(bytes(-len(self.data) % 64))
            self._known[key] = len(self.data)
            self.data.extend(key)
        return self._known[key]


class Lowering:
    """Turns the steps of one Plan into instructions."""

    def __init__(self, plan: Plan, constants: Constants) -> None:
        self.plan, self.constants = plan, constants
        self.buffers: list[Buffer] = []
        self.root: list[int] = []                   # by buffer: the one whose memory it shares
        self.instructions: list[Instruction] = []
        self.buffer: dict[int, int] = {}            # by slot
        self.view: dict[int, Access] = {}           # by slot, for views
        self.scope, self.arena = "", 0
        self._wanted: set[int] | None = None
        self._orders = orders(plan)
        self.inputs = [self._input(i, slot) for i, slot in enumerate(plan.inputs)]

    def type(self, slot: int) -> Abstract:
        kind = self.plan.types[slot]
        if kind is None or kind.dtype not in CODES:
            raise UnsupportedError("a number without a dtype" if kind is None else kind.dtype)
        return kind

    # buffers ---------------------------------------------------------------------------------

    def new(self, dtype: str, shape: tuple[int, ...], root: int | None = None, **place: Any) -> int:
        """A buffer; with ``root``, one in the memory of another."""
        self.buffers.append(Buffer(dtype, shape, **place))
        self.root.append(len(self.root) if root is None else self.root[root])
        return len(self.buffers) - 1

    def _input(self, i: int, slot: int) -> int:
        kind = self.type(slot)
        if slot not in self.buffer:
            self.buffer[slot] = self.new(kind.dtype, kind.shape, place=INPUT, input=i)
            return self.buffer[slot]
        return self.new(kind.dtype, kind.shape, place=INPUT, input=i)

    def output(self, slot: int) -> int:
        """The buffer that a step writes a slot to."""
        if slot not in self.buffer:
            kind = self.type(slot)
            self.buffer[slot] = self.new(kind.dtype, kind.shape)
        return self.buffer[slot]

    def laid_out(self, slot: int) -> Access:
        """How a product is written: in the order of axes in which it is read."""
        kind = self.type(slot)
        if slot not in self._orders:
            return dense(self.output(slot), kind.shape)
        axes = self._orders[slot]
        lengths = tuple(kind.shape[i] for i in axes)
        steps = dict(zip(axes, dense_steps(lengths), strict=True))
        self.view[slot] = Access(self.new(kind.dtype, lengths), 0, kind.shape,
                                 tuple(steps[i] for i in range(len(axes))))
        return self.view[slot]

    def access(self, slot: int) -> Access:
        """How to read a slot; its base is a buffer."""
        if slot in self.view:
            return self.view[slot]
        return dense(self.dense(slot), self.type(slot).shape)

    def dense(self, slot: int) -> int:
        """A buffer with the slot's numbers in row order: its own, a part of another, or a copy."""
        if slot in self.buffer:
            return self.buffer[slot]
        kind = self.type(slot)
        if slot in self.plan.constants:
            at = self.constants.add(np.asarray(self.plan.constants[slot], kind.dtype))
            self.buffer[slot] = self.new(kind.dtype, kind.shape, place=CONSTANT, at=at)
        elif (view := self.view[slot]).dense and view.offset == 0:
            self.buffer[slot] = self.new(kind.dtype, kind.shape, root=view.base)
            base = self.buffers[view.base]
            self.buffers[-1].place, self.buffers[-1].input = base.place, base.input
            self.buffers[-1].at = base.at
        else:
            self.buffer[slot] = self.new(kind.dtype, kind.shape)
            self.emit(loops.copy((view.base, view.offset, view.steps),
                                 (self.buffer[slot], 0, dense_steps(kind.shape)),
                                 kind.shape, kind.dtype))
        return self.buffer[slot]

    # steps -----------------------------------------------------------------------------------

    def emit(self, instruction: Instruction) -> None:
        instruction.scope = instruction.scope or self.scope
        self.instructions.append(instruction)

    def lower(self, step: Step) -> None:
        """Write one step's instructions."""
        self.scope = step.scope
        if step.op.name in VIEWS:
            self._look_through(step)
        elif step.op.name == "loop":
            body = step.options["body"]
            for slot in step.outputs:
                self.output(slot)
            self.emit(loops.LoopWriter(body, self).instruction(step.scope))
        else:
            structures.write(self, step)

    def _look_through(self, step: Step) -> None:
        slot = step.outputs[0]
        view = self.access(step.inputs[0]).through(step)
        if view is None:
            base = self.dense(step.inputs[0])
            view = dense(base, self.type(step.inputs[0]).shape).through(step)
            assert view is not None
        self.view[slot] = view

    def wanted(self) -> set[int]:
        """The slots that some step or the caller reads."""
        if self._wanted is None:
            self._wanted = {*self.plan.outputs,
                            *(slot for step in self.plan.steps for slot in step.inputs)}
        return self._wanted

    def body(self, plan: Plan) -> Program:
        """The program of a Plan within this one."""
        return lowered(plan, self.constants)


def lowered(plan: Plan, constants: Constants) -> Program:
    """The program of a Plan that has gone through the passes."""
    lowering = Lowering(plan, constants)
    for kind in plan.types:
        if kind is not None and kind.dtype not in CODES:
            raise UnsupportedError(kind.dtype)
    for step in plan.steps:
        lowering.lower(step)
    lowering.scope = ""
    return settle(lowering)
