"""Which steps are shown: all of a small network, a part of a large one, or one weight's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
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


def whole(derivation: Derivation, moving: dict[Variable, list[Quantity]], nudge: Nudge
          ) -> Iterator[Step]:
    """The steps of the whole derivation, long quantities elided."""
    stations = derivation.stations
    for quantity in [*stations.inputs, *stations.targets, *stations.weights.values(),
                     *knobs_of(derivation)]:
        yield from _each(quantity, lambda where, q=quantity: derivation.step("given", q, where))
    for quantity in stations.forward:
        part = "loss" if quantity.place == "loss" else "forward"
        yield from _each(quantity, lambda where, q=quantity, p=part: derivation.step(p, q, where))
    weights = set(stations.weights.values())
    for quantity in derivation.in_order():
        yield from _each(quantity, lambda where, q=quantity: _back(
            derivation, q, where, nudge, q in weights))
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
