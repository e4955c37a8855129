"""One step of training, done in float64 with everything written down, and undone again."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import numpy as np

from pellucid.atoms.control import _step_by_step as scan_by_step
from pellucid.core import dtypes, nest
from pellucid.core.gradient import sweep
from pellucid.core.op import Application
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Tensor, convert
from pellucid.core.variable import Variable
from pellucid.layers.recurrent import unrolled
from pellucid.layers.recurrent_cells import RecurrentCell, StackedRNNCells

NAMELESS = frozenset(("inputs", "outputs", "output", "x", "y", "values", "result", "value",
                      "sequences", "total", "kept", "batch", "moving",
                      "new", "old", "counts", "row", "each"))

ENTRIES = frozenset(("_invoke", "compute_loss", "recorded", "<module>"))   # no names beyond these
LOOPS = frozenset((scan_by_step.__code__, unrolled.__code__))  # whose local t counts the turns of f
ANONYMOUS = frozenset(("StackedRNNCells.stages.<locals>.step",))   # its z is another cell's output


class FullTape(GradientTape):
    """A tape that keeps every application, also of what no gradient is asked for.

    ``local`` has the names that layers' code gives to tensors: an LSTM's i, f, g, o, c and h.
    ``turns`` says in which step of a loop a tensor was made, counted from 0.
    """

    def __init__(self) -> None:
        super().__init__()
        self.local: dict[Tensor, str] = {}
        self.turns: dict[Tensor, int] = {}

    def record(self, application: Application) -> None:
        turn = self._look_around()
        self.applications.append(application)
        if turn is not None:
            self.turns.update(dict.fromkeys(application.outputs, turn))
        if any(self.watches(each) for each in application.inputs):
            for output in application.outputs:
                if dtypes.is_float(output.dtype):
                    self._watched[output] = True

    def _look_around(self) -> int | None:
        """Read the local variables of the layer, or the loss, that runs; the turn of its loop."""
        frame: FrameType | None = sys._getframe(2)
        turn, called, inside = None, None, True          # of the innermost layer, whose names count
        while frame is not None and turn is None and frame.f_code is not recorded.__code__:
            code, inside = frame.f_code, inside and frame.f_code.co_name not in ENTRIES
            if code in LOOPS and called is getattr(frame.f_locals["f"], "__code__", None):
                turn = frame.f_locals["t"]
            module = frame.f_globals.get("__name__", "")
            if inside and code.co_qualname not in ANONYMOUS and not module.startswith(
                    ("pellucid.core", "pellucid.atoms")):
                for name, value in frame.f_locals.items():
                    if isinstance(value, Tensor) and name not in NAMELESS and len(name) <= 9:
                        self.local.setdefault(value, name)
            called, frame = code, frame.f_back
        return turn


@dataclass(frozen=True)
class Call:
    """A layer's call: which applications it made (from, to), of what, giving what."""

    layer: Any
    start: int
    end: int
    outputs: tuple[Tensor, ...]


@dataclass(frozen=True)
class Move:
    """How one weight was moved: its gradient after clipping, the rate, and the new values."""

    variable: Variable
    start: int                                       # of its applications
    gradient: Any
    rate: Any


@dataclass
class Record:
    """What one step of training did.

    ``before`` has the tensor of every variable before the step, ``after`` the last one that was
    assigned; ``gradients`` has ∂L/∂v for every tensor v that the loss depends on.
    """

    model: Any
    inputs: list[Tensor] = field(default_factory=list)
    targets: list[Tensor] = field(default_factory=list)
    weights: list[Tensor] = field(default_factory=list)  # of the samples
    outputs: list[Tensor] = field(default_factory=list)
    loss: Any = None
    applications: list[Application] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    loss_at: int = 0                                 # where forward ends, and so on
    sweep_at: int = 0
    update_at: int = 0
    before: dict[Variable, Tensor] = field(default_factory=dict)
    after: dict[Variable, Tensor] = field(default_factory=dict)
    same: dict[Tensor, Tensor] = field(default_factory=dict)      # read after being assigned
    gradients: dict[Tensor, Tensor] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    knobs: dict[str, Tensor] = field(default_factory=dict)        # β₁, ε, … of the optimizer
    local: dict[Tensor, str] = field(default_factory=dict)        # what layers' code calls them
    turns: dict[Tensor, int] = field(default_factory=dict)        # of a loop, in which it was made


def recorded(model: Any, x: Any, y: Any, sample_weight: Any = None) -> Record:
    """Do what `train_step` does, on numbers, with every application kept."""
    record = Record(model)
    record.inputs = [each for each in nest.flatten(x) if each is not None]
    record.targets = [each for each in nest.flatten(y) if each is not None]
    record.weights = [each for each in nest.flatten(sample_weight) if each is not None]
    weights, optimizer = model.trainable_variables, model.optimizer
    record.knobs = lettered(optimizer)
    kept = [each for layer in model._flatten_layers() for each in states_of(layer)]
    variables = [*model.variables, *optimizer.variables, *kept]
    record.before = {each: each._tensor for each in variables}
    tape = FullTape()
    with tape, _heard(record, tape, model, variables):
        y_pred = model(x, training=True)
        record.outputs = nest.flatten(y_pred)
        record.loss_at = len(tape.applications)
        record.loss = model.compute_loss(x, y, y_pred, sample_weight)
        record.sweep_at, record.local = len(tape.applications), dict(tape.local)
        record.turns = dict(tape.turns)
        seed = convert(np.ones(record.loss.shape, record.loss.dtype))
        record.gradients = sweep(tape, [record.loss], [seed])
        record.update_at = len(tape.applications)
        optimizer.apply([_of(tape, record, each) for each in weights], weights)
    record.applications = tape.applications
    return record


def states_of(layer: Any) -> list[Variable]:
    """What a stateful recurrent layer remembers from call to call."""
    kept = getattr(getattr(layer, "_kept", None), "states", None)
    return [each for each in nest.flatten(kept) if isinstance(each, Variable)]


def lettered(optimizer: Any) -> dict[str, Tensor]:
    """Make tensors of an optimizer's hyper-parameters, so that the tape tells them from numbers.

    The optimizer is left so: `in_float64` puts it back as it was.
    """
    found: dict[str, Tensor] = {}
    for each in (optimizer, *getattr(optimizer, "optimizers", ())):
        for name, one in type(each).fields.items():
            value = vars(each).get(name)
            if one.symbol and isinstance(value, float) and value != 0:
                vars(each)[name] = found[one.symbol] = Tensor(np.asarray(value, np.float64))
    return found


def _of(tape: FullTape, record: Record, variable: Variable) -> Any:
    return tape._of(variable, record.gradients, "none")


@contextlib.contextmanager
def _heard(record: Record, tape: FullTape, model: Any, variables: Sequence[Variable]
           ) -> Iterator[None]:
    """Inside, calls of layers, moves of weights and assignments are written down as well."""
    layers = [each for each in model._flatten_layers() if each is not model]
    stacked = [cell for layer in layers if isinstance(layer, StackedRNNCells)
               for cell in layer.cells if isinstance(cell, RecurrentCell)]
    for layer in layers:
        layer.__dict__["call"] = _noted_call(record, tape, layer)
    for cell in stacked:
        cell.__dict__["stages"] = _noted_stages(record, tape, cell)
    for variable in variables:
        variable.__dict__["assign"] = _noted_assign(record, variable)
    model.optimizer.__dict__["update_step"] = _noted_move(record, tape, model.optimizer)
    try:
        yield
    finally:
        for layer in layers:
            del layer.__dict__["call"]
        for cell in stacked:
            del cell.__dict__["stages"]
        for variable in variables:
            del variable.__dict__["assign"]
        del model.optimizer.__dict__["update_step"]


def _noted_stages(record: Record, tape: FullTape, cell: Any) -> Any:
    """The two stages of a cell that is one of several; each use of one is a call of the cell."""
    stages = cell.stages

    def noted(*args: Any) -> Any:
        return tuple(_noted_call(record, tape, cell, each) for each in stages(*args))
    return noted


def _noted_call(record: Record, tape: FullTape, layer: Any, stage: Any = None) -> Any:
    call = layer.call if stage is None else stage

    @functools.wraps(call)
    def noted(*args: Any, **kwargs: Any) -> Any:
        start = len(tape.applications)
        outputs = call(*args, **kwargs)
        found = () if stage is not None else tuple(
            each for each in nest.flatten(outputs) if isinstance(each, Tensor))
        record.calls.append(Call(layer, start, len(tape.applications), found))
        return outputs
    return noted


def _noted_assign(record: Record, variable: Variable) -> Any:
    assign = variable.assign

    def noted(value: Any, *args: Any, **kwargs: Any) -> Any:
        value = convert(value, variable.dtype)
        given = assign(value, *args, **kwargs)
        record.same[variable._tensor] = record.after[variable] = value
        return given
    return noted


def _noted_move(record: Record, tape: FullTape, optimizer: Any) -> Any:
    update_step = optimizer.update_step

    @functools.wraps(update_step)
    def noted(gradient: Any, variable: Variable, learning_rate: Any) -> Any:
        record.moves.append(Move(variable, len(tape.applications), gradient,
                                 learning_rate))
        return update_step(gradient, variable, learning_rate)
    return noted
