"""One hyper-parameter: what it may be, how a formula writes it, what it is for."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, KindError, nearest, user_line
from pellucid.core.kinds import NUMBER, WHOLE, Kind, kind_of, shown

MISSING: Any = inspect.Parameter.empty


class Field:
    """A declared argument. Its annotation says its kind (``rate: float``); the facts say more.

    ``at_least``, ``above``, ``at_most``, ``below`` and ``whole`` bound a number, which is finite
    unless ``infinite``; ``one_of`` lists all values; ``kind`` names a kind that no annotation can;
    ``optional`` allows None; ``get`` turns a name into what it stands for; ``written`` says whether
    `get_config` tells it. A whole number is kept as Python's, whatever it came as. An argument
    annotated ``Any`` with a range may also be a function of the step (a schedule).
    """

    def __init__(self, default: Any = MISSING, *, get: Callable[[Any], Any] | None = None,
                 at_least: float | None = None, above: float | None = None,
                 at_most: float | None = None, below: float | None = None,
                 one_of: tuple[Any, ...] = (), whole: bool = False, infinite: bool = False,
                 kind: Kind | None = None, optional: bool = False, written: bool = True,
                 symbol: str = "", help: str = "") -> None:
        self.default, self.get, self.one_of, self.whole = default, get, one_of, whole
        self.at_least, self.above, self.at_most, self.below = at_least, above, at_most, below
        self.infinite, self.kind, self.written = infinite, kind, written
        self.name, self.symbol, self.help = "", symbol, help
        self.optional, self.scheduled = optional or default is None, False

    def declare(self, name: str, annotation: Any) -> None:
        """Take the name, and what the annotation says about the kind."""
        words = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
        self.name, self.kind = name, self.kind or kind_of(words)
        self.optional = self.optional or words.endswith("| None")
        self.scheduled = words == "Any"
        self.whole = self.whole or self.kind is WHOLE

    def accept(self, value: Any, owner: str) -> Any:
        """The value, checked and (with ``get``) turned into what it names.

        Raises KindError for a value of the wrong kind, ArgumentError for one out of range.
        """
        if self.get is not None:
            return self._named(value, owner)
        if self.one_of:
            self._check_choice(value, owner)
        elif not (value is None and self.optional):
            self._check(value, owner)
        return int(value) if self.whole and value is not None else value

    @property
    def ranged(self) -> bool:
        return self.range != ""

    @property
    def range(self) -> str:
        """The range in words: ``at least 0 and below 1``."""
        words = [("at least", self.at_least), ("above", self.above), ("at most", self.at_most),
                 ("below", self.below)]
        text = " and ".join(f"{word} {bound:g}" for word, bound in words if bound is not None)
        return f"a whole number {text}".strip() if self.whole else text

    @property
    def numeric(self) -> bool:
        """Whether the value is one number."""
        return self.kind in (NUMBER, WHOLE) or (self.kind is None and self.ranged)

    @property
    def expected(self) -> str:
        """What a value must be, in words; "" where anything may come."""
        if self.one_of:
            return f"one of {', '.join(map(repr, self.one_of))}"
        return self.range or (self.kind.words if self.kind is not None else "")

    def _named(self, value: Any, owner: str) -> Any:
        """What a name stands for; a mistake in it is told with the argument that it was for."""
        try:
            return self.get(value)                       # pyright: ignore[reportOptionalCall]
        except (ArgumentError, KindError) as error:
            raise type(error)(f"{owner}'s {self.name}: {error.expected}", got=error.got,
                              where=error.where or user_line(), hint=error.hint) from None

    def _check_choice(self, value: Any, owner: str) -> None:
        plain = value is None or isinstance(value, str | int | float | tuple)
        if not plain or not any(value == each for each in self.one_of
                                if isinstance(each, bool) or not isinstance(value, bool)):
            raise ArgumentError(f"{owner}'s {self.name} must be {self.expected}",
                                got=shown(value), where=user_line(),
                                hint=nearest(str(value), map(str, self.one_of)))

    def _check(self, value: Any, owner: str) -> None:
        number = self.numeric
        if number and not self.whole and (hasattr(value, "assign")
                                          or (self.scheduled and callable(value))):
            return                                       # a Variable, a schedule: checked there
        kind = self.kind or (NUMBER if number else None)
        if kind is not None and not kind.fits(value):
            raise KindError(f"{owner}'s {self.name} must be {self.expected}", got=shown(value),
                            where=user_line())
        if number and not self._inside(float(value)):
            usual = "" if self.default in (MISSING, None) else f"the default is {self.default}"
            raise ArgumentError(f"{owner}'s {self.name} must be {self.expected}",
                                got=shown(value), where=user_line(), hint=usual or None)

    def _inside(self, number: float) -> bool:
        return bool((np.isfinite(number) or (self.infinite and not np.isnan(number)))
                    and (self.at_least is None or number >= self.at_least)
                    and (self.above is None or number > self.above)
                    and (self.at_most is None or number <= self.at_most)
                    and (self.below is None or number < self.below)
                    and (not self.whole or number == np.floor(number)))


def check(owner: str, name: str, value: Any, needed: bool = False, **facts: Any) -> Any:
    """An argument that no class declares, checked as a `Field` of these facts.

    None passes unless ``needed``.

    >>> check("Adam", "clipnorm", 2.0, at_least=0)
    2.0
    """
    each = Field(MISSING if needed else None, **facts)
    each.name = name
    return each.accept(value, owner)
