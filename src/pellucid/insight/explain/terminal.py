"""An explanation in a terminal: its text, with headings, names and slips in colour."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from pellucid.insight.explain.step import Explanation
from pellucid.insight.explain.text import text

NARROWEST, WIDEST = 40, 120


def lines(explanation: Explanation, width: int) -> Iterator[Text]:
    """The lines of the text, styled, for a terminal of this width."""
    told = text(explanation, min(max(width, NARROWEST), WIDEST)).split("\n")
    report = 0 if explanation.checked is None else str(explanation.checked).count("\n") + 1
    before = "."
    for place, line in enumerate(told):
        of_claims = place >= len(told) - report
        yield _claim(line, bool(explanation.checked)) if of_claims else _styled(
            line, place == 0 or not before)
        before = line


def _styled(line: str, head: bool) -> Text:
    indent = len(line) - len(line.lstrip())
    if head:
        return Text(line, style="bold")
    if indent == 2:
        return Text(line, style="cyan")
    name, sign, rest = line.partition(" = ")
    if indent >= 4 and sign:
        return Text.assemble((name, "bold" if indent == 4 else "dim"), sign,
                             (rest, "" if indent == 4 else "dim"))
    return Text(line, style="dim")


def _claim(line: str, right: bool) -> Text:
    return Text(line, style="green" if right else "bold yellow" if line[:1] != " " else "yellow")
