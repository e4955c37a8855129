"""A hyper-parameter is declared once: default, range, symbol, help. All else reads it.

A class that derives from `Declared` and has `field()` values gets its signature, checks, messages,
repr and config from them. A class with a plain ``__init__`` works as well: its arguments are kept
as they were given, so that its config is known too.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar, dataclass_transform

import numpy as np

from pellucid.core.errors import ArgumentError, KindError, nearest, user_line

MISSING: Any = inspect.Parameter.empty


class Field:
    """One hyper-parameter: what it may be, how a formula writes it, what it is for."""

    def __init__(self, default: Any = MISSING, *, get: Callable[[Any], Any] | None = None,
                 at_least: float | None = None, above: float | None = None,
                 at_most: float | None = None, below: float | None = None,
                 one_of: tuple[Any, ...] = (), whole: bool = False, symbol: str = "",
                 help: str = "") -> None:
        self.default, self.get, self.one_of, self.whole = default, get, one_of, whole
        self.at_least, self.above, self.at_most, self.below = at_least, above, at_most, below
        self.name, self.symbol, self.help = "", symbol, help

    def accept(self, value: Any, owner: str) -> Any:
        """The value, checked and (with ``get``) turned into what it names."""
        if self.get is not None:
            return self.get(value)
        if self.one_of and value not in self.one_of:
            hint = nearest(str(value), map(str, self.one_of))
            raise ArgumentError(f"{owner}'s {self.name} must be one of "
                                f"{', '.join(map(repr, self.one_of))}", got=value,
                                where=user_line(), hint=hint)
        if value is None and self.default is None:
            return value
        if self.ranged:
            self._check_number(value, owner)
        return value

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

    def _check_number(self, value: Any, owner: str) -> None:
        if callable(value) or hasattr(value, "assign"):   # a schedule, a Variable: checked there
            return
        if value is None or isinstance(value, (str, bytes)) or np.ndim(value) != 0:
            raise KindError(f"{owner}'s {self.name} must be {self.range}", where=user_line(),
                            got="None" if value is None else value)
        number = float(value)
        inside = (np.isfinite(number)
                  and (self.at_least is None or number >= self.at_least)
                  and (self.above is None or number > self.above)
                  and (self.at_most is None or number <= self.at_most)
                  and (self.below is None or number < self.below)
                  and (not self.whole or number == int(number)))
        if not inside:
            usual = "" if self.default in (MISSING, None) else f"the default is {self.default}"
            raise ArgumentError(f"{owner}'s {self.name} must be {self.range}", got=value,
                                where=user_line(), hint=usual or None)


def field(default: Any = MISSING, **facts: Any) -> Any:
    """Declare a hyper-parameter of a `Declared` class; see `Field` for the facts."""
    return Field(default, **facts)


# field() is not named as a specifier: type checkers would then not see its positional default
@dataclass_transform()
class Declared:
    """Base of everything that has hyper-parameters: layers, losses, optimizers, metrics, …

    >>> class Scale(Declared):
    ...     factor: float = field(1.0, above=0, help="multiplies everything")
    >>> Scale(2.0)
    Scale(factor=2.0)
    """

    fields: ClassVar[dict[str, Field]] = {}
    plain: ClassVar[bool] = False       # whether __init__ was written by hand, without fields
    _given: dict[str, Any]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Field)}
        for name, each in own.items():
            each.name = name
        inherited = {name: each for name, each in cls.fields.items() if name not in own}
        redefined = "__init__" in vars(cls)
        cls.fields = {**inherited, **own}
        cls.plain = not own and (redefined or cls.plain)
        if own and not redefined:
            cls.__init__ = _generated_init(cls)
            cls.__signature__ = _signature_of(cls)
        elif redefined:
            plain = inspect.signature(cls.__init__)
            cls.__signature__ = plain.replace(
                parameters=list(plain.parameters.values())[1:])
        for name, each in own.items():                   # a class attribute is the default
            if each.default is not MISSING and each.get is None:
                setattr(cls, name, each.default)
            else:
                delattr(cls, name)

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        instance = super().__new__(cls)
        object.__setattr__(instance, "_given", _bound_arguments(cls, args, kwargs))
        return instance

    def __repr__(self) -> str:
        shown = [f"{name}={getattr(self, name)!r}" for name, each in self.fields.items()
                 if each.get is None and getattr(self, name, None) is not each.default
                 and getattr(self, name, None) != each.default]
        return f"{type(self).__name__}({', '.join(shown)})"


def _bound_arguments(cls: type, args: Any, kwargs: Any) -> dict[str, Any]:
    """The arguments of a call by name, as they were given."""
    try:
        bound = inspect.signature(cls).bind(*args, **kwargs)
    except (TypeError, ValueError):
        return dict(kwargs)                              # __init__ itself will say what is wrong
    named: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_KEYWORD:
            named.update(value)
        elif kind is not inspect.Parameter.VAR_POSITIONAL:
            named[name] = value
    return named


def _base_of(cls: type) -> type:
    """The nearest class above whose ``__init__`` was written by hand."""
    return next(each for each in cls.__mro__
                if "__init__" in vars(each) and not hasattr(vars(each)["__init__"], "generated"))


def _generated_init(cls: Any) -> Callable[..., None]:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:      # noqa: N807
        owner, fields = cls.__name__, cls.fields
        names = list(fields)
        if len(args) > len(names):
            raise KindError(f"{owner} takes at most {len(names)} positional arguments "
                            f"({', '.join(names)})", got=f"{len(args)}", where=user_line())
        given = dict(zip(names, args, strict=False))
        for name in list(kwargs):
            if name in fields:
                if name in given:
                    raise KindError(f"{owner} got two values for {name}", where=user_line())
                given[name] = kwargs.pop(name)
        _check_unknown(cls, owner, kwargs, names)
        _base_of(cls).__init__(self, **kwargs)
        for name, each in fields.items():
            if name not in given and each.default is MISSING:
                raise KindError(f"{owner} needs {name}: {each.help or 'it has no default'}",
                                where=user_line())
            setattr(self, name, each.accept(given.get(name, each.default), owner))
        if hasattr(self, "settle"):                      # checks that involve several fields
            self.settle()
    __init__.generated = True                            # pyright: ignore
    return __init__


def _check_unknown(cls: type, owner: str, kwargs: dict[str, Any], names: list[str]) -> None:
    parameters = inspect.signature(_base_of(cls).__init__).parameters
    if any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        return
    for name in kwargs:
        if name not in parameters:
            hint = nearest(name, [*names, *parameters])
            raise KindError(f"{owner} has no argument {name!r}", where=user_line(),
                            hint=hint or f"known: {', '.join([*names, *list(parameters)[1:]])}")


def _signature_of(cls: Any) -> inspect.Signature:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    own = [inspect.Parameter(name, kind, default=each.default) for name, each in cls.fields.items()]
    own.sort(key=lambda each: each.default is not MISSING)
    base = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for each in list(inspect.signature(_base_of(cls).__init__).parameters.values())[1:]
            if each.name not in cls.fields
            and each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)]
    return inspect.Signature([*own, *base])
