"""Sums and products as a person would write them.

A derivative that rules have put together says ``y / (y / p) * y / p / p`` where a person says
``y / p``, and adds two choices by one condition where a person makes one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from pellucid.core.tensor import OPS
from pellucid.spaces.terms import Term, term

SHORT = 8                              # letters of a number; a longer one stays a fraction


def rewritten(each: Term, change: Callable[[Term], Term | None]) -> Term:
    """The term with every part for which ``change`` gives another in its place, simplified."""
    if (other := change(each)) is not None:
        return other
    if each.op is None or each.name:
        return each
    parts = [rewritten(arg, change) for arg in each.args]
    return term(each.op(*parts, **each.options))


def made_by(each: Term, *names: str) -> bool:
    """Whether an op of one of these names made a term that no symbol hides.

    >>> from pellucid.spaces.notation import symbol
    >>> made_by(symbol("x") + 1, "add")
    True
    """
    return each.op is not None and not each.name and each.op.name in names


def holds(each: Term, names: Sequence[str]) -> bool:
    """Whether an op of one of these names stands anywhere in a term."""
    return made_by(each, *names) or any(holds(arg, names) for arg in each.args)


def has(each: Term, x: Term) -> bool:
    """Whether a symbol stands anywhere in a term."""
    return each.name == x.name or any(has(arg, x) for arg in each.args)


def tidied(each: Term) -> Term:
    """The term with its products cancelled, and its choices by one condition made one.

    >>> from pellucid.spaces.notation import symbol
    >>> x, y = symbol("x"), symbol("y")
    >>> tidied(x / (x / y) * x / y / y)
    <term x / y>
    """
    return rewritten(each, _shorter)


def _shorter(each: Term) -> Term | None:
    joined = _joined(each)
    return _cancelled(each) if joined is None else joined


# sums --------------------------------------------------------------------------------------------

def _joined(each: Term) -> Term | None:
    """A sum in which two choices have one condition, as one choice between two sums."""
    if not made_by(each, "add", "subtract"):
        return None
    addends = list(_addends(each, 1.0))
    conditions = [str(one.args[0]) for _, one in addends if made_by(one, "where")]
    twice = next((one for _, one in addends if made_by(one, "where")
                  and conditions.count(str(one.args[0])) > 1), None)
    if twice is None:
        return None
    condition = twice.args[0]
    sides = [_total([(sign, one.args[side] if _chooses(one, condition) else one)
                     for sign, one in addends]) for side in (1, 2)]
    return term(OPS["where"](tidied(condition), *sides))


def _chooses(each: Term, condition: Term) -> bool:
    return made_by(each, "where") and str(each.args[0]) == str(condition)


def _addends(each: Term, sign: float) -> Iterator[tuple[float, Term]]:
    if made_by(each, "add", "subtract"):
        yield from _addends(each.args[0], sign)
        yield from _addends(each.args[1], sign if made_by(each, "add") else -sign)
    elif made_by(each, "negative"):
        yield from _addends(each.args[0], -sign)
    else:
        yield sign, each


def _total(addends: list[tuple[float, Term]]) -> Term:
    """The sum of all, of which those that differ by their sign alone vanish."""
    shares: dict[str, tuple[float, Term]] = {}
    for sign, each in addends:
        number, divisor, above, below = _factors(each)
        bare = _fraction(1.0, divisor, above, below)
        before = shares.get(str(bare), (0.0, bare))[0]
        shares[str(bare)] = before + sign * number, bare
    whole = term(0)
    for number, bare in shares.values():
        whole = whole + number * bare
    return whole


# products ----------------------------------------------------------------------------------------

def _cancelled(each: Term) -> Term | None:
    if not made_by(each, "multiply", "divide"):
        return None
    return _fraction(*_factors(each))


def _fraction(number: float, divisor: float, above: list[Term], below: list[Term]) -> Term:
    """number · above / (divisor · below), without what stands on both sides."""
    if len(repr(number / divisor)) <= SHORT:             # 2 / 4 is 0.5, 1 / 3 stays 1 / 3
        number, divisor = number / divisor, 1.0
    above, below = _without(above, below), _without(below, above)
    top = _product(above) if number == 1 else number * _product(above)
    if below or divisor != 1:
        top = top / (_product(below) if divisor == 1 else divisor * _product(below))
    return top


def _factors(each: Term) -> tuple[float, float, list[Term], list[Term]]:
    """A product as number and factors above the line and below it: (above, below, …, …)."""
    if each.op is None and not each.name:
        return float(each.value or 0), 1.0, [], []
    if made_by(each, "negative"):
        number, divisor, above, below = _factors(each.args[0])
        return -number, divisor, above, below
    if made_by(each, "square"):
        number, divisor, above, below = _factors(each.args[0])
        return number ** 2, divisor ** 2, above * 2, below * 2
    if made_by(each, "multiply", "divide"):
        n, d, above, below = _factors(each.args[0])
        m, e, over, under = _factors(each.args[1])
        if made_by(each, "multiply"):
            return n * m, d * e, above + over, below + under
        if m != 0:
            return n * e, d * m, above + under, below + over
    return 1.0, 1.0, [tidied_inside(each)], []


def tidied_inside(each: Term) -> Term:
    """A term that is no product, with the products inside it cancelled."""
    if each.op is None or each.name:
        return each
    return term(each.op(*map(tidied, each.args), **each.options))


def _without(some: list[Term], others: list[Term]) -> list[Term]:
    """Those of ``some`` that find no equal among ``others``."""
    left = [str(each) for each in others]
    kept = []
    for each in some:
        if str(each) in left:
            left.remove(str(each))
        else:
            kept.append(each)
    return kept


def _product(factors: list[Term]) -> Term:
    """All factors, equal ones as a power."""
    whole, counts = term(1), Counter(map(str, factors))
    for each in {str(each): each for each in factors}.values():
        whole = whole * each ** counts[str(each)]
    return whole
