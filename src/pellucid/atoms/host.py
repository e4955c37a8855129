"""Host calls: what no formula over atoms gives is asked of NumPy, from a closed table.

One atom, `host`, stands for all of them: its option ``function`` names a row of `HOST`. A row is
the NumPy function, the shapes and dtypes that it gives, and its gradient where there is one. Why it
is so, and what it costs: docs/decisions/0021-host-calls.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.core.atom import atom
from pellucid.core.errors import KindError, ShapeError, user_line
from pellucid.core.tensor import Abstract

HOST: dict[str, HostFunction] = {}                   # the closed table, by name


@dataclass(frozen=True)
class HostFunction:
    """A row of the table; called on tensors it gives a tensor, or a tuple of them.

    ``value`` takes arrays, ``kinds`` anything with a shape and a dtype, and gives `Abstract`\\ s;
    ``gradient(g, y, *inputs, **options)`` gives the gradient for each input.
    """

    name: str
    value: Callable[..., Any]
    kinds: Callable[..., Any]
    gradient: Callable[..., Sequence[Any]] | None
    about: str

    def __call__(self, *operands: Any, **options: Any) -> Any:
        results = host_atom(*operands, function=self.name, **options)
        return results[0] if len(results) == 1 else results

    def types(self, *operands: Any, **options: Any) -> tuple[Abstract, ...]:
        """The shapes and dtypes of the results."""
        found = self.kinds(*operands, **options)
        return (found,) if isinstance(found, Abstract) else tuple(found)

    def results(self, *arrays: Any, **options: Any) -> tuple[np.ndarray, ...]:
        """The results of the function itself, in the dtypes that were foretold."""
        found = self.value(*arrays, **options)
        kinds = self.types(*arrays, **options)
        found = found if isinstance(found, tuple) else (found,)
        if [np.shape(each) for each in found] != [kind.shape for kind in kinds]:
            raise ShapeError(f"{self.name} foretold the shapes {[kind.shape for kind in kinds]}",
                             got=f"{[np.shape(each) for each in found]}")
        return tuple(np.asarray(each, kind.dtype)
                     for each, kind in zip(found, kinds, strict=True))


def host_function(name: str, value: Callable[..., Any], kinds: Callable[..., Any],
                  gradient: Callable[..., Sequence[Any]] | None = None, *,
                  about: str) -> HostFunction:
    """Add a row to the table; options must be plain values (numbers, names, tuples of them).

    ``value`` must be pure, and work the same on every machine: it may be asked twice.
    """
    if name in HOST:
        raise KindError(f"{name} stands in the table already", where=user_line())
    HOST[name] = HostFunction(name, value, kinds, gradient, about)
    return HOST[name]


def like(x: Any, shape: Any = None, dtype: str | None = None) -> Abstract:
    """The kind of x, in another shape or dtype."""
    return Abstract(tuple(x.shape if shape is None else shape), dtype or str(x.dtype))


def _run(*values: Any, function: str, **options: Any) -> tuple[np.ndarray, ...]:
    return HOST[function].results(*values, **options)


def _gradient(g: Any, y: Any, *inputs: Any, function: str, **options: Any) -> Sequence[Any]:
    rule = HOST[function].gradient
    if rule is None:
        raise KindError(f"no gradient is known for {function}", where=user_line(),
                        hint="ops.stop_gradient lets nothing pass it")
    return rule(g, y, *inputs, **options)


host_atom = atom(
    "host", _run, _gradient,
    about="A call of the host: the NumPy function that ``function`` names in the table `HOST`.",
    whole=True, many=True)
