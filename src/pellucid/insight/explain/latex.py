"""An explanation as a piece of a LaTeX document, which loads amsmath."""

from __future__ import annotations

from collections.abc import Iterator

from pellucid.insight.cards.latex import words
from pellucid.insight.explain.outline import (
    heading,
    noted,
    parts,
    rows,
    slips_by_step,
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
            lines += [prose(noted(step).rstrip(".") + ".") for step in section.steps if step.note]
            for _ in section.steps:
                number += 1
                for each in slips.get(number, []):
                    lines += ["", rf"\textbf{{Slip:}} {prose(str(each))}"]
    if explanation.checked is not None:
        lines += ["", prose(str(explanation.checked).partition("\n")[0].rstrip(":") + ".")]
    return "\n".join(lines) + "\n"


def _section(steps: tuple[Step, ...], digits: int) -> Iterator[str]:
    """The steps in one display; those that are given stand side by side."""
    found = [row for step in steps for row in rows(step, digits)]
    if found:
        yield r"\begin{align*}"
        yield " \\\\\n".join(found)
        yield r"\end{align*}"
