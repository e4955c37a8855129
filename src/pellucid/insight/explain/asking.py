"""Asking about one number: its name in any spelling, and the steps that lead to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pellucid.core.errors import ArgumentError, nearest, user_line
from pellucid.core.variable import Variable
from pellucid.insight.explain.derivation import Derivation, Spot
from pellucid.insight.explain.naming import Quantity
from pellucid.insight.explain.selection import Nudge, knobs_of, remarks
from pellucid.insight.explain.step import Step
from pellucid.insight.explain.ways import way, why

LISTED = 3000                          # numbers of a quantity whose names are all compared


def spot_of(derivation: Derivation, name: object) -> Spot:
    """The weight or unit of a name: ``w^1_11``, ``dense/kernel[0, 0]``, or an alias.

    Raises ArgumentError for a name that there is not, with the nearest one that there is.
    """
    stations = derivation.stations
    wanted = str(name).strip().removeprefix("∂L/∂").replace(" ", "")
    asked = [each for each in (*stations.weights.values(), *stations.forward)
             if each in derivation.gradients or each in derivation.renewed]
    for quantity in asked:
        where = quantity.place_of(wanted)
        if where is not None:
            return quantity, where
    known: list[str] = []
    for quantity in asked:
        places = quantity.places() if quantity.ids.size <= LISTED else _ends(quantity)
        for where in places:
            names = [quantity.name(where), *derivation.aliases(quantity, where)]
            if quantity in derivation.gradients:         # δ_21 asks about z_21
                names += derivation.aliases(derivation.gradients[quantity], where)
            if wanted in [each.replace(" ", "") for each in names]:
                return quantity, where
            known += names[:1] + [each for each in names if "[" in each or len(each) < 4]
        if quantity.path and (spot := _by_path(quantity, wanted)) is not None:
            return spot
    layers = [each.name for each in stations.record.model._flatten_layers() if not each.weights]
    if wanted in layers:
        raise ArgumentError(f'the layer "{wanted}" has no weights', where=user_line(),
                            hint="weights here are " + ", ".join(
                                each.name(_ends(each)[0]) for each in stations.weights.values()))
    raise ArgumentError("explain knows no weight or unit of this name", got=repr(name),
                        where=user_line(), hint=nearest(str(name), known) or (
                            f"some of them are {', '.join(known[:6])}"))


def _ends(quantity: Quantity) -> list[tuple[int, ...]]:
    return [(0,) * len(quantity.shape), tuple(n - 1 for n in quantity.shape)]


def _by_path(quantity: Quantity, wanted: str) -> Spot | None:
    """dense/kernel[0,0], counted as in Python."""
    path, _, index = wanted.removesuffix("]").partition("[")
    if not (quantity.path == path or quantity.path.endswith(f"/{path}")):
        return None
    try:
        where = tuple(int(each) for each in index.split(",") if each)
    except ValueError:
        return None
    where = tuple(i + n if i < 0 else i for i, n in zip(where, quantity.shape, strict=False))
    fits = len(where) == len(quantity.shape) and all(
        0 <= i < n for i, n in zip(where, quantity.shape, strict=True))
    return (quantity, where) if fits else None


def about(derivation: Derivation, moving: dict[Variable, list[Quantity]], nudge: Nudge,
          spot: Spot) -> Iterator[Step]:
    """The steps that lead from one number to the loss and back to it."""
    quantity, where = spot
    if quantity in derivation.renewed:
        yield from derivation.renewal(spot)
        return
    spots, _ = way(derivation, spot)
    weight = derivation.variable_of(quantity)
    yield derivation.step("given" if weight is not None else "forward", quantity, where)
    if weight is not None:
        for each in knobs_of(derivation):
            yield derivation.step("given", each, (0,) * len(each.shape))
    on_the_way = sorted(spots[1:], key=lambda each: derivation.stations.forward.index(each[0]))
    for each in on_the_way:
        part = "loss" if each[0].place == "loss" else "forward"
        yield derivation.step(part, *each)
    loss = derivation.stations.forward[-1]
    if loss not in [each for each, _ in spots]:
        yield derivation.step("loss", loss, ())
    for each in reversed(spots[1:]):
        if each[0] in derivation.gradients:
            yield derivation.backward(*each)
    step, nudged = derivation.backward(quantity, where), nudge(quantity, where)
    said = f"{why(derivation, spot)} {remarks(step, nudged)}".strip()
    yield replace(step, nudged=nudged, note=said)
    for each in moving.get(weight, ()) if weight is not None else ():
        if each.shape == quantity.shape:
            yield derivation.step("update", each, where)
