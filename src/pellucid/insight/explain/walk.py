"""An optimizer on its way over f(x, y), each of its steps taken and told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pellucid.core.errors import DataError
from pellucid.core.variable import Variable
from pellucid.insight.cards.knobs import UNREADABLE
from pellucid.insight.cards.tidy import tidied
from pellucid.insight.cards.typeset import in_latex, plain
from pellucid.insight.dynamics.descent import (
    Function,
    as_point,
    fresh,
    height,
    height_and_gradient,
)
from pellucid.insight.dynamics.stationary import stationary_point
from pellucid.insight.explain.evaluating import changed, evaluated, symbols
from pellucid.insight.explain.numbers import Known, put_in
from pellucid.insight.explain.rule import rule_of
from pellucid.insight.explain.step import Step
from pellucid.spaces import notation
from pellucid.spaces.terms import Term, tex_name, write

NUDGE = 1e-5
NO_FORM = "worked out by the optimizer's own code, which has no short formula for one number"
NEAR = 1e-9                            # how well a formula must give the number that it stands for


class Walk:
    """A descent from ``start`` whose arguments are called ``names``; `told` takes its steps.

    A formula stands in a step only if it gives the number that the step gave.
    """

    def __init__(self, f: Function, names: Sequence[str], optimizer: Any, start: Variable,
                 digits: int) -> None:
        self.f, self.names, self.point, self.digits = f, names, start, digits
        self.mover, self.rule = fresh(optimizer), rule_of(optimizer)
        self.notes: list[str] = []
        self.known: dict[str, Known] = {}                # every quantity so far, by name
        self.mover.build([start])
        there = ", ".join(f"{each:g}" for each in start.numpy())
        self.title = f"{type(optimizer).__name__} on {self._definition()}, from ({there})"

    def told(self, wanted: Sequence[int]) -> Iterator[Step]:
        """The steps of those numbers; where the numbers leave the range of floats, it ends."""
        yield from self._settings()
        for k in range(1, wanted[-1] + 1):
            value, gradient = height_and_gradient(self.f, self.point)
            if not np.isfinite([value, *gradient]).all():
                self.notes.append(f"After step {k - 1} f or its gradient is no finite number: the "
                                  "descent diverges.")
                return
            if k in wanted:
                if k - 1 not in wanted:
                    yield from self._here(k - 1)
                yield from self._step(k, value, gradient)
            else:
                self._move(gradient)
        yield from self._end(wanted[-1])

    # what is given ------------------------------------------------------------------------------

    def _settings(self) -> Iterator[Step]:
        """The settings of the optimizer that stand in its rule."""
        used = {name for _, line in self._lines() for name in symbols(line)}
        if isinstance(self.mover._learning_rate, Variable):
            yield self._given("settings", "η", r"\eta", float(self.mover.learning_rate))
        for letter, value in (self.rule.letters if self.rule else {}).items():
            if letter in used:
                yield self._given("settings", letter, in_latex(tex_name(letter)), value)

    def _here(self, k: int) -> Iterator[Step]:
        """The point after step k and the state there, as what is given for the next step."""
        place = "start" if k == 0 else f"after step {k}"
        for i, value in enumerate(self.point.numpy()):
            yield self._given(place, *self._coordinate(i, k), float(value))
        for i in range(len(self.names)):
            for letter, value in self._state(i).items():
                yield self._given(place, *self._piece(letter, i, k), value)

    def _given(self, place: str, name: str, latex: str, value: float) -> Step:
        self._know(name, latex, value)
        return Step("given", place, name, latex, value, aliases=_short(name))

    # one step -----------------------------------------------------------------------------------

    def _step(self, k: int, value: float, gradient: np.ndarray) -> Iterator[Step]:
        """Value, gradient, new state and new point, in the order in which they are worked out."""
        place, f = f"step {k}", self._term(k - 1)
        yield self._value(place, k - 1, value, f)
        for i, slope in enumerate(gradient):
            yield self._slope(place, k - 1, i, float(slope), f)
        used = np.asarray(self.mover._clipped([gradient])[0])
        slopes = [self._slope_name(i, k - 1)[0] for i in range(len(used))]
        if not np.array_equal(used, gradient):
            yield from (self._clipped(place, k, i, float(each)) for i, each in enumerate(used))
            slopes = [self._letter("g", i, k)[0] for i in range(len(used))]
        if not isinstance(self.mover._learning_rate, Variable):
            yield self._line(place, f"η_{k}", rf"\eta_{{{k}}}", float(self.mover.learning_rate),
                             note="the schedule's rate at this step")
        self._move(gradient)
        yield from self._further(place, k)
        for i in range(len(self.names)):
            yield from self._moved(place, k, i, slopes[i])

    def _value(self, place: str, k: int, value: float, f: Term | None) -> Step:
        here = [self._coordinate(i, k) for i in range(len(self.names))]
        names, latex = (", ".join(each[side] for each in here) for side in (0, 1))
        return self._line(place, f"f({names})", f"f({latex})", value, f, aliases=(f"f_{k}",))

    def _slope(self, place: str, k: int, i: int, value: float, f: Term | None) -> Step:
        name, latex = self._slope_name(i, k)
        formula = None
        if f is not None:
            formula = _tried(lambda: tidied(notation.derivative(
                f, self.known[self._coordinate(i, k)[0]])))
        nudged = self._nudged(i, value)
        return self._line(place, name, latex, value, formula, nudged, note="" if nudged is not None
                          else "too small beside f for a nudge to show it")

    def _nudged(self, i: int, slope: float) -> float | None:
        """The slope of f along a number of the point, by two small nudges."""
        here = self.point.numpy()
        nudge = np.eye(len(here))[i] * NUDGE * (1 + abs(here[i]))
        above, below = (float(height(self.f, as_point(here + d))) for d in (nudge, -nudge))
        noise = np.finfo(float).eps * (abs(above) + abs(below)) / nudge[i]
        if noise > 1e-3 * abs(slope) and noise > 1e-6:   # what rounding alone would show
            return None
        return (above - below) / (2 * nudge[i])

    def _clipped(self, place: str, k: int, i: int, value: float) -> Step:
        name, latex = self._letter("g", i, k)
        return self._line(place, name, latex, value, note="the gradient, clipped")

    def _move(self, gradient: np.ndarray) -> None:
        self.mover.apply([gradient], [self.point])

    def _further(self, place: str, k: int) -> Iterator[Step]:
        """What else an optimizer keeps that stands in its rule, such as Nadam's product."""
        own = {"w", "g", "t", "η", *(self.rule.letters if self.rule else ())}
        used = {name: None for _, line in self._lines() for name in symbols(line)}
        for name in used:
            value = getattr(self.mover, name, None)
            if name not in own and isinstance(value, Variable) and not value.shape:
                yield self._line(place, f"{name}_{k}", f"{tex_name(name)}_{{{k}}}", float(value),
                                 note="kept by the optimizer")

    def _moved(self, place: str, k: int, i: int, slope: str) -> Iterator[Step]:
        """A line of the rule for each piece of state of a number, then for the number itself."""
        if self.rule is None:
            yield self._line(place, *self._coordinate(i, k), self.point.numpy()[i], note=NO_FORM)
            return
        state = self._state(i)
        names = {"w": self._coordinate(i, k - 1)[0], "g": slope,
                 "η": "η" if "η" in self.known else f"η_{k}"}
        for letter in state:
            names[letter] = self._piece(letter, i, k - 1)[0]
            names[f"{letter}'"] = self._piece(letter, i, k)[0]
        for letter, line in self.rule.lines:
            value = state[letter] if letter in state else float(self.point.numpy()[i])
            name, latex = (self._piece(letter, i, k) if letter in state
                           else self._coordinate(i, k))
            formula = self._filled(line, k, names)
            yield self._line(place, name, latex, value, formula,
                             note="" if formula is not None else NO_FORM)

    def _filled(self, line: Term, k: int, names: Mapping[str, str]) -> Term | None:
        """A line of the rule in the names of this step; None where it needs others."""
        def leaf(each: Term) -> Term | None:
            if not each.name:
                return None
            if each.name == "t":
                return Term(value=float(k))
            name = names.get(each.name, each.name)
            return self.known[name if name in self.known else f"{name}_{k}"]

        return _tried(lambda: changed(line, leaf))

    # the end ------------------------------------------------------------------------------------

    def _end(self, k: int) -> Iterator[Step]:
        """The last value, and what kind of point lies there or near."""
        value, _ = height_and_gradient(self.f, self.point)
        step = self._value("", k, value, self._term(k))
        yield replace(step, part="after", note=self._stationary() or step.note)

    def _stationary(self) -> str:
        """Where the gradient vanishes near the end, and what lies there."""
        try:
            found = stationary_point(self.f, self.point.numpy())
        except DataError:
            return ""
        if found.slope > found.tolerance:
            return "no point where the gradient vanishes was found from here"
        said = " ".join(str(found).split())
        return f"from here Newton's method leads to where the gradient vanishes: {said}"

    # names and formulas -------------------------------------------------------------------------

    def _coordinate(self, i: int, k: int) -> tuple[str, str]:
        name = self.names[i]
        if name[-1].isdecimal():                         # x1 has an index already
            return f"{name}^({k})", f"{tex_name(name)}^{{({k})}}"
        return f"{name}_{k}", f"{tex_name(name)}_{{{k}}}"

    def _slope_name(self, i: int, k: int) -> tuple[str, str]:
        name, latex = self._coordinate(i, k)
        return f"∂f/∂{name}", rf"\frac{{\partial f}}{{\partial {latex}}}"

    def _piece(self, letter: str, i: int, k: int) -> tuple[str, str]:
        return self._letter(letter, i, k)

    def _letter(self, letter: str, i: int, k: int) -> tuple[str, str]:
        """What belongs to a number of the point at a step: ``v^x_1``."""
        whose = f"^{self.names[i]}" if len(self.names) > 1 else ""
        stem, _, index = letter.partition("_")
        below = rf"\mathrm{{{index}}}, {k}" if index else f"{k}"
        above = f"^{{{tex_name(self.names[i])}}}" if whose else ""
        return f"{letter}{whose}_{k}", f"{tex_name(stem)}_{{{below}}}{above}"

    def _state(self, i: int) -> dict[str, float]:
        """The optimizer's state for a number of the point, by letter."""
        slots = self.mover._slots_of(self.point) if self.rule else {}
        return {letter: float(slot.numpy()[i]) for letter, slot in slots.items()
                if slot.shape == self.point.shape}

    def _lines(self) -> Sequence[tuple[str, Term]]:
        return self.rule.lines if self.rule else ()

    def _term(self, k: int) -> Term | None:
        """f as a formula in the names of the point after step k."""
        return _tried(lambda: notation.term(self.f(*(
            self.known[self._coordinate(i, k)[0]] for i in range(len(self.names))))))

    def _definition(self) -> str:
        """f(x, y) = …, as people write it."""
        made = _tried(lambda: notation.term(self.f(*map(notation.symbol, self.names))))
        left = f"f({', '.join(self.names)})"
        return left if made is None else f"{left} = {plain(in_latex(write(made, 'tex')))}"

    def _know(self, name: str, latex: str, value: float) -> None:
        self.known[name] = Known(name, latex, value)

    def _line(self, place: str, name: str, latex: str, value: float, formula: Term | None = None,
              nudged: float | None = None, note: str = "", aliases: tuple[str, ...] = ()) -> Step:
        """A line of a step, without its formula where that gives another number."""
        value = float(value)
        self._know(name, latex, value)
        if formula is not None and not _gives(formula, value):
            formula, note = None, note or NO_FORM
        return Step("update", place, name, latex, value, formula,
                    None if formula is None else put_in(formula, self.digits), nudged=nudged,
                    note=note, aliases=aliases + _short(name))


def _short(name: str) -> tuple[str, ...]:
    """v_x_1 for v^x_1."""
    return (name.replace("^", "_"),) if "^" in name else ()


def _gives(formula: Term, value: float) -> bool:
    """Whether a formula of known numbers gives a number."""
    try:
        found = evaluated(formula, {})
    except UNREADABLE:
        return False
    return np.shape(found) == () and bool(np.isclose(found, value, rtol=NEAR, atol=0,
                                                     equal_nan=True))


def _tried(make: Any) -> Any:
    """What is made; None where it cannot be, or is too long to read."""
    try:
        made = make()
    except (*UNREADABLE, RecursionError):
        return None
    return made if len(str(made)) <= notation.READABLE else None
