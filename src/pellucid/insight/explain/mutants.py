"""The slips that hands make in a formula: each as the formula that would have been used."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pellucid.core.tensor import OPS
from pellucid.insight.cards.tidy import made_by
from pellucid.spaces.terms import Term, write

Mutant = tuple[str, Term]               # what went wrong, and the formula that it makes


def mutants(formula: Term) -> Iterator[Mutant]:
    """Formulas with one slip in them, and the slip in words; the likeliest kinds first.

    >>> from pellucid.spaces.notation import symbol
    >>> import pellucid.ops
    >>> for words, wrong in mutants(1 - symbol("a") ** 2):
    ...     print(wrong, "|", words)
    1 - a | the square of a is missing
    1 + square(a) | a minus is a plus
    square(a) - 1 | the difference is the wrong way round
    1 | - square(a) is missing
    """
    for kind in (_powers, _signs, _factors, _addends, _functions):
        yield from _everywhere(formula, kind)


def _everywhere(each: Term, kind: Callable[[Term], Iterator[Mutant]]) -> Iterator[Mutant]:
    """A slip of one kind at the outermost sign of a term, then inside each of its operands."""
    if each.op is None or each.name:
        return
    yield from kind(each)
    for place, arg in enumerate(each.args):
        for words, wrong in _everywhere(arg, kind):
            args = [*each.args[:place], wrong, *each.args[place + 1:]]
            yield words, Term(each.op, args, each.options)


def _powers(each: Term) -> Iterator[Mutant]:
    if made_by(each, "square"):
        yield f"the square of {each.args[0]} is missing", each.args[0]
    elif made_by(each, "power"):
        yield f"the power of {each.args[0]} is missing", each.args[0]
    elif made_by(each, "sqrt"):
        yield f"the root of {each.args[0]} is missing", each.args[0]


def _signs(each: Term) -> Iterator[Mutant]:
    if made_by(each, "add"):
        yield "a plus is a minus", _with("subtract", *each.args)
    elif made_by(each, "subtract"):
        yield "a minus is a plus", _with("add", *each.args)
        yield "the difference is the wrong way round", _with("subtract", *reversed(each.args))
    elif made_by(each, "negative"):
        yield "a minus sign is missing", each.args[0]


def _factors(each: Term) -> Iterator[Mutant]:
    if made_by(each, "multiply"):
        a, b = each.args
        yield f"the factor {_grouped(a)} is missing", b
        yield f"the factor {_grouped(b)} is missing", a
    elif made_by(each, "divide"):
        a, b = each.args
        yield f"the division by {_grouped(b)} is missing", a
        yield f"multiplied by {_grouped(b)}, not divided", _with("multiply", a, b)


def _addends(each: Term) -> Iterator[Mutant]:
    if made_by(each, "add"):
        a, b = each.args
        yield f"+ {b} is missing", a
        yield f"{a} + is missing", b
    elif made_by(each, "subtract"):
        yield f"- {_grouped(each.args[1])} is missing", each.args[0]


def _functions(each: Term) -> Iterator[Mutant]:
    """A function of one operand that was not applied: z in the place of σ(z)."""
    if each.op is not None and len(each.args) == 1 and "text" not in each.op.facts and not (
            made_by(each, "square", "sqrt")):
        yield f"{each.op.symbol or each.op.name} is not applied to {each.args[0]}", each.args[0]


def _with(name: str, *args: Term) -> Term:
    return Term(OPS[name], args)


def _grouped(each: Term) -> str:
    return f"({write(each, 'text')})" if made_by(each, "add", "subtract") else str(each)
