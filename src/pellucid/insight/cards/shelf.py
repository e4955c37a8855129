"""Where everything that has a card stands, by kind and by name."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pellucid.core.errors import ArgumentError, KindError, nearest, unknown_name, user_line
from pellucid.core.kinds import shown
from pellucid.core.names import snake_case


@dataclass(frozen=True)
class Kind:
    """A kind of thing: its word, where its members stand, what they derive from.

    ``bases`` are public classes that others derive from, and that do nothing alone.
    """

    word: str
    module: str
    base: str = ""
    bases: tuple[str, ...] = ()

    def members(self) -> dict[str, Any]:
        """Every member by its own name; other names of the same thing are left out."""
        home = self.home
        if not self.base:
            return dict(home.FUNCTIONS)
        root = getattr(home, self.base)
        found = {self.named(each): each for name in _public(home) if inspect.isclass(
            each := getattr(home, name)) and issubclass(each, root)}
        return {name: found[name] for name in sorted(found) if name not in (
            self.base, *self.bases)}

    def named(self, thing: Any) -> str:
        """The name under which a thing is public: its own, unless only another one is.

        As Keras's GroupQueryAttention, whose class is called GroupedQueryAttention.
        """
        public = _public(self.home)
        others = (name for name in public if getattr(self.home, name) is thing)
        return thing.__name__ if thing.__name__ in public else next(others, thing.__name__)

    def names(self) -> dict[str, Any]:
        """Every name, other names and short ones among them, in small letters without signs."""
        members = self.members()
        found = {plain(name): each for own, each in members.items()
                 for name in (each.__name__, own)}
        known = set(map(id, members.values()))
        formulas = {id(vars(each).get("formula")): each for each in members.values()
                    if inspect.isclass(each)}
        others = {**vars(self.home), **(self.home._identifiers.names() if hasattr(
            self.home, "_identifiers") else {})}
        for name, each in others.items():
            thing = formulas.get(id(each), each)
            if id(thing) in known and not name.startswith("_"):
                found.setdefault(plain(name), thing)
        return found

    @property
    def home(self) -> Any:
        return importlib.import_module(f"pellucid.{self.module}")

    def holds(self, thing: Any) -> bool:
        """Whether a thing, the user's own included, is of this kind."""
        if not self.base:
            return any(thing is each for each in self.members().values())
        return inspect.isclass(thing) and issubclass(thing, getattr(self.home, self.base))


KINDS = (
    Kind("activation", "activations"),
    Kind("loss", "losses", "Loss", ("FormulaLoss", "LossFunctionWrapper")),
    Kind("optimizer", "optimizers", "Optimizer"),
    Kind("initializer", "initializers", "Initializer", ("RandomInitializer",)),
    Kind("regularizer", "regularizers", "Regularizer"),
    Kind("constraint", "constraints", "Constraint"),
    Kind("schedule", "schedules", "LearningRateSchedule"),
    Kind("metric", "metrics", "Metric", ("MeanMetricWrapper",)),
    Kind("layer", "layers", "Layer", ("Operation", "Wrapper")),
)

CARDLESS = ("callbacks", "models", "ops")         # … and where public things without cards stand


def _public(home: Any) -> list[str]:
    return [name for name in getattr(home, "__all__", vars(home)) if not name.startswith("_")]


def plain(name: str) -> str:
    """A name without what people write differently.

    >>> plain("LeakyReLU") == plain("leaky_relu") == plain("leaky re-lu")
    True
    """
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


def kind_named(name: str) -> Kind:
    """The kind that a word means: "layer", "layers". Raises ArgumentError for another word."""
    if not isinstance(name, str):
        raise KindError("a kind of card is a string", got=shown(name), where=user_line(),
                        hint=f"one of {', '.join(kind.word for kind in KINDS)}")
    if (kind := _kinds().get(name.lower())) is not None:
        return kind
    raise unknown_name("kind of card", name, [kind.word for kind in KINDS])


def _kinds() -> dict[str, Kind]:
    return {name: kind for kind in KINDS for name in (kind.word, kind.module)}


def find(thing: Any, kind: str | None = None) -> tuple[Kind, Any, tuple[str, ...]]:
    """The kind and the thing that a name, a class, a function or an object means.

    Of several kinds with one name the one whose own name it is goes first ("ReLU" is the layer,
    "relu" the activation), then the first of `KINDS`; the others are named in the third place.
    """
    kinds = KINDS if kind is None else (kind_named(kind),)
    if isinstance(thing, str):
        return _by_name(thing, kinds)
    meant = [thing, type(thing)]
    for each in kinds:
        for candidate in meant:
            if each.holds(candidate):
                return each, candidate, ()
            if (named := _by_formula(each, candidate)) is not None:
                return each, named, ()
    raise KindError("a card is about a name, or a class, function or object of one of the kinds "
                    f"{', '.join(each.word for each in kinds)}", got=f"{thing!r:.60}",
                    where=user_line())


def _by_formula(kind: Kind, thing: Any) -> Any:
    """The loss class whose formula a function is."""
    return next((each for each in kind.members().values() if kind.base and thing is not None
                 and vars(each).get("formula") is thing), None)


def _by_name(name: str, kinds: tuple[Kind, ...]) -> tuple[Kind, Any, tuple[str, ...]]:
    found = [(kind, thing) for kind in kinds
             if (thing := kind.names().get(plain(name))) is not None]
    if not found:
        raise _unknown(name, kinds)
    found.sort(key=lambda pair: pair[0].named(pair[1]) != name)
    (kind, thing), *others = found
    return kind, thing, tuple(f"{other.named(each)} ({other.word})" for other, each in others)


def _unknown(name: str, kinds: tuple[Kind, ...]) -> ArgumentError:
    """The error for a name that has no card: a kind's own name, another kind's, or a slip."""
    if (kind := _kinds().get(name.lower())) is not None:
        return ArgumentError(f"{name!r} is a kind of card and has none of its own",
                             hint=f"pellucid.cards({kind.word!r}) lists those of that kind")
    if (place := _cardless(name)) is not None:
        return ArgumentError(f"{place} has no card: {place.split('.')[1]} have none", hint=f"help("
                             f"{place}) says what it does, pellucid.cards() lists what has one")
    what = kinds[0].word if len(kinds) == 1 else "card"
    others = [each.word for each in KINDS if plain(name) in each.names()]
    known = {snake_case(each) for kind in kinds for each in kind.members()}
    hint = f"there is one of kind {others[0]!r}" if others else nearest(name, known)
    return ArgumentError(f"{name!r} is not a known {what}",
                         hint=hint or "pellucid.cards() lists them all")


def _cardless(name: str) -> str | None:
    """Where a public thing stands that is of a kind without cards: "pellucid.callbacks.History"."""
    for module in CARDLESS:
        home = importlib.import_module(f"pellucid.{module}")
        for each in _public(home):
            if plain(each) == plain(name) and callable(getattr(home, each)):
                return f"pellucid.{module}.{each}"
    return None


def everything() -> Iterator[tuple[Kind, Any]]:
    """Every thing that has a card, with its kind."""
    for kind in KINDS:
        for each in kind.members().values():
            yield kind, each


def not_a_base(kind: Kind, thing: Any) -> None:
    """Raise ArgumentError for a class that is there to be derived from."""
    if thing.__name__ in (kind.base, *kind.bases):
        raise ArgumentError(f"{thing.__name__} is what every {kind.word} derives from and has no "
                            "card of its own", where=user_line(),
                            hint=f"pellucid.cards({kind.word!r}) lists those that have one")
