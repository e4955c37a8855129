"""Terms with numbers in the place of their symbols, in float64."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from pellucid.core.atom import Atom
from pellucid.spaces.terms import Term


def evaluated(each: Term, values: Mapping[str, Any]) -> Any:
    """The number (or array) that a term is, computed by the very ops that it is made of.

    Raises KeyError for a symbol that has no value, neither in ``values`` nor of its own.

    >>> from pellucid.spaces.notation import symbol
    >>> float(evaluated(symbol("x") ** 2 + 1, {"x": 3.0}))
    10.0
    """
    with np.errstate(all="ignore"):
        return np.asarray(_array(each, values))[()]


def _array(each: Term, values: Mapping[str, Any]) -> Any:
    if each.name:
        known = values.get(each.name, getattr(each, "number", None))
        if known is None:
            raise KeyError(each.name)
        return np.asarray(known, np.float64)
    if each.op is None:
        return np.asarray(each.value, np.float64)
    arrays = [_array(arg, values) for arg in each.args]
    run = each.op.body if isinstance(each.op, Atom) else each.op
    return np.asarray(run(*arrays, **each.options))


def symbols(each: Term) -> Iterator[str]:
    """The names of the symbols in a term, from left to right, each once.

    >>> from pellucid.spaces.notation import symbol
    >>> list(symbols(symbol("b") + symbol("a") * symbol("b")))
    ['b', 'a']
    """
    yield from dict.fromkeys(_leaves(each))


def _leaves(each: Term) -> Iterator[str]:
    if each.name:
        yield each.name
    else:
        for arg in each.args:
            yield from _leaves(arg)


def changed(each: Term, change: Callable[[Term], Term | None]) -> Term:
    """The term with every part for which ``change`` gives another in its place.

    Nothing is simplified: what is written stays as it is written.

    >>> from pellucid.spaces.notation import symbol
    >>> print(changed(symbol("x") * symbol("w"), lambda leaf: Term(value=2.0)
    ...               if leaf.name == "w" else None))
    x * 2
    """
    if (other := change(each)) is not None:
        return other
    if each.op is None or each.name:
        return each
    return Term(each.op, [changed(arg, change) for arg in each.args], each.options)


def renamed(each: Term, names: Mapping[str, str]) -> Term:
    """The term with other names for its symbols."""
    return changed(each, lambda part: Term(name=names[part.name]) if part.name in names else None)
