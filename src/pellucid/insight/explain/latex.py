"""An explanation as a piece of a LaTeX document, which loads amsmath."""

from __future__ import annotations

from collections.abc import Iterator

from pellucid.insight.cards.latex import words
from pellucid.insight.explain.outline import (
    factor_line,
    factors,
    heading,
    line,
    parts,
    slips_by_step,
    value,
    with_names,
)
from pellucid.insight.explain.step import Explanation, Step


def latex(explanation: Explanation) -> str:
    """The derivation as a section: a paragraph for each layer, an ``align*`` for its steps."""
    slips, number = slips_by_step(explanation), 0

    def prose(said: str) -> str:
        return with_names(said, explanation, words, lambda each: f"${each}$")

    lines = [rf"\section*{{{words(explanation.title)}}}", *map(prose, explanation.legend)]
    for each in explanation.definitions:
        lines += ["", rf"\[ {each[2]} \]"]
    for part in parts(explanation):
        lines += ["", rf"\subsection*{{{words(part.title)}}}"]
        for section in part.sections:
            if title := heading(part, section):
                lines.append(rf"\paragraph{{{words(title)}}}")
            lines += _section(section.steps, explanation.digits)
            lines += [prose(f"{step.name}: {step.note}.") for step in section.steps if step.note]
            for _ in section.steps:
                number += 1
                for each in slips.get(number, []):
                    lines += ["", rf"\textbf{{Slip:}} {prose(str(each))}"]
    if explanation.checked is not None:
        lines += ["", prose(str(explanation.checked).partition("\n")[0].rstrip(":") + ".")]
    return "\n".join(lines) + "\n"


def _section(steps: tuple[Step, ...], digits: int) -> Iterator[str]:
    """The steps in one display; those that are given stand side by side."""
    rows = [row for step in steps for row in _rows(step, digits)]
    if rows:
        yield r"\begin{align*}"
        yield " \\\\\n".join(rows)
        yield r"\end{align*}"


def _rows(step: Step, digits: int) -> Iterator[str]:
    """A row for each sign of equality, then one for each factor that is worked out here."""
    yield from _equal(step.latex, line(step, digits))
    if step.nudged is not None:
        yield rf"&\approx {value(step.nudged, digits)} && \text{{by nudging}}"
    for factor in factors(step):
        yield from _equal(factor.latex, factor_line(factor, digits))


def _equal(left: str, sides: list[str]) -> Iterator[str]:
    for place, side in enumerate(sides):
        yield f"{left if place == 0 else ''} &= {side}".lstrip()

