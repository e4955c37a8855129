"""A hyper-parameter is declared once: default, range, symbol, help. All else reads it.

A class that derives from `Declared` and has `field()` values gets its signature, checks, messages,
repr and config from them. A class with a plain ``__init__`` works as well: its arguments are kept
as they were given, so that its config is known too.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, dataclass_transform

from pellucid.core.errors import KindError, nearest_or_all, user_line
from pellucid.core.field import MISSING, Field


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
        annotations = vars(cls).get("__annotations__", {})
        for name, each in own.items():
            each.declare(name, annotations.get(name, ""))
        inherited = {name: each for name, each in cls.fields.items() if name not in own}
        redefined = "__init__" in vars(cls)
        cls.fields = {**inherited, **own}
        cls.plain = not own and (redefined or cls.plain)
        declared = own or hasattr(cls.__init__, "generated")
        if declared and not redefined:                   # each its own: messages name the class
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

    def _take(self, **given: Any) -> None:
        """Set fields to given values, checked: for an ``__init__`` written by hand."""
        for name, value in given.items():
            setattr(self, name, self.fields[name].accept(value, type(self).__name__))

    def __repr__(self) -> str:
        shown = [f"{name}={getattr(self, name)!r}" for name, each in self.fields.items()
                 if each.get is None and getattr(self, name, None) is not each.default
                 and getattr(self, name, None) != each.default]
        return f"{type(self).__name__}({', '.join(shown)})"


def _bound_arguments(cls: type, args: Any, kwargs: Any) -> dict[str, Any]:
    """The arguments of a call by name, as they were given."""
    try:
        bound = inspect.signature(cls).bind(*args, **kwargs)
    except (TypeError, ValueError):                      # __init__ itself says what is wrong, but
        if not hasattr(cls.__init__, "generated"):       # for a name that it does not have
            refuse_unknown(cls, kwargs)
        return dict(kwargs)
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
        owner, fields = type(self).__name__, cls.fields
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
        refuse_unknown(cls, kwargs, names)
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


def refuse_unknown(cls: type, kwargs: dict[str, Any], names: Sequence[str] = ()) -> None:
    """Raise KindError, with the nearest name, for a keyword that is neither one of ``names`` nor an
    argument of the class.
    """
    if not kwargs:                                       # as most often, and signatures take time
        return
    base = _base_of(cls)
    parameters = {} if base is object else inspect.signature(base.__init__).parameters
    if any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        return
    known = dict.fromkeys([*names, *list(parameters)[1:]])           # each name once
    for name in kwargs:
        if name not in known:
            raise KindError(f"{cls.__name__} has no argument {name!r}", where=user_line(),
                            hint=nearest_or_all(name, known))


def _signature_of(cls: Any) -> inspect.Signature:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    own = [inspect.Parameter(name, kind, default=each.default) for name, each in cls.fields.items()]
    own.sort(key=lambda each: each.default is not MISSING)
    base = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for each in list(inspect.signature(_base_of(cls).__init__).parameters.values())[1:]
            if each.name not in cls.fields
            and each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)]
    return inspect.Signature([*own, *base])
