"""Calls that do not fit a function, told for people: unknown names, and arguments left out."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

import numpy as np

from pellucid.core.errors import KindError, nearest_or_all, user_line

P = ParamSpec("P")
R = TypeVar("R")


def known_by_name(function: Callable[P, R]) -> Callable[P, R]:
    """Decorator: a keyword that the function does not have is told, with the nearest that it has;
    so is an argument that is missing, or one too many.

    >>> @known_by_name
    ... def scaled(x, factor=2.0):
    ...     return factor * x
    >>> try:
    ...     scaled(3.0, facor=1.0)
    ... except KindError as error:
    ...     print(error.hint)
    did you mean "factor"?
    """
    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except TypeError as wrong:
            if wrong.__traceback__ is None or wrong.__traceback__.tb_next is not None:
                raise                                    # from inside, where the call had begun
            told = misfit(function, args, kwargs)
            if told is None:
                raise
        raise told
    return checked


def check_fit(function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> None:
    """Raise KindError, alone, if a function cannot be called so."""
    if (told := misfit(function, args, kwargs)) is not None:
        raise told from None


def misfit(function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]
           ) -> KindError | None:
    """What is wrong with a call, told for people; None if the arguments fit the function."""
    signature = inspect.signature(function)
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        names = [name for name in signature.parameters if name != "self"]
        for name in kwargs:
            if name not in names:
                return KindError(f"{function.__name__} has no argument {name!r}",
                                 where=user_line(),
                                 hint=nearest_or_all(name, names))
        return _misplaced(function, args, kwargs)
    return None


def _misplaced(function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]
               ) -> KindError:
    """What is wrong with a call whose names are all known."""
    parameters = inspect.signature(function).parameters.values()
    placed = [each.name for each in parameters if each.kind is not each.KEYWORD_ONLY]
    needed = [each.name for each in parameters if each.default is each.empty
              and each.name != "self"]
    own = [name for name in placed if name != "self"]
    if len(args) > len(placed):
        by_name = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]
        return KindError(f"{function.__name__} takes {', '.join(own)}",
                         got=f"{len(args) - len(placed) + len(own)} arguments", where=user_line(),
                         hint=f"by name it also takes {', '.join(by_name)}" if by_name else None)
    twice = [name for name in placed[:len(args)] if name in kwargs]
    if twice:
        return KindError(f"{function.__name__} takes one {twice[0]}", where=user_line(),
                         got="one in its place and one by its name")
    missing = [name for name in needed if name not in kwargs and name not in placed[:len(args)]]
    return KindError(f"{function.__name__} needs {' and '.join(needed)}",
                     got=f"no {' and no '.join(missing)}", where=user_line())


def operands_and_options(body: Callable[..., Any]) -> tuple[list[str] | None, list[str]]:
    """The names of the tensors it takes (None: any number of them), and of its options."""
    if isinstance(body, np.ufunc):
        return ["x"] if body.nin == 1 else ["x1", "x2"], []
    parameters = list(inspect.signature(body).parameters.values())
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return None, []
    required = [each for each in parameters if each.default is each.empty
                and each.kind is not each.KEYWORD_ONLY]
    names = [each.name for each in parameters]
    return names[:len(required)], names[len(required):]
