"""A Plan is a tape with the values taken out: numbered slots, and steps that fill them.

`Trace` watches a function run on shapes alone and writes the Plan. What the function reads from
variables becomes an input of the Plan, what it assigns becomes an output.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pellucid.core.atom import Atom
from pellucid.core.errors import TracingError, user_line
from pellucid.core.op import Application, Op
from pellucid.core.recording import recording, watched_by
from pellucid.core.showing import Shown
from pellucid.core.tensor import OPS, Abstract, Tensor
from pellucid.core.variable import Variable


@dataclass(frozen=True)
class Step:
    """``outputs = op(*inputs, **options)``, in slots; ``scope`` says whose step it is."""

    op: Op
    inputs: tuple[int, ...]
    options: dict[str, Any]
    outputs: tuple[int, ...]
    scope: str = ""


@dataclass
class Plan(Shown):
    """What to compute: `types` of all slots, the slots that come in, the steps, what goes out.

    The last ``len(state)`` outputs are the new values of the state inputs named in ``state``.
    """

    types: list[Abstract | None]                     # None: a Python number, which has no dtype
    inputs: tuple[int, ...]
    constants: dict[int, Any]
    steps: list[Step]
    outputs: tuple[int, ...]
    state: tuple[int, ...] = ()                      # inputs that the trailing outputs replace
    names: dict[int, str] = field(default_factory=dict)
    outline: list[Step] = field(default_factory=list)    # the steps, ops with own rules among them

    def __call__(self, values: Iterable[Any]) -> list[Any]:
        """Run on NumPy arrays: the definition of what a Plan means, for every engine."""
        slots = {**self.constants, **dict(zip(self.inputs, values, strict=True))}
        with np.errstate(all="ignore"):
            for step in self.steps:
                result = step.op.body(*[slots[i] for i in step.inputs], **step.options)
                slots.update(zip(step.outputs, result if step.op.many else (result,), strict=True))
        return [slots[i] for i in self.outputs]

    def replay(self, tensors: Sequence[Any]) -> list[Any]:
        """Apply the outline to tensors, so that tapes and traces see it, own rules included."""
        slots: dict[int, Any] = {
            slot: Tensor(each) if isinstance(each, np.ndarray) else each
            for slot, each in self.constants.items()}
        slots.update(zip(self.inputs, tensors, strict=True))
        for step in self.outline:
            result = step.op(*[slots[i] for i in step.inputs], **step.options)
            slots.update(zip(step.outputs, result if step.op.many else (result,), strict=True))
        return [slots[i] for i in self.outputs]

    def pruned(self) -> Plan:
        """The same Plan without the steps that no output depends on."""
        steps, outline = needed(self.steps, self.outputs), needed(self.outline, self.outputs)
        used = {*self.outputs, *(slot for step in [*steps, *outline] for slot in step.inputs)}
        constants = {slot: value for slot, value in self.constants.items() if slot in used}
        return Plan(self.types, self.inputs, constants, steps, self.outputs, self.state,
                    self.names, outline)

    def __str__(self) -> str:
        def show(slot: int) -> str:
            constant = self.constants.get(slot)
            return f"%{slot}" if constant is None or np.ndim(constant) else f"{constant}"

        def kind(slot: int) -> str:
            of = self.types[slot]
            return "number" if of is None else f"{of.dtype}[{','.join(map(str, of.shape))}]"

        lines = [f"%{i}: {kind(i)}  {'state' if i in self.state else 'input'} "
                 f"{self.names.get(i, '')}".rstrip() for i in self.inputs]
        lines += [f"%{i}: {kind(i)}  constant" for i, c in self.constants.items() if np.ndim(c)]
        for step in self.steps:
            options = "".join(f", {key}={value}" for key, value in step.options.items()
                              if not isinstance(value, Plan))
            left = ", ".join(f"%{i}" for i in step.outputs)
            right = ", ".join(map(show, step.inputs))
            line = f"{left} = {step.op.name}({right}{options})"
            lines.append(f"{line:<52} {kind(step.outputs[0])}  {step.scope}".rstrip())
        return "\n".join([*lines, "return " + ", ".join(map(show, self.outputs))])


def needed(steps: Sequence[Step], outputs: Iterable[int]) -> list[Step]:
    """The steps that some output depends on; of two makers of a slot the later one is kept."""
    wanted, kept = set(outputs), []
    for step in reversed(steps):
        if wanted.intersection(step.outputs):
            wanted.difference_update(step.outputs)
            wanted.update(step.inputs)
            kept.append(step)
    return kept[::-1]


class Trace:
    """Watches atoms run on shapes and numbers the tensors it meets."""

    def __init__(self) -> None:
        self.outer = recording.trace
        self.types: list[Abstract | None] = []
        self.slots: dict[Tensor, int] = {}
        self.constants: dict[int, Any] = {}
        self.steps: list[Step] = []
        self.names: dict[int, str] = {}
        self.inputs: list[int] = []
        self.captured: dict[Tensor, int] = {}            # tensors of the trace around this one
        self.read_first: dict[Variable, int] = {}        # variables by the slot they came in
        self.bindings: dict[Variable, Tensor] = {}       # what they are now
        self.assigned: dict[Variable, bool] = {}

    def input(self, like: Abstract, name: str = "") -> Tensor:
        """A new input of the Plan."""
        tensor = Tensor(Abstract(tuple(like.shape), str(like.dtype)))
        self.inputs.append(self._new_slot(tensor, name))
        return tensor

    def _new_slot(self, tensor: Tensor, name: str = "") -> int:
        slot = self.slots[tensor] = len(self.types)
        self.types.append(Abstract(tensor.shape, tensor.dtype))
        if name:
            self.names[slot] = name
        return slot

    def slot(self, value: Any) -> int:
        """The slot of an operand: known, a constant, or captured from the trace around."""
        if isinstance(value, Tensor):
            if value in self.slots:
                return self.slots[value]
            slot = self._new_slot(value)
            if isinstance(value.value, Abstract):
                if self.outer is None:
                    raise TracingError("a tensor from an earlier trace was used (it was kept in an "
                                       "attribute or a list)", where=user_line(),
                                       hint="keep values that outlive a call in a Variable")
                self.captured[value] = slot
            else:
                self.constants[slot] = value.value
            return slot
        self.types.append(None)
        self.constants[len(self.types) - 1] = value
        return len(self.types) - 1

    def record(self, application: Application) -> None:
        """Ops call this; what is known already (constants) was computed and is no step.

        An op with a gradient rule of its own comes after its atoms, as the maker of the same slot.
        """
        if any(isinstance(y.value, Abstract) for y in application.outputs):
            inputs = tuple(map(self.slot, application.inputs))
            outputs = tuple(self.slots[y] if y in self.slots else self._new_slot(y)
                            for y in application.outputs)
            self.steps.append(Step(application.op, inputs, application.options, outputs,
                                   application.scope))

    def read(self, variable: Variable) -> Tensor:
        """The value of a variable so far; the first read makes it an input."""
        if variable not in self.bindings:
            if self.outer is not None:
                self.bindings[variable] = self.outer.read(variable)
            else:
                like = Abstract(variable.shape, variable.dtype)
                tensor = Tensor(like)
                self.read_first[variable] = self._new_slot(tensor, variable.path)
                self.bindings[variable] = tensor
        return self.bindings[variable]

    def assign(self, variable: Variable, value: Tensor) -> None:
        """Later reads see the new value (no gradient passes); at the end it becomes an output."""
        self.read(variable)
        with watched_by(tapes=()):
            self.bindings[variable] = OPS["stop_gradient"](value)
        self.assigned[variable] = True

    def plan(self, outputs: Sequence[Any]) -> Plan:
        """The finished Plan: inputs, captured tensors, variables in; outputs, new values out."""
        changed = list(self.assigned)
        out = tuple(map(self.slot, [*outputs, *(self.bindings[each] for each in changed)]))
        state = tuple(self.read_first[each] for each in changed) if self.outer is None else ()
        inputs = (*self.inputs, *self.captured.values(), *self.read_first.values())
        steps = [step for step in self.steps if isinstance(step.op, Atom)]
        return Plan(self.types, inputs, self.constants, steps, out, state, self.names,
                    self.steps).pruned()
