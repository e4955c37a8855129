"""What may have gone wrong where a number is not the right one: slips are tried, one by one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, islice
from typing import Any, NamedTuple

import numpy as np

from pellucid.insight.explain.evaluating import renamed
from pellucid.insight.explain.mutants import mutants
from pellucid.insight.explain.scaling import LOSS, factors, scaled
from pellucid.insight.explain.spelling import plain
from pellucid.insight.explain.worlds import Derivation

MOST, FEW = 3000, 60                   # slips tried for one claim: at most, and at least
LUCK = 0.2                             # how many of them may give the claimed digits by chance
SURE = 3                               # digits that a claim needs to tell slips further up
POINTS = (1, -1, 2, -2, 3, -3)

Values = Sequence[Any]


class Suspect(NamedTuple):
    """A step, what may have been done there, and the value that this gives it."""

    place: int
    words: str
    value: Callable[[Values], Any]


def cause(derivation: Derivation, target: int, agrees: Callable[[int, Any], bool], digits: int,
          worlds: Sequence[Values], show: Callable[[Any], str]) -> str:
    """The first slip that explains a claim about a line, in words; "" where none does.

    ``agrees`` says whether a value of that line is as claimed in one of the ``worlds``; ``show``
    writes numbers. A claim of few digits comes out by chance when many slips are tried, so the
    fewer its ``digits``, the fewer are.
    """
    count = int(min(MOST, max(FEW, LUCK * 10.0 ** digits)))
    for suspect in islice(_suspects(derivation, target, digits, show), count):
        if all(agrees(i, _reached(derivation, target, suspect, values))
               for i, values in enumerate(worlds)):
            return suspect.words
    return ""


def _reached(derivation: Derivation, target: int, suspect: Suspect, values: Values) -> Any:
    """The value of the target when a step above it (or itself) has gone wrong."""
    with np.errstate(all="ignore"):
        wrong = suspect.value(values)
        if suspect.place == target:
            return wrong
        return derivation.again({suspect.place: wrong}, target, values)[target]


def _suspects(derivation: Derivation, target: int, digits: int,
              show: Callable[[Any], str]) -> Iterator[Suspect]:
    """From what is near and frequent to what is far and rare."""
    yield from _kept(derivation, target)
    yield from _points_and_signs(derivation, target, "")
    if digits > 1:
        yield from _formulas(derivation, target, "")
        yield from _scaled(derivation, target)
        yield from _others(derivation, target, "", show, old=True)
    above = derivation.ancestors(target) if digits >= SURE else []
    if digits >= SURE:
        yield from _exchanged(derivation, target)
    for place in above:
        yield from _points_and_signs(derivation, place, _used(derivation, place))
    for place in above:
        yield from _formulas(derivation, place, f"in {derivation.lines[place].name} ")
    if digits >= SURE:
        yield from _others(derivation, target, "", show)
        for place in derivation.made_of[target]:
            yield from _others(derivation, place, f"in {derivation.lines[place].name} ", show)
    if digits >= SURE or (digits > 1 and derivation.lines[target].formula is None):
        yield from _misread(derivation, target, "", show)
    for place in above:
        yield from _misread(derivation, place, _used(derivation, place), show)


def _kept(derivation: Derivation, place: int) -> Iterator[Suspect]:
    """What was to be updated and was not: the old value stands there still."""
    line = derivation.lines[place]
    used = [*derivation.known(line.formula)] if line.formula is not None else []
    before = derivation.by_name.get(line.name.removesuffix("'"), place)
    for each in dict.fromkeys([before, *used]):
        if each < place and _time(derivation, place, each) == "the old ":
            yield Suspect(place, f"the old value, which is that of {derivation.lines[each].name}",
                          lambda values, each=each: values[each])


def _scaled(derivation: Derivation, place: int) -> Iterator[Suspect]:
    """The loss with a factor too many, and all that follows from it."""
    of = "" if derivation.lines[place].name == LOSS else ", as from a loss that has it"
    for factor, words in factors(derivation):
        yield Suspect(place, words + of, lambda values, factor=factor: scaled(
            derivation, place, factor, values))


def _used(derivation: Derivation, place: int) -> str:
    return f"{derivation.lines[place].name} was used with "


def _points_and_signs(derivation: Derivation, place: int, lead: str) -> Iterator[Suspect]:
    yield Suspect(place, f"{lead}the wrong sign", lambda values: -values[place])
    for places in POINTS:
        way = "right" if places > 0 else "left"
        far = "" if abs(places) == 1 else f" by {abs(places)} places"
        yield Suspect(place, f"{lead}the decimal point too far to the {way}{far}",
                      lambda values, factor=10.0 ** places: values[place] * factor)


def _formulas(derivation: Derivation, place: int, lead: str) -> Iterator[Suspect]:
    if (formula := derivation.lines[place].formula) is None:
        return
    for words, wrong in mutants(formula):
        yield Suspect(place, lead + words, lambda values, wrong=wrong: derivation.computed(
            place, values, wrong))


def _exchanged(derivation: Derivation, place: int) -> Iterator[Suspect]:
    """Two quantities of a formula, each in the place of the other."""
    if (formula := derivation.lines[place].formula) is None:
        return
    for one, other in combinations([derivation.lines[each].name
                                    for each in derivation.known(formula)], 2):
        wrong = renamed(formula, {one: other, other: one})
        yield Suspect(place, f"{one} and {other} are exchanged", lambda values, wrong=wrong:
                      derivation.computed(place, values, wrong))


def _others(derivation: Derivation, place: int, lead: str, show: Callable[[Any], str],
            old: bool = False) -> Iterator[Suspect]:
    """Another quantity in the place of one of the formula; with ``old``, only its other times."""
    formula = derivation.lines[place].formula
    if formula is None:
        return
    lines = derivation.lines
    for used in derivation.known(formula):
        for other, line in enumerate(lines):
            if other in (used, place) or np.shape(line.value) != np.shape(lines[used].value):
                continue
            time = _time(derivation, used, other)
            if old and not time:
                continue
            wrong = renamed(formula, {lines[used].name: line.name})
            words = (f"{lead}{time}{line.name} = {show(line.value)} was used where "
                     f"{lines[used].name} = {show(lines[used].value)} belongs")
            yield Suspect(place, words, lambda values, wrong=wrong: derivation.computed(
                place, values, wrong))


def _time(derivation: Derivation, one: int, other: int) -> str:
    """Whether the other is the same quantity before or after a step: "the old " or "the new "."""
    names = [plain(derivation.lines[each].name).removeprefix("new ") for each in (one, other)]
    stems = [derivation.lines[each].name.rpartition("_")[0] for each in (one, other)]
    stepwise = any(derivation.lines[each].place.startswith("step") for each in (one, other))
    if names[0] == names[1] or (stepwise and stems[0] == stems[1] != ""):
        return "the new " if other > one else "the old "
    return ""


def _misread(derivation: Derivation, place: int, lead: str,
             show: Callable[[Any], str]) -> Iterator[Suspect]:
    """One of the first digits is another, or two of them are exchanged."""
    if np.ndim(derivation.right[place]):
        return
    value = float(derivation.right[place])
    if not value or not math.isfinite(value):
        return
    top = math.floor(math.log10(abs(value)))
    unit = 10.0 ** (top - 3)
    digits = [int(each) for each in str(math.floor(abs(value) / unit + 1e-6))[:4]]
    for at, digit in enumerate(digits):
        for wrong in range(10):
            if wrong != digit and (wrong or at):
                off = (wrong - digit) * 10.0 ** (top - at)
                yield _digit(place, f"{lead}a {wrong} where a {digit} belongs", value, off)
    for at in range(len(digits) - 1):
        off = (digits[at + 1] - digits[at]) * (10.0 ** (top - at) - 10.0 ** (top - at - 1))
        if off:
            yield _digit(place, f"{lead}the digits {digits[at]} and {digits[at + 1]} exchanged",
                         value, off)


def _digit(place: int, words: str, value: float, off: float) -> Suspect:
    """A suspect whose value is off; elsewhere in proportion, so that no formula agrees with it."""
    wrong = value + math.copysign(1.0, value) * off
    return Suspect(place, words, lambda values: values[place] / value * wrong)
