"""What a step changes, named: η, t, the state m(w) and m'(w), the new weight w', new averages."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import Any

from pellucid.core.tensor import Tensor
from pellucid.core.variable import Variable
from pellucid.insight.explain.derivation import Derivation
from pellucid.insight.explain.naming import Quantity

REDUCING = frozenset(("sum", "max", "min", "prod"))
SHARED = Variable(0.0, name="shared", trainable=False)   # stands for what no single weight owns


def name_moves(derivation: Derivation) -> dict[Variable, list[Quantity]]:
    """For each weight that moves: its clipped gradient if there is one, new state, new value.

    Of what the forward pass itself renews, such as the moving averages of BatchNormalization, it
    is the new value.
    """
    record = derivation.stations.record
    moving: dict[Variable, list[Quantity]] = {each: [] for each in _in_order(derivation)}
    for letter, tensor in record.knobs.items():
        _scalar(derivation, tensor, letter)
    for move in record.moves:
        _scalar(derivation, move.rate, "η")
        if isinstance(move.gradient, Tensor) and move.variable in moving:
            clipped = _like(derivation, move.variable, move.gradient, ("ĝ({})", r"\hat{{g}}({})"))
            moving[move.variable] += [clipped] if clipped is not None else []
    for optimizer in (record.model.optimizer, *getattr(record.model.optimizer, "optimizers", ())):
        _step_number(derivation, optimizer)
        for variable, quantities in moving.items():
            if variable in getattr(optimizer, "_indices", {}):
                for letter, slot in optimizer._slots_of(variable).items():
                    quantities += _slot(derivation, variable, slot, letter)
    _name_between(derivation, moving)
    for variable, quantities in moving.items():
        if variable in record.after:
            new = _like(derivation, variable, record.after[variable], ("{}'", "{{{}}}'"),
                        again=not variable.trainable)
            quantities += [new] if new is not None else []
            if new is not None and not variable.trainable:
                derivation.renewed[derivation.stations.weights[variable]] = new
    return moving


def _in_order(derivation: Derivation) -> list[Variable]:
    """What moves, layer by layer: first what is trained, then the rest as it is renewed."""
    weights = derivation.stations.weights
    places = [each.place for each in weights.values()]
    renewed = {each: i for i, each in enumerate(derivation.stations.record.after)}
    moving = [each for each in weights if each.trainable or each in renewed]
    return sorted(moving, key=lambda each: (
        places.index(weights[each].place), -1 if each.trainable else renewed[each]))


def _name_between(derivation: Derivation, moving: dict[Variable, list[Quantity]]) -> None:
    """Stations within a move: what a matrix product takes in, and norms that all numbers share."""
    record, cells = derivation.stations.record, derivation.cells
    starts = [move.start for move in record.moves]
    counts: Counter[str] = Counter()
    reduced: set[Tensor] = set()
    for at, made in enumerate(record.applications[record.update_at:], record.update_at):
        if made.op.name in REDUCING or any(
                isinstance(each, Tensor) and each in reduced for each in made.inputs):
            reduced.update(made.outputs)
        for tensor in made.inputs:
            if not isinstance(tensor, Tensor) or tensor not in cells.makers:
                continue
            shared = tensor in reduced and tensor.shape != made.outputs[0].shape
            if not shared and made.op.name != "matrix_product":
                continue
            later = bisect_right(starts, at)
            variable = record.moves[later - 1].variable if later else None
            reduced.discard(tensor)
            like = derivation.stations.weights.get(variable) if variable is not None else None
            name = like.name((0,) * len(like.shape)).split("_")[0] if like is not None else ""
            counts[name] += 1
            letter = "n" if shared else "M"
            quantity = Quantity(letter, cells.ids(tensor), above=f"<{counts[name]}>",
                                axes=tuple(range(tensor.ndim)), kind="new",
                                place=like.place if like is not None else "optimizer",
                                wrap=(f"{{}}({name})", f"{{}}({name})") if name else ("{}", "{}"))
            if derivation.names.give(quantity):
                derivation.stations.tensors[quantity] = tensor
                moving.setdefault(SHARED if variable is None else variable, []).append(quantity)


def _step_number(derivation: Derivation, optimizer: Any) -> None:
    """t = iterations + 1, as often as it is computed."""
    record = derivation.stations.record
    done = record.before.get(optimizer._iterations)
    for made in record.applications[record.update_at:]:
        if made.op.name == "add" and any(each is done for each in made.inputs):
            _scalar(derivation, made.outputs[0], "t")


def _scalar(derivation: Derivation, value: Any, letter: str) -> None:
    tensor = value.value if isinstance(value, Variable) else value
    if isinstance(tensor, Tensor) and tensor.size == 1:
        ids = derivation.cells.ids(tensor)
        derivation.names.give(Quantity(letter, ids, kind="given", place="optimizer"))


def _like(derivation: Derivation, variable: Variable, tensor: Tensor, wrap: tuple[str, str],
          kind: str = "new", again: bool = False) -> Quantity | None:
    """The numbers of a tensor, named after the weight's; with ``again`` named ones as well."""
    like, ids = derivation.stations.weights[variable], derivation.cells.ids(tensor)
    if ids.shape != like.shape:
        return None
    made = like.wrapped(ids, wrap, kind)
    derivation.stations.tensors[made] = tensor
    return made if derivation.names.give(made) or again else None


def _slot(derivation: Derivation, variable: Variable, slot: Variable, letter: str
          ) -> list[Quantity]:
    record = derivation.stations.record
    _like(derivation, variable, record.before[slot], (f"{letter}({{}})", f"{letter}({{}})"),
          "state")
    if slot not in record.after:
        return []
    new = _like(derivation, variable, record.after[slot], (f"{letter}'({{}})", f"{letter}'({{}})"))
    return [] if new is None else [new]
