"""The arguments of `fit` and its kin: optimizers told from losses, numbers to count to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from pellucid import losses, optimizers
from pellucid.core.errors import ArgumentError, KindError, PellucidError, advise, user_line
from pellucid.core.fields import Field
from pellucid.core.settings import max_epochs


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


@contextlib.contextmanager
def about(what: str) -> Iterator[None]:
    """Errors inside say which argument they are about."""
    try:
        yield
    except PellucidError as error:
        error.args = (f"in {what}: {error}",)
        raise


def whole(name: str, value: Any, at_least: int) -> int:
    """A number of epochs, as an int; raises for what is none."""
    bounds = Field(whole=True, at_least=at_least)
    bounds.name = name
    return int(bounds.accept(value, "fit"))


def most_epochs(wanted: int) -> int:
    """How many epochs there will be: those asked for, up to the limit for trying out a script."""
    most = max_epochs()
    if most is None or wanted <= most:
        return wanted
    advise(f"training ends after {most} epochs, as set_max_epochs({most}) asks")
    return most


def frequency(value: Any) -> Any:
    """``validation_freq``: every so many epochs, or the epochs themselves (counted from 1)."""
    return value if isinstance(value, Iterable) and not isinstance(value, str) else whole(
        "validation_freq", value, 1)
