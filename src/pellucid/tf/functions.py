"""`tf.function`: a function of tensors that is traced into a Plan at its first call."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.core import nest
from pellucid.core.recording import recording
from pellucid.core.tensor import Arraylike
from pellucid.engines.trace import Traced


class Function:
    """A function that is traced once for each signature and then runs as a Plan.

    Tensors and arrays are inputs of the Plan; Python numbers, strings and other values are part of
    the signature, so a loop over ``range(n)`` works and each n has a Plan of its own. Inside a tape
    the function runs step by step, so that the tape sees what it does.

    >>> from pellucid import tf
    >>> @tf.function
    ... def power(x, n):
    ...     return x ** n
    >>> float(power(tf.constant(2.0), 3))
    8.0
    """

    def __init__(self, body: Callable[..., Any], owner: Any = None) -> None:
        self.body, self.owner = body, owner
        self.traced: dict[Any, Traced] = {}
        functools.update_wrapper(self, body)

    def __get__(self, owner: Any, _: type | None = None) -> Any:
        """As a method: one set of Plans for each object."""
        if owner is None:
            return self
        bound = Function(functools.partial(self.body, owner), owner)
        functools.update_wrapper(bound, self.body)
        vars(owner)[self.body.__name__] = bound          # the next look-up finds it at once
        return bound

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if recording.trace is not None or recording.tapes:
            return self.body(*args, **kwargs)
        call = [list(args), kwargs]
        leaves = nest.flatten(call)
        moving = [isinstance(each, (Arraylike, np.ndarray, np.generic)) for each in leaves]
        fixed = tuple("tensor" if moves else (type(each).__name__, _key(each))
                      for each, moves in zip(leaves, moving, strict=True))
        form = (len(args), tuple(sorted(kwargs)), fixed)
        if form not in self.traced:
            self.traced[form] = Traced(self._with_fixed(call, leaves, moving))
        return self.traced[form](*(each for each, moves in zip(leaves, moving, strict=True)
                                   if moves))

    def _with_fixed(self, call: Any, leaves: list[Any], moving: list[bool]) -> Callable[..., Any]:
        """The body as a function of its tensors alone."""
        def of_tensors(*tensors: Any) -> Any:
            given = iter(tensors)
            args, kwargs = nest.pack(call, [next(given) if moves else each for each, moves
                                            in zip(leaves, moving, strict=True)])
            return self.body(*args, **kwargs)
        return of_tensors


def _key(value: Any) -> Any:
    """What tells fixed values apart: themselves where they can be compared, else identity."""
    return value if isinstance(value, (int, float, str, bool, type(None))) else id(value)
