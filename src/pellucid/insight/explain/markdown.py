"""An explanation as Markdown whose formulas GitHub and Jupyter set."""

from __future__ import annotations

from collections.abc import Iterator

from pellucid.insight.cards.plain import escaped
from pellucid.insight.explain.outline import (
    heading,
    line,
    noted,
    parts,
    rows,
    slips_by_step,
    with_names,
)
from pellucid.insight.explain.step import Explanation, Step


def markdown(explanation: Explanation) -> str:
    """The derivation: a heading for each part and layer, a display for each step."""
    slips, number = slips_by_step(explanation), 0

    def prose(said: str) -> str:
        return with_names(said, explanation, escaped, lambda each: f"${each}$")

    blocks = [f"## {escaped(explanation.title)}", *map(prose, explanation.legend)]
    if explanation.checked is not None:
        head, *found = str(explanation.checked).split("\n")
        blocks += [f"**{prose(head)}**", "\n".join(f"- {prose(each.strip())}" for each in found)]
    blocks += [f"$$\n{each[2]}\n$$" for each in explanation.definitions]
    for part in parts(explanation):
        blocks.append(f"### {escaped(part.title)}")
        for section in part.sections:
            if title := heading(part, section):
                blocks.append(f"#### {escaped(title)}")
            if part.name == "given":
                given = [" = ".join([each.latex, *line(each, explanation.digits)])
                         for each in section.steps]
                blocks.append(", ".join(f"${each}$" for each in given))
                number += len(section.steps)
                continue
            for step in section.steps:
                number += 1
                blocks += _step(step, explanation.digits)
                blocks += [prose(noted(step))] * bool(step.note)
                blocks += [f"> **Slip:** {prose(str(each))}" for each in slips.get(number, [])]
    return "\n\n".join(blocks) + "\n"


def _step(step: Step, digits: int) -> Iterator[str]:
    if found := list(rows(step, digits)):
        body = " \\\\\n".join(found)
        yield f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$"
