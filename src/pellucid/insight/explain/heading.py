"""What stands above a derivation: which step it is, what the names mean, which functions occur."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from pellucid.core.atom import Atom
from pellucid.core.op import Op
from pellucid.insight.cards.typeset import in_latex
from pellucid.insight.explain.letters import BROTHERS, home
from pellucid.insight.explain.numbers import latex_of, text_of
from pellucid.insight.explain.stations import PASSING, Stations
from pellucid.insight.explain.step import Step
from pellucid.spaces import notation
from pellucid.spaces.terms import Term


def title(stations: Stations) -> str:
    """What is explained: ``One step of training "sequential" on 1 row: SGD, 4 weights``."""
    model, rows = stations.record.model, stations.rows
    count = sum(each.size for each in model.trainable_variables)
    return (f'One step of training "{model.name}" on {rows} row{"s" if rows > 1 else ""}: '
            f"{type(model.optimizer).__name__}, {count} weight{'s' if count != 1 else ''}")


def legend(stations: Stations, steps: Iterable[Step]) -> tuple[str, ...]:
    """Sentences on the names that occur."""
    layers = [f"{k} = {home(stations, layer)}" for layer, k in stations.numbers.items()]
    matrix = any(each.above for each in stations.weights.values())
    said = [f"Layers are numbered {', '.join(layers)}." if len(layers) < 12 else
            f"Layers are numbered 1 to {len(layers)} in order of their calls."]
    if matrix:
        said.append("w^k_ij leads from i into unit j of layer k; z_kj is what goes into its "
                    "activation, o_kj what comes out.")
    said += _numbered(steps)
    letters = {quantity.letter: quantity.place for quantity in stations.forward
               if quantity.letter in PASSING and not quantity.lead and quantity.place != "loss"}
    said += [f"{letter}_j is what comes out of {place}." for letter, place in letters.items()]
    said += [f"{name} silences every unit here: what comes out of it is 0."
             for name in _silent(stations)]
    told = {quantity.letter for quantity in stations.forward}
    said += [f"{letter} is what the code of the layer calls {name}."
             for name, letter in BROTHERS.items() if letter in told]
    said += _of_parts(stations, steps)
    if stations.rows > 1:
        said.append("[n] marks row n.")
    if any(step.nudged is not None for step in steps):
        said.append("nudged: the same gradient, found by moving the weight a little to both sides.")
    return tuple(said)


def _silent(stations: Stations) -> Iterator[str]:
    """The layers of which nothing comes out, as of a dropout that leaves out all."""
    for call in stations.record.calls:
        if call.outputs and not any(stations.cells.ids(each).any() for each in call.outputs):
            yield call.layer.name


def _of_parts(stations: Stations, steps: Iterable[Step]) -> Iterator[str]:
    """Sentences on the steps of sequences, on gates, and on parts of what all gates share."""
    shown = {step.name: text_of(step.formula) for step in steps
             if np.ndim(step.value) and step.formula is not None}
    if any(re.search(r"\[[:\d]", each) for each in shown.values()):
        yield "z[0:2] is a part of z, counted from 0 as in Python."
    if any("; " in each for each in shown.values()):
        yield "[a; b] is a with b below it."
    if any(" | " in each for each in shown.values()):
        yield "[A | B] is A with B beside it."
    gates = {each.letter[1]: each.letter for each in stations.forward
             if len(each.letter) == 2 and each.letter[0] == "z" and each.letter[1].isalpha()}
    for gate, letter in list(gates.items())[:1]:
        yield f"{letter} is what goes into the activation that gives {gate}."
    if any(each.turn is not None for each in stations.forward):
        yield "<t> is step t of a sequence." if not any(
            re.fullmatch(r"∂L/∂\w+<\d+>", each) for each in shown) else (
            "<t> is step t of a sequence; ∂L/∂W1<t> is what that step adds to ∂L/∂W1.")
    elif any("<" in step.name for step in steps):
        yield "<n> counts what is computed several times."


def _numbered(steps: Iterable[Step]) -> list[str]:
    """That w1, b1 and δ_11 are names too, where they are: ``w1 = w^1_11, w2 = w^1_21, …``."""
    found: dict[str, dict[int, str]] = {}
    for step in steps:
        for alias in step.aliases:
            if (form := re.fullmatch(r"([wbδ])_?(\d+)", alias)) is not None:
                found.setdefault(form[1], {})[int(form[2])] = step.name
    said = []
    for letter in [each for each in "wb" if each in found]:
        first, *others = [f"{letter}{n} = {name}" for n, name in sorted(found[letter].items())]
        shown = others if len(others) < 3 else [others[0], "…", others[-1]]
        said.append(", ".join([first, *shown]))
    names = [f"Other names: {'; '.join(said)}."] if said else []
    return names + ["δ_kj is the gradient of what goes into unit j of layer k."] * ("δ" in found)


def definitions(steps: Iterable[Step]) -> tuple[tuple[str, str, str], ...]:
    """The functions that occur in formulas: how each is called, and what it is."""
    found: dict[str, tuple[str, str, str]] = {}
    for op, options in _ops(steps):
        body = notation.formula(op, *"xyz"[:len(op.operands or "x")], **options)
        if op.name not in found and body.op is not op:
            letter = op.symbol or op.name
            found[op.name] = (f"{letter}(x)", text_of(body),
                              rf"{in_latex(letter)}(x) = {latex_of(body)}")
    return tuple(found.values())


def _ops(steps: Iterable[Step]) -> Iterator[tuple[Op, dict[str, Any]]]:
    waiting: list[Term] = [each.formula for each in steps if each.formula is not None]
    while waiting:
        each = waiting.pop()
        if each.op is not None and not each.name:
            waiting += each.args
            if not isinstance(each.op, Atom) and "text" not in each.op.facts:
                yield each.op, each.options
