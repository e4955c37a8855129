"""The arguments of `fit` and its kin: known by name, and numbers that can be counted to."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

from pellucid import losses, optimizers
from pellucid.core.errors import ArgumentError, KindError, nearest, user_line
from pellucid.core.fields import Field

P = ParamSpec("P")
R = TypeVar("R")


def known_by_name(method: Callable[P, R]) -> Callable[P, R]:
    """Decorator: a keyword that the method does not have is told, with the nearest that it has."""
    names = [name for name in inspect.signature(method).parameters if name != "self"]

    @functools.wraps(method)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        for name in kwargs:
            if name not in names:
                raise KindError(f"{method.__name__} has no argument {name!r}", where=user_line(),
                                hint=nearest(name, names) or f"known: {', '.join(names)}")
        return method(*args, **kwargs)
    return checked


def optimizer_of(optimizer: Any, loss: Any) -> Any:
    """The optimizer that `compile` was given; ArgumentError if a loss stands in its place."""
    try:
        return optimizers.get(optimizer)
    except (ArgumentError, KindError):
        if not (isinstance(optimizer, losses.Loss) or _named(optimizer, losses)):
            raise
    first = loss if _named(loss, optimizers) else "adam"
    second = optimizer if isinstance(optimizer, str) else "mse"
    raise ArgumentError(f"compile takes the optimizer first, then the loss, and {optimizer!r} is a "
                        "loss", where=user_line(), hint=f'try compile("{first}", "{second}")')


def _named(identifier: Any, family: Any) -> bool:
    """Whether a string names something of a family: losses or optimizers."""
    try:
        return isinstance(identifier, str) and family.get(identifier) is not None
    except (ArgumentError, KindError):
        return False


def whole(name: str, value: Any, at_least: int) -> int:
    """A number of epochs, as an int; raises for what is none."""
    bounds = Field(whole=True, at_least=at_least)
    bounds.name = name
    return int(bounds.accept(value, "fit"))


def frequency(value: Any) -> Any:
    """``validation_freq``: every so many epochs, or the epochs themselves (counted from 1)."""
    return value if isinstance(value, Iterable) and not isinstance(value, str) else whole(
        "validation_freq", value, 1)
