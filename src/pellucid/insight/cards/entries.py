"""Losses and penalties: sums over entries, and their derivatives by one of these."""

from __future__ import annotations

from typing import Any

from pellucid.insight.cards.formulas import Lines, line, short, unmade
from pellucid.insight.cards.knobs import Given, forms, of_class, settings, tried
from pellucid.insight.cards.tidy import has, holds, made_by, rewritten, tidied
from pellucid.spaces import notation
from pellucid.spaces.terms import Term, term

SUMS, GUARDS = ("sum", "mean"), ("clip",)


def of_loss(cls: Any, left: str = "L") -> tuple[Lines, Lines, dict[str, Lines]]:
    """L(y, ŷ), its derivative by one entry of ŷ, and further forms with theirs."""
    body = getattr(cls.formula, "body", cls.formula)

    def read(given: dict[str, Any]) -> tuple[Lines, Lines]:
        y, p = notation.symbol("y"), notation.symbol("ŷ")
        found = term(body(y, p, **given))
        return short(line(left, found)), _slope(f"∂{left}/∂ŷ", found, p)
    usual, others = forms(read, of_class(cls))
    formula, slope = usual or ((), ())
    return formula, slope, {label: (*lines, *by) for label, (lines, by) in others.items()}


def of_penalty(cls: Any) -> tuple[Lines, Lines]:
    """Ω(w) and its derivative by one weight."""
    w = notation.symbol("w")
    found = tried(lambda given: _penalty(cls, w), {})
    return ((), ()) if found is None else ((line("Ω(w)", found),), _slope("∂Ω/∂w", found, w))


def _penalty(cls: Any, w: Term) -> Term:
    """The penalty on w, all its factors as letters."""
    knobs = of_class(cls)
    lettered = frozenset(each.name for each in knobs if each.letter)
    return term(cls.__call__(unmade(cls, settings(knobs, lettered)), w))


def steps_with(cls: Any) -> dict[str, Lines]:
    """A step of gradient descent on a loss of gradient g with the penalty on top.

    For a penalty that is a square also with half of it, as is usual elsewhere.
    """
    w, g, rate = map(notation.symbol, ("w", "g", "η"))
    slope = tried(lambda given: _entry_slope(_penalty(cls, w), w), {})
    if slope is None:
        return {}
    found = {"gradient descent on the loss plus Ω": (line("w'", w - rate * (g + slope)),)}
    if str(tidied(notation.derivative(slope, w) * w)) == str(slope):
        found["the same with Ω / 2, as lecture notes have it"] = (
            line("w'", w - rate * (g + slope / 2)),)
    return found


def _slope(left: str, total: Term, x: Term) -> Lines:
    """The derivative of a sum (or mean) by one of its entries; nothing where entries mix."""
    def read(_: Any) -> Lines:
        found = _entry_slope(total, x)
        return () if found is None else short(line(left, found))
    return tried(read, {}) or ()


def _entry_slope(total: Term, x: Term) -> Term | None:
    entry = _entry(rewritten(total, _unguarded), x)
    if entry is None:
        return None
    slope = tidied(rewritten(notation.derivative(entry, x), _settled))
    return slope / notation.symbol("n") if holds(total, ("mean",)) else slope


def _settled(each: Term) -> Term | None:
    """A choice that asks whether a letter is 0: it is not."""
    if made_by(each, "where") and made_by(each.args[0], "equal") and any(
            isinstance(arg, Given) for arg in each.args[0].args):
        return rewritten(each.args[2], _settled)
    return None


def _unguarded(each: Term) -> Term | None:
    """What is kept from 0 or 1 by a hair, as it is where nothing has to be kept."""
    return rewritten(each.args[0], _unguarded) if made_by(each, *GUARDS) else None


def _entry(total: Term, x: Term) -> Term | None:
    """What stands under the sum (or mean) of a total, and beside it; None where entries mix."""
    if not holds(total, SUMS):
        return total
    if made_by(total, *SUMS):
        return None if holds(total.args[0], SUMS) else total.args[0]
    linear = made_by(total, "negative", "add", "subtract") or (
        made_by(total, "multiply", "divide") and sum(holds(each, SUMS) for each in total.args) < 2
        and not (made_by(total, "divide") and holds(total.args[1], SUMS)))
    parts = [_entry(each, x) for each in total.args] if linear else [None]
    whole = [each for each in parts if each is not None]
    if total.op is None or len(whole) < len(parts) or _mixes(total, x):
        return None
    return term(total.op(*whole, **total.options))


def _mixes(total: Term, x: Term) -> bool:
    """Whether a product's factor beside the sum depends on x as well."""
    beside = [each for each in total.args if not holds(each, SUMS)]
    return made_by(total, "multiply", "divide") and any(has(each, x) for each in beside)
