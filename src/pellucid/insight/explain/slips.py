"""Slips of calculations by hand: claims held against a derivation, and what went wrong in them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from pellucid.core.errors import KindError, ShapeError, user_line
from pellucid.core.kinds import shown
from pellucid.insight.explain.asked import Ask, with_asked
from pellucid.insight.explain.causes import cause
from pellucid.insight.explain.claims import Claim, claimed
from pellucid.insight.explain.evaluating import symbols
from pellucid.insight.explain.scaling import factors, scaled
from pellucid.insight.explain.spelling import plain
from pellucid.insight.explain.step import Step
from pellucid.insight.explain.text import dotted
from pellucid.insight.explain.worlds import Derivation
from pellucid.spaces.terms import Term

POINTS, POINT = re.compile(r"\s*\([^()]+\)\s*"), re.compile(r"[^\s(),]+")
CARRIED = {1: 0.5, 2: 1.0}             # units by which rounding on the way may move a last digit,
FURTHER = 2.5                          # by the digits that are claimed; and of more digits
ALL = 9                                # digits of a claim that is a formula
EXACT = 1e-7                           # how near formulas are that are one, printed to 9 digits


@dataclass(frozen=True)
class Slip:
    """A claim that is wrong: of which step (``place`` counts from 1), by how much, and why.

    ``off`` is the claim minus the right value, ``digits`` how many were claimed (0 by a formula).
    ``cause`` says what may have gone wrong ("" where no single slip explains it), ``follows`` that
    an earlier wrong claim does; ``formula`` is the right one where a formula was claimed.
    """

    name: str
    claim: str
    right: float
    off: float
    digits: int
    place: int
    cause: str = ""
    follows: bool = False
    formula: str = ""

    def __str__(self) -> str:
        right, off = f"{self.right:.{min(max(6, self.digits + 2), 17)}g}", f"{abs(self.off):.3g}"
        is_ = f"{self.formula} = {right}" if self.formula else right
        said = f"{self.name} is {is_}, not {self.claim}"
        if self.off and math.isfinite(self.off):
            said += f" ({off} too {'large' if self.off > 0 else 'small'})"
        return f"{said}: {self.cause}." if self.cause else f"{said}."


@dataclass(frozen=True)
class Checked:
    """What became of the claims: the names of those that are right, and the slips in their order.

    True where there is no slip; ``first`` is the slip to begin with.
    """

    agreed: tuple[str, ...]
    slips: tuple[Slip, ...]

    def __bool__(self) -> bool:
        return not self.slips

    @property
    def first(self) -> Slip | None:
        return self.slips[0] if self.slips else None

    def __str__(self) -> str:
        count = len(self.agreed) + len(self.slips)
        if not count:
            return "Nothing was claimed."
        if not self.slips:
            return "The claim agrees." if count == 1 else f"All {count} claims agree."
        head = (f"{len(self.slips)} of {count} claims disagree, the first about "
                f"{self.slips[0].name}:" if count > 1 else "The claim disagrees:")
        return "\n".join([head, *(f"  {each}" for each in self.slips)])


def checked(steps: Sequence[Step], claims: Mapping[str, Any], ask: Ask | None = None) -> Checked:
    """Hold claims against the steps of a derivation.

    ``claims`` maps names, as printed or in any usual spelling, to numbers or to formulas in a
    string; a point "(x_2, y_2)" has as many numbers. A number is right if it is the step's value
    rounded, or (of two digits and more) cut off, at its last digit; one that float32 has worked
    out, if it is so to 1e-4 of it. ``ask`` gives steps that are not told, by name.

    Raises KindError for claims that are no mapping, ArgumentError for a name that is in no step
    (the nearest is suggested) and for what is neither number nor formula, ShapeError for an array
    of another shape than the step's.
    """
    if not isinstance(claims, Mapping):
        raise KindError("check must map names of quantities to claimed numbers or formulas",
                        got=shown(claims), where=user_line(), hint='try check={"a1": 0.602}')
    extended = with_asked(steps, [name for name, _ in _one_by_one(claims)], ask)
    told = {id(each) for each in steps}
    derivation = Derivation(extended)
    named = [(derivation.find(name, isinstance(claim, str)), name, claim)
             for name, claim in _one_by_one(claims)]
    judge, agreed, slips = _Judge(derivation), [], []
    for place, name, said in sorted(named, key=lambda each: each[0]):
        for entry, label, claim in _entries(derivation, place, name, said):
            slip = judge.slip(place, entry, label, claim)
            if slip is None:
                agreed.append(label)
            else:
                before = sum(id(each) in told for each in extended[:slip.place])
                slips.append(replace(slip, place=max(1, before)))
    return Checked(tuple(agreed), tuple(slips))


def _one_by_one(claims: Mapping[Any, Any]) -> Iterator[tuple[Any, Any]]:
    """The claims, a point ``"(x_2, y_2)": (1.24, 3.72)`` number by number."""
    for name, claim in claims.items():
        names = POINT.findall(name) if isinstance(name, str) and POINTS.fullmatch(name) else []
        if len(names) > 1 and isinstance(claim, Sequence) and len(claim) == len(names):
            yield from zip(names, claim, strict=True)
        else:
            yield name, claim


# claims ------------------------------------------------------------------------------------------

def _reader(derivation: Derivation, place: int) -> Any:
    """How the names in a claimed formula are read: as steps; z alone may be the z of this one."""
    near = list(dict.fromkeys([*derivation.made_of[place], *derivation.ancestors(place)]))

    def read(name: str) -> Term | None:
        if (word := re.fullmatch(r"line(\d+)_", name)) is not None:
            return Term(name=derivation.lines[int(word[1])].name)
        found = derivation.places.get(plain(name), [])
        found = found or [each for each in near if name in derivation.letters_of(each)][:1]
        return Term(name=derivation.lines[found[0]].name) if found else None
    return read


def _entries(derivation: Derivation, place: int, name: str,
             said: Any) -> Iterator[tuple[tuple[int, ...], str, Claim]]:
    """A claim for each number of an array; one for a step that is a number."""
    shape, read = np.shape(derivation.right[place]), _reader(derivation, place)
    if isinstance(said, str) or np.ndim(said) == 0:
        if shape and not isinstance(said, str):
            raise ShapeError(f"{name} has shape {shape}", got=f"one number, {said!r}, claimed",
                             where=user_line())
        claim = claimed(_inside(derivation, said), read)
        yield (), name, claim if claim.term is None else replace(claim, said=said)
        return
    cells = np.asarray(said, object)
    if not shape or [n for n in cells.shape if n > 1] != [n for n in shape if n > 1]:
        is_ = f"has shape {shape}" if shape else "is one number"
        raise ShapeError(f"{name} {is_}", got=f"a claim of shape {cells.shape}",
                         where=user_line())
    cells = cells.reshape(shape)                         # a column may stand as a row
    for entry in np.ndindex(shape):
        yield entry, f"{name}[{', '.join(map(str, entry))}]", claimed(cells[entry], read)


def _inside(derivation: Derivation, said: Any) -> Any:
    """A formula in which names of other signs than letters (∂E/∂w1) stand as one word each."""
    if not isinstance(said, str):
        return said
    odd = [name for name in derivation.spelled if not name.isidentifier()]
    for name in sorted(odd, key=len, reverse=True):
        said = said.replace(name, f"line{derivation.spelled[name]}_")
    return said


# judging -----------------------------------------------------------------------------------------

@dataclass
class _Judge:
    """Looks at claims in the order of the steps, and remembers what was claimed before."""

    derivation: Derivation
    taken: dict[int, Any] = field(default_factory=dict)  # earlier claims, by line: as they were
    wrong: list[int] = field(default_factory=list)       # the lines of those with a slip
    scaled: dict[float, int] = field(default_factory=dict)    # by a factor too many: a line of it

    def slip(self, place: int, entry: tuple[int, ...], name: str, claim: Claim) -> Slip | None:
        """The slip in a claim, or None."""
        found = (self._of_number if claim.term is None else self._of_formula)(
            place, entry, name, claim)
        if found is not None:
            self.wrong.append(place)
        if claim.term is None:
            taken = np.array(self.taken.get(place, self.derivation.right[place]), np.float64)
            taken[entry] = claim.value
            self.taken[place] = taken[()]
        return found

    def _of_number(self, place: int, entry: tuple[int, ...], name: str,
                   claim: Claim) -> Slip | None:
        right = self.derivation.right
        shape, exact = np.shape(right[place]), _number(right[place], entry)
        if claim.agrees(exact):
            return None
        above = self.derivation.ancestors(place)
        guilty = [each for each in above if each in self.wrong]
        follows = ""
        if self.taken.keys() & above and claim.agrees(
                self._carried(place, entry), CARRIED.get(claim.digits, FURTHER)):
            if not guilty:                               # rounding on the way, no slip
                return None
            follows = f"it follows from {self.derivation.lines[guilty[0]].name}"
        follows = follows or self._scale(place, claim.digits, lambda factor: claim.agrees(
            _number(scaled(self.derivation, place, factor, right), entry)))
        said = follows or cause(
            self.derivation, place, lambda _, value: np.shape(value) == shape
            and claim.agrees(_number(value, entry)), claim.digits, [right], _short)
        return Slip(name, claim.said, exact, claim.value - exact, claim.digits,
                    self.derivation.lines[place].number, said, bool(follows))

    def _carried(self, place: int, entry: tuple[int, ...]) -> float:
        """What comes out with what was claimed before."""
        before = {each: value for each, value in self.taken.items() if each != place}
        found = self.derivation.again(before, place)[place]
        return _number(found, entry) if np.shape(found) == np.shape(
            self.derivation.right[place]) else math.nan

    def _scale(self, place: int, digits: int, agrees: Callable[[float], bool]) -> str:
        """What a claim follows from that has the same factor too many; a new factor is kept."""
        for factor, _ in factors(self.derivation) if digits > 1 else ():
            if agrees(factor):
                first = self.scaled.setdefault(factor, place)
                name = self.derivation.lines[first].name
                return f"it follows from {name}" if first != place else ""
        return ""

    def _of_formula(self, place: int, entry: tuple[int, ...], name: str,
                    claim: Claim) -> Slip | None:
        derivation, formula = self.derivation, claim.term
        assert formula is not None
        near = _rounding(claim, derivation.right)
        worlds = [derivation.right, *(each for each in derivation.elsewhere() if near == EXACT
                                      and np.isfinite(each[place]).all())]
        claims = [derivation.computed(place, values, formula) for values in worlds]
        right = [values[place] for values in worlds]
        if _close(right, claims, near):
            return None
        follows = self._scale(place, ALL, lambda factor: _close(
            [scaled(derivation, place, factor, values) for values in worlds], claims, near))
        why = follows or cause(derivation, place, lambda i, value: _close(
            [value], [claims[i]], near), ALL, worlds, _short)
        if not why and _close(right[:1], claims[:1], near):
            why = "another formula, which gives the same number here by chance"
        exact, value = (float(np.ravel(each)[0]) for each in (right[0], claims[0]))
        own = derivation.lines[place].formula
        return Slip(name, claim.said, exact, value - exact, 0, derivation.lines[place].number, why,
                    bool(follows), "" if own is None else dotted(str(own)))


def _rounding(claim: Claim, right: Sequence[Any]) -> float:
    """How near a formula must come that has numbers in it, which may have been rounded."""
    known = {float(each) for each in right if not np.ndim(each)}
    decimals = [each for each in claim.numerals if not each.isdecimal()]
    rounded = [each for each in decimals if float(each) not in known]
    if claim.term is not None and any(symbols(claim.term)) and not decimals:
        return EXACT
    figures = [len(each.lower().partition("e")[0].replace(".", "").lstrip("0"))
               for each in rounded]
    return 2 * 10.0 ** -min(figures, default=8)


def _close(some: Sequence[Any], others: Sequence[Any], near: float) -> bool:
    return all(np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=near, atol=1e-13)
               for a, b in zip(some, others, strict=True))


def _number(value: Any, entry: tuple[int, ...]) -> float:
    return float(np.asarray(value)[entry])


def _short(value: Any) -> str:
    return f"{float(value):.4g}" if not np.ndim(value) else "that"
