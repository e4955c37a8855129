"""The rules of optimizers, line by line: what is new has a prime."""

from __future__ import annotations

from typing import Any

from pellucid.insight.cards.formulas import Lines, line, patiently, short, unmade
from pellucid.insight.cards.knobs import forms, of_class, settings, tried
from pellucid.insight.cards.record import Formula
from pellucid.insight.cards.tidy import has, made_by, rewritten
from pellucid.insight.cards.typeset import in_latex
from pellucid.spaces import notation
from pellucid.spaces.terms import Term, term, tex_name

LATE = "without the correction for the start: as in lecture notes, and after many steps"


def of_optimizer(cls: Any) -> tuple[Lines, dict[str, Lines]]:
    """The new state and the new weight, one line each; what is new has a prime.

    Further forms: what switches bring, and what is left of the rule after many steps.
    """
    knobs = of_class(cls)
    full = [each.lettered() for each in knobs]           # λ = 0 still stands in Ftrl's formula ...
    if cls.groups(unmade(cls, settings(full))) == cls.groups(unmade(cls, settings(knobs))):
        knobs = full                                     # ... μ = 0 takes SGD's velocity out of it
    usual, others = forms(lambda given: short(*_update(cls, given)), knobs)
    if usual is None:
        return (), {}
    late = tried(lambda given: short(*_update(cls, given, late=True)), settings(knobs))
    if late is not None and str(late) != str(usual):
        others = {LATE: late, **others}
    return usual, {label: tuple(each for each in lines if each not in usual)
                   for label, lines in others.items()}


def _update(cls: Any, given: dict[str, Any], late: bool = False) -> list[Formula]:
    rule = unmade(cls, given)
    kept = [letter for letter in cls.state if any(letter in group for group in rule.groups())]
    w, g, t, rate = map(notation.symbol, ("w", "g", "t", "η"))
    decay = given.get("weight_decay")
    start = w if decay is None else rule.decayed(w, decay, rate)
    made = patiently(rule, lambda: rule.update(start, g, t=t, rate=rate, **{
        letter: notation.symbol(letter) for letter in kept}))
    new = [term(each) for each in (made if isinstance(made, tuple) else (made,))]
    if late:
        new = [rewritten(each, _faded) for each in new]
    lines: list[Formula] = []
    named: dict[str, str] = {}
    for letter, value in [*zip(kept, new[1:], strict=True), ("w", new[0])]:
        shown = rewritten(value, lambda each: _known(each, named))
        lines.append(line(f"{letter}'", shown, in_latex(tex_name(f"{letter}'"))))
        named[str(value)] = f"{letter}'"
    return lines


def _known(each: Term, named: dict[str, str]) -> Term | None:
    """The letter of what a line above has computed already."""
    return each.called(named[str(each)]) if each.op is not None and str(each) in named else None


def _faded(each: Term) -> Term | None:
    """β to the power of t is nothing in the end."""
    return term(0) if made_by(each, "power") and has(each.args[1], notation.symbol("t")) else None
