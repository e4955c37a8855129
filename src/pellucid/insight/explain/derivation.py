"""The derivation, number by number: formulas forward, and the chain rule back with its factors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from pellucid.core.errors import KindError
from pellucid.core.variable import Variable
from pellucid.insight.cards.tidy import made_by, rewritten
from pellucid.insight.explain.cells import ZERO
from pellucid.insight.explain.formulas import Formulas
from pellucid.insight.explain.naming import Quantity
from pellucid.insight.explain.numbers import Known, chosen, leaves, neat, number_of, put_in
from pellucid.insight.explain.stations import Stations
from pellucid.insight.explain.step import Factor, Product, Step
from pellucid.spaces import notation
from pellucid.spaces.terms import NeedsValue, Term, term

BY = ("∂L/∂{}", r"\frac{{\partial L}}{{\partial {}}}")
MANY = 600                             # numbers of a network that is searched as a whole
Place = tuple[int, ...]
Spot = tuple[Quantity, Place]


class Derivation:
    """The named numbers of a recorded step as `Step` objects, made when they are asked for."""

    def __init__(self, stations: Stations, digits: int) -> None:
        self.stations, self.digits = stations, digits
        self.names, self.cells = stations.names, stations.cells
        self.formulas = Formulas(self.cells, self.names.label)
        self.gradients: dict[Quantity, Quantity] = {}    # of what: its gradient
        self.sources: dict[Quantity, Quantity] = {}      # and back
        self.renewed: dict[Quantity, Quantity] = {}      # by the forward pass: its new value
        self.aliases: Callable[[Quantity, Place], tuple[str, ...]] = lambda *_: ()
        self.spots: dict[str, Spot] = {}                 # what the factors met so far stand for
        self._uses: dict[int, frozenset[int]] = {}
        self._backward: dict[str, Step] = {}
        self._name_gradients()

    def _name_gradients(self) -> None:
        stations, found = self.stations, self.stations.record.gradients
        for quantity in (*reversed(stations.forward), *stations.weights.values()):
            tensor = stations.tensors[quantity]
            if tensor in found and tensor is not stations.record.loss:
                gradient = quantity.wrapped(self.cells.ids(found[tensor]), BY, "gradient")
                self.names.give(gradient)
                self.gradients[quantity], self.sources[gradient] = gradient, quantity

    # forward -------------------------------------------------------------------------------------

    def step(self, part: str, quantity: Quantity, where: Place, **facts: Any) -> Step:
        """A number of a quantity: its formula, the numbers put in, its value."""
        cell = int(quantity.ids[where])
        name, latex = quantity.name(where), quantity.latex(where)
        formula = self.formulas.of(cell, own=(name,))
        given = part == "given" or (formula.op is None and not formula.name)
        return Step(part, facts.pop("place", quantity.place), name, latex, self.cells.value(cell),
                    None if given else neat(formula, self.digits),
                    None if given else put_in(formula, self.digits),
                    aliases=self.aliases(quantity, where), **facts)

    def uses(self, quantity: Quantity, where: Place) -> frozenset[int]:
        """The named numbers that a number of the forward pass is computed from, as ids."""
        cell = int(quantity.ids[where])
        if cell not in self._uses:
            self._uses[cell] = self.formulas.sources(cell, self.names.has)
        return self._uses[cell]

    @cached_property
    def _users(self) -> dict[int, list[Spot]]:
        """By id: the numbers of the forward pass whose formulas use it."""
        found: dict[int, list[Spot]] = defaultdict(list)
        for quantity in self.stations.forward:
            for where in quantity.places():
                for cell in self.uses(quantity, where):
                    found[cell].append((quantity, where))
        return found

    @cached_property
    def _searched(self) -> bool:
        """Whether a network is small enough to ask of each number what it is used for."""
        stations = self.stations
        return sum(each.ids.size for each in stations.forward) <= MANY and sum(
            each.ids.size for each in stations.weights.values()) <= MANY

    def users(self, quantity: Quantity, where: Place) -> list[Spot]:
        """The numbers that are computed from one; in a large network those of the same place."""
        cell, forward = int(quantity.ids[where]), self.stations.forward
        if self._searched:
            return self._users.get(cell, [])
        later = forward[forward.index(quantity) + 1:] if quantity in forward else forward
        return [(each, where) for each in later
                if each.shape == quantity.shape and cell in self.uses(each, where)][:1]

    # back ----------------------------------------------------------------------------------------

    def backward(self, quantity: Quantity, where: Place) -> Step:
        """∂L/∂v as the sum over its ways to the loss, each a product of named factors."""
        own = quantity.name(where)
        if own not in self._backward:
            self._backward[own] = self._back(quantity, where, own)
        return self._backward[own]

    def _back(self, quantity: Quantity, where: Place, own: str) -> Step:
        gradient = self.gradients[quantity]
        cell, latex = int(gradient.ids[where]), quantity.latex(where)
        formula = Formulas(self.cells, self._onward(own, int(quantity.ids[where]))).of(cell)
        nexts = {each.name: each for each in leaves(formula) if _is_gradient(each)}
        products = [self._product(formula, each, own, latex) for each in nexts.values()]
        more = [each for each in leaves(formula) if _is_rest(each)]
        products += [self._flat(user, (quantity, where)) for user in self.users(quantity, where)
                     if not more and user[0] in self.gradients
                     and f"∂L/∂{user[0].name(user[1])}" not in nexts]
        products += [self._direct(formula, own, latex)] if products else []
        products = [each for each in products if len(each.factors) > 1 or each.value != 0]
        return Step("backward", quantity.place, gradient.name(where), gradient.latex(where),
                    self.cells.value(cell), neat(formula, self.digits),
                    put_in(formula, self.digits), products=tuple(products),
                    left_out=sum(int(each.name[1:].split()[0]) for each in more),
                    rest=self._rest(formula) if more else 0.0,
                    aliases=self.aliases(gradient, where))

    @staticmethod
    def _rest(formula: Term) -> float:
        """What comes by way of the addends that are left out."""
        def without(kept: Callable[[Term], bool]) -> float:
            return number_of(rewritten(
                formula, lambda each: None if each.op is not None and not each.name
                else each if kept(each) else term(0)))
        return without(lambda each: not _is_gradient(each)) - without(
            lambda each: not _is_gradient(each) and not _is_rest(each))

    def _onward(self, own: str, of: int) -> Callable[[int], Known | None]:
        """Symbols for the formula of ∂L/∂v: of gradients that are one, that of what v leads to."""
        def label(cell: int) -> Known | None:
            found = self.names.all_of(cell)
            if not found or found[0][0] not in self.sources:
                return self.names.label(cell) if found else None
            nexts = [each for each in found if of in self.uses(self.sources[each[0]], each[1])]
            others = [each for each in found if self.sources[each[0]].name(each[1]) != own]
            if not nexts and len(others) < len(found):
                return None                              # ∂L/∂v itself, which is to be written out
            gradient, where = (nexts or others)[0]
            source = self.sources[gradient]
            self.spots[source.name(where)] = source, where
            return self.names.symbol(gradient, where)
        return label

    def _product(self, formula: Term, by: Term, own: str, own_latex: str) -> Product:
        """∂L/∂u · ∂u/∂v, where the formula of ∂L/∂v says what ∂L/∂u is multiplied by."""
        share = _with(_linear(formula), lambda each: 1.0 if each.name == by.name else 0.0)
        upper = Factor(by.name, by.latex, number_of(by))
        return Product((upper, self._factor(upper, own, own_latex, share)))

    def _direct(self, formula: Term, own: str, own_latex: str) -> Product:
        """What the loss owes to v without a detour, as a penalty on a weight does."""
        share = _with(formula, lambda _: 0.0)
        return Product((Factor(
            f"(∂L/∂{own})direct", rf"\left(\frac{{\partial L}}{{\partial {own_latex}}}\right)"
            r"_{\mathrm{direct}}", number_of(share), neat(share, self.digits),
            put_in(share, self.digits)),))

    def _flat(self, user: Spot, of: Spot) -> Product:
        """∂L/∂u · ∂u/∂v where the tape has no trace of it, because one of the two is 0.

        If nothing comes from above, the rules of the ops in u's formula say what ∂u/∂v is.
        """
        gradient, own = self.gradients[user[0]], of[0].name(of[1])
        by = self.names.symbol(gradient, user[1])
        self.spots[user[0].name(user[1])] = user
        upper, share = Factor(by.name, by.latex, by.number), term(0)
        if int(gradient.ids[user[1]]) == ZERO:
            share = self._local(user, of)
        return Product((upper, self._factor(upper, own, of[0].latex(of[1]), share)))

    def _local(self, user: Spot, of: Spot) -> Term:
        """∂u/∂v by the rules of the ops in the formula of u."""
        cell = int(of[0].ids[of[1]])
        formula = Formulas(self.cells, self.names.label, keep=cell).of(
            int(user[0].ids[user[1]]), own=(user[0].name(user[1]),))
        symbol = self.names.label(cell)
        assert symbol is not None
        try:
            return chosen(notation.derivative(formula, symbol))
        except (KindError, NeedsValue, TypeError, AttributeError, ValueError):
            return term(0)                               # a choice among many has no such rule

    def _factor(self, upper: Factor, own: str, own_latex: str, share: Term) -> Factor:
        name = upper.name.removeprefix("∂L/∂")
        latex = upper.latex.removeprefix(r"\frac{\partial L}{\partial ").removesuffix("}")
        spot = self.spots.get(name)
        return Factor(f"∂{name}/∂{own}", rf"\frac{{\partial {latex}}}{{\partial {own_latex}}}",
                      number_of(share), neat(share, self.digits), put_in(share, self.digits),
                      place="" if spot is None else spot[0].place)

    def renewal(self, spot: Spot) -> list[Step]:
        """A number that the forward pass renews: what it was, what goes in, what it is now."""
        new, forward = self.renewed[spot[0]], self.stations.forward
        used = [self.names.of(each) for each in self.uses(new, spot[1])]
        on_the_way = sorted((each for each in used if each is not None and each[0] in forward),
                            key=lambda each: (forward.index(each[0]), each[1]))
        return [self.step("given", *spot), *(self.step("forward", *each) for each in on_the_way),
                self.step("update", new, spot[1])]

    def in_order(self) -> list[Quantity]:
        """What has a gradient, from the loss back; a layer's weights after its last station."""
        forward = self.stations.forward
        first = {quantity.place: i for i, quantity in reversed(list(enumerate(forward)))}
        last: dict[Quantity, float] = {quantity: float(i) for i, quantity in enumerate(forward)}
        last |= {quantity: first.get(quantity.place, 0) - 0.5
                 for quantity in self.stations.weights.values()}
        return sorted(self.gradients, key=lambda quantity: -last[quantity])

    def values(self, quantity: Quantity) -> np.ndarray:
        """The numbers of a quantity, in its shape."""
        return self.cells.array(quantity.ids)

    def variable_of(self, quantity: Quantity) -> Variable | None:
        """The weight that a quantity stands for, if it is one."""
        return next((variable for variable, each in self.stations.weights.items()
                     if each is quantity), None)


def _linear(formula: Term) -> Term:
    """The part of ∂L/∂v that comes by way of other gradients; a penalty on v is no part of it."""
    if not any(_is_gradient(each) or _is_rest(each) for each in leaves(formula)):
        return term(0)
    if made_by(formula, "add", "subtract"):
        return term(formula.op(*map(_linear, formula.args)))       # pyright: ignore
    left = _with(formula, lambda _: 0.0)
    return formula if number_of(left) == 0 else formula - left


def _with(formula: Term, value: Callable[[Term], float]) -> Term:
    """The formula with a number in place of each gradient in it."""
    return rewritten(formula, lambda each: None if each.op is not None and not each.name
                     else term(value(each)) if _is_gradient(each) or _is_rest(each) else each)


def _is_gradient(each: Term) -> bool:
    return each.name.startswith("∂L/∂")


def _is_rest(each: Term) -> bool:
    return each.name.endswith(" more]")
