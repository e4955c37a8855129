"""A card as a piece of a LaTeX document, which loads amsmath."""

from __future__ import annotations

import re

from pellucid.insight.cards.facts import blocks, facts, others, sentence
from pellucid.insight.cards.prose import spelled
from pellucid.insight.cards.record import Card
from pellucid.insight.cards.typeset import HIGH, LOW, in_latex

SPECIAL = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$",
           "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
           "…": r"\ldots{}"}
MATHS = re.compile(rf"[Α-ωŷȳ{LOW}{HIGH}←→∼∂‖≤≥≠∈·∞⊙√∑×±½¼]+")
SMALL = {"½": r"\tfrac{1}{2}", "¼": r"\tfrac{1}{4}", "×": r"\times", "±": r"\pm"}


def latex(card: Card) -> str:
    """The card as a subsection."""
    lines = [rf"\subsection*{{{words(card.name)} ({words(card.kind)})}}", _prose(card.summary)]
    for title, formulas in blocks(card):
        lines += [] if title == "Formula" else ["", f"{words(title)}:"]
        lines.append(r"\begin{gather*}")
        lines.append(" \\\\\n".join(each.latex + (
            rf" \qquad ({each.where_latex})" if each.where else "") for each in formulas))
        lines.append(r"\end{gather*}")
    lines.append(r"\begin{description}")
    said = [("Use", sentence(card.use)), *facts(card), ("Pros", _together(card.pros)),
            ("Cons", _together(card.cons))]
    lines += [rf"\item[{words(label)}] {_prose(each)}" for label, each in said if each]
    if card.defaults:
        lines.append(rf"\item[Defaults] {'; '.join(map(_default, card.defaults))}.")
    lines += [rf"\item[Source] {_prose(card.source)}. {words(others(card))}".rstrip(),
              r"\end{description}"]
    lines += [_prose(note) + "\n" for note in card.notes]
    return "\n".join(lines).rstrip() + "\n"


def _together(items: tuple[str, ...]) -> str:
    return " ".join(map(sentence, items))


def _default(each: object) -> str:
    name, symbol = getattr(each, "name", ""), getattr(each, "symbol", "")
    letter = f" ${in_latex(symbol)}$" if symbol else ""
    value = getattr(each, "default", "") or "must be given"
    return rf"\texttt{{{words(name)}}}{letter}: {words(value)}"


def _prose(said: str) -> str:
    return spelled(said, words=words, code=lambda name: rf"\texttt{{{words(name)}}}",
                   math=lambda formula: f"${in_latex(formula)}$")


def words(said: str) -> str:
    """Text whose signs LaTeX would read otherwise, and whose letters it does not have."""
    parts, end = [], 0
    for found in MATHS.finditer(said):
        parts += [_escaped(said[end:found.start()]), f"${_signs(found[0])}$"]
        end = found.end()
    return "".join([*parts, _escaped(said[end:])])


def _escaped(said: str) -> str:
    return "".join(SPECIAL.get(letter, letter) for letter in said)


def _signs(found: str) -> str:
    for sign, command in SMALL.items():
        found = found.replace(sign, f"{command} ")
    return in_latex(found).strip()
