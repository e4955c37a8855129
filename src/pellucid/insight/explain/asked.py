"""Steps that a level does not tell, derived when they are asked for by name.

A level of matrices has no line for w^1_11, and one of single numbers none for W1; their names are
printed all the same (the largest number of a gradient) and stand in everybody's calculations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from pellucid.core.errors import ArgumentError
from pellucid.core.variable import Variable
from pellucid.insight.explain.derivation import Derivation, Spot
from pellucid.insight.explain.in_matrices import in_matrices
from pellucid.insight.explain.naming import Quantity
from pellucid.insight.explain.spelling import plain
from pellucid.insight.explain.step import Step
from pellucid.insight.explain.worlds import OTHER_LOSS
from pellucid.insight.explain.worlds import Derivation as Lines

BARE = ("{}", "{}")
LISTED = 600                           # numbers of a quantity that are found by any of their names
Ask = Callable[[str], Step | None]


class Asked:
    """Finds the step of a number or of a matrix by its name, in any usual spelling."""

    def __init__(self, derivation: Derivation, moving: dict[Variable, list[Quantity]]) -> None:
        self.derivation, self.moving = derivation, moving

    def __call__(self, name: str) -> Step | None:
        """The step of that name; None if nothing is called so."""
        spot = self._spot(name)
        if spot is not None:
            return self._step(*spot)
        spelled = _spelled(name)
        return next((each for each in self._matrices if _spelled(each.name) == spelled), None)

    def _spot(self, name: str) -> Spot | None:
        spelled, quantities = _spelled(name), self.derivation.names.quantities
        for quantity in quantities:
            bare, (before, after) = replace(quantity, wrap=BARE), quantity.wrap[0].split("{}")
            for said in (name.strip(), spelled):
                if said.startswith(before) and said.endswith(after):
                    inner = said.removeprefix(before).removesuffix(after)
                    if (where := bare.place_of(inner)) is not None:
                        return quantity, where
        return next(((quantity, where) for quantity in quantities if quantity.ids.size <= LISTED
                     for where in quantity.places() if spelled in map(_spelled, (
                         quantity.name(where), *self.derivation.aliases(quantity, where)))), None)

    def _step(self, quantity: Quantity, where: tuple[int, ...]) -> Step:
        derivation = self.derivation
        if quantity in derivation.sources:
            return derivation.backward(derivation.sources[quantity], where)
        part = "update" if quantity.kind == "new" else "given"
        if quantity in derivation.stations.forward:
            part = "loss" if quantity.place == "loss" else "forward"
        return derivation.step(part, quantity, where)

    @cached_property
    def _matrices(self) -> list[Step]:
        """All steps in matrices, without nudges: the model has moved on."""
        steps = in_matrices(self.derivation, self.moving, lambda *_: float("nan"), True)
        return [replace(each, note="" if "nudge" in each.note else each.note) for each in steps]


def with_asked(steps: Sequence[Step], names: Iterable[Any], ask: Ask | None) -> list[Step]:
    """The steps and, each in its place, those that are asked for and not among them."""
    found = list(steps)
    if ask is None:
        return found
    known = Lines(steps)
    for name in names:
        if isinstance(name, str) and not _is_told(known, name) and (
                step := ask(name)) is not None and step not in found:
            near = [i for i, each in enumerate(found)
                    if (each.part, each.place) == (step.part, step.place)]
            found.insert(1 + max(near, default=len(found) - 1), step)
    return found


def _is_told(known: Lines, name: str) -> bool:
    try:
        known.find(name, formula=True)
    except ArgumentError:
        return False
    return True


def _spelled(name: str) -> str:
    """The one spelling, with L for a loss that is called E, J or C."""
    return OTHER_LOSS.sub(r"\1L\2", plain(name))
