"""A derivation that can be computed again: with other numbers given, or one number put wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, KindError, PellucidError, nearest, user_line
from pellucid.core.kinds import shown
from pellucid.core.tensor import OPS
from pellucid.insight.explain.evaluating import evaluated, symbols
from pellucid.insight.explain.numbers import Known, leaves
from pellucid.insight.explain.spelling import letters, plain
from pellucid.insight.explain.step import Step
from pellucid.spaces.terms import Term

SLOPE = re.compile(r"∂(.+)/∂(.+)")
FUNCTION = re.compile(r"(\w+)'(\(.*\))?")                    # tanh', σ'(z)
OTHER_LOSS = re.compile(r"^(|∂)[EJC](|/∂.+)$")               # a loss that is called E, J or C
LOST = (PellucidError, KeyError, ValueError, TypeError, ZeroDivisionError)   # no number comes out


@dataclass(frozen=True)
class Line:
    """A quantity of a derivation: a step, or a factor in one; ``number`` counts steps from 1."""

    name: str
    value: Any
    formula: Term | None
    number: int
    place: str = ""
    aliases: tuple[str, ...] = ()


def lines(steps: Sequence[Step]) -> Iterator[Line]:
    """The steps, each after those of its factors that are worked out there."""
    seen: dict[str, Any] = {}
    told = {step.name for step in steps}
    for number, step in enumerate(steps, 1):
        for factor in (each for product in step.products for each in product.factors):
            if factor.formula is not None and factor.name not in seen:
                seen[factor.name] = factor.value
                yield Line(factor.name, factor.value, factor.formula, number, factor.place)
        formula = _total(step, seen) if _is_total(step) else step.formula
        for leaf in leaves(step.formula) if step.formula is not None else ():
            if isinstance(leaf, Known) and leaf.name not in told and leaf.name not in seen and (
                    not leaf.name.endswith(" more]")):
                seen[leaf.name] = leaf.number            # what no step tells: state at its start
                yield Line(leaf.name, leaf.number, None, number, step.place)
        seen.setdefault(step.name, step.value)
        yield Line(step.name, _as_written(step), formula, number, step.place, step.aliases)


def _as_written(step: Step) -> Any:
    """Its value in the shape in which it stands in formulas: a single row is a column there."""
    fits = step.shape and np.size(step.value) == math.prod(step.shape)
    return np.reshape(step.value, step.shape) if fits else step.value


def _is_total(step: Step) -> bool:
    """Whether the products of a step are all that there is to it."""
    return bool(step.products) and math.isclose(
        sum(each.value for each in step.products) + step.rest, step.value, rel_tol=1e-9)


def _total(step: Step, seen: Mapping[str, Any]) -> Term:
    """A gradient as the sum of its products, of factors by their names."""
    total = Term(value=step.rest) if step.left_out else None
    for product in step.products:
        whole: Term | None = None
        for each in product.factors:
            factor = Term(name=each.name)
            if each.formula is not None and (each.formula.name or
                                             seen.get(each.name) != each.value):
                factor = each.formula                    # ∂z/∂w = x stands as x
            whole = factor if whole is None else Term(OPS["multiply"], [whole, factor])
        assert whole is not None
        total = whole if total is None else Term(OPS["add"], [total, whole])
    assert total is not None
    return total


def _moved(value: Any, by: float) -> Any:
    """Another number near by; one between 0 and 1 stays there, as rates and shares must."""
    share = (value > 0) & (value < 1)
    return np.where(share, np.abs(value) ** (1 + by), value * (1 + by))[()]


def _near(some: Any, others: Any) -> bool:
    return np.shape(some) == np.shape(others) and np.allclose(some, others, rtol=1e-7, atol=1e-12)


class Derivation:
    """Lines in their order, each found by any of its names, and what each is made of."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.lines = list(lines(steps))
        self.places: dict[str, list[int]] = {}
        self.by_name: dict[str, int] = {}
        self.spelled: dict[str, int] = {}                # every name as it is printed
        for place, line in enumerate(self.lines):
            self.by_name.setdefault(line.name, place)
            names = (line.name, *self._aliases(line))
            for name in dict.fromkeys(map(plain, names)):
                self.places.setdefault(name, []).append(place)
            self.spelled |= {name: place for name in names if name not in self.spelled}
        self._ways: dict[int, list[int]] = {}
        self.slopes = [place for place, line in enumerate(self.lines)
                       if line.name.startswith("∂L/∂")]
        self.right = [np.asarray(line.value, np.float64)[()] for line in self.lines]
        if any(map(np.ndim, self.right)):
            self._forget_what_only_shows()
        self.made_of = [tuple(self._used(place)) for place in range(len(self.lines))]

    def _forget_what_only_shows(self) -> None:
        """Leave out formulas in matrices that do not say which axes meet: they compute nothing."""
        for place, line in enumerate(self.lines):
            if line.formula is not None and not _near(self.computed(place, self.right),
                                                      self.right[place]):
                self.lines[place] = replace(line, formula=None)

    def _aliases(self, line: Line) -> Iterator[str]:
        """Its other names; those of a derivative and of a new weight follow from their bases'."""
        yield from line.aliases
        if (slope := SLOPE.fullmatch(line.name)) is not None:
            above, below = ([each, *self._named(each)] for each in slope.groups())
            yield from (f"∂{one}/∂{other}" for one in above for other in below)
        elif line.name.endswith("'"):
            yield from (f"new {each}" for each in self._named(line.name[:-1]))

    def _named(self, name: str) -> tuple[str, ...]:
        place = self.by_name.get(name)
        return () if place is None else self.lines[place].aliases

    def _used(self, place: int) -> Iterator[int]:
        """The places of the lines whose values stand in the formula of a line."""
        formula = self.lines[place].formula
        for name in symbols(formula) if formula is not None else ():
            if (found := self.by_name.get(name)) is not None and found < place:
                yield found

    def find(self, name: Any, formula: bool = False) -> int:
        """The line that a name means; tanh' is the first of several that a ``formula`` may mean.

        Raises KindError for what is no string, ArgumentError for a name that stands for nothing
        here, or for several things.
        """
        if not isinstance(name, str):
            raise KindError("a quantity must be named by a string", got=shown(name),
                            where=user_line())
        spelled = plain(name)
        found = self.places.get(spelled) or self.places.get(OTHER_LOSS.sub(r"\1L\2", spelled), [])
        slopes = [] if found else self._slopes(name)
        if (exact := self.by_name.get(name)) is not None:
            return exact
        if len(found) == 1 or (slopes and (formula or len(slopes) == 1)):
            return (found or slopes)[0]
        if several := [self.lines[each].name for each in (found or slopes)[:5]]:
            raise ArgumentError(f"{name!r} may be several quantities here: {', '.join(several)}",
                                where=user_line())
        known = [line.name for line in self.lines]
        listed = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
        aliases = [alias for line in self.lines for alias in line.aliases]
        raise ArgumentError(f"no step of this derivation is called {name!r}", where=user_line(),
                            hint=nearest(name, [*known, *aliases]) or f"its steps: {listed}")

    def _slopes(self, name: str) -> list[int]:
        """The derivatives of a function that is named: tanh'(z) is ∂a/∂z where a = tanh(z)."""
        if (found := FUNCTION.fullmatch(name.strip())) is None:
            return []
        function, of = found[1], plain((found[2] or "").strip("()"))
        outputs = [plain(line.name) for line in self.lines if line.formula is not None
                   and line.formula.op is not None and line.formula.args
                   and function in (line.formula.op.name, line.formula.op.symbol)
                   and self._is_called(str(line.formula.args[0]), of)]
        return [place for output in outputs for place, line in enumerate(self.lines)
                if plain(line.name).startswith(f"∂{output}/∂") and line.formula is not None]

    def letters_of(self, place: int) -> set[str]:
        """The names of a line without their indices: o and a for o_11."""
        return {letters(each) for each in (self.lines[place].name, *self.lines[place].aliases)}

    def _is_called(self, name: str, said: str) -> bool:
        """Whether a quantity may be meant by what was said, if anything: z for z_11."""
        place = self.by_name.get(name)
        return said == "" or (place is not None and (
            said in self.letters_of(place) or place in self.places.get(said, [])))

    def again(self, given: Mapping[int, Any], target: int | None = None,
              start: Sequence[Any] | None = None) -> list[Any]:
        """The values of all lines when some are as ``given``; NaN where no number comes out.

        With a ``target`` only what leads to it is computed.
        """
        values = list(self.right if start is None else start)
        moved = set(given)
        for place, value in given.items():
            values[place] = value
        for place in range(len(values)) if target is None else self._way_to(target):
            if place not in given and not moved.isdisjoint(self.made_of[place]):
                values[place] = self.computed(place, values)
                moved.add(place)
        return values

    def _way_to(self, target: int) -> list[int]:
        """The lines that a line rests on and the line itself, in their order."""
        if target not in self._ways:
            self._ways[target] = sorted([*self.ancestors(target), target])
        return self._ways[target]

    def computed(self, place: int, values: Sequence[Any], formula: Term | None = None) -> Any:
        """What the formula of a step (or another in its place) gives with these values."""
        formula = self.lines[place].formula if formula is None else formula
        assert formula is not None
        try:
            found = evaluated(formula, {self.lines[each].name: values[each]
                                        for each in self.known(formula)})
        except LOST:
            return math.nan
        shape = np.shape(self.right[place])
        return np.reshape(found, shape)[()] if np.size(found) == math.prod(shape) else found

    def known(self, formula: Term) -> Iterator[int]:
        """The places of the quantities that a formula names."""
        return (self.by_name[name] for name in symbols(formula) if name in self.by_name)

    def elsewhere(self, count: int = 3) -> list[list[Any]]:
        """The values of all steps for other numbers given: formulas that are equal agree there."""
        free = [place for place, line in enumerate(self.lines) if line.formula is None
                and not np.isin(self.right[place], (0, 1)).all()]      # which nobody writes
        return [self.again({place: _moved(self.right[place], 0.2 * math.sin(7 * i + place + 1))
                            for place in free}) for i in range(count)]

    def ancestors(self, place: int) -> list[int]:
        """The lines that a line rests on: the nearest first, and of these what is computed."""
        found, front, seen = [], [place], {place}
        while front:
            front = [each for one in front for each in self.made_of[one] if each not in seen]
            front = sorted(dict.fromkeys(front), key=lambda one: self.lines[one].formula is None)
            seen.update(front)
            found += front
        return found
