"""Which variables and layers belong to a layer: whatever stands in its attributes."""

from __future__ import annotations

from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np

from pellucid.core.variable import Variable

OWN = frozenset({"_compile_config", "_given", "_losses", "_inbound_nodes", "_outbound_nodes",
                 "_parts", "input_spec", "history", "optimizer", "stop_training", "host_stage"})


# What has no members, for certain: most attributes are of these types, and are passed over.
PLAIN = frozenset({type(None), bool, int, float, complex, str, bytes, FunctionType, MethodType,
                   BuiltinFunctionType, np.dtype, np.ndarray})


def members(owner: Any, skip: frozenset[str] = OWN) -> Iterator[Any]:
    """Every value in the attributes of an object, in the order they were set, lists opened."""
    seen: set[int] = set()
    for name, value in vars(owner).items():
        if type(value) not in PLAIN and name not in skip:
            yield from _opened(value, seen)


def _opened(value: Any, seen: set[int]) -> Iterator[Any]:
    if type(value) in PLAIN or id(value) in seen:
        return
    if isinstance(value, (list, tuple, dict, set)):
        seen.add(id(value))
        for each in list(value.values() if isinstance(value, dict) else value):
            yield from _opened(each, seen)
    elif isinstance(value, Variable) or _has(value, "variables") or _has(value, "state"):
        seen.add(id(value))
        yield value


def _has(value: Any, name: str) -> bool:
    """Whether an object has an attribute, without the work of a property."""
    return hasattr(type(value), name) or name in getattr(value, "__dict__", ())


def unique(values: Iterator[Any] | list[Any]) -> list[Any]:
    """The values in order, each object once (tied weights count once)."""
    return list({id(value): value for value in values}.values())
