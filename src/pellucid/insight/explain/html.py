"""An explanation as a piece of HTML for notebooks and pages: MathML, its own style, no script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pellucid.insight.cards.mathml import mathml
from pellucid.insight.explain.outline import (
    Part,
    Section,
    beneath,
    heading,
    line,
    noted,
    numbered,
    parts,
    shapes,
    slips_by_step,
    value,
    with_names,
)
from pellucid.insight.explain.slips import Checked, Slip
from pellucid.insight.explain.step import Explanation, Step
from pellucid.insight.report.markup import Html, count, escaped, tag, together

BODY = Html("""
body { margin: 0; padding: 12px; display: flex; justify-content: center; background: #ffffff; }
@media (prefers-color-scheme: dark) { body { background: #0d1116; } }
article { flex: 0 1 900px; min-width: 0; }
""")
LONG = 40                              # steps; a longer derivation is folded by layer
FEW_GIVEN = 30                         # numbers given, which take little room


def html(explanation: Explanation) -> str:
    """The derivation; in a page of its own it follows light and dark, and narrow screens."""
    body = [tag("h3", explanation.title),
            *(tag("p", _prose(each, explanation), class_="legend") for each in explanation.legend)]
    if isinstance(explanation.checked, Checked):
        body.append(_verdict(explanation.checked, explanation))
    body += [tag("div", mathml(each[2], block=True), class_="definition")
             for each in explanation.definitions]
    page = _Page(explanation)
    body += [page.part(each) for each in parts(explanation)]
    return tag("article", tag("style", _style()), *body, class_="pellucid-explain")


def page(explanation: Explanation) -> str:
    """The derivation as a page of its own."""
    head = tag("head", Html('<meta charset="utf-8"><meta name="viewport" '
                            'content="width=device-width, initial-scale=1">'),
               tag("title", explanation.title), tag("style", BODY))
    return f'<!doctype html>\n<html lang="en">{head}{tag("body", html(explanation))}</html>\n'


@cache
def _style() -> Html:
    return Html((files("pellucid.insight.explain") / "explain.css").read_text("utf-8"))


def _verdict(checked: Checked, explanation: Explanation) -> Html:
    """What became of the claims, above everything else."""
    head, *_ = str(checked).split("\n")
    found = [tag("li", _prose(str(each), explanation)) for each in checked.slips]
    return tag("div", tag("p", _prose(head, explanation)), tag("ol", *found) if found else "",
               class_="verdict right" if checked else "verdict wrong")


def _prose(said: str, explanation: Explanation) -> Html:
    return Html(with_names(said, explanation, escaped, mathml))


class _Page:
    """The parts of one explanation, with what all of them need."""

    def __init__(self, explanation: Explanation) -> None:
        self.explanation, self.digits = explanation, explanation.digits
        self.open = len(explanation.steps) <= LONG
        self.numbers: Mapping[int, int] = numbered(explanation)
        self.slips: Mapping[int, list[Slip]] = slips_by_step(explanation)

    def part(self, part: Part) -> Html:
        sections = [self.section(part, each) for each in part.sections]
        return tag("section", tag("h4", part.title), *sections)

    def section(self, part: Part, section: Section) -> Html:
        """The steps of a layer; of a long derivation folded, unless there is a slip in them."""
        if part.name == "given":
            body = tag("div", *map(self.given, section.steps), class_="given")
        else:
            body = together(map(self.step, section.steps))
        title, few = heading(part, section), FEW_GIVEN if part.name == "given" else 1
        if self.open or len(section.steps) <= few:
            return together([tag("h5", title) if title else "", body])
        wrong = any(self.numbers[id(each)] in self.slips for each in section.steps)
        summary = tag("summary", title or part.title, " ",
                      tag("span", count(len(section.steps), "step"), class_="count"))
        return tag("details", summary, body, open="open" if wrong else None)

    def given(self, step: Step) -> Html:
        shown = mathml(f"{step.latex} = {value(step.value, self.digits, step.shape)}")
        return tag("span", shown, *self.marks(step))

    def step(self, step: Step) -> Html:
        """One step: name, then each side of its equation, which wrap where the page is narrow."""
        if step.value is None:
            return tag("p", _prose(noted(step), self.explanation), class_="note")
        rows = [_equation(step.latex, line(step, self.digits), shapes(step))]
        rows += [tag("div", _equation(left, sides), class_="factor")
                 for left, sides in beneath(step, self.digits)]
        if step.nudged is not None:
            rows.append(tag("p", "nudged: ", mathml(value(step.nudged, self.digits)),
                            class_="nudged"))
        if step.note:
            rows.append(tag("p", _prose(step.note, self.explanation), class_="note"))
        return tag("div", *rows, *self.marks(step), class_="step")

    def marks(self, step: Step) -> list[Html]:
        """The slips of a step, as sentences below it."""
        return [tag("p", _prose(str(each), self.explanation), class_="slip")
                for each in self.slips.get(self.numbers[id(step)], [])]


def _equation(left: str, sides: list[str], meeting: str = "") -> Html:
    parts = [tag("span", mathml(left, block=True), class_="left")]
    parts += [tag("span", mathml(f"= {each}", block=True)) for each in sides]
    if meeting:
        parts.append(tag("span", mathml(meeting), class_="shapes"))
    return tag("div", *parts, class_="equation")
