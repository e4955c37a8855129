"""Which steps are shown: all of a small network, a part of a large one, or one weight's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pellucid.core.variable import Variable
from pellucid.insight.explain.derivation import Derivation, Place
from pellucid.insight.explain.naming import Quantity
from pellucid.insight.explain.step import Step
from pellucid.insight.explain.ways import whole_ways

Nudge = Callable[[Quantity, Place], float | None]
SMALL = 64                             # weights of a network that is shown whole
FAR = 1e-4                             # how much a nudge may differ before a word is said
ROUNDING = 1e-12                       # a sum that is so much smaller than an addend has cancelled
FEW = 6                                # numbers of each quantity that are shown of a larger one
STEPS, ENDS = 5, 2                     # of a longer sequence the first and the last ones are told


@dataclass
class Gap:
    """The steps of a sequence that are not told, from 0."""

    place: str
    turns: set[int]

    def step(self, part: str) -> Step:
        """What is said of them."""
        first, last, count = min(self.turns) + 1, max(self.turns) + 1, len(self.turns)
        return Step(part, self.place, "…", r"\dots", None, left_out=count, note=(
            f"{count} more steps of the sequence, <{first}> to <{last}>"
            if count > 1 else f"1 more step of the sequence, <{first}>"))


def told_turns(turns: Iterable[int], everything: bool = False) -> set[int]:
    """Which steps of a sequence are told: all of a short one, else the first and the last."""
    ordered = sorted(turns)
    few = everything or len(ordered) <= STEPS
    return set(ordered if few else [*ordered[:ENDS], *ordered[-ENDS:]])


def told_of(quantities: Iterable[Quantity], everything: bool = False) -> Iterator[Quantity | Gap]:
    """The quantities, of a long sequence those of the steps that are told."""
    quantities, gap = list(quantities), None
    turns: dict[str, set[int]] = defaultdict(set)
    for each in quantities:
        turns[each.place] |= set() if each.turn is None else {each.turn}
    told = {place: told_turns(found, everything) for place, found in turns.items()}
    for each in quantities:
        if each.turn is None or each.turn in told[each.place]:
            if gap is not None:
                yield gap
            gap = None
            yield each
        else:
            gap = gap or Gap(each.place, set())
            gap.turns.add(each.turn)
    if gap is not None:
        yield gap


def whole(derivation: Derivation, moving: dict[Variable, list[Quantity]], nudge: Nudge
          ) -> Iterator[Step]:
    """The steps of the whole derivation, long quantities elided."""
    stations = derivation.stations
    for quantity in [*stations.inputs, *stations.targets, *stations.weights.values(),
                     *knobs_of(derivation)]:
        yield from _each(quantity, lambda where, q=quantity: derivation.step("given", q, where))
    for each in told_of(stations.forward):
        part = "loss" if each.place == "loss" else "forward"
        yield from [each.step(part)] if isinstance(each, Gap) else _each(
            each, lambda where, q=each, p=part: derivation.step(p, q, where))
    weights = set(stations.weights.values())
    for each in told_of(derivation.in_order()):
        yield from [each.step("backward")] if isinstance(each, Gap) else _each(
            each, lambda where, q=each: _back(derivation, q, where, nudge, q in weights))
    for variable, quantities in moving.items():
        like = stations.weights.get(variable)
        own = [each for each in quantities if like is not None and each.shape == like.shape]
        for quantity in quantities:
            if quantity not in own:
                yield from _each(quantity, lambda where, q=quantity: derivation.step(
                    "update", q, where))
        for where in _few(like) if like is not None else ():
            for quantity in own:
                yield derivation.step("update", quantity, where)


def by_unit(derivation: Derivation, moving: dict[Variable, list[Quantity]], nudge: Nudge
            ) -> Iterator[Step]:
    """The steps of every unit; of weights only what they come to, without their factors."""
    weights = {each.name(where) for each in derivation.stations.weights.values()
               for where in _few(each)}
    for step in whole(derivation, moving, nudge):
        if step.part == "backward" and step.name.removeprefix("∂L/∂") in weights:
            step = replace(step, products=(), ways=())
        yield step


def small(derivation: Derivation) -> bool:
    """Whether a network is shown whole: few weights, and few numbers on the way."""
    stations = derivation.stations
    on_the_way = sum(each.ids.size for each in stations.forward)
    return sum(each.ids.size for each in stations.weights.values()) <= SMALL and (
        on_the_way <= 4 * SMALL)


def knobs_of(derivation: Derivation) -> list[Quantity]:
    """The hyper-parameters that a step reads, η first; t is computed for each weight, told once."""
    names = derivation.names
    read = {cell for each in names.quantities if each.kind == "new" and each.ids.size
            for cell in derivation.formulas.sources(int(each.ids.flat[0]), names.has)}
    found = {each.letter: each for each in names.quantities
             if each.kind == "given" and int(each.ids.flat[0]) in read}
    return sorted(found.values(), key=lambda each: each.letter != "η")


def _back(derivation: Derivation, quantity: Quantity, where: Place, nudge: Nudge, weight: bool
          ) -> Step:
    step = derivation.backward(quantity, where)
    if not weight:
        return replace(step, note=cancelled(step))
    nudged = nudge(quantity, where)
    return replace(step, nudged=nudged, ways=whole_ways(derivation, (quantity, where)),
                   note=remarks(step, nudged))


def remarks(step: Step, nudged: float | None) -> str:
    """What to say of a gradient and of its nudge; nothing where all is as usual."""
    return " ".join(filter(None, (cancelled(step), remark(step.value, nudged))))


def cancelled(step: Step) -> str:
    """What to say of a gradient that is 0 but for rounding, as of a bias before a batch norm."""
    largest = max((abs(each.value) for each in step.products), default=0.0)
    return ("0 but for rounding: its addends cancel each other"
            if 0 < abs(step.value) <= ROUNDING * largest else "")


def remark(value: float, nudged: float | None) -> str:
    """What to say of a nudge that shows something else."""
    if nudged is None or abs(nudged - value) <= FAR * max(abs(value), 1e-3):
        return ""
    return ("the nudge differs: it crosses a bend, or moves what no gradient passes "
            "(stop_gradient)")


def _few(quantity: Quantity) -> list[Place]:
    places = quantity.places()
    return places if len(places) <= SMALL else places[:FEW]


def _each(quantity: Quantity, step: Callable[[Place], Step]) -> Iterator[Step]:
    places, few = quantity.places(), _few(quantity)
    last: Any = None
    for where in few:
        last = step(where)
        yield last
    if last is not None and len(few) < len(places):
        left = len(places) - len(few)
        yield Step(last.part, last.place, "…", r"\dots", None, left_out=left,
                   note=f"{left} more, up to {quantity.name(places[-1])}")
