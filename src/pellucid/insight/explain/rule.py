"""The rule of an optimizer at work, as terms: how a number, its gradient and its state move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pellucid.insight.cards.formulas import patiently, unmade
from pellucid.insight.cards.knobs import UNREADABLE, Given
from pellucid.insight.cards.tidy import rewritten
from pellucid.spaces import notation
from pellucid.spaces.terms import Term, term


@dataclass(frozen=True)
class Rule:
    """What one step makes of a number: a line for each new piece of state, then one for ``w``.

    A line is a letter and a term in the letters ``w`` and ``g`` (before the step), ``t`` and ``η``,
    those of the state, and those of the hyper-parameters, whose values stand in ``letters``. A
    piece of state that a line above has renewed has a prime: ``w + v'``. ``kept`` names the pieces
    of state in the order of the optimizer's own.

    >>> from pellucid.optimizers import SGD
    >>> rule = rule_of(SGD(0.1, momentum=0.9))
    >>> [f"{letter}' = {made}" for letter, made in rule.lines], rule.letters
    (["v' = μ * v - η * g", "w' = w + v'"], {'μ': 0.9})
    """

    lines: tuple[tuple[str, Term], ...]
    letters: Mapping[str, float]
    kept: tuple[str, ...]


def rule_of(optimizer: Any) -> Rule | None:
    """The rule of an optimizer with its settings; None where it has no short formula.

    A setting that is 0 or off does not stand in it; weight decay is part of the line of ``w``.

    >>> from pellucid.optimizers import SGD
    >>> str(rule_of(SGD(0.1)).lines[0][1])
    'w - η * g'
    """
    settings, letters = _settings(optimizer)
    try:
        return _read(optimizer, settings, letters)
    except UNREADABLE:
        return None


def _read(optimizer: Any, settings: dict[str, Any], letters: dict[str, float]) -> Rule:
    made = unmade(type(optimizer), settings)
    kept = tuple(letter for letter in optimizer.state
                 if any(letter in group for group in optimizer.groups()))
    w, g, t, rate = map(notation.symbol, ("w", "g", "t", "η"))
    start = w
    if optimizer.weight_decay:
        letters["λ"] = float(optimizer.weight_decay)
        start = made.decayed(w, Given(name="λ"), rate)
    moved = patiently(made, lambda: made.update(start, g, t=t, rate=rate, **{
        letter: notation.symbol(letter) for letter in kept}))
    new = [term(each) for each in (moved if isinstance(moved, tuple) else (moved,))]
    lines: list[tuple[str, Term]] = []
    named: dict[str, str] = {}
    for letter, value in [*zip(kept, new[1:], strict=True), ("w", new[0])]:
        lines.append((letter, rewritten(value, lambda each: _known(each, named))))
        named[str(value)] = f"{letter}'"
    return Rule(tuple(lines), letters, kept)


def _settings(optimizer: Any) -> tuple[dict[str, Any], dict[str, float]]:
    """Each hyper-parameter as the formula shall show it, and the values of the letters."""
    settings: dict[str, Any] = {}
    letters: dict[str, float] = {}
    for name, each in type(optimizer).fields.items():
        if name == "learning_rate":                      # told step by step, as η
            continue
        value = getattr(optimizer, name)
        if each.symbol and name != "weight_decay" and _is_number(value) and value:
            letters[each.symbol] = float(value)
            value = Given(name=each.symbol)
        settings[name] = value
    return settings, letters


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _known(each: Term, named: Mapping[str, str]) -> Term | None:
    """The letter of what a line above has computed already."""
    return Term(name=named[str(each)]) if each.op is not None and str(each) in named else None
