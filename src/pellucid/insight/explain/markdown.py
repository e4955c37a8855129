"""An explanation as Markdown whose formulas GitHub and Jupyter set."""

from __future__ import annotations

from collections.abc import Iterator

from pellucid.insight.cards.plain import escaped
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
                blocks.append(", ".join(f"${each.latex} = {value(each.value, explanation.digits)}$"
                                        for each in section.steps))
                number += len(section.steps)
                continue
            for step in section.steps:
                number += 1
                blocks += _step(step, explanation.digits)
                blocks += [prose(step.note)] * bool(step.note)
                blocks += [f"> **Slip:** {prose(str(each))}" for each in slips.get(number, [])]
    return "\n\n".join(blocks) + "\n"


def _step(step: Step, digits: int) -> Iterator[str]:
    rows = list(_equal(step.latex, line(step, digits)))
    if step.nudged is not None:
        rows.append(rf"&\approx {value(step.nudged, digits)} \quad \text{{by nudging}}")
    for factor in factors(step):
        rows += _equal(factor.latex, factor_line(factor, digits))
    if rows:
        body = " \\\\\n".join(rows)
        yield f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$"


def _equal(left: str, sides: list[str]) -> Iterator[str]:
    for place, side in enumerate(sides):
        yield f"{left if place == 0 else ''} &= {side}".lstrip()
