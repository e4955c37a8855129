"""Which numbers of a recorded step are given names: what is given, and the stations on the way.

A station is a tensor that a derivation stops at: the output of a layer, what goes into an
activation and what comes out, what a matrix product takes in, what is used by many (a mean over
the batch). All else is written out where it is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pellucid.core import dtypes
from pellucid.core.op import Application
from pellucid.core.tensor import Tensor
from pellucid.core.variable import Variable
from pellucid.insight.explain.cells import ZERO, Cells, elementwise
from pellucid.insight.explain.letters import (
    ACTIVATIONS,
    WEAK,
    Planned,
    home,
    key_of,
    lettered_by_code,
    said_in_code,
    told_apart,
    turn_of,
)
from pellucid.insight.explain.naming import Names, Quantity, counted, given_letter
from pellucid.insight.explain.record import Call, Record, states_of

PASSING = "pqrsuv"                     # letters of the outputs of layers without weights


@dataclass
class Stations:
    """The named quantities of a recorded step, by what they are."""

    record: Record
    cells: Cells
    names: Names
    numbers: dict[Any, int] = field(default_factory=dict)        # layer → k
    numbers_of_calls: dict[Any, int] = field(default_factory=dict)   # by layers that are called
    weights: dict[Variable, Quantity] = field(default_factory=dict)
    inputs: list[Quantity] = field(default_factory=list)
    targets: list[Quantity] = field(default_factory=list)
    outputs: list[Quantity] = field(default_factory=list)
    forward: list[Quantity] = field(default_factory=list)        # in order, with those of the loss
    tensors: dict[Quantity, Tensor] = field(default_factory=dict)
    rows: int = 1
    named: set[Tensor] = field(default_factory=set)              # what is given


def stations_of(record: Record) -> Stations:
    """Name what is given, then what is computed from it up to the loss."""
    cells = Cells(record.applications, record.same)
    found = Stations(record, cells, Names(cells.value))
    found.rows = record.inputs[0].shape[0] if record.inputs else 1
    _number_layers(found)
    _name_given(found)
    _name_forward(found)
    return found


def _number_layers(found: Stations) -> None:
    """k = 1, 2, … for the layers that own weights, in the order in which they are called."""
    model = found.record.model
    called = [call.layer for call in sorted(found.record.calls, key=lambda each: each.start)]
    owners = [each for layer in [*called, model] for each in layer._flatten_layers()]
    for layer in owners:
        if layer is not model and layer not in found.numbers and layer._own_weights():
            found.numbers[layer] = len(found.numbers) + 1
    if model._own_weights():
        found.numbers[model] = len(found.numbers) + 1
    for layer in called:                                 # an LSTM's weights are those of its cell
        inner = [found.numbers[each] for each in layer._flatten_layers() if each in found.numbers]
        if inner:
            found.numbers_of_calls.setdefault(layer, inner[0])


def _name_given(found: Stations) -> None:
    record, rows = found.record, found.rows
    for kind, letter, tensors in (("input", "x", record.inputs), ("target", "y", record.targets),
                                  ("sample_weight", "s", record.weights)):
        for i, tensor in enumerate(tensors):
            axes, row = counted(tensor.shape, rows, True)
            single = tensor.size == (tensor.shape[0] if tensor.shape else 1)
            quantity = Quantity(letter, found.cells.ids(tensor), row=row, kind=kind, place=kind,
                                axes=() if single else axes,
                                above=str(i + 1) if len(tensors) > 1 else "")
            found.names.give(quantity)
            {"input": found.inputs, "target": found.targets}.get(kind, []).append(quantity)
            found.tensors[quantity] = tensor
    for layer, k in found.numbers.items():
        used: Counter[str] = Counter()
        inner = {each for one in layer._flatten_layers() if one is not layer
                 for each in one._own_weights()}         # what a wrapper's code calls its own too
        for variable in layer._own_weights():
            if dtypes.is_float(variable.dtype) and variable not in inner:
                _name_weight(found, layer, k, variable, used)
    for layer in record.model._flatten_layers():
        _name_kept(found, layer)


def _name_kept(found: Stations, layer: Any) -> None:
    """What a stateful recurrent layer remembers from call to call, which is no weight of it."""
    kept, k = states_of(layer), found.numbers_of_calls.get(layer)
    for i, variable in enumerate(kept, 1):
        tensor = found.record.before[variable]
        axes, row = counted(tensor.shape, found.rows, True)
        quantity = Quantity("state" if len(kept) == 1 else f"state{i}", found.cells.ids(tensor),
                            lead=() if k is None else (k,), axes=axes, row=row, kind="state",
                            place=layer.name)
        found.names.give(quantity)
        found.weights[variable], found.tensors[quantity] = quantity, tensor


def _name_weight(found: Stations, layer: Any, k: int, variable: Variable, used: Counter[str]
                 ) -> None:
    tensor = found.record.before[variable]
    letter = given_letter(variable.name)
    used[letter] += 1
    letter += "'" * (used[letter] - 1)
    matrix = tensor.ndim > 1
    quantity = Quantity(letter, found.cells.ids(tensor), above=str(k) if matrix else "",
                        lead=() if matrix else (k,), axes=tuple(range(tensor.ndim)),
                        kind="weight" if variable.trainable else "state",
                        place=home(found, layer), path=variable.path)
    found.names.give(quantity)
    found.weights[variable] = quantity
    found.tensors[quantity] = tensor


# stations on the way -----------------------------------------------------------------------------

def _name_forward(found: Stations) -> None:
    """Choose the stations, in the order in which they are computed, and name them."""
    record, outputs = found.record, _outputs_of_layers(found)
    chosen = _chosen(found, outputs)
    order = {tensor: i for i, tensor in enumerate(
        output for made in record.applications for output in made.outputs)}
    local = said_in_code(found)
    planned: Planned = {}
    for tensor in sorted(chosen, key=lambda each: order.get(each, -1)):
        letter, layer = chosen[tensor]
        if tensor in order and dtypes.is_float(tensor.dtype) and not constant(
                found, tensor) and found.names.fresh(found.cells.ids(tensor)):
            key = key_of(found, tensor)
            letter = lettered_by_code(found, key, tensor, letter, local)
            if letter and (key not in planned or (
                    letter not in WEAK and planned[key][0] not in outputs)):
                planned[key] = tensor, letter, layer      # a layer's output is called its output
    turns = {key: turn_of(found, each[0]) for key, each in planned.items()}
    planned = told_apart(found, planned, turns)
    many = Counter((letter, found.numbers_of_calls.get(layer))
                   for tensor, letter, layer in planned.values() if tensor not in outputs)
    seen: Counter[Any] = Counter()
    for key, (tensor, letter, layer) in planned.items():
        _name_station(found, tensor, letter, layer, many, seen, turns[key])


def _outputs_of_layers(found: Stations) -> dict[Tensor, Any]:
    """By tensor: the layer whose output it is; of several the innermost that owns weights."""
    outputs: dict[Tensor, Any] = {}
    for call in found.record.calls:
        for tensor in call.outputs:
            if tensor not in outputs or outputs[tensor] not in found.numbers_of_calls:
                outputs[tensor] = call.layer
    return outputs


def _chosen(found: Stations, outputs: dict[Tensor, Any]) -> dict[Tensor, tuple[str, Any]]:
    """The tensors to stop at, each with a letter and the layer it is in."""
    record, letters = found.record, {}
    chosen: dict[Tensor, tuple[str, Any]] = {}
    used, made_by = _used(record), {}               # of stacked cells, which one
    for at, made in enumerate(record.applications[:record.sweep_at]):
        layer = None if at >= record.loss_at else _layer_at(record.calls, at)
        made_by |= {each: layer for each in made.outputs if each in record.turns}
        for tensor, letter in _stops(made, used, layer, found.cells.makers):
            chosen.setdefault(tensor, (letter, made_by.get(tensor, layer)))
        for tensor in made.outputs:
            if tensor in outputs:
                owner = outputs[tensor]
                if owner not in found.numbers_of_calls and owner not in letters:
                    letters[owner] = PASSING[len(letters) % len(PASSING)]
                chosen[tensor] = letters.get(owner, "o"), owner
    for tensor in record.outputs:
        chosen[tensor] = "ŷ", None
    return {**chosen, record.loss: ("L", None)}


def _used(record: Record) -> Counter[Tensor]:
    """How many applications of the forward pass take a tensor in."""
    return Counter(each for made in record.applications[:record.sweep_at]
                   for each in made.inputs if isinstance(each, Tensor))


def _layer_at(calls: list[Call], at: int) -> Any:
    """The innermost layer that made application number ``at``."""
    around = [call for call in calls if call.start <= at < call.end]
    return min(around, key=lambda call: call.end - call.start).layer if around else None


def _stops(made: Application, used: Counter[Tensor], layer: Any,
           makers: dict[Tensor, Application]) -> Iterator[tuple[Tensor, str]]:
    """The tensors about an application that a derivation stops at, with their letters."""
    inputs = [each for each in made.inputs if isinstance(each, Tensor)]
    parts = made.scope.split("/")
    if layer is not None and made.op.name in ACTIVATIONS:
        yield inputs[0], "z"
        yield made.outputs[0], "a"
    elif layer is not None and (inner := ACTIVATIONS.intersection(parts)):
        yield from ((each, "z") for each in inputs
                    if each in makers and not inner.intersection(makers[each].scope.split("/")))
    if made.op.name == "matrix_product":
        yield from ((each, "h") for each in inputs)
    for each in inputs:
        spread = each.size and each.shape != made.outputs[0].shape
        if elementwise(made) and (spread or used[each] > 1):
            yield each, "s"
        elif layer is None and made.op.name == "sum" and each.ndim == 1 and each.size > 1:
            yield each, "ℓ"


def _name_station(found: Stations, tensor: Tensor, letter: str, layer: Any, many: Counter[Any],
                  seen: Counter[Any], turn: int | None) -> None:
    k = found.numbers_of_calls.get(layer)
    ids = found.cells.ids(tensor)
    if not found.names.fresh(ids):
        return
    whole = letter in "ŷℓ" or any(
        tensor is each for call in found.record.calls for each in call.outputs)
    above, lead = "", () if k is None else (k,)
    if letter == "ŷ":
        i = next(i for i, each in enumerate(found.record.outputs) if each is tensor)
        above = str(i + 1) if len(found.record.outputs) > 1 else ""
    elif turn is not None and (not whole or tensor in found.record.turns):
        above = f"<{turn + 1}>"
    elif many[letter, k] > 1 and not whole:
        seen[letter, k] += 1
        above = f"<{seen[letter, k]}>"
    axes, row = counted(tensor.shape, found.rows, whole or layer is None or tensor.ndim > 1)
    if letter == "ŷ" and tensor.size == found.rows:
        axes = ()
    while any((each.letter, each.lead, each.above) == (letter, lead, above)
              for each in found.names.quantities):       # no two things of one name
        letter += "'"
    place = "loss" if layer is None and letter != "ŷ" else getattr(layer, "name", "")
    quantity = Quantity(letter, ids, above=above, lead=lead, axes=axes, row=row,
                        kind="forward", place=place or _output_place(found, tensor),
                        turn=turn)
    if found.names.give(quantity):
        found.forward.append(quantity)
        found.tensors[quantity] = _first(found, tensor)
        if letter == "ŷ":
            found.outputs.append(quantity)


def _first(found: Stations, tensor: Tensor) -> Tensor:
    """The tensor that had these numbers first: all that is done with them counts for its gradient.

    A state that a mask lets pass is the new state, which has more uses.
    """
    ids = found.cells.ids(tensor)
    if tensor is found.record.loss or ids.flat[0] == ZERO:
        return tensor
    first, _ = found.cells.place(int(ids.flat[0]))
    same = first.shape == tensor.shape and first in found.record.gradients and np.array_equal(
        found.cells.ids(first), ids)
    return first if same else tensor


def _output_place(found: Stations, tensor: Tensor) -> str:
    calls = [call for call in found.record.calls if any(tensor is each for each in call.outputs)]
    return calls[0].layer.name if calls else "output"


def constant(found: Stations, tensor: Tensor, given: frozenset[Tensor] = frozenset()) -> bool:
    """Whether a tensor was made of numbers alone, of nothing that has a name but what is given."""
    if not found.named:
        found.named.update(found.tensors.values())
    waiting, passed = [tensor], set()
    while waiting:
        each = waiting.pop()
        each = found.cells.same.get(each, each)
        if each in found.named and each not in given:
            return False
        if each not in passed and each in found.cells.makers:
            passed.add(each)
            if found.cells.makers[each].op.name.startswith("random_"):
                continue                                 # its state has no part in the mathematics
            waiting += [e for e in found.cells.makers[each].inputs if isinstance(e, Tensor)]
    return True
