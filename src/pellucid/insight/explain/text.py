"""An explanation as text: a formula, the numbers put in, the result, one below the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

import numpy as np

from pellucid import activations
from pellucid.insight.explain.numbers import shown, text_of
from pellucid.insight.explain.step import Explanation, Factor, Product, Step

HEADS = {"given": "Given", "forward": "Forward", "loss": "Loss", "backward": "Backward",
         "update": "The optimizer's step", "after": "After the step"}
WIDTH = 100
SCALAR = r"((?<![\w.])(?:[\d.]+|[ηβρμλε][₁₂]?)) ⊙ "   # what multiplies a whole matrix
FACTORS = 8                            # of a step, that are told one by one
SIGNS = {"maximum": "max", "minimum": "min",
         **{name: each.symbol for name, each in activations.FUNCTIONS.items()
            if getattr(each, "symbol", None)}}


def text(explanation: Explanation, width: int = WIDTH) -> str:
    """The whole explanation, in lines of at most about ``width`` letters."""
    lines = [explanation.title, *explanation.legend]
    lines += [f"{name} = {dotted(body)}" for name, body, _ in explanation.definitions]
    for part, steps in groupby(explanation.steps, key=lambda each: each.part):
        lines += ["", HEADS[part]]
        for place, some in groupby(steps, key=lambda each: each.place):
            if place not in ("loss", ""):
                lines.append(f"  {place}")
            if part == "given":
                lines += _side_by_side(some, explanation.digits, width)
                continue
            for step in some:
                lines += [f"    {line}" for line in of_step(step, explanation.digits, width - 4)]
    if explanation.level == "layer":
        lines = [re.sub(SCALAR, r"\1·", line.replace("·", " ⊙ ")) for line in lines]
    if explanation.checked is not None:
        lines += ["", str(explanation.checked)]
    return "\n".join(line.rstrip() for line in lines)


def _side_by_side(steps: Iterable[Step], digits: int, width: int) -> list[str]:
    """What is given, as much on a line as there is room for."""
    lines = [""]
    for step in steps:
        each = next(of_step(step, digits, width))
        if lines[-1] and len(lines[-1]) + len(each) + 3 > width:
            lines.append("")
        lines[-1] += f"   {each}" if lines[-1] else f"    {each}"
    return lines


def of_step(step: Step, digits: int, width: int) -> Iterator[str]:
    """The lines of one step."""
    if step.value is None:
        yield f"{step.name} {step.note}"
        return
    if np.ndim(step.value):
        yield from _tensor(step, digits, width)
        return
    value = shown(step.value, digits)
    if step.formula is None:
        yield f"{step.name} = {value}"
        return
    named = [each for each in step.products
             if any(len(other.factors) > 1 for other in step.products)]
    parts = [" + ".join(map(_named, named))] if named else []
    put_in = step.formula if step.put_in is None else step.put_in
    parts += [dotted(text_of(step.formula)), dotted(text_of(put_in)), value]
    parts = _changing(parts)
    if step.nudged is not None:
        parts[-1] += f"    (nudged: {shown(step.nudged, digits)})"
    yield from _lines(step.name, parts, width)
    shown_factors = [factor for product in named for factor in product.factors
                     if factor.formula is not None]
    for factor in shown_factors[:FACTORS]:
        yield from (f"    {line}" for line in _factor(factor, digits, width - 4))
    if len(shown_factors) > FACTORS:
        yield f"    … {len(shown_factors) - FACTORS} more factors"
    for i, each in enumerate(step.ways, 1):
        label = "in full" if len(step.ways) == 1 else f"way {i}"
        yield from (f"    {line}" for line in _whole_way(label, each, digits, width - 4))
    if step.note:
        yield f"    {step.note}"


def _whole_way(label: str, way: Product, digits: int, width: int) -> Iterator[str]:
    """All factors from the loss to a weight, and their numbers."""
    numbers = "·".join(f"({number})" if number.startswith("-") else number for number in (
        shown(each.value, digits) for each in way.factors))
    parts = [numbers, shown(way.value, digits)]
    line = f"{label}: {_named(way)}"
    if len(line) + sum(map(len, parts)) + 6 <= width:
        yield " = ".join([line, *parts])
    else:
        yield line
        yield f"{' ' * len(label)}  = {' = '.join(parts)}"


def _factor(factor: Factor, digits: int, width: int) -> Iterator[str]:
    """A factor of the chain rule: its formula, the numbers put in, its value."""
    assert factor.formula is not None
    put_in = factor.formula if factor.put_in is None else factor.put_in
    parts = [dotted(text_of(factor.formula)), dotted(text_of(put_in)),
             shown(factor.value, digits)]
    yield from _lines(factor.name, _changing(parts), width)


def _changing(parts: list[str]) -> list[str]:
    """Without what only repeats the part before it."""
    return [each for i, each in enumerate(parts) if i == 0 or each != parts[i - 1]]


def _lines(name: str, parts: list[str], width: int) -> Iterator[str]:
    """``name = a = b = c`` on one line if it fits, else with the signs below each other."""
    line = " = ".join([name, *parts])
    if len(line) <= width:
        yield line
        return
    indent = min(len(name), 24)
    for i, each in enumerate(parts):
        lead = name if i == 0 else " " * len(name)
        if i == 0 and len(name) > indent:
            yield name
            lead = " " * indent
        first, *rest = _wrapped(each, max(20, width - len(lead) - 3))
        yield f"{lead[:max(len(lead), indent)]} = {first}"
        yield from (f"{' ' * len(lead)}   {more}" for more in rest)


def _wrapped(part: str, width: int) -> list[str]:
    """A long sum in several lines, each beginning with a sign; what is in ( ) stays together."""
    lines, depth, start = [""], 0, 0
    for at, letter in enumerate(f"{part} + "):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if at > start and depth == 0 and re.match(r" [+-] ", f"{part} + "[at:at + 3]):
            piece, start = part[start:at], at
            if lines[-1] and len(lines[-1]) + len(piece) > width:
                lines.append(piece.strip())
            else:
                lines[-1] += piece
    return lines


def _named(product: Product) -> str:
    return " · ".join(each.name for each in product.factors)


def _tensor(step: Step, digits: int, width: int) -> Iterator[str]:
    """A line of the matrix form: the formula, the shapes that meet, and the numbers."""
    formulas = [] if step.formula is None else [dotted(text_of(step.formula))]
    *lines, last = _lines(step.name, formulas, width)
    yield from lines
    yield f"{last}   {step.shapes}"
    if step.note:
        yield f"    ({step.note})"
    value = np.squeeze(np.asarray(step.value) + 0.0)     # no -0
    numbers = np.array2string(
        value, precision=min(digits, 5), separator=", ", threshold=12, edgeitems=2,
        max_line_width=width - 4, suppress_small=False)
    yield from (f"    {line}" for line in numbers.splitlines())


def dotted(formula: str) -> str:
    """A formula with the signs that books print: ·, powers, σ, and (y - ŷ)²."""
    for name, sign in SIGNS.items():
        formula = re.sub(rf"\b{name}\(", f"{sign}(", formula)
    while (at := formula.find("square(")) >= 0:
        end = _closing(formula, at + len("square"))
        inside = formula[at + len("square("):end]
        inside = inside if inside.isalnum() else f"({inside})"
        formula = f"{formula[:at]}{inside}²{formula[end + 1:]}"
    return formula.replace(" ** ", "^").replace(" * ", "·")


def _closing(formula: str, start: int) -> int:
    """Where the parenthesis that opens at ``start`` closes."""
    depth = 0
    for i in range(start, len(formula)):
        depth += {"(": 1, ")": -1}.get(formula[i], 0)
        if depth == 0:
            return i
    return len(formula)
