"""Symbols that know their number, and the same formula with the numbers put in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from pellucid.core.atom import Atom
from pellucid.spaces import notation
from pellucid.spaces.terms import Term, term, write


class Known(Term):
    """A symbol that knows its number: ops make formulas of it, and numbers can be put in."""

    def __init__(self, name: str, latex: str, number: float) -> None:
        super().__init__(name=name, latex=latex)
        self.number = number


def leaves(each: Term) -> Iterator[Term]:
    """The symbols and numbers of a formula, as often as they stand in it."""
    if each.op is None or each.name:
        yield each
    else:
        for arg in each.args:
            yield from leaves(arg)


def number_of(each: Term) -> float:
    """What a formula comes to, by the definitions of its ops."""
    if isinstance(each, Known):
        return each.number
    if each.op is None or each.name:
        return float(each.value or 0)
    with np.errstate(all="ignore"):
        values = [np.asarray(number_of(arg)) for arg in each.args]
        return float(np.asarray(_run(each.op, values, each.options)))


def _run(op: Any, values: list[Any], options: dict[str, Any]) -> Any:
    plain = isinstance(op, Atom) or "text" in op.facts
    return op.body(*values, **options) if plain else op(*values, **options)


def neat(each: Term, digits: int) -> Term:
    """The formula with its constants in so many digits: 0.1, not 0.09999999999999998."""
    if each.name:
        return each
    if each.op is None:
        return Term(value=float(f"{each.value:.{digits}g}"))
    return Term(each.op, [neat(arg, digits) for arg in each.args], each.options)


def put_in(each: Term, digits: int) -> Term:
    """The formula with numbers in place of its symbols, and short functions written out.

    A choice (``where``) is made, since its condition is known now.
    """
    if each.op is None or each.name:
        return as_number(number_of(each), digits)
    if each.op.name == "where":
        return put_in(each.args[1 if number_of(each.args[0]) else 2], digits)
    if getattr(each.op, "result", None) == "bool" or each.op.name.startswith("logical_"):
        return as_number(number_of(each), digits)
    if (body := definition(each)) is not None:
        return put_in(body, digits)
    return Term(each.op, [put_in(arg, digits) for arg in each.args], each.options)


def chosen(each: Term) -> Term:
    """The formula without choices: of each, the branch that its numbers take."""
    if each.op is None or each.name:
        return each
    if each.op.name == "where":
        return chosen(each.args[1 if number_of(each.args[0]) else 2])
    return term(each.op(*map(chosen, each.args), **each.options))


def definition(each: Term) -> Term | None:
    """What a function of numbers does, written out: σ(z) is 1 / (1 + exp(-z)); else None."""
    op = each.op
    if op is None or isinstance(op, Atom) or "text" in op.facts:
        return None
    names = [f"argument {i}" for i in range(len(each.args))]
    body = notation.formula(op, *names, **each.options)
    return None if body.op is op else _with(body, dict(zip(names, each.args, strict=True)))


def _with(body: Term, given: dict[str, Term]) -> Term:
    """A formula with other terms in place of its symbols, nothing simplified."""
    if body.name in given:
        return given[body.name]
    if body.op is None or body.name:
        return body
    return Term(body.op, [_with(arg, given) for arg in body.args], body.options)


def as_number(value: float, digits: int) -> Term:
    """A number as a symbol that is its digits; in a sum or product a negative one is in ( )."""
    number = float(f"{value:.{digits}g}") if math.isfinite(value) else value
    return Known(shown(value, digits), shown_latex(value, digits), number)


def shown(value: Any, digits: int) -> str:
    """A number in so many digits, without needless zeros: ``0.593269992``, ``1.5e-07``."""
    value = float(value)
    if not math.isfinite(value):
        return {math.inf: "inf", -math.inf: "-inf"}.get(value, "nan")
    value = float(f"{value:.{digits}g}")
    return str(int(value)) if value == int(value) and abs(value) < 1e6 else repr(value)


def shown_latex(value: Any, digits: int) -> str:
    r"""The same in LaTeX: ``1.5 \cdot 10^{-7}``, ``10^{-7}``."""
    mantissa, _, power = shown(value, digits).partition("e")
    mantissa = mantissa.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")
    times = {"1": "", "-1": "-"}.get(mantissa, rf"{mantissa} \cdot ")
    return f"{times}10^{{{int(power)}}}" if power else mantissa


def text_of(each: Term) -> str:
    """A formula as text that Python reads back, but for the names of its symbols."""
    return write(each, "text")


def latex_of(each: Term) -> str:
    r"""A formula in LaTeX, with a dot between factors: ``0.15 \cdot 0.1``."""
    return write(each, "tex").replace(r"\,", r"\cdot")
