"""Gradients and variables as they are given to an optimizer, checked before anything moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, KindError, ShapeError, user_line
from pellucid.core.kinds import shown
from pellucid.core.tensor import Arraylike
from pellucid.core.variable import Variable


def pairs_of(name: str, given: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """(gradients, variables) of pairs; raises KindError for what is no pair.

    >>> w = Variable(1.0)
    >>> pairs_of("sgd", zip([0.5], [w]))[0]
    (0.5,)
    """
    pairs = list(given) if isinstance(given, Iterable) else [given]
    for each in pairs:
        if not isinstance(each, list | tuple) or len(each) != 2:
            raise KindError(f"{name} needs pairs of a gradient and a variable", got=shown(each),
                            where=user_line(), hint="apply_gradients(zip(gradients, variables))")
    if not pairs:
        raise ArgumentError(f"{name} needs at least one pair of a gradient and a variable",
                            got="none", where=user_line())
    return tuple(g for g, _ in pairs), tuple(w for _, w in pairs)


def check_sequence(name: str, gradients: Any) -> None:
    """Raise KindError for gradients that are no sequence."""
    if not isinstance(gradients, list | tuple):
        raise KindError(f"{name} needs a list of gradients, one for each variable",
                        got=shown(gradients), where=user_line())


def check_variables(name: str, variables: Sequence[Any]) -> None:
    """Raise KindError for what is no variable."""
    for each in variables:
        if not isinstance(each, Variable):
            raise KindError(f"{name} moves variables", got=shown(each), where=user_line(),
                            hint="pairs are (gradient, variable), in this order")


def check_shapes(name: str, gradients: Sequence[Any], variables: Sequence[Variable]) -> None:
    """Raise ShapeError for a gradient that does not broadcast to the shape of its variable."""
    for g, w in zip(gradients, variables, strict=True):
        shape = tuple(g.shape) if isinstance(g, Arraylike) else np.shape(g)
        if g is not None and (len(shape) > len(w.shape) or any(
                n not in (1, m) for n, m in zip(reversed(shape), reversed(w.shape), strict=False))):
            raise ShapeError(f"{name} needs a gradient of shape {tuple(w.shape)} for {w.path}",
                             got=f"shape {shape}", where=user_line())
