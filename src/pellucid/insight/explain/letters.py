"""What stations on the way are called: as the code of their layer calls them, and by their step.

What is computed at each step of a sequence has its letter and the step, h<2>; where a step has
several sums, they are told apart by what they give: zr is what r is the sigmoid of.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from pellucid import activations
from pellucid.core.op import Application
from pellucid.core.tensor import Tensor
from pellucid.insight.explain.cells import ZERO
from pellucid.insight.explain.record import Record

if TYPE_CHECKING:
    from pellucid.insight.explain.stations import Stations

ACTIVATIONS = frozenset(activations.FUNCTIONS) - {"linear"}
WEAK = frozenset("zahs")               # letters that the layer's own code may better
BROTHERS = {"o": "ω", "z": "ζ"}         # for what code calls o and z, and is no layer's o, no sum z
Key = tuple[int, int]                  # of a tensor: its size, and a hash of its ids
Planned = dict[Key, tuple[Tensor, str, Any]]                 # with a letter, and the layer it is in


def key_of(found: Stations, tensor: Tensor) -> Key:
    """What tensors of the same numbers have in common."""
    ids = found.cells.ids(tensor)
    return ids.size, hash(ids.tobytes())


def said_in_code(found: Stations) -> dict[Key, str]:
    """The names that the code of layers gives to tensors.

    The last step of a loop is called as the one before it, whose names were read by its follower.
    """
    record = found.record
    local = {key_of(found, tensor): name for tensor, name in record.local.items()}
    for (_, before), (_, last) in pairwise(_runs(record)):
        if [each.op for each in before] == [each.op for each in last]:
            for one, other in zip(before, last, strict=True):
                name = local.get(key_of(found, one.outputs[0]))
                if name is not None:
                    local.setdefault(key_of(found, other.outputs[0]), name)
    return local


def _runs(record: Record) -> list[tuple[int, list[Application]]]:
    """The steps of loops, each with what was applied in it."""
    made = record.applications[:record.loss_at]
    return [(turn, list(some)) for turn, some in groupby(
        made, key=lambda each: record.turns.get(each.outputs[0])) if turn is not None]


def lettered_by_code(found: Stations, key: Key, tensor: Tensor, letter: str,
                     local: dict[Key, str]) -> str:
    """The letter of a station, which the code of its layer may better; "" if it needs none."""
    if letter == "a" and key not in local and _of_named(found, tensor, local):
        return ""                                        # σ(f) says more than a<3>
    if letter == "h" and key not in local and "h" in local.values():
        return "m"                                       # what a dropout leaves of h is not h
    if letter not in WEAK or key not in local:
        return letter
    clear = local[key] == letter                         # a sum that the code calls z as well
    return local[key] if clear else BROTHERS.get(local[key], local[key])


def _of_named(found: Stations, tensor: Tensor, local: dict[Key, str]) -> bool:
    """Whether what goes into an activation has a name in the layer's code, as an LSTM's f has."""
    made = found.cells.makers.get(tensor)
    name = "z" if made is None or not isinstance(made.inputs[0], Tensor) else local.get(
        key_of(found, made.inputs[0]), "z")
    return name not in WEAK


def turn_of(found: Stations, tensor: Tensor) -> int | None:
    """The step of a loop of several steps that a tensor was made in, counted from 0."""
    ids = found.cells.ids(tensor)
    ids = ids[ids != ZERO]
    if not max(found.record.turns.values(), default=0) or not ids.size:
        return None
    made = {found.record.turns.get(found.cells.place(int(each))[0]) for each in (ids[0], ids[-1])}
    return made.pop() if len(made) == 1 else None


def told_apart(found: Stations, planned: Planned, turns: dict[Key, int | None]) -> Planned:
    """Several sums in one step of a loop, by what they give: zr, which gives r."""
    sums = Counter((found.numbers_of_calls.get(layer), turns[key])
                   for key, (_, letter, layer) in planned.items() if letter == "z")
    gives = {key_of(found, made.inputs[0]): key_of(found, made.outputs[0])
             for made in found.record.applications[:found.record.loss_at]
             if made.op.name in ACTIVATIONS}
    named = dict(planned)
    for key, (tensor, letter, layer) in planned.items():
        given = planned.get(gives.get(key, key), (None, "z", None))[1]
        if letter == "z" and turns[key] is not None and given not in WEAK and sums[
                found.numbers_of_calls.get(layer), turns[key]] > 1:
            named[key] = tensor, f"z{given}", layer
    return named


def home(found: Stations, owner: Any) -> str:
    """The layer that a weight is told with: a cell's with the layer that walks it along."""
    walked = [layer for layer in found.numbers_of_calls if getattr(layer, "cell", None) is owner]
    return owner.name if owner in found.numbers_of_calls or not walked else walked[0].name
