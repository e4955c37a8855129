"""A card as text for a terminal, and as Markdown."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from pellucid.insight.cards.facts import blocks, facts, others, sentence
from pellucid.insight.cards.prose import spelled
from pellucid.insight.cards.record import Card, Formula
from pellucid.insight.cards.typeset import in_latex, plain

LABEL = 14                             # letters for the labels on the left
INDENT = "    "                        # of formulas; lines that go on have it twice
NARROW = 30                            # … and the least for all of a line


def text(card: Card, width: int = 80) -> str:
    """The card for a terminal."""
    lines = [f"{card.name}: {card.kind}", *_wrapped(_as_text(card.summary), width), ""]
    for title, formulas in blocks(card):
        lines += [] if title == "Formula" else _wrapped(f"{title}:", width)
        for each in formulas:
            lines += _folded(f"{each}" + (f"    ({each.where})" if each.where else ""), width)
    lines += [""] * (lines[-1] != "")
    for label, said in facts(card):
        lines += _beside(label, said, width)
    lines += _beside("Use", sentence(_as_text(card.use)), width)
    for label, items in (("Pros", card.pros), ("Cons", card.cons)):
        for i, each in enumerate(items):
            lines += _beside(label if i == 0 else "", sentence(_as_text(each)), width)
    lines += _defaults(card, width)
    if card.notes:
        lines += ["", *(line for note in card.notes for line in _wrapped(_as_text(note), width))]
    lines += ["", *_wrapped(f"Source: {card.source}.", width)]
    return "\n".join([*lines, *_wrapped(others(card), width)])


def _defaults(card: Card, width: int) -> list[str]:
    lines = []
    for i, each in enumerate(card.defaults):
        name = f"{each.name} {each.symbol}".strip()
        said = "; ".join(filter(None, (each.default or "must be given", each.range, each.help)))
        lines += _beside("Arguments" if i == 0 else "", f"{name}: {_as_text(said)}", width)
    return lines


def _as_text(said: str) -> str:
    return spelled(said, words=str, code=str, math=plain)


def _wrapped(said: str, width: int) -> list[str]:
    return textwrap.wrap(said, width, break_long_words=False, break_on_hyphens=False)


def _beside(label: str, said: str, width: int) -> list[str]:
    """A label, and what it says in a column of its own."""
    first, *rest = _wrapped(said, width - LABEL) or [""]
    return [f"{label:<{LABEL}}{first}".rstrip(), *(" " * LABEL + line for line in rest)]


def _folded(formula: str, width: int) -> list[str]:
    """A line of mathematics, indented, and broken where it says least: before outer signs."""
    lines, indent = [], INDENT
    while len(indent + formula) > width and (at := _break(formula, width - len(indent))):
        lines.append(indent + formula[:at].rstrip())
        formula, indent = formula[at:].lstrip(), 2 * INDENT
    return [*lines, indent + formula]


def _break(formula: str, room: int) -> int | None:
    """Which blank ends the line: between equations, else before a sign in the fewest brackets.

    A line shall be a third full at least; where no sign stands there, any blank will do.
    """
    depth, blanks = 0, []
    for at, letter in enumerate(formula[:room + 1]):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == " " and at:
            gap, sign = formula[at:at + 2] == "  ", re.match(r" [-+*/·=±] ", formula[at:at + 3])
            blanks.append((at < room / 3, not gap, not sign, depth, -at))
    return -min(blanks)[-1] if blanks else None


def markdown(card: Card) -> str:
    """The card as Markdown; formulas stand in ``math`` blocks."""
    parts = [f"## {card.name}", _as_markdown(card.summary)]
    for title, formulas in blocks(card):
        parts += [] if title == "Formula" else [f"{title}:"]
        parts.append(_math(formulas))
    table = [("**Use**", sentence(card.use)), *((f"**{label}**", said) for label, said in
                                                  facts(card))]
    parts.append("\n".join(["| | |", "|---|---|", *(f"| {label} | {_cell(said)} |"
                                                  for label, said in table)]))
    for label, items in (("Pros", card.pros), ("Cons", card.cons)):
        parts.append(f"**{label}**\n\n" + _listed(items))
    if card.defaults:
        rows = [f"| `{each.name}` | {_letter(each.symbol)} | {_code(each.default)} | {each.range} "
                f"| {_cell(each.help)} |" for each in card.defaults]
        parts.append("\n".join(["| argument | letter | default | must be | |",
                                "|---|---|---|---|---|", *rows]))
    parts += [_as_markdown(note) for note in card.notes]
    parts.append(f"Source: {_as_markdown(card.source)}. {others(card)}".rstrip())
    return "\n\n".join(parts) + "\n"


def _math(formulas: Iterable[Formula]) -> str:
    lines = [each.latex + (rf" \qquad ({each.where_latex})" if each.where else "")
             for each in formulas]
    body = lines[0] if len(lines) == 1 else "\\begin{gathered}\n" + " \\\\\n".join(lines) + (
        "\n\\end{gathered}")
    return f"```math\n{body}\n```"


def _as_markdown(said: str) -> str:
    return spelled(said, words=escaped, code=lambda name: f"`{name}`",
                   math=lambda formula: f"${in_latex(formula)}$")


def escaped(said: str) -> str:
    """Signs that Markdown would read, as they are."""
    return re.sub(r"([*_$<])", r"\\\1", said)


def _cell(said: str) -> str:
    return _as_markdown(said).replace("|", "\\|")


def _letter(symbol: str) -> str:
    return f"${in_latex(symbol)}$" if symbol else ""


def _code(default: str) -> str:
    return f"`{default}`" if default else "must be given"


def _listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {_as_markdown(sentence(each))}" for each in items)
