"""The way from a number to the loss along which most of its gradient comes, and what it says."""

from __future__ import annotations

from pellucid.insight.explain.derivation import Derivation, Spot
from pellucid.insight.explain.numbers import shown, text_of
from pellucid.insight.explain.step import Factor, Product, Step
from pellucid.insight.explain.text import dotted

MOST = 2                               # whole ways that are told of one weight
FEW = 4                                # digits of a number in a sentence
SMALL = 0.25                           # a factor below it is worth a word: the sigmoid's best slope


def way(derivation: Derivation, spot: Spot) -> tuple[list[Spot], list[Factor]]:
    """The numbers on the strongest way from one to the loss, and the factors between them.

    Where all ways are worth 0 it is the one that comes nearest to the loss with a factor of 0.
    """
    spots, factors = [spot], []
    while True:
        step = derivation.backward(*spots[-1])
        ways = [each for each in step.products if len(each.factors) == 2]
        if not ways:
            return spots, [*factors, Factor(step.name, step.latex, step.value, step.formula,
                                            step.put_in, step.place)]
        best = max(ways, key=_strength)
        factors.append(best.factors[1])
        following = derivation.spots[best.factors[0].name.removeprefix("∂L/∂")]
        if following in spots:                           # cannot be; and must not hang
            return spots, factors
        spots.append(following)


def whole_ways(derivation: Derivation, spot: Spot) -> tuple[Product, ...]:
    """Every way from a number to the loss with all its factors; () if they are many or trivial."""
    found = _ways(derivation, spot, MOST)
    long = all(len(each.factors) > 2 for each in found)
    return found if long and 0 < len(found) <= MOST else ()


def _ways(derivation: Derivation, spot: Spot, most: int) -> tuple[Product, ...]:
    step = derivation.backward(*spot)
    if not step.products:
        return (Product((Factor(step.name, step.latex, step.value),)),)
    if step.left_out or len(step.products) > most or any(
            len(each.factors) == 1 for each in step.products):
        return ()
    found: list[Product] = []
    for product in step.products:
        following = derivation.spots[product.factors[0].name.removeprefix("∂L/∂")]
        further = _ways(derivation, following, most)
        if not further or len(found) + len(further) > most:
            return ()
        found += [Product((*each.factors, product.factors[1])) for each in further]
    return tuple(found)


def _strength(product: Product) -> tuple[float, float]:
    return abs(product.value), abs(product.factors[0].value)


def why(derivation: Derivation, spot: Spot) -> str:
    """Why a gradient is as large as it is: the product of factors, and the layer that did it."""
    if spot[0] in derivation.renewed:
        step = derivation.step("update", derivation.renewed[spot[0]], spot[1])
        assert step.formula is not None
        return (f"No gradient moves {spot[0].name(spot[1])}, the forward pass does: {step.name} = "
                f"{dotted(text_of(step.formula))} = {shown(step.value, FEW)}.")
    step = derivation.backward(*spot)
    _, factors = way(derivation, spot)
    if step.value == 0 and not step.products:
        return (f"{step.name} = 0, because nothing on the way to the loss uses "
                f"{spot[0].name(spot[1])} here.")
    return f"{_product(step, factors)} {_reason(derivation, step, factors)}"


def _product(step: Step, factors: list[Factor]) -> str:
    """∂L/∂w = ∂L/∂ŷ (0.46) · ∂ŷ/∂z (0.2) · ∂z/∂w (0.6), from the loss to the weight."""
    ways = len([each for each in step.products if len(each.factors) == 2]) + step.left_out
    chain = " · ".join(f"{each.name} ({shown(each.value, FEW)})" for each in reversed(factors))
    among = f" (the strongest of {ways} ways)" if ways > 1 else ""
    return f"{step.name} = {shown(step.value, FEW)} comes by way of {chain}{among}."


def _reason(derivation: Derivation, step: Step, factors: list[Factor]) -> str:
    zeros = [each for each in factors if each.value == 0]
    if step.value == 0 and zeros:                        # the one nearest to the loss did it
        return f"It is 0 because {_said(derivation, zeros[-1])}."
    least = min(factors, key=lambda each: abs(each.value))
    if zeros:
        least = zeros[0]
    if abs(least.value) < SMALL:
        return f"Its smallest factor is {_said(derivation, least)}."
    largest = max(factors, key=lambda each: abs(each.value))
    return (f"None of its factors is small; the largest is {_said(derivation, largest)}."
            if abs(largest.value) > 1 else "None of its factors is small.")


def _said(derivation: Derivation, factor: Factor) -> str:
    """A factor with its formula, its value, and the layer it belongs to."""
    said = factor.name
    if factor.formula is not None and (factor.formula.op is not None or factor.formula.name):
        said += f" = {dotted(text_of(factor.formula))}"
    said += f" = {shown(factor.value, FEW)}"
    where = f" in {factor.place}" if factor.place not in ("", "loss") else ""
    upper = derivation.spots.get(factor.name[1:].split("/∂")[0])
    if factor.value == 0 and upper is not None and factor.formula is not None and (
            factor.formula.op is None and not factor.formula.name):
        made = derivation.step("forward", *upper)
        if made.formula is not None:
            return (f"{said}{where}: {made.name} = {dotted(text_of(made.formula))} does not move "
                    f"with {factor.name.split('/∂')[1]} here")
    return said + where
