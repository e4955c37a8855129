"""Formulas of definitions, read by running them on symbols; and their derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.core.atom import Atom
from pellucid.core.fields import MISSING
from pellucid.core.op import Op
from pellucid.insight.cards.knobs import (
    UNREADABLE,
    Given,
    forms,
    of_class,
    of_function,
    settings,
    tried,
)
from pellucid.insight.cards.record import Formula
from pellucid.insight.cards.tidy import has, tidied
from pellucid.insight.cards.typeset import in_latex, plain
from pellucid.insight.cards.words import Words
from pellucid.spaces import notation
from pellucid.spaces.terms import Term, term, tex_name, write

Lines = tuple[Formula, ...]
LONG = 165                             # letters; a longer formula is told in words


def line(left: str, right: Term, left_tex: str = "", where: str = "",
         where_latex: str = "") -> Formula:
    """``left = right``."""
    return Formula(write(right, "text"), in_latex(write(right, "tex")), left,
                   left_tex or in_latex(left), where, where_latex)


def told(words: Words) -> Lines:
    """The formulas that a docstring states, line by line."""
    lines = [each.replace("&", "").strip() for math in words.math for each in math.split(r"\\")]
    return tuple(Formula(plain(each), in_latex(each)) for each in lines if each)


# functions of one operand ------------------------------------------------------------------------

def of_activation(function: Any) -> tuple[Lines, dict[str, Lines]]:
    """f(x) = …, and its further forms; nothing where the formula depends on shapes."""
    name = function.__name__

    def read(given: dict[str, Any]) -> Lines:
        body = function.body if isinstance(function, Op) and not isinstance(
            function, Atom) else function
        y = term(body(notation.symbol("x"), **given))
        return short(line(f"{name}(x)", y, f"{_spelled(function)}(x)"))
    usual, others = forms(read, of_function(function))
    return usual or (), others


def derivative_of(function: Any, pointwise: bool) -> Lines:
    """f'(x), or for a function of several numbers what comes back for a gradient g of its output.

    Where the rule is in terms of the output, y stands for f(x).
    """
    return tried(lambda given: _derivative(function, pointwise, given),
                 settings(of_function(function))) or ()


def _derivative(function: Any, pointwise: bool, given: dict[str, Any]) -> Lines:
    x, own = notation.symbol("x"), isinstance(function, Atom) or bool(
        getattr(function, "rule", None))
    y = (Term(function, [x], given).called("y") if own
         else term(getattr(function, "body", function)(x, **given)))
    found = notation.derivative(y, x, 1 if pointwise else notation.symbol("g"))
    name, spelling = f"{function.__name__}(x)", f"{_spelled(function)}(x)"
    if not pointwise:
        return short(line("∂L/∂x", found, "", f"y = {name}, g = ∂L/∂y",
                          rf"y = {spelling}, \; g = \partial L / \partial y"))
    where = (f"y = {name}", f"y = {spelling}") if own and has(found, y) else ()
    return short(line(f"{function.__name__}'(x)", tidied(found), f"{_spelled(function)}'(x)",
                      *where))


def _spelled(function: Any) -> str:
    return tex_name(getattr(function, "symbol", None) or function.__name__)


def short(*lines: Formula) -> Lines:
    """The lines, unless one is too long to read."""
    if any(len(each.text) > LONG for each in lines):
        raise ValueError("too long to read")
    return lines


# rates and layers --------------------------------------------------------------------------------

def of_schedule(cls: Any) -> tuple[Lines, dict[str, Lines]]:
    """The rate at step t, and what switches bring."""
    def read(given: dict[str, Any]) -> Lines:
        t = notation.symbol("t")
        return short(line("η(t)", term(cls.__call__(unmade(cls, given), t))))
    usual, others = forms(read, [each.lettered() for each in of_class(cls)])
    return usual or (), others


def of_call(cls: Any) -> Lines:
    """What a layer, or a constraint, makes of x; nothing where that depends on shapes."""
    try:
        layer, x = unmade(cls), notation.symbol("x")
        method = layer.call if hasattr(layer, "call") else layer
        y = term(patiently(layer, lambda: method(x)))
        if y.name == x.name:                             # it only acts while training
            return ()
        if y.op is not None and not isinstance(y.op, Atom):
            y = term(y.op.body(*y.args, **y.options))
        return short(line("y", y))
    except UNREADABLE:
        return ()


def unmade(cls: Any, given: dict[str, Any] | None = None) -> Any:
    """An object whose hyper-parameters are letters; nothing of it is checked or built."""
    made = object.__new__(cls)
    for name, value in (settings(of_class(cls)) if given is None else given).items():
        get = cls.fields[name].get
        if name == "learning_rate":                      # told step by step, as η
            continue
        if value is MISSING:                             # must be given: a letter too
            value = Given(name=name)
        object.__setattr__(made, name, value if get is None or isinstance(value, Term)
                           else get(value))
    return made


def patiently(owner: Any, act: Callable[[], Any]) -> Any:
    """What ``act`` gives; an attribute that only building makes is a symbol of its name."""
    for _ in range(8):
        try:
            return act()
        except AttributeError as missing:
            if missing.obj is not owner or not missing.name:
                raise
            object.__setattr__(owner, missing.name, Given(name=missing.name))
    return act()
