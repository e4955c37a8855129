"""The atoms read as notation: a definition, and its derivative, as text or LaTeX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pellucid.spaces.simplify  # noqa: F401 (fills the table of shorter forms)
from pellucid.core.atom import Atom
from pellucid.core.errors import KindError
from pellucid.core.op import Op
from pellucid.spaces.terms import NeedsValue, Term, term, write

READABLE = 300                         # letters; a longer formula helps nobody


def symbol(name: str) -> Term:
    """A symbol that ops can be applied to.

    >>> x = symbol("x")
    >>> x + 0 * x
    <term x>
    """
    return Term(name=name)


def formula(op: Callable[..., Any], *names: str, **options: Any) -> Term:
    """What an op computes, as a term.

    An op is written by its name if its formula depends on shapes or is too long to read.
    """
    symbols = [symbol(name) for name in names]
    if not isinstance(op, Op) or isinstance(op, Atom):
        return term(op(*symbols, **options))
    try:
        body = term(op.body(*symbols, **options))
    except NeedsValue:
        return Term(op, symbols, options)
    return body if len(str(body)) <= READABLE else Term(op, symbols, options)


def text(op: Callable[..., Any], *names: str, **options: Any) -> str:
    """The definition of an op as text that Python can read back.

    >>> from pellucid.atoms import rsqrt
    >>> text(rsqrt, "x")
    '1 / sqrt(x)'
    """
    return write(formula(op, *names, **options), "text")


def tex(op: Callable[..., Any], *names: str, **options: Any) -> str:
    r"""The definition of an op in LaTeX.

    >>> from pellucid.atoms import rsqrt
    >>> print(tex(rsqrt, "x"))
    \frac{1}{\sqrt{x}}
    """
    return write(formula(op, *names, **options), "tex")


def derivative(y: Term, x: Term, seed: Any = 1) -> Term:
    """∂y/∂x by the gradient rules of the ops in y: the reverse sweep, on symbols.

    >>> x = symbol("x")
    >>> derivative(3 * x * x, x)
    <term 6 * x>
    """
    if _is(y, x):
        return term(seed)
    if y.op is None:
        return term(0)
    if not isinstance(y.op, Atom) and y.op.rule is None:
        return derivative(term(y.op.body(*y.args, **y.options)), x, seed)
    total = term(0)
    for each, gradient in zip(y.args, _pulled_back(y, y.op, term(seed), x), strict=True):
        total = total + derivative(each, x, gradient) if gradient is not None else total
    return total


def _is(y: Term, x: Term) -> bool:
    return y is x or (y.name != "" and y.name == x.name)


def _depends(y: Term, x: Term) -> bool:
    return _is(y, x) or any(_depends(each, x) for each in y.args)


def _pulled_back(y: Term, op: Op, g: Term, x: Term) -> list[Any]:
    """The gradient of each operand of y that depends on x, by y's own rule."""
    wanted = [_depends(each, x) for each in y.args]
    given = [each if each.value is None else each.value for each in y.args]
    if isinstance(op, Atom):
        if op.whole:
            raise KindError(f"{op.name} has no derivative on symbols")
        return [rule(g, y, *given, **y.options) if want and rule is not None else None
                for rule, want in zip(op.rules, wanted, strict=True)]
    assert op.rule is not None
    result = op.rule(g, y, *given, **y.options)
    parts = result if isinstance(result, tuple) else (result,)
    return [part if want else None for part, want in zip(parts, wanted, strict=False)]


def derivative_of(op: Callable[..., Any], *names: str, output: str = "y", by: int = 0,
                  seed: Any = 1, **options: Any) -> Term:
    """The derivative of an op with respect to operand number ``by``, its output named.

    ``seed`` is the gradient of the output: 1, or the name of a symbol.
    """
    symbols = [symbol(name) for name in names]
    if isinstance(op, Op) and (isinstance(op, Atom) or op.rule is not None):
        y = Term(op, symbols, options).called(output)
    else:
        y = formula(op, *names, **options)
    return derivative(y, symbols[by], symbol(seed) if isinstance(seed, str) else seed)


def derivative_text(op: Callable[..., Any], *names: str, **facts: Any) -> str:
    """The derivative as text, as `derivative_of`; without names the operand is called x.

    >>> from pellucid.atoms import tanh
    >>> derivative_text(tanh, output="a")
    '1 - square(a)'
    """
    return write(derivative_of(op, *(names or ("x",)), **facts), "text")


def derivative_tex(op: Callable[..., Any], *names: str, **facts: Any) -> str:
    """The derivative in LaTeX, as `derivative_of`; without names the operand is called x."""
    return write(derivative_of(op, *(names or ("x",)), **facts), "tex")
