"""A function becomes a Plan: run once on shapes for each signature, then only on arrays."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import pellucid.spaces.shapes  # noqa: F401 (gives every atom its rule of shapes)
from pellucid.core import nest
from pellucid.core.errors import no_such_entry
from pellucid.core.plan import Plan, Trace
from pellucid.core.recording import recording, watched_by
from pellucid.core.tensor import Abstract, Arraylike, Tensor, convert
from pellucid.core.variable import Variable
from pellucid.engines import base, reference

__all__ = ["Compiled", "Traced", "abstract_call", "reference", "trace"]


class Compiled:
    """A Plan bound to the variables that it reads and changes, ready to run."""

    def __init__(self, plan: Plan, read: Sequence[Variable], changed: Sequence[Variable],
                 results: Any, engine: base.Engine) -> None:
        self.plan, self.read, self.changed, self.results = plan, read, changed, results
        self.run = engine.compile(plan)

    def __call__(self, arrays: Sequence[np.ndarray]) -> Any:
        """Run one step: arrays and current state in, results out, the new state kept."""
        results, state = self._run(arrays)
        for variable, value in zip(self.changed, state, strict=True):
            variable.set_array(value)
        return results

    def look(self, arrays: Sequence[np.ndarray]) -> Any:
        """What a step would give, as in a call; but every variable stays as it is."""
        return self._run(arrays)[0]

    def _run(self, arrays: Sequence[np.ndarray]) -> tuple[Any, list[np.ndarray]]:
        """The results, and the new values of the variables that change."""
        inputs = [*arrays, *(variable.array for variable in self.read)]
        given = {id(each) for each in inputs}
        try:
            values = [_owned(value, given) for value in self.run(inputs)]
        except IndexError as error:
            raise no_such_entry(error) from None
        plain = len(values) - len(self.changed)
        leaves = iter(values[:plain])
        return nest.pack(self.results, [Tensor(next(leaves)) if each else None
                                        for each in nest.flatten(self.results)]), values[plain:]


def _owned(value: Any, given: set[int]) -> np.ndarray:
    """A result of its own: never an input, or a view of one, that the caller may change later."""
    value = np.asarray(value)
    return value.copy() if value.base is not None or id(value) in given else value


def trace(function: Callable[..., Any], *like: Any, engine: str = "reference") -> Compiled:
    """The Plan of ``function``: ``like`` are nests of arrays, or `Abstract` shapes, or None.

    What the function reads from variables comes in as state, what it assigns goes out.
    """
    watcher = Trace()
    with watched_by(tapes=(), trace=watcher):
        inputs = [None if each is None else watcher.input(_abstract(each))
                  for each in _leaves(like)]
        out = function(*_pack(like, inputs))
        leaves = [None if each is None else convert(each) for each in nest.flatten(out)]
    plan = watcher.plan([each for each in leaves if each is not None])
    return Compiled(plan, list(watcher.read_first), list(watcher.assigned),
                    nest.pack(out, [each is not None for each in leaves]), base.get(engine))


class Traced:
    """A function of nests of arrays that is traced once per signature and then runs as a Plan."""

    def __init__(self, function: Callable[..., Any], engine: str = "reference") -> None:
        self.function, self.engine = function, engine
        self.compiled: dict[Any, Compiled] = {}
        functools.update_wrapper(self, function)

    def __call__(self, *args: Any) -> Any:
        if recording.trace is not None or recording.tapes:
            return self.function(*args)       # part of the Plan around, or for the tape to see
        leaves = [None if each is None else _array(each) for each in nest.flatten(args)]
        return self.compiled_for(args, leaves)([each for each in leaves if each is not None])

    def compiled_for(self, args: Any, leaves: Sequence[np.ndarray | None]) -> Compiled:
        """The step for arguments of these shapes and dtypes: traced now if it is the first."""
        signature = _signature(args, leaves)
        if signature not in self.compiled:
            self.compiled[signature] = trace(self.function, *nest.pack(args, leaves),
                                             engine=self.engine)
        return self.compiled[signature]


def abstract_call(function: Callable[..., Any], *like: Any) -> Any:
    """The shapes of what ``function`` gives, found without computing a number."""
    watcher = Trace()
    with watched_by(tapes=(), trace=watcher):
        inputs = [None if each is None else watcher.input(_abstract(each))
                  for each in _leaves(like)]
        out = function(*_pack(like, inputs))
        return nest.map_structure(
            lambda each: None if each is None else _abstract(convert(each)), out)


def _abstract(value: Any) -> Abstract:
    if isinstance(value, Abstract):
        return value
    value = value if hasattr(value, "dtype") else convert(value)
    return Abstract(tuple(value.shape), getattr(value.dtype, "name", value.dtype))


def _array(value: Any) -> np.ndarray:
    """A leaf as an array; a Variable or Tensor gives its own."""
    if isinstance(value, (np.ndarray, np.generic)):
        return np.asarray(value)
    tensor = convert(value) if not isinstance(value, Arraylike) else value
    return np.asarray(tensor)


def _leaves(like: Any) -> list[Any]:
    """As `nest.flatten`, but an `Abstract` (itself a tuple) is a leaf."""
    if isinstance(like, Abstract) or not nest.is_nested(like):
        return [like]
    branches = [like[key] for key in sorted(like)] if isinstance(like, dict) else like
    return [leaf for branch in branches for leaf in _leaves(branch)]


def _pack(like: Any, leaves: Sequence[Any]) -> Any:
    def blank(branch: Any) -> Any:
        if isinstance(branch, Abstract) or not nest.is_nested(branch):
            return 0
        if isinstance(branch, dict):
            return {key: blank(each) for key, each in branch.items()}
        return type(branch)(map(blank, branch))
    return nest.pack(blank(like), leaves)


def _signature(args: Any, leaves: Sequence[np.ndarray | None]) -> Any:
    """What a Plan depends on: the form of the nest, shapes and dtypes."""
    def form(branch: Any) -> Any:
        if isinstance(branch, dict):
            return tuple((key, form(branch[key])) for key in sorted(branch))
        if isinstance(branch, (list, tuple)):
            return tuple(map(form, branch))
        return branch is None
    return form(args), tuple(None if each is None else (each.shape, each.dtype.str)
                             for each in leaves)
