"""The hyper-parameters of a definition, as letters of its formula; and the forms that they bring.

A formula shows a hyper-parameter by its letter. One whose default is 0 (momentum) or False
(nesterov) does not stand in the usual formula: a further form shows what it brings.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pellucid.core.fields import MISSING
from pellucid.core.tensor import OPS
from pellucid.spaces.terms import Term

LETTERS = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "negative_slope": "α",
           "threshold": "θ", "default_value": "d", "max_value": "M"}
UNREADABLE = (TypeError, AttributeError, ValueError, LookupError)      # a symbol has no shape


class Given(Term):
    """The letter of a hyper-parameter that is in use: not zero, and more than zero.

    In a comparison it stands on the right.
    """

    def __bool__(self) -> bool: return True
    def __gt__(self, other: Any) -> Any: return True if _zero(other) else OPS["less"](other, self)
    def __lt__(self, other: Any) -> Any: return OPS["greater"](other, self)
    def __ge__(self, other: Any) -> Any: return OPS["less_equal"](other, self)
    def __le__(self, other: Any) -> Any: return OPS["greater_equal"](other, self)
    def __eq__(self, other: Any) -> Any: return False if _zero(other) else super().__eq__(other)
    __hash__ = Term.__hash__


def _zero(value: Any) -> bool:
    return isinstance(value, (int, float)) and value == 0


@dataclass(frozen=True)
class Knob:
    """A hyper-parameter: its name, its default, its letter ("" if it stands in no formula)."""

    name: str
    default: Any
    letter: str

    @property
    def off(self) -> bool:
        """Whether the default takes it out of the formula."""
        return self.default is False or (self.letter != "" and (
            self.default is None or _zero(self.default)))

    def lettered(self) -> Knob:
        """The same, whose letter stands in the formula even where it is 0."""
        shown = self.letter and _zero(self.default)
        return Knob(self.name, MISSING, self.letter) if shown else self

    def value(self, on: bool) -> Any:
        """What a formula is read with: the letter, or the default where there is no letter."""
        if self.default is False:
            return on
        number = isinstance(self.default, float) or self.default is MISSING or (
            isinstance(self.default, int) and not isinstance(self.default, bool))
        return Given(name=self.letter) if self.letter and (number or on) and (
            on or not self.off) else self.default


def of_class(cls: Any) -> list[Knob]:
    """Those that a class declares as fields."""
    return [Knob(name, each.default, each.symbol) for name, each in cls.fields.items()]


def of_function(function: Any) -> list[Knob]:
    """The options of an op; floats, and what has no default, have letters."""
    body = getattr(function, "body", function)
    if not inspect.isfunction(body):
        return []
    found = []
    for name, each in list(inspect.signature(body).parameters.items())[1:]:
        default = MISSING if each.default is each.empty else each.default
        lettered = default is MISSING or isinstance(default, float) or name == "max_value"
        found.append(Knob(name, default, LETTERS.get(name, name) if lettered else ""))
    return found


def settings(knobs: Sequence[Knob], on: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Every hyper-parameter as a formula is read, those in ``on`` put to use."""
    return {each.name: each.value(each.name in on) for each in knobs}


def forms(read: Callable[[dict[str, Any]], Any], knobs: Sequence[Knob]) -> tuple[Any, dict]:
    """The usual reading, and the others by the words that bring them about.

    ``read`` makes lines of settings, and raises one of `UNREADABLE` where there is no short
    formula; the usual reading is then None.
    """
    usual = tried(read, settings(knobs))
    found: dict[str, Any] = {}
    if usual is not None:
        seen: set[str] = set()                           # what has shown its effect alone
        for words, switch, on in _choices(knobs):
            other = None if switch in seen else tried(read, settings(knobs, on))
            known = [str(each) for each in (usual, *found.values())]
            if other is not None and str(other) not in known:
                found[words] = other
                seen.add(switch)
    return usual, found


def _choices(knobs: Sequence[Knob]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Each that is off, alone; then each switch together with all that could matter to it."""
    off = [each for each in knobs if each.off]
    for each in off:
        yield f"with {each.name}", each.name, frozenset([each.name])
    numbers = [each.name for each in off if each.default is not False]
    for each in off:
        if each.default is False and numbers:
            yield (f"with {' and '.join(numbers)} and {each.name}", each.name,
                   frozenset([*numbers, each.name]))


def tried(read: Callable[[dict[str, Any]], Any], given: dict[str, Any]) -> Any:
    """What reading gives; None where there is no short formula."""
    try:
        return read(given)
    except UNREADABLE:
        return None
