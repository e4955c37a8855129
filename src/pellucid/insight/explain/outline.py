"""An explanation in headings: its parts, and in each part its layers (or steps of a descent)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from pellucid.insight.explain.numbers import latex_of, shown_latex
from pellucid.insight.explain.slips import Checked, Slip
from pellucid.insight.explain.step import Explanation, Factor, Product, Step
from pellucid.insight.explain.text import FACTORS, HEADS
from pellucid.spaces.terms import Term

MOST_CELLS, CELL_DIGITS = 6, 6         # rows and columns of a matrix that are printed; digits
SCALAR = r"((?<![\w.{])(?:[\d.]+|\\(?:eta|beta|rho|mu|lambda|epsilon)(?:_\{\d\})?)) \\odot"


@dataclass(frozen=True)
class Section:
    """The steps of one layer (or of one step of a descent) within a part."""

    place: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Part:
    """A part of the derivation: a title, and its sections."""

    name: str
    title: str
    sections: tuple[Section, ...]

    @property
    def count(self) -> int:
        return sum(len(each.steps) for each in self.sections)


def parts(explanation: Explanation) -> list[Part]:
    """The parts in the order of the steps; each step of a descent is a part of its own."""
    found = []
    for (name, title), steps in groupby(explanation.steps, key=_heading):
        sections = tuple(Section(place, tuple(each)) for place, each in groupby(
            steps, key=lambda step: step.place))
        found.append(Part(name, title, sections))
    return found


def _heading(step: Step) -> tuple[str, str]:
    if step.part == "update" and step.place.startswith("step "):
        return step.part, step.place.capitalize()
    return step.part, HEADS[step.part]


def heading(part: Part, section: Section) -> str:
    """What stands above a section: its layer, unless the part says so already."""
    said = section.place.capitalize() == part.title or (
        section.place == "loss" and part.name in ("loss", "after"))
    return "" if said else section.place


def slips_by_step(explanation: Explanation) -> Mapping[int, list[Slip]]:
    """The slips that were found, by the number of the step, counted from 1."""
    found: dict[int, list[Slip]] = {}
    checked = explanation.checked
    for slip in checked.slips if isinstance(checked, Checked) else ():
        found.setdefault(slip.place, []).append(slip)
    return found


def numbered(explanation: Explanation) -> Mapping[int, int]:
    """The number of each step, by its identity."""
    return {id(step): i for i, step in enumerate(explanation.steps, 1)}


def with_names(said: str, explanation: Explanation, words: Callable[[str], str],
               math: Callable[[str], str]) -> str:
    """A sentence in which the names of quantities (x_2, ∂L/∂w^1_11) are set as mathematics."""
    named = {name: latex for name, latex in _names_in_latex(explanation) if not name.isalpha()}
    if not named:
        return words(said)
    longest_first = sorted(named, key=len, reverse=True)
    found = re.split(rf"(?<![\w∂])({'|'.join(map(re.escape, longest_first))})(?!\w)", said)
    return "".join(math(named[each]) if i % 2 else words(each) for i, each in enumerate(found))


def _names_in_latex(explanation: Explanation) -> Iterator[tuple[str, str]]:
    for step in explanation.steps:
        yield step.name, step.latex
        yield from ((each.name, each.latex) for each in factors(step))


# lines in LaTeX ----------------------------------------------------------------------------------

def line(step: Step, digits: int) -> list[str]:
    """What a step is equal to, one after the other, in LaTeX: formula, numbers put in, value.

    A gradient is first the product of its factors by their names.
    """
    if step.value is None:
        return []
    named = [each for each in step.products if len(each.factors) > 1]
    sides = [" + ".join(map(_names, named))] if named else []
    sides = _sides(sides, step.formula, step.put_in, value(step.value, digits, step.shape))
    if np.ndim(step.value):                              # of matrices it is taken number by number
        sides = [re.sub(SCALAR, r"\1 \\cdot", each.replace(r"\cdot ", r"\odot "))
                 for each in sides[:-1]] + sides[-1:]
    return sides


def rows(step: Step, digits: int) -> Iterator[str]:
    """The rows of a step in an aligned display; of a matrix the first says what shapes meet."""
    yield from aligned(step.latex, line(step, digits), shapes(step))
    if step.nudged is not None:
        yield rf"&\approx {value(step.nudged, digits)} \quad \text{{nudged}}"
    for left, sides in beneath(step, digits):
        yield from aligned(left, sides) if sides else [f"&{left}"]


def beneath(step: Step, digits: int) -> Iterator[tuple[str, list[str]]]:
    """What stands below a gradient: its factors, each worked out, then its ways to the loss.

    A name and what it is equal to; nothing for a remark.
    """
    known = list(factors(step))
    for each in known[:FACTORS]:
        yield each.latex, factor_line(each, digits)
    if len(known) > FACTORS:
        yield rf"\text{{… {len(known) - FACTORS} more factors}}", []
    for i, way in enumerate(step.ways, 1):
        numbers = (shown_latex(each.value, digits) for each in way.factors)
        product = r" \cdot ".join(rf"\left({each}\right)" if each.startswith("-") else each
                                  for each in numbers)
        yield (r"\text{in full}" if len(step.ways) == 1 else rf"\text{{way {i}}}",
               [_names(way), product, shown_latex(way.value, digits)])


def aligned(left: str, sides: Sequence[str], remark: str = "") -> Iterator[str]:
    """``left = side``, then a row for each further side."""
    for place, side in enumerate(sides):
        last = rf" \qquad {remark}" if remark and place == 0 else ""
        yield f"{left if place == 0 else ''} &= {side}{last}".lstrip()


def noted(step: Step) -> str:
    """The remark on a step, after its name; on what is left out, "… 12 more"."""
    return f"{step.name} {step.note}" if step.value is None else f"{step.name}: {step.note}"


def shapes(step: Step) -> str:
    """The shapes that meet in a step of matrices, in LaTeX."""
    if not np.ndim(step.value):
        return ""
    said = step.shapes.replace("×", r" \times ").replace("ᵀ", "^T \\, ")
    return said.replace("→", r"\to").strip()


def factor_line(factor: Factor, digits: int) -> list[str]:
    """What a factor is equal to, as `line`."""
    return _sides([], factor.formula, factor.put_in, value(factor.value, digits))


def _sides(sides: list[str], formula: Term | None, put_in: Term | None, result: str) -> list[str]:
    sides += [latex_of(each) for each in (formula, put_in) if each is not None]
    sides.append(result)
    return [side for i, side in enumerate(sides) if i == 0 or side != sides[i - 1]]


def factors(step: Step) -> Iterator[Factor]:
    """The factors of a step that are worked out there, each once."""
    named = {each.name: each for product in step.products for each in product.factors}
    yield from (each for each in named.values() if each.formula is not None)


def _names(product: Product) -> str:
    return r" \cdot ".join(each.latex for each in product.factors)


def value(number: object, digits: int, shape: tuple[int, ...] = ()) -> str:
    """A number, or an array as a matrix, of which the first rows and columns are printed.

    ``shape`` says what an array is taken for: a column of numbers is set as a row, transposed.
    """
    array = np.asarray(number)
    if array.ndim == 0:
        return shown_latex(array, digits)
    column = len(shape) == 2 and shape[1] == 1 and shape[0] == array.size > 1
    array = array.reshape(1, -1) if column or array.ndim < 2 else array
    if array.ndim > 2 or 0 in array.shape:
        return rf"\text{{{'×'.join(map(str, array.shape))} numbers}}"
    lines = [" & ".join(_cells(row, min(digits, CELL_DIGITS))) for row in array[:MOST_CELLS]]
    if len(array) > MOST_CELLS:
        lines.append(" & ".join([r"\vdots"] * min(array.shape[1], MOST_CELLS)))
    rows = r" \\ ".join(lines)
    return rf"\begin{{pmatrix}}{rows}\end{{pmatrix}}" + "^T" * column


def _cells(row: np.ndarray, digits: int) -> list[str]:
    cells = [shown_latex(each, digits) for each in row[:MOST_CELLS]]
    return cells + [r"\cdots"] * (len(row) > MOST_CELLS)
