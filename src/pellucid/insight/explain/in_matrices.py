"""The derivation in matrix form: a line for each tensor, with the shapes that meet.

What a weight that is used at every step of a sequence owes to each of them has a line of its own:
∂L/∂W1<t>, of W1 as step t uses it. Their sum is its gradient (backpropagation through time).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from pellucid.core.errors import PellucidError
from pellucid.core.tensor import OPS, Tensor
from pellucid.core.variable import Variable
from pellucid.insight.explain.derivation import Derivation
from pellucid.insight.explain.evaluating import evaluated
from pellucid.insight.explain.matrices import Matrices
from pellucid.insight.explain.naming import Quantity
from pellucid.insight.explain.numbers import Known, leaves, neat, text_of
from pellucid.insight.explain.selection import (
    ROUNDING,
    Gap,
    Nudge,
    cancelled,
    knobs_of,
    remark,
    told_of,
    told_turns,
)
from pellucid.insight.explain.step import Step
from pellucid.insight.explain.writing import SUM, Matrix, joined, meeting, sized
from pellucid.spaces.terms import Term, term

NOTE = 'no short formula in matrices; level="unit" writes it out number by number'
LONG = 160                             # letters of a formula; a longer one is told by its layer
NEAR = 1e-9                            # how well the steps must add up
ADD, BY = OPS["add"], r"\frac{{\partial L}}{{\partial {}^{{\langle {} \rangle}}}}"


class Share(NamedTuple):
    """What one step of a sequence adds to a gradient."""

    formula: Term
    value: np.ndarray


def in_matrices(derivation: Derivation, moving: dict[Variable, list[Quantity]], nudge: Nudge,
                everything: bool = False) -> Iterator[Step]:
    """The steps of the derivation, tensor by tensor; long sequences elided, unless asked for."""
    matrices, stations = Matrices(derivation), derivation.stations
    for quantity in [*stations.inputs, *stations.targets, *stations.weights.values(),
                     *knobs_of(derivation)]:
        yield _step(matrices, "given", quantity)
    for each in told_of(stations.forward, everything):
        yield each.step("forward") if isinstance(each, Gap) else _step(
            matrices, "loss" if each.place == "loss" else "forward", each, _formula(
                matrices, each, stations.tensors[each]))
    for each in told_of(derivation.in_order(), everything):
        if isinstance(each, Gap):
            yield each.step("backward")
        elif derivation.variable_of(each) is None:
            yield _step(matrices, "backward", derivation.gradients[each], _back(matrices, each))
        else:
            note = _nudged(derivation, each, nudge)
            yield from _of_weight(matrices, each, note, everything)
    for quantities in moving.values():
        for quantity in quantities:
            tensor = stations.tensors.get(quantity)
            yield _step(matrices, "update", quantity, None if tensor is None else _formula(
                matrices, quantity, tensor))


def _formula(matrices: Matrices, quantity: Quantity, tensor: Tensor) -> Term | None:
    return _short(matrices.formula(quantity, tensor))


def _short(formula: Term | None) -> Term | None:
    """The formula, unless it is too long for a line."""
    return None if formula is None or len(text_of(formula)) > LONG else formula


def _back(matrices: Matrices, quantity: Quantity) -> Term | None:
    derivation, stations = matrices.derivation, matrices.stations
    return _formula(matrices, derivation.gradients[quantity],
                    stations.record.gradients[stations.tensors[quantity]])


def _step(matrices: Matrices, part: str, quantity: Quantity, formula: Term | None = None,
          note: str = "") -> Step:
    symbol, derivation = matrices.symbol(quantity), matrices.derivation
    size = matrices.shape_of(quantity)
    if formula is None and part in ("forward", "loss", "backward"):
        note = "; ".join(filter(None, (note, NOTE)))
    return Step(part, quantity.place, symbol.name, symbol.latex, derivation.values(quantity),
                None if formula is None else neat(formula, derivation.digits), shape=size,
                shapes=sized(size) if formula is None else meeting(formula, size), note=note)


def _nudged(derivation: Derivation, quantity: Quantity, nudge: Nudge) -> str:
    """The largest number of a gradient, beside what nudging that weight shows."""
    values = derivation.values(derivation.gradients[quantity])
    where = tuple(map(int, np.unravel_index(int(np.argmax(np.abs(values))), values.shape)))
    found, digits = nudge(quantity, where), derivation.digits
    said = remark(float(values[where]), found)
    if 0 < abs(values[where]) < ROUNDING:                # then it is worth a look number by number
        said = said or cancelled(derivation.backward(quantity, where))
    return (f"largest: ∂L/∂{quantity.name(where)} = {values[where]:.{digits}g}, "
            f"nudged: {found:.{digits}g}{'; ' if said else ''}{said}")


# through time ------------------------------------------------------------------------------------

def _of_weight(matrices: Matrices, quantity: Quantity, note: str, everything: bool
               ) -> Iterator[Step]:
    """The gradient of a weight, after what each step of a sequence adds to it."""
    derivation, stations = matrices.derivation, matrices.stations
    gradient = derivation.gradients[quantity]
    formula = matrices.formula(gradient, stations.record.gradients[stations.tensors[quantity]])
    shares = {} if formula is None else _shares(formula, derivation.values(gradient))
    if not shares:
        yield _step(matrices, "backward", gradient, _short(formula), note)
        return
    walked = {each.turn for each in stations.forward
              if each.turn is not None and each.place == quantity.place}
    told = told_turns(walked, everything) & shares.keys()
    total = _total(matrices.symbol(quantity), shares, told)
    for turn in sorted(told):
        yield _of_turn(matrices, quantity, turn, shares[turn])
    yield _step(matrices, "backward", gradient, total, note)


def _of_turn(matrices: Matrices, quantity: Quantity, turn: int, share: Share) -> Step:
    """What one step of a sequence adds to the gradient of a weight."""
    symbol = _used_at(matrices.symbol(quantity), turn)
    return Step("backward", quantity.place, symbol.name, symbol.latex, share.value,
                neat(share.formula, matrices.derivation.digits), shape=symbol.dimensions,
                shapes=meeting(share.formula, symbol.dimensions))


def _used_at(weight: Matrix, turn: int) -> Matrix:
    """∂L/∂W1<t>, of the weight as step t uses it."""
    return Matrix(f"∂L/∂{weight.name}<{turn + 1}>", BY.format(weight.latex, turn + 1),
                  weight.dimensions)


def _total(weight: Matrix, shares: dict[int | None, Share], told: set[int]) -> Term:
    """The sum over the steps; of many the first and the last, and how many others."""
    total: Any = term(0)
    turns = sorted(each for each in shares if each is not None)
    left = [each for each in turns if each not in told]
    for turn in turns:
        if turn in told:
            total = total + _used_at(weight, turn)
        elif turn == left[0]:
            total = total + Known(f"[{len(left)} more]", rf"[{len(left)}\text{{ more}}]",
                                  sum(shares[each].value for each in left))   # pyright: ignore
    return term(total + shares[None].formula if None in shares else total)


def _shares(formula: Term, value: np.ndarray) -> dict[int | None, Share]:
    """A gradient by the steps of a sequence; nothing unless it is a sum over several of them."""
    found = by_turns(formula)
    if len(found.keys() - {None}) < 2:
        return {}
    try:
        shares = {turn: Share(each, np.reshape(evaluated(each, {}), value.shape))
                  for turn, each in found.items()}
    except (KeyError, TypeError, ValueError, PellucidError):     # it only shows what was done
        return {}
    whole = sum(each.value for each in shares.values())
    return shares if np.allclose(whole, value, rtol=NEAR, atol=NEAR) else {}


def by_turns(each: Term) -> dict[int | None, Term]:
    """The addends of a gradient by the step of a sequence that they come from; None for others."""
    if each.op is ADD:
        found: dict[int | None, Any] = {}
        for arg in each.args:
            for turn, part in by_turns(arg).items():
                found[turn] = found[turn] + part if turn in found else part
        return found
    if each.op is SUM:
        return {turn: Term(SUM, (part,)) for turn, part in by_turns(each.args[0]).items()}
    if each.op is not None and each.op.name == "joined":
        parts = [by_turns(arg) for arg in each.args]
        columns = "; " in each.op.facts["text"]
        return {turn: joined([part.get(turn, term(0)) for part in parts], columns)
                for turn in {turn: None for part in parts for turn in part}}
    turns = {leaf.turn for leaf in leaves(each)
             if isinstance(leaf, Matrix) and leaf.name.startswith("∂L/∂")}
    return {turns.pop() if len(turns) == 1 else None: each}
